/** What cards say of a run that is not over, that has ended, of a change that an undo leaves, and of an approval to all. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { words } from "../../src/base/words.ts";
import { fillWords } from "../../src/cards/fill.ts";
import type { Message } from "../../src/engine/message.ts";
import { undoable } from "../../src/engine/undo.ts";
import { view } from "../../src/engine/view.ts";
import type { Step } from "../../src/sop/sop.ts";
import { reader } from "../cards/samples.ts";
import {
	approveStep,
	change,
	DAY,
	done,
	doStep,
	entry,
	freeStep,
	make,
	planFor,
	sopFor,
	type Told,
	tell,
	wall,
} from "./stage.ts";

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

test("who was asked besides once it was overdue sees how it ended, and has no button for it", () => {
	const overdue = { after: wall(3 * DAY), ask: ["owner"] };
	const told = tell(sopFor([approveStep(["a"], { overdue }), doStep("a")]));
	told.planned("approve", planFor([entry("a", [make])]));
	told.fire("approve", "overdue");
	const besides = () => view(told.sop, told.run()).find(({ key }) => key === "approve/approve/overdue");
	assert.deepEqual([besides()?.closed, besides()?.wait], [false, told.wait("approve").id]);
	told.answer("approve", "approve", "mo");
	assert.deepEqual([besides()?.closed, besides()?.wait], [true, undefined]);
	assert.deepEqual(besides()?.data, card(told, "approve/approve"));
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

test("a run that is done has no Details, and its facts read on from their titles for whoever is you", () => {
	const told = tell(sopFor([approveStep(["a"]), doStep("a")]));
	told.planned("approve", planFor([entry("a", [make])]));
	told.answer("approve", "approve");
	told.began("a", [make]);
	told.ended("a", done("create:x"));
	assert.equal(told.run().ended?.phase, "done");
	const { details, buttons } = card(told, "run");
	assert.deepEqual([details, buttons.map(({ title }) => title)], [[], ["Open the run", "Undo…"]]);
	const facts = (you: string) => fillWords(card(told, "run"), { ...reader, you }).facts;
	const said = (you: string) => facts(you).map(({ title, value }) => `${title} ${value}`);
	assert.match(said("harriet").join("; "), /^Approved by Mo Manager, .*; Asked for by you, .*; Ended /u);
	assert.match(said("mo").join("; "), /^Approved by you, .*; Asked for by Harriet Reyes, /u);
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

describe("the line in the channel for approvals", () => {
	const line = (told: Told): Message | undefined =>
		view(told.sop, told.run()).find(({ key }) => key === "approve/approve/channel");

	test("says what would change and whom it waits for, and has nothing to press; then who decided", () => {
		const told = tell(sopFor([approveStep(["a"]), doStep("a")]));
		assert.equal(line(told), undefined, "nothing is asked before there is a plan");
		told.planned("approve", planFor([entry("a", [make])]));
		const asked = line(told);
		assert.deepEqual(asked?.to, { kind: "channel", channel: "approvals" });
		assert.equal(asked?.closed, false);
		assert.equal(asked?.wait, undefined);
		assert.deepEqual(
			asked?.data.lines.map(({ text }) => text),
			["create:x"],
		);
		assert.deepEqual(asked?.data.waiting?.strong, words("Waiting for ", { who: ["it-lead"], except: "harriet" }));
		told.answer("approve", "approve");
		const decided = line(told);
		assert.equal(decided?.closed, true);
		assert.match(JSON.stringify(decided?.data.lead), /pproved by.*"person":"mo"/u);
		for (const message of [asked, decided]) {
			assert.deepEqual(
				message?.data.buttons.map(({ title, url }) => [title, url]),
				[["Open the run", "/runs/RUN"]],
			);
		}
	});

	test("offers no way on from a plan that cannot be approved, and says who is to choose one", () => {
		const told = tell(sopFor([approveStep(["a"]), doStep("a")]));
		const choices = [{ id: "other", words: "Another licence", with: {} }];
		const problem = { path: "a", code: "no-licence", message: "25 of 25 are in use.", choices };
		told.planned("approve", planFor([entry("a", [])], { problems: [problem] }));
		const { data } = line(told) ?? assert.fail("there is no line");
		assert.deepEqual(data.lead[0], "25 of 25 are in use.");
		assert.deepEqual([data.choices, data.details], [[], []]);
	});

	test("is not there for a run that only those may see whom it involves", () => {
		const told = tell(sopFor([approveStep(["a"]), doStep("a")], { visibility: "involved" }));
		told.planned("approve", planFor([entry("a", [make])]));
		assert.equal(line(told), undefined);
		assert(view(told.sop, told.run()).some(({ key }) => key === "approve/approve"));
	});
});
