/**
 * Everything we send to Slack in a story of several people, held against what Slack publishes: the reference of its methods
 * and the types of its own library. Whatever was not really sent is not looked at.
 */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { isRecord, type Json, type Values } from "../../src/base/json.ts";
import { Secret } from "../../src/base/secret.ts";
import { EVENTS, SCOPES } from "../../src/chat/slack/asks.ts";
import { examineSlack } from "../../src/chat/slack/examine.ts";
import { examineWorkspace } from "../../src/chat/slack/examine-workspace.ts";
import { slackManifest } from "../../src/chat/slack/manifest.ts";
import { refusalOf } from "../../src/chat/slack/refusals.ts";
import { chatOf, openRoughPeople, type RoughPeople, seat } from "../chat/slack/rough-people.ts";
import type { Call, Message } from "../chat/slack/rough-slack.ts";
import { wordsIn } from "../chat/slack/slack-world.ts";
import { APP, CHANNELS, PEOPLE, TEAM } from "../fixtures/slack-people.ts";
import { until } from "../fixtures/until.ts";
import { ERRORS_OF_ALL, METHODS } from "./slack-reference.ts";
import { SURVEY } from "./slack-survey.ts";
import { misfits, type Sent } from "./vendor-types.ts";

const SOURCE = fileURLToPath(new URL("../../src/chat/slack", import.meta.url));
const FORM = { startDate: "2026-12-01", profile: "sales" };
const [harriet, mo] = [seat("harriet"), seat("mo")];
let people: RoughPeople;
/** Answers to what was typed into a list. */
const offered: Json[] = [];
before(async () => {
	people = await openRoughPeople({ sops: { survey: SURVEY } });
	await story();
	await survey();
	await doctor();
});
after(async () => {
	await people?.end();
});

const saying = (channel: string, words: RegExp, button: string): Promise<Message> =>
	until(() =>
		people.slack.of(channel).findLast(({ body }) => {
			const said = wordsIn(body.blocks as Json);
			return words.test(said) && said.includes(button);
		}),
	);
const form = (typed: string) => people.opened(harriet, () => people.command(harriet, "/newhire", typed));

/** A form with a mistake, an approval, what its buttons open, Home, shortcuts, mentions, an undo, a thread. */
async function story(): Promise<void> {
	const first = await form("Ada Lovelace");
	await people.submit(harriet, first, { profile: "sales" });
	await people.submit(harriet, first, FORM);
	const asks = await saying(chatOf(mo), /Approve the plan/u, "Send back…");
	const back = await people.opened(mo, () => people.press(mo, asks, "Send back…"));
	await over(back.id, asks);
	await people.press(mo, asks, "Approve");
	const card = await saying(chatOf(harriet), /Ada Lovelace/u, "Undo…");
	const undo = await people.opened(harriet, () => people.press(harriet, card, "Undo…"));
	await people.pressIn(harriet, undo, "Undo 1 change");
	await until(() => people.slack.callsOf("views.update").length > 0);
	const which = await people.opened(harriet, () => people.shortcut(harriet, "start"));
	await people.submit(harriet, which, { word: "newhire" });
	await people.submit(harriet, which, { firstName: "Grace", lastName: "Hopper", ...FORM });
	await people.submit(mo, await form("Not Mine"), FORM);
	await people.event(TEAM, { type: "app_home_opened", user: mo.user, channel: chatOf(mo), tab: "home" });
	const lounge = { type: "app_mention", channel: CHANNELS.lounge, channel_type: "channel" };
	await people.say(harriet, `<@${APP.botUser}> runs`, lounge);
	await people.command(harriet, "/runs", "", CHANNELS.lounge);
	await people.say(seat("nobody"), "help");
	await people.event(TEAM, { type: "member_joined_channel", user: APP.botUser, channel: CHANNELS.lounge, team: TEAM });
	assert.equal((await people.world.look.byEmail(TEAM, PEOPLE.di.email))?.user, PEOPLE.di.id);
	for (const method of ["views.publish", "views.push", "chat.postEphemeral", "users.info"]) {
		await until(() => people.slack.callsOf(method).length > 0);
	}
	await until(() => people.slack.messages.some(({ body }) => body.thread_ts !== undefined));
	await until(() => people.slack.responses.length > 0);
	await people.world.poster.idle();
	await people.world.door.idle();
}

