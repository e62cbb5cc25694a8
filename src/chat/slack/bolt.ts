/**
 * Bolt, held to what we want of it: it tells one kind of payload from another and hands each to us with the workspace it is
 * from. No token is in its hands, it keeps nothing, sends nothing and retries nothing. Must never know a rule of ours.
 */
import type { App, Logger, ReceiverEvent } from "@slack/bolt";
import { isRecord, type Values } from "../../base/json.ts";
import type { Log } from "../../base/log.ts";
import type { Secret } from "../../base/secret.ts";
import type { Answer, Delivery, Hear } from "./delivery.ts";
import { openSocket } from "./socket.ts";

export type Way =
	| { readonly kind: "socket"; readonly token: Secret }
	| { readonly kind: "http"; readonly signingSecret: Secret };

export type BoltParts = {
	readonly way: Way;
	/** Where the Web API is, with a slash at the end. */
	readonly base: string;
	/** Admits or refuses a payload of the socket; undefined: refused, and kept in the audit. */
	readonly admit: (body: Values) => Promise<Delivery["workspace"] | undefined>;
	readonly hear: Hear;
	/** Resolves after a while, or at once when we stop. */
	readonly wait: (ms: number) => Promise<void>;
	readonly log: Pick<Log, "info" | "warn">;
	readonly complain: (error: unknown) => void;
};

export type Bolt = {
	/** Hands over what came over HTTP and was admitted. `not-understood`: it is nothing Slack sends; nobody was asked. */
	readonly hand: (delivery: Delivery) => Promise<Answer | "not-understood">;
	/** Opens the socket, in that way, and keeps it open. Resolves after the first try, however it went. */
	readonly start: () => Promise<void>;
	readonly close: () => Promise<void>;
};

/** What goes through Bolt with a payload and comes out on the other side. */
type Slot = { readonly delivery: Delivery; heard: boolean; answer: Answer };

/** Opens it; nothing is connected before `start`. */
export async function openBolt(parts: BoltParts): Promise<Bolt> {
	const bolt = await import("@slack/bolt");
	const logger = loggerFor(parts, bolt.LogLevel.INFO);
	const clientOptions = { slackApiUrl: parts.base, allowAbsoluteUrls: false, retryConfig: { retries: 0 }, logger };
	const app: App = new bolt.App({
		receiver: { init: () => undefined, start: async () => undefined, stop: async () => undefined },
		authorize: async (_source, body) => whoWeAre(body, under),
		convoStore: false,
		ignoreSelf: false,
		tokenVerificationEnabled: false,
		logger,
		clientOptions,
	});
	const under = new WeakMap<object, Slot>();
	app.use(async ({ body }) => {
		const slot = under.get(body);
		if (slot === undefined) return;
		slot.heard = true;
		slot.answer = await parts.hear(slot.delivery);
	});
	const hand: Bolt["hand"] = async (delivery) => {
		const slot: Slot = { delivery, heard: false, answer: undefined };
		const { event: inner } = delivery.body;
		const body = { ...withoutNulls(delivery.body), ...(isRecord(inner) ? { event: withoutNulls(inner) } : {}) };
		under.set(body, slot);
		const event: ReceiverEvent = { body, ack: async () => undefined };
		try {
			await app.processEvent(event);
		} catch (error) {
			if (slot.heard) throw error;
		}
		return slot.heard ? slot.answer : "not-understood";
	};
	if (parts.way.kind === "http") return { hand, start: async () => undefined, close: async () => undefined };
	const receiver = new bolt.SocketModeReceiver({
		appToken: parts.way.token.open(),
		logger,
		autoReconnectEnabled: false,
		installerOptions: { clientOptions: { ...clientOptions, rejectRateLimitedCalls: true, timeout: 10_000 } },
	});
	return { hand, ...openSocket(receiver, { ...parts, hand }) };
}

/** Bolt takes a null for something that is there, also for who an event is from. */
function withoutNulls(values: Values): Values {
	return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null));
}

function whoWeAre(body: object | undefined, under: WeakMap<object, Slot>) {
	const workspace = body === undefined ? undefined : under.get(body)?.delivery.workspace;
	if (workspace === undefined) throw new TypeError("a payload came past the guard");
	return { botId: workspace.botId, botUserId: workspace.botUser, teamId: workspace.team };
}

/** Into our log. Its finer lines hold whole payloads, so they are left out. */
function loggerFor({ log }: BoltParts, level: ReturnType<Logger["getLevel"]>): Logger {
	const line = (said: readonly unknown[]): string =>
		said.map((part) => (isRecord(part) || part instanceof Error ? "" : String(part))).join(" ");
	return {
		debug: () => undefined,
		info: () => undefined,
		warn: (...said) => log.warn({ bolt: line(said) }, "Slack's library met something"),
		error: (...said) => log.warn({ bolt: line(said) }, "Slack's library met something"),
		setLevel: () => undefined,
		getLevel: () => level,
		setName: () => undefined,
	};
}
