/**
 * Lengths of time as authors write them, and when they are over. `2h` is wall clock; `2 working hours` and `1 working day`
 * count only the hours and days the client works. Must never read a clock.
 */
import { type Day, dayAt, type Instant, instantOf, plusMs, toMs, type Zone } from "../base/time.ts";
import { plural } from "../base/words.ts";
import type { Calendar, Duration } from "./sop.ts";

const UNITS: { readonly [unit: string]: number } = {
	s: 1000,
	second: 1000,
	m: 60_000,
	min: 60_000,
	minute: 60_000,
	h: 3_600_000,
	hour: 3_600_000,
	d: 86_400_000,
	day: 86_400_000,
	week: 7 * 86_400_000,
	month: 30 * 86_400_000,
	year: 365 * 86_400_000,
};
const LONGEST = 10 * 365 * 86_400_000;
/** How far ahead working time is looked for: a calendar without any is wall clock. */
const FARTHEST_DAYS = 3 * 366;
const WRITTEN = /^(\d{1,6}) ?(?:(working) )?([a-z]{1,7}?)s?$/;

/**
 * Reads `45m`, `2h`, `30 s`, `7 days`, `6 months` (of 30 days), `2 working hours`, `1 working day`. Undefined for anything
 * else, for numbers without a unit, zero, and more than ten years.
 */
export function parseDuration(text: unknown): Duration | undefined {
	if (typeof text !== "string") return undefined;
	const found = WRITTEN.exec(text.trim()) ?? undefined;
	if (found === undefined) return undefined;
	const count = Number(found[1]);
	const unit = found[3] === "" ? "s" : (found[3] as string);
	if (found[2] === "working" && (unit === "day" || unit === "d")) {
		return count > 0 && count <= 1000 ? { clock: "working-days", days: count } : undefined;
	}
	const ms = count * (Object.hasOwn(UNITS, unit) ? (UNITS[unit] as number) : Number.NaN);
	if (!(ms > 0 && ms <= LONGEST)) return undefined;
	if (found[2] === undefined) return { clock: "wall", ms };
	return unit === "h" || unit === "hour" || unit === "m" || unit === "min" || unit === "minute"
		? { clock: "working", ms }
		: undefined;
}

/**
 * When a length of time that begins at `from` is over. Working time runs only inside the client's hours. `N working days`
 * is over when the client closes on the Nth working day that had not begun at `from`: asked on Monday at 10:00, one
 * working day is over on Tuesday at close of business; asked on Monday before opening, on Monday.
 * A client that never works is counted on the wall clock.
 */
export function dueAt(from: Instant, length: Duration, calendar: Calendar, zone: Zone): Instant {
	switch (length.clock) {
		case "wall":
			return plusMs(from, length.ms);
		case "working":
			return afterWorking(from, length.ms, calendar, zone) ?? plusMs(from, length.ms);
		case "working-days":
			return afterDays(from, length.days, calendar, zone) ?? plusMs(from, length.days * 86_400_000);
	}
}

/** Says a length of time: "2 h", "45 min", "7 days", "2 working hours", "1 working day". */
export function sayDuration(length: Duration): string {
	if (length.clock === "working-days") return plural(length.days, "working day");
	if (length.clock === "working") {
		const hours = length.ms / 3_600_000;
		if (Number.isInteger(hours)) return plural(hours, "working hour");
		const minutes = length.ms / 60_000;
		return plural(minutes, "working minute");
	}
	const { ms } = length;
	if (ms % 2_592_000_000 === 0) return plural(ms / 2_592_000_000, "month");
	if (ms % 86_400_000 === 0) return plural(ms / 86_400_000, "day");
	if (ms % 3_600_000 === 0) return `${ms / 3_600_000} h`;
	if (ms % 60_000 === 0) return `${ms / 60_000} min`;
	return `${Math.round(ms / 1000)} s`;
}

function afterWorking(from: Instant, ms: number, calendar: Calendar, zone: Zone): Instant | undefined {
	let left = ms;
	let day = dayAt(from, zone);
	for (let looked = 0; looked < FARTHEST_DAYS; looked += 1) {
		for (const hours of opening(day, calendar, zone)) {
			const begin = hours.from > from ? hours.from : from;
			const span = toMs(hours.to) - toMs(begin);
			if (span >= left && span > 0) return plusMs(begin, left);
			left -= Math.max(0, span);
		}
		day = plusDays(day, 1);
	}
	return undefined;
}

function afterDays(from: Instant, days: number, calendar: Calendar, zone: Zone): Instant | undefined {
	let left = days;
	let day = dayAt(from, zone);
	for (let looked = 0; looked < FARTHEST_DAYS + 2 * days; looked += 1) {
		const open = opening(day, calendar, zone);
		const [first] = open;
		if (first !== undefined && first.from >= from) {
			left -= 1;
			if (left === 0) return open.at(-1)?.to;
		}
		day = plusDays(day, 1);
	}
	return undefined;
}

/** The hours the client works on that day, in order, as instants. */
function opening(
	day: Day,
	calendar: Calendar,
	zone: Zone,
): readonly { readonly from: Instant; readonly to: Instant }[] {
	if (calendar.holidays.includes(day)) return [];
	const weekday = String(Temporal.PlainDate.from(day).dayOfWeek);
	return (calendar.hours[weekday] ?? []).map((hours) => ({
		from: clock(day, hours.from, zone),
		to: clock(day, hours.to, zone),
	}));
}

function clock(day: Day, minutes: number, zone: Zone): Instant {
	if (minutes >= 1440) return instantOf(plusDays(day, 1), "00:00", zone);
	const hour = String(Math.trunc(minutes / 60)).padStart(2, "0");
	return instantOf(day, `${hour}:${String(minutes % 60).padStart(2, "0")}`, zone);
}

function plusDays(day: Day, days: number): Day {
	return Temporal.PlainDate.from(day).add({ days }).toString();
}
