/** How the states of steps look: alike on a run's card, in the answer to `run ID` and on its page, and where a card opens. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { say } from "../../src/cards/fill.ts";
import { stepStanding } from "../../src/console/run-words.ts";
import { describe } from "../../src/engine/describe.ts";
import { STEP_LOOKS, stepLines } from "../../src/engine/step-look.ts";
import { view } from "../../src/engine/view.ts";
import { reader } from "../cards/samples.ts";
import { freeStep, refused, sopFor, stays, tell } from "./stage.ts";

const roster = { client: "contoso", people: [], roles: {}, channels: {}, standing: [] };

test("a run's card and its page agree on how each step stands, also once it was stopped", () => {
	const steps = [freeStep("a", { when: "false" }), freeStep("b"), stays, freeStep("c")];
	const open = tell(sopFor(steps));
	const stopped = tell(sopFor(steps));
	stopped.steer("cancel");
	stopped.ended("b", refused(false));
	const signs = [open, stopped].map((told) => {
		const [card] = view(told.sop, told.run());
		const description = describe(told.sop, told.run(), { roster, may: [] });
		return description.steps.map((step, at) => {
			const line = card?.data.lines[at];
			const { sign, tone, shown } = STEP_LOOKS[step.state];
			assert.deepEqual([line?.sign, line?.tone, line?.text], [sign, tone, step.name]);
			assert.equal(stepStanding(step, reader).state, shown);
			return `${sign} ${say(line?.meta ?? "", reader)}`;
		});
	});
	assert.deepEqual(signs[0]?.slice(0, 1), ["– does not apply"]);
	assert.match(signs[0]?.[1] ?? "", /^… /u);
	assert.deepEqual(signs[0]?.slice(2), ["○ ", "○ "]);
	assert.deepEqual([signs[1]?.[0], signs[1]?.[3]], ["– does not apply", "– not reached"]);
});

test("a card opens at what runs, waits or asks, then at what failed, then at its beginning", () => {
	const at = (...states: readonly (keyof typeof STEP_LOOKS)[]) =>
		stepLines(states.map((state) => ({ state, text: state }))).opensAt;
	assert.equal(at("done", "failed", "done", "waiting", "asking", "planned"), 3);
	assert.equal(at("done", "failed", "done", "failed", "planned"), 1);
	assert.equal(at("done", "skipped", "stopped", "planned"), undefined);
	assert.equal(at("running", "waiting"), undefined, "it begins there anyway");
});
