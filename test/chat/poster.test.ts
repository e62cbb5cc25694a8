/**
 * Messages brought to where they should stand, by the real store and host, on the web chat and on a vendor that misbehaves.
 */
import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, test } from "node:test";
import { emptyCard } from "../../src/cards/card.ts";
import { createLastUsed } from "../../src/chat/last-used.ts";
import { createPoster, type PosterParts } from "../../src/chat/poster.ts";
import { dataOf } from "../../src/chat/posts.ts";
import type { Surface } from "../../src/chat/surface.ts";
import { addressOf, createWebSurface } from "../../src/chat/web/surface.ts";
import { createMemory } from "../../src/engine/embedded/memory.ts";
import type { Message } from "../../src/engine/message.ts";
import { view } from "../../src/engine/view.ts";
import { actorKey } from "../../src/people/actor.ts";
import { until } from "../fixtures/until.ts";
import { openRoughSurface } from "./rough-surface.ts";
import { createSimulatedChat, createTime } from "./simulated-chat.ts";
import { cardOf, DI, HARRIET, MO, openWorld, wordsOf } from "./world.ts";

type World = Awaited<ReturnType<typeof openWorld>>;
type Rough = Awaited<ReturnType<typeof openRoughSurface>>;
const ADA = { firstName: "Ada", lastName: "Lovelace", startDate: "2026-12-01", profile: "sales" };
let world: World;
let rough: Rough;
let logged: string[];
const opened: { close: () => Promise<void> }[] = [];

beforeEach(async () => {
	world = await openWorld();
	rough = await openRoughSurface();
	logged = [];
});
afterEach(async () => {
	for (const each of opened.splice(0)) await each.close();
	await rough.close();
	await world.end();
});

function posterIn(at: World, more: Partial<PosterParts> = {}) {
	return pacedPosterIn(at, { paceMs: () => 0, ...more });
}

/** As fast as it is served. */
function pacedPosterIn(at: World, more: Partial<PosterParts>) {
	const web = createWebSurface({ ...at, definitions: at.definitions });
	const poster = createPoster({
		posts: at.posts,
		marks: at.marks,
		surfaces: [web, rough.surface],
		host: at.host,
		view,
		fill: at.fill,
		rosterOf: (client) => at.definitions().clients[client]?.roster,
		clock: at.clock,
		newId: at.newId,
		after: (ms, act) => {
			const timer = setTimeout(act, ms);
			return () => clearTimeout(timer);
		},
		log: (what) => void logged.push(what),
		...more,
	});
	opened.push(poster);
	return { poster, web };
}

async function start(form = ADA): Promise<string> {
	const { id } = cardOf(await world.say(HARRIET, "newhire"));
	await world.press(HARRIET, id, "submit", form);
	const [run] = (await world.desk.list(HARRIET, { phase: "open" })).items;
	assert(run !== undefined);
	await until(async () => (await world.desk.read(HARRIET, run.id))?.phase === "waiting");
	return run.id;
}

/** A view of one message whose words, ring and audience the test turns. */
function one(more: Partial<Message> = {}): Message {
	const data = { ...emptyCard, title: "Feed the cat", summary: "Feed the cat" };
	return {
		key: "run",
		to: { kind: "people", who: ["it-lead"] },
		card: "notice",
		data,
		rings: 0,
		closed: false,
		...more,
	};
}

const title = (text: string): Partial<Message> => ({ data: { ...emptyCard, title: text, summary: text } });

async function bump(run: string, words: string): Promise<void> {
	await world.desk.note({ actor: HARRIET, run, words, key: words });
}

