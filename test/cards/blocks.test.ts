/**
 * Cards as blocks of Slack: what each part becomes, what Slack would refuse, and what comes back of it.
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Json, Values } from "../../src/base/json.ts";
import { cardBlocks } from "../../src/cards/blocks.ts";
import { pressOf, revealOf, submittedOf, valuesOf } from "../../src/cards/blocks-back.ts";
import { blockProblems } from "../../src/cards/blocks-limits.ts";
import { optionsFor } from "../../src/cards/blocks-options.ts";
import { cardView, detailsView, fieldErrors, sendBackView } from "../../src/cards/blocks-view.ts";
import { type FilledCard, fillWords } from "../../src/cards/fill.ts";
import { cardNames } from "../../src/cards/load.ts";
import { specimen } from "../../src/cards/specimen.ts";
import { nasty } from "./nasty.ts";
import { reader, samples } from "./samples.ts";
import { nodesOf, stateOf } from "./slack-state.ts";

const filled = (name: keyof typeof samples): FilledCard => fillWords(samples[name], reader);

const ofType = (value: Json, type: string) => nodesOf(value).filter((node) => node.type === type);
const json = (value: unknown): Json => JSON.parse(JSON.stringify(value)) as Json;

describe("every card", () => {
	for (const name of cardNames) {
		it(`${name} is a message and a modal that Slack takes, whatever stands in it`, () => {
			for (const card of [filled(name), specimen, nasty]) {
				assert.deepEqual(blockProblems(cardBlocks(name, card, "c_1")), []);
				assert.deepEqual(blockProblems(cardView(name, card, "c_1", { origin: "C1/1.2" })), []);
				assert.deepEqual(blockProblems(detailsView(card, "c_1")), []);
			}
			assert.deepEqual(blockProblems(sendBackView("c_1")), []);
		});
	}
});

describe("what comes back", () => {
	it("is the card, the verb and the values that were shown", () => {
		const view = cardView("form", filled("form"), "c_7", { origin: "C1/1.2" });
		assert.deepEqual(submittedOf({ ...view, state: { values: stateOf(json(view)) } } as Json), {
			card: "c_7",
			verb: "submit",
			origin: "C1/1.2",
			values: {
				firstName: "Ada",
				lastName: "Lovelace",
				startDate: "2026-12-01",
				profile: "sales",
				manager: "sol",
				privateEmail: "ada@contoso.example",
			},
		});
	});
});

describe("a list past what Slack takes", () => {
	it("is searched, and everything in it is found", () => {
		const choices = Array.from({ length: 300 }, (_, at) => ({ key: `k${at}`, value: `k${at}`, title: `Group ${at}` }));
		const fields = specimen.fields.filter(({ type }) => type === "choice").map((field) => ({ ...field, choices }));
		const view = cardView("form", { ...specimen, fields }, "c_1");
		assert.equal(ofType(json(view), "external_select").length, 1);
		assert.deepEqual(
			optionsFor({ choices }, "group 299").map(({ value }) => value),
			["k299"],
		);
		assert.equal(optionsFor({ choices }, "").length, 100);
	});
});

describe("a form with more than a modal has room for", () => {
	const [field] = specimen.fields.filter(({ type }) => type === "choice");
	assert.ok(field !== undefined);
	const { error: _, ...list } = field;
	const lists = (fields: number, choices: number, title: string) =>
		Array.from({ length: fields }, (_, at) => ({
			...list,
			name: `list${at}`,
			choices: Array.from({ length: choices }, (_, n) => {
				const key = `site-${at}-${n}-${"k".repeat(130)}`;
				return { key, value: key, title: `${n} ${title}` };
			}),
		}));

	it("searches its menus when they would be too much together", () => {
		const texts = Array.from({ length: 45 }, (_, at) => ({
			...list,
			type: "text" as const,
			name: `t${at}`,
			choices: [],
		}));
		const fields = [...texts, ...lists(5, 100, "of the northern region ".repeat(6))];
		const view = cardView("form", { ...specimen, fields }, "c_1");
		assert.deepEqual(blockProblems(view), []);
		assert.equal(ofType(json(view), "external_select").length, 5);
		const one = cardView("form", { ...specimen, fields: fields.slice(0, 46) }, "c_1");
		assert.equal(ofType(json(one), "static_select").length, 1);
	});

	it("writes no long titles out beside its lists when there is no room", () => {
		const fields = lists(60, 2, "long ".repeat(100));
		const view = cardView("form", { ...specimen, fields }, "c_1");
		assert.deepEqual(blockProblems(view), []);
		assert.equal(ofType(json(view), "input").length, 60);
	});
});

describe("a title that is too long for an option", () => {
	const offered = (title: string, hint?: string) => {
		const choice = { value: "a", title, ...(hint === undefined ? {} : { hint }) };
		const { blocks } = cardBlocks("question", { ...filled("question"), choices: [choice] }, "c_1");
		const [radio] = ofType(json(blocks), "radio_buttons");
		const [option] = (radio?.options ?? []) as readonly { readonly [name: string]: { readonly text: string } }[];
		return { text: option?.text?.text ?? "", below: option?.description?.text, all: JSON.stringify(blocks) };
	};
	it("goes on below it", () => {
		const { text, below = "" } = offered(`${"a ".repeat(60)}end`);
		assert.equal(text.replace("…", "") + below.replace("…", ""), `${"a ".repeat(60)}end`);
	});
	it("is written out beside the list where it does not end there, or a hint stands there", () => {
		const long = `${"word ".repeat(40)}end`;
		assert.match(offered(long).below ?? "", / end$/);
		assert.ok(offered(long).all.includes(`• ${long}`));
		const { text, below, all } = offered(`${"a ".repeat(60)}end`, "What it costs");
		assert.deepEqual([text.endsWith("a end"), below], [true, "What it costs"]);
		assert.ok(all.includes(`• ${"a ".repeat(60)}end: What it costs`));
	});
});

describe("what may be left out", () => {
	const profile = {
		name: "profile",
		label: "Role",
		type: "choice",
		choices: [{ key: "a", value: "a", title: "A" }],
	} as const;
	const offered = (field: Partial<FilledCard["fields"][number]>) => {
		const view = cardView("form", { ...specimen, fields: [{ ...profile, optional: true, ...field }] }, "c_1");
		return (ofType(json(view), "static_select")[0]?.options ?? []) as readonly Values[];
	};
	it("can be taken back once it is chosen, which Slack's menus do not let one do", () => {
		const [, none] = offered({ value: "a" });
		const state = { "field/profile/0": { value: { type: "static_select", selected_option: none ?? null } } };
		assert.deepEqual(valuesOf(state), { profile: "" });
		assert.equal(offered({}).length, 1);
		assert.equal(offered({ value: "a", optional: false }).length, 1);
	});
});

describe("a modal", () => {
	it("says once what it is called", () => {
		const called = (title: string) => {
			const view = cardView("form", { ...filled("form"), title }, "c_1");
			return JSON.stringify(view).split("New employee").length - 1;
		};
		assert.equal(called("Who is joining?"), 1);
		assert.equal(called("New employee"), 1);
	});
});

describe("a button that destroys something", () => {
	const drawn = (title: string, verb: string) => {
		const button = { title, style: "danger", verb } as const;
		return ofType(json(cardBlocks("notice", { ...specimen, buttons: [button] }, "c_1")), "button")[0];
	};
	const confirms = (title: string, verb: string) => drawn(title, verb)?.confirm;
	it("asks once more, but where a question follows, or is what the card asks", () => {
		assert.deepEqual((confirms("Stop the run", "stop") as { title: Values } | undefined)?.title.text, "Stop the run?");
		assert.equal(confirms("Undo…", "undo"), undefined);
		assert.equal(confirms("Undo 3 changes", "submit"), undefined);
	});
	it("is red only where it is the last question", () => {
		assert.equal(drawn("Undo…", "undo")?.style, undefined);
		assert.equal((confirms("Stop the run", "stop") as { style: string } | undefined)?.style, "danger");
		assert.equal(drawn("Undo 3 changes", "submit")?.style, "danger");
	});
});

describe("what a button reveals", () => {
	it("names the card and the part", () => {
		const buttons = ofType(json(cardBlocks("approval", filled("approval"), "c_9")), "button");
		assert.deepEqual(
			buttons.map((button) => revealOf(button)),
			[undefined, { card: "c_9", reveal: "send-back" }, { card: "c_9", reveal: "details" }],
		);
		assert.deepEqual(pressOf(buttons[0] ?? {}), { card: "c_9", verb: "approve", values: {} });
	});
});

it("what is wrong with a form is said at the input it is about", () => {
	assert.deepEqual(Object.keys(fieldErrors(filled("form"))), ["field/privateEmail/0"]);
});

it("what a message has no room for is asked in a modal, and its sentences stay whole", () => {
	const lead = ["Each of these is needed before the first day. ".repeat(20).trim()];
	const fields = Array.from({ length: 60 }, (_, at) => {
		return { name: `f${at}`, label: `Field ${at}`, type: "text", optional: false, choices: [] } as const;
	});
	const buttons = [{ title: "Answer", style: "primary", verb: "submit", inputs: true }] as const;
	const card = { ...specimen, lead, fields, buttons, details: [] };
	const { blocks } = cardBlocks("form", card, "c_1");
	assert.deepEqual(ofType(json(blocks), "input"), []);
	assert.ok(JSON.stringify(blocks).includes(lead[0] ?? ""));
	const [button] = ofType(json(blocks), "button");
	assert.deepEqual(revealOf(button ?? {}), { card: "c_1", reveal: "inputs" });
	assert.equal((button?.text as Values | undefined)?.text, "Answer…");
	assert.equal(ofType(json(cardView("form", card, "c_1")), "input").length, 60);
});
