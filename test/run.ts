/**
 * Runs every `test/**` test file, prints what happened and one plain closing line. Must never pass when nothing ran, nor,
 * with `CI=true`, when anything was skipped.
 */
import { globSync } from "node:fs";
import { availableParallelism } from "node:os";
import { resolve } from "node:path";
import { pipeline } from "node:stream/promises";
import { type EventData, run } from "node:test";
import { spec } from "node:test/reporters";

const args = process.argv.slice(2);
const asJson = args.includes("--json");
/** With `--coverage`, and always in CI: how much of the core and the language the tests run. */
const measures = args.includes("--coverage") || process.env.CI === "true";
const MEASURED = ["src/engine", "src/sop"];
/** One more than can compute: a file waits half of its time, for a directory, a browser or a chat's pace. */
const AT_ONCE = availableParallelism() + 1;
const wanted = args.filter((arg) => !arg.startsWith("-"));
const patterns = wanted.length > 0 ? wanted : ["test/**/*.test.ts"];
const files = patterns.flatMap((pattern) => globSync(pattern)).sort();

const coverage: string[] = [];
/** How many tests were skipped for each reason, the line that installs what they need among its words. */
const whySkipped = new Map<string, number>();
const result = await runFiles(files.map((file) => resolve(file)));
const reasons = whyRed(result);
if (asJson)
	process.stdout.write(
		`${JSON.stringify({ ...result, whySkipped: [...whySkipped.keys()], coverage, ok: reasons.length === 0, reasons })}\n`,
	);
else {
	for (const name of result.skippedNames) process.stdout.write(`skipped: ${name}\n`);
	for (const [why, count] of whySkipped) process.stdout.write(`${count} of them: ${why}\n`);
	for (const folder of coverage) process.stdout.write(`coverage of ${folder}\n`);
	for (const reason of reasons) process.stdout.write(`${reason}\n`);
	process.stdout.write(`${result.passed} passed, ${result.failed} failed, ${result.skipped} skipped\n`);
}
process.exitCode = reasons.length === 0 ? 0 : 1;

/** One folder in a sentence: "src/engine: 96.1 % of lines, 91.0 % of branches". */
function covered(folder: string, summary: EventData.TestCoverage["summary"]): string {
	const inside = summary.files.filter(({ path }) => path.includes(`/${folder}/`));
	const sum = (of: (file: (typeof inside)[number]) => number): number =>
		inside.reduce((all, file) => all + of(file), 0);
	const share = (part: number, whole: number): string =>
		whole === 0 ? "none" : `${((100 * part) / whole).toFixed(1)} %`;
	const lines = share(
		sum((f) => f.coveredLineCount),
		sum((f) => f.totalLineCount),
	);
	const branches = share(
		sum((f) => f.coveredBranchCount),
		sum((f) => f.totalBranchCount),
	);
	return `${folder}: ${lines} of lines, ${branches} of branches`;
}

type Result = {
	readonly files: number;
	readonly passed: number;
	readonly failed: number;
	readonly skipped: number;
	readonly skippedNames: readonly string[];
};

async function runFiles(paths: readonly string[]): Promise<Result> {
	const counts = { passed: 0, failed: 0, skipped: 0 };
	const skippedNames: string[] = [];
	if (paths.length === 0) return { files: 0, ...counts, skippedNames };
	const globs = MEASURED.map((folder) => `${folder}/**/*.ts`);
	const stream = run({
		files: [...paths],
		concurrency: AT_ONCE,
		...(measures ? { coverage: true, coverageIncludeGlobs: globs } : {}),
	});
	stream.on("test:coverage", ({ summary }) => coverage.push(...MEASURED.map((folder) => covered(folder, summary))));
	// Suites and files are counted through the tests they hold, except where they fail by themselves.
	stream.on("test:pass", (event) => {
		const skipped = event.skip !== undefined && event.skip !== false;
		const todo = event.todo !== undefined && event.todo !== false;
		if (skipped || todo) {
			counts.skipped += 1;
			skippedNames.push(event.name);
			if (typeof event.skip === "string") whySkipped.set(event.skip, (whySkipped.get(event.skip) ?? 0) + 1);
		} else if (event.details.type !== "suite") counts.passed += 1;
	});
	stream.on("test:fail", (event) => {
		if (event.details.type !== "suite") counts.failed += 1;
		process.exitCode = 1;
	});
	if (asJson) for await (const _ of stream);
	else await pipeline(stream, new spec(), process.stdout, { end: false });
	return { files: paths.length, ...counts, skippedNames };
}

/** Every reason why this run must not count as green. */
function whyRed(found: Result): readonly string[] {
	const reasons: string[] = [];
	if (found.failed > 0 || process.exitCode === 1) reasons.push("Some tests failed.");
	if (found.passed + found.failed === 0) reasons.push("No test ran.");
	if (process.env.CI === "true" && found.skipped > 0) reasons.push("With CI=true nothing may be skipped.");
	return reasons;
}
