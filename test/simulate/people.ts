/**
 * People who answer what they are asked, in their own time and not always well: late, twice, to an old question.
 */

import type { Values } from "../../src/base/json.ts";
import type { RunId, Verb } from "../../src/engine/event.ts";
import { pathOfWait, placeOf } from "../../src/engine/path.ts";
import type { StepState, Wait } from "../../src/engine/run.ts";
import { nameRun } from "../../src/engine/run-id.ts";
import { undoable, undoRequest, undoSop } from "../../src/engine/undo.ts";
import type { SimHost, Stored } from "./host.ts";
import type { Dice } from "./random.ts";
import type { Remote } from "./remote.ts";
import type { Schedule } from "./schedule.ts";

export type People = ReturnType<typeof createPeople>;

export function createPeople(parts: {
	readonly time: Schedule;
	readonly luck: Dice;
	readonly calm: boolean;
	readonly remote: Remote;
	/** What HR may change her mind about. */
	readonly amendments: readonly Values[];
	/** Whether the bot was told that what this step sent has arrived. */
	readonly known: (run: RunId, path: string, attempt: number) => boolean;
}) {
	const { time, luck, remote } = parts;
	const asked = new Set<string>();
	const meddled = new Set<RunId>();
	const skipped = new Set<RunId>();
	const allowed = new Set<string>();
	const tries = new Map<string, number>();
	const counts = { questions: 0, amended: 0, cancelled: 0, paused: 0 };
	let no = 0;
	const readers = ["tia", "mo", "di"];
	const patience = (): number => 1000 + luck.below(luck.happens(0.1) ? 12 * 3_600_000 : 90_000);

	/** Looks at a run as it is now and goes to answer what is new. */
	const look = (host: SimHost, stored: Stored): void => {
		for (const [path, state] of Object.entries(stored.run.steps)) {
			const { wait } = state;
			if (wait === undefined || wait.verbs.length === 0 || asked.has(`${stored.run.id} ${wait.id}`)) continue;
			asked.add(`${stored.run.id} ${wait.id}`);
			if (wait.kind === "question") counts.questions += 1;
			time.in(patience(), () => answer(host, stored.run.id, { path, wait }));
		}
		if (stored.run.ended !== undefined) end(host, stored);
	};

	const answer = (host: SimHost, id: RunId, on: { readonly path: string; readonly wait: Wait }): void => {
		const stored = host.runs.get(id);
		if (stored === undefined) return;
		const people =
			on.wait.kind === "approval"
				? ["mo", ...(luck.happens(0.1) ? ["harriet", "mo"] : []), "di"]
				: on.wait.kind === "acknowledge"
					? readers.filter(() => luck.happens(0.7))
					: ["tia"];
		for (const by of people) {
			const { verb, values } = choose(id, on.wait);
			if (verb === "retry") sendAgain(stored, on);
			if (verb === "skip") skipped.add(id);
			vote(host, id, { ...on, verb, values, by });
			if (luck.happens(0.1)) time.in(luck.below(60_000), () => vote(host, id, { ...on, verb, values, by }));
		}
		time.in(60_000 + luck.below(60_000), () => again(host, id, on));
	};

	/** Someone whose answer was lost in a crash presses again. */
	const again = (host: SimHost, id: RunId, on: { readonly path: string; readonly wait: Wait }): void => {
		if (host.runs.get(id)?.run.steps[on.path]?.wait?.id === on.wait.id) answer(host, id, on);
	};

	const vote = (
		host: SimHost,
		id: RunId,
		by: { readonly wait: Wait; readonly verb: Verb; readonly values: Values; readonly by: string },
	): void => {
		const event = {
			kind: "answered",
			wait: by.wait.id,
			verb: by.verb,
			by: by.by,
			as: "it-lead",
			values: by.values,
			via: "web",
			...(by.verb === "acknowledge" ? { audience: readers } : {}),
		} as const;
		void host.deliver(id, event, `click:${by.wait.id}:${by.by}:${no++}`);
	};

	/** Nobody tries the same for ever: after a while a person lets it go. */
	const isTired = (id: RunId, wait: Wait): boolean => {
		const where = `${id} ${pathOfWait(wait.id)}`;
		tries.set(where, (tries.get(where) ?? 0) + 1);
		return (tries.get(where) ?? 0) > 12 && wait.verbs.includes("skip");
	};

	const choose = (id: RunId, wait: Wait): { readonly verb: Verb; readonly values: Values } => {
		if (wait.kind === "approval" && wait.verbs.includes("approve"))
			return { verb: luck.happens(0.94) ? "approve" : "send-back", values: {} };
		if (wait.kind === "task") return { verb: "complete", values: luck.happens(0.3) ? { checked: ["0"] } : {} };
		const offered = (wait.problem?.choices ?? wait.problems?.flatMap((p) => p.choices) ?? []).map((c) => c.id);
		if (wait.verbs.includes("choose") && luck.happens(0.7))
			return { verb: "choose", values: { choice: offered[0] ?? "" } };
		if (wait.kind !== "question") return { verb: wait.verbs.find((v) => v !== "choose") ?? "claim", values: {} };
		if (isTired(id, wait)) return { verb: "skip", values: {} };
		const roll = luck.next();
		const wanted: Verb =
			roll < 0.8 ? "retry" : roll < 0.88 ? "done" : roll < 0.93 ? "claim" : roll < 0.97 ? "skip" : "stop";
		return { verb: wait.verbs.includes(wanted) ? wanted : wait.verbs.includes("retry") ? "retry" : "skip", values: {} };
	};

	/** Told of a doubt about something sent, a person who tries again means: send it again. Once a question. */
	const sendAgain = (stored: Stored, on: { readonly path: string; readonly wait: Wait }): void => {
		const step = placeOf(stored.sop, on.path)?.step;
		const act = step?.kind === "do" ? step.action : step?.kind === "tell" ? step.mail?.action : undefined;
		const open = stored.run.steps[on.path]?.wait;
		if (act?.repeat.kind !== "never" || open?.id !== on.wait.id || (open.problem?.doubt.length ?? 0) === 0) return;
		const { attempt } = stored.run.steps[on.path] as StepState;
		if (parts.known(stored.run.id, on.path, attempt) || allowed.has(`${stored.run.id} ${on.wait.id}`)) return;
		allowed.add(`${stored.run.id} ${on.wait.id}`);
		remote.allow(`${stored.run.id}/${on.path}`);
	};

	const end = (host: SimHost, { run, sop }: Stored): void => {
		if (run.request.undo !== undefined || run.request.parent !== undefined || meddled.has(run.id)) return;
		meddled.add(run.id);
		if (!luck.happens(0.8) || undoable(run).length === 0) return;
		time.in(luck.below(20_000), () => {
			const request = undoRequest(sop, run, { by: "harriet", via: "web", key: `undo ${run.id}` });
			host.start(nameRun("undo", run.id), request, undoSop(sop, request));
		});
	};

	/** HR changes her mind, somebody pauses, somebody cancels. */
	const meddle = (host: SimHost, id: RunId): void => {
		if (parts.calm) return;
		const at = (often: number, act: () => void): void => {
			if (luck.happens(often)) time.in(luck.below(luck.happens(0.6) ? 90_000 : 24 * 3_600_000), act);
		};
		for (const often of [0.35, 0.15])
			at(often, () => {
				counts.amended += 1;
				void host.deliver(id, { kind: "amended", values: luck.pick(parts.amendments), by: "harriet" }, `amend ${no++}`);
			});
		at(0.15, () => {
			counts.cancelled += 1;
			void host.deliver(id, { kind: "steered", verb: "cancel", by: "harriet", words: "" }, `cancel ${no++}`);
		});
		at(0.12, () => {
			counts.paused += 1;
			void host.deliver(id, { kind: "steered", verb: "pause", by: "tia", words: "" }, `pause ${no++}`);
			time.in(luck.below(3_600_000), () => resume(host, id));
		});
		for (const often of [0.4, 0.2]) at(often, () => host.forget());
		at(0.05, () => void host.deliver(id, { kind: "noted", by: "tia", words: "seen" }, `note ${no++}`));
	};

	const resume = (host: SimHost, id: RunId): void => {
		if (host.runs.get(id)?.run.paused === undefined) return;
		void host.deliver(id, { kind: "steered", verb: "resume", by: "tia", words: "" }, `resume ${no++}`);
		time.in(60_000, () => resume(host, id));
	};

	return { look, meddle, counts, skipped };
}
