/**
 * What an activity asks for, in the bot's own terms. Pure. Must never look at who asks, nor trust more of a card than its
 * id, the verb and its inputs.
 */
import { asRecord, asText, isRecord, type Json, type Values } from "../../base/json.ts";
import { MOST_IN_A_NOTE } from "../from-message.ts";
import { MOST_READ, typedValue } from "../parse.ts";
import type { Activity } from "./activity.ts";

export type Asked =
	/** `addressed`: to Sopwith and not merely overheard, as some teams let it. */
	| { readonly kind: "said"; readonly text: string; readonly addressed: boolean }
	/** `invoked`: the answer to the request is what the person sees; else a message was sent, and one is sent back. */
	| {
			readonly kind: "pressed";
			readonly card: string;
			readonly verb: string;
			readonly values: Values;
			readonly invoked: boolean;
	  }
	/** A card asks for itself anew, as it is shown. Nobody pressed anything, whatever verb comes along. */
	| { readonly kind: "refresh"; readonly card: string }
	/** Sopwith was added to a conversation, or taken out of it. */
	| { readonly kind: "added" }
	| { readonly kind: "removed" }
	/** A procedure is to be started from somebody's message. `step`: what the dialog asks for by now. */
	| { readonly kind: "dialog"; readonly step: "open" | "sent"; readonly value: Values }
	/** A request we have no answer for. */
	| { readonly kind: "unknown-invoke" }
	/** Nothing to do: edits, reactions, others coming and going. */
	| { readonly kind: "nothing" };

/** Reads what is asked. */
export function read(activity: Activity): Asked {
	switch (activity.type) {
		case "message":
			return isPress(activity.value) ? pressed(activity.value) : typed(activity);
		case "invoke":
			return invoked(activity);
		case "installationUpdate":
			return installed(asText(activity.raw.action));
		case "conversationUpdate":
			return moved(activity);
		default:
			return { kind: "nothing" };
	}
}

/** What was typed, without the mention of the bot, wherever it stands. Others who are mentioned stay, by name. */
function typed({ raw, recipient, conversation }: Activity): Asked {
	const entities: readonly Json[] = Array.isArray(raw.entities) ? raw.entities : [];
	const ours = entities.flatMap((entity): readonly string[] => {
		const mention = asRecord(entity);
		const isOurs = mention.type === "mention" && asRecord(mention.mentioned).id === recipient.id;
		return isOurs && asText(mention.text) !== "" ? [asText(mention.text)] : [];
	});
	const written = asText(raw.text).slice(0, MOST_READ);
	const without = ours.reduce((line, mention) => line.replaceAll(mention, " "), written);
	const named = without.replaceAll(/(=?)<at[^<>]*>([^<]*)<\/at>/giu, (_, is: string, name: string) =>
		is === "" ? name : `=${typedValue(name)}`,
	);
	const line = decoded(named)
		.replaceAll(/[^\S\n]+/gu, " ")
		.trim();
	const alone = conversation.where === "personal" || recipient.targeted;
	return { kind: "said", text: line, addressed: alone || ours.length > 0 || line.startsWith("/") };
}

const ENTITIES: { readonly [name: string]: string } = { amp: "&", lt: "<", gt: ">", quot: '"', "#39": "'", nbsp: " " };

/** Teams writes the few characters of markup as entities, also in plain text. */
function decoded(line: string): string {
	return line.replaceAll(/&(amp|lt|gt|quot|#39|nbsp);/gu, (_, name: string) => ENTITIES[name] ?? "");
}

/** The first words of the message that a dialog was opened on. Ends of lines stay, all other markup goes. */
export function wordsOfMessage(value: Values): string {
	const { content, contentType } = asRecord(asRecord(value.messagePayload).body);
	const written = asText(content).slice(0, MOST_OF_A_MESSAGE);
	const words = contentType === "text" ? written : decoded(withoutTags(written));
	return words
		.replaceAll(/\n{2,}/gu, "\n")
		.trim()
		.slice(0, MOST_IN_A_NOTE);
}

/** A message holds about 100 kB. Source: https://learn.microsoft.com/microsoftteams/limits-specifications-teams */
const MOST_OF_A_MESSAGE = 100_000;

function withoutTags(written: string): string {
	return written.replaceAll(/<(br|\/p|\/div)[^<>]*>/giu, "\n").replaceAll(/<[^<>]*>/gu, "");
}

/**
 * What says that somebody pressed. Whatever else sets a request off, such as `automatic`, decides nothing.
 * Source: https://learn.microsoft.com/adaptive-cards/authoring-cards/universal-action-model, "Invoke activity"
 */
const BY_HAND: ReadonlySet<Json | undefined> = new Set(["manual", undefined]);

function invoked({ name, value }: Activity): Asked {
	if (name === "adaptiveCard/action") {
		const action = asRecord(value.action);
		const data = asRecord(action.data);
		if (typeof action.verb !== "string" || typeof data.id !== "string") return { kind: "unknown-invoke" };
		if (!BY_HAND.has(value.trigger)) return { kind: "refresh", card: data.id };
		return { ...pressed({ ...data, verb: action.verb }), invoked: true };
	}
	if (name === "composeExtension/fetchTask") return { kind: "dialog", step: "open", value };
	if (name === "composeExtension/submitAction") return { kind: "dialog", step: "sent", value };
	return { kind: "unknown-invoke" };
}

export function isPress(value: Json): value is Values & { readonly id: string; readonly verb: string } {
	return isRecord(value) && typeof value.id === "string" && typeof value.verb === "string";
}

export function pressed(data: Values): Extract<Asked, { kind: "pressed" }> {
	const { id, verb, ...values } = data;
	return { kind: "pressed", card: asText(id), verb: asText(verb), values, invoked: false };
}

function installed(action: string): Asked {
	if (action.startsWith("add")) return { kind: "added" };
	return action.startsWith("remove") ? { kind: "removed" } : { kind: "nothing" };
}

function moved({ raw, recipient }: Activity): Asked {
	const has = (members: Json | undefined): boolean =>
		Array.isArray(members) && members.some((member: Json) => asRecord(member).id === recipient.id);
	if (has(raw.membersAdded)) return { kind: "added" };
	return has(raw.membersRemoved) ? { kind: "removed" } : { kind: "nothing" };
}
