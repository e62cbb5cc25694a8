/**
 * A run's journal as people read it, and whether its chain is whole: every row hashed again, every link followed. Must never
 * call a chain whole that it has not read from the first row to the last.
 */
import { type Html, html } from "../base/html.ts";
import { asList, asRecord, asText, isRecord, type Json, sha256 } from "../base/json.ts";
import { dayAt } from "../base/time.ts";
import { type WordsJson, words } from "../base/words.ts";
import type { Reader } from "../cards/fill.ts";
import type { Recorded } from "../engine/ports.ts";
import { viaWords } from "../engine/via-words.ts";
import { counted } from "./plan-list.ts";
import { dayOf, marked, moment, wallClock } from "./reader.ts";

/** Rows that a page reads at most; a longer journal is checked by `GET /api/v1/runs/:id/events`. */
const MOST_READ = 2000;
const SHOWN = 12;
const START = "0".repeat(64);

type Journal = {
	readonly rows: readonly Recorded[];
	readonly chain: "whole" | "broken" | "long";
	readonly brokenAt?: number;
};

/** `all`: every row. `nameOf`: the name of the step at a path. */
type Shown = {
	readonly run: string;
	readonly all: boolean;
	readonly nameOf: (path: string) => string | undefined;
};

/** Reads a journal and checks its chain. */
export async function readJournal(source: AsyncIterable<Recorded>): Promise<Journal> {
	const rows: Recorded[] = [];
	let prev = START;
	let brokenAt: number | undefined;
	for await (const row of source) {
		if (rows.length === MOST_READ) return { rows, chain: brokenAt === undefined ? "long" : "broken" };
		const { run, seq, at, kind } = row;
		const hash = sha256([row.prev, run, seq, at, kind, row.payloadHash].join("\n"));
		const holds = row.prev === prev && row.hash === hash && row.payloadHash === payloadHash(row.payload);
		if (!holds) brokenAt ??= seq;
		prev = row.hash;
		rows.push(row);
	}
	return brokenAt === undefined ? { rows, chain: "whole" } : { rows, chain: "broken", brokenAt };
}

/** Draws the newest rows, or all of them. */
export function journalOf(journal: Journal, reader: Reader, more: Shown): Html {
	const newest = [...journal.rows].reverse();
	const shown = more.all ? newest : newest.slice(0, SHOWN);
	const count = journal.rows.length;
	return html`<section class="section" aria-labelledby="journal"><h2 id="journal">Journal <span class="meta num">${
		count === 1 ? "1 entry" : `${count} entries`
	}, ${chainWords(journal)}</span></h2>
<ol class="journal" reversed>${shown.map((row, n) => [dayLine(row, shown[n - 1], reader), rowOf(row, reader, more.nameOf)])}</ol>
${shown.length < count && html`<p><a href="/runs/${more.run}?journal=all#journal">All ${count} entries</a></p>`}</section>`;
}

/** Names the day where it is not that of the row above, or not today. */
function dayLine(row: Recorded, above: Recorded | undefined, reader: Reader): Html | undefined {
	const day = dayAt(row.at, reader.zone);
	const before = dayAt(above?.at ?? reader.now, reader.zone);
	return day === before ? undefined : html`<li class="day">${dayOf(day, reader)}</li>`;
}

function chainWords({ chain, brokenAt }: Journal): string {
	if (chain === "whole") return "chain whole";
	return chain === "long" ? `the first ${MOST_READ} checked` : `chain broken at entry ${brokenAt ?? ""}`;
}

function payloadHash(payload: Json): string {
	return typeof payload === "string" ? sha256(JSON.stringify(payload)) : sha256(payload);
}

