/**
 * Says one thing in one place of Slack, within its limits, and puts what went wrong into the words of a surface: busy, may
 * have arrived, gone, refused for good. Must never try twice.
 */
import { UnavailableError } from "../../base/errors.ts";
import { asRecord, type Values } from "../../base/json.ts";
import { type Clock, toMs } from "../../base/time.ts";
import type { Memory } from "../../engine/ports.ts";
import type { Call, Pace } from "./pace.ts";
import { refusalOf } from "./refusals.ts";
import type { Tell } from "./tell.ts";
import { SlackNo } from "./web-api.ts";
import type { Workspaces } from "./workspaces.ts";

type SpeakParts = {
	readonly workspaces: Workspaces;
	readonly pace: Pace;
	readonly clock: Clock;
	readonly tell: Tell;
	/** Which chat is with whom. */
	readonly kept: Memory;
};

/** A channel, or the chat with one person, in a workspace. */
export type Place = { readonly team: string; readonly channel: string };

/**
 * Errors of all: `UnavailableError` `paced` (our own limit or guess: what is urgent need not wait), `slack-busy` (Slack said
 * how long), `slack-shut` (until an operator mends it; a channel for a day), `unconfirmed` (posts only); `SlackNo` for good.
 */
export type Speak = {
	/** Gives the message's `ts`. `thread`: the `ts` it stands under. */
	readonly post: (to: Place, message: Values, thread?: string) => Promise<string>;
	readonly edit: (to: Place, ts: string, message: Values, urgent: boolean) => Promise<"edited" | "gone">;
	/** The chat with one person, opened where it is not known. */
	readonly open: (team: string, user: string) => Promise<Place>;
	/** That chat is not there any more: it is opened anew next time. */
	readonly forget: (team: string, user: string) => void;
};

/** Only a post can ask for none, and what has none gets none when it is edited. */
const NO_PREVIEWS = { unfurl_links: false, unfurl_media: false } as const;

/** Makes the voice. */
export function createSpeak(parts: SpeakParts): Speak {
	return {
		post: async (to, message, thread) => {
			const under = thread === undefined ? {} : { thread_ts: thread };
			const body = { ...message, ...NO_PREVIEWS, channel: to.channel, ...under };
			const { ts } = await once(parts, { ...to, method: "chat.postMessage" }, body);
			if (typeof ts !== "string") throw new UnavailableError("unconfirmed", "Slack did not name the message.");
			return ts;
		},
		edit: async (to, ts, message, urgent) => {
			try {
				await once(parts, { ...to, method: "chat.update", urgent }, { ...message, channel: to.channel, ts });
				return "edited";
			} catch (error) {
				if (error instanceof SlackNo && refusalOf(error.code).sort === "gone") return "gone";
				throw error;
			}
		},
		open: async (team, user) => {
			const name = `chat ${team}/${user}`;
			const known = parts.kept.get(name);
			if (typeof known === "string") return { team, channel: known };
			const call = { team, channel: user, method: "conversations.open" } as const;
			const { channel } = await once(parts, call, { users: user });
			const id = asRecord(channel).id;
			if (typeof id !== "string") throw new UnavailableError("slack-busy", "Slack did not name the chat.");
			parts.kept.set(name, id);
			return { team, channel: id };
		},
		forget: (team, user) => parts.kept.forget(`chat ${team}/${user}`),
	};
}

async function once(parts: SpeakParts, call: Call, body: Values): Promise<Values> {
	const { workspaces, pace, clock, tell } = parts;
	const { api } = await workspaces.open(call.team);
	const { waitMs, ours } = pace.take(call, toMs(clock.now()));
	if (waitMs > 0) {
		throw new UnavailableError(ours ? "paced" : "slack-busy", "Slack takes no more just now.", {
			retryAfterMs: waitMs,
		});
	}
	try {
		const answer = await api.call(call.method, body);
		pace.well(call);
		tell.well(whereOf(call));
		return answer;
	} catch (error) {
		throw trouble(parts, call, error);
	}
}

function trouble(parts: SpeakParts, call: Call, error: unknown): unknown {
	if (error instanceof SlackNo) return saidNo(parts, call, error);
	if (!(error instanceof UnavailableError) || error.code === "slack-shut") return error;
	const retryAfterMs = parts.pace.busy(call, toMs(parts.clock.now()), error.retryAfterMs);
	// Only a post is another one when it is made again.
	if (error.code === "unconfirmed" && call.method === "chat.postMessage") return error;
	const code = error.retryAfterMs === undefined ? "paced" : "slack-busy";
	return new UnavailableError(code, error.message, { cause: error, retryAfterMs });
}

/** A channel that takes nothing is tried further on, so that nothing is lost while somebody mends it. */
function saidNo({ pace, clock, tell }: SpeakParts, call: Call, error: SlackNo): unknown {
	const { sort } = refusalOf(error.code);
	// A person's own chat that is gone is opened anew: nothing to mend.
	const reopened = sort === "place" && call.channel.startsWith("D");
	if (sort === "gone" || reopened) return error;
	tell.shut(whereOf(call), error.code);
	const retryAfterMs = sort === "place" ? pace.shut(call, toMs(clock.now())) : undefined;
	if (retryAfterMs === undefined) return error;
	return new UnavailableError("slack-shut", error.message, { cause: error, retryAfterMs });
}

function whereOf({ team, channel, method }: Call) {
	return method === "conversations.open" ? { team, user: channel } : { team, channel };
}
