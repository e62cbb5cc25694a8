/**
 * The work behind the poster: latest states on one side, queues of places on the other. A run is settled, and forgotten
 * here, when nothing of it is owed. Must never hold runs that nobody posts about.
 */
import { UnavailableError } from "../base/errors.ts";
import type { RunId } from "../engine/event.ts";
import type { Marks } from "../engine/kept.ts";
import type { Message } from "../engine/message.ts";
import type { Run } from "../engine/run.ts";
import type { Sop } from "../sop/sop.ts";
import { type Addressee, type AudienceParts, addresseeOf, whoIn } from "./audience.ts";
import { createQueues, type Job, type Queues } from "./place-queue.ts";
import { delayed, type Send, type SendParts, type Sent, send } from "./post-one.ts";
import { drawOwn } from "./post-own.ts";
import { type Due, isBygone, wanted } from "./post-places.ts";
import { asksThere, isDue, owesStub, reserve, rowOf } from "./post-row.ts";
import { placeOf } from "./posts.ts";
import type { Draw } from "./surface.ts";

export type WorkParts = SendParts &
	AudienceParts & {
		readonly marks: Marks;
		readonly view: (sop: Sop, run: Run) => readonly Message[];
		/** A timer; returns how to stop it. */
		readonly after: (ms: number, act: () => void) => () => void;
		/** Least time between two calls for one place, ms, but for what is urgent. Default: web 0.1 s, Teams and Slack 2 s. */
		readonly paceMs?: (surface: string) => number;
	};

type State = { readonly run: Run; readonly sop: Sop };

type Work = {
	readonly parts: WorkParts;
	readonly queues: Queues;
	/** The latest of every run that is not settled. */
	readonly states: Map<RunId, State>;
	/** Runs whose messages are to be looked at: where somebody has just answered, and then the others. */
	readonly answered: Set<RunId>;
	readonly waiting: Set<RunId>;
	/** Where the last look failed: not settled. */
	readonly failed: Set<RunId>;
	/** Per run, what was ordered and is not done, with the number of its newest order. */
	readonly owed: Map<RunId, Map<string, number>>;
	orders: number;
	passing: Promise<void> | undefined;
	/** The run that is being looked at: not to be settled meanwhile. */
	looking: RunId | undefined;
	closed: boolean;
};

/**
 * Teams takes 60 calls in 30 s of one conversation, Slack 50 edits a minute of a workspace. The web chat is ours; but nobody
 * sees ten changes of a run in a second, and each is a commit.
 */
const PACE_MS: { readonly [surface: string]: number } = { web: 100, teams: 2000, slack: 2000 };

export function createWork(parts: WorkParts): Work {
	const pace = parts.paceMs ?? ((surface: string) => PACE_MS[surface] ?? 1000);
	const paceMs = (place: string) => pace(place.slice(0, place.indexOf(" ")));
	return {
		parts,
		queues: createQueues({ after: parts.after, paceMs }),
		states: new Map(),
		answered: new Set(),
		waiting: new Set(),
		failed: new Set(),
		owed: new Map(),
		orders: 0,
		passing: undefined,
		looking: undefined,
		closed: false,
	};
}

/** Takes a run's newest state. Never throws: a listener must not. */
export function found(work: Work, state: State, answered = false): void {
	const { id, seq } = state.run;
	const known = work.states.get(id);
	if (work.closed || (known !== undefined && known.run.seq > seq)) return;
	work.states.set(id, state);
	if (answered) work.answered.add(id);
	else if (!work.answered.has(id)) work.waiting.add(id);
	try {
		if (known === undefined) work.parts.marks.mark(id);
	} catch (error) {
		complain(work, id, error);
	}
	work.passing ??= passAll(work);
}

export async function idleWork(work: Work): Promise<void> {
	do {
		await work.passing;
		await work.queues.idle();
	} while (work.passing !== undefined || (isLeft(work) && !work.closed));
}

export async function closeWork(work: Work): Promise<void> {
	work.closed = true;
	await work.passing;
	await work.queues.close();
	work.states.clear();
}

async function passAll(work: Work): Promise<void> {
	await turn();
	while (isLeft(work) && !work.closed) {
		const answered = [...work.answered].slice(0, LOCKED_AT_ONCE);
		for (const run of answered) {
			work.answered.delete(run);
			work.waiting.add(run);
		}
		const locked = answered.filter((run) => lock(work, run));
		// Long enough for what was decided to be on its way before anything else is even written down.
		if (locked.length > 0) await new Promise<void>((next) => void work.parts.after(HEAD_START_MS, next));
		else await passNext(work);
		await turn();
	}
	work.passing = undefined;
}

const HEAD_START_MS = 10;
const LOCKED_AT_ONCE = 20;

function isLeft({ answered, waiting }: Work): boolean {
	return answered.size + waiting.size > 0;
}

function lock(work: Work, id: RunId): boolean {
	try {
		return lockChats(work, id);
	} catch (error) {
		complain(work, id, error);
		return false;
	}
}

/** Orders what takes the buttons away in the chats, and nothing else. False: there was nothing to lock. */
function lockChats(work: Work, id: RunId): boolean {
	const { parts } = work;
	const state = work.states.get(id);
	const rows = parts.posts.ofRun(id).filter(asksThere);
	if (state === undefined || rows.length === 0 || work.closed) return false;
	const over = parts.view(state.sop, state.run).filter(({ closed }) => closed);
	const jobs = rows.flatMap((row) => over.filter(({ key }) => key === row.key).map((message) => ({ row, message })));
	for (const { row, message } of jobs) order(work, id, { message, place: placeOf(row), leave: false });
	return jobs.length > 0;
}

