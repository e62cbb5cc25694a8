/**
 * What a run and its steps are waiting for, as sentences with holes. One place, so that card, page and API say the same.
 * Must never show a phase, a code or a hash.
 */

import { toMs } from "../base/time.ts";
import type { Hole, Words, WordsJson } from "../base/words.ts";
import { words } from "../base/words.ts";
import type { Sop } from "../sop/sop.ts";
import type { Path } from "./event.ts";
import { proofsOf, readBack } from "./proofs.ts";
import { missingWords, readSoFar, receiptWords } from "./receipts.ts";
import type { Run, StepState, Wait } from "./run.ts";
import { votesWords, whereWords } from "./via-words.ts";

/** The sentence a page and a card open with. */
export function waitingFor(sop: Sop, run: Run): WordsJson {
	const { strong, rest } = waitingParts(sop, run);
	return words(...strong, ...rest);
}

/** The same in two parts: what is waited for, and the rest. */
export function waitingParts(sop: Sop, run: Run): { readonly strong: Words; readonly rest: Words } {
	if (run.ended !== undefined) return endedParts(run);
	if (run.stopping !== undefined)
		return { strong: ["Stopping"], rest: [". What began is brought to an end; nothing new begins."] };
	if (run.paused !== undefined)
		return {
			strong: ["Paused"],
			rest: [
				" by ",
				{ person: run.paused.by },
				" since ",
				{ at: run.paused.at },
				". Nothing new begins until it is resumed.",
			],
		};
	const open = firstOpen(run);
	if (open === undefined) return { strong: ["Under way"], rest: ["."] };
	return stepParts(sop, run, open);
}

function endedParts(run: Run): { readonly strong: Words; readonly rest: Words } {
	const checks = proofsOf(run);
	const doubts = run.ledger.filter((e) => e.state === "maybe").length;
	switch (run.ended?.phase) {
		case "done":
			return {
				strong: ["Done"],
				rest: [
					checks.length === 0
						? ". Nobody needs to do anything."
						: `. ${readBack(checks.length)} Nobody needs to do anything.`,
				],
			};
		case "stopped":
			return {
				strong: ["Stopped"],
				rest: [
					...byWhom(run),
					`. What was done stays${doubts === 0 ? "" : `; ${doubts} ${doubts === 1 ? "change is" : "changes are"} in doubt and may be there`}.`,
				],
			};
		default:
			return {
				strong: ["Stopped"],
				rest: [
					` by a step that could not go on.${run.stopping?.words ? ` ${run.stopping.words}` : ""} What was done stays${doubts === 0 ? "" : `; ${doubts} in doubt`}.`,
				],
			};
	}
}

function byWhom(run: Run): Words {
	return run.stopping?.by === undefined ? [] : [" by ", { person: run.stopping.by }];
}

type Open = { readonly path: Path; readonly state: StepState };
const RANK: readonly Wait["kind"][] = [
	"question",
	"approval",
	"ask",
	"plan",
	"again",
	"state",
	"task",
	"acknowledge",
	"clock",
];

/** The open step that matters most to a reader: a question before an approval, work before a clock. */
function firstOpen(run: Run): Open | undefined {
	const open = Object.entries(run.steps)
		.map(([path, state]) => ({ path, state }))
		.filter(
			({ state }) =>
				state.wait !== undefined ||
				state.try !== undefined ||
				(state.state === "running" && state.children !== undefined),
		);
	const rank = ({ state }: Open): number => (state.wait === undefined ? 3.5 : RANK.indexOf(state.wait.kind));
	return open.sort((a, b) => rank(a) - rank(b))[0];
}

/** What one open step waits for, in two parts. */
export function stepParts(sop: Sop, run: Run, { path, state }: Open): { readonly strong: Words; readonly rest: Words } {
	const { wait, name } = state;
	if (wait === undefined)
		return { strong: [name], rest: state.attempt > 1 ? [` is under way, try ${state.attempt}.`] : [" is under way."] };
	const who = whoHole(wait, wait.kind === "approval" && sop.urgency !== "emergency" ? run.request.by : undefined);
	switch (wait.kind) {
		case "plan":
			return { strong: ["Working out the plan"], rest: [...planTrouble(state), `. ${changedSoFar(run)}`] };
		case "approval":
			return wait.problems === undefined
				? { strong: ["Waiting for ", who], rest: [" to approve", ...differenceOf(wait), ...remindWords(wait), "."] }
				: {
						strong: ["Waiting for ", who],
						rest: [` to choose a way on. The plan cannot be approved as it is. ${changedSoFar(run)}`],
					};
		case "ask":
			return { strong: ["Waiting for ", who], rest: [` to answer: ${name}`, ...remindWords(wait), "."] };
		case "task":
			return {
				strong: ["Waiting for ", who],
				rest: [`: ${name}`, ...tickedWords(sop, path, wait), ...dueWords(wait), "."],
			};
		case "acknowledge":
			return { strong: ["Waiting for ", ...missingWords(state, who)], rest: readSoFar(state) };
		case "question":
			return { strong: ["Waiting for ", who], rest: [` to decide about “${name}”. ${wait.problem?.message ?? ""}`] };
		case "clock":
			return {
				strong: [name],
				rest: [": waits until ", { at: wait.timers.until ?? run.at }, ", then goes on by itself."],
			};
		case "state":
			return { strong: [name], rest: [...lookWords(sop, wait), "."] };
		case "again":
			return {
				strong: [name],
				rest: [
					`: ${state.last?.message ?? "Not now."} Try ${state.attempt + 1} at `,
					{ timeAt: wait.timers.again ?? run.at },
					"; nobody needs to act.",
				],
			};
	}
}

