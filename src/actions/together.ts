/**
 * A Graph door for one look: reads that are made at the same moment travel in one batch. Writes pass through as they are;
 * must never keep an answer for a later question.
 */
import { asRecords, type Json } from "../base/json.ts";
import type { Answer, Graph, GraphRequest } from "../engine/remote.ts";

type Get = Omit<GraphRequest, "method" | "body">;
type Read = Answer<{ readonly [name: string]: Json }>;

/** Wraps a door. Reads begun in one go (`Promise.all`) share an exchange, and are answered each by itself. */
export function together(graph: Graph): Graph {
	let waiting: { readonly get: Get; readonly tell: (read: Promise<Read>) => void }[] = [];
	const leave = () => {
		const all = waiting;
		waiting = [];
		const answers = graph.batch(all.map(({ get }) => get));
		all.forEach(({ tell }, at) => {
			tell(answers.then((told) => told[at] ?? NO_ANSWER));
		});
	};
	const read = (get: Get): Promise<Read> => {
		const { promise, resolve } = Promise.withResolvers<Read>();
		waiting.push({ get, tell: resolve });
		if (waiting.length === 1) queueMicrotask(leave);
		return promise;
	};
	return {
		...graph,
		request: ({ method, body, ...get }) =>
			method === "GET" ? read(get) : graph.request({ method, ...get, ...(body === undefined ? {} : { body }) }),
		async list(get, most) {
			if (most !== undefined) return graph.list(get, most);
			const answer = await read(get);
			return answer.kind === "ok" ? { ...answer, value: asRecords(answer.value.value) } : answer;
		},
	};
}

const NO_ANSWER: Read = { kind: "unknown", code: "bad-answer", detail: "the batch has no answer to this request" };
