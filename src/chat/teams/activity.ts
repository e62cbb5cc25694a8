/**
 * An activity as it came, read with care: the raw body, and the few fields everything needs. Pure. Must never lose a field:
 * the SDK drops some, so the body itself is kept.
 */
import { asRecord, asText, isRecord, type Json, type Values } from "../../base/json.ts";

/** Where an activity happened. A `channel` is a team's channel, `groupChat` a chat of several, `personal` one person's. */
export type Where = "personal" | "groupChat" | "channel";

export type Activity = {
	readonly type: string;
	readonly id: string;
	readonly name: string;
	readonly serviceUrl: string;
	readonly channelId: string;
	readonly tenant: string;
	readonly conversation: { readonly id: string; readonly where: Where };
	readonly from: Account;
	/** The bot itself. */
	readonly recipient: Account & { readonly targeted: boolean };
	readonly value: Values;
	readonly raw: Values;
};

type Account = { readonly id: string; readonly name: string; readonly object: string; readonly tenant: string };

/** Reads a body. Undefined: it is no activity. */
export function readActivity(raw: Json): Activity | undefined {
	if (!isRecord(raw)) return undefined;
	const conversation = asRecord(raw.conversation);
	const activity: Activity = {
		type: asText(raw.type),
		id: asText(raw.id),
		name: asText(raw.name),
		serviceUrl: asText(raw.serviceUrl),
		channelId: asText(raw.channelId),
		tenant: tenantsOf(raw)[0] ?? "",
		conversation: { id: asText(conversation.id), where: whereOf(conversation) },
		from: accountOf(raw.from),
		recipient: { ...accountOf(raw.recipient), targeted: asRecord(raw.recipient).isTargeted === true },
		value: asRecord(raw.value),
		raw,
	};
	const whole = activity.type !== "" && activity.conversation.id !== "" && activity.serviceUrl !== "";
	return whole ? activity : undefined;
}

/** Every tenant an activity names, lower case, each once. More than one is a contradiction. */
export function tenantsOf(raw: Values): readonly string[] {
	const named = [asRecord(asRecord(raw.channelData).tenant).id, asRecord(raw.conversation).tenantId];
	return [...new Set(named.filter((id) => typeof id === "string" && id !== "").map((id) => String(id).toLowerCase()))];
}

/** The channel's own id, where a thread's is `19:…;messageid=…`. */
export function threadless(conversation: string): string {
	return conversation.split(";")[0] ?? conversation;
}

function accountOf(value: Json | undefined): Account {
	const account = asRecord(value);
	return {
		id: asText(account.id),
		name: asText(account.name),
		object: asText(account.aadObjectId).toLowerCase(),
		tenant: asText(account.tenantId).toLowerCase(),
	};
}

function whereOf(conversation: Values): Where {
	const kind = conversation.conversationType;
	if (kind === "channel" || kind === "groupChat") return kind;
	return conversation.isGroup === true ? "groupChat" : "personal";
}
