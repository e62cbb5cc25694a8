/**
 * Slack's user groups, which local Slack does not have: named in what is typed, in a message, in a form's field, they are
 * words, never somebody, and are never rung by what we say.
 * Source: https://docs.slack.dev/messaging/formatting-message-text#mentioning-groups
 */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { isRecord, type Json, type Values } from "../../src/base/json.ts";
import { slackManifest } from "../../src/chat/slack/manifest.ts";
import { chatOf, openRoughPeople, type RoughPeople, seat } from "../chat/slack/rough-people.ts";
import type { OpenView } from "../chat/slack/rough-views.ts";
import { wordsIn } from "../chat/slack/slack-world.ts";
import { TIA } from "../chat/world.ts";
import { APP, CHANNELS } from "../fixtures/slack-people.ts";
import { until } from "../fixtures/until.ts";

const NAMED = "<!subteam^S012345|@helpdesk>";
const BARE = "<!subteam^S012345>";
const harriet = seat("harriet");
let people: RoughPeople;
before(async () => {
	people = await openRoughPeople();
});
after(async () => {
	await people?.end();
});

const blocksOf = (view: OpenView): readonly Values[] => view.body.blocks as readonly Values[];
/** What stands in the inputs of a form. */
const standing = (blocks: readonly Values[]): readonly Json[] =>
	blocks.flatMap(({ element }) => {
		if (!isRecord(element)) return [];
		const option = isRecord(element.initial_option) ? element.initial_option.value : undefined;
		return [element.initial_value ?? option ?? ""];
	});
const command = (text: string) => people.opened(harriet, () => people.command(harriet, "/newhire", text));

describe("a user group", () => {
	for (const [written, said] of [
		[NAMED, "@helpdesk"],
		[BARE, "@S012345"],
	] as const) {
		test(`written ${written} in a slash command is its words`, async () => {
			const view = await command(`Ada ${written}`);
			assert.deepEqual(standing(blocksOf(view)).slice(0, 2), ["Ada", said]);
			await people.close(harriet, view);
		});

		test(`written ${written} to Sopwith alone, or with a mention among others, is its words`, async () => {
			const before = people.slack.of(chatOf(harriet)).length;
			await people.say(harriet, `newhire Grace ${written}`);
			const form = await until(() => people.slack.of(chatOf(harriet))[before]);
			assert.deepEqual(standing(form.body.blocks as readonly Values[]).slice(0, 2), ["Grace", said]);
			const ours = { type: "app_mention", channel: CHANNELS.lounge, channel_type: "channel" };
			await people.say(harriet, `<@${APP.botUser}> newhire Lise ${written}`, ours);
			const whisper = await until(() => people.slack.whispers.at(-1));
			assert.deepEqual(standing(whisper.body.blocks as readonly Values[]).slice(0, 2), ["Lise", said]);
			people.slack.whispers.length = 0;
		});

		test(`written ${written} in a message that a procedure is started from is its words`, async () => {
			const message = { type: "message", user: harriet.user, ts: "1700000000.1", text: `Ask ${written}` };
			const which = await people.opened(harriet, () => people.shortcut(harriet, "start-from", message));
			assert(standing(blocksOf(which)).includes(`Ask ${said}`), JSON.stringify(blocksOf(which)));
			await people.submit(harriet, which, { word: "newhire" });
			assert.deepEqual(standing(blocksOf(which)).slice(0, 2), ["Ask", said]);
			await people.close(harriet, which);
		});

		test(`written ${written} where a person is wanted is refused at the field, as a group, and starts nothing`, async () => {
			const view = await command(`Wanted Person manager=${written}`);
			assert.deepEqual(standing(blocksOf(view)).slice(0, 2), ["Wanted", "Person"]);
			const answer = await people.submit(harriet, view, { startDate: "2026-12-01", profile: "sales" });
			const words = `“${said}” is a group or a handle, not a person of the client. Choose the manager from the people of the client.`;
			assert.deepEqual(answer.body, { response_action: "errors", errors: { "field/manager/0": words } });
			await people.close(harriet, view);
		});
	}

	test("is told from a person: who is mentioned in a command is chosen, as the manifest has Slack write them by id", async () => {
		const { manifest } = slackManifest({ definitions: people.world.definitions() });
		const escaped = manifest.features?.slash_commands?.map(({ should_escape }) => should_escape) ?? [];
		assert.deepEqual(new Set(escaped), new Set([true]));
		const view = await command("Ada manager=<@U02MO|mo> Lovelace privateEmail=<mailto:a@x.example|a@x.example>");
		assert.deepEqual(standing(blocksOf(view)), ["Ada", "Lovelace", "", "", "mo"]);
		await people.close(harriet, view);
	});

	test("whose handle is somebody’s name or id is not that person", async () => {
		for (const handle of ["@mo", "mo", "@Mo Manager", "@mo@contoso.example"]) {
			const view = await command(`Wanted Person manager=<!subteam^S9|${handle}>`);
			const answer = await people.submit(harriet, view, { startDate: "2026-12-01", profile: "sales" });
			assert.match(JSON.stringify(answer.body), /is a group or a handle, not a person of the client/u, handle);
			await people.close(harriet, view);
		}
		assert.deepEqual((await people.world.desk.list(TIA, {})).items, []);
	});

	test("mentioned among others, with Sopwith in the group or not, calls nobody of ours", async () => {
		const before = people.slack.calls.length;
		const channel = { channel: CHANNELS.lounge, channel_type: "channel" };
		for (const text of [`${BARE} newhire Al`, `${NAMED} approvals`]) {
			assert.deepEqual(await people.say(harriet, text, channel), { status: 200, body: "" });
		}
		await people.world.door.idle();
		assert.equal(people.slack.calls.length, before);
	});

	test("typed into a form as it is written to ring it, starts a run that shows it and rings nobody", async () => {
		const view = await command("");
		const typed = { firstName: NAMED, lastName: BARE, startDate: "2026-12-01", profile: "sales" };
		await people.submit(harriet, view, typed);
		await until(() =>
			people.slack.of(`D02MO`).find(({ body }) => /Approve the plan/u.test(wordsIn(body.blocks as Json))),
		);
		await until(() => people.slack.of(CHANNELS.operations)[0]);
		const [run] = (await people.world.desk.list(TIA, {})).items;
		assert.equal(run?.subject, `${NAMED} ${BARE}`, "what was typed is kept as it is");
	});
});

test("nothing we said or answered rings a group: every sign of it is written out", () => {
	const said = [...people.slack.calls.map(({ body }) => body), ...people.slack.responses.map(({ body }) => body)];
	const answered = people.deliveries.map(({ answer }) => answer?.body ?? null);
	const read = [...said, ...answered].flatMap(markupIn);
	assert(
		read.some((text) => text.includes("&lt;!subteam^S012345")),
		"the run's card names it",
	);
	assert.deepEqual(
		read.filter((text) => text.includes("<!subteam")),
		[],
	);
	assert.deepEqual(people.world.troubles, []);
	assert.deepEqual(people.world.lines, []);
});

/** Every text that Slack reads for mentions: a message's own, and those in its markup. */
function markupIn(node: Json): readonly string[] {
	if (Array.isArray(node)) return node.flatMap(markupIn);
	if (!isRecord(node)) return [];
	if (node.type === "plain_text") return [];
	const own = typeof node.text === "string" ? [node.text] : [];
	const values = Object.entries(node).filter(
		([name]) => !["private_metadata", "initial_value", "value"].includes(name),
	);
	return [...own, ...values.flatMap(([, value]) => markupIn(value))];
}
