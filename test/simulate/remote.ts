/**
 * The other side: one shared world of things that are made, set, joined and sent, which shows a write only after a while,
 * loses answers, refuses, and applies what it said it did not. Counts what must never happen.
 */
import { type Json, sameJson } from "../../src/base/json.ts";
import type { Change, Outcome } from "../../src/engine/event.ts";
import { RemoteError } from "../../src/engine/remote.ts";
import type { Dice } from "./random.ts";
import type { Schedule } from "./schedule.ts";

/** How long a write may stay unseen. Every simulated action settles for longer. */
export const LAG_MS = 4000;

type Thing = { readonly key: string; value: Json; mark: string; seenFrom: number; goneFrom?: number; times: number };

export type Remote = ReturnType<typeof createRemote>;

export function createRemote(time: Schedule, luck: Dice, calm: boolean) {
	const things = new Map<string, Thing>();
	const doubled: string[] = [];
	const sent = new Map<string, number>();
	const allowed = new Map<string, number>();
	const fault = (chance: number): boolean => !calm && luck.happens(chance);

	/** What a look sees: writes show after their lag, removals too. */
	const see = (key: string): { readonly value: Json; readonly mark: string } | undefined => {
		if (fault(0.04)) throw new RemoteError({ kind: "unsent", code: "unreachable", detail: "cut" });
		const thing = things.get(key);
		if (thing === undefined) return undefined;
		const gone = thing.goneFrom !== undefined && time.ms() >= thing.goneFrom;
		return gone || time.ms() < thing.seenFrom ? undefined : { value: thing.value, mark: thing.mark };
	};

	const make = (key: string, mark: string, value: Json): void => {
		const there = things.get(key);
		const alive = there !== undefined && there.goneFrom === undefined;
		if (alive && there.mark === mark && sameJson(there.value, value)) doubled.push(key);
		const lag = calm ? 0 : luck.below(LAG_MS);
		things.set(key, { key, value, mark, seenFrom: time.ms() + lag, times: (there?.times ?? 0) + 1 });
	};

	const remove = (key: string): void => {
		const there = things.get(key);
		if (there !== undefined) there.goneFrom = time.ms() + (calm ? 0 : luck.below(LAG_MS));
	};

	const send = (key: string): void => {
		const times = (sent.get(key) ?? 0) + 1;
		sent.set(key, times);
		if (times > 1 + (allowed.get(key) ?? 0)) doubled.push(`sent ${key}`);
	};

	/** Does a write as the world does: mostly well, sometimes not, sometimes without saying so. */
	const write = async (change: Change, act: () => void): Promise<Outcome> => {
		const done: Outcome = {
			kind: "done",
			applied: [change.id],
			output: {},
			proof: [{ words: change.words, detail: "", ok: true }],
		};
		await new Promise<void>((resolve) => time.in(calm ? 0 : luck.below(400), resolve));
		if (fault(0.05)) return { kind: "refused", applied: [], code: "busy", message: "Busy.", retryable: true };
		if (fault(0.02))
			return { kind: "refused", applied: [], code: "no-rights", message: "No rights.", retryable: false };
		if (fault(0.05)) return { kind: "unknown", applied: [], code: "cut" };
		act();
		if (fault(0.06)) return { kind: "unknown", applied: [], code: "cut-after" };
		return done;
	};

	return {
		see,
		make,
		remove,
		send,
		write,
		doubled,
		wasSent: (key: string): boolean => (sent.get(key) ?? 0) > 0,
		/** A person said: send again. */
		allow: (key: string): void => void allowed.set(key, (allowed.get(key) ?? 0) + 1),
		/** What stands now, by mark's run. */
		standing: (): readonly { readonly key: string; readonly mark: string }[] =>
			[...things.values()].filter((thing) => thing.goneFrom === undefined).map(({ key, mark }) => ({ key, mark })),
		byHand: (key: string, value: Json): void => {
			if (see(key) === undefined && !things.has(key))
				things.set(key, { key, value, mark: "by hand", seenFrom: time.ms(), times: 0 });
		},
	};
}