describe("a run's messages", () => {
	test("reach each person's own chat, with their own times, and are edited in place", async () => {
		const { poster } = posterIn(world);
		await poster.start();
		await start();
		await poster.idle();
		const hers = world.messages.latest(actorKey(HARRIET), 10);
		const his = world.messages.latest(actorKey(MO), 10);
		assert.equal(hers.length, 1);
		assert.equal(his.length, 1);
		assert.match(JSON.stringify(his[0]?.drawn), /Approve/u);
		assert.equal(rough.of("mo").length, 1);
		assert.equal(rough.of("mo")[0]?.ring, true);
	});

	test("pressed on the web are answered with the plan that was shown, and the card is closed", async () => {
		const { poster } = posterIn(world);
		await poster.start();
		const run = await start();
		await poster.idle();
		const row = world.posts.ofRun(run).find((each) => each.place === actorKey(MO));
		assert(row !== undefined);
		const refused = await world.press(HARRIET, row.card, "approve");
		assert.match(wordsOf(refused), /someone else|you asked|Mo Manager/iu);
		await poster.idle();
		assert.deepEqual(await world.press(MO, row.card, "approve"), { kind: "none" });
		await until(async () => (await world.desk.read(HARRIET, run))?.phase === "done");
		await poster.idle();
		const [card] = world.messages.latest(actorKey(MO), 10);
		assert(!JSON.stringify(card?.drawn).includes('"approve"'));
		const late = wordsOf(await world.press(HARRIET, row.card, "approve"));
		assert.match(late, /Mo Manager approved this in the web chat at .* before you.*Nothing more is needed/su);
		assert.match(wordsOf(await world.press(MO, row.card, "approve")), /You approved this .*Nothing more is needed/su);
	});

	test("are put once for someone who holds two roles", async () => {
		const { poster } = posterIn(world, { view: () => [one({ to: { kind: "people", who: ["hr", "requester"] } })] });
		await poster.start();
		await start();
		await poster.idle();
		assert.equal(rough.of("harriet").length, 1);
	});
});

test("nobody is asked for an approval they may not give", async () => {
	const message = one({ card: "approval", wait: "approve#1", to: { kind: "people", who: ["hr", "it-lead"] } });
	const { poster } = posterIn(world, { view: () => [message] });
	await poster.start();
	await start();
	await poster.idle();
	assert.deepEqual(
		rough.kept.map((each) => each.to),
		["mo"],
	);
});

describe("a message", () => {
	test("that rings again is a new post; the old one keeps no button", async () => {
		let now = one({ wait: "approve#1", card: "approval" });
		const { poster } = posterIn(world, { view: () => [now] });
		await poster.start();
		const run = await start();
		await poster.idle();
		now = { ...now, rings: 5 };
		await bump(run, "again");
		await poster.idle();
		await bump(run, "and again");
		await poster.idle();
		const [old, fresh, ...more] = rough.of("mo");
		assert.deepEqual(more, []);
		assert.deepEqual(old?.drawn.data.lead, ["Asked again below."]);
		assert.deepEqual(old?.drawn.data.buttons, []);
		assert.equal(fresh?.ring, true);
	});

	for (const mood of ["busy", "lost"] as const) {
		test(`that rings again while the chat is ${mood} for the old one leaves no button there`, async () => {
			let now = one({ wait: "approve#1", card: "approval" });
			const { poster } = posterIn(world, { view: () => [now] });
			await poster.start();
			const run = await start();
			await poster.idle();
			now = { ...now, rings: 5 };
			await poster.close();
			const again = posterIn(world, { view: () => [now] }).poster;
			await again.start();
			rough.moods.push(...(mood === "busy" ? [] : [mood]));
			rough.moodsOf.PUT.push("busy", "busy");
			await bump(run, "again");
			await again.idle();
			const [old] = rough.of("mo");
			assert.deepEqual(old?.drawn.data.lead, ["Asked again below."]);
			assert.deepEqual(old?.drawn.data.buttons, []);
		});
	}

	test("that did not change is not sent again", async () => {
		const { poster } = posterIn(world, { view: () => [one()] });
		await poster.start();
		const run = await start();
		await bump(run, "one");
		await bump(run, "two");
		await poster.idle();
		assert.deepEqual(rough.calls, ["POST mo"]);
	});

	test("whose card changed has a new id, and the old one answers nothing", async () => {
		let now = one({ wait: "approve#1" });
		const { poster } = posterIn(world, { view: () => [now] });
		await poster.start();
		const run = await start();
		await poster.idle();
		const before = world.posts.ofRun(run)[0]?.card ?? "";
		now = { ...now, wait: "approve#2", ...title("Feed both cats") };
		await bump(run, "two cats");
		await poster.idle();
		assert.notEqual(world.posts.ofRun(run)[0]?.card, before);
		assert.match(wordsOf(await world.press(MO, before, "approve")), /the question has moved on/u);
	});

	test("goes to whoever is asked when it rings; who is not any more is told so", async () => {
		let now = one({ wait: "a#1" });
		const { poster } = posterIn(world, { view: () => [now] });
		await poster.start();
		const run = await start();
		await poster.idle();
		now = { ...now, to: { kind: "people", who: ["owner"] }, rings: 1 };
		await bump(run, "owner");
		await poster.idle();
		assert.equal(rough.of("di").length, 1);
		assert.deepEqual(rough.of("mo")[0]?.drawn.data.lead, ["Someone else is asked now. Nothing is needed from you."]);
	});

	test("that is over before it was ever put is not put, but the run's own card is", async () => {
		const over = one({ key: "approve/approve", card: "approval", closed: true });
		const { poster } = posterIn(world, { view: () => [one({ closed: true }), over] });
		await poster.start();
		await start();
		await poster.idle();
		assert.equal(rough.of("mo").length, 1);
	});

	test("older than 30 days is put anew when it changes", async () => {
		let now = one();
		const { poster } = posterIn(world, { view: () => [now] });
		await poster.start();
		const run = await start();
		await poster.idle();
		world.clock.pass(31 * 24 * 3_600_000);
		now = one(title("Feed the old cat"));
		await bump(run, "old");
		await poster.idle();
		const [old, fresh, ...more] = rough.of("mo").map((each) => each.drawn.data);
		assert.deepEqual([old?.lead, old?.buttons, more], [["This goes on below."], [], []]);
		assert.equal(fresh?.title, "Feed the old cat");
	});

	test("older than 30 days is still edited to say that it is over", async () => {
		let now = one();
		const { poster } = posterIn(world, { view: () => [now] });
		await poster.start();
		const run = await start();
		await poster.idle();
		world.clock.pass(31 * 24 * 3_600_000);
		now = one({ ...title("The cat is fed"), closed: true });
		await bump(run, "over");
		await poster.idle();
		assert.deepEqual(
			rough.of("mo").map((each) => each.drawn.data.title),
			["The cat is fed"],
		);
	});
});

