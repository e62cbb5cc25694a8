/**
 * Assertions that stay on in production: they guard against our own mistakes, never against what people type.
 */
import { InvariantError } from "./errors.ts";

/** Throws `InvariantError` with these words unless the condition holds. One condition each. */
export function assert(condition: unknown, words: string): asserts condition {
	if (!condition) throw new InvariantError(words);
}

/** Ends an exhaustive `switch`; the compiler refuses it while a case is missing. */
export function unreachable(value: never): never {
	throw new InvariantError(`unexpected ${JSON.stringify(value)}`);
}
