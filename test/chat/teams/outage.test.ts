/**
 * A run's messages through trouble, with the poster at work: Teams busy while somebody is asked, a message that was deleted,
 * a post whose answer was lost, two who press in the same instant.
 */
import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import type { Values } from "../../../src/base/json.ts";
import { until } from "../../fixtures/until.ts";
import type { Message } from "./microsoft.ts";
import { cardIn, openTeamsWorld, type TeamsWorld, textIn } from "./teams-world.ts";

const ADA = { firstName: "Ada", lastName: "Lovelace", startDate: "2026-12-01", profile: "sales" };
let world: TeamsWorld;
beforeEach(async () => {
	world = await openTeamsWorld();
	await world.say("mo", "help");
	await until(() => world.microsoft.of("chat-mo")[0]);
	await world.say("harriet", "newhire");
	await until(() => world.microsoft.of("chat-harriet")[0]);
});
afterEach(() => world.end());

const saying = (conversation: string, words: RegExp): readonly Message[] =>
	world.microsoft.of(conversation).filter((message) => words.test(textIn(cardIn(message))));
const submit = () => world.press("harriet", cardIn(world.microsoft.of("chat-harriet")[0]), "submit", ADA);
const asked = () => until(() => saying("chat-mo", /Approve the plan/u)[0]);

test("Teams busy for a while delays who is asked, and asks once", async () => {
	world.microsoft.state.always = { status: 429, after: "1" };
	await submit();
	await until(() => world.microsoft.taken.filter(({ status }) => status === 429).length >= 2);
	world.microsoft.state.always = undefined;
	await asked();
	await world.poster.idle();
	assert.equal(saying("chat-mo", /Approve the plan/u).length, 1);
	assert.equal(saying("chat-harriet", /Plan for Ada Lovelace|Ada Lovelace, new/u).length, 1);
});

test("a message that somebody deleted is posted anew when it changes", async () => {
	await submit();
	const card = cardIn(await asked());
	const shown = await until(() => saying("chat-harriet", /Waiting for.*Mo Manager/u)[0]);
	world.microsoft.messages.splice(world.microsoft.messages.indexOf(shown), 1);
	const before = new Set(world.microsoft.messages);
	await world.press("mo", card, "send-back", { words: "Another day" });
	const anew = await until(() => saying("chat-harriet", /Ada Lovelace/u).find((message) => !before.has(message)));
	assert.equal(anew.edits, 0);
});

test("a lost answer costs at most one extra card for who is asked, and both can be pressed or are old", async () => {
	await world.poster.idle();
	world.microsoft.faults.push({ lost: true }, { lost: true });
	await submit();
	await until(() => saying("chat-mo", /Approve the plan/u).length > 0);
	await world.poster.idle();
	const cards = saying("chat-mo", /Approve the plan/u);
	assert(cards.length <= 2, `${cards.length} cards`);
	const answers = await Promise.all(cards.map((message) => world.press("mo", cardIn(message), "approve")));
	const said = answers.map(({ body }) => String((body as Values).value));
	assert(said.includes("Noted. The card shows it."));
	for (const words of said)
		assert.match(words, /^(Noted\. The card shows it\.|This card is from before|You approved this)/u);
});

test("an approval and a sending back in the same instant: one of them holds", async () => {
	await submit();
	const card = cardIn(await asked());
	const answers = await Promise.all([
		world.press("mo", card, "approve"),
		world.press("mo", card, "send-back", { words: "Not yet" }),
	]);
	const said = answers.map(({ body }) => String((body as Values).value));
	assert(said.includes("Noted. The card shows it."), said.join(" | "));
	const shown = await until(() => saying("chat-mo", /Approved by you|ent back by you/u)[0]);
	await world.poster.idle();
	const words = textIn(cardIn(shown));
	assert.notEqual(/Approved by you/u.test(words), /ent back by you/u.test(words), words);
});
