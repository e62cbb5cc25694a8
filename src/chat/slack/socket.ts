/**
 * Socket Mode: one socket, opened again by us whenever it ends, and each payload acknowledged once what it asks is durable,
 * or after two seconds. Must never acknowledge what was not heard, nor let a payload end the process.
 */
import type { SocketModeReceiver } from "@slack/bolt";
import { isRecord } from "../../base/json.ts";
import { createUnderWay } from "../../base/under-way.ts";
import type { Bolt, BoltParts } from "./bolt.ts";
import type { Answer } from "./delivery.ts";

const FIRST_MS = 1000;
const MOST_MS = 30_000;
/** How long a socket may take to say hello. */
const PATIENCE_MS = 30_000;

type Parts = BoltParts & Pick<Bolt, "hand">;
/** The part of Bolt's payload that we use. */
type Enveloped = { readonly body: unknown; readonly ack: (answer?: Answer) => Promise<void> };

/** Makes it; nothing is connected before `start`. */
export function openSocket(receiver: SocketModeReceiver, parts: Parts): Pick<Bolt, "start" | "close"> {
	const { client } = receiver;
	const stopping = new AbortController();
	const { track, idle } = createUnderWay(parts.complain);
	const take = (event: Enveloped): void => {
		if (!stopping.signal.aborted) track(heard(parts, event));
	};
	client.removeAllListeners("slack_event");
	client.on("slack_event", take);
	careful(client, parts);
	let keeping: Promise<void> | undefined;
	return {
		start: async () => {
			const tried = Promise.withResolvers<void>();
			keeping = keepOpen(client, parts, { signal: stopping.signal, tried: tried.resolve });
			await tried.promise;
		},
		close: async () => {
			stopping.abort();
			await idle();
			await client.disconnect();
			await keeping;
		},
	};
}

type Client = SocketModeReceiver["client"];

/**
 * The library names a signal of its own after whatever kind of payload comes, and takes a payload to be whole. So it is told
 * only that there is one.
 */
function careful(client: Client, { complain }: Parts): void {
	const [read] = client.listeners("ws_message");
	if (read === undefined) return;
	client.removeAllListeners("ws_message");
	client.on("ws_message", (data: unknown, isBinary: unknown) => {
		void Promise.resolve(Reflect.apply(read, client, [nameless(data), isBinary])).catch(complain);
	});
}

function nameless(data: unknown): unknown {
	try {
		const message: unknown = JSON.parse(String(data));
		if (!isRecord(message) || typeof message.envelope_id !== "string") return data;
		return JSON.stringify({ ...message, type: "envelope" });
	} catch {
		return data;
	}
}

async function heard({ admit, hand, log }: Parts, { body, ack }: Enveloped): Promise<void> {
	if (!isRecord(body)) return ack();
	const workspace = await admit(body);
	const answer = workspace && (await hand({ body, workspace }));
	try {
		await (answer === undefined || answer === "not-understood" ? ack() : ack(answer));
	} catch (error) {
		log.info({ error }, "Slack did not get an answer; what was asked is done, and comes again only to be told so");
	}
}

type Keeping = { readonly signal: AbortSignal; readonly tried: () => void };

async function keepOpen(client: Client, parts: Parts, { signal, tried }: Keeping): Promise<void> {
	for (let failures = 0; !signal.aborted; ) {
		const begun = client.start().then(
			() => true,
			(error: unknown) => error,
		);
		const opened = await Promise.race([begun, parts.wait(PATIENCE_MS).then(() => "silent")]);
		if (opened === true) {
			if (failures > 0) parts.log.info({ failures }, "Slack's socket is open again");
			failures = 0;
			tried();
			const ended = new Promise<void>((resolve) => client.once("disconnected", () => resolve()));
			if (signal.aborted) await client.disconnect();
			await ended;
			continue;
		}
		failures += 1;
		tried();
		if (opened === "silent") await client.disconnect();
		if (signal.aborted) return;
		const waitMs = Math.min(MOST_MS, FIRST_MS * 2 ** Math.min(failures - 1, 10));
		// At the 1st, 2nd, 4th, 8th time: one that stays shut must not fill the log.
		if (Number.isInteger(Math.log2(failures))) {
			parts.log.warn({ error: opened, failures, remedy: REMEDY }, "Slack's socket could not be opened");
		}
		await parts.wait(waitMs);
	}
}

const REMEDY = "If this goes on, look at SLACK_APP_TOKEN: it needs connections:write, and Socket Mode turned on.";
