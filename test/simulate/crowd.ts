/**
 * Plays many seeds, shared out over worker threads, and adds up. Must give the same sum whatever the number of threads.
 */
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import type { Without } from "./host.ts";
import { NEVER } from "./judge.ts";
import { type Counts, type Played, play } from "./play.ts";

export type Order = {
	readonly from: number;
	readonly seeds: number;
	readonly without?: Exclude<Without, undefined>;
	readonly threads?: number;
	readonly failed?: (played: Played) => void;
};

/** The sum of all seeds: how many, each count that must stay 0, then how much took part. */
export async function playMany(order: Order): Promise<Counts> {
	const threads = Math.min(order.threads ?? 1, order.seeds);
	const { failed, ...rest } = order;
	const shares = Array.from({ length: threads }, (_, share) => ({ ...rest, threads, share }));
	const played =
		threads === 1 ? [playShare({ ...rest, threads: 1, share: 0 }, failed)] : shares.map((of) => hire(of, failed));
	return (await Promise.all(played)).reduce(add);
}

type Share = Omit<Order, "failed"> & { readonly threads: number; readonly share: number };

async function playShare(share: Share, failed?: (played: Played) => void): Promise<Counts> {
	let sum: Counts = {};
	for (let seed = share.from + share.share; seed < share.from + share.seeds; seed += share.threads) {
		const played = await play(seed, share.without);
		const wrong = Object.fromEntries(NEVER.map((name) => [name, played.wrong[name].length]));
		sum = add(sum, { seeds: 1, ...wrong, failing: played.bad > 0 ? 1 : 0, ...played.counts });
		if (played.bad > 0) failed?.(played);
	}
	return sum;
}

function add(a: Counts, b: Counts): Counts {
	const names = [...new Set([...Object.keys(a), ...Object.keys(b)])];
	return Object.fromEntries(names.map((name) => [name, (a[name] ?? 0) + (b[name] ?? 0)]));
}

type Said = { readonly failed: Played } | { readonly sum: Counts };

function hire(share: Share, failed?: (played: Played) => void): Promise<Counts> {
	return new Promise((resolve, reject) => {
		const worker = new Worker(new URL(import.meta.url), { workerData: { share } });
		worker.on("error", reject);
		worker.on("message", (said: Said) => ("failed" in said ? failed?.(said.failed) : resolve(said.sum)));
	});
}

if (!isMainThread && isShare(workerData)) {
	const say = (said: Said): void => parentPort?.postMessage(said);
	say({ sum: await playShare(workerData.share, (played) => say({ failed: played })) });
}

function isShare(data: unknown): data is { readonly share: Share } {
	return typeof data === "object" && data !== null && "share" in data;
}
