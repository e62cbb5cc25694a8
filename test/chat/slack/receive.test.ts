/**
 * What people do in Slack, through the real local Slack and its socket: commands, forms, presses, Home, shortcuts, mentions.
 * Must never reach into the bot.
 */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { isRecord, type Values } from "../../../src/base/json.ts";
import { blockProblems } from "../../../src/cards/blocks-limits.ts";
import type { Person } from "../../../src/people/roster.ts";
import { needs } from "../../fixtures/needs.ts";
import type { SlackMessage, View } from "../../fixtures/slack.ts";
import { APP, CHANNELS, PEOPLE, rosterId, type SlackWho, TEAM } from "../../fixtures/slack-people.ts";
import { until } from "../../fixtures/until.ts";
import { HARRIET } from "../world.ts";
import { becoming, openSlackWorld, type SlackWorld, standing, withSlack, wordsIn } from "./slack-world.ts";

const skip = needs("local Slack");
const FORM = { startDate: "2026-12-01", profile: "sales" };
let world: SlackWorld;
let count = 0;

/** Finn, of another client, is in the workspace too. */
const people = (person: Person): Person =>
	person.id === "finn" ? { ...person, slack: rosterId("sol") } : withSlack(person);

before(async () => {
	if (skip === false) world = await openSlackWorld({ people });
});
after(async () => {
	await world?.end();
});

/** Does something, and gives the messages that came of it in a place. */
type Expected = { readonly who: SlackWho; readonly words: RegExp; readonly channel?: string };

/** What Sopwith says with these words after that: what belongs to something earlier may still be on its way. */
async function toldAfter(expected: Expected, act: () => Promise<unknown>): Promise<SlackMessage> {
	const { who, words, channel = world.slack.dm(who) } = expected;
	const before = new Set(world.slack.messages(channel).map(({ ts }) => ts));
	await act();
	return until(
		() =>
			world.slack
				.messages(channel)
				.filter(({ ts, user }) => !before.has(ts) && user === APP.botUser)
				.find(({ text, blocks }) => words.test(`${text} ${wordsIn(blocks)}`)),
		() => `${who} was not told ${words}`,
	);
}

async function whispered(who: SlackWho, act: () => Promise<unknown>): Promise<SlackMessage> {
	const before = world.slack.ephemeral(who).length;
	await act();
	return until(
		() => world.slack.ephemeral(who)[before],
		() => `nothing was whispered to ${who}`,
	);
}

async function opened(act: () => Promise<unknown>): Promise<View> {
	const before = world.slack.views().at(-1)?.id;
	await act();
	return until(
		() => {
			const top = world.slack.views().at(-1);
			return top?.id === before ? undefined : top;
		},
		() => "no modal opened",
	);
}

/** Starts a run of its own for somebody new. Gives the message that asks Mo. */
async function asked(): Promise<SlackMessage> {
	const name = `Person${++count}`;
	await opened(() => world.slack.command("harriet", "/newhire", `${name} Test`));
	return toldAfter({ who: "mo", words: new RegExp(name, "u") }, () => world.slack.submit("harriet", FORM));
}

const now = (message: SlackMessage) => standing(world.slack, message);
const became = (message: SlackMessage, words: RegExp) => becoming(world.slack, message, words);

