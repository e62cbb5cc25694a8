/**
 * Sends one request to Graph: with a token, within the tenant's budget, and again where that is certain to be harmless.
 * Must never repeat a write that may have been done, and never wait less than Graph asked for.
 */
import { randomUUID } from "node:crypto";
import type { Client } from "@microsoft/microsoft-graph-client";
import { assert, unreachable } from "../../base/assert.ts";
import type { Json } from "../../base/json.ts";
import { Secret } from "../../base/secret.ts";
import type { Clock } from "../../base/time.ts";
import type { Code } from "../../engine/event.ts";
import { type Answer, type GraphRequest, RemoteError } from "../../engine/remote.ts";
import type { Budget, Service } from "./budget.ts";
import { type Exchange, graphAnswer } from "./graph-answer.ts";
import type { TokenGiver } from "./token.ts";

export type Sending = {
	/** A bearer token of this tenant; asked before every request, so it is for the giver to keep it. */
	readonly token: TokenGiver;
	readonly clock: Clock;
	/** Limit of one exchange in ms. Default 30 s. */
	readonly timeoutMs?: number;
	/** How long one call may wait for its turn, and to be sent again, in ms. Default 10 s; a longer wait is told. */
	readonly patienceMs?: number;
	/** Resolves after `ms`, or at once when the signal stops. */
	readonly wait: (ms: number, signal: AbortSignal) => Promise<void>;
	readonly budget: Budget;
	readonly client: Client;
};

/** A request whose address is written. */
type Ready = Pick<GraphRequest, "method" | "body" | "headers"> & {
	readonly url: string;
	readonly service: Service;
	readonly signal: AbortSignal;
};

export type GraphAnswer = Answer<{ readonly [name: string]: Json }>;

/** What a request leaves in the hands of the end of the client's chain. */
export type Slot = { exchange?: Exchange };

const TRIES = 4;
const BUSY = "Microsoft 365 asked us to wait. Nothing was sent.";

/**
 * Sends, and sends again: a read that met 429, 503, 504 or a lost connection, a write that met 429, and anything that met
 * 401 once with a fresh token. Pauses are as long as Retry-After says, otherwise 1, 2, 4 s; what does not fit in the
 * patience is answered as it is, with `retryAfterMs`.
 * Source: https://learn.microsoft.com/graph/throttling#best-practices-to-handle-throttling
 */
export async function sendGraph(sending: Sending, ready: Ready): Promise<GraphAnswer> {
	let left = sending.patienceMs ?? 10_000;
	for (let tried = 1; ; tried++) {
		const turn = sending.budget.book(ready.service, left);
		if (turn.kind === "later") {
			const detail = `budget of ${ready.service.name}`;
			return { kind: "unsent", code: "throttled", message: BUSY, detail, retryAfterMs: turn.ms };
		}
		if (turn.ms > 0) await sending.wait(turn.ms, ready.signal);
		left -= turn.ms;
		const answer = await inTurn(sending, ready);
		const asked = answer.kind === "refused" && answer.status === 429 ? answer.retryAfterMs : undefined;
		if (asked !== undefined) sending.budget.hold(ready.service, asked);
		const pause = pauseBefore(isRead(ready), answer, tried);
		if (pause === undefined || pause > left || tried >= TRIES || ready.signal.aborted) return answer;
		if (asked === undefined) {
			await sending.wait(pause, ready.signal);
			left -= pause;
		}
	}
}

/** A batch holds nothing but reads. */
function isRead({ method, url }: Ready): boolean {
	return method === "GET" || (method === "POST" && url.endsWith("/v1.0/$batch"));
}

/** How long to wait before this may be sent again, in ms; undefined where it may not. */
export function pauseBefore(reads: boolean, answer: GraphAnswer, tried: number): number | undefined {
	const backOff = 1000 * 2 ** (tried - 1);
	switch (answer.kind) {
		case "ok":
		case "unsent":
			return undefined;
		case "unknown":
			return reads && PASSING.includes(answer.code) ? backOff : undefined;
		case "refused":
			if (answer.status !== 429 && !(reads && [503, 504].includes(answer.status))) return undefined;
			return answer.retryAfterMs ?? backOff;
	}
}

const PASSING: readonly Code[] = ["connection-lost", "unavailable", "gateway-timeout"];

async function inTurn(sending: Sending, ready: Ready): Promise<GraphAnswer> {
	const leave = await sending.budget.enter(ready.service);
	try {
		return await withToken(sending, ready);
	} finally {
		leave();
	}
}

/**
 * Who is told 401 was not let in, so nothing was done: it is sent once more, with a token that is not the same. Where there
 * is none, why that is so is the answer.
 */
async function withToken(sending: Sending, ready: Ready): Promise<GraphAnswer> {
	const token = await tokenOf(sending.token);
	if (typeof token !== "string") return token;
	const answer = await once(sending, ready, token);
	if (answer.kind !== "refused" || answer.status !== 401) return answer;
	const fresh = await tokenOf(sending.token, token);
	if (typeof fresh !== "string") return fresh;
	return fresh === token ? answer : once(sending, ready, fresh);
}

/** A token, or the answer that says there is none: nothing was sent. */
async function tokenOf(giver: TokenGiver, refused?: string) {
	try {
		return await giver(refused);
	} catch (error) {
		if (error instanceof RemoteError) return error.answer;
		const detail = error instanceof Error ? error.name : "no token";
		return { kind: "unsent", code: "no-token", detail } as const;
	}
}

async function once(sending: Sending, ready: Ready, token: string): Promise<GraphAnswer> {
	const { method, url } = ready;
	const limit = AbortSignal.timeout(sending.timeoutMs ?? 30_000);
	const slot: Slot = {};
	const trace = randomUUID();
	const request = sending.client
		.api(url)
		.headers({ ...ready.headers, "client-request-id": trace, Authorization: `Bearer ${token}` })
		.option("slot", slot)
		.option("expected", url)
		.option("signal", AbortSignal.any([ready.signal, limit]))
		.responseType("raw" as never);
	const body = ready.body === undefined ? undefined : opened(ready.body);
	switch (method) {
		case "GET":
			await request.get();
			break;
		case "POST":
			await request.post(body ?? {});
			break;
		case "PATCH":
			await request.patch(body ?? {});
			break;
		case "PUT":
			await request.put(body ?? {});
			break;
		case "DELETE":
			await request.delete();
			break;
		default:
			return unreachable(method);
	}
	assert(slot.exchange !== undefined, "a request ends in an exchange");
	return graphAnswer(method, traced(slot.exchange, trace), sending.clock);
}

/** A request that got no answer is known to Microsoft's support by the id that we gave it. */
function traced(exchange: Exchange, trace: string): Exchange {
	if (exchange.kind === "answered" || !exchange.sent) return exchange;
	return { ...exchange, detail: `${exchange.detail}, client-request-id ${trace}` };
}

/** Opens the secrets of a body, at any depth, in the moment it is sent. */
function opened(value: unknown): unknown {
	if (value instanceof Secret) return value.open();
	if (Array.isArray(value)) return value.map(opened);
	if (typeof value !== "object" || value === null) return value;
	return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, opened(inner)]));
}
