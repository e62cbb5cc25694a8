/**
 * The other side: one shared world of things that are made, set, joined and sent. It shows a write only after a while, loses
 * answers, refuses, and never says "that is there already". Remembers who wrote what, for the judge; must never help a run.
 */
import { canonical, type Json, sameJson } from "../../src/base/json.ts";
import type { Change, Outcome } from "../../src/engine/event.ts";
import { RemoteError } from "../../src/engine/remote.ts";
import type { Dice } from "./random.ts";
import type { Schedule } from "./schedule.ts";

/** How long a write may stay unseen after it was sent. Every simulated action settles for longer. */
export const LAG_MS = 4000;
const SLOWEST_MS = 400;

/** Who writes: the run and its step, told truly whatever mark the action was given. */
export type Writer = string;
export type Row = { readonly key: string; readonly mark: string; readonly value: Json };
type Kept = Row & { readonly by: Writer; readonly seenFrom: number; gone: boolean; goneFrom: number };
type Version = { readonly value: Json; readonly by: Writer; readonly seenFrom: number };

export type Remote = ReturnType<typeof createRemote>;

export function createRemote(time: Schedule, luck: Dice, calm: boolean) {
	const rows: Kept[] = [];
	const facets = new Map<string, Version[]>();
	const sent = new Map<string, number>();
	const allowed = new Map<string, number>();
	const doubled: string[] = [];
	let writes = 0;
	const fault = (chance: number): boolean => !calm && luck.happens(chance);
	const lag = (): number => time.ms() + (calm ? 0 : luck.below(LAG_MS));

	/** A look is not always answered. */
	const looking = (): void => {
		if (fault(0.03)) throw new RemoteError({ kind: "unsent", code: "unreachable", detail: "cut" });
	};

	const rowsSeen = (wanted: (row: Row) => boolean): readonly Row[] => {
		const now = time.ms();
		return rows.filter((row) => wanted(row) && now >= row.seenFrom && !(row.gone && now >= row.goneFrom));
	};

	const facetSeen = (name: string): Json => {
		const now = time.ms();
		return facets.get(name)?.findLast((version) => now >= version.seenFrom)?.value ?? null;
	};

	/** Makes another one, whatever is there: a world without unique names is the hard one. */
	const make = (row: Row, by: Writer, alone: boolean): void => {
		const twin = rows.some(
			(there) =>
				!there.gone &&
				(there.by === by ? alone || there.key === row.key : there.key === row.key && isOne(there.by, by)),
		);
		if (twin) doubled.push(row.key);
		rows.push({ ...row, by, seenFrom: lag(), gone: false, goneFrom: 0 });
	};

	const remove = (key: string, mark?: string): void => {
		for (const row of rows)
			if (row.key === key && !row.gone && (mark === undefined || row.mark === mark))
				Object.assign(row, { gone: true, goneFrom: lag() });
	};

	const set = (name: string, value: Json, by: Writer): void => {
		const seenFrom = Math.max(lag(), facets.get(name)?.at(-1)?.seenFrom ?? 0);
		facets.set(name, [...(facets.get(name) ?? []), { value, by, seenFrom }]);
	};

	const send = (by: Writer, content: Json): void => {
		const what = `${by} ${canonical(content)}`;
		const times = (sent.get(what) ?? 0) + 1;
		sent.set(what, times);
		if (times > 1 + (allowed.get(by) ?? 0)) doubled.push(`sent ${by}`);
	};

	/** Does a write as the world does: mostly well, sometimes not, sometimes without saying so. */
	const write = async (change: Change, act: () => void): Promise<Outcome> => {
		await new Promise<void>((resolve) => time.in(calm ? 0 : luck.below(SLOWEST_MS), resolve));
		if (fault(0.05)) return refused("busy", true);
		if (fault(0.015)) return refused("no-rights", false);
		if (fault(0.04)) return { kind: "unknown", applied: [], code: "cut" };
		act();
		writes += 1;
		if (fault(0.05)) return { kind: "unknown", applied: [], code: "cut-after" };
		if (fault(0.01)) throw new TypeError("a bug after the write");
		const proof = [{ words: change.words, detail: "", ok: true }];
		return { kind: "done", applied: [change.id], output: {}, proof };
	};

	return {
		...{ looking, rowsSeen, facetSeen, make, remove, set, send, write, doubled },
		writes: (): number => writes,
		/** A person said: send again. */
		allow: (by: Writer): void => void allowed.set(by, (allowed.get(by) ?? 0) + 1),
		/** Who made what is still there. */
		makers: (): readonly Writer[] => rows.filter((row) => !row.gone).map((row) => row.by),
		/** What a run made or set that nobody has taken back. */
		leftBy: (run: string): readonly string[] => [
			...rows.filter((row) => !row.gone && row.by.startsWith(`${run}/`)).map((row) => row.key),
			...[...facets]
				.filter(([, versions]) => versions.at(-1)?.by.startsWith(`${run}/`) && !isAsBefore(versions, run))
				.map(([name]) => name)
				.filter((name) => rows.every((row) => !name.startsWith(`${row.key}#`) || !row.gone)),
		],
	};
}

/** Two steps of one run that make the same thing. What a stranger has of that name is not ours to count. */
function isOne(a: Writer, b: Writer): boolean {
	return a.slice(0, a.indexOf("/")) === b.slice(0, b.indexOf("/"));
}

function refused(code: string, retryable: boolean): Outcome {
	return { kind: "refused", applied: [], code, message: "No.", retryable };
}

/** Whether what stands is what stood before this run came. */
function isAsBefore(versions: readonly Version[], run: string): boolean {
	const first = versions.findIndex(({ by }) => by.startsWith(`${run}/`));
	return sameJson(versions[first - 1]?.value ?? null, versions.at(-1)?.value);
}
