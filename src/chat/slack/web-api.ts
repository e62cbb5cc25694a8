/**
 * One call to Slack's Web API: one try, one host, bounded in time and size, and an honest word about whether it may have
 * been done. Must never retry by itself: that is the poster's, who knows what a second message would mean.
 */
import type { Logger } from "@slack/bolt";
import { SopwithError, UnavailableError } from "../../base/errors.ts";
import { asRecord, isRecord, type Values } from "../../base/json.ts";
import type { Secret } from "../../base/secret.ts";
import { isUnsent } from "../../base/unsent.ts";
import { RefusedPost } from "../surface.ts";
import { refusalOf } from "./refusals.ts";

const PATIENCE_MS = 10_000;
const MOST_SENT = 200_000;
const MOST_READ = 2_000_000;
const MOST_WAIT_S = 86_400;

/** Slack said no. `code` is its own word for why, such as `not_in_channel` or `expired_trigger_id`. */
export class SlackNo extends RefusedPost {}

export type SlackApi = {
	/**
	 * Makes one call.
	 * Errors: `SlackNo`, with Slack's word as its code; `UnavailableError` `slack-busy` (not done) and `unconfirmed` (may have
	 * been done), with how long Slack asked us to wait. Repeat: never by itself.
	 */
	call(method: string, body: Values): Promise<Values>;
};

/** Speaks for one token. `base`: where the Web API is, with a slash at the end. Bolt is loaded at the first call. */
export function createSlackApi({ token, base }: { readonly token: Secret; readonly base: string }): SlackApi {
	let client: ReturnType<typeof openClient> | undefined;
	return {
		call: async (method, body) => {
			if (JSON.stringify(body).length > MOST_SENT)
				throw new SlackNo("msg_too_long", "The message is too long for Slack.");
			client ??= openClient(token, base);
			const { apiCall, wordOf, troubleOf } = await client;
			try {
				return await apiCall(method, body);
			} catch (error) {
				const trouble = troubleOf(error);
				if (trouble !== undefined) throw unavailable(trouble);
				throw saidNo(wordOf(error), error);
			}
		},
	};
}

/** What the wire met. `sent`: it may have been done all the same. */
class Trouble extends SopwithError {
	readonly sent: boolean;
	readonly retryAfterMs: number | undefined;
	constructor(status: number, more: { sent: boolean; retryAfterMs?: number | undefined; cause?: unknown }) {
		const words = status === 0 ? "Slack did not answer." : `Slack answered ${status}.`;
		super("slack-busy", words, { cause: more.cause });
		this.sent = more.sent;
		this.retryAfterMs = more.retryAfterMs;
	}
}

/** Bolt's own client, held to one try: what it does by itself beyond that is turned off. The token is put on by us. */
async function openClient(token: Secret, base: string) {
	const { LogLevel, webApi } = await import("@slack/bolt");
	const client = new webApi.WebClient(undefined, {
		slackApiUrl: base,
		allowAbsoluteUrls: false,
		retryConfig: { retries: 0 },
		rejectRateLimitedCalls: true,
		timeout: PATIENCE_MS,
		logger: silent(LogLevel.ERROR),
		fetch: (url, request = {}) =>
			send(url, { ...request, headers: { ...request.headers, Authorization: `Bearer ${token.open()}` } }),
	});
	return {
		apiCall: async (method: string, body: Values): Promise<Values> => {
			const answer: unknown = await client.apiCall(method, { ...body });
			return asRecord(answer);
		},
		wordOf: (error: unknown): string | undefined =>
			error instanceof webApi.WebAPIPlatformError ? String(error.data.error) : undefined,
		troubleOf: (error: unknown): Trouble | undefined =>
			error instanceof webApi.WebAPIRequestError && error.original instanceof Trouble ? error.original : undefined,
	};
}

type Request = { method?: string; headers?: Record<string, string>; body?: string | FormData; signal?: AbortSignal };

/** Sends it. Only an answer of 200 that was read whole comes back. */
async function send(url: string | URL, request: Request): Promise<Response> {
	const answer = await fetch(url, { ...request, redirect: "manual" }).catch((cause: unknown) => {
		throw new Trouble(0, { sent: !isUnsent(cause), cause });
	});
	const { status, headers } = answer;
	if (status !== 200) {
		await answer.body?.cancel().catch(() => undefined);
		throw new Trouble(status, {
			sent: status >= 500 && status !== 503,
			retryAfterMs: waitOf(headers.get("retry-after")),
		});
	}
	const text = await readAll(answer).catch((cause: unknown) => {
		throw new Trouble(0, { sent: true, cause });
	});
	if (!isAnswer(text)) throw new Trouble(status, { sent: true });
	return new Response(text, { headers });
}

async function readAll(answer: Response): Promise<string> {
	const parts: Uint8Array[] = [];
	let size = 0;
	for await (const part of answer.body ?? []) {
		size += part.length;
		if (size > MOST_READ) throw new RangeError("more than was expected");
		parts.push(part);
	}
	return Buffer.concat(parts).toString("utf8");
}

/** A page of something in between is no answer of Slack's. */
function isAnswer(text: string): boolean {
	try {
		const answer: unknown = JSON.parse(text);
		return isRecord(answer) && (answer.ok === true || typeof answer.error === "string");
	} catch {
		return false;
	}
}

/** `Retry-After` in seconds, kept in full; a day at most. */
function waitOf(header: string | null): number | undefined {
	return header !== null && /^\d{1,9}$/.test(header) ? Math.min(Number(header), MOST_WAIT_S) * 1000 : undefined;
}

function unavailable({ sent, retryAfterMs, message, cause }: Trouble): UnavailableError {
	const more = { cause, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
	if (sent) return new UnavailableError("unconfirmed", "Slack did not say whether it arrived.", more);
	return new UnavailableError("slack-busy", message, more);
}

/** By Slack's word. What is no answer of Slack's at all is a mistake of ours, and goes on as it is. */
function saidNo(word: string | undefined, cause: unknown): unknown {
	if (word === undefined) return cause;
	const { sort, is } = refusalOf(word);
	if (sort === "later") return new UnavailableError("slack-busy", `Slack said no for now: ${is}.`, { cause });
	if (sort === "perhaps")
		return new UnavailableError("unconfirmed", "Slack did not say whether it arrived.", { cause });
	return new SlackNo(word, `Slack said no: ${is} (${word}).`, { cause });
}

/** Bolt's client prints what it sends; nothing of it is for a log. */
function silent(level: ReturnType<Logger["getLevel"]>): Logger {
	const nothing = (): void => undefined;
	const say = { debug: nothing, info: nothing, warn: nothing, error: nothing };
	return { ...say, setLevel: nothing, setName: nothing, getLevel: () => level };
}
