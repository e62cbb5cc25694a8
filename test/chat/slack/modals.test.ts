/**
 * Several modals open at once, which local Slack cannot show: of two people over one procedure, of two over one run, of one
 * person in two workspaces. Each gets their own answer, keeps what they typed, and starts what they sent and nothing else.
 */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { isRecord, type Json, type Values } from "../../../src/base/json.ts";
import type { Bot } from "../../../src/chat/bot.ts";
import { APP } from "../../fixtures/slack-people.ts";
import { until } from "../../fixtures/until.ts";
import { HARRIET, TIA } from "../world.ts";
import { type Answered, chatOf, HARRIET_THERE, openRoughPeople, type RoughPeople, seat } from "./rough-people.ts";
import { type Message, OTHER } from "./rough-slack.ts";
import type { OpenView, Seat } from "./rough-views.ts";
import { wordsIn } from "./slack-world.ts";

const FORM = { startDate: "2026-12-01", profile: "sales" };
const [harriet, mo, tia] = [seat("harriet"), seat("mo"), seat("tia")];
let people: RoughPeople;
/** While it is there, the bot answers nothing. */
let gate: Promise<void> | undefined;
before(async () => {
	const around = (bot: Bot): Bot => ({
		handle: async (inbound) => gate?.then(() => bot.handle(inbound)) ?? bot.handle(inbound),
	});
	people = await openRoughPeople({ around });
});
after(async () => {
	await people?.end();
});

const actionOf = ({ status, body }: Answered) => [status, isRecord(body) ? (body.response_action ?? "") : ""];
const errorsOf = ({ body }: Answered) => (isRecord(body) && isRecord(body.errors) ? Object.keys(body.errors) : []);
const filled = (view: OpenView): string => JSON.stringify(view.body.blocks);
const form = (who: Seat, typed: string) => people.opened(who, () => people.command(who, "/newhire", typed));

/** Runs somebody asked for whose subject says a word: by whom. */
async function runsOf(word: string): Promise<readonly { readonly subject: string; readonly by: string; id: string }[]> {
	const { items } = await people.world.desk.list(TIA, {});
	const mine = items.filter(({ subject }) => subject.includes(word));
	return Promise.all(
		mine.map(async ({ id, subject }) => ({
			...{ id, subject },
			by: (await people.world.desk.read(TIA, id))?.by ?? "",
		})),
	);
}

/** The message in a place that says something, with a button of that name. */
const saying = (channel: string, words: RegExp, button = ""): Promise<Message> =>
	until(() =>
		people.slack.of(channel).findLast(({ body }) => {
			const said = wordsIn(body.blocks as Json);
			return words.test(said) && said.includes(button);
		}),
	);
/** Calls of a method that name a view or say a word, with the token they were made with. */
const tokensOf = (method: string, word: string) =>
	people.slack.callsOf(method).flatMap(({ token, body }) => (JSON.stringify(body).includes(word) ? [token] : []));

describe("two people who fill in one procedure’s form", () => {
	let hers: OpenView;
	let his: OpenView;

	test("each have a modal of their own, opened once by their own trigger, with what they typed", async () => {
		[hers, his] = await Promise.all([form(harriet, "Ada Duo"), form(tia, "client:contoso Grace Duo")]);
		assert.notEqual(hers.id, his.id);
		assert.match(filled(hers), /"initial_value":"Ada"/u);
		assert.match(filled(his), /"initial_value":"Grace"/u);
		assert.doesNotMatch(filled(hers), /Grace/u);
		assert.notEqual(hers.body.private_metadata, his.body.private_metadata, "each carries its own draft");
	});

	test("send them interleaved: one with a mistake, which stays open, and one that starts its run", async () => {
		const [wrong, good] = await Promise.all([
			people.submit(harriet, hers, { profile: "sales" }),
			people.submit(tia, his, FORM),
		]);
		assert.deepEqual(actionOf(wrong), [200, "errors"]);
		assert.deepEqual(errorsOf(wrong), ["field/startDate/0"]);
		assert.deepEqual(actionOf(good), [200, "clear"]);
		assert.deepEqual(
			(await runsOf("Duo")).map(({ subject, by }) => [subject, by]),
			[["Grace Duo", "tia"]],
		);
		assert.deepEqual(people.slack.views.of(harriet), [hers]);
		assert.deepEqual(people.slack.views.of(tia), []);
		assert.match(filled(hers), /"initial_value":"Ada"/u);
	});

	test("the one put right starts her run, once, though it is delivered again; each is told their own", async () => {
		assert.deepEqual(actionOf(await people.submit(harriet, hers, FORM)), [200, "clear"]);
		const last = people.deliveries.at(-1) ?? assert.fail();
		assert.equal((await people.deliver(last.kind, last.payload)).status, 200);
		assert.deepEqual((await runsOf("Duo")).map(({ subject, by }) => `${subject} by ${by}`).toSorted(), [
			"Ada Duo by harriet",
			"Grace Duo by tia",
		]);
		await saying(chatOf(harriet), /Asked for: Ada Duo/u);
		await saying(chatOf(tia), /Asked for: Grace Duo/u);
		assert.equal(people.slack.of(chatOf(tia)).filter(({ body }) => /Ada Duo/u.test(JSON.stringify(body))).length, 0);
	});

	test("of which one closes hers while the other sends, leave one run", async () => {
		const [left, sent] = await Promise.all([form(harriet, "Left Alone"), form(tia, "client:contoso Sent Alone")]);
		const [closed, good] = await Promise.all([people.close(harriet, left), people.submit(tia, sent, FORM)]);
		assert.equal(closed, undefined, "nobody asked to hear of it");
		assert.deepEqual(actionOf(good), [200, "clear"]);
		assert.deepEqual(
			(await runsOf("Alone")).map(({ subject }) => subject),
			["Sent Alone"],
		);
	});

	test("and somebody who sends another’s modal as their own, start nothing: a refusal comes on top of it", async () => {
		const view = await form(harriet, "Stolen Form");
		const answer = await people.submit(mo, view, FORM);
		assert.deepEqual(actionOf(answer), [200, "push"]);
		assert.match(wordsIn((answer.body as Values).view as Json), /This card is from before/u);
		assert.deepEqual(await runsOf("Stolen"), []);
		assert.deepEqual(actionOf(await people.submit(harriet, view, FORM)), [200, "clear"]);
		assert.deepEqual(
			(await runsOf("Stolen")).map(({ by }) => by),
			["harriet"],
		);
	});
});

