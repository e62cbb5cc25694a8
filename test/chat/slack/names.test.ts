/**
 * Names as long and as strange as people type them, and long lists, from the form to the last card: refused at the field or
 * kept to the letter, and never taken for markup, a mention or a link.
 */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { isRecord, type Values } from "../../../src/base/json.ts";
import { blockProblems } from "../../../src/cards/blocks-limits.ts";
import { needs } from "../../fixtures/needs.ts";
import type { SlackMessage, View } from "../../fixtures/slack.ts";
import { APP, CHANNELS, PEOPLE, type SlackWho } from "../../fixtures/slack-people.ts";
import { until } from "../../fixtures/until.ts";
import { definitions, HARRIET } from "../world.ts";
import { openSlackWorld, type SlackWorld, wordsIn } from "./slack-world.ts";

const DAY = "2026-12-01";
/** 500 characters: emoji made of several, right-to-left, and whatever might be markup. */
const STRANGE =
	"👩‍👩‍👧‍👦 שָׁלוֹם العربية <!channel> <@U02MO> <https://evil.example|bank> *b* _i_ ~s~ `c` &lt; :tada: > q @here ";
const LONG = [...STRANGE.repeat(9)].slice(0, 500).join("");
const TITLES = Array.from({ length: 300 }, (_, at) => `Office ${at} <!here> & *co*`);

function variant(id: string, change: (field: Values) => Values) {
	const newhire = definitions.clients.contoso?.sops.newhire;
	assert(newhire !== undefined);
	const form = newhire.form.map((field) => change(field as unknown as Values)) as unknown as typeof newhire.form;
	const starts = [{ kind: "command", command: id, by: ["hr"] }] as const;
	return { ...newhire, id, definition: id.padEnd(64, "4"), title: `Onboarding ${id}`, starts, form };
}

