/**
 * `npm run simulate`: thousands of random worlds, counted. A failing seed prints how to replay it. Options: `--seeds N`,
 * `--from N`, `--threads N`, `--without RULE`, `--rules` (each rule switched off in turn), `--json`; or one seed by number.
 */
import { parseArgs } from "node:util";
import { playMany } from "./crowd.ts";
import type { Without } from "./host.ts";
import { NEVER } from "./judge.ts";
import { type Counts, type Played, play } from "./play.ts";

type Rule = Exclude<Without, undefined>;
const rules: { readonly [rule in Rule]: string } = {
	begun: "an attempt is written down before its first write",
	"go-once": "go is said once per attempt",
	applied: "what was applied is told on every outcome",
	mark: "every attempt of a step has the same mark",
	settle: "'not there' counts only once a write has settled",
	late: "a late answer enters the ledger",
};
const { values, positionals } = parseArgs({
	options: {
		seeds: { type: "string" },
		from: { type: "string", default: "1" },
		threads: { type: "string", default: "2" },
		without: { type: "string" },
		rules: { type: "boolean", default: false },
		json: { type: "boolean", default: false },
	},
	allowPositionals: true,
});
const from = Number(values.from);
const threads = Number(values.threads);
const say = (line: string): void => void process.stdout.write(`${line}\n`);
const one = positionals[0];
if (one !== undefined) await replay(Number(one));
else if (values.rules) await withoutEach(Number(values.seeds ?? 400));
else await all(Number(values.seeds ?? 5000));

async function replay(seed: number): Promise<void> {
	const played = await play(seed, ruleOf(values.without), (stored, event) =>
		say(`${event.at} ${stored.run.id} ${JSON.stringify(event)}`),
	);
	say(JSON.stringify(played));
	process.exitCode = played.bad > 0 ? 1 : 0;
}

async function all(seeds: number): Promise<void> {
	let shown = 0;
	const failed = (played: Played): void => {
		shown += 1;
		const off = values.without === undefined ? "" : ` --without ${values.without}`;
		if (shown <= 5)
			process.stderr.write(
				`seed ${played.seed}: ${JSON.stringify(played.wrong)}\n  replay: npm run simulate -- ${played.seed}${off}\n`,
			);
	};
	const without = ruleOf(values.without);
	const sum = await playMany({ from, seeds, threads, failed, ...(without === undefined ? {} : { without }) });
	say(values.json ? JSON.stringify(sum) : sentence(sum));
	process.exitCode = sum.failing === 0 && sum.seeds === seeds ? 0 : 1;
}

/** A rule whose absence goes unnoticed means that the world is too kind: then this fails. */
async function withoutEach(seeds: number): Promise<void> {
	const rows: { [rule: string]: Counts } = {};
	for (const rule of Object.keys(rules) as Rule[]) {
		const sum = await playMany({ from, seeds, threads, without: rule });
		rows[rule] = sum;
		if (values.json) continue;
		const found = NEVER.filter((name) => (sum[name] ?? 0) > 0).map((name) => `${name} ${sum[name]}`);
		say(`without "${rules[rule]}" (${rule}): ${sum.failing} of ${sum.seeds} seeds fail: ${found.join(", ")}`);
	}
	if (values.json) say(JSON.stringify(rows));
	process.exitCode = Object.values(rows).every((sum) => (sum.failing ?? 0) > 0) ? 0 : 1;
}

function sentence(sum: Counts): string {
	return Object.entries(sum)
		.map(([name, count]) => `${name} ${count}`)
		.join(", ");
}

function ruleOf(text: string | undefined): Without {
	if (text === undefined || Object.hasOwn(rules, text)) return text as Without;
	throw new Error(`There is no rule ${text}. Rules: ${Object.keys(rules).join(", ")}.`);
}
