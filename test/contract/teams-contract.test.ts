/**
 * What Teams documents and no client on this machine shows: cards that ask for themselves anew, edits and reactions, coming
 * and going, invokes of features we do not have. Each is answered as documented and decides nothing.
 * Sources: https://learn.microsoft.com/adaptive-cards/authoring-cards/universal-action-model
 * and https://learn.microsoft.com/microsoftteams/platform/bots/how-to/conversations/subscribe-to-conversation-events
 */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { isRecord, type Json, type Values } from "../../src/base/json.ts";
import { APP, type Message, TENANT } from "../chat/teams/microsoft.ts";
import {
	type Answered,
	among,
	cardIn,
	idOf,
	invoke,
	openTeamsWorld,
	type TeamsWorld,
	textIn,
	type Who,
} from "../chat/teams/teams-world.ts";
import { HARRIET } from "../chat/world.ts";
import { until } from "../fixtures/until.ts";
import { misfits, type Sent } from "./vendor-types.ts";

const CARDS = fileURLToPath(new URL("../../cards", import.meta.url));
const BOT = `28:${APP}`;
const FORM = { lastName: "Test", startDate: "2026-12-01", profile: "sales" };
const answers: { readonly to: string; readonly answer: Answered }[] = [];
let world: TeamsWorld;
let count = 0;
before(async () => {
	world = await openTeamsWorld();
	await world.say("mo", "help");
});
after(() => world.end());

const newest = (conversation: string, words: RegExp) =>
	until(() => world.microsoft.of(conversation).findLast((message) => words.test(textIn(cardIn(message)))));

const send = async (who: Who, activity: Values): Promise<Answered> => {
	const answer = await world.send(world.by(who, activity));
	answers.push({ to: String(activity.name ?? ""), answer });
	return answer;
};

/** What an activity is told to have done. */
async function silently(act: () => Promise<unknown>): Promise<void> {
	const before = [world.microsoft.messages.length, world.heard.length, await runs()];
	await act();
	await world.poster.idle();
	assert.deepEqual([world.microsoft.messages.length, world.heard.length, await runs()], before);
}

/** Every run there is, and how far each has come. */
const runs = async () =>
	(await world.desk.list(HARRIET, {})).items.map(({ id, phase, waitingFor }) => ({ id, phase, waitingFor }));

/** Types a line; gives the form that comes of it, with a word filled in. */
async function handed(line: string, word: string): Promise<Values> {
	await world.say("harriet", line);
	const fits = (message: Message): boolean => JSON.stringify(cardIn(message)).includes(`"value":"${word}"`);
	return cardIn(await until(() => world.microsoft.of("chat-harriet").findLast(fits)));
}

/** Somebody new is asked for. Gives the card that asks Mo, and the run's. */
async function asked() {
	const firstName = `Person${++count}`;
	const form = await handed(`newhire ${firstName}`, firstName);
	const answer = await world.press("harriet", form, "submit", { ...FORM, firstName });
	answers.push({ to: "adaptiveCard/action", answer });
	const message = await newest("chat-mo", new RegExp(`Approve the plan.*${firstName}`, "su"));
	const run = (await world.desk.list(HARRIET, {})).items.find(({ subject }) => subject.startsWith(firstName));
	assert(run !== undefined);
	return { message, card: cardIn(message), run: run.id, subject: run.subject };
}

const waits = async (run: string) => (await world.desk.read(HARRIET, run))?.phase === "waiting";
const by = (trigger: Json, card: { readonly id: string }, verb: string): Values => ({
	...invoke({ action: { type: "Action.Execute", id: "a1", verb, data: card }, trigger }),
});
const body = ({ body }: Answered) => body as { statusCode: number; type: string; value: Values };

