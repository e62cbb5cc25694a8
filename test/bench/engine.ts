/**
 * Rows and runs per second, of SQLite alone and of the engine on the same disk, measured in turns: on a shared machine
 * only what was measured side by side may be compared.
 */
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Sop } from "../../src/sop/sop.ts";
import { type BenchHouse, openBenchHouse, requestOf, stepsSops } from "./noop.ts";
import { openRaw } from "./raw.ts";
import { type Figures, quantile } from "./row.ts";

const RUNS = 2000;
const STEPS = 8;
/** A client has 8 orders performed at once, the house 1,024. */
const CLIENTS = 32;
const ROUNDS = 7;
/** The first round warms the compiler up and is not counted. */
const WARM = 1;

export async function benchEngine(folder: string): Promise<Figures> {
	const rounds: { one: number; many: number; runs: number; rows: number }[] = [];
	for (let round = 0; round < ROUNDS; round++) {
		const place = join(folder, `engine-${round}`);
		mkdirSync(place);
		const raw = openRaw(place);
		const one = raw.rate(1, 300);
		const before = raw.rate(64, 300);
		const house = await openBenchHouse(join(place, "data"));
		const seconds = await playAll(house, stepsSops(CLIENTS, STEPS));
		const rows = house.store.db.prepare<[], number>("SELECT count(*) FROM events").pluck().get() ?? 0;
		await house.close();
		const many = (before + raw.rate(64, 300)) / 2;
		raw.close();
		rounds.push({ one, many, runs: RUNS / seconds, rows: rows / seconds });
		rmSync(place, { recursive: true });
	}
	const counted = rounds.slice(WARM);
	const median = (of: (round: (typeof rounds)[number]) => number): number => quantile(counted.map(of), 0.5);
	return {
		"raw rows/s at 1": median(({ one }) => one),
		"raw rows/s at 64": median(({ many }) => many),
		"engine runs/s": median(({ runs }) => runs),
		"engine rows/s": median(({ rows }) => rows),
		"engine rows/s over raw at 64": median(({ rows, many }) => rows / many),
	};
}

/** Starts all runs at once; seconds until the last one has ended, durably. */
async function playAll(house: BenchHouse, sops: readonly Sop[]): Promise<number> {
	const { promise, resolve } = Promise.withResolvers<void>();
	let left = RUNS;
	const off = house.host.onChange(({ run }) => {
		if (run.ended === undefined) return;
		if (run.ended.phase !== "done") throw new Error(`run ${run.id} ended as ${run.ended.phase}`);
		left--;
		if (left === 0) resolve();
	});
	const began = performance.now();
	for (let at = 0; at < RUNS; at++) {
		const sop = sops[at % sops.length] as Sop;
		void house.host.start(requestOf(sop, `k${at}`), sop);
	}
	await promise;
	off();
	return (performance.now() - began) / 1000;
}

const ALONE = 300;

/** Eight steps of one run with nothing else going on: from the request to the last durable event. */
export async function benchAlone(folder: string): Promise<Figures> {
	const house = await openBenchHouse(join(folder, "alone"));
	const [sop] = stepsSops(1, STEPS);
	if (sop === undefined) throw new Error("no procedure");
	const took: number[] = [];
	for (let at = 0; at < ALONE; at++) {
		const { promise, resolve } = Promise.withResolvers<void>();
		const off = house.host.onChange(({ run }) => {
			if (run.ended !== undefined) resolve();
		});
		const began = performance.now();
		await house.host.start(requestOf(sop, `k${at}`), sop);
		await promise;
		took.push(performance.now() - began);
		off();
	}
	await house.close();
	return { "one run alone p50": quantile(took.slice(50), 0.5) };
}
