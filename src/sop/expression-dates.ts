/**
 * What expressions may do with days (`2026-12-01`) and instants (`2026-12-01T07:00:00.000Z`). A day stays a day and an
 * instant an instant. Must never read a clock: `today` and `now` come with the event.
 */
import { fromMs } from "../base/time.ts";
import type { Arg, Callable } from "./expression-functions.ts";

/** Functions over days and instants. */
export const dateFunctions: { readonly [name: string]: Callable } = {
	addDays: { least: 2, most: 2, call: ([a, n]) => moved(a, n, 86_400_000) },
	addHours: { least: 2, most: 2, call: ([a, n]) => moved(a, n, 3_600_000) },
	addMinutes: { least: 2, most: 2, call: ([a, n]) => moved(a, n, 60_000) },
	date: { least: 1, most: 1, call: ([a]) => dayOf(a)?.toString() },
	year: { least: 1, most: 1, call: ([a]) => dayOf(a)?.year },
	month: { least: 1, most: 1, call: ([a]) => dayOf(a)?.month },
	dayOfMonth: { least: 1, most: 1, call: ([a]) => dayOf(a)?.day },
	/** 0 is Sunday, as adaptive-expressions has it. */
	dayOfWeek: {
		least: 1,
		most: 1,
		call: ([a]) => {
			const day = dayOf(a);
			return day === undefined ? undefined : day.dayOfWeek % 7;
		},
	},
	daysBetween: { least: 2, most: 2, call: daysBetween },
};

const DAY = /^\d{4}-\d{2}-\d{2}$/;
const INSTANT = /^\d{4}-\d{2}-\d{2}T[0-9:.]{5,18}(Z|[+-]\d{2}:\d{2})$/;
const FARTHEST = 36_600;

function dayOf(a: Arg): Temporal.PlainDate | undefined {
	if (typeof a !== "string") return undefined;
	try {
		if (DAY.test(a)) return Temporal.PlainDate.from(a);
		if (INSTANT.test(a)) return Temporal.Instant.from(a).toZonedDateTimeISO("UTC").toPlainDate();
	} catch {
		return undefined;
	}
	return undefined;
}

function moved(a: Arg, n: Arg, unitMs: number): Arg {
	if (typeof a !== "string" || typeof n !== "number" || !Number.isInteger(n)) return undefined;
	if (Math.abs(n * unitMs) > FARTHEST * 86_400_000) return undefined;
	const day = dayOf(a);
	if (day === undefined) return undefined;
	if (DAY.test(a) && unitMs === 86_400_000) return day.add({ days: n }).toString();
	if (DAY.test(a)) return undefined;
	return fromMs(Temporal.Instant.from(a).epochMilliseconds + n * unitMs);
}

function daysBetween([a, b]: readonly Arg[]): Arg {
	const [from, to] = [dayOf(a), dayOf(b)];
	if (from === undefined || to === undefined) return undefined;
	return from.until(to, { largestUnit: "day" }).days;
}
