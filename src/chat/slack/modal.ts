/**
 * What asks back opens over what was pressed or typed, while Slack’s trigger lives; what is sent from there is answered
 * there. Must never keep a person waiting for a modal: where none opens, the same stands as a message.
 */
import { UnavailableError } from "../../base/errors.ts";
import { asRecord, type Values } from "../../base/json.ts";
import { submittedOf } from "../../cards/blocks-back.ts";
import { cardView, fieldErrors } from "../../cards/blocks-view.ts";
import { filledOf } from "../fill.ts";
import { type Drawn, RefusedPost, type Reply } from "../surface.ts";
import type { Spot } from "./aside.ts";
import type { Answer } from "./delivery.ts";
import { refusalOf } from "./refusals.ts";
import type { Tell } from "./tell.ts";
import type { From } from "./whence.ts";

/** Something is to be filled in, or a question is to be answered that was asked of this person just now. */
export function asksBack({ data }: Drawn): boolean {
	return data.fields.length > 0 || data.buttons.some((button) => button.verb === "submit");
}

/** Where a modal's card stands, so that what follows is said there. */
export function originOf({ channel, direct, thread }: From): Values {
	return { channel, direct, ...(thread === undefined ? {} : { thread }) };
}

/** What a modal kept of that. */
export function originIn({ view }: From): Values {
	return asRecord(submittedOf(view ?? null)?.origin);
}

/** Back from a modal: as if it had been done where the modal came from. */
export function backAt(from: From, origin: Values): From {
	const { channel, direct, thread } = origin;
	if (typeof channel !== "string") return from;
	return {
		...from,
		channel,
		direct: direct === "yes" || direct === "unsure" ? direct : "no",
		...(typeof thread === "string" ? { thread } : {}),
	};
}

/** A card as a modal. */
export function viewOf(drawn: Drawn, from: From): Values {
	const page = drawn.page === undefined ? {} : { page: drawn.page };
	return cardView(drawn.card, filledOf(drawn.data), drawn.id, { origin: originOf(from), ...page });
}

/** What became of a modal. `late`: its moment has passed, or Slack did not say. `refused`: not as it is, ever. */
type Shown = "shown" | "late" | "refused";
type Telling = { readonly tell: Pick<Tell, "shut" | "well"> };

/** Opens one. Once only: a trigger opens one modal, within three seconds. */
export async function open(parts: Telling, { workspace, from }: Spot, view: Values): Promise<Shown> {
	if (from.trigger === undefined) return "late";
	const method = from.view?.type === "modal" ? "views.push" : "views.open";
	return shown(parts, { workspace, method }, { trigger_id: from.trigger, view });
}

/** Says in an open modal what became of it. `late`: it is not there any more. */
export async function rewrite(parts: Telling, { workspace, from }: Spot, view: Values): Promise<Shown> {
	const id = from.view?.id;
	if (typeof id !== "string") return "late";
	return shown(parts, { workspace, method: "views.update" }, { view_id: id, view });
}

type Call = { readonly workspace: Spot["workspace"]; readonly method: string };

/** An operator hears of what Slack does not take as it is. */
async function shown({ tell }: Telling, { workspace, method }: Call, body: Values): Promise<Shown> {
	const where = { team: workspace.team, method };
	try {
		await workspace.api.call(method, body);
		tell.well(where);
		return "shown";
	} catch (error) {
		if (error instanceof UnavailableError) return "late";
		if (!(error instanceof RefusedPost)) throw error;
		if (refusalOf(error.code).sort === "gone") return "late";
		tell.shut(where, error.code);
		return "refused";
	}
}

/** The modal, and what it was opened over. */
const CLOSE: Answer = { response_action: "clear" };

/**
 * Answers a modal that was sent. Problems stand at their fields, what was typed is kept; a further question takes its place;
 * a refusal comes on top, so that nothing typed is lost. `aside`: it closes, and that is to be said.
 */
export function answerTo(reply: Reply, from: From): { readonly answer: Answer; readonly aside?: Drawn } {
	if (reply.kind === "none") return { answer: CLOSE };
	const { drawn } = reply;
	const errors = fieldErrors(filledOf(drawn.data));
	if (Object.keys(errors).length > 0) return { answer: { response_action: "errors", errors } };
	if (asksBack(drawn)) return { answer: { response_action: "update", view: viewOf(drawn, from) } };
	if (drawn.card === "error") return { answer: { response_action: "push", view: viewOf(drawn, from) } };
	return { answer: CLOSE, aside: drawn };
}
