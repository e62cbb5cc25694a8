/**
 * What people type and press, against the real desk.
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { toText } from "../../src/base/html.ts";
import { asRecord, asRecords } from "../../src/base/json.ts";
import { cardBlocks } from "../../src/cards/blocks.ts";
import { cardHtml } from "../../src/cards/html.ts";
import { loadCards } from "../../src/cards/load.ts";
import { filledOf } from "../../src/chat/fill.ts";
import type { Actor } from "../../src/people/roster.ts";
import { until } from "../fixtures/until.ts";
import { cardOf, DI, FINN, HARRIET, MO, openWorld, TIA, type World, wordsOf } from "./world.ts";

const ADA = { firstName: "Ada", lastName: "Lovelace", startDate: "2026-12-01", profile: "sales" };
const cards = loadCards(join(import.meta.dirname, "../../cards"));
let world: World;
before(async () => {
	world = await openWorld();
});
after(() => world.end());

/** Starts a run through its form and waits until it asks for approval. */
async function start(form: { readonly [name: string]: string }, by: Actor = HARRIET): Promise<string> {
	const { id } = cardOf(await world.say(by, "newhire"));
	const sent = await world.press(by, id, "submit", form);
	assert.match(wordsOf(sent), /^Asked for: /u);
	const [run] = (await world.desk.list(by, { phase: "open" })).items.filter((each) =>
		each.subject.startsWith(form.firstName ?? ""),
	);
	assert(run !== undefined);
	await until(async () => (await world.desk.read(by, run.id))?.phase === "waiting");
	return run.id;
}

