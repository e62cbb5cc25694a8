/**
 * Time that the test turns, and chats on it that take their time, are busy, lose answers and are down for a while. Must
 * never be kinder than a real one: what is lost may have arrived.
 */
import { UnavailableError } from "../../src/base/errors.ts";
import { type Clock, fromMs, toMs } from "../../src/base/time.ts";
import type { Drawn, Surface } from "../../src/chat/surface.ts";
import type { SurfaceName } from "../../src/engine/event.ts";
import type { Actor } from "../../src/people/roster.ts";

export type Time = ReturnType<typeof createTime>;

/** Time from 14:00 on. `random`: from 0 to 1, the same for the same seed. */
export function createTime(seed: number) {
	let now = toMs("2026-11-23T14:00:00.000Z");
	let no = 0;
	const due: { readonly at: number; readonly no: number; readonly act: () => void }[] = [];
	const after = (ms: number, act: () => void) => {
		const timer = { at: now + Math.max(0, Math.round(ms)), no: no++, act };
		due.push(timer);
		return () => {
			const index = due.indexOf(timer);
			if (index >= 0) due.splice(index, 1);
		};
	};
	const clock: Clock = { now: () => fromMs(now) };
	let state = seed;
	return {
		clock,
		after,
		ms: () => now,
		random: () => {
			state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
			return state / 2 ** 32;
		},
		wait: (ms: number) => new Promise<void>((done) => void after(ms, done)),
		/** Lets so much time pass; what is due is done in its order. */
		pass: async (ms: number) => {
			const until = now + Math.round(ms);
			for (;;) {
				for (let turns = 0; turns < 4; turns++) await new Promise((next) => setImmediate(next));
				due.sort((one, other) => one.at - other.at || one.no - other.no);
				const [next] = due;
				if (next === undefined || next.at > until) break;
				due.shift();
				now = next.at;
				next.act();
			}
			now = until;
		},
	};
}

/** What a chat does: how long a call takes at most, how often it is busy, how often it keeps a post and loses the answer. */
export type Manners = { readonly slowMs: number; readonly busy: number; readonly lost: number };
export type Standing = { readonly to: string; readonly ref: string; drawn: Drawn; at: number };

/** A chat that reaches some people. While it is down every call ends without an answer, and every second post was kept. */
export function createSimulatedChat(
	name: SurfaceName,
	parts: { readonly time: Time; readonly manners: Manners; readonly reaches: (person: Actor) => boolean },
) {
	const { time, manners } = parts;
	const kept: Standing[] = [];
	const calls: { readonly at: number; readonly to: string; readonly what: "put" | "edit"; readonly drawn: Drawn }[] =
		[];
	let down = false;
	let lost = 0;
	const call = async (to: string, what: "put" | "edit", drawn: Drawn): Promise<boolean> => {
		await time.wait(50 + time.random() * manners.slowMs);
		if (!down && time.random() < manners.busy) throw new UnavailableError("busy", "Busy.", { retryAfterMs: 1000 });
		calls.push({ at: time.ms(), to, what, drawn });
		const breaks = down || time.random() < manners.lost;
		return breaks;
	};
	const keep = (to: string, drawn: Drawn): Standing => {
		const standing = { to, ref: `${name}${kept.length}`, drawn, at: time.ms() };
		kept.push(standing);
		return standing;
	};
	const surface: Surface = {
		name,
		directTo: async (person) => (parts.reaches(person) ? { surface: name, kind: "direct", ref: person.id } : undefined),
		put: async (to, drawn) => {
			const breaks = await call(to.ref, "put", drawn);
			if (!breaks) return { ref: keep(to.ref, drawn).ref };
			lost += 1;
			if (!down || time.random() < 0.5) keep(to.ref, drawn);
			throw new UnavailableError("unconfirmed", "Sent; no answer came.");
		},
		edit: async (to, ref, drawn) => {
			const breaks = await call(to.ref, "edit", drawn);
			const known = kept.find((each) => each.ref === ref);
			if (breaks) throw new UnavailableError("unreachable", "No answer came.");
			if (known === undefined) return "gone";
			known.drawn = drawn;
			known.at = time.ms();
			return "edited";
		},
	};
	return {
		surface,
		kept,
		calls,
		/** Posts whose answer was lost. */
		lost: () => lost,
		turn: (off: boolean) => {
			down = off;
		},
	};
}
