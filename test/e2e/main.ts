/**
 * Plays the stories people were promised, in Chromium and over the API, against Sopwith as a process of its own:
 * `npm run e2e -- [STORY…] [--json] [--shots FOLDER]`. Must never call a story played whose end was not read in the sandbox.
 */
import { mkdirSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { atOnce } from "../fixtures/at-once.ts";
import { needs } from "../fixtures/needs.ts";
import { both } from "./both.ts";
import { type Eyes, openBrowser } from "./browser.ts";
import { form } from "./form.ts";
import { newcomer } from "./newcomer.ts";
import { program } from "./program.ts";
import { realDirectories } from "./real-directories.ts";
import { secondThoughts } from "./second-thoughts.ts";
import { slack } from "./slack.ts";
import type { Story } from "./stage.ts";
import { teams } from "./teams.ts";
import { technician } from "./technician.ts";

const STORIES: readonly Story[] = [
	realDirectories,
	newcomer,
	form,
	secondThoughts,
	technician,
	program,
	teams,
	slack,
	both,
];
const AT_ONCE = 2;

const { values, positionals } = parseArgs({
	allowPositionals: true,
	options: { json: { type: "boolean", default: false }, shots: { type: "string" } },
});
process.exitCode = await main();

type Played = {
	readonly story: string;
	readonly ok: boolean;
	readonly seconds: number;
	readonly did: readonly string[];
	readonly error?: string;
};

async function main(): Promise<number> {
	const asked = STORIES.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
	const unknown = positionals.filter((name) => !STORIES.some((story) => story.name === name));
	if (unknown.length > 0) {
		process.stderr.write(`There is no story ${unknown.join(", ")}: ${STORIES.map(({ name }) => name).join(", ")}\n`);
		return 2;
	}
	const skipped = asked.flatMap((story) => {
		const why = needs("chromium", ...(story.needs ?? []));
		return why === false ? [] : [{ story: story.name, why }];
	});
	for (const { story, why } of skipped) process.stderr.write(`skipped: ${story}, ${why}\n`);
	const wanted = asked.filter(({ name }) => !skipped.some(({ story }) => story === name));
	if (wanted.length === 0) {
		if (values.json) process.stdout.write(`${JSON.stringify({ ok: false, skipped })}\n`);
		return 0;
	}
	const shots = values.shots === undefined ? mkdtempSync(join(tmpdir(), "sopwith-shots-")) : resolve(values.shots);
	mkdirSync(shots, { recursive: true });
	const eyes: Eyes = { shots, seen: [] };
	const browser = await openBrowser();
	const began = performance.now();
	const played = await atOnce(AT_ONCE, wanted, (story) => playOne(story, { browser, eyes }));
	await browser.close();
	const ok = played.length > 0 && played.every((story) => story.ok);
	const seconds = round(performance.now() - began);
	const pages = eyes.seen.length;
	if (values.json) process.stdout.write(`${JSON.stringify({ ok, seconds, pages, shots, skipped, stories: played })}\n`);
	else {
		const good = played.filter((story) => story.ok).length;
		process.stdout.write(
			`\n${good} of ${played.length} stories, ${pages} pages looked at in 3 ways, ${seconds} s. Pictures: ${shots}\n`,
		);
	}
	return ok ? 0 : 1;
}

async function playOne(story: Story, at: Pick<Parameters<Story["play"]>[0], "browser" | "eyes">): Promise<Played> {
	const began = performance.now();
	const did: string[] = [];
	const say = (line: string): void => {
		if (!values.json) process.stdout.write(`${line}\n`);
	};
	try {
		await story.play({
			...at,
			did: (what) => {
				did.push(what);
				say(`  ✓ ${story.name}: ${what}`);
			},
		});
	} catch (error) {
		const said = error instanceof Error ? (error.stack ?? error.message) : String(error);
		say(`  ✗ ${story.name}: ${said}`);
		return { story: story.name, ok: false, seconds: round(performance.now() - began), did, error: said };
	}
	const seconds = round(performance.now() - began);
	say(`✓ ${story.name}, ${seconds} s`);
	return { story: story.name, ok: true, seconds, did };
}

function round(ms: number): number {
	return Math.round(ms / 100) / 10;
}
