/**
 * One life of the process over a store that outlives it: the real poster, rows, marks and web chat. When it dies, what it
 * was about to write is not written, what it has written stays, and nothing that it awaits comes back.
 */
import { UnavailableError } from "../../../src/base/errors.ts";
import { createFill } from "../../../src/chat/fill.ts";
import { createPoster } from "../../../src/chat/poster.ts";
import { dataOf } from "../../../src/chat/posts.ts";
import type { Surface } from "../../../src/chat/surface.ts";
import { createWebSurface } from "../../../src/chat/web/surface.ts";
import type { Store } from "../../../src/engine/embedded/open.ts";
import { createPosts } from "../../../src/engine/embedded/posts.ts";
import { createMarks, createWebMessages } from "../../../src/engine/embedded/web-messages.ts";
import type { Marks, Posts } from "../../../src/engine/kept.ts";
import type { Host } from "../../../src/engine/ports.ts";
import type { Time } from "../simulated-chat.ts";
import { definitions } from "../world.ts";
import type { FatedChat } from "./chat.ts";
import type { Model } from "./model.ts";
import type { Death } from "./script.ts";

export type Life = ReturnType<typeof beginLife>;
export type Change = Parameters<Parameters<Host["onChange"]>[0]>[0];

type LifeParts = {
	readonly store: Store;
	readonly time: Time;
	readonly model: Model;
	readonly chats: readonly FatedChat[];
	readonly paceMs: number;
	readonly newId: () => string;
	readonly note: (line: string) => void;
	/** Asked around each write: whether the process ends there, or there is no room. */
	readonly dies: (when: Death["when"]) => boolean;
	readonly died: () => void;
	/** References that are durably known. */
	readonly known: Set<string>;
};

/** Marks of a second are written together. */
const MARKED_MS = 1000;

export function beginLife(parts: LifeParts) {
	const { time, model, newId } = parts;
	let dead = false;
	const alive = (): boolean => !dead;
	const die = (): void => {
		if (dead) return;
		dead = true;
		parts.note("  THE PROCESS ENDS");
		parts.died();
	};
	let isOpen = false;
	const dies = (when: Death["when"]): boolean => isOpen && parts.dies(when);
	const store = mortal({ ...parts, dies }, { alive, die });
	const posts = watched(createPosts(store), { alive, known: parts.known });
	const kept = createMarks(store);
	const after = (ms: number, act: () => void) =>
		time.after(ms, () => {
			try {
				if (alive()) act();
			} catch (error) {
				if (!(error instanceof Ended)) throw error;
			}
		});
	const writeSoon = (): void => {
		after(MARKED_MS, () => {
			try {
				kept.marked();
			} catch (error) {
				if (!(error instanceof UnavailableError)) throw error;
				writeSoon();
			}
		});
	};
	const marks: Marks = {
		...kept,
		mark: (run) => {
			kept.mark(run);
			writeSoon();
		},
	};
	const messages = createWebMessages(store);
	const fill = createFill({ definitions: () => definitions, clock: time.clock, link: (path) => path });
	const listeners = new Set<(change: Change) => void>();
	const reaches = (name: string) => (person: { readonly id: string }) =>
		(model.parts.lastUsed(person) ?? "teams") === name;
	const web = createWebSurface({ messages, definitions: () => definitions, clock: time.clock, newId });
	const chats: readonly Surface[] = parts.chats.map((chat) => chat.surfaceFor({ alive, die }, reaches(chat.name)));
	const poster = createPoster({
		...{ posts, marks, fill, after, newId, ...model.parts, clock: time.clock },
		surfaces: [web, ...chats],
		host: {
			onChange: (listener) => {
				listeners.add(listener);
				return () => void listeners.delete(listener);
			},
			read: async (id) => (id === model.id ? model.state() : undefined),
		},
		view: (_, run) => model.view().filter(() => run.id === model.id),
		paceMs: () => parts.paceMs,
		log: (what, facts) => parts.note(`    log: ${what} ${JSON.stringify(facts)}`),
	});
	isOpen = true;
	return {
		alive,
		die,
		posts,
		messages,
		fill,
		poster,
		/** Writes down what is marked, as it is done every second. */
		flush: () => void kept.marked(),
		tell: (change: Change): void => {
			if (alive()) for (const listener of listeners) listener(change);
		},
	};
}

/** The process ends in the middle: nothing after this is done by it. */
class Ended extends Error {}

function mortal(parts: LifeParts, life: { readonly alive: () => boolean; readonly die: () => void }): Store {
	const end = (when: "before" | "after"): void => {
		if (!parts.dies(when)) return;
		life.die();
		throw new Ended("the process ended");
	};
	const write = <T>(job: () => T): T => {
		// Whatever still runs of a dead process does nothing any more.
		if (!life.alive()) return { changes: 0 } as T;
		end("before");
		if (parts.dies("full")) {
			parts.note("  the disk is full");
			throw new UnavailableError("disk-full", "The disk is full.");
		}
		const done = parts.store.write(job);
		end("after");
		return done;
	};
	return { ...parts.store, clock: parts.time.clock, write };
}

/** Notes which references are written down, so that whoever looks knows which messages could be edited. */
function watched(
	posts: Posts,
	{ alive, known }: { readonly alive: () => boolean; readonly known: Set<string> },
): Posts {
	return {
		...posts,
		save: (...rows) => {
			posts.save(...rows);
			if (!alive()) return;
			for (const row of rows)
				for (const ref of [row.ref, ...(dataOf(row).above ?? [])]) if (ref !== undefined) known.add(ref);
		},
	};
}
