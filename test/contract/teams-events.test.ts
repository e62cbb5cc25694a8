/**
 * What Teams tells and asks that no client here does: edits and reactions, every event of teams and channels, coming and
 * going, invokes of features we do not have. Each is answered as documented and decides nothing.
 * Source: https://learn.microsoft.com/microsoftteams/platform/bots/how-to/conversations/subscribe-to-conversation-events
 */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { Values } from "../../src/base/json.ts";
import { APP, TENANT } from "../chat/teams/microsoft.ts";
import { among, idOf } from "../chat/teams/teams-world.ts";
import { until } from "../fixtures/until.ts";
import { type Asked, openTeamsStage, type TeamsStage } from "./teams-stage.ts";

const BOT = `28:${APP}`;
let stage: TeamsStage;
before(async () => {
	stage = await openTeamsStage();
});
after(() => stage.world.end());

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
			await stage.silently(async () => {
				assert.deepEqual(await stage.send("harriet", activity), { status: 200, body: "" });
			});
		});
	}

	test("an edit of the very message that started a form, with another name in it, hands out no second one", async () => {
		const typed = { id: "edited-1", type: "message", text: "newhire First Wording" };
		await stage.send("harriet", typed);
		await until(() => JSON.stringify(stage.world.microsoft.of("chat-harriet")).includes("Wording"));
		await stage.silently(async () => {
			const channelData = { eventType: "editMessage", tenant: { id: TENANT } };
			await stage.send("harriet", { ...typed, type: "messageUpdate", text: "newhire Second Wording", channelData });
		});
	});
});

describe("coming and going", () => {
	const here = among("groupChat", "19:upgraded@thread.v2");
	const of = () => stage.world.microsoft.of("19:upgraded@thread.v2");

	test("an upgrade that brings the bot says hello once; one that takes it away is told to an operator", async () => {
		assert.equal((await stage.send("mo", { type: "installationUpdate", action: "add-upgrade", ...here })).status, 200);
		await stage.send("mo", { type: "conversationUpdate", membersAdded: [{ id: BOT }], ...here });
		assert.equal(of().length, 1);
		const before = stage.world.heard.length;
		assert.equal(
			(await stage.send("mo", { type: "installationUpdate", action: "remove-upgrade", ...here })).status,
			200,
		);
		assert.match(String(stage.world.heard[before]?.why), /19:upgraded@thread\.v2 .*taken out/u);
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
	let under: Asked;
	before(async () => {
		under = await stage.asked();
	});

	for (const [name, value] of UNKNOWN) {
		test(`${name} is answered 501, as the SDK answers what it has no handler for, and decides nothing`, async () => {
			const { card, run } = under;
			await stage.silently(async () => {
				const carried = JSON.parse(JSON.stringify(value).replaceAll('"1"', JSON.stringify(idOf(card).id))) as Values;
				assert.deepEqual(await stage.send("mo", { type: "invoke", name, value: carried }), { status: 501, body: "" });
			});
			assert(await stage.waits(run));
		});
	}
});

test("no form came of an edit, of a kind of activity that is not known, nor later", () => {
	const said = JSON.stringify(stage.world.microsoft.messages.map(({ body }) => body));
	assert.match(said, /"value":"Wording"/u);
	assert.doesNotMatch(said, /Edited|Twice|Second|New Kind/u);
});

test("nothing of all that was a mistake of ours", () => {
	assert.deepEqual(stage.world.troubles, []);
	assert.deepEqual(
		stage.answers.filter(({ answer }) => answer.status >= 500 && answer.status !== 501),
		[],
	);
});