describe("two forms over one run", () => {
	test("of one card, opened twice: the wrong one says so at its field, the other changes the run, once", async () => {
		await people.submit(harriet, await form(harriet, "Twice Over"), FORM);
		const [run] = await runsOf("Twice Over");
		const card = await saying(chatOf(harriet), /Twice Over/u, "Change the form");
		const asks = await saying(chatOf(mo), /Approve the plan.*Twice Over/su, "Send back…");
		const first = await people.opened(harriet, () => people.press(harriet, card, "Change the form"));
		const second = await people.opened(harriet, () => people.press(harriet, card, "Change the form"));
		const back = await people.opened(mo, () => people.press(mo, asks, "Send back…"));
		assert.equal(new Set([first.id, second.id, back.id]).size, 3);
		assert.notEqual(first.body.private_metadata, second.body.private_metadata);

		const [wrong, good, closed] = await Promise.all([
			people.submit(harriet, first, { firstName: "" }),
			people.submit(harriet, second, { firstName: "Thrice" }),
			people.close(mo, back),
		]);
		assert.deepEqual([actionOf(wrong), errorsOf(wrong)], [[200, "errors"], ["field/firstName/0"]]);
		assert.deepEqual(actionOf(good), [200, "clear"]);
		assert.equal(closed, undefined, "nobody asked to hear of it");
		assert.equal((await people.world.desk.read(HARRIET, run?.id ?? ""))?.form.firstName, "Thrice");
		assert.deepEqual(people.slack.views.of(harriet), [first]);
		await saying(chatOf(mo), /Approve the plan.*Thrice Over/su);
		assert.equal((await runsOf("Over")).length, 1);
	});
});

describe("one person with a modal in each of two workspaces", () => {
	let here: OpenView;
	let there: OpenView;

	test("has each opened by that workspace’s own token", async () => {
		[here, there] = await Promise.all([form(harriet, "Here First"), form(HARRIET_THERE, "There First")]);
		assert.deepEqual(
			people.slack
				.callsOf("views.open")
				.slice(-2)
				.map(({ token }) => token)
				.toSorted(),
			[APP.bot, OTHER.token].toSorted(),
		);
		assert.match(filled(here), /"initial_value":"Here"/u);
		assert.match(filled(there), /"initial_value":"There"/u);
	});

	test("sends one wrong and one right, and closes the third: each is answered where it stands", async () => {
		const third = await form(HARRIET_THERE, "Third First");
		const [wrong, right, closed] = await Promise.all([
			people.submit(harriet, here, { profile: "sales" }),
			people.submit(HARRIET_THERE, there, FORM),
			people.close(HARRIET_THERE, third),
		]);
		assert.deepEqual([actionOf(wrong), actionOf(right), closed], [[200, "errors"], [200, "clear"], undefined]);
		assert.deepEqual(
			(await runsOf("First")).map(({ subject, by }) => [subject, by]),
			[["There First", "harriet"]],
		);
		await saying(chatOf(HARRIET_THERE), /Asked for: There First/u);
		assert.deepEqual(new Set(tokensOf("chat.postMessage", "Asked for: There First")), new Set([OTHER.token]));
		assert.deepEqual(actionOf(await people.submit(harriet, here, FORM)), [200, "clear"]);
		await saying(chatOf(harriet), /Asked for: Here First/u);
		assert.deepEqual(new Set(tokensOf("chat.postMessage", "Asked for: Here First")), new Set([APP.bot]));
		assert.equal((await runsOf("First")).length, 2);
	});
});