function rowOf(row: Recorded, reader: Reader, nameOf: Shown["nameOf"]): Html {
	const time = wallClock(row.at, reader.zone, "second");
	const path = pathOf(row.payload);
	const name = nameOf(path.replace(/#[0-9]+$/, ""));
	return html`<li><time datetime="${row.at}">${time}</time><span>${name !== undefined && `${name}: `}${marked(sentenceOf(row), reader)} <code>#${row.seq} ${row.kind}${
		path !== "" && ` ${path}`
	} · <span>${row.hash.slice(0, 4)}…${row.hash.slice(-2)}</span></code><span class="sr">${moment(row.at, reader)}</span></span></li>`;
}

function pathOf(payload: Json): string {
	if (!isRecord(payload)) return "";
	const { step, wait } = payload;
	return typeof step === "string" ? step : asText(wait);
}

function sentenceOf({ kind, payload }: Recorded): WordsJson {
	const fact = asRecord(payload);
	const by = typeof fact.by === "string" ? [{ person: fact.by }] : [];
	switch (kind) {
		case "started": {
			const request = asRecord(fact.request);
			const who = typeof request.by === "string" ? [{ person: request.by }] : [];
			return words(
				...who,
				who.length > 0 ? ` asked for it, ${viaWords(String(request.via)) ?? "in Sopwith"}` : "It was asked for",
			);
		}
		case "planned":
			return words(`Planned, ${changesOf(fact.plan)}`);
		case "plan-failed":
			return words("It could not be planned; nothing changed");
		case "attempt-began":
			return words(`Try ${String(fact.attempt)} began, ${count(fact.changes)}`);
		case "attempt-ended":
			return words(endWords(fact));
		case "answered":
			return words(
				...by,
				` ${ANSWERED[String(fact.verb)] ?? "answered"}, ${viaWords(String(fact.via)) ?? "in Sopwith"}`,
			);
		case "timer-fired":
			return words(TIMERS[String(fact.timer)] ?? "A moment came that was waited for");
		case "amended":
			return words(...by, " corrected what was asked for");
		case "noted":
			return words(...by, ` noted: ${String(fact.words)}`);
		case "child-ended":
			return words("A run that belongs to this one ended");
		case "steered":
			return words(
				...by,
				` ${STEERED[String(fact.verb)] ?? "steered"} the run${fact.words ? `: ${String(fact.words)}` : ""}`,
			);
	}
}

function endWords(fact: { readonly [name: string]: Json }): string {
	const outcome = asRecord(fact.outcome);
	const applied = Array.isArray(outcome.applied) ? outcome.applied.length : 0;
	const changed = applied === 0 ? "Nothing changed." : `${counted(applied, "change")} made.`;
	switch (outcome.kind) {
		case "done":
			return `Done and read back. ${changed}`;
		case "not-yet":
			return "Not so yet; it is looked at again";
		case "refused":
			return `${typeof outcome.message === "string" ? outcome.message : "It was refused."} ${changed}`;
		default:
			return "Sent, and no answer came back";
	}
}

function changesOf(plan: Json | undefined): string {
	const entries = asList(asRecord(plan).entries);
	return counted(
		entries.reduce(
			(sum: number, one: Json) => sum + (isRecord(one) && Array.isArray(one.changes) ? one.changes.length : 0),
			0,
		),
		"change",
	);
}

function count(changes: Json | undefined): string {
	return counted(Array.isArray(changes) ? changes.length : 0, "change");
}

type Table = { readonly [key: string]: string };
const ANSWERED: Table = {
	approve: "approved",
	"send-back": "sent it back",
	submit: "answered",
	complete: "said it is done",
	retry: "said to try again",
	skip: "skipped it",
	done: "did it by hand",
	stop: "stopped the run",
	choose: "chose another way",
	claim: "took it",
	acknowledge: "read it",
};
const STEERED: Table = { cancel: "cancelled", pause: "paused", resume: "resumed" };
const TIMERS: Table = {
	remind: "A reminder was due",
	overdue: "It was overdue; someone else is asked too",
	due: "It is due now",
	until: "The moment it waited for came",
	again: "Time to try again",
	look: "Time to look again",
	"give-up": "It was waited for long enough",
};