describe("a card that asks for itself anew", () => {
	let under: Awaited<ReturnType<typeof asked>>;
	before(async () => {
		under = await asked();
	});

	for (const verb of ["approve", "send-back", "complete", "cancel", "undo", "submit", "no-such-verb"]) {
		test(`decides nothing with the verb ${verb}, and is shown as it stands`, async () => {
			const { message, card, run } = under;
			await silently(async () => {
				const { status, body: shown } = await send("mo", by("automatic", idOf(card), verb));
				assert.equal(status, 200);
				const { value, ...rest } = shown as Values;
				assert.deepEqual(rest, { statusCode: 200, type: "application/vnd.microsoft.card.adaptive" });
				assert.deepEqual(value, card);
			});
			assert(await waits(run));
			assert.equal(message.edits, 0);
		});
	}

	test("whatever else set it off than a hand, decides nothing", async () => {
		const { card, run } = under;
		for (const trigger of ["Automatic", "", null, true, "later", { by: "manual" }] as const) {
			assert.equal((await send("mo", by(trigger, idOf(card), "approve"))).status, 200);
		}
		assert(await waits(run));
	});

	test("before somebody who may not see it, or when it is gone, is not shown: that is an error as documented", async () => {
		const { card, run } = under;
		for (const [who, id] of [
			["stranger", idOf(card)],
			["mona", idOf(card)],
			["mo", { id: "00000000-0000-4000-8000-00000000dead" }],
		] as const) {
			const answer = await send(who, by("automatic", id, "approve"));
			assert.equal(answer.status, 200);
			const { statusCode, type, value } = body(answer);
			assert.deepEqual([statusCode, type], [400, "application/vnd.microsoft.error"]);
			assert.deepEqual(Object.keys(value), ["code", "message"]);
			assert.doesNotMatch(JSON.stringify(answer.body), /Person|Contoso/u);
		}
		assert(await waits(run));
	});

	test("as a form keeps it unsent, and asks for nothing", async () => {
		const form = await handed("newhire Kept Unsent", "Kept");
		await silently(async () => {
			const typed = { ...idOf(form), ...FORM, firstName: "Kept" };
			const { value } = body(await send("harriet", by("automatic", typed, "submit")));
			assert.deepEqual(idOf(value), idOf(form));
		});
	});

	test("pressed by hand, with or without the word, is decided", async () => {
		for (const press of [by("manual", { id: "" }, ""), invoke({ action: {} })]) {
			const { card, run, subject } = await asked();
			const value = press.value as Values;
			const action = { type: "Action.Execute", verb: "approve", data: idOf(card) };
			await send("mo", { ...press, value: { ...value, action } });
			await newest("chat-harriet", new RegExp(`${subject}.*: done`, "su"));
			assert.equal((await world.desk.read(HARRIET, run))?.phase, "done");
		}
	});
});

/** Activities of kinds that Teams sends unasked: what happened, and the payload. */
const member = { id: "29:other", aadObjectId: "00000000-0000-4000-8000-0000000000ff" };
const event = (eventType: string, more: Values = {}): readonly [string, Values] => [
	eventType,
	{
		type: "conversationUpdate",
		...among("channel", "19:general@thread.tacv2"),
		channelData: {
			...{ eventType, tenant: { id: TENANT }, team: { id: "19:general@thread.tacv2", name: "Team" } },
			channel: { id: "19:general@thread.tacv2", name: "General" },
		},
		...more,
	},
];
const UNASKED: readonly (readonly [string, Values])[] = [
	["a reaction", { type: "messageReaction", reactionsAdded: [{ type: "like" }], replyToId: "m1" }],
	["a reaction taken back", { type: "messageReaction", reactionsRemoved: [{ type: "like" }], replyToId: "m1" }],
	...["editMessage", "undeleteMessage"].map((eventType): readonly [string, Values] => [
		`messageUpdate with ${eventType}`,
		{
			...{ type: "messageUpdate", text: "newhire Edited Twice", textFormat: "plain" },
			channelData: { eventType, tenant: { id: TENANT } },
		},
	]),
	["messageDelete", { type: "messageDelete", channelData: { eventType: "softDeleteMessage", tenant: { id: TENANT } } }],
	...[
		"channelCreated channelRenamed channelDeleted channelRestored channelShared channelUnshared",
		"teamRenamed teamArchived teamUnarchived teamDeleted teamHardDeleted teamRestored",
	]
		.flatMap((line) => line.split(" "))
		.map((eventType) => event(eventType)),
	event("teamMemberAdded", { membersAdded: [member] }),
	event("teamMemberRemoved", { membersRemoved: [member] }),
	event("channelMemberAdded", { membersAdded: [member] }),
	event("channelMemberRemoved", { membersRemoved: [member] }),
	["a new topic", { type: "conversationUpdate", topicName: "Newhire", ...among("groupChat", "19:g@thread.v2") }],
	["an upgrade of the app", { type: "installationUpdate", action: "upgrade" }],
	[
		"a read receipt",
		{ type: "event", name: "application/vnd.microsoft.readReceipt", value: { lastReadMessageId: "1" } },
	],
	["the start of a meeting", { type: "event", name: "application/vnd.microsoft.meetingStart", value: {} }],
	["somebody typing", { type: "typing" }],
	["the end of a conversation", { type: "endOfConversation" }],
	["a kind of activity that does not exist yet", { type: "somethingNew", text: "newhire New Kind", value: {} }],
];

