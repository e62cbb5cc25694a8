/**
 * 100,000 runs that wait for a person, for three days at most: parked by one process, which is killed, and taken up by
 * another. The two ends are functions that `part.ts` calls in processes of their own.
 */
import { join } from "node:path";
import { answerAsk } from "./answers.ts";
import { askSop, openBenchHouse, requestOf } from "./noop.ts";

export const PARKED = 100_000;
const AT_ONCE = 250;

/** Parks the runs, tells when all are durable, and stays until it is killed. */
export async function park(folder: string, say: (line: string) => void): Promise<void> {
	const house = await openBenchHouse(join(folder, "parked"));
	const sops = Array.from({ length: 100 }, (_, at) => askSop(`client-${at}`));
	let last = "";
	for (let from = 0; from < PARKED; from += AT_ONCE) {
		const started = Array.from({ length: AT_ONCE }, (_, at) => {
			const sop = sops[at % sops.length] ?? askSop();
			return house.host.start(requestOf(sop, `k${from + at}`), sop);
		});
		last = (await Promise.all(started)).at(-1)?.run ?? "";
	}
	say(JSON.stringify({ last, megabytes: megabytes() }));
	await new Promise(() => {});
}

/** Opens what was parked, serves one answer up to the first line of the next step, and tells how long both took. */
export async function takeUp(folder: string, run: string): Promise<object> {
	let next = (): void => {};
	const began = performance.now();
	const house = await openBenchHouse(join(folder, "parked"), (id) => id === run && next());
	const ready = performance.now();
	const moved = new Promise<void>((resolve) => {
		next = resolve;
	});
	await answerAsk(house, run);
	await moved;
	const answered = performance.now();
	const parked = house.store.db.prepare<[], number>("SELECT count(*) FROM runs").pluck().get();
	if (parked !== PARKED) throw new Error(`${parked} runs are there`);
	const figures = { ready: ready - began, answer: answered - ready, megabytes: megabytes() };
	await house.close();
	return figures;
}

function megabytes(): number {
	return process.memoryUsage.rss() / 1e6;
}
