/**
 * How lengths of time are written, and when they are over: on the wall clock, in working hours, in working days, across
 * holidays and clock changes.
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { dayAt, fromMs, instantOf, toMs } from "../../src/base/time.ts";
import { dueAt, parseDuration, sayDuration } from "../../src/sop/duration.ts";
import type { Calendar, Duration } from "../../src/sop/sop.ts";

const NEW_YORK = "America/New_York";
const office = [{ from: 480, to: 1080 }];
const week: Calendar = {
	hours: { "1": office, "2": office, "3": office, "4": office, "5": office, "6": [{ from: 540, to: 720 }] },
	holidays: ["2026-11-26", "2026-11-27"],
};
const wall = (ms: number): Duration => ({ clock: "wall", ms });
const working = (ms: number): Duration => ({ clock: "working", ms });
const days = (count: number): Duration => ({ clock: "working-days", days: count });
const at = (day: string, time: string) => instantOf(day, time, NEW_YORK);

describe("parseDuration", () => {
	const rows: readonly (readonly [unknown, Duration | undefined])[] = [
		["2h", wall(7_200_000)],
		["45m", wall(2_700_000)],
		["8h", wall(28_800_000)],
		["30s", wall(30_000)],
		["30 s", wall(30_000)],
		["7 days", wall(7 * 86_400_000)],
		["6 months", wall(180 * 86_400_000)],
		["2 working hours", working(7_200_000)],
		["30 working minutes", working(1_800_000)],
		["1 working day", days(1)],
		["3 working days", days(3)],
		[45, undefined],
		["45", undefined],
		["0m", undefined],
		["-1h", undefined],
		["1.5h", undefined],
		["2 working weeks", undefined],
		["soon", undefined],
		["99 years", undefined],
		[null, undefined],
	];
	for (const [written, expected] of rows) {
		it(`reads ${JSON.stringify(written)} as ${JSON.stringify(expected)}`, () =>
			assert.deepEqual(parseDuration(written), expected));
	}

	it("reads back what it says", () => {
		fc.assert(
			fc.property(
				fc.integer({ min: 1, max: 500 }),
				fc.constantFrom("s", "m", "h", " days", " working hours", " working days"),
				(count, unit) => {
					const length = parseDuration(`${count}${unit}`);
					assert.ok(length !== undefined);
					assert.deepEqual(parseDuration(sayDuration(length)), length);
				},
			),
		);
	});
});

describe("dueAt", () => {
	const rows: readonly (readonly [string, readonly [string, string], Duration, readonly [string, string]])[] = [
		["working hours end within the day", ["2026-11-23", "10:00"], working(7_200_000), ["2026-11-23", "12:00"]],
		[
			"working hours begun at night start at opening",
			["2026-11-23", "03:00"],
			working(7_200_000),
			["2026-11-23", "10:00"],
		],
		["working hours go on the next day", ["2026-11-23", "17:00"], working(7_200_000), ["2026-11-24", "09:00"]],
		[
			"working hours pass over holidays and count Saturday morning",
			["2026-11-25", "17:30"],
			working(3_600_000),
			["2026-11-28", "09:30"],
		],
		["a working day asked during hours ends the next one", ["2026-11-23", "10:00"], days(1), ["2026-11-24", "18:00"]],
		["a working day asked before opening ends the same day", ["2026-11-23", "07:00"], days(1), ["2026-11-23", "18:00"]],
		["a working day passes over holidays", ["2026-11-25", "10:00"], days(1), ["2026-11-28", "12:00"]],
		["a working day passes over Sunday", ["2026-11-28", "10:00"], days(1), ["2026-11-30", "18:00"]],
	];
	for (const [what, from, length, due] of rows) {
		it(what, () => assert.equal(dueAt(at(...from), length, week, NEW_YORK), at(...due)));
	}

	it("counts real hours across the clock changes of spring and autumn", () => {
		const nights: Calendar = { hours: { "7": [{ from: 0, to: 1440 }], "1": [{ from: 0, to: 1440 }] }, holidays: [] };
		const spring = dueAt(at("2027-03-14", "00:00"), working(23 * 3_600_000), nights, NEW_YORK);
		assert.equal(spring, at("2027-03-15", "00:00"));
		const autumn = dueAt(at("2026-11-01", "00:00"), working(25 * 3_600_000), nights, NEW_YORK);
		assert.equal(autumn, at("2026-11-02", "00:00"));
		assert.equal(dueAt("2027-03-14T05:00:00.000Z", wall(86_400_000), week, NEW_YORK), "2027-03-15T05:00:00.000Z");
	});

	it("falls back to the wall clock for a client that never works", () => {
		const never: Calendar = { hours: {}, holidays: [] };
		assert.equal(dueAt("2026-11-22T12:00:00.000Z", working(3_600_000), never, NEW_YORK), "2026-11-22T13:00:00.000Z");
		assert.equal(dueAt("2026-11-22T12:00:00.000Z", days(2), never, NEW_YORK), "2026-11-24T12:00:00.000Z");
	});

	const instants = fc
		.integer({ min: toMs("2026-01-01T00:00:00.000Z"), max: toMs("2027-12-31T00:00:00.000Z") })
		.map(fromMs);
	const lengths = fc.oneof(
		fc.integer({ min: 1, max: 40 * 60 }).map((minutes) => working(minutes * 60_000)),
		fc.integer({ min: 1, max: 6 }).map(days),
	);
	const zones = fc.constantFrom(NEW_YORK, "Europe/Berlin", "Asia/Kolkata", "Australia/Lord_Howe", "UTC");

	it("is later than its beginning, falls inside working time, and never runs backwards", () => {
		fc.assert(
			fc.property(instants, instants, lengths, zones, (a, b, length, zone) => {
				const [first, second] = a < b ? [a, b] : [b, a];
				const [due, next] = [dueAt(first, length, week, zone), dueAt(second, length, week, zone)];
				assert.ok(due > first);
				assert.ok(due <= next);
				const day = dayAt(due, zone);
				assert.ok(!week.holidays.includes(day));
				assert.ok(week.hours[String(Temporal.PlainDate.from(day).dayOfWeek)] !== undefined);
			}),
			{ numRuns: 300 },
		);
	});

	it("adds up: two lengths one after the other are the sum", () => {
		const parts = fc.integer({ min: 1, max: 900 }).map((minutes) => minutes * 60_000);
		fc.assert(
			fc.property(instants, parts, parts, zones, (from, a, b, zone) => {
				const stepped = dueAt(dueAt(from, working(a), week, zone), working(b), week, zone);
				assert.equal(stepped, dueAt(from, working(a + b), week, zone));
			}),
			{ numRuns: 300 },
		);
	});
});