describe("told unasked", () => {
	for (const [name, activity] of UNASKED) {
		test(`${name} is answered 200, and nothing comes of it`, async () => {
			await silently(async () => {
				assert.deepEqual(await send("harriet", activity), { status: 200, body: "" });
			});
		});
	}

	test("an edit of the very message that started a form, with another name in it, hands out no second one", async () => {
		const typed = { id: "edited-1", type: "message", text: "newhire First Wording" };
		await send("harriet", typed);
		await until(() => JSON.stringify(world.microsoft.of("chat-harriet").at(-1)?.body).includes("Wording"));
		await silently(async () => {
			const channelData = { eventType: "editMessage", tenant: { id: TENANT } };
			await send("harriet", { ...typed, type: "messageUpdate", text: "newhire Second Wording", channelData });
		});
	});
});

describe("coming and going", () => {
	const here = among("groupChat", "19:upgraded@thread.v2");
	const of = () => world.microsoft.of("19:upgraded@thread.v2");

	test("an upgrade that brings the bot says hello once; one that takes it away is told to an operator", async () => {
		assert.equal((await send("mo", { type: "installationUpdate", action: "add-upgrade", ...here })).status, 200);
		await send("mo", { type: "conversationUpdate", membersAdded: [{ id: BOT }], ...here });
		assert.equal(of().length, 1);
		const before = world.heard.length;
		assert.equal((await send("mo", { type: "installationUpdate", action: "remove-upgrade", ...here })).status, 200);
		assert.match(String(world.heard[before]?.why), /19:upgraded@thread\.v2 .*taken out/u);
	});
});

/** Invokes of features that we do not have. */
const UNKNOWN: readonly (readonly [string, Values])[] = [
	["composeExtension/query", { commandId: "search", parameters: [{ name: "q", value: "newhire" }], queryOptions: {} }],
	["composeExtension/queryLink", { url: "https://x.example/runs/1" }],
	["composeExtension/anonymousQueryLink", { url: "https://x.example/runs/1" }],
	["composeExtension/selectItem", { id: "1", verb: "approve" }],
	["composeExtension/onCardButtonClicked", { id: "1", verb: "approve" }],
	["composeExtension/querySettingUrl", {}],
	["composeExtension/setting", { state: "x" }],
	["task/fetch", { data: { id: "1", verb: "approve" }, context: { theme: "default" } }],
	["task/submit", { data: { id: "1", verb: "approve" }, context: { theme: "default" } }],
	["tab/fetch", { tabContext: { tabEntityId: "1" } }],
	["tab/submit", { data: { verb: "approve" } }],
	["signin/verifyState", { state: "123456" }],
	["signin/tokenExchange", { id: "1", connectionName: "x", token: "x" }],
	["signin/failure", { code: "invokeerror", message: "x" }],
	["config/fetch", { data: {} }],
	["config/submit", { data: { verb: "approve" } }],
	["fileConsent/invoke", { type: "fileUpload", action: "accept", context: { verb: "approve" } }],
	["actionableMessage/executeAction", { actionId: "1", body: "{}" }],
	["application/search", { queryText: "a", queryOptions: { skip: 0, top: 15 }, dataset: "no-such-dataset" }],
	["message/submitAction", { actionName: "feedback", actionValue: { reaction: "like" } }],
	["adaptiveCard/action", { action: { type: "Action.Execute" }, trigger: "manual" }],
	["somethingNew/invoke", { verb: "approve" }],
];