/** A field of every kind, filled in and searched; then a question and a task, answered in their messages. */
async function survey(): Promise<void> {
	const view = await people.opened(harriet, () =>
		people.command(harriet, "/survey", 'text="A line" number=5 email=a@x.example'),
	);
	const block = blocksIn({ view: view.body })
		.filter(isRecord)
		.find(({ block_id: id }) => String(id).startsWith("field/many/"));
	const { body } = await people.suggest(harriet, view, block ?? assert.fail("there is no such field"), "choice 14");
	offered.push(body);
	await people.submit(harriet, view, { phone: "5" });
	await people.submit(harriet, view, { phone: "+12025550100", several: ["k1", "k3"], many: "k142", yes: "true" });
	const question = await saying(chatOf(mo), /Answer a question/u, "");
	await people.press(mo, question, "Answer", { day: "2026-12-24", why: "A day before" });
	const task = await saying(chatOf(mo), /Laptop and badge/u, "Done");
	await people.press(mo, task, "Done", { checked: ["0", "1"] });
	await people.world.poster.idle();
	await people.world.door.idle();
}

/** What a card opens while a modal is open stands on top of that one. */
async function over(view: string, { body }: Message): Promise<void> {
	const [below] = people.slack.views.of(mo).filter(({ id }) => id === view);
	assert(below !== undefined);
	const shown = { ...below, body: { ...below.body, blocks: body.blocks ?? [] } };
	await people.opened(mo, () => people.pressIn(mo, { ...shown, id: below.id }, "Details"));
}

/** What the doctor asks; rough Slack need not know the answers. */
async function doctor(): Promise<void> {
	const { base } = people.slack;
	const parts = { base, definitions: people.world.definitions(), clock: people.world.clock };
	const way = { kind: "socket", token: new Secret(APP.token) } as const;
	await examineSlack({ ...parts, way, teams: [TEAM], home: TEAM });
	await examineWorkspace({ ...parts, named: "SLACK_BOT_TOKEN", token: new Secret(APP.bot) });
}

/** A form has no other way to say yes and no. */
function argumentsOf({ body }: Call): Values {
	const told = Object.entries(body).map(([name, value]) => [
		name,
		value === "true" || value === "false" ? value === "true" : value,
	]);
	return Object.fromEntries(told);
}

describe("a method", () => {
	test("that is called is one of the reference, and every one of the reference is called", () => {
		assert.deepEqual(
			[...new Set(people.slack.calls.map(({ method }) => method))].toSorted(),
			Object.keys(METHODS).toSorted(),
		);
	});

	test("is named nowhere in the code but where it is in the reference", () => {
		const named = readdirSync(SOURCE).flatMap((file) => {
			const text = readFileSync(join(SOURCE, file), "utf8");
			return file.endsWith(".ts")
				? [...text.matchAll(/"((?:[a-z]+\.){1,3}[a-z]+[A-Za-z]*)"/gu)].map(([, name]) => name)
				: [];
		});
		const known = new Set([...Object.keys(METHODS), ...Object.keys(EVENTS)]);
		const others = named.filter((name) => name !== undefined && !known.has(name) && !/slack\.com$|\.yaml$/u.test(name));
		assert.deepEqual(others, []);
		assert(named.length >= Object.keys(METHODS).length);
	});

	test("gets every argument it requires and none that it does not take", () => {
		const wrong = people.slack.calls.flatMap(({ method, body }) => {
			const { required = [], optional = [] } = METHODS[method] ?? {};
			const lacking = required.filter((name) => body[name] === undefined || body[name] === "");
			const more = Object.keys(body).filter((name) => !required.includes(name) && !optional.includes(name));
			return [...lacking.map((name) => `${method} lacks ${name}`), ...more.map((name) => `${method} takes no ${name}`)];
		});
		assert.deepEqual([...new Set(wrong)], []);
	});

	test("needs no scope that the manifest does not ask for, and no scope is asked for in vain", () => {
		const { manifest } = slackManifest({ definitions: people.world.definitions() });
		const asked = manifest.oauth_config?.scopes?.bot ?? [];
		assert.deepEqual([...asked].toSorted(), Object.keys(SCOPES).toSorted());
		const app = ["connections:write"];
		for (const [method, { scopes }] of Object.entries(METHODS)) {
			const fits = scopes.length === 0 || scopes.some((scope) => [...asked, ...app].includes(scope as never));
			assert(fits, `${method} needs one of ${scopes.join(", ")}`);
		}
		const used = new Set(Object.values(METHODS).flatMap(({ scopes }) => scopes));
		/** Scopes of commands and events. Source: https://docs.slack.dev/reference/events */
		const heard = new Set(["commands", "app_mentions:read", "im:history", "channels:read", "groups:read"]);
		assert.deepEqual(
			asked.filter((scope) => !used.has(scope) && !heard.has(scope)),
			[],
		);
	});

	test("that says no in a word of the reference is understood, and an operator is told what that means", () => {
		const documented = new Set([...ERRORS_OF_ALL, ...Object.values(METHODS).flatMap(({ errors = [] }) => errors)]);
		assert(documented.size > 60);
		const unknown = [...documented].filter((word) => refusalOf(word).is.includes(word));
		assert.deepEqual(unknown, []);
	});
});

