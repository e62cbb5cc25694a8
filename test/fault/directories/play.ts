/**
 * Plays a fault: somebody is hired while it strikes, and afterwards it is judged what stands on both sides, what was done to
 * others, and how the run ended or whom it asks. Must never take the run's own word for what was done.
 */
import type { Values } from "../../../src/base/json.ts";
import type { Verb } from "../../../src/engine/event.ts";
import type { Tally } from "../row.ts";
import { type Asked, hire, type Seen, type Watched } from "./hire.ts";
import { differences, readBack } from "./read-back.ts";
import { formIn, type Scene } from "./scene.ts";

export type Case<S extends Scene> = {
	/** Sets it up for the hire of that last name; tells later whether it came to it. */
	readonly strike: (scene: S, lastName: string) => (() => boolean) | Promise<() => boolean>;
	readonly form?: Values;
	/** How it must end. `either`: whichever, as long as it is true. */
	readonly ends: "done" | "asks" | "either";
	/** How many accounts are there when somebody is asked. Default 1. */
	readonly accounts?: number;
	/** What the question must say. */
	readonly says?: RegExp;
	/** Puts right what was wrong; the lead then says `verb` (default `retry`) and it must be done. */
	readonly mend?: (scene: S, asked: Asked) => unknown;
	readonly verb?: Verb;
	readonly values?: (asked: Asked) => Values;
	/** What the fault itself changes of others. */
	readonly others?: RegExp;
	/** Pauses between tries are skipped on the clock. */
	readonly hurry?: boolean;
	readonly check?: (of: {
		readonly scene: S;
		readonly seen: Seen;
		readonly tally: Tally;
		readonly name: string;
	}) => unknown;
};

/** One try. */
export async function play<S extends Scene>(
	scene: S,
	one: Case<S>,
	{ tally, lastName }: { readonly tally: Tally; readonly lastName: string },
): Promise<void> {
	const form = formIn(scene, lastName, one.form);
	const name = `${form.firstName} ${form.lastName}`;
	scene.hired.add(name);
	const before = await readBack(scene);
	const met = await one.strike(scene, lastName);
	const began = performance.now();
	const run = await hire(scene, form, { hurry: one.hurry ?? false });
	let seen = await run.settled();
	const asked = seen.asked;
	tally.tried(performance.now() - began);
	tally.expect(met(), "the fault was never met");
	await scene.quiet();
	judgeEnd(tally, one, seen);
	if (asked !== undefined) {
		if (asked.doubt.length > 0) tally.unknownAsked();
		await judgeAccounts(scene, tally, { name, wanted: one.accounts ?? 1, whole: false });
	}
	if (asked !== undefined && one.mend !== undefined) {
		await one.mend(scene, asked);
		seen = await answered(run, one, asked);
		tally.expect(seen.run.ended?.phase === "done", `after it was mended: ${told(seen)}`);
	}
	const isDone = seen.run.ended?.phase === "done";
	if (isDone) await judgeAccounts(scene, tally, { name, wanted: 1, whole: true });
	for (const difference of differences(before, await readBack(scene))) {
		if (one.others?.test(difference) !== true) tally.wrongTarget(difference);
	}
	await one.check?.({ scene, seen, tally, name });
	for (const line of scene.violations) tally.wrong(`Graph's contract: ${line}`);
	run.stop();
}

/** What is asked is answered, and what was asked beside it, until nothing is asked any more; a few times at most. */
async function answered<S extends Scene>(run: Watched, one: Case<S>, first: Asked): Promise<Seen> {
	const waits: string[] = [];
	for (let asked = first; ; ) {
		const approves = asked.verbs.includes("approve");
		await run.answer(asked, approves ? "approve" : (one.verb ?? "retry"), approves ? {} : one.values?.(asked));
		waits.push(asked.wait);
		const seen = await run.settled(waits);
		if (seen.asked === undefined || waits.length === MOST_ANSWERS) return seen;
		asked = seen.asked;
	}
}

const MOST_ANSWERS = 4;

function judgeEnd<S extends Scene>(tally: Tally, one: Case<S>, seen: Seen): void {
	const end = seen.run.ended?.phase === "done" ? "done" : seen.asked !== undefined ? "asks" : "neither";
	const right = one.ends === "either" ? end !== "neither" : end === one.ends;
	tally.expect(right, `${end} instead of ${one.ends}: ${told(seen)}`);
	const asked = seen.asked;
	if (asked === undefined) return;
	tally.expect(one.says === undefined || one.says.test(asked.words), `it says: ${asked.words}`);
	tally.expect(asked.words !== "", "nobody is told what is so");
	const denies = /nothing (was )?changed|nothing was (done|written)/i.test(asked.words);
	const touched = [...asked.applied, ...asked.doubt];
	tally.expect(!denies || touched.length === 0, `“${asked.words}” and yet ${touched.join(", ")}`);
}

export function told(seen: Seen): string {
	const { run, asked } = seen;
	if (asked !== undefined) return `${asked.path} ${asked.code}, ${asked.by.join()} asked: ${asked.words}`;
	return run.ended?.phase ?? JSON.stringify(seen.description.waitingFor);
}

type Wanted = { readonly name: string; readonly wanted: number; readonly whole: boolean };

/** How many accounts that person has, and where the run is done, whether they are what was asked for. */
async function judgeAccounts(scene: Scene, tally: Tally, { name, wanted, whole }: Wanted): Promise<void> {
	const found = await readBack(scene);
	const [accounts, cloud] = [found.accounts(name), found.cloudAccounts(name)];
	const main = scene.controller === undefined ? cloud : accounts;
	if (main.length > Math.max(wanted, 1)) tally.doubled(`${main.length} accounts of ${name}`);
	if (main.length < wanted) tally.lost(`${main.length} accounts of ${name} instead of ${wanted}`);
	if (wanted === 0 && main.length > 0) tally.wrong(`an account of ${name} is there`);
	if (cloud.length > 1) tally.doubled(`${cloud.length} accounts of ${name} in Graph`);
	for (const { licences, groups } of cloud) {
		if (new Set(licences).size + new Set(groups).size < licences.length + groups.length) tally.doubled("in Graph");
	}
	if (!whole) return;
	const [one] = accounts;
	if (scene.controller !== undefined) {
		tally.expect(
			one?.isOpen === true && one.manager.startsWith("CN=Sol Vance,"),
			`the account: ${JSON.stringify(one)}`,
		);
		tally.expect((one?.groups.length ?? 0) > 0, "it is in no group");
	}
	tally.expect(cloud[0]?.licences.length === 1, `in Graph: ${JSON.stringify(cloud[0])}`);
}
