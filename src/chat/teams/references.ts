/**
 * Where the bot may speak: conversations, whose direct chat is which, and where a tenant's connector is by now. Kept as our
 * own plain JSON, so another SDK can use it. Must never hold anything about a run.
 */
import { asText, isRecord, type Json, type Values } from "../../base/json.ts";
import type { Memory } from "../../engine/ports.ts";
import { type Activity, threadless, type Where } from "./activity.ts";

/** One conversation. `bot`: how we are called there. */
export type Reference = {
	readonly conversation: string;
	readonly tenant: string;
	readonly where: Where;
	readonly bot: { readonly id: string; readonly name: string };
};

export type References = {
	/** Learns from every admitted activity. Writes only what is new. */
	readonly learn: (activity: Activity) => void;
	/** That conversation; a channel's also by the id of one of its threads. */
	readonly find: (conversation: string) => Reference | undefined;
	/** The chat with one person. */
	readonly direct: (tenant: string, object: string) => Reference | undefined;
	/** What Teams calls a person, once they have spoken. */
	readonly account: (tenant: string, object: string) => string | undefined;
	readonly keepDirect: (object: string, reference: Reference) => void;
	/** The newest service URL of a tenant, whatever an old conversation said. */
	readonly serviceUrl: (tenant: string) => string | undefined;
	/** Tenants that have spoken to us. */
	readonly tenants: () => readonly string[];
	/** How we are called in a tenant. */
	readonly bot: (tenant: string) => Reference["bot"] | undefined;
	/** True the first time for a conversation: say hello now. */
	readonly greet: (conversation: string) => boolean;
	readonly forget: (conversation: string) => void;
};

/** Opens what was kept. Held in memory as well: it is asked at every message. */
export function createReferences(memory: Memory): References {
	const kept = new Map(memory.all().map(({ name, value }) => [name, value]));
	const get = (name: string): Values | undefined => {
		const value = kept.get(name);
		return isRecord(value) ? value : undefined;
	};
	const keep = (name: string, value: Values): void => {
		if (JSON.stringify(kept.get(name)) === JSON.stringify(value)) return;
		memory.set(name, value);
		kept.set(name, value);
	};
	const drop = (name: string): void => {
		if (kept.delete(name)) memory.forget(name);
	};
	const find = (conversation: string) => referenceOf(get(`chat ${threadless(conversation)}`));
	const keepDirect = (object: string, reference: Reference): void => {
		keep(`chat ${reference.conversation}`, { ...reference });
		const name = `person ${reference.tenant}/${object}`;
		keep(name, { ...get(name), conversation: reference.conversation });
	};
	const tenants = (): readonly string[] => namesAfter(kept, "tenant ");
	return {
		find,
		keepDirect,
		tenants,
		learn: (activity) => {
			const { tenant, serviceUrl, from, recipient } = activity;
			const bot = { id: recipient.id, name: recipient.name };
			keep(`tenant ${tenant}`, { serviceUrl, bot });
			const person = `person ${tenant}/${from.object}`;
			if (from.object !== "") keep(person, { ...get(person), id: from.id });
			// A dialog may be opened in a chat that we are no part of, even one between two people.
			if (activity.name.startsWith("composeExtension/")) return;
			const { where } = activity.conversation;
			const reference = { conversation: threadless(activity.conversation.id), tenant, where, bot };
			if (where === "personal" && from.object !== "") keepDirect(from.object, reference);
			else keep(`chat ${reference.conversation}`, reference);
		},
		direct: (tenant, object) => find(asText(get(`person ${tenant}/${object}`)?.conversation)),
		account: (tenant, object) => asText(get(`person ${tenant}/${object}`)?.id) || undefined,
		serviceUrl: (tenant) => asText(get(`tenant ${tenant}`)?.serviceUrl) || undefined,
		bot: (tenant) => botOf(get(`tenant ${tenant}`)?.bot),
		greet: (conversation) => {
			const name = `hello ${threadless(conversation)}`;
			if (kept.has(name)) return false;
			keep(name, {});
			return true;
		},
		forget: (conversation) => {
			const id = threadless(conversation);
			drop(`chat ${id}`);
			drop(`hello ${id}`);
			for (const name of namesAfter(kept, "person ")) {
				const { conversation, ...person } = get(`person ${name}`) ?? {};
				if (conversation === id) keep(`person ${name}`, person);
			}
		},
	};
}

function namesAfter(kept: ReadonlyMap<string, Json>, kind: string): readonly string[] {
	return [...kept.keys()].filter((name) => name.startsWith(kind)).map((name) => name.slice(kind.length));
}

function referenceOf(value: Values | undefined): Reference | undefined {
	const bot = botOf(value?.bot);
	if (value === undefined || bot === undefined) return undefined;
	return { conversation: asText(value.conversation), tenant: asText(value.tenant), where: value.where as Where, bot };
}

function botOf(value: Json | undefined): Reference["bot"] | undefined {
	return isRecord(value) ? { id: asText(value.id), name: asText(value.name) } : undefined;
}
