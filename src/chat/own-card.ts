/**
 * A run's own card: which messages are it, and what each ended step read back, for a place beside it. Pure. Must never put
 * that beside a card that is for somebody else's eyes.
 */
import type { Message } from "../engine/message.ts";
import type { Run } from "../engine/run.ts";
import type { Drawn } from "./surface.ts";

/** The run's own card is told in any case; what was asked and is over need not be shown for the first time. */
export function isOwn({ key }: Pick<Message, "key">): boolean {
	return key === "run" || key === "run/channel";
}

/** What was read back so far, a step each. Undefined: nothing, or the message is not the run's own card. */
export function detailOf(run: Run, message: Pick<Message, "key">): Drawn["detail"] {
	if (!isOwn(message)) return undefined;
	const detail = Object.values(run.steps).flatMap(({ name, proof = [] }) => {
		const lines = proof.map(({ words, detail }) => (detail === "" ? words : `${words}: ${detail}`));
		return lines.length === 0 ? [] : [{ title: name, lines }];
	});
	return detail.length === 0 ? undefined : detail;
}