describe("a chat that misbehaves", () => {
	test("by being busy is asked again later, and gets the last state alone", async () => {
		rough.moods.push("busy", "busy");
		let now = one(title("first"));
		const { poster } = posterIn(world, { view: () => [now] });
		await poster.start();
		const run = await start();
		await until(() => rough.calls.length >= 1);
		now = one(title("second"));
		await bump(run, "second");
		now = one(title("third"));
		await bump(run, "third");
		await poster.idle();
		assert.deepEqual(
			rough.of("mo").map((each) => each.drawn.data.title),
			["third"],
		);
		assert.equal(poster.counters.extra, 0);
	});

	test("by losing an answer costs at most one extra post, when someone is needed", async () => {
		rough.moods.push("lost");
		const { poster } = posterIn(world, { view: () => [one({ wait: "a#1" })] });
		await poster.start();
		await start();
		await poster.idle();
		assert.equal(rough.of("mo").length, 2);
		assert.equal(poster.counters.extra, 1);
	});

	test("by losing an answer nobody needs waits for the next change", async () => {
		rough.moods.push("lost");
		let now = one();
		const { poster } = posterIn(world, { view: () => [now] });
		await poster.start();
		const run = await start();
		await poster.idle();
		assert.equal(rough.of("mo").length, 1);
		now = one(title("Feed the cat twice"));
		await bump(run, "twice");
		await poster.idle();
		assert.equal(rough.of("mo").length, 2);
	});

	test("by forgetting a post gets it anew", async () => {
		let now = one();
		const { poster } = posterIn(world, { view: () => [now] });
		await poster.start();
		const run = await start();
		await poster.idle();
		rough.moods.push("gone");
		now = one(title("Feed the cat twice"));
		await bump(run, "twice");
		await poster.idle();
		assert.deepEqual(
			rough.of("mo").map((each) => each.drawn.data.title),
			["Feed the cat", "Feed the cat twice"],
		);
	});

	test("by forgetting how a run stands gets its end anew, and nothing more of what was asked and is over", async () => {
		const question = one({ key: "ask/ask", wait: "ask#1", ...title("Which cat?") });
		const { wait: _, ...asked } = question;
		let now = [question, one()];
		const { poster } = posterIn(world, { view: () => now });
		await poster.start();
		const run = await start();
		await poster.idle();
		rough.moodsOf.PUT.push("gone", "gone");
		now = [{ ...asked, closed: true }, one({ ...title("The cat is fed"), closed: true })];
		await bump(run, "over");
		await poster.idle();
		await bump(run, "over and over");
		await poster.idle();
		assert.deepEqual(
			rough.of("mo").map((each) => each.drawn.data.title),
			["Which cat?", "Feed the cat", "The cat is fed"],
		);
	});

	test("by refusing for good is left alone until something changes", async () => {
		rough.moods.push("refused");
		const { poster } = posterIn(world, { view: () => [one({ wait: "a#1" })] });
		await poster.start();
		const run = await start();
		await poster.idle();
		await bump(run, "nothing new");
		await poster.idle();
		assert.deepEqual(rough.calls, ["POST mo"]);
		assert(logged.includes("a message was refused for good"));
	});

	test("for one person holds up no other", async () => {
		rough.down.add("mo");
		const { poster } = posterIn(world, { view: () => [one({ to: { kind: "people", who: ["it-lead", "owner"] } })] });
		await poster.start();
		await start();
		await until(() => rough.of("di").length === 1);
		assert.equal(world.messages.latest(actorKey(MO), 10).length, 1);
		rough.down.clear();
		await poster.idle();
		assert.equal(rough.of("mo").length, 1);
	});
});

