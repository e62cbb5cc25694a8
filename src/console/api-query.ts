/**
 * Reads the query part of a list's address, for the API and for `/runs` alike. Must never ignore a parameter that it does
 * not know: a filter that is not applied is worse than an error.
 */
import { InputError, type Problem } from "../base/errors.ts";
import type { Phase } from "../engine/event.ts";
import type { RunQuery } from "../engine/ports.ts";
import type { ClientId } from "../sop/sop.ts";

export const TOP_OF_JOURNAL = 1;
const PHASES: readonly (Phase | "open")[] = [
	"open",
	"planning",
	"running",
	"waiting",
	"asking",
	"stopping",
	"paused",
	"done",
	"stopped",
	"failed",
];
const KNOWN = ["client", "sop", "phase", "subject", "by", "parent", "cursor", "from"];

/** The query of a list. `only`: the client a token is narrowed to. Errors: `InputError` with every problem. */
export function queryOf(
	given: { readonly [name: string]: unknown },
	only: ClientId | undefined,
): RunQuery & { readonly from?: number } {
	const problems: Problem[] = [];
	const query: { [name: string]: string } = {};
	for (const [name, value] of Object.entries(given)) {
		if (value === undefined || value === "") continue;
		if (!KNOWN.includes(name))
			problems.push({ path: name, code: "unknown-field", message: `There is ${KNOWN.slice(0, 7).join(", ")}.` });
		else if (typeof value !== "string" || value.length > 300)
			problems.push({ path: name, code: "wrong-type", message: "This is one short text." });
		else query[name] = value;
	}
	const { from, phase, ...rest } = query;
	const known = PHASES.find((one) => one === phase);
	if (phase !== undefined && known === undefined)
		problems.push({ path: "phase", code: "unknown-value", message: `This is one of ${PHASES.join(", ")}.` });
	if (from !== undefined && !/^[1-9][0-9]{0,14}$/.test(from))
		problems.push({ path: "cursor", code: "unknown-value", message: "This is not a cursor of this list." });
	if (problems.length > 0) throw new InputError(problems);
	return {
		...rest,
		...(known === undefined ? {} : { phase: known }),
		...(from === undefined ? {} : { from: Number(from) }),
		...(only === undefined ? {} : { client: only }),
	};
}