describe("an invoke", () => {
	let under: Awaited<ReturnType<typeof asked>>;
	before(async () => {
		under = await asked();
	});

	for (const [name, value] of UNKNOWN) {
		test(`${name} is answered 501, as the SDK answers what it has no handler for, and decides nothing`, async () => {
			const { card, run } = under;
			await silently(async () => {
				const carried = JSON.parse(JSON.stringify(value).replaceAll('"1"', JSON.stringify(idOf(card).id))) as Values;
				assert.deepEqual(await send("mo", { type: "invoke", name, value: carried }), { status: 501, body: "" });
			});
			assert(await waits(run));
		});
	}
});

describe("a dialog from a message", () => {
	const opened = async (value: Values) => {
		const answer = await send("harriet", { type: "invoke", name: "composeExtension/fetchTask", value });
		assert.equal(answer.status, 200);
		const { task, ...rest } = answer.body as { task: { type: string; value: Values } };
		assert.deepEqual(rest, {});
		return task;
	};
	const content = ({ value }: { value: Values }): Values => (value.card as { content: Values }).content;
	/** Every field that is documented of a message. Source: https://learn.microsoft.com/javascript/api/botframework-schema/messageactionspayload */
	const payload = (body: Values): Values => ({
		...{ id: "1517429142942", replyToId: null, createdDateTime: "2026-11-22T10:00:00.000Z" },
		...{ lastModifiedDateTime: null, deleted: false, subject: null, summary: null, importance: "normal" },
		...{ locale: "en-gb", linkToMessage: "https://teams.microsoft.com/l/message/x", attachmentLayout: null },
		from: { application: null, device: null, user: { userIdentityType: "aadUser", id: "x", displayName: "Mo" } },
		...{
			attachments: [{ id: "74d20c7f", contentType: "reference", contentUrl: "https://x.example", name: "cv.docx" }],
		},
		mentions: [{ id: 0, mentionText: "Ada", mentioned: { user: { id: "x", displayName: "Ada" } } }],
		reactions: [{ reactionType: "like", createdDateTime: "2026-11-22T10:00:00.000Z", user: { user: { id: "x" } } }],
		body,
	});
	const from = (body: Values) =>
		opened({
			...{ commandId: "start", commandContext: "message", requestId: "r1", context: { theme: "dark" } },
			messagePayload: payload(body),
		});
	const shown = (card: Values) => JSON.stringify(card);

	test("is answered with every documented field of a task, its card of the kind that dialogs take", async () => {
		const html = '<div><at id="0">Ada</at> Lovelace<br>Sales</div><attachment id="74d20c7f"></attachment>';
		const task = await from({ contentType: "html", content: html });
		assert.equal(task.type, "continue");
		assert.deepEqual(Object.keys(task.value).toSorted(), ["card", "height", "title", "width"]);
		assert.deepEqual([task.value.height, task.value.width], ["large", "medium"]);
		assert.equal((task.value.card as Values).contentType, "application/vnd.microsoft.card.adaptive");
		assert.match(shown(content(task)), /"value":"Ada Lovelace\\nSales"/u);
		assert.doesNotMatch(shown(content(task)), /Action\.Execute|74d20c7f/u);
	});

	test("takes plain text as it is, with its signs", async () => {
		const task = await from({ contentType: "text", content: "if a < b and b > c &amp; d" });
		assert.match(shown(content(task)), /"value":"if a < b and b > c &amp; d"/u);
	});

	test("opened where there is no message, asks without one", async () => {
		for (const commandContext of ["compose", "commandbox"]) {
			const task = await opened({ commandId: "start", commandContext, context: { theme: "default" } });
			assert.equal(task.type, "continue");
			assert.match(shown(content(task)), /"id":"word"/u);
		}
	});

	test("sent back with the documented answer to a preview that was never shown, starts nothing", async () => {
		for (const botMessagePreviewAction of ["send", "edit"]) {
			await silently(async () => {
				const value = { commandId: "start", botMessagePreviewAction, botActivityPreview: [{ type: "message" }] };
				const answer = await send("harriet", { type: "invoke", name: "composeExtension/submitAction", value });
				assert.equal(answer.status, 200);
				assert.equal((answer.body as { task: Values }).task.type, "message");
			});
		}
	});
});