test("a run goes on by the web while a chat is down, which then shows how it ended", async () => {
	for (const who of ["mo", "harriet"]) rough.down.add(who);
	const { poster } = posterIn(world);
	await poster.start();
	const run = await start();
	await until(() => world.posts.ofRun(run).some(({ place, ref }) => place === actorKey(MO) && ref !== undefined));
	const row = world.posts.ofRun(run).find(({ place }) => place === actorKey(MO));
	assert.deepEqual(await world.press(MO, row?.card ?? "", "approve"), { kind: "none" });
	await until(async () => (await world.desk.read(HARRIET, run))?.phase === "done");
	rough.down.clear();
	await poster.idle();
	const [card, ...more] = rough.of("harriet");
	assert.deepEqual(
		[card?.drawn.data.title, more, rough.of("mo")],
		["Ada Lovelace, new employee onboarding: done", [], []],
	);
});

describe("somebody with two chats", () => {
	test("is rung in the one they acted from last, or the first; what they had in the other says where it went", async () => {
		const slack = await openRoughSurface(() => true, "slack");
		opened.push(slack);
		const used = createLastUsed(createMemory(world.store, "chat"));
		let now = one({ wait: "a#1", to: { kind: "people", who: ["it-lead", "owner"] } });
		const { poster, web } = posterIn(world, { view: () => [now] });
		await poster.close();
		const parts = { view: () => [now], surfaces: [web, rough.surface, slack.surface], lastUsed: used.of };
		const both = posterIn(world, parts);
		await both.poster.start();
		used.note(DI, "slack");
		used.note(MO, "web");
		const run = await start();
		await both.poster.idle();
		assert.deepEqual([rough.kept.map(({ to }) => to), slack.kept.map(({ to }) => to)], [["mo"], ["di"]]);
		used.note(MO, "slack");
		await bump(run, "nothing rings");
		await both.poster.idle();
		assert.deepEqual([rough.kept.length, slack.kept.length], [1, 1]);
		now = { ...now, rings: 1 };
		await bump(run, "it rings");
		await both.poster.idle();
		assert.deepEqual(rough.of("mo")[0]?.drawn.data.lead, ["Asked again in Slack."]);
		assert.deepEqual(
			slack.kept.map(({ to, ring }) => `${to} ${ring}`),
			["di true", "mo true", "di true"],
		);
		assert.equal(createLastUsed(createMemory(world.store, "chat")).of(MO), "slack");
	});

	test("who is asked and asked for it by two names is not asked for an approval they may not give", async () => {
		const { contoso } = world.definitions().clients;
		const people = contoso?.roster.people.map((each) =>
			each.id === "mo" ? { ...each, email: "HARRIET@contoso.example" } : each,
		);
		const roster = contoso && { ...contoso.roster, people: people ?? [] };
		const message = one({ card: "approval", wait: "a#1", to: { kind: "people", who: ["it-lead", "owner"] } });
		const { poster } = posterIn(world, { view: () => [message], rosterOf: () => roster });
		await poster.start();
		await start();
		await poster.idle();
		assert.deepEqual(
			rough.kept.map(({ to }) => to),
			["di"],
		);
	});
});

