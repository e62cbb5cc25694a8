/**
 * The work behind the poster: latest states on one side, queues of places on the other. A run is settled, and forgotten
 * here, when nothing of it is owed. Must never hold runs that nobody posts about.
 */
import { sameJson } from "../base/json.ts";
import type { RunId } from "../engine/event.ts";
import type { Message } from "../engine/message.ts";
import type { Run } from "../engine/run.ts";
import type { Sop } from "../sop/sop.ts";
import { type Addressee, type AudienceParts, addresseeOf, placesOf, whoIn } from "./audience.ts";
import { isOwn } from "./own-card.ts";
import { createQueues, type Queues } from "./place-queue.ts";
import { LEFT, reserve, type Send, type SendParts, type Sent, send } from "./post-one.ts";
import { type Marks, type PostRow, placeOf } from "./posts.ts";
import { isChat } from "./surface.ts";

export type WorkParts = SendParts &
	AudienceParts & {
		readonly marks: Marks;
		readonly view: (sop: Sop, run: Run) => readonly Message[];
		/** A timer; returns how to stop it. */
		readonly after: (ms: number, act: () => void) => () => void;
		/** Least time between two calls for one place, ms, but for what is urgent. Default: web none, Teams and Slack 2 s. */
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
	/** Per run, what was ordered and is not done, with the number of its newest order. */
	readonly owed: Map<RunId, Map<string, number>>;
	orders: number;
	passing: Promise<void> | undefined;
	/** The run that is being looked at: not to be settled meanwhile. */
	looking: RunId | undefined;
	closed: boolean;
};

/** Teams takes 60 calls in 30 s of one conversation, Slack 50 edits a minute of a workspace. The web chat is ours. */
const PACE_MS: { readonly [surface: string]: number } = { web: 0, teams: 2000, slack: 2000 };

export function createWork(parts: WorkParts): Work {
	const pace = parts.paceMs ?? ((surface: string) => PACE_MS[surface] ?? 1000);
	const paceMs = (place: string) => pace(place.slice(0, place.indexOf(" ")));
	return {
		parts,
		queues: createQueues({ after: parts.after, paceMs }),
		states: new Map(),
		answered: new Set(),
		waiting: new Set(),
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
	for (const { row, message } of jobs) order(work, message, { id, place: placeOf(row), leave: false });
	return jobs.length > 0;
}

/** Its buttons still answer something, in a chat that others have to be told over. */
function asksThere({ wait, closed, ref, surface }: PostRow): boolean {
	return wait !== undefined && !closed && ref !== undefined && isChat(surface);
}

async function passNext(work: Work): Promise<void> {
	const [run] = work.waiting;
	if (run === undefined) return;
	work.waiting.delete(run);
	work.looking = run;
	try {
		await pass(work, run);
		work.looking = undefined;
		settle(work, run);
	} catch (error) {
		complain(work, run, error);
	}
	work.looking = undefined;
}

/** Orders a job for every place where one of the run's messages may not stand as it should. */
async function pass(work: Work, id: RunId): Promise<void> {
	const { parts } = work;
	const state = work.states.get(id);
	if (state === undefined || work.closed) return;
	const rows = parts.posts.ofRun(id);
	for (const message of parts.view(state.sop, state.run)) {
		const mine = rows.filter((row) => row.key === message.key);
		const places = await wanted(parts, message, { mine, state });
		for (const { place } of places) reserve(parts, { run: state.run, message, place });
		for (const where of places) order(work, message, { id, ...where });
	}
}

function turn(): Promise<void> {
	return new Promise((next) => setImmediate(next));
}

type To = { readonly id: RunId } & Pick<Send, "place" | "leave" | "moved">;

function order(work: Work, { key, closed }: Message, to: To): void {
	const { id, place } = to;
	const name = `${id} ${key}`;
	const debt = `${name} ${addresseeOf(place.to)}`;
	work.orders += 1;
	work.owed.set(id, (work.owed.get(id) ?? new Map()).set(debt, work.orders));
	work.queues.push(addresseeOf(place.to), {
		name,
		urgent: closed,
		act: async (tries) => {
			const number = work.owed.get(id)?.get(debt);
			const result = await deliver(work, to, { key, tries }).catch((error: unknown) => {
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

/** Sends the message as it is by now. */
async function deliver(work: Work, to: To, job: { readonly key: string; readonly tries: number }): Promise<Sent> {
	const { parts } = work;
	const state = work.states.get(to.id);
	const message = state && parts.view(state.sop, state.run).find((each) => each.key === job.key);
	if (state === undefined || message === undefined) return "done";
	const { id: _, ...where } = to;
	return send(parts, { run: state.run, message, ...where, who: whoIn(parts, state) }, job.tries);
}

function settle(work: Work, id: RunId): void {
	const owes = (work.owed.get(id)?.size ?? 0) > 0;
	const waits = work.waiting.has(id) || work.answered.has(id);
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

/** Whoever had it there may be asked in another chat by now. */
function movedTo(now: readonly Addressee[], row: PostRow): Pick<Send, "moved"> {
	const { person } = placeOf(row);
	const there = now.find((one) => isChat(one.to.surface) && sameJson(one.person ?? null, person ?? null));
	return person === undefined || there === undefined || !isChat(row.surface) ? {} : { moved: there.to.surface };
}

/** Which places a message needs looking at: all of its rows, or afresh from the roster when it rings. */
async function wanted(
	parts: AudienceParts,
	message: Message,
	{ mine, state }: { readonly mine: readonly PostRow[]; readonly state: State },
): Promise<readonly Omit<To, "id">[]> {
	if (message.closed && mine.length === 0 && !isOwn(message)) return [];
	const kept = mine.filter((row) => row.digest !== LEFT);
	const rings = mine.length === 0 || (!message.closed && kept.some((row) => row.rings < message.rings));
	if (!rings) return kept.map((row) => ({ place: placeOf(row), leave: false }));
	const now = await placesOf(parts, message, state);
	const names = new Set(now.map(({ to }) => addresseeOf(to)));
	const gone = kept.filter((row) => !names.has(row.addressee));
	return [
		...now.map((place) => ({ place, leave: false })),
		...gone.map((row) => ({ place: placeOf(row), leave: true, ...movedTo(now, row) })),
	];
}
