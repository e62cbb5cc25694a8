/**
 * Times, days and lengths of time as people read them (24 h, "today", "Tue 1 Dec", two units at most). Pure: the moment
 * that counts as now is handed in. Must never print a zone's abbreviation or offset.
 */
import type { Day, Instant, Zone } from "../base/time.ts";
import { dayAt } from "../base/time.ts";

/** Holds a number and its noun, or the parts of a date, on one line. */
export const NBSP = "\u00a0";

const WEEKDAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** Whose clock is read: the reader's zone, and the client's beside it when the two differ. */
export type Clocks = {
	readonly now: Instant;
	readonly zone: Zone;
	/** "New York". */
	readonly place: string;
	readonly clientZone: Zone;
	readonly clientPlace: string;
	/** Read by several people: times are the client's, and say the place. */
	readonly shared: boolean;
};

/** Writes a moment: "today at 14:20 (09:20 New York)", "tomorrow at 07:00", "Tue 1 Dec, 07:00". */
export function momentWords(at: Instant, clocks: Clocks): string {
	const zone = clocks.shared ? clocks.clientZone : clocks.zone;
	const day = dayAt(at, zone);
	const name = nearDay(day, dayAt(clocks.now, zone));
	const time = timeWords(at, clocks, true);
	return name === undefined ? `${dateWords(day, thisYear(clocks))}, ${time}` : `${name} at${NBSP}${time}`;
}

/** Writes a moment's time of day: "14:20", "14:20 (09:20 New York)". `weekday` names the client's day when it is another. */
export function timeWords(at: Instant, clocks: Clocks, weekday = false): string {
	const theirs = wall(at, clocks.clientZone);
	if (clocks.shared) return `${theirs.time}${NBSP}${held(clocks.clientPlace)}`;
	return `${wall(at, clocks.zone).time}${besideWords(at, clocks, weekday)}`;
}

/** Writes the client's time to stand behind the reader's own, " (09:20 New York)". Nothing where both are known to agree. */
export function besideWords(at: Instant, clocks: Clocks, weekday = false): string {
	const [own, theirs] = [wall(at, clocks.zone), wall(at, clocks.clientZone)];
	if (!clocks.shared && own.time === theirs.time && own.day === theirs.day) return "";
	const day = weekday && (clocks.shared || own.day !== theirs.day) ? `${weekdayOf(theirs.day)}${NBSP}` : "";
	return ` (${day}${theirs.time}${NBSP}${held(clocks.clientPlace)})`;
}

/** Writes a calendar day. It is "today" or "tomorrow" only where reader and client agree which day it is now. */
export function dayWords(day: Day, clocks: Clocks): string {
	const today = dayAt(clocks.now, clocks.clientZone);
	const agreed = clocks.shared || today === dayAt(clocks.now, clocks.zone);
	return (agreed ? nearDay(day, today) : undefined) ?? dateWords(day, thisYear(clocks));
}

/** Writes a length of time in ms, rounded down, two units at most: "12 s", "14 min", "1 h 24 min", "7 days 21 h". */
export function spanWords(ms: number): string {
	const seconds = Math.max(0, Math.floor(ms / 1000));
	if (seconds < 60) return `${seconds}${NBSP}s`;
	const minutes = Math.floor(seconds / 60);
	if (minutes < 60) return `${minutes}${NBSP}min`;
	const hours = Math.floor(minutes / 60);
	if (hours < 24) return units(`${hours}${NBSP}h`, minutes % 60, "min");
	const days = Math.floor(hours / 24);
	return units(`${days}${NBSP}${days === 1 ? "day" : "days"}`, hours % 24, "h");
}

/** Writes how long ago something was: "just now" under 5 s, else "14 min ago". */
export function agoWords(ms: number): string {
	return ms < 5000 ? "just now" : `${spanWords(ms)} ago`;
}

/** Writes a day: "Tue 1 Dec" in this year, "30 Jun 2027" in another. */
export function dateWords(day: Day, year: number): string {
	const date = Temporal.PlainDate.from(day);
	const rest = `${date.day}${NBSP}${MONTHS[date.month - 1]}`;
	return date.year === year ? `${weekdayOf(day)}${NBSP}${rest}` : `${rest}${NBSP}${date.year}`;
}

function units(first: string, rest: number, noun: string): string {
	return rest === 0 ? first : `${first}${NBSP}${rest}${NBSP}${noun}`;
}

function nearDay(day: Day, today: Day): string | undefined {
	if (day === today) return "today";
	return Temporal.PlainDate.from(today).add({ days: 1 }).toString() === day ? "tomorrow" : undefined;
}

function weekdayOf(day: Day): string {
	return WEEKDAYS[Temporal.PlainDate.from(day).dayOfWeek - 1] ?? "";
}

function thisYear(clocks: Clocks): number {
	return Temporal.PlainDate.from(dayAt(clocks.now, clocks.shared ? clocks.clientZone : clocks.zone)).year;
}

function wall(at: Instant, zone: Zone): { readonly time: string; readonly day: Day } {
	const local = Temporal.Instant.from(at).toZonedDateTimeISO(zone);
	return {
		time: local.toPlainTime().toString({ smallestUnit: "minute" }),
		day: local.toPlainDate().toString(),
	};
}

function held(text: string): string {
	return text.replaceAll(" ", NBSP);
}