test("an end in the middle is made up for at the next start, without a second post", async () => {
	rough.down.add("mo");
	const { poster } = posterIn(world, { view: () => [one({ to: { kind: "people", who: ["it-lead", "owner"] } })] });
	await poster.start();
	const run = await start();
	await until(() => rough.of("di").length === 1 && rough.calls.includes("POST mo"));
	await poster.close();
	const { folder } = world;
	await world.stop();
	rough.down.clear();
	world = await openWorld({ folder });
	assert.deepEqual(world.marks.marked().includes(run), true);
	const again = posterIn(world, { view: () => [one({ to: { kind: "people", who: ["it-lead", "owner"] } })] });
	await again.poster.start();
	await again.poster.idle();
	assert.equal(rough.of("mo").length, 1);
	assert.equal(rough.of("di").length, 1);
});

test("an end between a post and its answer is made up for with the next change", async () => {
	const silent = { ...rough.surface, put: () => new Promise<never>(() => {}) };
	const { poster } = posterIn(world, { surfaces: [silent], view: () => [one()] });
	await poster.start();
	const run = await start();
	await until(() => world.posts.ofRun(run).some(({ digest }) => digest === ""));
	// It ended with the process: nobody closes it.
	opened.pop();
	const { folder } = world;
	await world.stop();
	world = await openWorld({ folder });
	let now = one();
	const again = posterIn(world, { view: () => [now] });
	await again.poster.start();
	await again.poster.idle();
	assert.equal(rough.of("mo").length, 0, "it may stand there already");
	now = one(title("Feed the cat twice"));
	await bump(run, "twice");
	await again.poster.idle();
	assert.equal(rough.of("mo").length, 1);
	assert.equal(again.poster.counters.extra, 1);
});

test("an end while a lost answer is made up for forgets neither whose card it is nor which plan it shows", async () => {
	let tries = 0;
	const silent: Surface = {
		...rough.surface,
		put: async (to, drawn, ring) => {
			if (to.ref === "mo") tries += 1;
			return to.ref === "mo" && tries > 1 ? new Promise<never>(() => {}) : rough.surface.put(to, drawn, ring);
		},
		directTo: async (person) => (person.id === "mo" ? rough.surface.directTo(person) : undefined),
	};
	rough.moodsOf.POST.push("lost");
	const { poster } = posterIn(world, { surfaces: [silent] });
	await poster.start();
	const run = await start();
	await until(() => tries === 2);
	// It ended with the process: nobody closes it.
	opened.pop();
	const { folder } = world;
	await world.stop();
	world = await openWorld({ folder });
	const again = posterIn(world, { surfaces: [rough.surface] });
	await again.poster.start();
	await again.poster.idle();
	const row = world.posts.ofRun(run).find(({ place, wait }) => place === "mo" && wait !== undefined);
	assert(row !== undefined);
	assert.equal(dataOf(row).plan, (await world.desk.read(MO, run))?.plan?.hash);
	const [first] = rough.of("mo");
	assert.deepEqual(await world.press(MO, first?.drawn.id ?? "", "approve"), { kind: "none" }, "either copy decides");
	await until(async () => (await world.desk.read(HARRIET, run))?.phase === "done");
	await again.poster.idle();
	assert.match(JSON.stringify(rough.of("mo").map(({ drawn }) => drawn.data)), /Approved by you/u);
});

