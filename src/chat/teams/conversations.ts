/**
 * Coming and going: says hello once where Sopwith was added, and forgets a place it was taken out of, loudly. Must never
 * name a client or a procedure where others read.
 */
import type { Log } from "../../base/log.ts";
import type { Cards } from "../../cards/load.ts";
import type { Bot } from "../bot.ts";
import { HELLO } from "../own-words.ts";
import type { BotParts } from "../turn.ts";
import type { Activity } from "./activity.ts";
import type { Aside } from "./aside.ts";
import { inboundOf } from "./inbound.ts";
import { messageOf } from "./message.ts";
import type { Reference, References } from "./references.ts";
import type { Speak } from "./speak.ts";

export type Conversations = {
	readonly added: (activity: Activity) => Promise<void>;
	readonly removed: (activity: Activity) => void;
	/** Teams lets nothing in there any more: an operator is told what to do. */
	readonly shut: (reference: Reference, status: number) => void;
};

type ConversationParts = Pick<BotParts, "desk" | "clock" | "newId" | "audit"> & {
	readonly bot: Bot;
	readonly cards: Cards;
	readonly references: References;
	readonly aside: Aside;
	readonly log: Pick<Log, "warn" | "info">;
	readonly speak: Speak;
	readonly complain: (error: unknown) => void;
};

const REMEDY = "Add Sopwith to it again in Teams, or change the roster or the channel in the client's file.";

/** Makes it. */
export function createConversations(parts: ConversationParts): Conversations {
	return {
		added: async (activity) => {
			const { id, where } = activity.conversation;
			if (!parts.references.greet(id)) return;
			parts.log.info({ conversation: id, where, tenant: activity.tenant }, "Sopwith was added to a conversation");
			if (where !== "personal") return sayHere(parts, id);
			const help = await parts.bot.handle({ ...inboundOf(parts, activity), kind: "said", text: "help" });
			if (help.kind === "card") parts.aside.tell(activity, messageOf(parts.cards, help.drawn));
		},
		removed: (activity) => {
			const { id } = activity.conversation;
			const reference = parts.references.find(id);
			parts.references.forget(id);
			if (reference !== undefined) gone(parts, reference, "taken out");
		},
		shut: (reference, status) => {
			gone(parts, reference, `answered ${status}`);
		},
	};
}

/** To all, once, without insisting: it is only a hello. */
async function sayHere({ references, speak, complain }: ConversationParts, conversation: string): Promise<void> {
	const here = references.find(conversation);
	if (here !== undefined) await speak.post(here, { type: "message", text: HELLO }).catch(complain);
}

function gone({ audit, log }: ConversationParts, { conversation, tenant, where }: Reference, why: string): void {
	audit.record({ via: "teams", what: "bot-removed", why: `${where} ${conversation} of ${tenant}: ${why}` });
	log.warn({ conversation, tenant, where, why, remedy: REMEDY }, "Sopwith cannot speak in a conversation any more");
}
