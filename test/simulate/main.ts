/**
 * `npm run simulate`: thousands of random worlds, counted. A failing seed prints how to replay it. Options: `--seeds N`,
 * `--from N`, `--without RULE`, `--json`, or one seed by number.
 */
import { parseArgs } from "node:util";
import type { Without } from "./host.ts";
import { play } from "./play.ts";

const { values, positionals } = parseArgs({
	options: {
		seeds: { type: "string", default: "1000" },
		from: { type: "string", default: "1" },
		without: { type: "string" },
		json: { type: "boolean", default: false },
	},
	allowPositionals: true,
});
const one = positionals[0];
const from = one === undefined ? Number(values.from) : Number(one);
const seeds = one === undefined ? Number(values.seeds) : 1;
const sum = {
	seeds: 0,
	stuck: 0,
	writtenTwice: 0,
	writtenAfterStopped: 0,
	leftByUndo: 0,
	questions: 0,
	crashes: 0,
	events: 0,
	runs: 0,
};
const failing: number[] = [];
for (let seed = from; seed < from + seeds; seed += 1) {
	const played = await play(
		seed,
		values.without as Without,
		one === undefined
			? undefined
			: (stored, event) => process.stderr.write(`${stored.run.id} ${JSON.stringify(event)}\n`),
	);
	sum.seeds += 1;
	for (const name of ["stuck", "writtenTwice", "writtenAfterStopped", "leftByUndo"] as const)
		sum[name] += played[name].length;
	for (const name of ["questions", "crashes", "events", "runs"] as const) sum[name] += played[name];
	const bad =
		played.stuck.length + played.writtenTwice.length + played.writtenAfterStopped.length + played.leftByUndo.length;
	if (bad > 0) {
		failing.push(seed);
		if (!values.json && failing.length <= 5)
			process.stderr.write(`seed ${seed}: ${JSON.stringify(played)}\n  replay: npm run simulate -- ${seed}\n`);
	}
}
process.stdout.write(
	values.json
		? `${JSON.stringify(sum)}\n`
		: `${Object.entries(sum)
				.map(([name, n]) => `${name} ${n}`)
				.join(", ")}\n`,
);
process.exit(failing.length > 0 && values.without === undefined ? 1 : 0);
