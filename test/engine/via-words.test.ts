/**
 * A closed card says who decided, where and when, in every chat; what was decided before the place was kept says the rest.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { SurfaceName } from "../../src/engine/event.ts";
import { stepWords } from "../../src/engine/sentences.ts";
import { viaWords } from "../../src/engine/via-words.ts";
import { view } from "../../src/engine/view.ts";
import { approveStep, base, doStep, entry, make, planFor, sopFor, stays, tell } from "./stage.ts";

function asked(need: number) {
	const run = tell(sopFor([approveStep(["a"], { need }), doStep("a"), stays]));
	run.planned("approve", planFor([entry("a", [make])]));
	const { id } = run.wait("approve");
	const vote = (by: string, via: SurfaceName, from?: string) =>
		run.send({
			...{ kind: "answered", wait: id, verb: "approve", by, as: "it-lead", values: {}, via },
			...(from === undefined ? {} : { from }),
		});
	const lead = () => view(run.sop, run.run()).find(({ key }) => key === "approve/approve")?.data.lead[0];
	return { run, vote, lead };
}

test("a decision names its place on the card that is closed everywhere", () => {
	const { run, vote, lead } = asked(1);
	vote("mo", "teams", "tenant/mo");
	assert.deepEqual(lead(), {
		$words: ["Approved by ", { person: "mo" }, " in Teams", ", ", { at: run.now() }, ", after ", { span: 2000 }],
	});
});

test("each of several approvers is named with their own place and time", () => {
	const { run, vote, lead } = asked(2);
	vote("mo", "teams", "tenant/mo");
	const first = run.now();
	vote("di", "slack", "T01/U03");
	const words = (lead() as { readonly $words: readonly unknown[] }).$words;
	const [mo, di] = [{ person: "mo" }, { person: "di" }];
	assert.deepEqual(words.slice(0, 9), [
		...["Approved by ", mo, " in Teams", ", ", { at: first }],
		...[" and by ", di, " in Slack", ", "],
	]);
});

test("an answer, a skip and a task say where, and old ones what they said before", () => {
	const run = tell(
		sopFor([stays, { ...base, id: "t", name: "T", kind: "task", to: ["desk"], checklist: [], evidence: false }]),
	);
	const { id } = run.wait("q");
	run.send({
		kind: "answered",
		wait: id,
		verb: "submit",
		by: "di",
		as: "hr",
		values: {},
		via: "slack",
		from: "T01/U03",
	});
	const said = (path: string) => stepWords(run.sop, run.run(), { path, state: run.state(path) }).$words.slice(0, 4);
	assert.deepEqual(said("q"), ["by ", { person: "di" }, " in Slack", ", "]);
	run.answer("t", "complete", "tia");
	assert.deepEqual(said("t"), ["by ", { person: "tia" }, ", ", { at: run.now() }]);
	const { vote, lead } = asked(1);
	vote("mo", "teams");
	assert.deepEqual((lead() as { readonly $words: readonly unknown[] }).$words.slice(0, 3), [
		"Approved by ",
		{ person: "mo" },
		", ",
	]);
});

test("places have names, and what is none has none", () => {
	assert.deepEqual(["slack", "web", "cli", "__proto__"].map(viaWords), [
		"in Slack",
		"in the web chat",
		"on the command line",
		undefined,
	]);
});