describe("a form", { skip }, () => {
	test("opens as a modal over a command, filled with what was typed, and closes once it is sent", async () => {
		const view = await opened(() => world.slack.command("harriet", "/newhire", "Ada Lovelace"));
		assert.match(JSON.stringify(view.blocks), /"initial_value":"Ada"/);
		assert.match(JSON.stringify(view.blocks), /"initial_value":"Lovelace"/);
		const words = /Asked for: Ada Lovelace.*Nothing has changed yet/;
		await toldAfter({ who: "harriet", words }, () => world.slack.submit("harriet", FORM));
		await until(() => world.slack.views().length === 0);
	});

	test("comes back with what is wrong at its field, keeps what was typed, and starts nothing", async () => {
		await opened(() => world.slack.command("harriet", "/newhire", "Grace Hopper"));
		const { body } = await world.slack.submit("harriet", { profile: "sales" });
		assert(isRecord(body) && isRecord(body.errors));
		assert.equal(body.response_action, "errors");
		assert.deepEqual(Object.keys(body.errors), ["field/startDate/0"]);
		assert.equal(world.slack.views().length, 1, "the modal stays, with what was typed");
		assert.doesNotMatch(JSON.stringify((await world.desk.list(HARRIET, { phase: "open" })).items), /Grace/);
		const words = /Asked for: Grace Hopper/;
		await toldAfter({ who: "harriet", words }, () => world.slack.submit("harriet", FORM));
		await until(() => world.slack.views().length === 0);
	});

	test("sent with 500 characters of a name, or none that can be read, is told at the field", async () => {
		await opened(() => world.slack.command("harriet", "/newhire"));
		const typed = { ...FORM, firstName: "🙂".repeat(250), lastName: "Long" };
		const { body } = await world.slack.submit("harriet", typed);
		assert(isRecord(body) && isRecord(body.errors));
		assert.deepEqual(Object.keys(body.errors), ["field/firstName/0"]);
		await world.slack.close("harriet");
	});

	test("takes a name with markup, a mention and a link as the words they are", async () => {
		await opened(() => world.slack.command("harriet", "/newhire"));
		const typed = { ...FORM, firstName: "<!channel> *Al*", lastName: "Ecila <https://x.example|y>" };
		await world.slack.submit("harriet", typed);
		const card = await until(() =>
			world.slack.messages(world.slack.dm("mo")).find(({ blocks }) => /channel.*Al.*Ecila/.test(wordsIn(blocks))),
		);
		const marked = JSON.stringify([card.text, card.blocks?.filter(({ type }) => type !== "header") ?? []]);
		assert.doesNotMatch(marked, /<!channel>|<https:|\*Al\*/u);
	});

	test("asked for in a channel stands there for that person alone, and so does what follows", async () => {
		const form = await whispered("harriet", () =>
			world.slack.say("harriet", `<@${APP.botUser}> newhire Lise Meitner`, { channel: CHANNELS.lounge }),
		);
		assert.match(JSON.stringify(form.blocks), /"initial_value":"Lise"/);
		await world.slack.press("harriet", form, "See the plan", FORM);
		await until(() =>
			world.slack
				.ephemeral("harriet")
				.some(({ ts, blocks }) => ts === form.ts && /Asked for: Lise Meitner/.test(wordsIn(blocks))),
		);
		assert.doesNotMatch(wordsIn(world.slack.messages(CHANNELS.lounge).map(({ blocks }) => blocks)), /Lise/);
	});

	test("that is closed is left as it is", async () => {
		await opened(() => world.slack.command("harriet", "/newhire", "Left Alone"));
		await world.slack.close("harriet");
		assert.doesNotMatch(JSON.stringify((await world.desk.list(HARRIET, { phase: "open" })).items), /Left/);
	});

	test("stands as a message with inputs where nothing gives a trigger, and can be sent from there", async () => {
		await world.slack.say("harriet", "newhire Mary Shelley");
		const form = await until(() => {
			const mine = world.slack.messages(world.slack.dm("harriet"));
			return mine.find(({ blocks }) => JSON.stringify(blocks ?? []).includes('"initial_value":"Mary"'));
		});
		const wrong = await world.slack.press("harriet", form, "See the plan", { profile: "sales" });
		assert.equal(wrong.status, 200);
		const again = await became(form, /Enter|day|date/i);
		await world.slack.press("harriet", again, "See the plan", FORM);
		await became(form, /Asked for: Mary Shelley/);
	});
});

