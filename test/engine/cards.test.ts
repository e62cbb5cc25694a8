/** What cards say of a run that is not over, that has ended, and of a change that an undo leaves. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Message } from "../../src/engine/message.ts";
import { undoable } from "../../src/engine/undo.ts";
import { view } from "../../src/engine/view.ts";
import type { Step } from "../../src/sop/sop.ts";
import { change, done, freeStep, sopFor, type Told, tell } from "./stage.ts";

const base = { let: {}, onFailure: "ask" } as const;
const laptop: Step = {
	...base,
	id: "laptop",
	name: "Laptop",
	kind: "task",
	blocking: false,
	to: ["service-desk"],
	checklist: ["Imaged"],
	evidence: true,
};
const welcome: Step = {
	...base,
	id: "welcome",
	name: "Welcome",
	kind: "tell",
	blocking: true,
	to: ["manager"],
	card: "welcome",
	data: {},
	acknowledge: false,
};
const card = (told: Told, key: string): Message["data"] => {
	const found = view(told.sop, told.run()).find((message) => message.key === key);
	assert(found !== undefined, `there is a card ${key}`);
	return found.data;
};

describe("a welcome", () => {
	const told = tell(sopFor([laptop, freeStep("a"), welcome]));
	told.began("a", [change("set:x#size")]);
	const proof = [{ words: "It is so", detail: "d", ok: true }];
	told.ended("a", { kind: "done", applied: ["set:x#size"], output: {}, proof });

	test("says what is still to come while a task is open", () => {
		assert.deepEqual(card(told, "welcome/tell").lead, ["It was read back and is true. Still to come: Laptop."]);
	});

	test("says that everything is ready once it is", () => {
		told.answer("laptop", "complete", "tia", { evidence: "Serial 4711" });
		assert.equal(told.run().ended?.phase, "done");
		assert.deepEqual(card(told, "welcome/tell").lead, ["Everything is ready. It was read back and is true."]);
	});
});

test("the card of a stopped run lists its steps once, and says which were not reached", () => {
	const told = tell(sopFor([freeStep("a"), freeStep("b")]));
	told.steer("cancel");
	told.ended("a", { kind: "refused", applied: [], code: "no", message: "No.", retryable: false });
	assert.equal(told.run().ended?.phase, "stopped");
	const lines = card(told, "run").lines.map(({ text, meta }) => [text, meta]);
	assert.deepEqual(lines.at(-1), ["Do b", "not reached"]);
	assert.equal(lines.length, 2);
});

test("an undo leaves what an action says stays", () => {
	const told = tell(sopFor([freeStep("a")]));
	told.began("a", [change("set:x#place", { stays: true }), change("add:x#licence")]);
	told.ended("a", done("set:x#place", "add:x#licence"));
	assert.deepEqual(
		undoable(told.run()).map((entry) => entry.change.id),
		["add:x#licence"],
	);
});
