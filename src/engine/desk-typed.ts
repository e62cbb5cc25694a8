/**
 * What comes with an answer, checked before it becomes a fact: each verb has its own fields, and nothing beside them is
 * kept. Must never let more into a run than a card has room for.
 */
import { unreachable } from "../base/assert.ts";
import { ConflictError, InputError } from "../base/errors.ts";
import { asRecord, type Values } from "../base/json.ts";
import { checkForm } from "../sop/form.ts";
import type { Field } from "../sop/sop.ts";
import { clientOf, contextOf, type DeskParts, NO_RUN, type Stored } from "./desk-parts.ts";
import type { Path, Verb } from "./event.ts";
import { asksFor, offersOf, tickedIn } from "./fold-answer.ts";
import { placeOf } from "./path.ts";
import { EVIDENCE } from "./wait-card.ts";

const WORDS: Field = { name: "words", label: "Reason", type: "multiline", optional: true };
/** On a card its label is a question; in a sentence it is a thing. */
const PROOF: Field = { ...EVIDENCE, label: "Proof" };
const NOTE: Field = { ...WORDS, label: "Note", optional: false };

type Sent = { readonly path: Path; readonly verb: Verb; readonly values: Values };

/** Errors: `InputError` with every problem at `form.field`; `ConflictError` `nothing-ticked`, `not-taken`, `no-such-run`. */
export function typedIn(parts: DeskParts, stored: Stored, sent: Sent): Values {
	const check = (fields: readonly Field[], typed: Values): Values => checked(parts, stored, { fields, typed });
	const { verb, values } = sent;
	switch (verb) {
		case "submit":
			return check(formOf(stored, sent), values);
		case "complete":
			return completed(stored, sent, check);
		case "choose":
			return chosen(stored, sent, check);
		case "send-back":
		case "skip":
		case "stop":
			return check([WORDS], only(["words"], values));
		case "approve":
		case "acknowledge":
		case "claim":
		case "done":
		case "retry":
			return {};
		default:
			return unreachable(verb);
	}
}

/** The words of a note, or why something is done. Errors: `InputError` for none where they are needed, and too many. */
export function wordsIn(
	parts: DeskParts,
	stored: Stored,
	said: { readonly kind: "note" | "why"; readonly words: string },
) {
	const fields = [said.kind === "note" ? NOTE : WORDS];
	const { words = "" } = checked(parts, stored, { fields, typed: { words: said.words } });
	return String(words);
}

type Check = (fields: readonly Field[], typed: Values) => Values;

function checked(
	parts: DeskParts,
	{ run }: Stored,
	{ fields, typed }: { readonly fields: readonly Field[]; readonly typed: Values },
): Values {
	const client = clientOf(parts, run.client);
	if (client === undefined) throw new ConflictError("no-such-run", NO_RUN);
	const result = checkForm(fields, typed, contextOf(parts, client));
	if ("problems" in result) throw new InputError(result.problems);
	return result.values;
}

function only(names: readonly string[], values: Values): Values {
	return Object.fromEntries(Object.entries(values).filter(([name]) => names.includes(name)));
}

function formOf({ sop }: Stored, { path }: Sent): readonly Field[] {
	const step = placeOf(sop, path)?.step;
	return step?.kind === "ask" ? step.form : [];
}

/** No ticks mean nothing on a task that has no list; on one that has, they are a slip. What completes it needs its proof. */
function completed({ sop }: Stored, { path, values }: Sent, check: Check): Values {
	const step = placeOf(sop, path)?.step;
	if (step?.kind !== "task") return {};
	const list = step.checklist.map((_, at) => String(at));
	const given = tickedIn(values.checked);
	const ticked = given === undefined ? list : list.filter((item) => given.includes(item));
	if (list.length > 0 && ticked.length === 0)
		throw new ConflictError("nothing-ticked", "Tick what is done first. Nothing happened.");
	const ticks = given === undefined || list.length === 0 ? {} : { checked: ticked };
	if (!step.evidence || ticked.length < list.length) return ticks;
	if (isBlank(values.evidence))
		throw new InputError([{ path: "form.evidence", code: "missing", message: "Say what shows that it is done." }]);
	return { ...ticks, ...check([PROOF], only([PROOF.name], values)) };
}

function isBlank(typed: Values[string] | undefined): boolean {
	return typed === undefined || typed === null || (typeof typed === "string" && typed.trim() === "");
}

/** The way on, and the words it asks for. */
function chosen({ run }: Stored, { path, values }: Sent, check: Check): Values {
	const wait = run.steps[path]?.wait;
	const offer = wait && offersOf(wait, path).find(({ choice }) => choice.id === values.choice);
	if (offer === undefined) throw new ConflictError("not-taken", "This is not one of the choices. Nothing happened.");
	const { choice } = offer;
	const names = Object.keys(choice.with).filter((name) => asksFor(choice.with, name));
	const fields = names.map((name): Field => ({ name, label: name, type: "text", optional: true }));
	const typed = check(fields, only(names, asRecord(values.with)));
	return { choice: choice.id, ...(Object.keys(typed).length === 0 ? {} : { with: typed }) };
}
