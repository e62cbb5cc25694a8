/**
 * The rows of the bench: names, goals, how they are judged and printed. Names are fixed (they are read by scripts).
 */
export type Row = {
	readonly name: string;
	readonly value: number;
	readonly unit: string;
	/** Absent: no goal, only a figure. */
	readonly goal: number | null;
	/** Whether more or less is better. */
	readonly better: "more" | "less";
	readonly met: boolean;
};

type Kind = { readonly unit: string; readonly better: Row["better"]; readonly goal?: number };

const KINDS = {
	"raw rows/s at 1": { unit: "rows/s", better: "more" },
	"raw rows/s at 64": { unit: "rows/s", better: "more" },
	"engine runs/s": { unit: "runs/s", better: "more" },
	"engine rows/s": { unit: "rows/s", better: "more" },
	"engine rows/s over raw at 64": { unit: "ratio", better: "more", goal: 0.5 },
	"one run alone p50": { unit: "ms", better: "less", goal: 3 },
	"answer to next step p50": { unit: "ms", better: "less", goal: 1 },
	"answer to next step burst p99": { unit: "ms", better: "less", goal: 50 },
	"click to durable p99": { unit: "ms", better: "less", goal: 10 },
	"parked 100k ready": { unit: "ms", better: "less", goal: 250 },
	"parked 100k first answer": { unit: "ms", better: "less", goal: 50 },
	"parked 100k memory": { unit: "MB", better: "less", goal: 200 },
	"parking 100k memory": { unit: "MB", better: "less" },
	"plan of 50 groups": { unit: "ms", better: "less" },
	"plan of 50 groups remote calls": { unit: "calls", better: "less" },
	"newhire on real directories p50": { unit: "ms", better: "less" },
	"newhire wall over remote p50": { unit: "ratio", better: "less", goal: 1.2 },
	"newhire remote calls": { unit: "calls", better: "less" },
	"hire of the other client p50": { unit: "ms", better: "less" },
	"hire beside a slow controller over p50": { unit: "ratio", better: "less", goal: 1.1 },
	"teams activity to answer p50": { unit: "ms", better: "less" },
	"teams activity to answer p99": { unit: "ms", better: "less" },
	"teams line to answer p50": { unit: "ms", better: "less" },
	"teams line to answer p99": { unit: "ms", better: "less" },
	"teams activity to edited card p50": { unit: "ms", better: "less" },
	"teams activity to edited card p99": { unit: "ms", better: "less" },
	"bare echo p50": { unit: "ms", better: "less" },
	"bare invoke p50": { unit: "ms", better: "less" },
	"teams answer over bare echo p50": { unit: "ratio", better: "less", goal: 1.5 },
	"teams answer over bare invoke p50": { unit: "ratio", better: "less" },
	"teams edits for 1,000 changes in 60 s": { unit: "edits", better: "less", goal: 31 },
	"slack click to answer p50": { unit: "ms", better: "less" },
	"slack click to answer p99": { unit: "ms", better: "less" },
	"slack click to edited card p50": { unit: "ms", better: "less" },
	"slack click to edited card p99": { unit: "ms", better: "less" },
	"bare bolt answer p50": { unit: "ms", better: "less" },
	"bare bolt edited card p50": { unit: "ms", better: "less" },
	"slack answer over bare bolt p50": { unit: "ratio", better: "less", goal: 1.5 },
	"slack answer over bolt that keeps a row p50": { unit: "ratio", better: "less" },
	"slack edited card over bare bolt p50": { unit: "ratio", better: "less", goal: 1.5 },
	"slack edits for 1,000 changes in 60 s": { unit: "edits", better: "less", goal: 31 },
	"cold start": { unit: "ms", better: "less", goal: 1000 },
} as const satisfies { readonly [name: string]: Kind };

export type RowName = keyof typeof KINDS;
export type Figures = { readonly [name in RowName]?: number };

/** Judges what was measured, in the order of the table. */
export function rowsOf(figures: Figures): readonly Row[] {
	return Object.entries(KINDS).flatMap(([name, kind]: [string, Kind]) => {
		const found = figures[name as RowName];
		if (found === undefined) return [];
		const { unit, better, goal } = kind;
		const met = goal === undefined || (better === "more" ? found >= goal : found <= goal);
		return [{ name, value: rounded(found), unit, goal: goal ?? null, better, met }];
	});
}

/** The table people read. */
export function tableOf(rows: readonly Row[]): string {
	const lines = rows.map(({ name, value, unit, goal, better, met }) => {
		const wanted = goal === null ? "" : `${better === "more" ? "≥" : "≤"} ${goal}`;
		return [name.padEnd(40), `${value}`.padStart(10), unit.padEnd(7), wanted.padEnd(8), verdict({ met, goal, value })];
	});
	return `${lines.map((line) => line.join(" ").trimEnd()).join("\n")}\n`;
}

function verdict({ met, goal, value }: Pick<Row, "met" | "goal" | "value">): string {
	if (goal === null) return "";
	return met ? "met" : `missed by ${rounded(Math.abs(value - goal))} (${rounded(value / goal)} of the goal)`;
}

function rounded(value: number): number {
	return Math.abs(value) >= 100 ? Math.round(value) : Number(value.toPrecision(3));
}

/** The value below which so large a part of them lies; `part` of 0.5 is the median. */
export function quantile(values: readonly number[], part: number): number {
	const sorted = [...values].sort((a, b) => a - b);
	return sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? Number.NaN;
}
