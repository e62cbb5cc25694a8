/**
 * The earliest and latest day a date field takes: a day, or days counted from today. Must never read a clock.
 */
import type { Day } from "../base/time.ts";

const LIMIT = /^(?:today(?: ?([+-]) ?(\d{1,5}))?|(\d{4}-\d{2}-\d{2}))$/;

/** Tells whether a text is a limit: `2026-12-01`, `today`, `today-30`, `today+365`. */
export function isLimit(text: string): boolean {
	if (!LIMIT.test(text)) return false;
	try {
		return limitOf(text, "2026-01-01") !== undefined;
	} catch {
		return false;
	}
}

/** The day a limit means when today is that day. Undefined when there is no limit. */
export function limitOf(limit: string | undefined, today: Day): Day | undefined {
	const found = limit === undefined ? null : LIMIT.exec(limit);
	if (found === null) return undefined;
	if (found[3] !== undefined) return Temporal.PlainDate.from(found[3], { overflow: "reject" }).toString();
	const days = Number(found[2] ?? 0) * (found[1] === "-" ? -1 : 1);
	return Temporal.PlainDate.from(today).add({ days }).toString();
}
