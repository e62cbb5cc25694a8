/**
 * Options that several commands share. Must never choose a person who was not named, save the login name itself.
 */
import { randomUUID } from "node:crypto";
import { type Call, type Option, UsageError } from "./command.ts";

export const AS: Option = { name: "as", value: "PERSON", about: "for whom, by roster id (default: your login name)" };
export const CLIENT: Option = { name: "client", value: "CLIENT", about: "the client's id" };
export const FORM: Option = { name: "form", value: "FILE", about: "the filled form as JSON, - for standard input" };
export const KEY: Option = {
	name: "key",
	value: "TEXT",
	about: "names this request: the same key is the same request",
};

/** Who this is done for, and for which client when that was said. Errors: `UsageError`. */
export function asWhom(call: Call): { readonly as: string; readonly client?: string } {
	const as = call.options.as ?? call.terminal.env.USER;
	if (as === undefined || as === "") throw new UsageError("Say for whom: --as PERSON, an id of the roster.");
	const { client } = call.options;
	return client === undefined ? { as } : { as, client };
}

/** An option that must be there. Errors: `UsageError`. */
export function needed(call: Call, option: Option): string {
	const found = call.options[option.name];
	if (found === undefined || found === "")
		throw new UsageError(`--${option.name} ${option.value} is needed: ${option.about}.`);
	return found;
}

/** The key of this request: as named, else one of its own. */
export function keyOf(call: Call): string {
	return call.options[KEY.name] ?? `cli:${randomUUID()}`;
}
