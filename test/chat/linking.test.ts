/**
 * Becoming known in another chat: a code, a card, a press. Played through the real bot and store with two chats, against
 * those who guess, steal a code, or say they are somebody else.
 */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { afterEach, beforeEach, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { type Bot, createBot } from "../../src/chat/bot.ts";
import { createLinkCodes } from "../../src/chat/link-codes.ts";
import { createLinks, type Links } from "../../src/chat/links.ts";
import { draftsIn } from "../../src/chat/posts.ts";
import type { Inbound } from "../../src/chat/surface.ts";
import { createLinkStore } from "../../src/engine/embedded/links.ts";
import type { Actor } from "../../src/people/roster.ts";
import { openRoughSurface } from "./rough-surface.ts";
import { cardOf, DI, FINN, HARRIET, MO, openWorld, TEAMS_IDS, TIA, type World, wordsOf } from "./world.ts";

type Rough = Awaited<ReturnType<typeof openRoughSurface>>;
let world: World;
let teams: Rough;
let slack: Rough;
let links: Links;
let bot: Bot;

beforeEach(async () => {
	world = await openWorld();
	teams = await openRoughSurface();
	slack = await openRoughSurface(() => false, "slack");
	begin();
});
afterEach(async () => {
	await teams.close();
	await slack.close();
	await world.end();
});

/** As after a start: what is kept is kept, guesses are forgotten. */
function begin(): void {
	const { store, clock, definitions, audit, desk, posts, people, fill, newId } = world;
	const kept = createLinkStore(store);
	links = createLinks({ store: kept, definitions, clock, audit });
	const codes = createLinkCodes({ store: kept, clock });
	const surfaces = [teams.surface, slack.surface];
	const reach = async (person: Actor) => [{ surface: "teams", kind: "direct", ref: person.id } as const];
	const linking = { links, codes, surfaces, reach, wait: (ms: number) => sleep(ms) };
	bot = createBot({ desk, posts, drafts: draftsIn(people), clock, audit, newId, fill, linking });
}

type From = Pick<Inbound, "surface" | "identity" | "place"> & Partial<Pick<Inbound, "outsider" | "person">>;

const IN_TEAMS = (person: Actor): From => ({
	...{ surface: "teams", identity: `tenant/${person.id}`, person },
	place: { surface: "teams", kind: "direct", ref: person.id },
});
/** Somebody in Slack: known once they are linked. */
const inSlack = (account = "T01/U02"): From => {
	const person = links.find("slack", account);
	const place = { surface: "slack", kind: "direct", ref: account } as const;
	return { surface: "slack", identity: account, place, ...(person === undefined ? {} : { person }) };
};

function say(from: From, text: string) {
	const about = { at: world.clock.now(), key: randomUUID(), person: undefined };
	return bot.handle({ ...about, ...from, kind: "said", text });
}

function press(from: From, card: string, verb: string) {
	const about = { at: world.clock.now(), key: randomUUID(), person: undefined };
	return bot.handle({ ...about, ...from, kind: "pressed", card, verb, values: {} });
}

async function codeOf(person: Actor): Promise<string> {
	const title = String(cardOf(await say(IN_TEAMS(person), "link")).data.title);
	const code = /^Your code: (\S+)$/u.exec(title)?.[1];
	assert(code !== undefined, title);
	return code;
}

/** The card that asked somebody last. */
const asked = (who: string) => teams.of(who).at(-1)?.drawn;
const heard = (what: string) => world.heard.filter((entry) => entry.what === what);

describe("a code", () => {
	test("shown on one side and pressed on the other links the account, and both sides see it", async () => {
		const code = await codeOf(MO);
		assert.match(code, /^[0-9A-HJKMNP-TV-Z]{5}-[0-9A-HJKMNP-TV-Z]{5}$/u);
		const answer = wordsOf(await say(inSlack(), `link ${code.toLowerCase().replace("-", " ")}`));
		assert.match(answer, /You arrive as T01\/U02\..*in Teams.*“Link them”.*Nothing is linked before that\./u);
		assert(!answer.includes("Mo Manager"));
		assert.equal(links.find("slack", "T01/U02"), undefined);
		const card = asked("mo");
		assert.equal(card?.data.title, "Someone arrives in Slack as T01/U02 and says it is you.");
		assert.deepEqual(
			card?.data.buttons.map(({ title }) => title),
			["Link them", "That is not me"],
		);
		assert.equal(
			wordsOf(await press(IN_TEAMS(MO), card?.id ?? "", "link")),
			"T01/U02 in Slack is you from now on. “unlink” ends it.",
		);
		assert.deepEqual(links.find("slack", "T01/U02"), MO);
		assert.match(String(slack.kept.at(-1)?.drawn.data.title), /You are known here as Mo Manager from now on\./u);
		const here = cardOf(await say(inSlack(), "link")).data.facts.map(
			({ title, value }) => `${title}: ${String(value)}`,
		);
		assert.equal(here[0], `Teams: ${TEAMS_IDS.mo}, by the roster`);
		assert.match(here[1] ?? "", /^Slack: T01\/U02, linked /u);
		assert.deepEqual(
			["link-code", "linked"].map((what) => heard(what).length),
			[2, 1],
		);
	});

	test("can be used once, for ten minutes, and a new one takes its place", async () => {
		const first = await codeOf(MO);
		const code = await codeOf(MO);
		assert.match(wordsOf(await say(inSlack(), `link ${first}`)), /There is no such code/u);
		assert.match(wordsOf(await say(inSlack(), `link ${code}`)), /You are asked/u);
		assert.match(wordsOf(await say(inSlack("T01/U03"), `link ${code}`)), /There is no such code/u);
		assert.equal(teams.of("mo").length, 1);
		const late = await codeOf(MO);
		world.clock.pass(10 * 60_000);
		assert.match(wordsOf(await say(inSlack("T01/U04"), `link ${late}`)), /There is no such code/u);
	});

	test("holds over a restart, in no readable form", async () => {
		const code = await codeOf(MO);
		const rows = JSON.stringify(world.store.db.prepare("SELECT * FROM link_codes").all());
		assert(!rows.includes(code) && !rows.includes(code.replace("-", "")));
		begin();
		assert.match(wordsOf(await say(inSlack(), `link ${code}`)), /You are asked/u);
	});

	test("cannot be guessed: five wrong ones shut an account out, fifty its whole workspace, and no other", async () => {
		const code = await codeOf(MO);
		for (let guess = 0; guess < 5; guess++) {
			assert.match(wordsOf(await say(inSlack(), `link AAAAA-AAAA${guess}`)), /There is no such code/u);
		}
		assert.match(wordsOf(await say(inSlack(), `link ${code}`)), /Too many codes were wrong/u);
		for (let account = 0; account < 9; account++) {
			for (let guess = 0; guess < 5; guess++) await say(inSlack(`T01/UX${account}`), `link BBBBB-BBBB${guess}`);
		}
		assert.match(wordsOf(await say(inSlack("T01/U99"), `link ${code}`)), /Too many codes were wrong/u);
		assert.match(wordsOf(await say(inSlack("T02/U01"), `link CCCCC-CCCCC`)), /There is no such code/u);
		assert.equal(heard("link-refused").length, 51);
		world.clock.pass(10 * 60_000);
		const again = await codeOf(MO);
		assert.match(wordsOf(await say(inSlack(), `link ${again}`)), /You are asked/u);
	});

	test("is not handed out without end", async () => {
		for (let times = 0; times < 10; times++) await codeOf(MO);
		assert.match(wordsOf(await say(IN_TEAMS(MO), "link")), /There is no new code now/u);
		await codeOf(DI);
	});

	test("is of no use to a guest or somebody of another organisation", async () => {
		const code = await codeOf(MO);
		assert.match(wordsOf(await say({ ...inSlack(), outsider: true }, `link ${code}`)), /cannot be linked/u);
		assert.equal(teams.of("mo").length, 0);
		assert.match(wordsOf(await say(inSlack(), `link ${code}`)), /You are asked/u);
	});

	test("is of no use to somebody known as another: it is used up, and the owner is told", async () => {
		const code = await codeOf(MO);
		assert.match(wordsOf(await say(IN_TEAMS(HARRIET), `link ${code}`)), /You are known here already/u);
		assert.match(String(asked("di")?.data.title), /asked to be linked to Mo Manager: it is known as someone else/u);
		assert.match(wordsOf(await say(inSlack(), `link ${code}`)), /There is no such code/u);
		const own = await codeOf(MO);
		assert.match(wordsOf(await say(IN_TEAMS(MO), `link ${own}`)), /You are known here already/u);
		assert.match(wordsOf(await say(inSlack(), `link ${own}`)), /You are asked/u);
	});

	test("whose chat cannot be reached links nothing and says so; a lost answer counts as said", async () => {
		teams.down.add("mo");
		assert.match(
			wordsOf(await say(inSlack(), `link ${await codeOf(MO)}`)),
			/cannot be reached now\. Nothing was linked/u,
		);
		teams.down.clear();
		teams.moods.push("lost");
		assert.match(wordsOf(await say(inSlack(), `link ${await codeOf(MO)}`)), /You are asked/u);
		await press(IN_TEAMS(MO), asked("mo")?.id ?? "", "link");
		assert.deepEqual(links.find("slack", "T01/U02"), MO);
	});
});

describe("the card that asks", () => {
	async function arrive(account = "T01/U02"): Promise<string> {
		await say(inSlack(account), `link ${await codeOf(MO)}`);
		return asked("mo")?.id ?? "";
	}

	test("links nothing when they say that it is not them; the owner hears of it, and it cannot be pressed again", async () => {
		const card = await arrive();
		assert.match(
			wordsOf(await press(IN_TEAMS(MO), card, "not-me")),
			/Nothing was linked\. Whoever looks after it is told/u,
		);
		assert.match(
			String(asked("di")?.data.title),
			/^T01\/U02 in Slack asked to be linked to Mo Manager: it is not them/u,
		);
		assert.match(wordsOf(await press(IN_TEAMS(MO), card, "link")), /This is over\. Nothing was linked/u);
		assert.equal(links.find("slack", "T01/U02"), undefined);
		assert.equal(heard("link-refused").at(-1)?.person, "mo");
	});

	test("is nobody else's to press, whoever has its id", async () => {
		const card = await arrive();
		for (const person of [HARRIET, TIA, FINN, { id: "mo", client: "fabrikam" }]) {
			assert.match(wordsOf(await press(IN_TEAMS(person), card, "link")), /the question has moved on/u);
		}
		await press(inSlack(), card, "link");
		assert.equal(links.find("slack", "T01/U02"), undefined);
	});

	test("holds for ten minutes", async () => {
		const card = await arrive();
		world.clock.pass(11 * 60_000);
		assert.match(wordsOf(await press(IN_TEAMS(MO), card, "link")), /This is over/u);
		assert.equal(links.find("slack", "T01/U02"), undefined);
	});

	test("gives an account that is, or was, another's to nobody, and says who can", async () => {
		for (const isOver of [false, true]) {
			const card = await arrive();
			assert.equal(links.link("slack", "T01/U02", DI), "linked");
			if (isOver) for (const link of links.all(DI)) links.end(link, "teams");
			const answer = wordsOf(await press(IN_TEAMS(MO), card, "link"));
			assert.match(answer, /Nothing was linked\. .*known as someone else; only the roster changes that\./u);
			assert.match(String(asked("di")?.data.title), /linked to Mo Manager: it is someone else’s, or was/u);
			assert.deepEqual(links.find("slack", "T01/U02"), isOver ? undefined : DI);
			assert.equal(links.link("slack", "T01/U02", MO), "taken");
			for (const link of links.all(DI)) links.end(link, "teams");
		}
	});

	test("pressed twice is told so, also after it was unlinked", async () => {
		const card = await arrive();
		await press(IN_TEAMS(MO), card, "link");
		assert.match(wordsOf(await say(inSlack(), "unlink")), /T01\/U02 in Slack is not linked to you any more/u);
		assert.match(wordsOf(await press(IN_TEAMS(MO), card, "link")), /This is over/u);
		assert.equal(links.find("slack", "T01/U02"), undefined);
	});
});

describe("unlink", () => {
	test("from the other side ends it at once, and a new code begins it anew", async () => {
		links.link("slack", "T01/U02", MO);
		assert.match(wordsOf(await say(IN_TEAMS(MO), "unlink slack")), /T01\/U02 in Slack is not linked/u);
		assert.match(wordsOf(await say(inSlack(), "sops")), /does not know you here.*type “?`?link/u);
		await say(inSlack(), `link ${await codeOf(MO)}`);
		await press(IN_TEAMS(MO), asked("mo")?.id ?? "", "link");
		assert.deepEqual(links.find("slack", "T01/U02"), MO);
	});

	test("asks which one of several, and leaves what the roster says", async () => {
		links.link("slack", "T01/U02", MO);
		links.link("slack", "T09/U07", MO);
		assert.match(wordsOf(await say(IN_TEAMS(MO), "unlink")), /2 accounts are linked to you/u);
		await say(IN_TEAMS(MO), "unlink T09/U07");
		assert.deepEqual(
			links.all(MO).map(({ identity }) => identity),
			["T01/U02"],
		);
		assert.match(wordsOf(await say(IN_TEAMS(HARRIET), "unlink teams")), /No such account.*service desk’s to change/u);
	});
});
