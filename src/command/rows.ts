/**
 * Text tables for a terminal. Pure.
 */
import { asRecord, asRecords, type Json } from "../base/json.ts";

/** Lays rows out in columns, two spaces apart, without a trailing space. A row stays one line, whatever its words hold. */
export function columns(given: readonly (readonly string[])[]): string {
	const rows = given.map((row) => row.map((cell) => cell.replaceAll(/\s*[\n\r\u2028\u2029]\s*/gu, " ")));
	const width = (at: number) => Math.max(...rows.map((row) => row[at]?.length ?? 0));
	const widths = Array.from({ length: Math.max(0, ...rows.map((row) => row.length)) }, (_, at) => width(at));
	const line = (row: readonly string[]) => row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join("  ");
	return rows.map((row) => `${line(row).trimEnd()}\n`).join("");
}

/** The records in a list's `items`. */
export function itemsOf(page: Json): readonly { readonly [name: string]: Json }[] {
	return asRecords(asRecord(page).items);
}

/** A member as text, empty when it is not there. */
export function textOf(record: Json | undefined, name: string): string {
	const value = asRecord(record)[name];
	return value === undefined || value === null ? "" : typeof value === "string" ? value : JSON.stringify(value);
}
