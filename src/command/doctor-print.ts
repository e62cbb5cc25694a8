/**
 * Findings as a person reads them: under what they belong to, each with what mends it below. Pure.
 */
import type { Finding } from "../base/finding.ts";

/** Text for a terminal: `✓` well, `!` well with something worth doing, `✗` not well. */
export function findingsText(findings: readonly Finding[]): string {
	const headings = [...new Set(findings.map(({ about }) => about))];
	return headings.map((about) => section(about, findings)).join("\n");
}

function section(about: string | undefined, findings: readonly Finding[]): string {
	const inset = about === undefined ? "" : "  ";
	const lines = findings.filter((finding) => finding.about === about).flatMap(linesOf);
	return [...(about === undefined ? [] : [about]), ...lines.map((line) => `${inset}${line}`), ""].join("\n");
}

function linesOf({ ok, what, words, remedy }: Finding): readonly string[] {
	const mark = ok ? (remedy === undefined ? "✓" : "!") : "✗";
	return [`${mark} ${what}: ${words}`, ...(remedy === undefined ? [] : [`  → ${remedy}`])];
}
