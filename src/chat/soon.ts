/**
 * The patience of a chat: an answer within two seconds, or the word that it takes longer. Must never stop the work itself.
 */

const PATIENCE_MS = 2000;

/** The answer, or that it takes long. `wait` resolves after a while. */
export async function soon<Done>(
	parts: { readonly wait: (ms: number) => Promise<void> },
	work: Promise<Done>,
): Promise<Done | "slow"> {
	return Promise.race([work, parts.wait(PATIENCE_MS).then(() => "slow" as const)]);
}