describe("an approval", { skip }, () => {
	test("is one click, and the card it was on says who and where", async () => {
		const card = await asked();
		const { status, after: ms } = await world.slack.press("mo", card, "Approve");
		assert.equal(status, 200);
		assert(ms < 3000);
		await became(card, /Approved by you in Slack/);
	});

	test("counts a double click once", async () => {
		const card = await asked();
		const both = await Promise.all([
			world.slack.press("mo", card, "Approve"),
			world.slack.press("mo", card, "Approve"),
		]);
		assert.deepEqual(
			both.map(({ status }) => status),
			[200, 200],
		);
		await became(card, /Approved by you in Slack/);
	});

	test("pressed on a card that has moved on is told so, and changes nothing", async () => {
		const card = await asked();
		await world.slack.press("mo", card, "Approve");
		await became(card, /Approved by you/);
		const words = /You approved this in Slack at .*Nothing more is needed/s;
		await toldAfter({ who: "mo", words }, () => world.slack.press("mo", card, "Approve"));
	});

	test("of another client’s run is refused as if it were not there", async () => {
		const card = await asked();
		const words = /There is no such run that you can see. Nothing was done/;
		const told = await toldAfter({ who: "sol", words }, () => {
			const theirs = { ...card, channel: world.slack.dm("sol") };
			return world.slack.line.deliver("interactive", press("sol", theirs, "verb/approve/0"));
		});
		assert.doesNotMatch(wordsIn(told.blocks), /Person|Contoso/);
		assert.match(wordsIn(now(card).blocks), /Approve the plan/);
	});

	test("sent back asks why in a modal over the card", async () => {
		const card = await asked();
		const view = await opened(() => world.slack.press("mo", card, "Send back…"));
		assert.match(wordsIn(view), /What should change/);
		await world.slack.submit("mo", { words: "Start on Monday" });
		await until(() => world.slack.views().length === 0);
		await became(card, /Start on Monday/);
	});

	test("shows technical detail in a modal", async () => {
		const card = await asked();
		const view = await opened(() => world.slack.press("mo", card, "Details"));
		assert.equal(isRecord(view.title) && view.title.text, "Technical detail");
		await world.slack.close("mo");
	});
});

/** A press as Slack tells it, on whatever card one likes. */
function press(who: SlackWho, message: SlackMessage, action: string): Values {
	const buttons = (message.blocks ?? []).flatMap(({ elements }) => (elements ?? []) as Values[]);
	const button = buttons.find(({ action_id }) => action_id === action) ?? {};
	return {
		type: "block_actions",
		team: { id: TEAM, domain: "contoso" },
		user: { id: PEOPLE[who].id, team_id: TEAM },
		api_app_id: APP.id,
		container: { type: "message", message_ts: message.ts, channel_id: message.channel, is_ephemeral: false },
		channel: { id: message.channel, name: "directmessage" },
		message,
		actions: [{ ...button, action_ts: `${performance.now()}` }],
	};
}

describe("the run’s own card", { skip }, () => {
	async function ended(): Promise<SlackMessage> {
		const card = await asked();
		await world.slack.press("mo", card, "Approve");
		return until(() => {
			const mine = world.slack.messages(world.slack.dm("harriet"));
			return mine.find((message) => message.text.includes(`Person${count} `) && /Undo/.test(wordsIn(message.blocks)));
		});
	}

	test("asks in a modal before anything is undone, and says in it what follows", async () => {
		const card = await ended();
		const view = await opened(() => world.slack.press("harriet", card, "Undo…"));
		assert.match(wordsIn(view), /Undo 1.change\?/);
		const after = await opened(() => world.slack.pressInView("harriet", view, "Undo 1 change"));
		assert.match(wordsIn(after), /The undo is planned now/);
		await world.slack.close("harriet");
	});

	test("opens its form to be amended while the run goes on", async () => {
		await asked();
		const card = await until(() => {
			const mine = world.slack.messages(world.slack.dm("harriet"));
			return mine.find(
				({ blocks, text }) => text.includes(`Person${count}`) && /Change the form/.test(wordsIn(blocks)),
			);
		});
		const view = await opened(() => world.slack.press("harriet", card, "Change the form"));
		assert.match(JSON.stringify(view.blocks), new RegExp(`"initial_value":"Person${count}"`));
		await world.slack.close("harriet");
	});
});

