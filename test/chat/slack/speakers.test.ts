/**
 * Who is let in over Slack: those the roster lists, those who are linked and members of the workspace, and nobody else. And
 * what MSP staff, long lists and private places need besides. Must never take a name for a person.
 */
import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, describe, test } from "node:test";
import { isRecord, type Json, type Values } from "../../../src/base/json.ts";
import type { Person } from "../../../src/people/roster.ts";
import { needs } from "../../fixtures/needs.ts";
import type { SlackMessage, View } from "../../fixtures/slack.ts";
import { APP, CHANNELS, OTHER_TEAM, PEOPLE, rosterId, type SlackWho, TEAM } from "../../fixtures/slack-people.ts";
import { until } from "../../fixtures/until.ts";
import { definitions, HARRIET, MO } from "../world.ts";
import { openSlackWorld, type SlackWorld, withSlack, wordsIn } from "./slack-world.ts";

const skip = needs("local Slack");
const FORM = { startDate: "2026-12-01", profile: "sales" };
const LONG_KEY = `key-${"k".repeat(200)}`;
let world: SlackWorld;

/** Sam, who is a guest in the workspace, is listed by that very account. */
const people = (person: Person): Person =>
	person.id === "sam" ? { ...person, slack: rosterId("guest") } : withSlack(person);

before(async () => {
	if (skip === false) world = await openSlackWorld({ people, sops: { wide: wide() } });
});
after(async () => {
	await world?.end();
});

/** A procedure with a list of 300, one of them with a key of 204 characters. */
function wide() {
	const newhire = definitions.clients.contoso?.sops.newhire;
	assert(newhire !== undefined);
	const choices = Array.from({ length: 300 }, (_, at) => {
		const key = at === 299 ? LONG_KEY : `office-${at}`;
		return { key, title: `Office ${at}`, value: { key, title: `Office ${at}` } };
	});
	const form = newhire.form.map((field) => (field.name === "profile" ? { ...field, choices } : field));
	const starts = [{ kind: "command", command: "wide", by: ["hr"] }] as const;
	return { ...newhire, id: "wide", definition: "3".repeat(64), title: "Wide onboarding", unique: [], starts, form };
}

function event(who: SlackWho, text: string, more: Values = {}): Values {
	const ts = `${performance.timeOrigin + performance.now()}`;
	const channel = world.slack.dm(who);
	const message = { type: "message", channel_type: "im", channel, user: PEOPLE[who].id, ts, text, ...more };
	return {
		...{ type: "event_callback", team_id: TEAM, api_app_id: APP.id, event_id: `Ev${ts}`, event: message },
		authorizations: [{ team_id: TEAM, enterprise_id: null, user_id: APP.botUser, is_bot: true }],
	};
}

/** Delivers it, and gives what the bot said, anywhere. */
async function answersTo(payload: Values, kind: "events_api" | "interactive" = "events_api"): Promise<string> {
	await world.poster.idle();
	await world.door.idle();
	const before = world.slack.calls.length;
	await world.slack.line.deliver(kind, payload);
	await world.door.idle();
	return wordsIn(world.slack.calls.slice(before).map(({ body }) => body.blocks ?? []));
}

const opened = (words: RegExp): Promise<View> =>
	until(
		() => world.slack.views().findLast((view) => words.test(wordsIn(view))),
		() => `no modal says ${words}; ${wordsIn(world.slack.views().at(-1))}`,
	);

