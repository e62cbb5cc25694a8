/**
 * Makes a client's calendar of working hours and days off. Holidays are snapshotted for three years, so a run never asks a
 * library what day it is. The only file that knows where holidays come from.
 */
import Holidays from "date-holidays";
import { asList, asRecord, isList, isRecord, type Json, type Values } from "../base/json.ts";
import { type At, type Report, suggest } from "./report.ts";
import type { Calendar } from "./sop.ts";

type Hours = { readonly from: number; readonly to: number };

const DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
const OFFICE: Values = { "mon-fri": "09:00-17:00" };

/** Compiles hours and holidays. `year` is the first of the three. Problems are reported; what is right is kept. */
export function compileCalendar(
	hours: Json | undefined,
	holidays: Json | undefined,
	year: number,
	report: Report,
): Calendar {
	return {
		hours: compileHours(hours, report),
		holidays: compileHolidays(asRecord(holidays), year, report),
	};
}

/** Tells whether a text names a time zone. */
export function isZone(zone: string): boolean {
	try {
		return zone.includes("/") || zone === "UTC"
			? Boolean(Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(zone))
			: false;
	} catch {
		return false;
	}
}

/** What to write for a text that is not a time zone. */
export function zoneRemedy(zone: string): string {
	const all = Intl.supportedValuesOf("timeZone");
	const place = zone.toLowerCase().replaceAll(" ", "_");
	const near = all.find((one) => one.toLowerCase().split("/").at(-1) === place);
	return `Write ${near ?? "an IANA zone, like Europe/Berlin"}.`;
}

function compileHours(written: Json | undefined, report: Report): Calendar["hours"] {
	const made: { [weekday: string]: readonly Hours[] } = {};
	for (const [key, value] of Object.entries(isRecord(written) ? written : OFFICE)) {
		const at: At = ["hours", key];
		const days = weekdays(key);
		if (days === undefined) {
			report(at, "not-a-weekday", `“${key}” is not a weekday or a range of them.`, {
				remedy: suggest(key, DAYS),
				which: "key",
			});
			continue;
		}
		const spans = (isList(value) ? value : [value]).map((one) => span(one));
		if (spans.some((one) => one === undefined)) {
			report(at, "bad-hours", "These are not hours of one day.", { remedy: 'Write them like "08:00-18:00".' });
		}
		const good = spans.filter((one) => one !== undefined).toSorted((a, b) => a.from - b.from);
		if (good.some((one, index) => index > 0 && one.from < (good[index - 1] as Hours).to)) {
			report(at, "bad-hours", "These hours overlap.", { remedy: "Make one of the two end before the other begins." });
		}
		for (const weekday of days) made[String(weekday)] = good;
	}
	return made;
}

function weekdays(key: string): readonly number[] | undefined {
	const [from, to] = key.toLowerCase().split("-", 2);
	const first = DAYS.indexOf(from ?? "");
	const last = to === undefined ? first : DAYS.indexOf(to);
	if (first < 0 || last < first) return undefined;
	return Array.from({ length: last - first + 1 }, (_, index) => first + index + 1);
}

function span(value: Json): Hours | undefined {
	const found = typeof value === "string" ? /^(\d{2}):(\d{2})-(\d{2}):(\d{2})$/.exec(value) : null;
	if (found === null) return undefined;
	const [a, b, c, d] = found.slice(1).map(Number) as [number, number, number, number];
	const [from, to] = [a * 60 + b, c * 60 + d];
	return b < 60 && d < 60 && from < to && to <= 1440 ? { from, to } : undefined;
}

function compileHolidays(written: Values, year: number, report: Report): readonly string[] {
	const days = new Set(list(written.also));
	const country = typeof written.country === "string" ? written.country.toUpperCase() : undefined;
	if (country !== undefined) for (const day of known(country, written.region, year, report)) days.add(day);
	for (const day of list(written.not)) days.delete(day);
	return [...days].sort();
}

function known(country: string, region: Json | undefined, year: number, report: Report): readonly string[] {
	const source = new Holidays();
	const countries = Object.keys(source.getCountries());
	if (!countries.includes(country)) {
		report(["holidays", "country"], "no-such-country", `“${country}” is not a country.`, {
			remedy: "Write two letters, like US or DE.",
		});
		return [];
	}
	const states = Object.keys(source.getStates(country) ?? {});
	const state =
		typeof region === "string" ? states.find((one) => one.toLowerCase() === region.toLowerCase()) : undefined;
	if (typeof region === "string" && state === undefined) {
		report(["holidays", "region"], "no-such-region", `${country} has no region “${region}”.`, {
			remedy: suggest(region, states),
		});
	}
	if (state === undefined) source.init(country);
	else source.init(country, state);
	return [year, year + 1, year + 2].flatMap((one) =>
		source.getHolidays(one).flatMap((day) => (day.type === "public" ? [day.date.slice(0, 10)] : [])),
	);
}

function list(value: Json | undefined): readonly string[] {
	return asList(value).filter((one) => typeof one === "string");
}