describe("on the web", () => {
	const readers = { to: { kind: "people", who: ["it-lead", "owner"] } } as const;
	const titles = (): readonly unknown[] =>
		[MO, DI].flatMap((actor) =>
			world.messages
				.latest(actorKey(actor), 10)
				.map(({ drawn }) => (drawn as { data?: { title?: string } }).data?.title),
		);

	test("cards and their rows stand together or not at all, for all readers of a run", async () => {
		let now = one(readers);
		const web = createWebSurface({ ...world, definitions: world.definitions });
		const { poster } = posterIn(world, { view: () => [now], surfaces: [web] });
		await poster.start();
		const refuse = (addressee: string) =>
			`CREATE TEMP TRIGGER refused BEFORE INSERT ON posts WHEN NEW.addressee = '${addressee}' BEGIN
			 SELECT RAISE(ABORT, 'refused'); END`;
		world.store.db.exec(refuse(`web direct ${actorKey(DI)}`));
		const run = await start();
		await poster.idle();
		assert.deepEqual([titles(), world.posts.ofRun(run)], [[], []]);
		world.store.db.exec("DROP TRIGGER refused");
		await bump(run, "again");
		await poster.idle();
		assert.deepEqual(titles(), ["Feed the cat", "Feed the cat"]);
		world.store.db.exec(refuse(`web direct ${actorKey(DI)}`));
		now = one({ ...readers, ...title("Feed both cats") });
		await bump(run, "both");
		await poster.idle();
		assert.deepEqual(titles(), ["Feed the cat", "Feed the cat"]);
		world.store.db.exec("DROP TRIGGER refused");
		await poster.refresh(run);
		await poster.idle();
		assert.deepEqual(titles(), ["Feed both cats", "Feed both cats"]);
		assert.deepEqual([poster.counters.puts, poster.counters.edits, poster.counters.extra], [2, 2, 0]);
	});

	test("what cannot be drawn anew now is logged, and ends nothing", async () => {
		const { poster } = posterIn(world, { view: () => [one(readers)] });
		await poster.start();
		const run = await start();
		await poster.idle();
		world.store.db.exec("CREATE TEMP TRIGGER full BEFORE INSERT ON posts BEGIN SELECT RAISE(ABORT, 'full'); END");
		await poster.refresh(run);
		world.store.db.exec("DROP TRIGGER full");
		assert(logged.includes("messages could not be drawn anew"), logged.join());
	});

	test("a disk that is full when a card is drawn gets the last state once there is room", async () => {
		const { db } = world.store;
		const pages = () => Number(db.pragma("page_count", { simple: true }));
		let now = one(readers);
		let full = false;
		const view = () => {
			if (full) db.pragma(`max_page_count = ${pages()}`);
			return [now];
		};
		const after = (_: number, act: () => void) => {
			const timer = setTimeout(act, 5);
			return () => clearTimeout(timer);
		};
		const web = createWebSurface({ ...world, definitions: world.definitions });
		const { poster } = posterIn(world, { view, after, surfaces: [web] });
		await poster.start();
		const run = await start();
		await poster.idle();
		full = true;
		now = one({ ...readers, data: { ...emptyCard, title: "Feed all", summary: "Feed all", lead: ["x".repeat(1e6)] } });
		await bump(run, "all");
		await until(() => poster.counters.delayed > 0);
		assert.deepEqual(titles(), ["Feed the cat", "Feed the cat"]);
		full = false;
		db.pragma("max_page_count = 1000000");
		await poster.idle();
		assert.deepEqual(titles(), ["Feed all", "Feed all"]);
	});

	test("a run is drawn ten times a second at most, with its last state, and a decision at once", async () => {
		const time = createTime(5);
		const web = createWebSurface({ ...world, definitions: world.definitions });
		let now = one({ wait: "ask#1" });
		const { poster } = pacedPosterIn(world, { view: () => [now], surfaces: [web], after: time.after });
		await poster.start();
		const run = await start();
		await time.pass(1000);
		for (let change = 1; change <= 100; change++) {
			now = one({ wait: "ask#1", ...title(`change ${change}`) });
			await bump(run, `change ${change}`);
			await time.pass(10);
		}
		assert(poster.counters.edits >= 8 && poster.counters.edits <= 11, `${poster.counters.edits} edits in a second`);
		await time.pass(100);
		assert.deepEqual(titles(), ["change 100"]);
		now = one(title("change 101"));
		await bump(run, "change 101");
		await time.pass(20);
		now = one({ ...title("decided"), closed: true });
		await bump(run, "decided");
		await time.pass(0);
		assert.deepEqual(titles(), ["decided"]);
	});

	test("a card that cannot be drawn for one reader costs no other, and is tried again at the next change", async () => {
		let now = one(readers);
		let broken = true;
		const fill: PosterParts["fill"] = (data, reader) => {
			if (broken && reader.actor?.id === "di") throw new RangeError("no words");
			return world.fill(data, reader);
		};
		const web = createWebSurface({ ...world, definitions: world.definitions });
		const { poster } = posterIn(world, { view: () => [now], surfaces: [web], fill });
		await poster.start();
		const run = await start();
		await poster.idle();
		assert.deepEqual(titles(), ["Feed the cat"]);
		assert.deepEqual(logged, ["a message could not be sent"]);
		broken = false;
		now = one({ ...readers, ...title("Feed both cats") });
		await bump(run, "both");
		await poster.idle();
		assert.deepEqual(titles(), ["Feed both cats", "Feed both cats"]);
	});

	test("a message that rings again is a new card; the old one keeps no button", async () => {
		let now = one({ wait: "approve#1", card: "approval" });
		const { poster } = posterIn(world, { view: () => [now] });
		await poster.start();
		const run = await start();
		await poster.idle();
		now = { ...now, rings: 1 };
		await bump(run, "again");
		await poster.idle();
		const [old, fresh, ...more] = world.messages.latest(actorKey(MO), 10);
		assert.deepEqual(more, []);
		assert.match(JSON.stringify(old?.drawn), /Asked again below\./u);
		assert.equal(fresh?.rings, true);
		now = { ...now, rings: 2, to: { kind: "people", who: ["owner"] } };
		await bump(run, "somebody else");
		await poster.idle();
		assert.match(JSON.stringify(world.messages.latest(actorKey(MO), 10).at(-1)?.drawn), /Someone else is asked now/u);
		assert.equal(world.messages.latest(actorKey(DI), 10).length, 1);
	});

	test("a card older than 30 days is put anew when it changes, but not to say that it is over", async () => {
		let now = one();
		const { poster } = posterIn(world, { view: () => [now] });
		await poster.start();
		const run = await start();
		await poster.idle();
		world.clock.pass(31 * 24 * 3_600_000);
		now = one(title("Feed the old cat"));
		await bump(run, "old");
		await poster.idle();
		assert.deepEqual(titles(), ["Feed the old cat", "Feed the old cat"]);
		assert.match(JSON.stringify(world.messages.latest(actorKey(MO), 10)[0]?.drawn), /This goes on below\./u);
		world.clock.pass(31 * 24 * 3_600_000);
		now = one({ ...title("The cat is fed"), closed: true });
		await bump(run, "over");
		await poster.idle();
		assert.deepEqual(titles(), ["Feed the old cat", "The cat is fed"]);
	});
});

