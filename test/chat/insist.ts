/**
 * Tries as the poster does, waiting by the clock as long as it is told to. Must never wait longer, nor try sooner.
 */
import assert from "node:assert/strict";
import { UnavailableError } from "../../src/base/errors.ts";

/** How often it tried, how long that took by the clock, and what it was told each time. */
export type Insisted = { readonly tries: number; readonly ms: number; readonly codes: readonly string[] };
type Around = {
	readonly clock: { readonly pass: (ms: number) => void };
	/** What the chat answers to everything, until it mends after `mendsMs`. */
	readonly state: { always?: object | undefined };
	readonly mendsMs?: number;
};

export async function insistOn(
	act: () => Promise<unknown>,
	{ clock, state, mendsMs = 60_000 }: Around,
): Promise<Insisted> {
	const codes: string[] = [];
	for (let ms = 0; ; ) {
		try {
			await act();
			return { tries: codes.length + 1, ms, codes };
		} catch (error) {
			if (!(error instanceof UnavailableError)) throw error;
			assert(error.retryAfterMs !== undefined && error.retryAfterMs > 0);
			codes.push(error.code);
			ms += error.retryAfterMs;
			clock.pass(error.retryAfterMs);
			if (ms >= mendsMs) state.always = undefined;
		}
	}
}
