/**
 * What a step that can never be repeated has sent before. An amendment enters steps again; a mail must not go out again
 * with them. Pure.
 */
import { sameJson, type Values } from "../base/json.ts";
import type { Path } from "./event.ts";
import type { Run } from "./run.ts";

/** `sent`: with this very input. `maybe`: it is not known whether it was, whatever the input: a person says. */
export function sentBefore(run: Pick<Run, "ledger">, path: Path, input: Values): "sent" | "maybe" | undefined {
	const entries = run.ledger.filter((entry) => entry.path === path);
	if (entries.some((entry) => entry.state === "maybe")) return "maybe";
	return entries.some((entry) => sameJson(entry.input, input)) ? "sent" : undefined;
}
