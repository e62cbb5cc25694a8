/**
 * How soon an answer moves a run on: from handing the answer in to the first line of the next step, one at a time and 800
 * at once. The next step begins only after the answer is durable.
 */
import { join } from "node:path";
import type { NewEvent } from "../../src/engine/event.ts";
import { askSop, type BenchHouse, openBenchHouse, requestOf } from "./noop.ts";
import { type Figures, quantile } from "./row.ts";

/** The wait of `askSop`: entering the step and asking are one change of its state each. */
export const ASK = "ask#2";
const IDLE = 400;
const BURST = 800;
const ROUNDS = 5;

export async function benchAnswers(folder: string): Promise<Figures> {
	const begun = new Map<string, () => void>();
	const house = await openBenchHouse(join(folder, "answers"), (run) => begun.get(run)?.());
	const idle: number[] = [];
	for (const run of await park(house, IDLE, "idle")) {
		const began = performance.now();
		const next = nextStep(begun, run);
		await answerAsk(house, run);
		await next;
		idle.push(performance.now() - began);
	}
	const bursts: number[] = [];
	for (let round = 0; round < ROUNDS; round++) {
		const runs = await park(house, BURST, `burst${round}`);
		const began = performance.now();
		const took = await Promise.all(
			runs.map(async (run) => {
				const next = nextStep(begun, run);
				await answerAsk(house, run);
				await next;
				return performance.now() - began;
			}),
		);
		bursts.push(quantile(took, 0.99));
	}
	await house.close();
	return {
		"answer to next step p50": quantile(idle.slice(50), 0.5),
		"answer to next step burst p99": quantile(bursts, 0.5),
	};
}

/** Starts runs that wait for a person; spread over clients as real ones are. */
async function park(house: BenchHouse, runs: number, name: string): Promise<readonly string[]> {
	const sops = Array.from({ length: 100 }, (_, at) => askSop(`client-${at}`));
	const receipts = await Promise.all(
		Array.from({ length: runs }, (_, at) => {
			const sop = sops[at % sops.length] ?? askSop();
			return house.host.start(requestOf(sop, `${name}-${at}`), sop);
		}),
	);
	return receipts.map(({ run }) => run);
}

function nextStep(begun: Map<string, () => void>, run: string): Promise<void> {
	return new Promise((resolve) => begun.set(run, resolve));
}

/** Hands the answer in. Errors: throws when it was not taken. */
export async function answerAsk(house: BenchHouse, run: string): Promise<void> {
	const event: NewEvent = {
		kind: "answered",
		wait: ASK,
		verb: "submit",
		by: "ada",
		as: "owner",
		values: {},
		via: "api",
	};
	const { verdict, reason } = await house.host.deliver(run, event, `click:${ASK}:ada`);
	if (verdict !== "accepted") throw new Error(`the answer was refused: ${reason?.code}`);
}