describe("what was sent", () => {
	const called = (): readonly Sent[] =>
		people.slack.calls.map((call) => ({
			type: `vendor.webApi.${METHODS[call.method]?.type ?? call.method}`,
			value: argumentsOf(call),
		}));
	const answered = (): readonly Sent[] =>
		people.deliveries.flatMap(({ answer }): readonly Sent[] =>
			isRecord(answer?.body) && !offered.includes(answer.body)
				? [{ type: "vendor.ViewResponseAction", value: answer.body }]
				: [],
		);
	const responded = (): readonly Sent[] =>
		people.slack.responses.map(({ body }) => ({ type: "vendor.RespondArguments", value: body }));
	const options = (): readonly Sent[] =>
		offered.map((value) => ({ type: "{ options: vendor.types.PlainTextOption[] }", value }));
	/** A view or a message takes any block; each has to be one that is known. */
	const blocks = (sent: readonly Sent[]): readonly Sent[] =>
		sent.flatMap(({ value }) => blocksIn(value).map((block) => ({ type: "vendor.types.KnownBlock", value: block })));

	test("is of the types that Slack publishes: calls, answers to modals, private answers, every block", () => {
		const sent = [...called(), ...answered(), ...responded(), ...options()];
		const all = [...sent, ...blocks(sent)];
		const once = [...new Map(all.map((each) => [JSON.stringify(each), each])).values()];
		const kinds = new Set(answered().map(({ value }) => (value as Values).response_action));
		assert.deepEqual([...kinds].toSorted(), ["clear", "errors", "push", "update"]);
		const [{ options: list = [] } = {}] = offered as readonly { readonly options?: readonly Json[] }[];
		assert(list.length > 5, "a long list is searched");
		assert(once.length > 60, `${once.length} different ones`);
		assert.deepEqual(misfits("@slack/bolt", once), []);
	});

	test("would be refused by those types if it were not", () => {
		const [update] = called().filter(({ type }) => type === "vendor.webApi.ChatUpdateArguments");
		const [open] = called().filter(({ type }) => type === "vendor.webApi.ViewsOpenArguments");
		const [block] = blocks(called());
		assert(update !== undefined && open !== undefined && block !== undefined);
		const broken: readonly Sent[] = [
			{ ...update, value: { ...(update.value as Values), unfurl_links: false } },
			{ ...open, value: { view: (open.value as Values).view ?? null } },
			{ ...block, value: { type: "section", text: { type: "mrkdwn", text: 5 } } },
			{ ...block, value: { type: "actions", elements: [{ type: "button", text: { type: "mrkdwn", text: "x" } }] } },
			{ type: "vendor.ViewResponseAction", value: { response_action: "close" } },
		];
		const refused = new Set(misfits("@slack/bolt", broken).map(({ value }) => value));
		assert.deepEqual(
			broken.filter(({ value }) => !refused.has(value)),
			[],
		);
	});

	test("is no stream, and nothing asks for one: no method, no scope, no event, no face of an assistant", () => {
		const methods = people.slack.calls.map(({ method }) => method);
		assert.deepEqual(
			methods.filter((method) => /stream|assistant/iu.test(method)),
			[],
		);
		const { manifest } = slackManifest({ definitions: people.world.definitions() });
		assert.doesNotMatch(JSON.stringify(manifest), /assistant|agent|stream/iu);
		const carried = people.slack.calls.flatMap(({ body }) => Object.keys(body));
		assert.deepEqual(
			carried.filter((name) => /chunks|markdown_text|recipient_|task_display/u.test(name)),
			[],
		);
	});
});

function blocksIn(node: Json): readonly Json[] {
	if (!isRecord(node)) return [];
	const own = Array.isArray(node.blocks) ? node.blocks : [];
	return [...own, ...blocksIn(node.view ?? null)];
}