describe("let in over Slack is", { skip }, () => {
	test("whom the roster lists, a guest too where it lists that very account", async () => {
		assert.match(await answersTo(event("harriet", "approvals")), /Nothing waits for you/);
		assert.match(await answersTo(event("guest", "approvals")), /Nothing waits for you/);
	});

	for (const who of ["nobody", "visitor", "robot", "gone"] as const) {
		test(`not ${PEOPLE[who].name}, whom it does not list: they are told how they arrive`, async () => {
			world.heard.splice(0);
			const words = await answersTo(event(who, "approvals"));
			assert.match(words, /does not know you here/);
			assert.match(words, new RegExp(`${TEAM}/${PEOPLE[who].id}`));
			assert.deepEqual(
				world.heard.map(({ what, why }) => [what, why]),
				[["unknown-person", `${TEAM}/${PEOPLE[who].id}`]],
			);
		});
	}

	test("not somebody of another organisation, met in a shared channel", async () => {
		const mention = { type: "app_mention", channel: CHANNELS.lounge, channel_type: "channel", user_team: OTHER_TEAM };
		const words = await answersTo(event("stranger", `<@${APP.botUser}> approvals`, mention));
		assert.match(words, new RegExp(`does not know you here.*${OTHER_TEAM}/${PEOPLE.stranger.id}`, "s"));
	});

	test("not the same id in another workspace", async () => {
		const words = await answersTo(event("mo", "approvals", { team: OTHER_TEAM, user_team: OTHER_TEAM }));
		assert.doesNotMatch(words, /waits for you/);
	});

	test("a member who is linked, and not a guest who is", async () => {
		world.links.link("slack", `${TEAM}/${PEOPLE.nobody.id}`, MO);
		assert.match(await answersTo(event("nobody", "approvals")), /Nothing waits for you/);
		for (const link of world.links.all(MO)) world.links.end(link, "slack");
		world.links.link("slack", `${TEAM}/${PEOPLE.visitor.id}`, MO);
		assert.match(await answersTo(event("visitor", "approvals")), /does not know you here/);
	});

	test("nobody, while Slack does not say what kind of account it is; they are told to try again", async () => {
		world.look.forget(TEAM, PEOPLE.nobody.id);
		world.slack.line.trouble({ method: "users.info", answer: { status: 500 } });
		assert.match(await answersTo(event("nobody", "approvals")), /does not say just now.*Nothing happened/s);
	});

	test("nobody by a card: a stranger’s press on it is refused", async () => {
		await world.slack.command("harriet", "/newhire", "Guarded Test");
		await opened(/First name/);
		await world.slack.submit("harriet", FORM);
		const card = await until(() =>
			world.slack.messages(world.slack.dm("mo")).find(({ text }) => text.includes("Guarded")),
		);
		const buttons = (card.blocks ?? []).flatMap(({ elements }) => (elements ?? []) as Values[]);
		const approve = buttons.find(({ action_id }) => action_id === "verb/approve/0") ?? {};
		const words = await answersTo(pressBy("visitor", card, approve), "interactive");
		assert.match(words, /does not know you here/);
		const [run] = (await world.desk.list(HARRIET, { phase: "open" })).items;
		assert.equal(run?.phase, "waiting");
	});
});

function pressBy(who: SlackWho, card: SlackMessage, action: Json): Values {
	return {
		...{ type: "block_actions", team: { id: TEAM, domain: "contoso" }, api_app_id: APP.id },
		user: { id: PEOPLE[who].id, team_id: TEAM },
		container: { type: "message", message_ts: card.ts, channel_id: card.channel, is_ephemeral: false },
		channel: { id: card.channel, name: "directmessage" },
		message: card,
		actions: [{ ...(isRecord(action) ? action : {}), action_ts: `${performance.now()}` }],
	};
}

describe("MSP staff", { skip }, () => {
	test("are asked in a modal for which client, and the form takes its place", async () => {
		await world.slack.command("tia", "/newhire", "Ada King");
		await opened(/For which client/);
		await world.slack.submit("tia", { client: "contoso" });
		const form = await opened(/First name/);
		assert.match(JSON.stringify(form.blocks), /"initial_value":"Ada"/);
		await world.slack.close("tia");
	});

	test("name it in the command, and are not asked", async () => {
		await world.slack.command("tia", "/sopwith", "newhire client:fabrikam Nora Berg");
		await opened(/Fabrikam/);
		await world.slack.close("tia");
	});

	test("in a channel answer it in words that only they see, and the answer stands in their place", async () => {
		await world.slack.say("tia", `<@${APP.botUser}> newhire Eve Adams`, { channel: CHANNELS.lounge });
		const which = await until(() =>
			world.slack.ephemeral("tia").find(({ blocks }) => /For which client/.test(wordsIn(blocks))),
		);
		assert.equal(which.channel, CHANNELS.lounge);
		await world.slack.press("tia", which, "Open the form", { client: "contoso" });
		await opened(/First name/);
		await world.slack.close("tia");
	});
});