test("a card that is over holds up no other in its place, however often the run changes", async () => {
	const time = createTime(3);
	const manners = { slowMs: 0, busy: 0, lost: 0 };
	const chat = createSimulatedChat("teams", { time, manners, reaches: ({ id }) => id === "mo" });
	let [question, progress] = [one({ key: "ask/ask", wait: "ask#1" }), one()];
	const { poster } = posterIn(world, {
		view: () => [question, progress],
		surfaces: [chat.surface],
		after: time.after,
		paceMs: () => 2000,
	});
	await poster.start();
	const run = await start();
	await time.pass(10_000);
	const { wait: _, ...asked } = question;
	question = { ...asked, closed: true };
	const seconds = 20;
	for (let second = 0; second < seconds; second++) {
		progress = one(title(`change ${second}`));
		await bump(run, `change ${second}`);
		await time.pass(1000);
	}
	const shown = chat.calls.filter(
		({ what, drawn }) => what === "edit" && String(drawn.data.title).startsWith("change"),
	);
	assert(shown.length >= seconds / 2 - 2, `${shown.length} edits in ${seconds} s`);
	await time.pass(10_000);
	assert.equal(chat.kept.at(-1)?.drawn.data.title, `change ${seconds - 1}`);
});

test("the web chat keeps places apart", async () => {
	const web = createWebSurface({ ...world, definitions: world.definitions });
	const drawn = { card: "notice", data: { ...emptyCard, title: "x", summary: "x" }, id: "1" } as const;
	const { ref } = await web.put(addressOf(MO), drawn, false);
	assert.equal(await web.edit(addressOf({ id: "mo" }), ref, drawn), "gone");
	assert.equal(await web.edit(addressOf(MO), ref, drawn), "edited");
	assert.equal(await web.directTo({ id: "nobody" }), undefined);
});
