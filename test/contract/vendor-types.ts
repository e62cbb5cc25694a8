/**
 * The vendors' own types as a checker of what we really sent: each payload is written down as a constant of its type, and
 * the compiler says what does not fit. Must never be asked about payloads that nobody sent.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Json } from "../../src/base/json.ts";

/** `type`: as the package exports it, such as `vendor.webApi.ChatUpdateArguments`. */
export type Sent = { readonly type: string; readonly value: Json };

const TSC = fileURLToPath(new URL("../../node_modules/.bin/tsc", import.meta.url));
/** Lines before the first payload, counted from one. */
const BEFORE = 2;
const OPTIONS = "--noEmit --strict --exactOptionalPropertyTypes --skipLibCheck --module nodenext --target esnext";

/** What does not fit, and why. `vendor`: the package whose types these are. */
export function misfits(vendor: string, sent: readonly Sent[]): readonly (Sent & { readonly why: string })[] {
	const folder = mkdtempSync(join(tmpdir(), "sopwith-types-"));
	const file = join(folder, "sent.mts");
	const types = fileURLToPath(import.meta.resolve(vendor)).replace(/\.js$/u, ".d.ts");
	const head = `import type * as vendor from ${JSON.stringify(types)};`;
	const lines = sent.map(({ type, value }, at) => `export const sent${at}: ${type} = ${JSON.stringify(value)};`);
	writeFileSync(file, [head, ...lines].join("\n"));
	try {
		execFileSync(TSC, ["--ignoreConfig", ...OPTIONS.split(" "), "--types", "", "--pretty", "false", file]);
		return [];
	} catch (error) {
		const said = String((error as { readonly stdout?: Buffer }).stdout ?? error);
		const found = said.split("\n").flatMap((line) => {
			const [, at, why = ""] = /sent\.mts\((\d+),\d+\): error (.*)/u.exec(line) ?? [];
			const misfit = sent[Number(at) - BEFORE];
			return misfit === undefined ? [] : [{ ...misfit, why }];
		});
		if (found.length === 0) throw error;
		return found;
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}
