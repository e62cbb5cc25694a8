/**
 * Time as data. Instants are RFC 3339 text in UTC with milliseconds, so they sort as text and mean the same everywhere.
 * The only file that reads a clock; everything else is handed a `Clock`. Must never use `Date`.
 */

/** `2026-11-22T12:26:01.519Z`: always UTC, always three decimals. */
export type Instant = string & { readonly __instant?: never };
/** `2026-12-01`: a day on a calendar, in whatever zone it is asked about. */
export type Day = string;
/** An IANA zone name, e.g. `America/New_York`. */
export type Zone = string;

export interface Clock {
	now(): Instant;
}

export const systemClock: Clock = { now: () => fromMs(Temporal.Now.instant().epochMilliseconds) };

export function fromMs(epochMs: number): Instant {
	return Temporal.Instant.fromEpochMilliseconds(epochMs).toString({ fractionalSecondDigits: 3 });
}

export function toMs(at: Instant): number {
	return Temporal.Instant.from(at).epochMilliseconds;
}

export function plusMs(at: Instant, ms: number): Instant {
	return fromMs(toMs(at) + ms);
}

/** Reads a value that may be anything as an instant. Undefined: it is none. */
export function asInstant(value: unknown): Instant | undefined {
	if (typeof value !== "string") return undefined;
	try {
		return fromMs(toMs(value));
	} catch {
		return undefined;
	}
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** Reads a date as HTTP has it, `Sun, 06 Nov 1994 08:49:37 GMT`. Undefined: it is none. Source: RFC 9110, 5.6.7. */
export function fromHttpDate(text: string): Instant | undefined {
	const parts = /^[A-Z][a-z]{2}, (\d{2}) ([A-Z][a-z]{2}) (\d{4}) (\d{2}:\d{2}:\d{2}) GMT$/.exec(text);
	const month = MONTHS.indexOf(parts?.[2] ?? "") + 1;
	if (parts === null || month === 0) return undefined;
	// There is no 31st of February.
	return asInstant(`${parts[3]}-${String(month).padStart(2, "0")}-${parts[1]}T${parts[4]}Z`);
}

/** The later of two. Instants compare as text. */
export function later(a: Instant, b: Instant): Instant {
	return a > b ? a : b;
}

/** A zone's place as people say it: "New York". */
export function zonePlace(zone: Zone): string {
	return (zone.split("/").at(-1) ?? zone).replaceAll("_", " ");
}

/** The day it is at that instant in that zone. */
export function dayAt(at: Instant, zone: Zone): Day {
	return Temporal.Instant.from(at).toZonedDateTimeISO(zone).toPlainDate().toString();
}

/**
 * The instant of a wall-clock time in a zone. A time that a clock change skips becomes the first one after it; one that
 * happens twice is the first.
 */
export function instantOf(day: Day, time: string, zone: Zone): Instant {
	const wall = Temporal.PlainDate.from(day).toPlainDateTime(Temporal.PlainTime.from(time));
	return fromMs(wall.toZonedDateTime(zone, { disambiguation: "compatible" }).epochMilliseconds);
}
