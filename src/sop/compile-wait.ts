/**
 * Makes the three kinds of waiting: for a length of time, until a moment, for a state. Must never mix two.
 */
import { asRecord } from "../base/json.ts";
import { compileCall } from "./compile-action.ts";
import type { Context } from "./compile-context.ts";
import { readExpression, readMs } from "./compile-context.ts";
import type { Draft, Made, Place } from "./compile-kinds.ts";
import { parseDuration } from "./duration.ts";

const RULES = ["after", "until", "for"] as const;
const HALF_HOUR = { clock: "wall", ms: 1_800_000 } as const;

/** Compiles a wait. What `for` looks at is its output. */
export function compileWait({ written, base, at }: Draft, { scope }: Place, context: Context): Made | undefined {
	const wait = asRecord(written.wait);
	const own = [...at, "wait"];
	const { report } = context;
	const [rule, second] = RULES.filter((word) => wait[word] !== undefined);
	if (rule === undefined || second !== undefined) {
		report(own, "what-for", rule === undefined ? "This wait does not say for what." : "A wait is for one thing.", {
			remedy: "Write after:, until: or for:.",
		});
		return undefined;
	}
	const belongs = rule === "for" ? ["for", "with", "atMost", "every"] : rule === "until" ? ["until", "at"] : ["after"];
	for (const key of Object.keys(wait).filter((word) => !belongs.includes(word))) {
		report([...own, key], "not-here", `“${key}” does not go with ${rule}:.`, {
			remedy: `Beside ${rule}: goes ${belongs.slice(1).join(", ") || "nothing"}.`,
			which: "key",
		});
	}
	if (rule === "after") {
		const after = parseDuration(wait.after);
		if (after === undefined) return undefined;
		return { step: { ...base, kind: "wait", wait: { kind: "after", after } }, gives: [] };
	}
	if (rule === "until") {
		const until = readExpression(wait.until, [...own, "until"], scope, report) ?? "";
		const time = typeof wait.at === "string" ? { at: wait.at } : {};
		return { step: { ...base, kind: "wait", wait: { kind: "until", until, ...time } }, gives: [] };
	}
	const call = { name: wait.for, nameAt: [...own, "for"], written: wait.with, withAt: [...own, "with"] };
	const called = compileCall(call, scope, context);
	if (called === undefined) return undefined;
	if (called.action.writes) {
		report([...own, "for"], "wait-writes", `${called.action.name} changes something, and a wait only looks.`, {
			remedy: "Use do: for it.",
		});
	}
	const everyMs = readMs(wait.every, 5000, [...own, "every"], report);
	const atMost = parseDuration(wait.atMost) ?? HALF_HOUR;
	const { action, known } = called;
	return {
		step: { ...base, kind: "wait", wait: { kind: "for", action, with: called.with, atMost, everyMs } },
		gives: known.outputs,
	};
}