describe("a list of 300", { skip }, () => {
	test("is searched, finds every one of them, and takes a key that Slack has no room for", async () => {
		await world.slack.command("harriet", "/wide", "Wide Test");
		const view = await opened(/Wide onboarding/);
		const block = view.blocks.find(({ block_id }) => String(block_id).startsWith("field/profile/"));
		const element = block?.element;
		assert(isRecord(element) && element.type === "external_select");
		const search = async (typed: string) => {
			const { body } = await world.slack.suggest(
				"harriet",
				view,
				{ ...element, block: String(block?.block_id) },
				typed,
			);
			assert(isRecord(body) && Array.isArray(body.options));
			return body.options.filter(isRecord);
		};
		assert.equal((await search("")).length, 100);
		assert.equal((await search("Office 123"))[0]?.value, "office-123");
		assert.deepEqual(await search("no such office"), []);
		const [last] = await search("Office 299");
		await world.slack.submit("harriet", { startDate: "2026-12-01", profile: String(last?.value) });
		const run = await until(async () =>
			(await world.desk.list(HARRIET, { phase: "open" })).items.find(({ subject }) => subject === "Wide Test"),
		);
		assert.equal(isRecord(run) && run.subject, "Wide Test");
	});

	test("is searched in a message too", async () => {
		await world.slack.say("harriet", "wide Message Test");
		const form = await until(() => {
			const mine = world.slack.messages(world.slack.dm("harriet"));
			return mine.find(({ blocks }) => JSON.stringify(blocks ?? []).includes('"initial_value":"Message"'));
		});
		const block = form.blocks?.find(({ block_id }) => String(block_id).startsWith("field/profile/"));
		const { body } = await world.slack.line.deliver("interactive", {
			...pressBy("harriet", form, null),
			...{ type: "block_suggestion", block_id: block?.block_id ?? "", action_id: "value", value: "Office 42" },
		});
		assert.match(JSON.stringify(body), /"value":"office-42"/);
	});

	test("of somebody else’s form is searched by nobody", async () => {
		await world.slack.command("harriet", "/wide", "Theirs Test");
		const view = await opened(/Wide onboarding/);
		const block = view.blocks.find(({ block_id }) => String(block_id).startsWith("field/profile/"));
		const named = { block: String(block?.block_id), action_id: "value" };
		const { body } = await world.slack.suggest("mo", view, named, "Office");
		assert.deepEqual(body, { options: [] });
		await world.slack.close("harriet");
	});
});

test("an answer goes to no address but Slack’s own, whatever a payload says", { skip }, async () => {
	const knocks: string[] = [];
	const elsewhere = createServer((request, response) => {
		knocks.push(request.url ?? "");
		response.end();
	});
	await new Promise<void>((done) => elsewhere.listen(0, done));
	const { port } = elsewhere.address() as AddressInfo;
	const end = world.slack.line.amend((_, payload) =>
		payload.command === "/runs" ? { ...payload, response_url: `http://localhost:${port}/elsewhere` } : payload,
	);
	const before = world.slack.ephemeral("harriet").length;
	await world.slack.command("harriet", "/runs", "", CHANNELS.lounge);
	await until(() => world.slack.ephemeral("harriet").length > before);
	end();
	assert.deepEqual(knocks, []);
	await new Promise((done) => elsewhere.close(done));
});

test("taken out of the whole workspace, an operator is told what mends it", { skip }, async () => {
	world.heard.splice(0);
	const words = await answersTo({ ...event("harriet", ""), event: { type: "app_uninstalled" } });
	assert.doesNotMatch(words, /does not know you/);
	assert.match(world.heard.map(({ what, why }) => `${what} ${why}`).join(), /slack-shut .*install it again/s);
});

describe("over the socket", { skip }, () => {
	for (const [name, payload, why] of [
		["another workspace", { team_id: OTHER_TEAM, authorizations: [] }, "other-team"],
		["another app", { api_app_id: "A99OTHER" }, "other-app"],
		["no workspace", { team_id: "", authorizations: [] }, "no-team"],
	] as const) {
		test(`${name} is refused, acknowledged so that it does not come again, and kept for the auditor`, async () => {
			world.heard.splice(0);
			const words = await answersTo({ ...event("harriet", "approvals"), ...payload });
			assert.doesNotMatch(words, /waits? for you|does not know you/);
			assert.deepEqual(
				world.heard.map(({ what, why }) => [what, why]),
				[["slack-refused", `${why} over the socket`]],
			);
		});
	}

	test("what is no payload at all ends nothing", async () => {
		const { line } = world.slack;
		for (const payload of [
			{},
			{ event: null },
			{ type: "event_callback", event: 7 },
			{ event: { type: "disconnected" } },
		]) {
			assert.equal((await line.deliver("events_api", payload)).status, 200);
			assert.equal((await line.deliver("interactive", payload)).status, 200);
		}
		assert.match(await answersTo(event("harriet", "approvals")), /waits? for you/);
		assert.deepEqual(world.troubles, []);
	});
});
