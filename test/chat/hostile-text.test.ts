/**
 * What anybody may send in, as long as a request can be: every reader looks at no more of it than what a person could have
 * typed, so none of it can hold the others up.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Values } from "../../src/base/json.ts";
import { goOn } from "../../src/chat/from-message.ts";
import { MOST_READ, parse } from "../../src/chat/parse.ts";
import { draftsIn } from "../../src/chat/posts.ts";
import { plainOf } from "../../src/chat/slack/plain.ts";
import { read as readSlack } from "../../src/chat/slack/read.ts";
import type { Workspace } from "../../src/chat/slack/workspaces.ts";
import { readActivity } from "../../src/chat/teams/activity.ts";
import { read as readTeams, wordsOfMessage } from "../../src/chat/teams/read.ts";
import { HARRIET, openWorld, wordsOf } from "./world.ts";

const NOW = "2026-11-22T12:00:00.000Z";
const BYTES = 250_000;
const HOSTILE = [
	...'“ ,” ," ,a=“ ,a=" ,a=,<at,<at>,<at></at,=<at>,<br,<br ,</p,<,< ,<|,<@U0BOT|,<@U0BOT,&amp;,&,`,:a,\n,/ '.split(
		",",
	),
	" ",
	"client:",
	"sopwith ",
	"\u00a0",
].map((piece) => piece.repeat(BYTES / piece.length).slice(0, BYTES));

const activity = (text: string) => {
	const [conversation, recipient] = [{ id: "a:1", conversationType: "personal" }, { id: "28:bot" }];
	const entities = [{ type: "mention", text: "<at>Sopwith</at>", mentioned: { id: "28:bot" } }];
	const sent = { type: "message", id: "1", serviceUrl: "https://x.example", conversation, recipient, entities, text };
	const found = readActivity(sent);
	assert(found !== undefined);
	return found;
};
const workspace: Workspace = {
	...{ team: "T1", name: "Contoso", botUser: "U0BOT", botId: "B1" },
	api: { call: () => assert.fail("nothing is called here") },
};
const slack = (body: Values) => readSlack({ body, workspace }, (user) => user).asked;
const event = (text: string, more: Values) =>
	slack({ type: "event_callback", event: { type: "message", text, ...more } });

const READERS: readonly (readonly [string, (text: string) => unknown])[] = [
	["a typed line", parse],
	["a message of Teams", (text) => readTeams(activity(text))],
	["a message of Slack to Sopwith", (text) => event(text, { channel_type: "im" })],
	["a message of Slack in a channel", (text) => event(text, { channel_type: "channel" })],
	["a command of Slack", (text) => slack({ command: "/sopwith", text })],
	["what Slack wrote for somebody", (text) => plainOf(text, (user) => user)],
];
for (const [what, reader] of READERS) {
	test(`of ${what} no more is read than ${MOST_READ} characters, whatever it is`, () => {
		for (const text of HOSTILE) {
			assert.deepEqual(reader(text), reader(text.slice(0, MOST_READ)), JSON.stringify(text.slice(0, 9)));
		}
	});
}

test("of a message that a dialog was opened on only the first words go along", () => {
	for (const contentType of ["text", "html"]) {
		for (const content of HOSTILE) {
			const words = wordsOfMessage({ messagePayload: { body: { contentType, content } } });
			assert(words.length <= 2000, `${words.length}`);
		}
	}
	const content = `<p style="${"x".repeat(20_000)}">One<br/>two</p><div>a &lt; b</div>`;
	assert.equal(wordsOfMessage({ messagePayload: { body: { contentType: "html", content } } }), "One\ntwo\na < b");
});

test("a tag that is not closed ends no word, and takes no time of the next one", () => {
	const asked = readTeams(activity("newhire manager=<at>Mo Manager</at> <at <at>Ada</at>"));
	assert.deepEqual(asked, { kind: "said", text: 'newhire manager="Mo Manager" <at Ada', addressed: true });
	assert.deepEqual(parse("note 7K2Q “a b” “c d").rest, ["7K2Q", "a b", "“c", "d"]);
});

test("a word that was chosen and is no procedure of theirs is answered by a few letters of it", async () => {
	const world = await openWorld();
	const parts = { ...world, drafts: draftsIn(world.people) };
	const place = { surface: "web", kind: "direct", ref: "harriet" } as const;
	const from = { at: NOW, surface: "web", key: "k", person: HARRIET, identity: "harriet", place } as const;
	for (const word of HOSTILE) {
		const answer = wordsOf(await goOn(parts, from, { word: `x${word}`, words: "" }));
		assert(answer.length < 300, `${answer.length}`);
	}
	await world.end();
});
