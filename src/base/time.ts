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

/** The later of two. Instants compare as text. */
export function later(a: Instant, b: Instant): Instant {
	return a > b ? a : b;
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
