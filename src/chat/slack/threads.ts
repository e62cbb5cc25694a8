/**
 * The detail under a run's one message: what each ended step read back, said once in its thread. What was said and what is
 * owed is kept, so a restart repeats nothing and forgets nothing. Must never hold up the message itself.
 */
import { UnavailableError } from "../../base/errors.ts";
import { isRecord, type Json, sha256 } from "../../base/json.ts";
import type { Drawn } from "../surface.ts";
import { detailMessage } from "./message.ts";
import type { Place, Speak } from "./speak.ts";
import { SlackNo } from "./web-api.ts";

export type Detail = NonNullable<Drawn["detail"]>[number];

/** Small things kept over a restart, by name (see `createMemory` of the embedded store). */
export type Memory = {
	get(name: string): Json | undefined;
	set(name: string, value: Json): void;
	all(): readonly { readonly name: string; readonly value: Json }[];
};

export type ThreadsParts = {
	readonly speak: Pick<Speak, "post">;
	readonly memory: Memory;
	/** Resolves after a while, or at once when we stop. */
	readonly wait: (ms: number) => Promise<void>;
	readonly complain: (error: unknown) => void;
};

export type Threads = {
	/** What is to stand under a message. Said already: nothing happens. Goes on by itself. */
	readonly want: (to: Place, ts: string, details: readonly Detail[]) => void;
	/** Goes on with what was owed when the process ended. */
	readonly start: () => void;
	/** Resolves once nothing is owed. */
	readonly idle: () => Promise<void>;
	readonly close: () => Promise<void>;
};

/** One message's thread: what was said, by hash, and what is owed. */
type Row = { readonly told: readonly string[]; readonly owed: readonly Detail[] };

/** Steps that end within it are told together. */
const PACE_MS = 5_000;
const MOST_WAIT_MS = 60_000;
/** Of one reply: Slack takes about 13,000 characters in all. */
const MOST_PARTS = 4;

/** Makes it. */
export function createThreads(parts: ThreadsParts): Threads {
	const { memory, wait, complain } = parts;
	const under = new Map<string, Promise<void>>();
	let closed = false;
	const tellAll = async (name: string): Promise<void> => {
		for (;;) {
			await wait(PACE_MS);
			const { told, owed } = rowOf(memory.get(name));
			if (closed || owed.length === 0) return;
			const now = owed.slice(0, MOST_PARTS);
			const done = (): void => {
				const rest = rowOf(memory.get(name)).owed.slice(now.length);
				memory.set(name, { told: [...told, ...now.map(markOf)], owed: rest } as unknown as Json);
			};
			try {
				await parts.speak.post(placeOf(name), detailMessage(now), name.split("/")[2]);
				done();
			} catch (error) {
				if (error instanceof UnavailableError && error.code !== "unconfirmed") {
					await wait(Math.min(error.retryAfterMs ?? 1000, MOST_WAIT_MS));
					continue;
				}
				// It may stand there, or cannot: the run's page has it in any case, so it is never said twice.
				if (!(error instanceof UnavailableError) && !(error instanceof SlackNo)) complain(error);
				done();
			}
		}
	};
	const kick = (name: string): void => {
		if (closed || under.has(name)) return;
		const telling = tellAll(name)
			.catch(complain)
			.finally(() => {
				under.delete(name);
				if (rowOf(memory.get(name)).owed.length > 0) kick(name);
			});
		under.set(name, telling);
	};
	return {
		want: ({ team, channel }, ts, details) => {
			const name = `${team}/${channel}/${ts}`;
			const { told, owed } = rowOf(memory.get(name));
			const known = new Set([...told, ...owed.map(markOf)]);
			const fresh = details.filter((detail) => !known.has(markOf(detail)));
			if (fresh.length === 0) return;
			memory.set(name, { told, owed: [...owed, ...fresh] } as unknown as Json);
			kick(name);
		},
		start: () => {
			for (const { name, value } of memory.all()) if (rowOf(value).owed.length > 0) kick(name);
		},
		idle: async () => {
			while (under.size > 0) await Promise.all(under.values());
		},
		close: async () => {
			closed = true;
			await Promise.all(under.values());
		},
	};
}

function rowOf(value: Json | undefined): Row {
	return isRecord(value) ? (value as unknown as Row) : { told: [], owed: [] };
}

function markOf(detail: Detail): string {
	return sha256(detail as unknown as Json).slice(0, 16);
}

function placeOf(name: string): Place {
	const [team = "", channel = ""] = name.split("/");
	return { team, channel };
}
