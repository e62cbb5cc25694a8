/**
 * What every connector says alike about an account that is to be made or corrected: its name, whose the name is, and the
 * ways on. Pure; must never choose for a person.
 */
import type { Obstacle } from "../engine/action.ts";
import type { Choice } from "../engine/event.ts";
import { typedName } from "./names.ts";

type Named = { readonly firstName: string; readonly lastName: string };

export function displayOf({ firstName, lastName }: Named): string {
	return `${firstName} ${lastName}`;
}

/** What stands before the @, in small letters. */
export function localOf(address: string): string {
	return address.split("@")[0]?.toLowerCase() ?? "";
}

/** A plan that is only an obstacle. */
export function stop(obstacle: Obstacle) {
	return { changes: [], promises: {}, obstacle } as const;
}

/** No account name can be made from what is asked. */
export function nameless(input: Named, more: readonly Choice[] = []) {
	const message = `No account name can be made from ${displayOf(input)}. Nothing changed.`;
	return stop({ code: "no-name", message, choices: [ANOTHER, ...more] });
}

/** Ways on where a name is somebody else's: the next free one, another one, or one of `more`. */
export function otherNames(free: string | undefined, more: readonly Choice[]): readonly Choice[] {
	const next: Choice = { id: "next-free-name", words: `Use ${free}`, with: { ifTaken: "next-free-name" } };
	return [...(free === undefined ? [] : [next]), ANOTHER, ...more];
}

const ANOTHER: Choice = { id: "another-name", words: "Type another name", with: { name: "" } };

/** The way on where the name is that of somebody who left: it is they. */
export function comesBack(displayName: string | undefined): Choice {
	return { id: "rehire", words: `It is ${displayName}, who comes back`, with: { ifTaken: "rehire" } };
}

/** The way on where an account cannot have the address that fits its name: it keeps its own, if that could be typed. */
export function keepAddress(local: string): readonly Choice[] {
	return typedName(local) === "" ? [] : [{ id: "keep-address", words: `Keep ${local}`, with: { name: local } }];
}

/** The same employee has a closed account: it is taken up again only if a person says so. */
export function askRehire(holder: { readonly displayName: string; readonly since: string }, upn: string | undefined) {
	const message = `${holder.displayName} has an account already, ${upn}${sinceWords(holder)}, closed, with the same employee id. It was not touched; nothing changed.`;
	const again: Choice = { id: "rehire", words: `Take up ${upn} again`, with: { ifTaken: "rehire" } };
	return { code: "rehire", message, choices: [again] };
}

export function sinceWords({ since }: { readonly since: string }): string {
	return since === "" ? "" : ` since ${since}`;
}
