/**
 * What comes with an answer: a task that asks for proof is not done without it, and of anything else only what its verb
 * takes is kept, in a size that a card has room for.
 */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { InputError, SopwithError } from "../../src/base/errors.ts";
import type { Values } from "../../src/base/json.ts";
import type { Verb } from "../../src/engine/event.ts";
import type { Sop, Step } from "../../src/sop/sop.ts";
import { definitions, HARRIET, MO, openWorld, TIA, type World, wordsOf } from "../chat/world.ts";
import { base } from "./stage.ts";

const { newhire } = definitions.clients.contoso?.sops ?? {};
assert.ok(newhire);
const sopOf = (id: string, ...steps: readonly Step[]): Sop => {
	const starts = [{ kind: "command", command: id, by: ["hr"] }] as const;
	return { ...newhire, id, definition: id, unique: [], subject: {}, form: [], starts, steps };
};
const task = (more: Partial<Extract<Step, { kind: "task" }>> = {}): Step => {
	return { ...base, id: "t", name: "Wipe", kind: "task", to: ["it-lead"], checklist: [], evidence: true, ...more };
};
const sops = {
	plain: sopOf("plain", task()),
	listed: sopOf("listed", task({ checklist: ["One", "Two"] })),
	bare: sopOf("bare", task({ evidence: false })),
};

let world: World;
let no = 0;
before(async () => {
	world = await openWorld({ sops });
});
after(() => world.end());

async function start(sop: string, form: Values = {}): Promise<string> {
	const request = { actor: HARRIET, client: "contoso", sop, form, key: `k${no++}`, via: "web" } as const;
	return (await world.desk.start(request)).run;
}

async function waitOf(run: string, path: string): Promise<string> {
	for (let tries = 0; tries < 2000; tries += 1) {
		const wait = (await world.desk.read(HARRIET, run))?.steps.find((step) => step.path === path)?.wait;
		if (wait !== undefined && wait.verbs.length > 0) return wait.id;
		await new Promise((next) => setImmediate(next));
	}
	assert.fail(`${path} of ${run} never asked`);
}

async function answer(run: string, verb: Verb, values: Values, path = "t") {
	const wait = await waitOf(run, path);
	return world.desk.answer({ actor: MO, run, wait, verb, values, via: "web" });
}

/** What it says at which field, or the code of what it is. */
async function refusal(doing: Promise<unknown>): Promise<string> {
	try {
		await doing;
		return "taken";
	} catch (error) {
		if (error instanceof InputError) return error.problems.map((p) => `${p.path}: ${p.message}`).join(" ");
		if (error instanceof SopwithError) return error.code;
		throw error;
	}
}

const step = async (run: string) => (await world.host.read(run))?.run.steps.t;

/** What was written down of the last answer. */
async function kept(run: string): Promise<Values> {
	let values: Values = {};
	for await (const { kind, payload } of (await world.desk.journal(HARRIET, run)) ?? [])
		if (kind === "answered") values = (payload as { readonly values: Values }).values;
	return values;
}

test("a task that asks for proof is done with it, and not without", async () => {
	const run = await start("plain");
	const missing = "form.evidence: Say what shows that it is done.";
	assert.equal(await refusal(answer(run, "complete", {})), missing);
	assert.equal(await refusal(answer(run, "complete", { evidence: "  " })), missing);
	assert.equal(
		await refusal(answer(run, "complete", { evidence: { a: [1] } })),
		"form.evidence: Write the proof in plain text.",
	);
	assert.match(await refusal(answer(run, "complete", { evidence: "x".repeat(2001) })), /^form\.evidence: .*2000/u);
	const typed = wordsOf(await world.say(MO, `done ${run.slice(0, 6)}`));
	assert.match(typed, /^Say what shows that it is done\. Nothing happened\./u);
	assert.equal((await step(run))?.state, "waiting");
	await answer(run, "complete", { evidence: "Wiped at 14:00." });
	assert.deepEqual([(await step(run))?.state, (await step(run))?.output], ["done", { evidence: "Wiped at 14:00." }]);
});

test("what is ticked on the way needs no proof; the last tick does", async () => {
	const run = await start("listed");
	await answer(run, "complete", { checked: "0", evidence: "" });
	assert.deepEqual((await step(run))?.wait?.checked, ["0"]);
	assert.equal(await refusal(answer(run, "complete", { checked: ["7"] })), "nothing-ticked");
	assert.match(await refusal(answer(run, "complete", { checked: ["0", "1"] })), /^form\.evidence/u);
	assert.deepEqual((await step(run))?.wait?.checked, ["0"]);
	await answer(run, "complete", { checked: ["0", "1"], evidence: "Both." });
	assert.equal((await step(run))?.state, "done");
});

test("of an answer nothing is kept that its verb does not take", async () => {
	const junk = "x".repeat(250_000);
	const run = await start("bare");
	await answer(run, "claim", { junk });
	assert.deepEqual(await kept(run), {});
	await answer(run, "complete", { junk, evidence: junk, checked: [junk] });
	assert.deepEqual([await kept(run), (await step(run))?.output], [{}, undefined]);
	const name = { firstName: "Ada", lastName: "Typed", startDate: "2026-12-01", profile: "sales" };
	const asked = await start("newhire", name);
	const long = { words: "no ".repeat(9000) };
	assert.equal(
		await refusal(answer(asked, "send-back", long, "approve")),
		"form.words: The reason has 26999 characters; 2000 are the most.",
	);
	assert.match(await refusal(answer(asked, "send-back", { words: ["x"] }, "approve")), /^form\.words/u);
	await answer(asked, "send-back", { words: "Another day.", junk }, "approve");
	assert.deepEqual(await kept(asked), { words: "Another day." });
});

test("a note and the reason of a cancel have room for 2,000 characters, and a note has some", async () => {
	const run = await start("bare");
	const note = (words: string) => world.desk.note({ actor: TIA, run, words, key: `n${no++}` });
	const cancel = (words: string) =>
		world.desk.steer({ actor: TIA, run, verb: "cancel", words, via: "web", key: `c${no++}` });
	assert.match(await refusal(note("x".repeat(2001))), /^form\.words: The note has 2001/u);
	assert.equal(await refusal(note(" ")), "form.words: Enter the note.");
	assert.match(await refusal(cancel("x".repeat(40_000))), /^form/u);
	assert.deepEqual([await refusal(note("x".repeat(2000))), await refusal(cancel(""))], ["taken", "taken"]);
});
