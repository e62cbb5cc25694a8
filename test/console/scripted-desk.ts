/**
 * A desk that plays a written part: runs that are there, people who may see them, answers it gives. It stands at the seam the
 * console talks to and remembers what it was asked.
 */
import { ConflictError, DeniedError, InputError } from "../../src/base/errors.ts";
import { sha256 } from "../../src/base/json.ts";
import type { Desk, RunDescription } from "../../src/engine/desk.ts";
import type { Receipt, Recorded } from "../../src/engine/ports.ts";
import type { Actor } from "../../src/people/roster.ts";
import { definitions, newhire, runs as sampleRuns } from "./sample.ts";

export type Asked = { readonly what: string; readonly request: Readonly<Record<string, unknown>> };
export type ScriptedDesk = Desk & { readonly asked: Asked[]; next: (() => Receipt) | undefined };

/** Everyone of the MSP and of a run's client sees it; starting needs a first name. */
export function scriptedDesk(all: readonly RunDescription[] = sampleRuns): ScriptedDesk {
	const asked: Asked[] = [];
	const keys = new Map<string, { readonly run: string; readonly body: string }>();
	const sees = (actor: Actor, run: RunDescription) => actor.client === undefined || actor.client === run.client;
	const read: Desk["read"] = async (actor, prefix) => {
		const found = prefix.length < 4 ? [] : all.filter((run) => run.id.startsWith(prefix) && sees(actor, run));
		return found.length === 1 ? found[0] : undefined;
	};
	/** As the real one: a run they may not see is refused here too, with the words of one that is not there. */
	const about = async (what: string, request: { readonly actor: Actor; readonly run: string }): Promise<Receipt> => {
		if ((await read(request.actor, request.run)) === undefined)
			throw new ConflictError("no-such-run", "There is no such run for you to see.");
		return answered(what, request);
	};
	const answered = (what: string, request: object): Receipt => {
		asked.push({ what, request: { ...request } });
		const scripted = desk.next;
		desk.next = undefined;
		return (
			scripted?.() ?? {
				run: String((request as { run?: string }).run),
				seq: 7,
				outcome: "accepted",
				verdict: "accepted",
			}
		);
	};
	const desk: ScriptedDesk = {
		asked,
		next: undefined,
		definitions: () => definitions,
		startable: (actor, kind, client) =>
			newhire.starts
				.filter((start) => start.kind === kind && actor.client !== "fabrikam" && (client ?? "contoso") === "contoso")
				.map((start) => ({ client: "contoso", sop: newhire, start })),
		async start(request) {
			asked.push({ what: "start", request });
			if (desk.next !== undefined) return answered("start", request);
			if (!Object.hasOwn(definitions.clients, request.client))
				throw new DeniedError("not-allowed", "There is nothing here for you.");
			if (request.form.firstName === undefined)
				throw new InputError([{ path: "form.firstName", code: "missing", message: "Enter a first name." }]);
			const body = sha256(request.form);
			const before = keys.get(request.key);
			if (before !== undefined && before.body !== body)
				throw new ConflictError("key-reused", "This key was used for something else.");
			if (before !== undefined) return { run: before.run, seq: 1, outcome: "duplicate", verdict: "accepted" };
			const run = `RUN${sha256(request.key).slice(0, 20).toUpperCase()}`;
			keys.set(request.key, { run, body });
			return { run, seq: 1, outcome: "accepted", verdict: "accepted" };
		},
		check: () => [],
		answer: (request) => about("answer", request),
		steer: (request) => about("steer", request),
		amend: (request) => about("amend", request),
		note: (request) => about("note", request),
		undo: (request) => about("undo", request),
		read,
		async list(actor, query) {
			asked.push({ what: "list", request: { ...query } });
			const items = all.filter(
				(run) => sees(actor, run) && (query.client === undefined || query.client === run.client),
			);
			return {
				items: items.map((run) => ({ ...run, visibility: "all" as const })),
				...(query.cursor === undefined ? { cursor: "older" } : {}),
			};
		},
		journal: async (actor, run, from = 1) => ((await read(actor, run)) === undefined ? undefined : journal(run, from)),
		waiting: async (actor) =>
			all.flatMap((run) =>
				run.steps.filter((step) => sees(actor, run) && step.wait?.by.includes(actor.id)).map((step) => ({ run, step })),
			),
	};
	return desk;
}

/** 150 rows whose chain holds. */
export async function* journal(run: string, from: number): AsyncIterable<Recorded> {
	let prev = "0".repeat(64);
	for (let seq = 1; seq <= 150; seq += 1) {
		const at = "2026-11-23T14:02:05.000Z";
		const kind = seq === 1 ? "started" : seq === 4 ? "answered" : "noted";
		const payload =
			seq === 1
				? { request: { by: "ada", via: "web" } }
				: { by: "mo", verb: "approve", via: "teams", words: `Note ${seq}` };
		const payloadHash = sha256(payload);
		const hash = sha256([prev, run, String(seq), at, kind, payloadHash].join("\n"));
		if (seq >= from) yield { run, seq, at, kind, payload, payloadHash, prev, hash };
		prev = hash;
	}
}
