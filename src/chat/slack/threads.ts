/**
 * The detail under a run's one message: what each ended step read back, said once in its thread. What was said and what is
 * owed is kept, so a restart repeats nothing, and forgets at most what was just being said. Must never hold up the message.
 */
import { UnavailableError } from "../../base/errors.ts";
import { asList, asRecord, asRecords, asText, type Json, sha256 } from "../../base/json.ts";
import type { Memory } from "../../engine/ports.ts";
import type { Drawn } from "../surface.ts";
import { detailMessage } from "./message.ts";
import type { Place, Speak } from "./speak.ts";
import { SlackNo } from "./web-api.ts";

type Detail = NonNullable<Drawn["detail"]>[number];

type ThreadsParts = {
	readonly speak: Pick<Speak, "post">;
	readonly memory: Memory;
	/** Resolves after a while, or at once when we stop. */
	readonly wait: (ms: number) => Promise<void>;
	readonly complain: (error: unknown) => void;
};

export type Threads = {
	/** What is to stand under a message. Said already: nothing happens. Goes on by itself, once there is room. Errors: none. */
	readonly want: (to: Place, ts: string, details: readonly Detail[]) => void;
	/** Goes on with what was owed when the process ended, and lets old threads be. */
	readonly start: () => void;
	/** Resolves once nothing is owed. */
	readonly idle: () => Promise<void>;
	/** Says nothing more. Call it before waits are cut short. */
	readonly close: () => Promise<void>;
};

/** One message's thread: what was said, by hash, and what is owed. */
type Row = { readonly told: readonly string[]; readonly owed: readonly Detail[] };

/** Steps that end within it are told together. */
const PACE_MS = 5_000;
const MOST_WAIT_MS = 60_000;
/** What goes on is posted anew after 30 days; only how a run ended may come to an older message. */
const OLD_S = 60 * 86_400;
/** Of one reply: Slack takes about 13,000 characters in all. */
const MOST_PARTS = 4;

/** Makes it. */
export function createThreads(parts: ThreadsParts): Threads {
	const { memory, complain } = parts;
	const under = new Map<string, Promise<void>>();
	let closed = false;
	const tellAll = async (name: string): Promise<void> => {
		for (let waitMs: number | undefined = PACE_MS; waitMs !== undefined; waitMs = await tellSome(parts, name)) {
			await parts.wait(waitMs);
			if (closed) return;
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
	const want: Threads["want"] = (to, ts, details) => {
		const name = `${to.team}/${to.channel}/${ts}`;
		const { told, owed } = rowOf(memory.get(name));
		const known = new Set([...told, ...owed.map(markOf)]);
		const fresh = details.filter((detail) => !known.has(markOf(detail)));
		if (fresh.length === 0) return;
		try {
			memory.set(name, { told, owed: [...owed, ...fresh] });
		} catch (error) {
			complain(error);
			if (error instanceof UnavailableError) later(() => want(to, ts, details));
			return;
		}
		kick(name);
	};
	const later = (act: () => void): void => {
		parts
			.wait(MOST_WAIT_MS)
			.then(() => (closed ? undefined : act()))
			.catch(complain);
	};
	return {
		want,
		start: () => {
			const rows = memory.all();
			const newest = Math.max(...rows.map(({ name }) => secondOf(name)));
			for (const { name, value } of rows) {
				if (secondOf(name) < newest - OLD_S) memory.forget(name);
				else if (rowOf(value).owed.length > 0) kick(name);
			}
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

/** Tells as much as one reply holds. Gives how long to wait before the next, ms; undefined: nothing is owed. */
async function tellSome({ speak, memory, complain }: ThreadsParts, name: string): Promise<number | undefined> {
	const { told, owed } = rowOf(memory.get(name));
	const now = owed.slice(0, MOST_PARTS);
	if (now.length === 0) return undefined;
	// It may stand there, or cannot: the run's page has it in any case, so it is never said twice.
	memory.set(name, { told: [...told, ...now.map(markOf)], owed: owed.slice(now.length) });
	try {
		await speak.post(placeOf(name), detailMessage(now), name.split("/")[2]);
	} catch (error) {
		const waits = error instanceof UnavailableError && error.code !== "unconfirmed";
		if (waits) {
			oweAgain(memory, name, now);
			return Math.min(error.retryAfterMs ?? PACE_MS, MOST_WAIT_MS);
		}
		if (!(error instanceof UnavailableError) && !(error instanceof SlackNo)) complain(error);
	}
	return PACE_MS;
}

/** It was certainly not said. */
function oweAgain(memory: Memory, name: string, details: readonly Detail[]): void {
	const { told, owed } = rowOf(memory.get(name));
	const marks = new Set(details.map(markOf));
	memory.set(name, { told: told.filter((mark) => !marks.has(mark)), owed: [...details, ...owed] });
}

function rowOf(value: Json | undefined): Row {
	const { told, owed } = asRecord(value);
	const details = asRecords(owed).map(({ title, lines }) => ({
		title: asText(title),
		lines: asList(lines).map(asText),
	}));
	return { told: asList(told).map(asText), owed: details };
}

function markOf(detail: Detail): string {
	return sha256(detail).slice(0, 16);
}

/** When the message was posted, in seconds: its `ts` says so. */
function secondOf(name: string): number {
	return Number(name.split("/")[2]);
}

function placeOf(name: string): Place {
	const [team = "", channel = ""] = name.split("/");
	return { team, channel };
}