describe("what is typed", { skip }, () => {
	test("in a channel, with a mention, is answered for that person alone", async () => {
		const told = await whispered("harriet", () =>
			world.slack.say("harriet", `<@${APP.botUser}> runs`, { channel: CHANNELS.lounge }),
		);
		assert.equal(told.channel, CHANNELS.lounge);
		assert.match(wordsIn(told.blocks), /under way/);
	});

	test("as a mention and as a message of the same words is answered once", async () => {
		const before = world.slack.ephemeral("harriet").length;
		const heard = world.slack.deliveries.length;
		await world.slack.say("harriet", `<@${APP.botUser}> approvals`, { channel: CHANNELS.lounge });
		await until(() => world.slack.deliveries.slice(heard).filter(({ answer }) => answer !== undefined).length === 2);
		await until(() => world.slack.ephemeral("harriet").length > before);
		assert.equal(world.slack.ephemeral("harriet").length, before + 1);
	});

	test("in a channel without a mention is not ours", async () => {
		const heard = world.slack.deliveries.length;
		await world.poster.idle();
		await world.door.idle();
		const calls = world.slack.calls.length;
		await world.slack.say("harriet", "newhire somebody", { channel: CHANNELS.lounge });
		await until(() => world.slack.deliveries.slice(heard).some(({ answer }) => answer !== undefined));
		assert.deepEqual(
			world.slack.calls.slice(calls).map(({ method }) => method),
			[],
		);
	});

	test("as a slash command in a channel is answered for that person alone", async () => {
		const told = await whispered("harriet", () => world.slack.command("harriet", "/runs", "", CHANNELS.lounge));
		assert.equal(told.channel, CHANNELS.lounge);
	});

	test("behind /sopwith is the same, where another app has the word", async () => {
		const view = await opened(() => world.slack.command("harriet", "/sopwith", "newhire Rosalind Franklin"));
		assert.match(JSON.stringify(view.blocks), /"initial_value":"Rosalind"/);
		await world.slack.close("harriet");
	});

	test("and edited afterwards is not typed again, nor what a bot says", async () => {
		await toldAfter({ who: "harriet", words: /waits? for you/ }, () => world.slack.say("harriet", "approvals"));
		const channel = world.slack.dm("harriet");
		const mine = world.slack.messages(channel).findLast(({ user }) => user === PEOPLE.harriet.id);
		await world.poster.idle();
		await world.door.idle();
		const calls = world.slack.calls.length;
		for (const event of [
			{ subtype: "message_changed", message: { ...mine, text: "approvals" }, previous_message: mine ?? {} },
			{ subtype: "message_deleted", deleted_ts: mine?.ts ?? "" },
			{ subtype: "bot_message", bot_id: "B99", text: "approvals" },
			{ user: PEOPLE.robot.id, bot_id: "B98", text: "approvals" },
			{ user: APP.botUser, text: "approvals" },
			{ subtype: "channel_join", user: PEOPLE.harriet.id, text: "approvals" },
		]) {
			const ts = `${Math.random()}`;
			await world.slack.line.deliver(
				"events_api",
				envelope({ type: "message", channel, channel_type: "im", ts, ...event }),
			);
		}
		assert.deepEqual(world.slack.calls.slice(calls), []);
	});

	test("at length is read by nobody, and that is said", async () => {
		const words = /too long for a command.*Nothing was started/;
		await toldAfter({ who: "harriet", words }, () => world.slack.say("harriet", `newhire ${"x".repeat(5000)}`));
	});
});

function envelope(event: Values): Values {
	return {
		type: "event_callback",
		team_id: TEAM,
		api_app_id: APP.id,
		event_id: `Ev${Math.random()}`,
		event,
		authorizations: [{ team_id: TEAM, enterprise_id: null, user_id: APP.botUser, is_bot: true }],
	};
}

