/**
 * What a payload asks for, in the bot's own terms, and who asked where. Pure. Must never look at whether they may, nor trust
 * more of a card than its id, the verb and its inputs.
 */
import { asList, asRecord, asText, type Values } from "../../base/json.ts";
import { fieldOf, pressOf, revealOf, submittedOf } from "../../cards/blocks-back.ts";
import type { Reveal } from "../../cards/blocks-button.ts";
import { MOST_READ } from "../parse.ts";
import { COMMAND } from "./asks.ts";
import type { Delivery } from "./delivery.ts";
import { plainOf } from "./plain.ts";
import { type From, fromOf } from "./whence.ts";

export type Asked =
	| { readonly kind: "said"; readonly text: string }
	/** Typed among others, and not to Sopwith. */
	| { readonly kind: "overheard" }
	| { readonly kind: "pressed"; readonly card: string; readonly verb: string; readonly values: Values }
	/** A button opens a modal over its card. */
	| { readonly kind: "reveal"; readonly card: string; readonly reveal: Reveal }
	/** A modal was sent. `origin`: where its card stands. */
	| {
			readonly kind: "sent";
			readonly card: string;
			readonly verb: string;
			readonly values: Values;
			readonly origin: Values;
	  }
	| { readonly kind: "home" }
	/** A procedure is to be started, perhaps from a message with these words. */
	| { readonly kind: "shortcut"; readonly words?: string }
	/** What a long list offers for what is typed into it. */
	| { readonly kind: "options"; readonly card: string; readonly field: string; readonly typed: string }
	| { readonly kind: "added" }
	/** Sopwith was taken out of a channel, or of the whole workspace. `word`: Slack's for it. */
	| { readonly kind: "removed"; readonly word: string }
	/** Nothing to do: edits, reactions, bots, others coming and going. */
	| { readonly kind: "nothing" };

type Read = { readonly asked: Asked; readonly from: From };

const NOTHING: Asked = { kind: "nothing" };

/** Reads what is asked and by whom. `nameOf`: what somebody mentioned is called. */
export function read(delivery: Delivery, nameOf: (user: string) => string): Read {
	return { asked: askedIn(delivery, nameOf), from: fromOf(delivery) };
}

function askedIn(delivery: Delivery, nameOf: (user: string) => string): Asked {
	const { body } = delivery;
	if (typeof body.command === "string") return command(body, nameOf);
	switch (body.type) {
		case "event_callback":
			return happened(delivery, nameOf);
		case "block_actions":
			return pressed(body);
		case "view_submission":
			return sent(body);
		case "shortcut":
			return { kind: "shortcut" };
		case "message_action":
			return { kind: "shortcut", words: plainOf(asText(asRecord(body.message).text), nameOf) };
		case "block_suggestion":
			return wanted(body);
		default:
			return NOTHING;
	}
}

/** `/newhire Ada` is `newhire Ada`; `/sopwith newhire Ada` too, where another app has the word. */
function command(body: Values, nameOf: (user: string) => string): Asked {
	const rest = plainOf(asText(body.text), nameOf);
	const own = asText(body.command).toLowerCase() === COMMAND;
	return { kind: "said", text: own ? rest : `${asText(body.command)} ${rest}`.trim() };
}

function happened({ body, workspace }: Delivery, nameOf: (user: string) => string): Asked {
	const event = asRecord(body.event);
	const own = event.user === workspace.botUser;
	switch (event.type) {
		case "app_mention":
		case "message":
			return own ? NOTHING : typed(event, { botUser: workspace.botUser, nameOf });
		case "app_home_opened":
			return event.tab === "home" ? { kind: "home" } : NOTHING;
		case "member_joined_channel":
			return own ? { kind: "added" } : NOTHING;
		case "channel_left":
		case "group_left":
		case "app_uninstalled":
		case "tokens_revoked":
			return { kind: "removed", word: event.type };
		default:
			return NOTHING;
	}
}

/** Kinds of message that a person typed. All others are edits, deletions, bots, and people coming and going. */
const TYPED: ReadonlySet<string> = new Set(["", "file_share", "thread_broadcast"]);

function typed(event: Values, by: { readonly botUser: string; readonly nameOf: (user: string) => string }): Asked {
	const fromBot = event.bot_id !== undefined || event.bot_profile !== undefined;
	if (fromBot || !TYPED.has(asText(event.subtype)) || event.edited !== undefined) return NOTHING;
	const said = asText(event.text).slice(0, MOST_READ);
	const mention = new RegExp(`<@${by.botUser}(\\|[^<>]*)?>`, "gu");
	const addressed = event.channel_type === "im" || event.type === "app_mention" || mention.test(said);
	if (!addressed) return { kind: "overheard" };
	return { kind: "said", text: plainOf(said.replaceAll(mention, " "), by.nameOf) };
}

function pressed(body: Values): Asked {
	const [action = null] = asList(body.actions);
	const state = asRecord(asRecord(body.view).state ?? body.state);
	const press = pressOf(action, state.values ?? {});
	if (press !== undefined) return { kind: "pressed", ...press };
	const reveal = revealOf(action);
	return reveal === undefined ? NOTHING : { kind: "reveal", ...reveal };
}

function sent({ view = null }: Values): Asked {
	const found = submittedOf(view);
	return found === undefined ? NOTHING : { kind: "sent", ...found, origin: asRecord(found.origin) };
}

/** The modal or the message that a list stands in says which card it is of. */
function wanted({ view = null, message, block_id: block, value }: Values): Asked {
	const buttons = asList(asRecord(message).blocks).flatMap((each) => asList(asRecord(each).elements));
	const [press] = buttons.flatMap((button) => pressOf(button) ?? revealOf(button) ?? []);
	const card = submittedOf(view)?.card ?? press?.card ?? "";
	return { kind: "options", card, field: fieldOf(asText(block)) ?? "", typed: asText(value) };
}
