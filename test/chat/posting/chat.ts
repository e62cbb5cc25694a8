/**
 * A chat where each call meets what the script says, seen from the chat's own side: which messages stand, with which
 * buttons, and what was rung. Must never be kinder than a real one: what is lost or hangs may have been done.
 */
import { UnavailableError } from "../../../src/base/errors.ts";
import { type Drawn, RefusedPost, type Surface } from "../../../src/chat/surface.ts";
import type { SurfaceName } from "../../../src/engine/event.ts";
import type { Actor } from "../../../src/people/roster.ts";
import type { Time } from "../simulated-chat.ts";
import type { Shows } from "./model.ts";
import type { Fate } from "./script.ts";

/** One message. `key` and `first`: of what was put. `fixed`: it cannot be edited any more. */
export type Copy = {
	readonly ref: string;
	readonly place: string;
	readonly to: string;
	readonly key: string;
	readonly first: Shows;
	drawn: Drawn;
	fixed: boolean;
	/** Its last edit was refused. */
	refused: boolean;
	/** The highest ring that it has shown. */
	rings: number;
};

/** `tried`: how often it may have been put there before. */
export type Put = { readonly copy: Copy; readonly ring: boolean; readonly tried: number };

/** A process, as a chat sees it. */
export type Caller = { readonly alive: () => boolean; readonly die: () => void };

type About = { readonly what: "put" | "edit"; readonly place: string; readonly key: string; readonly copy?: Copy };

export type FatedChat = ReturnType<typeof createFatedChat>;

export function createFatedChat(
	name: SurfaceName,
	parts: {
		readonly time: Time;
		readonly lookMs: number;
		readonly fate: () => Fate;
		/** The next step of the script happens now. */
		readonly move: () => void;
		readonly note: (line: string) => void;
		readonly put: (put: Put) => void;
	},
) {
	const { time, note } = parts;
	const copies: Copy[] = [];
	const counts = { calls: 0, lost: 0, hanging: 0 };
	/** What was last heard of a place and a message, and how often an answer about it was lost, or a message was gone. */
	const heard = new Map<string, { how: Fate["how"]; lost: number; gone: number; tried: number }>();
	const never = (): Promise<never> => new Promise(() => {});

	const call = async <Done>(caller: Caller, about: About, act: (how: Fate["how"]) => Done) => {
		if (!caller.alive()) return never();
		const { what, place, key } = about;
		const fate = parts.fate();
		counts.calls += 1;
		counts.hanging += fate.how.startsWith("hangs") ? 1 : 0;
		const spot = `${place} ${key}`;
		const mine = heard.get(spot) ?? { how: "answered" as Fate["how"], lost: 0, gone: 0, tried: 0 };
		heard.set(spot, mine);
		mine.how = fate.how;
		const how = fate.how === "gone" && what === "put" ? "answered" : fate.how;
		note(`  ${what} ${key} at ${place}: ${how}${fate.ms > 0 ? ` after ${fate.ms} ms` : ""}`);
		if (how === "dies") {
			mine.tried += 1;
			caller.die();
			return never();
		}
		await time.wait(fate.ms);
		const isDone = how === "answered" || how === "gone" || how.endsWith("-done");
		const done = isDone ? act(how) : undefined;
		mine.tried += how === "busy" || how === "refused" ? 0 : 1;
		if (fate.moves) parts.move();
		if (how === "dies-done") caller.die();
		if (!caller.alive()) return never();
		if (how.startsWith("hangs")) return never();
		if (how === "busy") throw new UnavailableError("busy", "Busy.", { retryAfterMs: 1000 });
		if (how === "refused" && about.copy !== undefined) about.copy.refused = true;
		if (how === "refused") throw new RefusedPost("blocked", "They took the bot out.");
		if (how === "gone") mine.gone += 1;
		if (how.startsWith("lost")) {
			counts.lost += what === "put" ? 1 : 0;
			mine.lost += 1;
			throw new UnavailableError(what === "put" ? "unconfirmed" : "unreachable", "No answer came.");
		}
		return done as Done;
	};

	const surfaceFor = (caller: Caller, reaches: (person: Actor) => boolean): Surface => ({
		name,
		directTo: async (person) => {
			if (parts.lookMs > 0) await time.wait(parts.lookMs);
			if (!caller.alive()) return never();
			return reaches(person) ? { surface: name, kind: "direct", ref: person.id } : undefined;
		},
		put: async ({ kind, ref: to }, drawn, ring) => {
			const place = `${name} ${kind} ${to}`;
			const key = keyOf(drawn);
			const ref = await call(caller, { what: "put", place, key }, () => {
				const first = showsOf(drawn);
				const copy: Copy = {
					ref: `${name}${copies.length}`,
					place,
					to,
					key,
					first,
					drawn,
					fixed: false,
					refused: false,
					rings: first.rings,
				};
				parts.put({ copy, ring, tried: heard.get(`${place} ${key}`)?.tried ?? 0 });
				copies.push(copy);
				note(`    ${copy.ref} stands: ${wordsOf(drawn)}${ring ? ", rung" : ""}`);
				return copy.ref;
			});
			return { ref };
		},
		edit: async ({ kind, ref: to }, ref, drawn) => {
			const copy = copies.find((each) => each.ref === ref);
			const place = `${name} ${kind} ${to}`;
			if (copy === undefined) throw new Error(`${ref} was never put`);
			copy.refused = false;
			await call(caller, { what: "edit", place, key: keyOf(drawn), copy }, (how) => {
				copy.fixed ||= how === "gone";
				if (copy.fixed) return;
				copy.drawn = drawn;
				copy.rings = Math.max(copy.rings, showsOf(drawn).rings);
				note(`    ${ref} says: ${wordsOf(drawn)}`);
			});
			return copy.fixed ? "gone" : "edited";
		},
	});
	return { name, copies, counts, heard, surfaceFor };
}

export function keyOf(drawn: Drawn): string {
	return drawn.data.header[1] ?? "";
}

const NOTHING: Shows = { rings: 0, words: "" };

/** What a card shows; a stub shows nothing. */
export function showsOf(drawn: Drawn): Shows {
	const said = drawn.data.facts.find(({ title }) => title === "shows")?.value;
	return typeof said === "string" ? (JSON.parse(said) as Shows) : NOTHING;
}

/** Whether a press of it would answer something. */
export function asks({ data }: Drawn): boolean {
	return data.buttons.some(({ verb }) => verb === "approve");
}

export function wordsOf(drawn: Drawn): string {
	const { wait, plan, rings } = showsOf(drawn);
	const shown = wait === undefined ? "" : ` [${wait}${plan === undefined ? "" : ` plan ${plan}`}]`;
	return `${JSON.stringify(drawn.data.lead)} ${drawn.data.title}${shown}, ring ${rings}, card ${drawn.id}`;
}