describe("on Slack", { skip: needs("local Slack") }, () => {
	let world: SlackWorld;
	before(async () => {
		const roomy = variant("roomy", (field) => (field.type === "text" ? { ...field, max: 1000 } : field));
		const wide = variant("wide", (field) =>
			field.name === "profile"
				? {
						...field,
						choices: TITLES.map((title, at) => ({ key: `o-${at}`, title, value: { key: `o-${at}`, title } })),
					}
				: field,
		);
		world = await openSlackWorld({ sops: { roomy, wide } });
	});
	after(() => world?.end());

	const ours = (channel: string): readonly SlackMessage[] =>
		world.slack.messages(channel).filter(({ user }) => user === APP.botUser);
	const card = (who: SlackWho, words: RegExp) =>
		until(
			() => ours(world.slack.dm(who)).findLast(({ blocks }) => words.test(wordsIn(blocks))),
			() =>
				`${who} does not see ${words} in ${JSON.stringify(ours(world.slack.dm(who)).map(({ blocks }) => wordsIn(blocks)))}`,
		);
	const opened = (words: RegExp): Promise<View> =>
		until(() => world.slack.views().findLast((view) => words.test(wordsIn(view))));
	const runs = async () => (await world.desk.list(HARRIET, {})).items;

	test("a name of 500 characters is refused at its field where the form takes fewer, and starts nothing", async () => {
		await world.slack.command("harriet", "/newhire");
		await opened(/First name/u);
		const typed = { firstName: LONG, lastName: "Long", startDate: DAY, profile: "sales" };
		const { body } = await world.slack.submit("harriet", typed);
		assert(isRecord(body) && isRecord(body.errors));
		assert.deepEqual(Object.keys(body.errors), ["field/firstName/0"]);
		assert.match(String(body.errors["field/firstName/0"]), /64/u);
		const turned = await world.slack.submit("harriet", { ...typed, firstName: "Ada \u202Ecod.exe" });
		assert.match(JSON.stringify(turned.body), /"field\/firstName\/0":"Write the first name in plain text/u);
		assert.deepEqual(await runs(), []);
		await world.slack.close("harriet");
	});

	test("where the form takes it, it is kept to the letter, and every card about it is drawn", async () => {
		await world.slack.command("harriet", "/roomy");
		await opened(/Onboarding roomy/u);
		const { body } = await world.slack.submit("harriet", {
			...{ firstName: LONG, lastName: "Kept", startDate: DAY, profile: "sales" },
		});
		assert.doesNotMatch(JSON.stringify(body), /errors/u);
		const found = await until(async () => (await runs())[0]);
		assert.equal(found.subject.replace(/\s+/gu, " "), `${LONG} Kept`.replace(/\s+/gu, " "));
		const asked = await card("mo", /Approve the plan/u);
		await world.slack.press("mo", asked, "Approve");
		await card("mo", /Approved by you in Slack/u);
		await until(async () => (await runs())[0]?.phase === "done");
		await world.poster.idle();
		await world.slack.command("harriet", "/runs", "all");
		await world.slack.home("harriet");
		await until(() => world.slack.homeOf("harriet"));
		await world.door.idle();
		assert(ours(CHANNELS.operations).length > 0);
	});

	test("nothing anybody typed mentions, links or marks up anything, on any card", () => {
		const said = world.slack.calls.map(({ body }) => (isRecord(body.view) ? body.view : body));
		const payloads = said.filter((each) => Array.isArray(each.blocks) || typeof each.text === "string");
		assert(payloads.length > 5);
		assert.deepEqual(
			payloads.flatMap((each) => (Array.isArray(each.blocks) ? blockProblems(each) : [])),
			[],
		);
		for (const each of payloads) {
			for (const words of marked(each)) {
				const asked = each.channel === CHANNELS.operations ? [`<@${PEOPLE.mo.id}>`] : [];
				const own = [...asked, /<!date\^[^>]*>/gu].reduce<string>((left, ours) => left.replaceAll(ours, ""), words);
				assert.doesNotMatch(own, /<[!@#]|<https:\/\/evil|<mailto|:tada:|`c`|\*b\*|_i_|~s~/u);
			}
		}
	});

	test("one of 300 is found as one types, started with, and read in the plan: in a modal", async () => {
		await world.slack.command("harriet", "/wide", "Wilma Wide");
		const view = await opened(/Onboarding wide/u);
		const value = await search(view.blocks, (block, element) =>
			world.slack.suggest("harriet", view, { ...element, block }, "Office 287"),
		);
		const { body } = await world.slack.submit("harriet", { startDate: DAY, profile: value });
		assert.doesNotMatch(JSON.stringify(body), /errors/u);
		await isChosen("Wilma Wide", "o-287");
	});

	test("and in a message", async () => {
		await world.slack.say("harriet", "wide Martha Message");
		const form = await until(() =>
			ours(world.slack.dm("harriet")).find(({ blocks }) =>
				JSON.stringify(blocks ?? []).includes('"initial_value":"Martha"'),
			),
		);
		const value = await search(form.blocks ?? [], (block) =>
			world.slack.line.deliver("interactive", {
				...{ type: "block_suggestion", block_id: block, action_id: "value", value: "Office 288" },
				...{ team: { id: form.channel === "" ? "" : "T01CONTOSO" }, api_app_id: APP.id },
				user: { id: PEOPLE.harriet.id, team_id: "T01CONTOSO" },
				container: { type: "message", message_ts: form.ts, channel_id: form.channel, is_ephemeral: false },
				channel: { id: form.channel },
				message: { ts: form.ts, blocks: form.blocks ?? [] },
			}),
		);
		await world.slack.press("harriet", form, "See the plan", { startDate: DAY, profile: value });
		await isChosen("Martha Message", "o-288");
	});

	/** Asks for what a list offers, and gives the one it finds. */
	async function search(
		blocks: readonly Values[],
		ask: (block: string, element: Values) => Promise<{ readonly body: unknown }>,
	): Promise<string> {
		const block = blocks.find(({ block_id }) => String(block_id).startsWith("field/profile/"));
		const element = isRecord(block?.element) ? block.element : {};
		assert.equal(element.type, "external_select");
		const { body } = await ask(String(block?.block_id), element);
		assert(isRecord(body as Values) && Array.isArray((body as Values).options));
		const [found] = (body as { options: { text: { text: string }; value: string }[] }).options;
		assert.match(String(found?.text.text), /^Office 28[78] <!here> & \*co\*$/u);
		return String(found?.value);
	}

	async function isChosen(name: string, key: string): Promise<void> {
		const run = await until(async () => (await runs()).find(({ subject }) => subject === name));
		const { form } = (await world.desk.read(HARRIET, run.id)) ?? assert.fail("there is no such run");
		assert.match(JSON.stringify(form.profile), new RegExp(`"${key}"`, "u"));
		await card("mo", new RegExp(`Approve the plan for ${name}`, "u"));
	}
});

/** Every text that Slack reads as its own markup: sections, contexts, and the notification. */
function marked(node: unknown): readonly string[] {
	if (Array.isArray(node)) return node.flatMap(marked);
	if (!isRecord(node as Values)) return [];
	const at = node as Values;
	if (at.type === "mrkdwn") return [String(at.text)];
	const own = Array.isArray(at.blocks) && typeof at.text === "string" ? [at.text] : [];
	return [...own, ...Object.values(at).flatMap((each) => (typeof each === "object" ? marked(each) : []))];
}