/** What stands while a plan is made or asked: a plan that is made again may come after changes. */
export function changedSoFar(run: Run): string {
	return run.ledger.length === 0 ? "Nothing has changed yet." : "What was done before stays.";
}

/** Who may answer a wait, never the one who asked for the run when it is an approval. Whoever claimed it stands alone. */
export function whoHole(wait: Wait, except?: string): Hole {
	if (wait.claimedBy !== undefined) return { person: wait.claimedBy };
	return { who: [...wait.who, ...(wait.also ?? [])], ...(except === undefined ? {} : { except }) };
}

function planTrouble(state: StepState): Words {
	if (state.last === undefined || state.failures === 0) return [];
	const again = state.wait?.timers.again;
	return [`. ${state.last.message}`, ...(again === undefined ? [] : [" It is tried again at ", { timeAt: again }])];
}

function differenceOf(wait: Wait): Words {
	return (wait.covered?.length ?? 0) > 0 ? [" what differs; the rest stands approved"] : [];
}

export function remindWords(wait: Wait): Words {
	return wait.timers.remind === undefined ? [] : [", reminder ", { at: wait.timers.remind }];
}

function dueWords(wait: Wait): Words {
	return wait.timers.due === undefined ? [] : [", due ", { at: wait.timers.due }];
}

function tickedWords(_sop: Sop, _path: Path, wait: Wait): Words {
	return (wait.checked?.length ?? 0) > 0 ? [`, ${wait.checked?.length} ticked`] : [];
}

function lookWords(sop: Sop, wait: Wait): Words {
	const { look, "give-up": end } = wait.timers;
	return [
		": not yet",
		...(look === undefined ? [" known; looking now"] : [". Looks again at ", { timeAt: look }]),
		...(end === undefined ? [] : [", asks ", { who: [sop.owner] }, " at ", { timeAt: end }]),
	];
}

/** The sentence beside a step's state. */
export function stepWords(sop: Sop, run: Run, on: { readonly path: Path; readonly state: StepState }): WordsJson {
	const { state } = on;
	switch (state.state) {
		case "done":
			return words(...doneWords(run, on), ...standingWords(run, on));
		case "skipped":
			if (state.why === "when") return words("does not apply");
			return state.why === "not-wanted"
				? words("no longer wanted")
				: words(
						"skipped by ",
						{ person: state.by ?? "" },
						...whereWords(state.via),
						...(state.why === "chosen" || state.why === undefined ? [] : [`: ${state.why}`]),
					);
		case "failed":
			return words(`${state.why ?? "It could not be done."} The run goes on without it.`);
		case "stopped":
			return words("closed when the run stopped");
		case "running":
			return runningWords(state);
		default: {
			if (state.wait?.kind === "question") return words(state.wait.problem?.message ?? "");
			const { strong, rest } = stepParts(sop, run, on);
			return words(...withoutName(state.name, [...strong, ...rest]));
		}
	}
}

/** The step's name stands beside the sentence already, so it is not said twice. */
function withoutName(name: string, said: Words): Words {
	const [first, second, ...rest] = said;
	if (first === name && typeof second === "string") return [second.replace(/^: /, ""), ...rest];
	return said.map((part) =>
		typeof part === "string" && part.endsWith(`: ${name}`) ? part.slice(0, -name.length - 2) : part,
	);
}

function runningWords(state: StepState): WordsJson {
	if (state.try === undefined) return words("under way");
	const tries =
		state.attempt > 1
			? [
					`, try ${state.attempt}`,
					...(state.last === undefined ? [] : [`. Try ${state.last.attempt}: ${state.last.message}`]),
				]
			: [];
	return words("under way since ", { timeAt: state.try.startedAt }, ...tries);
}

/** "at most 5 a day, until 2027-06-30; today 2 of 5" */
function standingWords(run: Run, { path, state }: { readonly path: Path; readonly state: StepState }): Words {
	const use = state.why === "standing" ? run.approvals.find((a) => a.path === path)?.standing : undefined;
	if (use === undefined) return [];
	const { of, used, until, words: rule } = use;
	return [
		`${rule === "" ? "" : ` for ${rule}`}, at most ${of} a day, until `,
		{ day: until },
		`; that day ${used} of ${of}`,
	];
}

function doneWords(run: Run, on: { readonly path: Path; readonly state: StepState }): Words {
	const { state } = on;
	const read = receiptWords(state);
	if (read !== undefined) return read;
	const tookMs = Math.max(0, toMs(state.since) - toMs(state.startedAt));
	const took: Words = tookMs >= 1000 ? [", after ", { span: tookMs }] : [];
	const tries = state.attempt > 1 ? [`, ${state.attempt}\u00a0tries`] : [];
	if (state.why === "standing")
		return ["approved in advance by ", { person: state.by ?? "" }, ", ", { at: state.since }];
	if (state.why === "covered") return ["nothing new to approve, ", { at: state.since }];
	if (state.why === "taken-back") return ["taken back, read back ", { at: state.since }];
	if (state.why === "by-hand")
		return ["done by hand by ", { person: state.by ?? "" }, ", looked at ", { at: state.since }];
	const votes = votesWords(run, on);
	if (votes !== undefined) return [...votes, ...took];
	if (state.by !== undefined)
		return [
			state.had?.includes("approval") ? "approved by " : "by ",
			{ person: state.by },
			...whereWords(state.via),
			", ",
			{ at: state.since },
			...took,
		];
	return [
		state.proof === undefined || state.proof.length === 0 ? "" : "read back ",
		{ at: state.since },
		...took,
		...tries,
	];
}
