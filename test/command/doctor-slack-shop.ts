/**
 * A real command line over a copy of the project's definitions, which a test may edit while `doctor` looks. Must never leave
 * an edit behind.
 */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Finding } from "../../src/base/finding.ts";
import { ended } from "../fixtures/process.ts";

const ROOT = join(import.meta.dirname, "../..");
export const MSP = "msp.yaml";
export const CONTOSO = "clients/contoso/client.yaml";

export type Environment = { readonly [name: string]: string };
export type Edit = readonly [file: string, from: string, to: string];

export function openShop() {
	const folder = mkdtempSync(join(tmpdir(), "sopwith-doctor-slack-"));
	const definitions = join(folder, "definitions");
	cpSync(join(ROOT, "sop-definitions"), definitions, { recursive: true });
	const edit = ([file, from, to]: Edit): void => {
		const path = join(definitions, file);
		const before = readFileSync(path, "utf8");
		assert(before.includes(from), `${file} has no ${from}`);
		writeFileSync(path, before.replace(from, to));
	};
	const run = (args: readonly string[], env: Environment, input = "") => {
		const own = { HOME: folder, SOPWITH_DEFINITIONS: definitions, SOPWITH_DATA: join(folder, "data") };
		const key = { SOPWITH_KEY: Buffer.alloc(32, 7).toString("base64") };
		const child = spawn(process.execPath, [join(ROOT, "src/main.ts"), ...args], {
			cwd: folder,
			env: { PATH: process.env.PATH ?? "", ...own, ...key, ...env },
		});
		return ended(child, input);
	};
	return {
		edit,
		run,
		/** What it says of Slack, with these lines changed while it looks. */
		doctor: async (env: Environment, edits: readonly Edit[] = []) => {
			for (const one of edits) edit(one);
			const { code, out, said } = await run(["doctor", "--json"], env);
			for (const [file, from, to] of [...edits].reverse()) edit([file, to, from]);
			assert(out.startsWith("{"), `doctor said: ${out}${said}`);
			assert(!`${out}${said}`.includes("canary"), "a token was shown");
			const { findings } = JSON.parse(out) as { readonly findings: readonly Finding[] };
			return { code, findings: findings.filter(({ about }) => about?.startsWith("Slack")) };
		},
		/** As a first start leaves it. */
		makeData: () => mkdirSync(join(folder, "data"), { mode: 0o700 }),
		close: () => rmSync(folder, { recursive: true, force: true }),
	};
}
