/**
 * Passwords nobody chose. Random, long, typeable on a phone; kept in the vault by the caller before they are used. Must
 * never be printed: it leaves here as a `Secret`.
 */
import { randomInt } from "node:crypto";
import { Secret } from "../base/secret.ts";

/**
 * Letters and digits that are not mistaken for each other, and no vowels: a directory refuses a password that holds three
 * letters of somebody's name, and every name has one.
 */
const SETS = ["bcdfghjkmnpqrstvwxz", "BCDFGHJKLMNPQRSTVWXZ", "23456789", "-+=!"] as const;

/** Makes a password of 20 characters with at least one of each kind, about 113 bits. */
export function newPassword(): Secret {
	const all = SETS.join("");
	const letters = SETS.map(pick);
	while (letters.length < 20) letters.push(pick(all));
	for (let at = letters.length - 1; at > 0; at--) {
		const other = randomInt(at + 1);
		[letters[at], letters[other]] = [letters[other] as string, letters[at] as string];
	}
	return new Secret(letters.join(""));
}

function pick(from: string): string {
	return from[randomInt(from.length)] as string;
}
