/**
 * What comes in besides the story: slow engines, the same delivery twice, edits, coming and going, dialogs from a message.
 * Payloads are those of Microsoft's documents.
 */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { Json, Values } from "../../../src/base/json.ts";
import type { Bot } from "../../../src/chat/bot.ts";
import type { Inbound } from "../../../src/chat/surface.ts";
import { until } from "../../fixtures/until.ts";
import { APP, TENANT } from "./microsoft.ts";
import { among, cardIn, idOf, invoke, openTeamsWorld, type TeamsWorld, textIn } from "./teams-world.ts";

const BOT = `28:${APP}`;
let world: TeamsWorld;
let gate: Promise<void> | undefined;
/** What the bot was handed. */
const handed: Inbound[] = [];
const around = (bot: Bot): Bot => ({
	handle: async (inbound) => {
		handed.push(inbound);
		await gate;
		return bot.handle(inbound);
	},
});
before(async () => {
	world = await openTeamsWorld({ around });
});
after(() => world.end());

const last = (conversation: string) => world.microsoft.of(conversation).at(-1);
const lastText = (conversation: string) => {
	const message = last(conversation);
	return message === undefined ? "" : textIn(cardIn(message));
};

describe("a slow engine", () => {
	test("is admitted after two seconds, and its answer to a button comes later, in private", async () => {
		await world.say("harriet", "newhire Slow Form");
		const form = await until(() => last("chat-harriet"));
		const held = Promise.withResolvers<void>();
		gate = held.promise;
		const begun = performance.now();
		const { body } = await world.press("harriet", cardIn(form), "submit", {});
		const tookMs = performance.now() - begun;
		assert(tookMs > 1900 && tookMs < 3000, `${tookMs} ms`);
		const words = "Not confirmed yet. Your card will show it; pressing again cannot start it twice.";
		assert.equal((body as Values).value, words);
		gate = undefined;
		held.resolve();
		await until(() => /things to put right/u.test(lastText("chat-harriet")));
	});

	test("is admitted after two seconds for what was typed, too", async () => {
		const held = Promise.withResolvers<void>();
		gate = held.promise;
		const begun = performance.now();
		assert.equal((await world.say("mo", "help")).status, 200);
		assert(performance.now() - begun < 3000);
		await until(() => /^Not confirmed yet\./u.test(lastText("chat-mo")));
		gate = undefined;
		held.resolve();
		await until(() => /^What you can type/u.test(lastText("chat-mo")));
	});
});

describe("a delivery", () => {
	test("that comes twice, at once or later, is answered once", async () => {
		const before = world.microsoft.of("chat-di").length;
		const twice = world.by("di", { type: "message", text: "help" });
		await Promise.all([world.send(twice), world.send(twice)]);
		await until(() => world.microsoft.of("chat-di").length > before);
		await world.send(twice);
		await world.say("di", "runs");
		await until(() => /Nothing is under way/u.test(lastText("chat-di")));
		assert.equal(world.microsoft.of("chat-di").length, before + 2);
	});

	for (const [name, id] of [
		["the id of somebody else's", "same"],
		["no id", ""],
	] as const) {
		test(`with ${name} is its sender's own: each is handed on, and answered as theirs`, async () => {
			const press = { ...invoke({ action: { verb: "approve", data: { id: "c" } } }), ...among("channel", "19:x"), id };
			const held = Promise.withResolvers<void>();
			gate = held.promise;
			handed.length = 0;
			const answers = Promise.all((["harriet", "mo"] as const).map((who) => world.send(world.by(who, press))));
			const both = () => handed.length === 2;
			await until(both, () => `${handed.length} of 2 were handed on`, 1_500).finally(() => {
				gate = undefined;
				held.resolve();
			});
			await answers;
			assert.deepEqual(handed.map(({ person }) => person?.id).toSorted(), ["harriet", "mo"]);
			assert.notEqual(handed[0]?.key, handed[1]?.key);
		});
	}

	test("without an id is never taken for an earlier one", async () => {
		const before = world.microsoft.of("chat-di").length;
		for (const times of [1, 2]) {
			assert.equal((await world.send(world.by("di", { type: "message", text: "runs", id: "" }))).status, 200);
			await until(() => world.microsoft.of("chat-di").length === before + times, undefined, 3_000);
		}
	});

	const silent: readonly (readonly [string, Values])[] = [
		[
			"an edit of a message",
			{ type: "messageUpdate", text: "newhire", channelData: { eventType: "editMessage", tenant: { id: TENANT } } },
		],
		["a message that was taken back", { type: "messageDelete" }],
		["a reaction", { type: "messageReaction", reactionsAdded: [{ type: "like" }] }],
		["somebody else joining", { type: "conversationUpdate", membersAdded: [{ id: "29:other" }] }],
		[
			"a renamed channel",
			{ type: "conversationUpdate", channelData: { eventType: "channelRenamed", tenant: { id: TENANT } } },
		],
		["an upgrade of nothing we know", { type: "installationUpdate", action: "else" }],
	];
	for (const [name, activity] of silent) {
		test(`${name} changes nothing and says nothing`, async () => {
			const before = world.microsoft.messages.length;
			assert.deepEqual(await world.send(world.by("harriet", activity)), { status: 200, body: "" });
			assert.equal(world.microsoft.messages.length, before);
		});
	}

	test("of an invoke nobody knows is said to be unknown", async () => {
		for (const name of ["task/fetch", "adaptiveCard/action", "signin/verifyState"]) {
			assert.equal((await world.send(world.by("harriet", { type: "invoke", name, value: {} }))).status, 501);
		}
	});
});

