/**
 * People who answer what they are asked, in their own time and not always well: late, twice, to an old question.
 */

import type { Values } from "../../src/base/json.ts";
import type { RunId, Verb } from "../../src/engine/event.ts";
import { placeOf } from "../../src/engine/path.ts";
import type { Wait } from "../../src/engine/run.ts";
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
}) {
	const { time, luck, remote } = parts;
	const asked = new Set<string>();
	const meddled = new Set<RunId>();
	const skipped = new Set<RunId>();
	let questions = 0;
	let no = 0;
	const patience = (): number => 1000 + luck.below(luck.happens(0.1) ? 12 * 3_600_000 : 90_000);

	/** Looks at a run as it is now and goes to answer what is new. */
	const look = (host: SimHost, stored: Stored): void => {
		for (const [path, state] of Object.entries(stored.run.steps)) {
			const { wait } = state;
			if (wait === undefined || wait.verbs.length === 0 || asked.has(`${stored.run.id} ${wait.id}`)) continue;
			asked.add(`${stored.run.id} ${wait.id}`);
			if (wait.kind === "question") questions += 1;
			time.in(patience(), () => answer(host, stored.run.id, { path, wait }));
		}
		if (stored.run.ended !== undefined) end(host, stored);
	};

	const answer = (host: SimHost, id: RunId, on: { readonly path: string; readonly wait: Wait }): void => {
		const stored = host.runs.get(id);
		if (stored === undefined) return;
		const people = on.wait.kind === "approval" ? ["mo", "di"] : ["tia"];
		for (const by of people) {
			const { verb, values } = choose(on.wait);
			if (verb === "done" || verb === "retry") byHand(stored, on.path, verb);
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
		} as const;
		void host.deliver(id, event, `click:${by.wait.id}:${by.by}:${no++}`);
	};

	const choose = (wait: Wait): { readonly verb: Verb; readonly values: Values } => {
		const verbs: readonly Verb[] = wait.verbs.filter((verb) => verb !== "claim" && verb !== "choose");
		if (wait.kind === "approval" && wait.verbs.includes("approve"))
			return { verb: luck.happens(0.93) ? "approve" : "send-back", values: {} };
		if (wait.kind === "task") return { verb: "complete", values: luck.happens(0.3) ? { checked: ["0"] } : {} };
		const often: readonly Verb[] = ["retry", "retry", "retry", ...verbs];
		return {
			verb: wait.kind === "question" ? luck.pick(often.filter((v) => v === "retry" ? wait.verbs.includes(v) : true)) : (verbs[0] as Verb),
			values: {},
		};
	};

	/** Done by hand means somebody did it; a retry after a doubt means: send it again. */
	const byHand = (stored: Stored, path: string, verb: Verb): void => {
		const step = placeOf(stored.sop, path)?.step;
		if (step?.kind !== "do") return;
		if (verb === "retry" && step.action.repeat.kind === "never") remote.allow(`${stored.run.id}/${path}`);
	};

	const end = (host: SimHost, { run, sop }: Stored): void => {
		if (run.request.undo !== undefined || run.request.parent !== undefined || meddled.has(run.id)) return;
		meddled.add(run.id);
		if (!luck.happens(0.7) || undoable(run).length === 0) return;
		time.in(luck.below(20_000), () => {
			const request = undoRequest(sop, run, { by: "harriet", via: "web", key: `undo ${run.id}` });
			host.start(nameRun("undo", run.id), request, undoSop(sop, request));
		});
	};

	/** HR changes her mind, somebody pauses, somebody cancels. */
	const meddle = (host: SimHost, id: RunId): void => {
		if (parts.calm) return;
		const at = (often: number, act: () => void): void => {
			if (luck.happens(often)) time.in(luck.below(luck.happens(0.5) ? 60_000 : 24 * 3_600_000), act);
		};
		at(
			0.25,
			() =>
				void host.deliver(
					id,
					{
						kind: "amended",
						values: luck.happens(0.5) ? { value: `v${luck.below(3)}` } : { day: "2026-06-01" },
						by: "harriet",
					},
					`amend ${no++}`,
				),
		);
		at(
			0.12,
			() => void host.deliver(id, { kind: "steered", verb: "cancel", by: "harriet", words: "" }, `cancel ${no++}`),
		);
		at(0.12, () => {
			void host.deliver(id, { kind: "steered", verb: "pause", by: "tia", words: "" }, `pause ${no++}`);
			time.in(luck.below(3_600_000), () => resume(host, id));
		});
		at(0.2, () => host.forget());
		at(0.05, () => void host.deliver(id, { kind: "noted", by: "tia", words: "seen" }, `note ${no++}`));
	};

	const resume = (host: SimHost, id: RunId): void => {
		if (host.runs.get(id)?.run.paused === undefined) return;
		void host.deliver(id, { kind: "steered", verb: "resume", by: "tia", words: "" }, `resume ${no++}`);
		time.in(60_000, () => resume(host, id));
	};

	return { look, meddle, questions: () => questions, skipped };
}