async function passNext(work: Work): Promise<void> {
	const [run] = work.waiting;
	if (run === undefined) return;
	work.waiting.delete(run);
	work.failed.delete(run);
	work.looking = run;
	try {
		await pass(work, run);
		work.looking = undefined;
		settle(work, run);
	} catch (error) {
		complain(work, run, error);
		work.failed.add(run);
		if (error instanceof UnavailableError) lookLater(work, run);
	}
	work.looking = undefined;
}

/** What could not be written down now is wanted all the same. */
function lookLater(work: Work, run: RunId): void {
	work.parts.after(LATER_MS, () => {
		if (work.closed || !work.failed.has(run)) return;
		work.waiting.add(run);
		work.passing ??= passAll(work);
	});
}

const LATER_MS = 5000;

/** Orders a job for every place where one of the run's messages does not stand as it should. */
async function pass(work: Work, id: RunId): Promise<void> {
	const { parts } = work;
	const state = work.states.get(id);
	if (state === undefined || work.closed) return;
	const { run, sop } = state;
	const rows = parts.posts.ofRun(id);
	const own: Due[] = [];
	try {
		for (const message of parts.view(sop, run)) {
			const mine = rows.filter((row) => row.key === message.key);
			const due = await wanted(parts, message, { mine, state });
			const sent = due.filter(({ place }) => drawOf(parts, place) === undefined);
			if (sent.length > 0) reserve(parts, run, due);
			for (const each of sent) if (isOwed(work, run, each)) order(work, id, each);
			own.push(...due.filter((each) => !sent.includes(each) && isOwed(work, run, each)));
		}
	} finally {
		if (own.length > 0) orderOwn(work, id, own);
	}
}

function turn(): Promise<void> {
	return new Promise((next) => setImmediate(next));
}

/** Something else should stand there than does, or what is on its way there may not be the last word. */
function isOwed(work: Work, run: Run, due: Due): boolean {
	const row = rowOf(work.parts.posts, { run, ...due });
	if (isDue(row, { run, ...due }) || (row !== undefined && owesStub(row))) return true;
	return work.owed.get(run.id)?.has(debtOf(nameOf(run.id, due), addresseeOf(due.place.to))) === true;
}

function nameOf(id: RunId, { message }: Pick<Due, "message">): string {
	return `${id} ${message.key}`;
}

function debtOf(name: string, place: string): string {
	return `${name} at ${place}`;
}

function order(work: Work, id: RunId, due: Due): void {
	const { message, place } = due;
	const to = { name: nameOf(id, due), place: addresseeOf(place.to), urgent: message.closed };
	owe(work, id, to, async (tries) => {
		const [job] = jobsOf(work, id, [due]);
		return job === undefined ? "done" : send(work.parts, job, tries);
	});
}

/** What a run shows on pages of our own is drawn together, so that each change of it is one commit for all its readers. */
function orderOwn(work: Work, id: RunId, due: readonly Due[]): void {
	const { parts } = work;
	const [first] = due;
	const draw = first && drawOf(parts, first.place);
	if (first === undefined || draw === undefined) return;
	const urgent = due.some(({ message }) => message.closed);
	const to = { name: id, place: `${first.place.to.surface} ${id}`, urgent };
	owe(work, id, to, async (tries) => drawOwn(parts, draw, jobsOf(work, id, due), tries));
}

function drawOf({ surfaces }: WorkParts, { to }: Addressee): Draw | undefined {
	return surfaces.find(({ name }) => name === to.surface)?.draw;
}

/** The messages as they are by now. */
function jobsOf({ parts, states }: Work, id: RunId, due: readonly Due[]): readonly Send[] {
	const state = states.get(id);
	if (state === undefined) return [];
	const { run, sop } = state;
	const now = new Map(parts.view(sop, run).map((message) => [message.key, message]));
	const who = whoIn(parts, state);
	return due.flatMap((each) => {
		const message = now.get(each.message.key);
		return message === undefined || isBygone(each, message) ? [] : [{ ...each, run, message, who }];
	});
}

type Where = Pick<Job, "name" | "urgent"> & { readonly place: string };

/** Queues what a run owes; it is settled once none of it is left. */
function owe(work: Work, id: RunId, { name, place, urgent }: Where, act: (tries: number) => Promise<Sent>): void {
	const debt = debtOf(name, place);
	work.orders += 1;
	work.owed.set(id, (work.owed.get(id) ?? new Map()).set(debt, work.orders));
	work.queues.push(place, {
		name,
		urgent,
		act: async (tries) => {
			const number = work.owed.get(id)?.get(debt);
			const result = await act(tries).catch((error: unknown) => {
				if (error instanceof UnavailableError) return delayed(work.parts, error, tries);
				complain(work, id, error);
				return "done" as const;
			});
			if (result === "done" && work.owed.get(id)?.get(debt) === number) {
				work.owed.get(id)?.delete(debt);
				settle(work, id);
			}
			return result;
		},
	});
}

function settle(work: Work, id: RunId): void {
	const owes = (work.owed.get(id)?.size ?? 0) > 0;
	const waits = work.waiting.has(id) || work.answered.has(id) || work.failed.has(id);
	if (id === work.looking || waits || owes || !work.states.delete(id)) return;
	work.owed.delete(id);
	try {
		work.parts.marks.settle(id);
	} catch (error) {
		complain(work, id, error);
	}
}

function complain(work: Work, run: RunId, error: unknown): void {
	const why = error instanceof Error ? error.message : String(error);
	work.parts.log("messages could not be planned", { run, why });
}
