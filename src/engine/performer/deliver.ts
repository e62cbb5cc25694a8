/**
 * Delivering what came of a try. While the host cannot take it (a full disk), it is offered again under the same key, so
 * that a begun attempt does not stay without an end. Must never change what is delivered.
 */
import { UnavailableError } from "../../base/errors.ts";
import type { NewEvent } from "../event.ts";
import type { Host, Receipt } from "../ports.ts";
import type { Parts } from "./performer.ts";

const FIRST_MS = 500;
const MOST_MS = 60_000;
const TRIES = 1_000;

type Delivery = {
	readonly host: Pick<Host, "deliver">;
	readonly run: string;
	readonly event: NewEvent;
	readonly key: string;
	readonly signal: AbortSignal;
};

/** Delivers, patiently. Errors: what `deliver` throws when waiting does not help, or the signal stops. */
export async function deliver(parts: Parts, { host, run, event, key, signal }: Delivery): Promise<Receipt> {
	for (let tried = 1, pause = FIRST_MS; ; tried++, pause = Math.min(pause * 2, MOST_MS)) {
		try {
			return await host.deliver(run, event, key);
		} catch (error) {
			if (!(error instanceof UnavailableError) || signal.aborted || tried >= TRIES) throw error;
			await parts.wait(error.retryAfterMs ?? pause, signal);
		}
	}
}
