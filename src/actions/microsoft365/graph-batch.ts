/**
 * Several reads in one exchange, each answered by itself. Must never hold a write: what was done of a batch that was lost
 * could not be told.
 */
import { asRecord, asRecords, type Values } from "../../base/json.ts";
import type { Clock } from "../../base/time.ts";
import type { Answer, GraphRequest } from "../../engine/remote.ts";
import { type Budget, serviceOf } from "./budget.ts";
import { graphAnswer, refusedHere } from "./graph-answer.ts";
import { type GraphAnswer, pauseBefore } from "./graph-send.ts";
import { graphUrl } from "./graph-url.ts";

type BatchParts = {
	readonly endpoint: string;
	readonly clock: Clock;
	readonly budget: Pick<Budget, "hold">;
	readonly send: (request: GraphRequest, url: string) => Promise<GraphAnswer>;
};

type Get = Omit<GraphRequest, "method" | "body">;
type Part = { readonly at: number; readonly get: Get; readonly url: string };

/** Source: https://learn.microsoft.com/graph/json-batching. */
const MOST_IN_BATCH = 20;

/**
 * Reads, twenty at a time; the answers are in the order of the requests. What is paced travels by itself, and so does what
 * a batch answered with 429, 503 or 504: it is asked again alone, when its time has come.
 */
export async function readTogether(parts: BatchParts, gets: readonly Get[]): Promise<readonly GraphAnswer[]> {
	const made = gets.map((get) => graphUrl(parts.endpoint, { ...get, method: "GET" }));
	const together = gets.flatMap((get, at): Part[] => {
		const url = made[at];
		return url?.kind !== "url" || serviceOf({ ...get, method: "GET" }).alone ? [] : [{ at, get, url: url.url }];
	});
	const groups = Array.from({ length: together.length < 2 ? 0 : Math.ceil(together.length / MOST_IN_BATCH) }, (_, i) =>
		together.slice(i * MOST_IN_BATCH, (i + 1) * MOST_IN_BATCH),
	);
	const told = new Map((await Promise.all(groups.map((group) => ask(parts, group)))).flat());
	return Promise.all(
		gets.map(async (get, at): Promise<GraphAnswer> => {
			const url = made[at];
			if (url === undefined || url.kind === "bad") return refusedHere(url?.code ?? "bad-path", url?.why ?? "no path");
			return told.get(at) ?? parts.send({ ...get, method: "GET" }, url.url);
		}),
	);
}

/** The answers of one batch by their place, without those that are worth asking again. */
async function ask(parts: BatchParts, group: readonly Part[]): Promise<readonly (readonly [number, GraphAnswer])[]> {
	const requests = group.map(({ at, get, url }) => ({
		...{ id: String(at), method: "GET", url: url.slice(parts.endpoint.length) },
		...(get.headers === undefined ? {} : { headers: get.headers }),
	}));
	const signal = group[0]?.get.signal;
	const request = { method: "POST", path: ["$batch"], body: { requests } } as const;
	const whole = await parts.send(signal === undefined ? request : { ...request, signal }, `${parts.endpoint}/$batch`);
	if (whole.kind !== "ok") return group.map(({ at }) => [at, whole] as const);
	const responses = asRecords(whole.value.responses);
	return group.flatMap(({ at, get }) => {
		const response = responses.find((one) => one.id === String(at));
		const answer = response === undefined ? MISSING : innerAnswer(response, parts.clock);
		if (pauseBefore(true, answer, 1) === undefined) return [[at, answer] as const];
		const asked = answer.kind === "refused" ? answer.retryAfterMs : undefined;
		if (asked !== undefined) parts.budget.hold(serviceOf({ ...get, method: "GET" }), asked);
		return [];
	});
}

const MISSING: Extract<Answer<never>, { kind: "unknown" }> = {
	kind: "unknown",
	code: "bad-answer",
	detail: "the batch has no answer to this request",
};

function innerAnswer(response: Values, clock: Clock): GraphAnswer {
	const headers = asRecord(response.headers);
	const texts = Object.entries(headers).filter((pair): pair is [string, string] => typeof pair[1] === "string");
	const status = typeof response.status === "number" ? response.status : 0;
	const body = response.body === undefined ? "" : JSON.stringify(response.body);
	return graphAnswer("GET", { kind: "answered", status, headers: new Headers(texts), body }, clock);
}
