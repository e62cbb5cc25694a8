/**
 * A task's card, pressed: Done counts what is ticked, and nothing else.
 */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Sop } from "../../src/sop/sop.ts";
import { until } from "../fixtures/until.ts";
import { openPostedWorld, type PostedWorld } from "./posted-world.ts";
import { cardOf, definitions, HARRIET, TIA, wordsOf } from "./world.ts";

let world: PostedWorld;
before(async () => {
	const { newhire } = definitions.clients.contoso?.sops ?? {};
	assert(newhire !== undefined);
	const desk: Sop = {
		...newhire,
		id: "desk",
		title: "A desk",
		subject: {},
		unique: [],
		form: [],
		starts: [{ kind: "command", command: "desk", by: ["hr"] }],
		steps: [
			{
				id: "laptop",
				name: "Laptop and badge",
				kind: "task",
				to: ["service-desk"],
				checklist: ["Laptop imaged and labelled", "Badge printed"],
				evidence: false,
				let: {},
				blocking: true,
				onFailure: "ask",
			},
		],
	};
	world = await openPostedWorld({ sops: { desk } });
});
after(() => world.end());

const waits = async (run: string) => (await world.desk.read(HARRIET, run))?.steps[0]?.wait;

test("Done with nothing ticked says so, changes nothing, and the task still waits", async () => {
	const run = await world.start(HARRIET, "desk", {});
	const { card } = world.rowOf(run, "laptop/task", TIA);
	const before = await waits(run);
	assert.equal(before?.checklist?.length, 2);
	for (const values of [{}, { checked: "" }]) {
		const reply = await world.press(TIA, card, "complete", values);
		assert.equal(wordsOf(reply), "Tick what is done first. Nothing happened.");
		assert.equal(cardOf(reply).data.buttons.length, 0);
	}
	assert.deepEqual(await waits(run), before);
	assert.equal(world.rowOf(run, "laptop/task", TIA).card, card);

	assert.deepEqual(await world.press(TIA, card, "complete", { checked: "0" }), { kind: "none" });
	assert.equal((await waits(run))?.id, before?.id, "one of two is not all");
	await world.press(TIA, card, "complete", { checked: "0,1" });
	await until(async () => (await world.desk.read(HARRIET, run))?.phase === "done");
});

test("the command done means all of it", async () => {
	const run = await world.start(HARRIET, "desk", {});
	assert.match(wordsOf(await world.say(TIA, `done ${run.slice(0, 6)}`)), /^The task is done\./u);
	await until(async () => (await world.desk.read(HARRIET, run))?.phase === "done");
});
