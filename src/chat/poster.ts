/**
 * Makes the messages a run wants stand where they should: put, edited in place, rung again, closed. Works from the latest
 * state alone, so a crash, a 429 or an outage of a chat needs no case of its own. Must never decide what a message says.
 */
import type { RunId } from "../engine/event.ts";
import type { PostRow } from "../engine/kept.ts";
import type { Host } from "../engine/ports.ts";
import { whoIn } from "./audience.ts";
import { drawnAt } from "./post-draw.ts";
import type { Counters } from "./post-one.ts";
import { LEFT } from "./post-row.ts";
import { closeWork, createWork, found, idleWork, type WorkParts } from "./posting.ts";
import { placeOf } from "./posts.ts";
import type { Drawn } from "./surface.ts";

export type PosterParts = Omit<WorkParts, "counters"> & { readonly host: Pick<Host, "onChange" | "read"> };

export type Poster = {
	/** Goes on with what was not finished when the process ended, and listens from then on. */
	readonly start: () => Promise<void>;
	/** Draws a run's messages anew, whatever stands. Errors: none; what cannot be done now is logged. */
	readonly refresh: (run: RunId) => Promise<void>;
	/** Draws what stands in a row at one page, or where it opens. Undefined: it has moved on. Sends nothing. */
	readonly redraw: (row: PostRow, page: number | undefined) => Promise<Drawn | undefined>;
	/** Resolves once every message stands. */
	readonly idle: () => Promise<void>;
	readonly close: () => Promise<void>;
	/** `extra`: puts that may have been there already, because an answer was lost. */
	readonly counters: Readonly<Counters>;
};

/** Makes the poster. Nothing is sent before `start`. */
export function createPoster(parts: PosterParts): Poster {
	const counters: Counters = { puts: 0, edits: 0, extra: 0, refused: 0, delayed: 0 };
	const work = createWork({ ...parts, counters });
	let stop = () => {};
	/** A run that cannot be read keeps its mark, and keeps nobody else waiting. */
	const takeUp = async (id: RunId): Promise<void> => {
		try {
			const state = await parts.host.read(id);
			if (state === undefined) parts.marks.settle(id);
			else found(work, state);
		} catch (why) {
			parts.log("messages could not be taken up", { run: id, why: String(why) });
		}
	};
	return {
		counters,
		start: async () => {
			stop = parts.host.onChange(({ run, sop, event }) => found(work, { run, sop }, event.kind === "answered"));
			for (const id of parts.marks.marked()) await takeUp(id);
		},
		refresh: async (id) => {
			try {
				const state = await parts.host.read(id);
				if (state === undefined) return;
				const there = parts.posts.ofRun(id).filter(({ ref, digest }) => ref !== undefined && digest !== LEFT);
				parts.posts.save(...there.map((row) => ({ ...row, digest: "" })));
				found(work, state);
			} catch (why) {
				parts.log("messages could not be drawn anew", { run: id, why: String(why) });
			}
		},
		redraw: async (row, page) => {
			const state = await parts.host.read(row.run);
			const message = state && parts.view(state.sop, state.run).find(({ key }) => key === row.key);
			if (state === undefined || message === undefined) return undefined;
			const job = { run: state.run, message, place: placeOf(row), leave: false, who: whoIn(parts, state) };
			return drawnAt(work.parts, job, { row, page });
		},
		idle: () => idleWork(work),
		close: async () => {
			stop();
			await closeWork(work);
		},
	};
}
