/**
 * Makes the messages a run wants stand where they should: put, edited in place, rung again, closed. Works from the latest
 * state alone, so a crash, a 429 or an outage of a chat needs no case of its own. Must never decide what a message says.
 */
import type { RunId } from "../engine/event.ts";
import type { Message } from "../engine/message.ts";
import type { Host } from "../engine/ports.ts";
import type { Run } from "../engine/run.ts";
import type { Sop } from "../sop/sop.ts";
import { type Addressee, type AudienceParts, addresseeOf, placesOf, whoIn } from "./audience.ts";
import { createQueues } from "./place-queue.ts";
import { type Counters, LEFT, reserve, type SendParts, send } from "./post-one.ts";
import { type Marks, type PostRow, placeOf } from "./posts.ts";

export type PosterParts = Omit<SendParts, "counters"> &
	AudienceParts & {
		readonly marks: Marks;
		readonly host: Pick<Host, "onChange" | "read">;
		readonly view: (sop: Sop, run: Run) => readonly Message[];
		/** A timer; returns how to stop it. */
		readonly after: (ms: number, act: () => void) => () => void;
		/** Least time between two calls for one place, ms. Default: web none, real chats 1 s. */
		readonly paceMs?: (surface: string) => number;
	};

export type Poster = {
	/** Goes on with what was not finished when the process ended, and listens from then on. */
	readonly start: () => Promise<void>;
	/** Draws a run's messages anew, whatever stands. */
	readonly refresh: (run: RunId) => Promise<void>;
	/** Resolves once every message stands. */
	readonly idle: () => Promise<void>;
	readonly close: () => Promise<void>;
	/** `extra`: puts that may have been there already, because an answer was lost. */
	readonly counters: Readonly<Counters>;
};

type State = { readonly run: Run; readonly sop: Sop };

/** Makes the poster. Nothing is sent before `start`. */
export function createPoster(parts: PosterParts): Poster {
	const counters: Counters = { puts: 0, edits: 0, extra: 0, refused: 0, delayed: 0 };
	const work = createWork({ ...parts, counters });
	let stop = () => {};
	return {
		counters,
		start: async () => {
			stop = parts.host.onChange(({ run, sop }) => work.changed({ run, sop }));
			for (const id of parts.marks.marked()) {
				const state = await parts.host.read(id);
				if (state === undefined) parts.marks.settle(id);
				else work.found(state);
			}
		},
		refresh: async (id) => {
			const state = await parts.host.read(id);
			if (state === undefined) return;
			for (const row of parts.posts.ofRun(id)) if (row.digest !== LEFT) parts.posts.save({ ...row, digest: "" });
			work.found(state);
		},
		idle: () => work.idle(),
		close: async () => {
			stop();
			await work.close();
		},
	};
}

/** Latest states on one side, queues of places on the other; a run is settled when it owes nothing. */
function createWork(parts: PosterParts & { readonly counters: Counters }) {
	const states = new Map<RunId, State>();
	const waiting = new Set<RunId>();
	const owed = new Map<RunId, Map<string, number>>();
	let orders = 0;
	const pace = parts.paceMs ?? ((surface: string) => (surface === "web" ? 0 : 1000));
	const queues = createQueues({ after: parts.after, paceMs: (place) => pace(place.slice(0, place.indexOf(" "))) });
	let passing: Promise<void> | undefined;
	let looking: RunId | undefined;
	let closed = false;

	function found(state: State): void {
		const known = states.get(state.run.id);
		if (closed || (known !== undefined && known.run.seq > state.run.seq)) return;
		if (known === undefined) parts.marks.mark(state.run.id);
		states.set(state.run.id, state);
		waiting.add(state.run.id);
		passing ??= passAll();
	}

	async function passAll(): Promise<void> {
		await new Promise<void>((next) => setImmediate(next));
		for (const run of waiting) {
			waiting.delete(run);
			looking = run;
			await pass(run)
				.finally(() => {
					looking = undefined;
				})
				.then(() => settle(run))
				.catch((error: unknown) => complain(error, run));
		}
		passing = undefined;
	}

	/** Orders a job for every place where one of the run's messages may not stand as it should. */
	async function pass(id: RunId): Promise<void> {
		const state = states.get(id);
		if (state === undefined || closed) return;
		const rows = parts.posts.ofRun(id);
		for (const message of parts.view(state.sop, state.run)) {
			const mine = rows.filter((row) => row.key === message.key);
			const places = await wanted(parts, message, mine, state);
			for (const { place } of places) reserve(parts, { run: state.run, message, place });
			for (const { place, leave } of places) order(id, message, place, leave);
		}
	}

	function order(id: RunId, { key, closed: urgent }: Message, place: Addressee, leave: boolean): void {
		const name = `${id} ${key}`;
		const debt = `${name} ${addresseeOf(place.to)}`;
		orders += 1;
		owed.set(id, (owed.get(id) ?? new Map()).set(debt, orders));
		queues.push(addresseeOf(place.to), {
			name,
			urgent,
			act: async (tries) => {
				const order = owed.get(id)?.get(debt);
				const state = states.get(id);
				const message = state && parts.view(state.sop, state.run).find((each) => each.key === key);
				const who = state && whoIn(parts, state);
				const result =
					state === undefined || message === undefined || who === undefined
						? "done"
						: await send(parts, { run: state.run, message, place, leave, who }, tries);
				if (result === "done" && owed.get(id)?.get(debt) === order) {
					owed.get(id)?.delete(debt);
					settle(id);
				}
				return result;
			},
		});
	}

	function settle(id: RunId): void {
		if (id === looking || waiting.has(id) || (owed.get(id)?.size ?? 0) > 0 || !states.has(id)) return;
		states.delete(id);
		owed.delete(id);
		parts.marks.settle(id);
	}

	function complain(error: unknown, run: RunId): void {
		parts.log("messages could not be planned", { run, why: error instanceof Error ? error.message : String(error) });
	}

	return {
		found,
		changed: (state: State) => {
			try {
				found(state);
			} catch (error) {
				complain(error, state.run.id);
			}
		},
		idle: async () => {
			while (passing !== undefined || states.size > 0) {
				await passing;
				await queues.idle();
			}
		},
		close: async () => {
			closed = true;
			await passing;
			await queues.close();
			states.clear();
		},
	};
}

/** Which places a message needs looking at: all of its rows, or afresh from the roster when it rings. */
async function wanted(parts: AudienceParts, message: Message, mine: readonly PostRow[], state: State) {
	if (message.closed && mine.length === 0 && !isOwn(message)) return [];
	const kept = mine.filter((row) => row.digest !== LEFT);
	const rings = mine.length === 0 || (!message.closed && kept.some((row) => row.rings < message.rings));
	if (!rings) return kept.map((row) => ({ place: placeOf(row), leave: false }));
	const now = await placesOf(parts, message.to, state);
	const names = new Set(now.map(({ to }) => addresseeOf(to)));
	const gone = kept.filter((row) => !names.has(row.addressee));
	return [
		...now.map((place) => ({ place, leave: false })),
		...gone.map((row) => ({ place: placeOf(row), leave: true })),
	];
}

/** The run's own card is told in any case; what was asked and is over need not be shown for the first time. */
function isOwn(message: Message): boolean {
	return message.key === "run" || message.key === "run/channel";
}