test("a list that is searched while nobody answers offers nothing, before Slack gives up on it", async () => {
	const view = await form(harriet, "Slow List");
	const blocks = (view.body.blocks ?? []) as readonly Values[];
	const block = blocks.find(({ block_id }) => block_id === "field/profile/0") ?? assert.fail();
	const engine = Promise.withResolvers<void>();
	gate = engine.promise;
	const asked = performance.now();
	assert.deepEqual(await people.suggest(harriet, view, block, "sal"), { status: 200, body: { options: [] } });
	assert(performance.now() - asked < 3000, "Slack waits for three seconds");
	gate = undefined;
	engine.resolve();
	const { body } = await people.suggest(harriet, view, block, "sal");
	assert.match(JSON.stringify(body), /"value":"sales"/u);
});

describe("a button within a modal", () => {
	test("writes its answer into that very modal, while another person’s stays as it is", async () => {
		await people.submit(harriet, await form(harriet, "Undone Soon"), FORM);
		await people.press(mo, await saying(chatOf(mo), /Approve the plan.*Undone Soon/su, "Approve"), "Approve");
		const card = await saying(chatOf(harriet), /Undone Soon/u, "Undo…");
		const [hers, others] = [
			await people.opened(harriet, () => people.press(harriet, card, "Undo…")),
			await form(tia, "client:contoso Looks On"),
		];
		const { hash, body } = others;
		const was = hers.hash;
		await people.pressIn(harriet, hers, "Undo 1 change");
		await until(() => hers.hash !== was);
		assert.match(wordsIn(hers.body as Json), /The undo is planned now/u);
		assert.deepEqual([others.hash, others.body], [hash, body]);
		const updates = people.slack.callsOf("views.update");
		assert.deepEqual(
			updates.map((call) => [call.body.view_id, call.token]),
			[[hers.id, APP.bot]],
		);
	});

	test("answered late, ends with that answer, though Slack is slow to show that nothing was confirmed", async () => {
		await people.submit(harriet, await form(harriet, "Slow Answer"), FORM);
		await people.press(mo, await saying(chatOf(mo), /Approve the plan.*Slow Answer/su, "Approve"), "Approve");
		const card = await saying(chatOf(harriet), /Slow Answer/u, "Undo…");
		const view = await people.opened(harriet, () => people.press(harriet, card, "Undo…"));
		const [engine, slack] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
		people.slack.faults.push({ method: "views.update", held: slack.promise });
		const before = people.slack.callsOf("views.update").length;
		gate = engine.promise;
		await people.pressIn(harriet, view, "Undo 1 change");
		gate = undefined;
		await until(() => people.slack.callsOf("views.update").length > before);
		engine.resolve();
		await until(async () => (await runsOf("Slow Answer")).length === 2);
		await people.opened(tia, () => people.command(tia, "/newhire", "client:contoso Meanwhile Else"));
		assert.equal(
			people.slack.callsOf("views.update").length,
			before + 1,
			"the first word has to stand before the next",
		);
		slack.resolve();
		await until(() => /The undo is planned now/u.test(wordsIn(view.body as Json)));
		assert.equal(people.slack.callsOf("views.update").length, before + 2);
	});

	test("pressed as the modal is closed, is answered as a message", async () => {
		await people.submit(harriet, await form(harriet, "Closed Soon"), FORM);
		await people.press(mo, await saying(chatOf(mo), /Approve the plan.*Closed Soon/su, "Approve"), "Approve");
		const card = await saying(chatOf(harriet), /Closed Soon/u, "Undo…");
		const view = await people.opened(harriet, () => people.press(harriet, card, "Undo…"));
		people.slack.views.close(view);
		await people.pressIn(harriet, view, "Undo 1 change");
		await saying(chatOf(harriet), /The undo is planned now/u);
	});
});

test("no trigger was used twice, and nothing of all that was a mistake of ours", () => {
	const used = people.slack.calls.flatMap(({ body }) => (body.trigger_id === undefined ? [] : [body.trigger_id]));
	assert.equal(new Set(used).size, used.length);
	assert.deepEqual(people.world.troubles, []);
	assert.deepEqual(people.world.lines, []);
	assert.deepEqual(
		people.deliveries.filter(({ answer }) => answer?.status !== 200),
		[],
	);
});