test("no card that was sent or answered with, and none of the templates, asks to be refreshed", () => {
	const sent = world.microsoft.taken.map(({ body }) => body);
	assert(sent.length > 15 && answers.length > 60, `${sent.length} sent, ${answers.length} answers`);
	const templates = readdirSync(CARDS).filter((name) => name.endsWith(".json"));
	assert(templates.length > 5);
	const all: readonly unknown[] = [
		...sent,
		...answers,
		...templates.map((name) => JSON.parse(readFileSync(join(CARDS, name), "utf8"))),
	];
	assert.deepEqual(all.flatMap(refreshes), []);
});

/** Where something asks to be refreshed, at any depth. */
function refreshes(node: unknown): readonly unknown[] {
	if (Array.isArray(node)) return node.flatMap(refreshes);
	if (!isRecord(node)) return [];
	return [...("refresh" in node ? [node.refresh] : []), ...Object.values(node).flatMap(refreshes)];
}

describe("what was sent to Teams", () => {
	/** By name of an invoke: the type of its answer. */
	const ANSWERS: { readonly [name: string]: string } = {
		"adaptiveCard/action": "vendor.AdaptiveCardInvokeResponse",
		"composeExtension/fetchTask": "vendor.MessagingExtensionActionResponse",
		"composeExtension/submitAction": "vendor.MessagingExtensionActionResponse",
	};
	/** Nothing of an activity is required of who sends one, nor of the conversation in it: the reference of the connector. */
	const ACTIVITY =
		'Partial<Omit<vendor.Activity, "conversation">> & { conversation?: Partial<vendor.ConversationAccount> }';
	const answered = (): readonly Sent[] =>
		answers.flatMap(({ to, answer }) => {
			const type = ANSWERS[to];
			// The type of an answer to an action has an object for its value, where the document has a text too.
			const isWords = isRecord(answer.body) && typeof answer.body.value === "string";
			return type === undefined || isWords || !isRecord(answer.body) ? [] : [{ type, value: answer.body }];
		});
	const posted = (): readonly Sent[] =>
		world.microsoft.taken.map(({ method, path, body }) => {
			const opens = method === "POST" && path.endsWith("/v3/conversations");
			return { type: opens ? "vendor.ConversationParameters" : ACTIVITY, value: body };
		});

	test("is of the types that Microsoft publishes: messages, edits, new chats, answers to invokes", () => {
		const all = [...answered(), ...posted()];
		const once = [...new Map(all.map((each) => [JSON.stringify(each), each])).values()];
		assert.deepEqual(new Set(answered().map(({ type }) => type)).size, 2);
		assert(once.length > 20, `${once.length} different ones`);
		const [message] = posted().filter(({ type }) => type === ACTIVITY);
		const broken = { type: ACTIVITY, value: { ...(message?.value as Values), isTarget: true } };
		assert.deepEqual(
			misfits("botbuilder", [...once, broken]).map(({ value }) => value),
			[broken.value],
		);
	});
});

test("no form came of an edit, of a kind of activity that is not known, nor later", () => {
	const said = JSON.stringify(world.microsoft.messages.map(({ body }) => body));
	assert.match(said, /"value":"Wording"/u);
	assert.doesNotMatch(said, /Edited|Twice|Second|New Kind/u);
});

test("nothing of all that was a mistake of ours", () => {
	assert.deepEqual(world.troubles, []);
	assert.deepEqual(
		answers.filter(({ answer }) => answer.status >= 500 && answer.status !== 501),
		[],
	);
});
