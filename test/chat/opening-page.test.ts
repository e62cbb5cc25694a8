/**
 * Where a long card opens: at the page of the step that runs, waits or asks. Turning it by hand still works, and no card is
 * edited because of it alone.
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import { asRecord } from "../../src/base/json.ts";
import { cardBlocks } from "../../src/cards/blocks.ts";
import type { CardData } from "../../src/cards/card.ts";
import { loadCards } from "../../src/cards/load.ts";
import { pageOf } from "../../src/cards/pages.ts";
import { filledOf } from "../../src/chat/fill.ts";
import { actorKey } from "../../src/people/actor.ts";
import type { Sop, Step } from "../../src/sop/sop.ts";
import { until } from "../fixtures/until.ts";
import { openPostedWorld, type PostedWorld } from "./posted-world.ts";
import { cardOf, definitions, HARRIET, TIA } from "./world.ts";

const cards = loadCards(join(import.meta.dirname, "../../cards"));
let world: PostedWorld;

const base = { let: {}, blocking: true, onFailure: "ask" } as const;
const task = (id: string): Step => ({
	...{ ...base, id, name: `Task ${id}`, kind: "task", to: ["service-desk"], checklist: [], evidence: false },
});
const left = (id: string): Step => ({ ...task(id), when: "false" });
const twelve = (prefix: string): readonly Step[] => Array.from({ length: 12 }, (_, at) => left(`${prefix}${at}`));

beforeEach(async () => {
	const { newhire } = definitions.clients.contoso?.sops ?? {};
	assert(newhire !== undefined);
	const long: Sop = {
		...{ ...newhire, id: "long", title: "A long one", subject: {}, unique: [], form: [] },
		starts: [{ kind: "command", command: "long", by: ["hr"] }],
		steps: [...twelve("a"), task("first"), ...twelve("b"), task("second"), left("c")],
	};
	const beside: Sop = {
		...{ ...long, id: "beside", title: "Two beside", steps: [] },
		starts: [{ kind: "command", command: "beside", by: ["hr"] }],
	};
	const both: Step = { ...base, id: "both", name: "Both", kind: "parallel", steps: [task("one"), task("two")] };
	world = await openPostedWorld({ sops: { long, beside: { ...beside, steps: [both, task("last")] } } });
});
afterEach(() => world.end());

/** Harriet's card of the run as it stands. */
function stands(): { readonly data: CardData; readonly page: number; readonly pager: string } {
	const [message] = world.messages.latest(actorKey(HARRIET), 10).slice(-1);
	const { data, page } = asRecord(message?.drawn) as unknown as { readonly data: CardData; readonly page: number };
	return { data, page, pager: pageOf(filledOf(data), page).pager?.words ?? "" };
}

async function tick(run: string, step: string): Promise<void> {
	const { card } = world.rowOf(run, `${step}/task`, TIA);
	assert.deepEqual(await world.press(TIA, card, "complete", {}), { kind: "none" });
	await world.poster.idle();
}

test("a long progress opens where it waits, moves on with it, and is turned back by hand", async () => {
	const run = await world.start(HARRIET, "long", {});
	assert.equal(stands().pager, "Page 1 of 2: lines 1 to 20 of 27.");
	const before = world.poster.counters.edits;
	await tick(run, "first");
	const second = stands();
	assert.equal(second.pager, "Page 2 of 2: lines 21 to 27 of 27.");
	assert.match(JSON.stringify(pageOf(filledOf(second.data), second.page).lines), /"sign":"◐".*Task second/u);
	const { card } = world.rowOf(run, "run", HARRIET);
	for (const made of [
		cards.expand("progress", filledOf(second.data), card, second.page),
		cardBlocks("progress", filledOf(second.data), card, { page: second.page }),
	]) {
		assert.match(JSON.stringify(made), /Page 2 of 2/u);
	}
	const back = await world.press(HARRIET, card, "page", { page: 1 });
	assert.equal(cardOf(back).page, 1);
	assert.equal(stands().page, 2, "what stands is as it was");

	const edits = world.poster.counters.edits;
	assert(edits - before <= 3, `${edits - before} edits: her card, and the two of the service desk`);
	await world.poster.idle();
	assert.equal(world.poster.counters.edits, edits);

	await world.poster.refresh(run);
	await world.poster.idle();
	assert.equal(stands().page, 2);
	await tick(run, "second");
	await until(async () => (await world.desk.read(HARRIET, run))?.phase === "done");
	await world.poster.idle();
	assert.equal(stands().page, 1, "a run that is over opens at its first line");
});

test("an answer that nobody keeps shows the same page", async () => {
	const run = await world.start(HARRIET, "long", {});
	await tick(run, "first");
	const { data, page } = cardOf(await world.say(HARRIET, `run ${run.slice(0, 6)}`));
	assert.equal(page, undefined);
	const shown = pageOf(filledOf(data));
	assert(shown.lines.some(({ text }) => text === "Task second"));
	assert.deepEqual(shown.pager, { words: "and 20 more: open the run", turns: [] });
});

test("an answer about a run has the lines of its card, without what only holds other steps", async () => {
	const run = await world.start(HARRIET, "beside", {});
	const { data } = cardOf(await world.say(HARRIET, `run ${run.slice(0, 6)}`));
	const lines = ({ lines }: CardData) => lines.map(({ sign, text }) => `${sign} ${String(text)}`);
	assert.deepEqual(lines(data), ["◐ Task one", "◐ Task two", "○ Task last"]);
	assert.deepEqual(lines(stands().data), lines(data));
});
