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
	/** What was found, in words; empty when all is well. */
	readonly notes: readonly string[];
};

export type Tally = {
	tried(ms?: number): void;
	lost(why: string): void;
	doubled(why: string): void;
	wrong(why: string): void;
	/** Counts as wrong unless it holds. */
	expect(holds: boolean, why: string): void;
	row(): FaultRow;
};

const MOST_NOTES = 12;

export function tallyOf(fault: string): Tally {
	const counts = { tries: 0, lost: 0, doubled: 0, wrong: 0, worstMs: 0 };
	const notes: string[] = [];
	const count = (kind: "lost" | "doubled" | "wrong", why: string): void => {
		counts[kind]++;
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
		expect: (holds, why) => {
			if (!holds) count("wrong", why);
		},
		row: () => ({ fault, ...counts, notes }),
	};
}

export const failed = (row: FaultRow): boolean => row.lost + row.doubled + row.wrong > 0;

/** The table people read. */
export function tableOf(rows: readonly FaultRow[]): string {
	const head = ["fault".padEnd(52), "tries", " lost", "doubled", "wrong", "worst ms"].join("  ");
	const lines = rows.map(({ fault, tries, lost, doubled, wrong, worstMs, notes }) => {
		const figures = [pad(tries, 5), pad(lost, 5), pad(doubled, 7), pad(wrong, 5), pad(worstMs, 8)];
		const line = [fault.padEnd(52), ...figures].join("  ");
		return [line, ...notes.map((note) => `    ${note}`)].join("\n");
	});
	return `${[head, ...lines].join("\n")}\n`;
}

function pad(value: number, width: number): string {
	return String(value).padStart(width);
}
