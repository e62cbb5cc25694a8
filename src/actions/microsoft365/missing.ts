/**
 * What "not found" means in Microsoft 365. For an account that this run has just made it is a replica that does not know it
 * yet, and worth another try; anything else is gone, and a person is told. Must never wait for what was deleted.
 */
import type { World } from "../../engine/action.ts";
import type { Change, Outcome } from "../../engine/event.ts";
import { type Answer, got, outcomeOf, RemoteError } from "../../engine/remote.ts";

/** The value of a read; undefined for what is not there. Errors: `RemoteError` for anything else that is no answer. */
export function gotOrNone<T>(answer: Answer<T>): T | undefined {
	if (answer.kind === "refused" && answer.status === 404) return undefined;
	return got(answer);
}

/** A few tries so far apart outlast what replicas need, which is seconds to a minute. */
const LAG_MS = 15_000;

/** The refusal of what was to be read or written of an account that is not shown. */
export function missingAccount(world: World, name: string) {
	if (world.isNew?.(name) === true) {
		const message = `Microsoft 365 does not show ${name} everywhere yet. Nothing changed.`;
		return { code: "not-found", message, retryable: true, retryAfterMs: LAG_MS } as const;
	}
	const message = `There is no account ${name} in Microsoft 365 (any more). Nothing changed. If somebody deleted it, have it restored (Entra admin centre, Users, Deleted users), then try again.`;
	return { code: "no-such-user", message, retryable: false } as const;
}

/** The value of a read of what an account has. Errors: `RemoteError`; where it is not found, what that means. */
export function gotOf<T>(world: World, name: string, answer: Answer<T>): T {
	if (answer.kind === "refused" && answer.status === 404) throw missing(world, name, answer.detail);
	return got(answer);
}

/** That an account is not shown, as what ends a try. */
export function missing(world: World, name: string, detail: string): RemoteError {
	return new RemoteError({ kind: "refused", status: 404, detail, ...missingAccount(world, name) });
}

/** The outcome of a write to an account. */
export function outcomeAt(world: World, made: Change, answer: Answer<unknown>): Outcome {
	const outcome = outcomeOf(answer, made.id);
	const isMissing = outcome.kind === "refused" && outcome.code === "not-found";
	return isMissing ? { ...outcome, ...missingAccount(world, made.target) } : outcome;
}
