/**
 * What a person reads when the desk says no: denied, decided already, stale, not confirmed. Goes by the error's class and
 * code, never by its text. Must never hide a mistake of ours: what it does not know it throws on.
 */
import { ConflictError, DeniedError, InputError, UnavailableError } from "../base/errors.ts";
import { toMs } from "../base/time.ts";
import { words } from "../base/words.ts";
import type { RunId } from "../engine/event.ts";
import { whereWords } from "../engine/via-words.ts";
import { adviceOf } from "./own-words.ts";
import type { Reply } from "./surface.ts";
import { type Answer, openRun, reply, type Turn } from "./turn.ts";

/** Puts an error of the desk into words for the person who acted. Errors: rethrows what is not ours to explain. */
export function explain(turn: Turn, error: unknown, run?: RunId): Promise<Reply> {
	if (error instanceof DeniedError) return denied(turn, error, run);
	if (error instanceof ConflictError) return conflict(turn, error, run);
	if (error instanceof InputError) {
		const [first, ...more] = error.problems.map((p) =>
			p.remedy === undefined ? p.message : `${p.message} ${p.remedy}`,
		);
		return tell(turn, { title: first ?? "Something is missing.", lead: [...more, "Nothing happened."] }, run);
	}
	if (error instanceof UnavailableError) return unavailable(turn, error, run);
	throw error;
}

/**
 * Refused: privately, with who can instead. Our own page takes a card's buttons away when one is pressed, so it is drawn
 * anew there; elsewhere the card is as it was, and drawing it would take away what is said on it.
 */
function denied(turn: Turn, error: DeniedError, run: RunId | undefined): Promise<Reply> {
	if (run !== undefined && turn.inbound.surface === "web") turn.refresh?.(run);
	return tell(turn, { title: error.message, lead: adviceOf(error) }, run);
}

function conflict(turn: Turn, error: ConflictError, run: RunId | undefined): Promise<Reply> {
	switch (error.code) {
		case "decided":
			return decided(turn, error, run);
		case "stale":
		case "not-taken":
			return expired(turn, run, error.facts.at);
		case "nothing-ticked":
			return tell(turn, { title: error.message, lead: [] }, undefined);
		case "no-such-run":
			return tell(
				turn,
				{ title: "There is no such run that you can see. Nothing was done.", lead: ["“runs” lists the open ones."] },
				undefined,
			);
		default: {
			const other = error.facts.run ?? run;
			return tell(turn, { title: error.message, lead: adviceOf(error) }, other);
		}
	}
}

/** Sooner than this nobody counts. */
const JUST_MS = 5000;

/** Who decided, when, how long before. */
function decided(turn: Turn, error: ConflictError, run: RunId | undefined): Promise<Reply> {
	if (run !== undefined) turn.refresh?.(run);
	const { by, at, verb, via } = error.facts;
	if (by === undefined || at === undefined)
		return tell(turn, { title: error.message, lead: ["Nothing more is needed."] }, run);
	const before = Math.max(0, toMs(turn.inbound.at) - toMs(at));
	const title = words(
		{ person: by },
		` ${past(verb)}`,
		...whereWords(via),
		" at ",
		{ timeAt: at },
		...(by === turn.actor.id
			? ["."]
			: before < JUST_MS
				? [", just before you."]
				: [", ", { span: before }, " before you."]),
	);
	return tell(turn, { title, lead: ["Nothing more is needed."], summary: title }, run);
}

/** The card is old; the newest one is a press away. */
export function expired(turn: Turn, run: RunId | undefined, at?: string): Promise<Reply> {
	if (run !== undefined) turn.refresh?.(run);
	const title =
		at === undefined
			? "This card is from before; the question has moved on. Nothing happened."
			: words("This card is from before ", { timeAt: at }, "; the question has moved on. Nothing happened.");
	return tell(
		turn,
		{ title, lead: run === undefined ? ["“approvals” shows what waits for you now."] : [], summary: title },
		run,
	);
}

/** Not confirmed yet, when the store has not said so; else that it cannot be done now. */
function unavailable(turn: Turn, error: UnavailableError, run: RunId | undefined): Promise<Reply> {
	if (error.code === "unconfirmed") {
		const lead = ["Your card will show it; pressing again cannot start it twice."];
		return tell(turn, { title: "Not confirmed yet.", lead }, run);
	}
	const advice = adviceOf(error);
	const lead = advice.length === 0 ? ["Nothing happened. Pressing again is safe."] : advice;
	return tell(turn, { title: error.message, lead }, run);
}

async function tell(turn: Turn, answer: Answer, id: RunId | undefined): Promise<Reply> {
	const run = id === undefined ? undefined : await turn.desk.read(turn.actor, id);
	const buttons = run === undefined ? [] : [openRun(run.id)];
	return reply(turn, { ...answer, buttons }, { card: "error", run });
}

const PAST: { readonly [verb: string]: string } = {
	approve: "approved this",
	"send-back": "sent this back",
	complete: "finished this",
	retry: "chose to try again",
	skip: "skipped this",
	done: "did this by hand",
	stop: "stopped the run",
	claim: "took this on",
	acknowledge: "has read this",
};

function past(verb: string | undefined): string {
	return PAST[verb ?? ""] ?? "answered this";
}