describe("coming and going", () => {
	const group = among("groupChat", "19:new@thread.v2");
	const added = { type: "installationUpdate", action: "add" };

	test("Sopwith says hello once to all, naming no client and no procedure", async () => {
		await world.send(world.by("mo", { ...added, ...group }));
		await world.send(world.by("mo", { type: "conversationUpdate", membersAdded: [{ id: BOT }], ...group }));
		const said = world.microsoft.of("19:new@thread.v2");
		assert.equal(said.length, 1);
		assert.equal(
			said[0]?.body.text,
			"Hello. Mention Sopwith and a word, such as “help”. What it answers comes to you alone.",
		);
	});

	test("in a chat of one's own, hello is what this person can type", async () => {
		await world.send(world.by("tia", added));
		assert.match(await until(() => lastText("chat-tia") || undefined), /^What you can type.*newhire/u);
	});

	test("taken out, the place is forgotten and an operator is told; added again, it says hello again", async () => {
		await world.send(world.by("mo", { type: "conversationUpdate", membersRemoved: [{ id: BOT }], ...group }));
		assert.match(String(world.heard.at(-1)?.why), /^groupChat 19:new@thread\.v2 of .*: taken out$/u);
		assert(world.lines.some((line) => line.includes("cannot speak in a conversation any more")));
		await world.send(world.by("mo", { ...added, ...group }));
		assert.equal(world.microsoft.of("19:new@thread.v2").length, 2);
	});
});

describe("a procedure from somebody's message", () => {
	const dialog = (name: string, value: Values) => world.send(world.by("harriet", { type: "invoke", name, value }));
	const opened = (content: string) =>
		dialog("composeExtension/fetchTask", {
			commandId: "start",
			commandContext: "message",
			messagePayload: { id: "1", body: { contentType: "html", content } },
		});
	const task = (body: Json) => (body as { task: { type: string; value: Values } }).task;
	const cardOf = (body: Json) => (task(body).value.card as { content: Values }).content;

	test("asks which, shows its form filled in, keeps mistakes there, and starts it when it is sent", async () => {
		const { body: first } = await opened("<p>Ada&nbsp;Lovelace</p>");
		assert.equal(task(first).type, "continue");
		assert.match(JSON.stringify(cardOf(first)), /"value":"Ada Lovelace"/u);
		assert(!JSON.stringify(cardOf(first)).includes("Action.Execute"), "dialogs know the older button only");
		const chosen = { ...idOf(cardOf(first)), verb: "start-from-message", word: "newhire", words: "Ada Lovelace" };
		const { body: second } = await dialog("composeExtension/submitAction", { commandId: "start", data: chosen });
		assert.match(JSON.stringify(cardOf(second)), /"id":"lastName".*"value":"Lovelace"/u);
		const form = { ...idOf(cardOf(second)), verb: "submit", firstName: "Ada", lastName: "Lovelace", profile: "sales" };
		const { body: third } = await dialog("composeExtension/submitAction", { data: form });
		assert.match(textIn(cardOf(third)), /One thing to put right/u);
		const whole = { ...form, startDate: "2026-12-01" };
		const { body: done } = await dialog("composeExtension/submitAction", { data: whole });
		assert.equal(task(done).type, "message");
		assert.match(String(task(done).value), /^Asked for: Ada Lovelace/u);
		const again = await dialog("composeExtension/submitAction", { data: whole });
		assert.match(String(task(again.body).value), /^Asked for: Ada Lovelace/u);
		const { items } = await world.desk.list({ id: "harriet", client: "contoso" }, { phase: "open" });
		assert.equal(items.filter(({ subject }) => subject === "Ada Lovelace").length, 1);
	});

	test("opened in a chat between two people, does not make that the way to either", async () => {
		const value = { commandId: "start", messagePayload: { body: { content: "x" } } };
		const chat = {
			conversation: { id: "19:harriet_ada@unq.gbl.spaces", conversationType: "personal", tenantId: TENANT },
		};
		await world.send(world.by("harriet", { type: "invoke", name: "composeExtension/fetchTask", value, ...chat }));
		const before = world.microsoft.of("chat-harriet").length;
		await world.say("harriet", "/runs", among("groupChat", "19:elsewhere@thread.v2"));
		await until(() => world.microsoft.of("chat-harriet").length > before);
		assert.equal(world.microsoft.of(chat.conversation.id).length, 0);
	});

	test("takes along no more of a long message than the form has room for", async () => {
		const { body } = await opened(`<div>${"long ".repeat(1000)}</div>`);
		const data = { ...idOf(cardOf(body)), verb: "start-from-message", word: "newhire", words: "long ".repeat(300) };
		const { body: form } = await dialog("composeExtension/submitAction", { data });
		assert(!JSON.stringify(cardOf(form)).includes("long long"));
	});

	test("is nothing for someone the roster does not know", async () => {
		const value = { commandId: "start", messagePayload: { body: { content: "x" } } };
		const activity = { type: "invoke", name: "composeExtension/fetchTask", value };
		const { body } = await world.send(world.by("stranger", activity));
		assert.match(String(task(body).value), /^Sopwith does not know you here\./u);
	});
});
