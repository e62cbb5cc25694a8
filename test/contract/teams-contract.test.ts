/**
 * What we send to Teams, and what no client here asks: cards that ask for themselves anew, every field of a dialog from a
 * message. Held against what Microsoft documents, and against its own types.
 * Sources: https://learn.microsoft.com/adaptive-cards/authoring-cards/universal-action-model
 * and https://learn.microsoft.com/microsoftteams/platform/messaging-extensions/how-to/action-commands/define-action-command
 */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { isRecord, type Json, type Values } from "../../src/base/json.ts";
import { type Answered, idOf, invoke } from "../chat/teams/teams-world.ts";
import { HARRIET } from "../chat/world.ts";
import { type Asked, FORM, openTeamsStage, type TeamsStage } from "./teams-stage.ts";
import { misfits, type Sent } from "./vendor-types.ts";

const CARDS = fileURLToPath(new URL("../../cards", import.meta.url));
let stage: TeamsStage;
before(async () => {
	stage = await openTeamsStage();
});
after(() => stage.world.end());

const by = (trigger: Json, card: { readonly id: string }, verb: string): Values => ({
	...invoke({ action: { type: "Action.Execute", id: "a1", verb, data: card }, trigger }),
});
const body = ({ body }: Answered) => body as { statusCode: number; type: string; value: Values };

describe("a card that asks for itself anew", () => {
	let under: Asked;
	before(async () => {
		under = await stage.asked();
	});

	for (const verb of ["approve", "send-back", "complete", "cancel", "undo", "submit", "no-such-verb"]) {
		test(`decides nothing with the verb ${verb}, and is shown as it stands`, async () => {
			const { message, card, run } = under;
			await stage.silently(async () => {
				const { status, body: shown } = await stage.send("mo", by("automatic", idOf(card), verb));
				assert.equal(status, 200);
				const { value, ...rest } = shown as Values;
				assert.deepEqual(rest, { statusCode: 200, type: "application/vnd.microsoft.card.adaptive" });
				assert.deepEqual(value, card);
			});
			assert(await stage.waits(run));
			assert.equal(message.edits, 0);
		});
	}

	test("whatever else set it off than a hand, decides nothing", async () => {
		const { card, run } = under;
		for (const trigger of ["Automatic", "", null, true, "later", { by: "manual" }] as const) {
			assert.equal((await stage.send("mo", by(trigger, idOf(card), "approve"))).status, 200);
		}
		assert(await stage.waits(run));
	});

	test("before somebody who may not see it, or when it is gone, is not shown: that is an error as documented", async () => {
		const { card, run } = under;
		for (const [who, id] of [
			["stranger", idOf(card)],
			["mona", idOf(card)],
			["mo", { id: "00000000-0000-4000-8000-00000000dead" }],
		] as const) {
			const answer = await stage.send(who, by("automatic", id, "approve"));
			assert.equal(answer.status, 200);
			const { statusCode, type, value } = body(answer);
			assert.deepEqual([statusCode, type], [400, "application/vnd.microsoft.error"]);
			assert.deepEqual(Object.keys(value), ["code", "message"]);
			assert.doesNotMatch(JSON.stringify(answer.body), /Person|Contoso/u);
		}
		assert(await stage.waits(run));
	});

	test("as a form keeps it unsent, and asks for nothing", async () => {
		const form = await stage.handed("newhire Kept Unsent", "Kept");
		await stage.silently(async () => {
			const typed = { ...idOf(form), ...FORM, firstName: "Kept" };
			const { value } = body(await stage.send("harriet", by("automatic", typed, "submit")));
			assert.deepEqual(idOf(value), idOf(form));
		});
	});

	test("pressed by hand, with or without the word, is decided", async () => {
		for (const press of [by("manual", { id: "" }, ""), invoke({ action: {} })]) {
			const { card, run, subject } = await stage.asked();
			const value = press.value as Values;
			const action = { type: "Action.Execute", verb: "approve", data: idOf(card) };
			await stage.send("mo", { ...press, value: { ...value, action } });
			await stage.newest("chat-harriet", new RegExp(`${subject}.*: done`, "su"));
			assert.equal((await stage.world.desk.read(HARRIET, run))?.phase, "done");
		}
	});
});

describe("a dialog from a message", () => {
	const opened = async (value: Values) => {
		const answer = await stage.send("harriet", { type: "invoke", name: "composeExtension/fetchTask", value });
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
			await stage.silently(async () => {
				const value = { commandId: "start", botMessagePreviewAction, botActivityPreview: [{ type: "message" }] };
				const answer = await stage.send("harriet", { type: "invoke", name: "composeExtension/submitAction", value });
				assert.equal(answer.status, 200);
				assert.equal((answer.body as { task: Values }).task.type, "message");
			});
		}
	});
});

test("no card that was sent or answered with, and none of the templates, asks to be refreshed", () => {
	const sent = stage.world.microsoft.taken.map(({ body }) => body);
	assert(sent.length > 15 && stage.answers.length > 25, `${sent.length} sent, ${stage.answers.length} answers`);
	const templates = readdirSync(CARDS).filter((name) => name.endsWith(".json"));
	assert(templates.length > 5);
	const all: readonly unknown[] = [
		...sent,
		...stage.answers,
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
		stage.answers.flatMap(({ to, answer }) => {
			const type = ANSWERS[to];
			// The type of an answer to an action has an object for its value, where the document has a text too.
			const isWords = isRecord(answer.body) && typeof answer.body.value === "string";
			return type === undefined || isWords || !isRecord(answer.body) ? [] : [{ type, value: answer.body }];
		});
	const posted = (): readonly Sent[] =>
		stage.world.microsoft.taken.map(({ method, path, body }) => {
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

test("nothing of all that was a mistake of ours", () => {
	assert.deepEqual(stage.world.troubles, []);
	assert.deepEqual(
		stage.answers.filter(({ answer }) => answer.status >= 500 && answer.status !== 501),
		[],
	);
});
