/**
 * A form or a question that was handed out, once more as it was: for a chat that opens it in another place. Must never make
 * a second one of it.
 */
import { isSameActor } from "../people/actor.ts";
import { askClientOf, formReply } from "./command/start.ts";
import { retyped } from "./form.ts";
import type { Draft } from "./posts.ts";
import type { Reply } from "./surface.ts";
import type { Turn } from "./turn.ts";

/** The verb that asks for it. */
export const SHOW = "show";

/** Draws it again. Undefined: it is not one that can be, or not theirs. */
export async function shownAgain(turn: Turn, draft: Draft): Promise<Reply | undefined> {
	if (!isSameActor(draft.person, turn.actor)) return undefined;
	if (draft.purpose === "which-client") return askClientOf(turn, draft);
	const { clients } = turn.desk.definitions();
	const client = clients[draft.client ?? ""];
	const sop = client?.sops[draft.sop ?? ""];
	if (sop === undefined) return undefined;
	if (draft.purpose === "start") return formReply(turn, { draft, sop, values: draft.typed ?? {}, problems: [] });
	const run = draft.purpose === "amend" ? await turn.desk.read(turn.actor, draft.run ?? "") : undefined;
	return run && formReply(turn, { draft, sop, values: retyped(sop.form, run.form, client), problems: [] });
}
