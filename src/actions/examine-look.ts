/**
 * Turns a look that could not be taken into a finding, so that one missing answer hides no other. Must never hide a mistake
 * of ours.
 */
import { InvariantError, SopwithError } from "../base/errors.ts";
import { type Finding, unwell } from "../base/finding.ts";
import type { Code } from "../engine/event.ts";
import { RemoteError } from "../engine/remote.ts";

/** What the look found, or why it could not be taken. */
export async function lookedAt(
	what: string,
	look: () => Promise<Finding | readonly Finding[]>,
): Promise<readonly Finding[]> {
	try {
		return [await look()].flat();
	} catch (error) {
		if (!(error instanceof SopwithError) || error instanceof InvariantError) throw error;
		const words = `could not be looked at (${error.code}): ${error.message}`;
		return [unwell(what, words, error.advice ?? REMEDIES[error.code] ?? `Run this again in ${minutesOf(error)} min.`)];
	}
}

/** As long as the other side asks us to wait. */
function minutesOf(error: SopwithError): number {
	const after = error instanceof RemoteError && "retryAfterMs" in error.answer ? error.answer.retryAfterMs : undefined;
	return Math.max(1, Math.ceil((after ?? 0) / 60_000));
}

/** Findings only where a secret cannot be had; none when it is there. */
export function secretThere(what: string, secret: () => Promise<unknown>): Promise<readonly Finding[]> {
	return lookedAt(what, async () => {
		await secret();
		return [];
	});
}

const REMEDIES: { readonly [code: Code]: string } = {
	"no-such-secret":
		"Keep it with `sopwith secret set CLIENT/NAME`; a variable (env:) is set where the bot is started, and a file (file:) " +
		"lies beside client.yaml.",
	"no-such-file": "Put the file beside client.yaml, or mend its name there.",
};
