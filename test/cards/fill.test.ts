/**
 * Sentences filled for a reader: names, moments and lengths of time, as WORDS has them.
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { InvariantError } from "../../src/base/errors.ts";
import { fromMs, toMs } from "../../src/base/time.ts";
import { type WordsJson, words } from "../../src/base/words.ts";
import { emptyCard } from "../../src/cards/card.ts";
import { filledOf, fillWords, type Reader, say, sayRuns } from "../../src/cards/fill.ts";
import { agoWords, dateWords, spanWords } from "../../src/cards/time-words.ts";
import { reader } from "./samples.ts";

const said = (text: WordsJson, change: Partial<Reader> = {}) => say(text, { ...reader, ...change });
const plain = (text: string) => text.replaceAll("\u00a0", " ");
const local: Partial<Reader> = { zone: "America/New_York", place: "New York" };

function shared(): Reader {
	const { you: _, ...rest } = reader;
	return rest;
}

describe("a moment", () => {
	const at = "2026-11-23T14:20:00.000Z";
	it("today has the reader's time with the client's beside it, and does not break", () => {
		assert.equal(said(words("Reminder ", { at }, ".")), "Reminder today at\u00a014:20 (09:20\u00a0New\u00a0York).");
	});
	it("stands alone for a reader who lives by the client's clock", () => {
		assert.equal(plain(said(words({ at }), local)), "today at 09:20");
		assert.equal(plain(said(words({ timeAt: at }), local)), "09:20");
	});
	it("tomorrow says so, and after that it is a date", () => {
		assert.equal(plain(said(words({ at: "2026-11-24T12:00:00.000Z" }), local)), "tomorrow at 07:00");
		assert.equal(plain(said(words({ at: "2026-12-01T12:00:00.000Z" }))), "Tue 1 Dec, 12:00 (07:00 New York)");
	});
	it("names the client's day where it is another", () => {
		assert.equal(plain(said(words({ at: "2026-12-01T02:20:00.000Z" }))), "Tue 1 Dec, 02:20 (Mon 21:20 New York)");
		assert.equal(plain(said(words({ timeAt: "2026-12-01T02:20:00.000Z" }))), "02:20 (21:20 New York)");
	});
	it("is the client's, with its place, where several people read", () => {
		assert.equal(plain(say(words({ at }), shared())), "today at 09:20 New York");
		assert.equal(plain(say(words({ timeAt: at }), shared())), "09:20 New York");
	});
	it("says the year only when it is not this one", () => {
		assert.equal(plain(said(words({ day: "2027-06-30" }))), "30 Jun 2027");
		assert.equal(plain(said(words({ day: "2026-12-01" }))), "Tue 1 Dec");
	});
	it("is today or tomorrow only where reader and client agree on the day", () => {
		const late = { now: "2026-11-24T03:00:00.000Z" };
		assert.equal(plain(said(words({ day: "2026-11-24" }), late)), "Tue 24 Nov");
		assert.equal(said(words({ day: "2026-11-23" })), "today");
		assert.equal(said(words({ day: "2026-11-24" })), "tomorrow");
	});
});

describe("a length of time", () => {
	it("has two units at most, rounded down", () => {
		const cases: readonly (readonly [number, string])[] = [
			[0, "0 s"],
			[12_900, "12 s"],
			[59_999, "59 s"],
			[60_000, "1 min"],
			[864_000, "14 min"],
			[3_600_000, "1 h"],
			[5_040_000, "1 h 24 min"],
			[86_400_000, "1 day"],
			[684_000_000, "7 days 22 h"],
		];
		for (const [ms, text] of cases) assert.equal(plain(spanWords(ms)), text);
		assert.equal(agoWords(4_999), "just now");
		assert.equal(plain(agoWords(5_000)), "5 s ago");
	});
	it("never says more than is so, and less by under one of its smallest unit", () => {
		const sizes: { readonly [unit: string]: number } = { s: 1e3, min: 6e4, h: 36e5, day: 864e5, days: 864e5 };
		fc.assert(
			fc.property(fc.integer({ min: 0, max: 4e10 }), (ms) => {
				const parts = spanWords(ms).split("\u00a0");
				assert.ok(parts.length === 2 || parts.length === 4);
				const units = parts.filter((_, at) => at % 2 === 1).map((unit) => sizes[unit] ?? Number.NaN);
				const told = units.reduce((sum, size, at) => sum + size * Number(parts[at * 2]), 0);
				const lead = units[0] ?? 0;
				const smallest = lead === 864e5 ? 36e5 : lead === 36e5 ? 6e4 : lead;
				assert.ok(told <= ms && ms - told < smallest, `${ms} is told as ${parts.join(" ")}`);
			}),
		);
	});
	it("never grows when time shrinks", () => {
		fc.assert(fc.property(fc.integer({ min: -1e6, max: -1 }), (ms) => spanWords(ms) === "0\u00a0s"));
	});
});

describe("a date", () => {
	it("can be read back to the day it was", () => {
		const days = fc.integer({ min: 0, max: 365 * 60 }).map((n) => fromMs(n * 864e5).slice(0, 10));
		fc.assert(
			fc.property(days, (day) => {
				const year = Number(day.slice(0, 4));
				const [weekday, date, month] = dateWords(day, year).split("\u00a0");
				const back = new Intl.DateTimeFormat("en-US", {
					weekday: "short",
					day: "numeric",
					month: "short",
					timeZone: "UTC",
				});
				const parts = Object.fromEntries(
					back.formatToParts(toMs(`${day}T00:00:00.000Z`)).map((p) => [p.type, p.value]),
				);
				assert.deepEqual([weekday, date, month], [parts.weekday, parts.day, parts.month]);
				assert.equal(dateWords(day, year + 1).endsWith(`\u00a0${year}`), true);
			}),
		);
	});
});

describe("people", () => {
	it("are named in full, by their first name, or as you", () => {
		assert.equal(said(words({ person: "mo" }, " approved")), "Mo Manager approved");
		assert.equal(said(words({ person: "mo", first: true })), "Mo");
		assert.equal(said(words({ person: "tia" }, " approved")), "You approved");
		assert.equal(said(words("Approved by ", { person: "tia" }, ".")), "Approved by you.");
	});
	it("who are unknown are said to be", () => {
		assert.equal(said(words("Asked by ", { person: "zz" })), "Asked by someone we do not know");
	});
	it("who are asked are one, two, or a number of a group, with the verb agreeing", () => {
		assert.equal(said(words({ who: ["it-lead"] }, " is asked.")), "Mo Manager is asked.");
		assert.equal(said(words({ who: ["it-lead"] }, " is asked."), { you: "mo" }), "You are asked.");
		assert.equal(
			said(words("Nothing changed. ", { who: ["owner"] }, " is asked.")),
			"Nothing changed. You or Di Okafor is asked.",
		);
		assert.equal(
			plain(say(words({ who: ["service-desk"] }, " is asked."), shared())),
			"3 people of the service desk are asked.",
		);
		assert.equal(
			plain(said(words("Waiting for ", { who: ["service-desk"] }))),
			"Waiting for you or 2 others of the service desk",
		);
		assert.equal(said(words({ who: ["security-lead"] }, " is asked.")), "The security lead is asked.");
	});
});

describe("a sentence", () => {
	it("keeps what is bold apart", () => {
		assert.deepEqual(sayRuns(words("Type ", { strong: "Contoso Ltd" }, "."), reader), [
			{ text: "Type ", strong: false },
			{ text: "Contoso Ltd", strong: true },
			{ text: ".", strong: false },
		]);
	});
	it("loses what turns the direction of writing, and controls", () => {
		assert.equal(say("Ada\u202egro.live\u0007\u200f", reader), "Adagro.live");
	});
	it("is one line, so that nobody's name can add another", () => {
		assert.equal(say("Ada\n+ Give 9 licences\u2028now", reader), "Ada + Give 9 licences now");
	});
	it("with a hole nobody knows is a mistake of ours", () => {
		assert.throws(() => say({ $words: [{ colour: "red" }] }, reader), InvariantError);
	});
	it("that was not filled cannot be drawn", () => {
		const card = { ...emptyCard, title: words({ person: "mo" }), summary: "" };
		assert.throws(() => filledOf(card), InvariantError);
		assert.deepEqual(filledOf(fillWords(card, reader)), fillWords(card, reader));
	});
});