describe("a typed line", () => {
	const rows: readonly (readonly [Actor, string, RegExp])[] = [
		[HARRIET, "newhrie", /^There is no “newhrie”\. Did you mean “newhire”\? Nothing was started\.$/u],
		[HARRIET, "`newhire`", /^There is no “`newhire`”\. Did you mean “newhire”\? Nothing was started\.$/u],
		[HARRIET, "run `a` `b`", /^There is no run `a` that you can see\./u],
		[HARRIET, "qqqqqq", /^There is no “qqqqqq”\. Nothing was started\./u],
		[HARRIET, "help", /^What you can type/u],
		[HARRIET, "/help", /^What you can type/u],
		[HARRIET, "@Sopwith help", /^What you can type/u],
		[HARRIET, "help newhire", /^New employee onboarding/u],
		[HARRIET, "help nothing", /^There is no “nothing”/u],
		[HARRIET, "sops", /^1 procedure you can start/u],
		[HARRIET, "oncall", /^Nobody is on call\./u],
		[HARRIET, "approvals", /^Nothing waits for you\.$/u],
		[HARRIET, "run", /^Which run\? Write it like “run ID”\./u],
		[HARRIET, "run 0000", /^There is no run 0000 that you can see\. Nothing was done\./u],
		[HARRIET, "undo 0000", /^There is no run 0000/u],
		[HARRIET, "newhire", /^New employee onboarding Nothing changes until Mo Manager has approved/u],
		[HARRIET, "NEWHIRE client:contoso", /^New employee onboarding/u],
		[HARRIET, "newhire client:fabrikam", /^“fabrikam” is not a client of yours\. Nothing was started\./u],
		[HARRIET, "lockdown", /^Lock-down at Contoso Ltd is for Mo Manager\. Nothing was started\.$/u],
		[TIA, "newhire", /^For which client\?/u],
		[TIA, "newhire client:contoso", /^New employee onboarding/u],
		[TIA, "newhire client:nobody", /^There is no client “nobody” for “newhire”\. Nothing was started\./u],
		[FINN, "newhire __proto__=x client:constructor", /^“constructor” is not a client of yours/u],
	];
	for (const [actor, text, expected] of rows) {
		test(`${actor.id} types ${text}`, async () => {
			assert.match(wordsOf(await world.say(actor, text)), expected);
		});
	}

	test("with backticks comes back with them, and is code on no surface", async () => {
		const drawn = cardOf(await world.say(HARRIET, "`newhire`"));
		const filled = filledOf(drawn.data);
		const { body } = asRecord(cards.expand(drawn.card, filled, drawn.id));
		const heading = JSON.stringify(asRecords(body).filter(({ type }) => type === "TextBlock"));
		assert.match(heading, /“ˋnewhireˋ”/u);
		assert.doesNotMatch(heading, /`/u);
		assert.match(
			JSON.stringify(cardBlocks(drawn.card, filled, drawn.id).blocks),
			/"plain_text","text":"There is no “`newhire`”\./u,
		);
		assert.match(toText(cardHtml(drawn.card, filled, drawn.id)), /“`newhire`”/u);
	});

	test("from someone the roster does not know does nothing, and is kept for the auditor", async () => {
		assert.match(
			wordsOf(await world.say(undefined, "newhire")),
			/^Sopwith does not know you here\. Nothing was started\./u,
		);
		assert.equal(world.heard.at(-1)?.what, "unknown-person");
	});

	test("from someone the roster does not know, over and over, does not wash the audit away", async () => {
		world.clock.pass(3_601_000);
		const before = world.heard.length;
		for (let stroke = 0; stroke < 300; stroke += 1) await world.say(undefined, "newhire");
		assert.equal(world.heard.length - before, 100);
		world.clock.pass(3_601_000);
		await world.say(undefined, "newhire");
		assert.match(String(world.heard.at(-2)?.why), /^200 more in the hour after /u);
	});
});

describe("a form", () => {
	const rows: readonly (readonly [string, { readonly [name: string]: string }])[] = [
		["newhire Ada Lovelace", { firstName: "Ada", lastName: "Lovelace" }],
		["newhire Ada King Lovelace", { firstName: "Ada", lastName: "King Lovelace" }],
		['newhire "Ada Augusta" Lovelace', { firstName: "Ada Augusta", lastName: "Lovelace" }],
		["newhire firstName=Ada startDate=2026-12-01", { firstName: "Ada", startDate: "2026-12-01" }],
		['newhire Lovelace firstname=Ada "last-name=x"', { firstName: "Ada", lastName: "Lovelace last-name=x" }],
		["newhire role=Finance manager=mo", { profile: "finance", manager: "mo" }],
		['newhire manager="Mo Manager"', { manager: "mo" }],
	];
	for (const [text, expected] of rows) {
		test(`is filled in from: ${text}`, async () => {
			const { data } = cardOf(await world.say(HARRIET, text));
			const filled = data.fields.filter((field) => field.value !== undefined && field.value !== "");
			assert.deepEqual(Object.fromEntries(filled.map((field) => [field.name, field.value])), expected);
		});
	}

	test("never carries what a choice stands for, nor people of another client", async () => {
		const text = JSON.stringify(cardOf(await world.say(HARRIET, "newhire")));
		assert(!text.includes("Mona Berg"));
		assert.match(text, /"value":"sales"/u);
	});

	test("comes back with each problem at its field and what was typed kept", async () => {
		const { id } = cardOf(await world.say(HARRIET, "newhire"));
		const reply = await world.press(HARRIET, id, "submit", { ...ADA, lastName: "", startDate: "soon" });
		assert(reply.kind === "card" && reply.replace);
		assert.equal(reply.drawn.id, id);
		const fields = new Map(reply.drawn.data.fields.map((field) => [field.name, field]));
		assert.notEqual(fields.get("lastName")?.error, undefined);
		assert.notEqual(fields.get("startDate")?.error, undefined);
		assert.equal(fields.get("firstName")?.error, undefined);
		assert.equal(fields.get("firstName")?.value, "Ada");
		assert.equal(fields.get("profile")?.value, "sales");
	});

	test("sent twice starts one run", async () => {
		const { id } = cardOf(await world.say(HARRIET, "newhire"));
		const form = { ...ADA, firstName: "Twice" };
		const both = await Promise.all([
			world.press(HARRIET, id, "submit", form),
			world.press(HARRIET, id, "submit", form),
		]);
		for (const reply of both) assert.match(wordsOf(reply), /^Asked for: Twice Lovelace/u);
		const { items } = await world.desk.list(HARRIET, { phase: "open" });
		assert.equal(items.filter((run) => run.subject === "Twice Lovelace").length, 1);
	});

	test("for what was asked before names who asked, and starts nothing", async () => {
		await start({ ...ADA, firstName: "Before" });
		world.clock.pass(60_000);
		const { id } = cardOf(await world.say(TIA, "newhire client:contoso"));
		const words = wordsOf(await world.press(TIA, id, "submit", { ...ADA, firstName: "Before" }));
		assert.match(words, /was asked for by Harriet Reyes .*No second run was started\.$/u);
	});

	test("of somebody else does nothing", async () => {
		const { id } = cardOf(await world.say(HARRIET, "newhire"));
		const reply = await world.press(MO, id, "submit", { ...ADA, firstName: "Stolen" });
		assert.match(wordsOf(reply), /the question has moved on\. Nothing happened\./u);
		const { items } = await world.desk.list(TIA, { phase: "open" });
		assert(!items.some((run) => run.subject.startsWith("Stolen")));
	});

	test("can be discarded", async () => {
		const { id } = cardOf(await world.say(HARRIET, "newhire"));
		assert.equal(wordsOf(await world.press(HARRIET, id, "discard")), "Discarded. Nothing was started.");
	});

	test("follows once the MSP's staff have chosen the client, with what they typed", async () => {
		const { id } = cardOf(await world.say(TIA, "newhire Grace Hopper"));
		const reply = await world.press(TIA, id, "submit", { client: "fabrikam" });
		const { data } = cardOf(reply);
		assert.equal(data.header[0], "Fabrikam");
		assert.equal(data.fields[1]?.value, "Hopper");
	});
});

describe("a command about a run", () => {
	let run: string;
	before(async () => {
		run = await start({ ...ADA, firstName: "Rosa" });
	});

	test("finds it by the beginning of its id, in either case", async () => {
		for (const id of [run, run.slice(0, 6), run.slice(0, 6).toLowerCase(), `#${run.slice(0, 6)}`]) {
			const { card, data } = cardOf(await world.say(HARRIET, `run ${id}`));
			assert.equal(card, "progress");
			assert.equal(data.title, "Rosa Lovelace, new employee onboarding");
		}
	});

	test("tells people of another client nothing", async () => {
		assert.match(wordsOf(await world.say(FINN, `run ${run}`)), /^There is no run /u);
		assert.match(wordsOf(await world.say(FINN, `undo ${run}`)), /^There is no run /u);
	});

	test("shows the approver what waits", async () => {
		const { data } = cardOf(await world.say(MO, "approvals"));
		assert(data.lines.some((line) => String(line.text).startsWith("Rosa Lovelace, new employee onboarding")));
	});

	test("keeps a note as it was typed", async () => {
		assert.match(
			wordsOf(await world.say(HARRIET, `note ${run} Badge is  in the drawer.`)),
			/^Noted with Rosa Lovelace/u,
		);
		const notes = (await world.desk.read(HARRIET, run))?.notes;
		assert.equal(notes?.at(-1)?.words, "Badge is  in the drawer.");
	});

	test("asks for the note's words when there are none", async () => {
		const { id } = cardOf(await world.say(HARRIET, `note ${run}`));
		assert.equal(wordsOf(await world.press(HARRIET, id, "submit", { words: "Later." })), "Noted.");
	});

	test("says what asks when nothing takes the word", async () => {
		assert.match(wordsOf(await world.say(DI, `retry ${run}`)), /can take “retry” now\. Nothing was done\./u);
	});

	test("hands out the form as it stands, and takes the correction", async () => {
		const { id, data } = cardOf(await world.say(HARRIET, `amend ${run}`));
		assert.equal(data.title, "Change the form");
		assert.equal(data.fields.find((field) => field.name === "profile")?.value, "sales");
		const form = { ...ADA, firstName: "Rosa", startDate: "2026-12-02" };
		assert.match(wordsOf(await world.press(HARRIET, id, "submit", form)), /^Changed\./u);
		assert.equal((await world.desk.read(HARRIET, run))?.form.startDate, "2026-12-02");
	});

	test("asks once more before it cancels, and does so once", async () => {
		const { id, data } = cardOf(await world.say(HARRIET, `cancel ${run}`));
		assert.match(String(data.title), /^Cancel Rosa Lovelace/u);
		assert.deepEqual(
			data.buttons.map((button) => button.style),
			["danger", "default"],
		);
		assert.equal((await world.desk.read(HARRIET, run))?.endedAt, undefined);
		assert.match(
			wordsOf(await world.press(HARRIET, id, "submit", { words: "She declined." })),
			/^Nothing new begins\./u,
		);
		await until(async () => (await world.desk.read(HARRIET, run))?.phase === "stopped");
		assert.match(wordsOf(await world.say(HARRIET, `cancel ${run}`)), /has ended already\. Nothing was changed\.$/u);
	});

	test("names the counts before an undo, and plans it only then", async () => {
		const done = await start({ ...ADA, firstName: "Undone" });
		assert.match(wordsOf(await world.say(HARRIET, `undo ${done}`)), /is still under way\. Nothing was changed\./u);
		await approve(done);
		await until(async () => (await world.desk.read(HARRIET, done))?.phase === "done");
		const { id, data } = cardOf(await world.say(HARRIET, `undo ${done}`));
		assert.equal(data.title, "Undo 1 change?");
		assert.equal(data.lines[0]?.text, "Make the account of Undone Lovelace, closed");
		assert.equal(data.buttons[0]?.title, "Undo 1 change");
		assert.equal((await world.desk.read(HARRIET, done))?.undoneBy, undefined);
		assert.match(
			wordsOf(await world.press(HARRIET, id, "submit")),
			/^The undo is planned now\. Nothing has changed yet/u,
		);
		assert.notEqual((await world.desk.read(HARRIET, done))?.undoneBy, undefined);
	});
});

async function approve(run: string): Promise<void> {
	const step = (await world.desk.read(MO, run))?.steps.find((each) => each.wait?.kind === "approval");
	assert(step?.wait?.plan !== undefined);
	const { id, plan } = step.wait;
	await world.desk.answer({ actor: MO, run, wait: id, verb: "approve", plan, values: {}, via: "web" });
}
