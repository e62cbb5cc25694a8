/**
 * Who has said that they read something, and who has not. Lives in the step's output, so that cards, pages and programs
 * read the same. Pure; must never say who is meant: whoever takes a receipt resolves that, and it is kept as it was then.
 */
import { asRecord, isRecord, type Json, type Values } from "../base/json.ts";
import type { Instant } from "../base/time.ts";
import { type Hole, type Words, words } from "../base/words.ts";
import type { CardData } from "../cards/card.ts";
import type { PersonId } from "../sop/sop.ts";
import type { StepState } from "./run.ts";

type Receipts = {
	readonly acknowledged: readonly { readonly by: PersonId; readonly at: Instant }[];
	/** Known from the first receipt on. */
	readonly missing?: readonly PersonId[];
};

/** The receipts of a step; undefined where nobody was asked for one. */
export function receiptsOf(state: Pick<StepState, "output"> | undefined): Receipts | undefined {
	const output = state?.output;
	return isRecord(output) && Array.isArray(output.acknowledged) ? (output as unknown as Receipts) : undefined;
}

/** The output with one more receipt. Each person counts once, at the first instant; `audience`: all who are meant now. */
export function received(
	output: Json | undefined,
	receipt: { readonly by: PersonId; readonly at: Instant; readonly audience: readonly PersonId[] },
): Values & Required<Receipts> {
	const { by, at, audience } = receipt;
	const before = receiptsOf({ ...(output === undefined ? {} : { output }) })?.acknowledged ?? [];
	const acknowledged = before.some((one) => one.by === by) ? before : [...before, { by, at }];
	const missing = audience.filter((id) => !acknowledged.some((one) => one.by === id));
	return { ...asRecord(output), acknowledged, missing };
}

const SHOWN = 20;

/** A line a person: first who has, then who has not. */
export function receiptLines(state: StepState): CardData["lines"] {
	const { acknowledged, missing = [] } = receiptsOf(state) ?? { acknowledged: [] };
	const lines = [
		...acknowledged.map(({ by, at }) => ({
			...{ sign: "✓", tone: "good" as const, text: words({ person: by }), meta: words("read it ", { at }) },
		})),
		...missing.map((by) => ({
			...{ sign: "○", tone: "subtle" as const, text: words({ person: by }) },
			meta: state.state === "done" ? "had not read it in time" : "has not read it yet",
		})),
	];
	const more = lines.length - SHOWN;
	const rest = { sign: "…", tone: "subtle", text: `and ${more} more` } as const;
	return more > 1 ? [...lines.slice(0, SHOWN), rest] : lines;
}

/** "Mo Manager and 2 others": whom it still waits for; `otherwise` while that is not known. */
export function missingWords(state: StepState, otherwise: Hole): Words {
	const named = namesOf(receiptsOf(state)?.missing);
	return named.length > 0 ? named : [otherwise];
}

/** " to say it was read; 2 have." */
export function readSoFar(state: StepState): Words {
	const read = receiptsOf(state)?.acknowledged.length ?? 0;
	const until = state.wait?.timers["give-up"];
	const so = read === 0 ? "" : `; ${read} ${read === 1 ? "has" : "have"}`;
	return [` to say it was read${so}`, ...(until === undefined ? [] : [", at most until ", { at: until }]), "."];
}

function namesOf(people: readonly PersonId[] = []): Words {
	const [first, second] = people;
	if (first === undefined) return [];
	if (second === undefined) return [{ person: first }];
	if (people.length === 2) return [{ person: first }, " and ", { person: second }];
	return [{ person: first }, ` and ${people.length - 1} others`];
}

/** "read by all 3", or by whom not, beside a step that is over. Undefined where nobody was asked. */
export function receiptWords(state: StepState): Words | undefined {
	const receipts = receiptsOf(state);
	if (receipts === undefined) return undefined;
	const { acknowledged, missing = [] } = receipts;
	const over = { at: state.since };
	if (missing.length > 0) return [`read by ${acknowledged.length}; not in time by `, ...namesOf(missing), ", ", over];
	const [one, another] = acknowledged;
	if (one === undefined) return ["read by nobody in time, ", over];
	return another === undefined
		? ["read by ", { person: one.by }, ", ", over]
		: [`read by all ${acknowledged.length}, `, over];
}
