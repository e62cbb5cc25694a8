/**
 * One row per fault: how often it was tried, and what went wrong in which of three ways. A row counts; it never throws at
 * what it finds, so that one finding does not hide another.
 */
export type FaultRow = {
	readonly fault: string;
	readonly tries: number;
	/** Acknowledged and not there afterwards. */
	readonly lost: number;
	/** Done twice: an account, an event, a run, a vote. */
	readonly doubled: number;
	/** Anything else that is not as promised. */
	readonly wrong: number;
	readonly worstMs: number;
	/** Something was changed that this run has nothing to do with. Only where it was looked for. */
	readonly wrongTarget?: number;
	/** Outcomes that stayed unknown and were put to a person. Only where they were counted; not a fault. */
	readonly unknownAsked?: number;
	/** Requests to the other side in one try. Only where they were counted. */
	readonly remoteCalls?: number;
	/** What was found, in words; empty when all is well. */
	readonly notes: readonly string[];
};

export type Tally = {
	tried(ms?: number): void;
	lost(why: string): void;
	doubled(why: string): void;
	wrong(why: string): void;
	wrongTarget(why: string): void;
	unknownAsked(): void;
	calls(many: number): void;
	/** Counts as wrong unless it holds. */
	expect(holds: boolean, why: string): void;
	row(): FaultRow;
};

const MOST_NOTES = 12;

/** `targets`: whether it is looked for what else was changed, and counted what a person was asked. */
export function tallyOf(fault: string, { targets = false } = {}): Tally {
	const counts = { tries: 0, lost: 0, doubled: 0, wrong: 0, worstMs: 0 };
	const more: { wrongTarget: number; unknownAsked: number; remoteCalls?: number } = { wrongTarget: 0, unknownAsked: 0 };
	const notes: string[] = [];
	const count = (kind: keyof typeof counts | "wrongTarget", why: string): void => {
		if (kind === "wrongTarget") more.wrongTarget++;
		else counts[kind]++;
		if (notes.length < MOST_NOTES) notes.push(`${kind}: ${why}`);
	};
	return {
		tried: (ms = 0) => {
			counts.tries++;
			counts.worstMs = Math.max(counts.worstMs, Math.round(ms));
		},
		lost: (why) => count("lost", why),
		doubled: (why) => count("doubled", why),
		wrong: (why) => count("wrong", why),
		wrongTarget: (why) => count("wrongTarget", why),
		unknownAsked: () => void more.unknownAsked++,
		calls: (many) => {
			more.remoteCalls = Math.max(more.remoteCalls ?? 0, many);
		},
		expect: (holds, why) => {
			if (!holds) count("wrong", why);
		},
		row: () => ({ fault, ...counts, ...(targets ? more : {}), notes }),
	};
}

export const failed = (row: FaultRow): boolean => row.lost + row.doubled + row.wrong + (row.wrongTarget ?? 0) > 0;

/** The table people read. */
export function tableOf(rows: readonly FaultRow[]): string {
	const columns = ["tries", " lost", "doubled", "wrong", "wrong target", "unknown asked", "worst ms"];
	const head = ["fault".padEnd(WIDE), ...columns].join("  ");
	const lines = rows.map(
		({ fault, tries, lost, doubled, wrong, wrongTarget, unknownAsked, worstMs, remoteCalls, notes }) => {
			const figures = [tries, lost, doubled, wrong, wrongTarget, unknownAsked, worstMs];
			const line = [fault.padEnd(WIDE), ...figures.map((figure, at) => pad(figure, columns[at]?.length ?? 0))].join(
				"  ",
			);
			const calls = remoteCalls === undefined ? [] : [`    ${remoteCalls} remote calls in one try`];
			return [line, ...calls, ...notes.map((note) => `    ${note}`)].join("\n");
		},
	);
	return `${[head, ...lines].join("\n")}\n`;
}

/** The longest name of a fault. */
const WIDE = 60;

/** A figure that was not taken is a dash. */
function pad(value: number | undefined, width: number): string {
	return String(value ?? "–").padStart(width);
}