describe("a shortcut", { skip }, () => {
	test("asks which procedure, and its form takes that modal’s place", async () => {
		const which = await opened(() => world.slack.shortcut("harriet", "start"));
		assert.match(wordsIn(which), /Start a procedure/);
		const form = await opened(() => world.slack.submit("harriet", { word: "newhire" }));
		assert.match(wordsIn(form), /First name/);
		await world.slack.close("harriet");
	});

	test("on a message takes its words along", async () => {
		await world.slack.say("mo", "Katherine Johnson", { channel: CHANNELS.lounge });
		const message = await until(() =>
			world.slack.messages(CHANNELS.lounge).find(({ text }) => text === "Katherine Johnson"),
		);
		const which = await opened(() => world.slack.shortcut("harriet", "start-from", message));
		assert.match(JSON.stringify(which.blocks), /"initial_value":"Katherine Johnson"/);
		const form = await opened(() => world.slack.submit("harriet", { word: "newhire" }));
		assert.match(JSON.stringify(form.blocks), /"initial_value":"Katherine"/);
		await world.slack.close("harriet");
	});
});

describe("Home", { skip }, () => {
	test("shows what waits for somebody, what is under way and what they can start", async () => {
		await asked();
		await world.slack.home("mo");
		const home = await until(() => world.slack.homeOf("mo"));
		assert.match(wordsIn(home), /waits? for you.*under Messages.*under way.*Start something/su);
	});

	test("has buttons that work: a procedure’s form, a run, another look", async () => {
		await asked();
		await world.slack.home("harriet");
		const home = await until(() => world.slack.homeOf("harriet"));
		const form = await opened(() => world.slack.pressInView("harriet", home, "New employee onboarding"));
		assert.match(wordsIn(form), /First name/);
		await world.slack.close("harriet");
		const label = home.blocks
			.flatMap(({ elements }) => (elements ?? []) as Values[])
			.map(({ text }) => (isRecord(text) ? String(text.text) : ""))
			.find((title) => title.includes(`Person${count}`));
		assert(label !== undefined, "there is a button for the run");
		const run = await opened(() => world.slack.pressInView("harriet", home, label));
		assert.match(wordsIn(run), new RegExp(`Person${count} Test`));
		await world.slack.close("harriet");
		await world.slack.pressInView("harriet", home, "Look again");
		await until(() => world.slack.homeOf("harriet")?.id !== home.id);
	});

	test("tells somebody we do not know whom to ask", async () => {
		await world.slack.home("nobody");
		const home = await until(() => world.slack.homeOf("nobody"));
		assert.match(wordsIn(home), /does not know you here/);
		assert.match(wordsIn(home), new RegExp(`${TEAM}/${PEOPLE.nobody.id}`));
	});
});

test("added to a channel it says hello to all; taken out, an operator is told", { skip }, async () => {
	const channel = CHANNELS.lounge;
	const joined = { type: "member_joined_channel", user: APP.botUser, channel, team: TEAM };
	await toldAfter({ who: "mo", words: /Hello/, channel }, () =>
		world.slack.line.deliver("events_api", envelope(joined)),
	);
	await world.slack.line.deliver("events_api", envelope({ type: "channel_left", channel, actor_id: PEOPLE.mo.id }));
	assert(world.heard.some(({ what, why }) => what === "slack-shut" && why?.includes(channel)));
});

test("nothing of all that was more than Slack takes", { skip }, () => {
	const said = world.slack.calls.map(({ body }) => (isRecord(body.view) ? body.view : body));
	const answered = world.slack.deliveries.map(({ answer }) => (isRecord(answer?.body) ? answer.body.view : undefined));
	const payloads = [...said, ...answered].filter((each) => isRecord(each) && Array.isArray(each.blocks));
	assert(payloads.length > 20);
	assert.deepEqual(
		payloads.flatMap((each) => blockProblems(each)),
		[],
	);
});

test("nothing of all that was a mistake of ours", { skip }, async () => {
	assert.deepEqual(world.troubles, []);
	assert.deepEqual(
		world.lines.filter((line) => !line.includes("channel_left")),
		[],
	);
});
