/**
 * One-time codes by which a person shows that an account is theirs: ten minutes, one use, one at a time, few guesses. Must
 * never keep a code, only its hash, nor say more of a wrong one than that it is wrong.
 */
import { randomBytes } from "node:crypto";
import { sha256 } from "../base/json.ts";
import { type Clock, plusMs, toMs } from "../base/time.ts";
import type { CodeStore, KeptCode } from "../engine/kept.ts";
import { DIGITS } from "../engine/run-id.ts";
import { actorKey } from "../people/actor.ts";
import type { Actor } from "../people/roster.ts";

export const CODE_MS = 600_000;
/** Wrong codes from one account in ten minutes; from all of its workspace or tenant; codes handed to one person. */
const MOST_WRONG = 5;
const MOST_WRONG_THERE = 50;
const MOST_HANDED = 10;
/** Ten digits are 50 bits: so few guesses in ten minutes find nothing. */
const LENGTH = 10;

export type LinkCodes = {
	/** A new code: `7K2QX-9MBDF`. Undefined: they had too many lately. `place`: where they are asked when it is used. */
	readonly hand: (person: Actor, place: string) => string | undefined;
	/** Whose code it is; wrong ones are counted against whoever typed it. It is not used up. */
	readonly look: (typed: string, account: string) => KeptCode | "unknown" | "too-often";
	/** Uses it up; false when somebody was faster. */
	readonly use: (code: KeptCode) => boolean;
};

/** Makes it. Guesses are counted since the start. */
export function createLinkCodes(parts: { readonly store: CodeStore; readonly clock: Clock }): LinkCodes {
	const { store, clock } = parts;
	const [wrong, wrongThere] = [counter(clock), counter(clock)];
	const handed = counter(clock);
	return {
		hand: (person, place) => {
			const name = actorKey(person);
			if (handed.of(name) >= MOST_HANDED) return undefined;
			handed.add(name);
			const code = [...randomBytes(LENGTH)].map((byte) => DIGITS[byte % DIGITS.length]).join("");
			store.saveCode({ hash: sha256(code), person, place, expires: plusMs(clock.now(), CODE_MS) });
			return `${code.slice(0, LENGTH / 2)}-${code.slice(LENGTH / 2)}`;
		},
		look: (typed, account) => {
			const [there = ""] = account.split("/");
			if (wrong.of(account) >= MOST_WRONG || wrongThere.of(there) >= MOST_WRONG_THERE) return "too-often";
			const found = store.code(sha256(plain(typed)), clock.now());
			if (found !== undefined) return found;
			wrong.add(account);
			wrongThere.add(there);
			return "unknown";
		},
		use: ({ hash }) => store.useCode(hash),
	};
}

/** As it was handed out, however it was typed. */
function plain(typed: string): string {
	const text = typed.toUpperCase().replaceAll(/[^0-9A-Z]/gu, "");
	return text.replaceAll("O", "0").replaceAll(/[IL]/gu, "1");
}

/** Counts by name what happened in the last ten minutes. */
function counter(clock: Clock) {
	let past: { readonly name: string; readonly ms: number }[] = [];
	const recent = () => {
		const since = toMs(clock.now()) - CODE_MS;
		past = past.filter(({ ms }) => ms > since);
		return past;
	};
	return {
		of: (name: string) => recent().filter((each) => each.name === name).length,
		add: (name: string) => void past.push({ name, ms: toMs(clock.now()) }),
	};
}
