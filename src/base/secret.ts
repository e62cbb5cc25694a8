/**
 * A secret in memory. Prints as «secret» wherever it goes: logs, JSON, templates, inspection. Only `open()` gives the
 * value, and only at the place that needs it.
 */
import { inspect } from "node:util";

export const MASK = "«secret»";

export class Secret {
	readonly #value: string;
	constructor(value: string) {
		this.#value = value;
	}
	/** The value itself. Call it in the argument of the call that needs it, never to keep it. */
	open(): string {
		return this.#value;
	}
	toString(): string {
		return MASK;
	}
	toJSON(): string {
		return MASK;
	}
	[inspect.custom](): string {
		return MASK;
	}
}
