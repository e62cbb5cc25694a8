/**
 * The story of a new employee in Teams, over HTTP in and TLS out: two people, one card edited in place, refusals in private.
 */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { Values } from "../../../src/base/json.ts";
import { until } from "../../fixtures/until.ts";
import { TEAMS_IDS } from "../world.ts";
import { among, cardIn, idOf, invoke, OPERATIONS, openTeamsWorld, type TeamsWorld, textIn } from "./teams-world.ts";

const ADA = { firstName: "Ada", lastName: "Lovelace", startDate: "2026-12-01", profile: "sales" };
const APPROVALS = "19:approvals@thread.tacv2";
let world: TeamsWorld;
before(async () => {
	world = await openTeamsWorld({ approvals: APPROVALS });
});
after(() => world.end());

/** The id that the buttons under a page carry: a channel's card has no others. */
const idIn = (card: Values) => ({ id: /"id":"([0-9a-f-]{36})","page"/u.exec(JSON.stringify(card))?.[1] ?? "" });
const last = (conversation: string) => world.microsoft.of(conversation).at(-1);
const newest = (conversation: string, words: RegExp) =>
	until(() => {
		const found = world.microsoft.of(conversation).findLast((message) => words.test(textIn(cardIn(message))));
		return found;
	});

describe("a new employee", () => {
	test("is asked for in one's own chat, and the form comes back", async () => {
		const answer = await world.say("harriet", "/newhire Ada Lovelace");
		assert.deepEqual(answer, { status: 200, body: "" });
		const form = await newest("chat-harriet", /New employee onboarding/u);
		assert.equal(form.body.summary, "New employee onboarding at Contoso Ltd: a form with 5 fields.");
		assert.match(JSON.stringify(cardIn(form)), /"value":"Lovelace"/u);
		assert.deepEqual(cardIn(form).msteams, { width: "Full" });
		assert.deepEqual(form.body.from, { id: "28:aaaaaaaa-0000-4000-8000-000000000001", name: "Sopwith" });
	});

	test("sent with a mistake comes back whole, in place of the form", async () => {
		const card = cardIn(last("chat-harriet"));
		const { body } = await world.press("harriet", card, "submit", { ...ADA, startDate: "soon" });
		const { type, value } = body as { type: string; value: Values };
		assert.equal(type, "application/vnd.microsoft.card.adaptive");
		assert.match(textIn(value), /One thing to put right/u);
	});

	test("is planned, and whoever approves is asked in their own chat, unasked", async () => {
		await world.say("mo", "help");
		const card = cardIn(await newest("chat-harriet", /New employee onboarding/u));
		const { body } = await world.press("harriet", card, "submit", ADA);
		const { value } = body as { value: Values };
		assert.match(textIn(value), /^Asked for: Ada Lovelace.* The plan comes below\. Nothing has changed yet\.$/u);
		const asked = await newest("chat-mo", /Approve the plan/u);
		assert.match(textIn(cardIn(asked)), /Make the account of Ada Lovelace, closed/u);
		assert.deepEqual(asked.body.channelData, { notification: { alert: true } });
	});

	test("stands in the client's channel without a button, with those named who are asked", async () => {
		const shown = await newest(OPERATIONS, /Ada Lovelace.*<at>Mo Manager<\/at>$/u);
		const card = cardIn(shown);
		const mention = {
			type: "mention",
			text: "<at>Mo Manager</at>",
			mentioned: { id: TEAMS_IDS.mo, name: "Mo Manager" },
		};
		assert.deepEqual(card.msteams, { width: "Full", entities: [mention] });
		assert(!JSON.stringify(card).includes("Action.Execute"));
	});

	test("is asked about in the channel for approvals too, with the changes and nothing to press", async () => {
		const shown = await newest(APPROVALS, /Approve the plan for Ada Lovelace.*<at>Mo Manager<\/at>$/u);
		const card = cardIn(shown);
		assert.match(textIn(card), /Waiting for Mo Manager +to approve.*Make the account of Ada Lovelace, closed/u);
		assert(!/Action\.(?:Execute|Submit)|Input\./u.test(JSON.stringify(card)));
	});

	test("is not approved by somebody the roster does not know, with the very card in hand", async () => {
		const asked = await newest("chat-mo", /Approve the plan/u);
		const { body } = await world.press("stranger", cardIn(asked), "approve");
		assert.match(String((body as Values).value), /Sopwith does not know you here\. Nothing was started\./u);
	});

	test("is not approved by whoever asked: that is said to them alone, and the card stays", async () => {
		const asked = await newest("chat-mo", /Approve the plan/u);
		const before = world.microsoft.messages.length;
		const { status, body } = await world.press("harriet", cardIn(asked), "approve");
		assert.equal(status, 200);
		assert.deepEqual((body as Values).type, "application/vnd.microsoft.activity.message");
		assert.match(String((body as Values).value), /someone else approves it\. Nothing changed\./u);
		assert.equal(world.microsoft.messages.length, before);
	});

	test("is approved once, however often two press, and the progress is edited in place", async () => {
		const asked = await newest("chat-mo", /Approve the plan/u);
		const card = cardIn(asked);
		const presses = [world.press("mo", card, "approve"), world.press("mo", card, "approve")];
		for (const { body } of await Promise.all(presses)) {
			assert.equal((body as Values).value, "Noted. The card shows it.");
		}
		await until(() => asked.edits > 0 && asked);
		assert(!JSON.stringify(cardIn(asked)).includes('"approve"'), "the decision takes the buttons away");
		const progress = await newest("chat-harriet", /new employee onboarding: done/u);
		assert.match(textIn(cardIn(progress)), /✓ Ada Lovelace is there/u);
		assert(progress.edits > 0, "it was edited, not posted anew");
		const among = await newest(OPERATIONS, /new employee onboarding: done/u);
		assert.deepEqual(cardIn(among).msteams, { width: "Full" }, "nobody is asked any more");
		assert.match(textIn(cardIn(asked)), /Approved by you/u);
		const decided = await newest(APPROVALS, /The plan for Ada Lovelace.*Approved by Mo Manager/u);
		assert.deepEqual([decided.edits > 0, world.microsoft.of(APPROVALS).length], [true, 1]);
	});

	test("tells whoever presses an older card that the question has moved on", async () => {
		const form = world.microsoft.of("chat-mo").find((message) => /The plan for Ada/u.test(textIn(cardIn(message))));
		assert(form !== undefined && form.edits > 0);
		const { body } = await world.send(
			world.by("mo", invoke({ action: { verb: "approve", data: { id: "00000000-no-such-card" } } })),
		);
		assert.match(String((body as Values).value), /This card is from before; the question has moved on/u);
	});
});

describe("among others", () => {
	for (const [kind, id] of [
		["groupChat", "19:group@thread.v2"],
		["channel", "19:team@thread.tacv2;messageid=17"],
	] as const) {
		test(`a command in a ${kind} is answered in the person's own chat`, async () => {
			const bot = `28:${"aaaaaaaa-0000-4000-8000-000000000001"}`;
			const mention = { type: "mention", text: "<at>Sopwith</at>", mentioned: { id: bot, name: "Sopwith" } };
			const before = world.microsoft.of("chat-harriet").length;
			await world.say("harriet", "start <at>Sopwith</at> Grace".replace("start ", "newhire "), {
				...among(kind, id),
				entities: [mention],
			});
			await until(() => world.microsoft.of("chat-harriet").length > before);
			assert.match(JSON.stringify(cardIn(last("chat-harriet"))), /"value":"Grace"/u);
			assert.equal(world.microsoft.of(id).length, 0);
		});
	}

	test("a person we have no chat with yet gets one", async () => {
		await world.say("tia", "/help", among("groupChat", "19:group@thread.v2"));
		const opened = await until(() => world.microsoft.of("direct-29:tia")[0]);
		assert.match(textIn(cardIn(opened)), /^What you can type/u);
	});

	test("whoever cannot be reached alone is told so by name, and nothing else is said", async () => {
		world.microsoft.faults.push({ status: 403 });
		await world.say("stranger", "/newhire Secret Name", among("groupChat", "19:group@thread.v2"));
		const said = await until(() => last("19:group@thread.v2"));
		assert.match(String(said.body.text), /^<at>stranger<\/at> the answer is for you alone/u);
		assert.deepEqual(said.body.entities, [
			{ type: "mention", text: "<at>stranger</at>", mentioned: { id: "29:stranger", name: "stranger" } },
		]);
	});

	test("what people say to each other is not answered, but for the word of a procedure", async () => {
		const group = among("groupChat", "19:group@thread.v2");
		const before = world.microsoft.messages.length;
		for (const text of ["help", "done", "newhire?", "cancel the meeting"]) await world.say("harriet", text, group);
		await world.say("mo", "newhire Not His To Start", group);
		assert.equal(world.microsoft.messages.length, before);
		await world.say("harriet", "Newhire Overheard", group);
		await until(() => JSON.stringify(last("chat-harriet")?.body).includes('"value":"Overheard"'));
	});

	test("a message only Sopwith sees is answered by one that only its sender sees", async () => {
		const bot = `28:${"aaaaaaaa-0000-4000-8000-000000000001"}`;
		await world.say("harriet", "newhire", {
			...among("channel", "19:team@thread.tacv2"),
			recipient: { id: bot, name: "Sopwith", isTargeted: true },
		});
		const taken = await until(() =>
			world.microsoft.taken.find(({ path }) => path.endsWith("?isTargetedActivity=true")),
		);
		assert.deepEqual(taken.body.recipient, { id: "29:harriet", name: "harriet", isTargeted: true });
	});
});

test("someone the roster does not know is told whom to ask, and nothing is started", async () => {
	await world.say("stranger", "newhire");
	const told = await until(() => last("chat-stranger"));
	assert.match(
		textIn(cardIn(told)),
		/Sopwith does not know you here\. Nothing was started\..*The service desk can add/u,
	);
	assert.equal(world.heard.at(-1)?.what, "unknown-person");
});

test("the older button is answered by a message in place of its card", async () => {
	await world.say("harriet", "newhire Old Client");
	const form = await until(() =>
		world.microsoft.of("chat-harriet").findLast((m) => JSON.stringify(m.body).includes('"value":"Old"')),
	);
	const value = { ...idOf(cardIn(form)), verb: "discard" };
	await world.send(world.by("harriet", { type: "message", value, replyToId: form.id }));
	await until(() => /Discarded\. Nothing was started\./u.test(textIn(cardIn(form))));
	assert.equal(form.edits, 1);
});

test("a long plan is turned in the answer, and by the older button in place of its message", async () => {
	await world.say("harriet", "newhire Many 412");
	const form = await until(() =>
		world.microsoft.of("chat-harriet").findLast((m) => JSON.stringify(m.body).includes('"value":"412"')),
	);
	await world.press("harriet", cardIn(form), "submit", { ...ADA, firstName: "Many", lastName: "412" });
	const plan = await newest("chat-harriet", /Plan for Many 412.*Page 1 of 21: lines 1 to 20 of 412\./u);
	const { body } = await world.press("harriet", cardIn(plan), "page", { page: 2 });
	assert.match(textIn((body as { value: Values }).value), /number 40 .*Page 2 of 21: lines 21 to 40 of 412\./u);
	assert.equal(plan.edits, 0, "the message itself stays");
	const value = { ...idOf(cardIn(plan)), verb: "page", page: 3 };
	await world.send(world.by("harriet", { type: "message", value, replyToId: plan.id }));
	await until(() => /Page 3 of 21: lines 41 to 60 of 412\./u.test(textIn(cardIn(plan))));
	const shown = await newest(OPERATIONS, /Plan for Many 412/u);
	const among = await world.press("harriet", { actions: [{ data: idIn(cardIn(shown)) }] }, "page", { page: 21 });
	const { value: card } = among.body as { value: Values };
	assert.match(textIn(card), /number 412 Page 21 of 21: lines 401 to 412 of 412\..*<at>Mo Manager<\/at>$/u);
});

test("30 kB of pasted text are read by nobody, and that is said", async () => {
	await world.say("di", `newhire ${"word ".repeat(6000)}`);
	const said = await until(() => last("chat-di"));
	assert.match(
		textIn(cardIn(said)),
		/too long for a command\. At most 2,000 characters are read\. Nothing was started\./u,
	);
});

test("30 kB in a field come back as a mistake at that field, in a card that Teams takes", async () => {
	await world.say("harriet", "newhire Long Name");
	const form = await until(() =>
		world.microsoft.of("chat-harriet").findLast((m) => JSON.stringify(m.body).includes('"value":"Long"')),
	);
	const { body } = await world.press("harriet", cardIn(form), "submit", { ...ADA, firstName: "ä".repeat(30_000) });
	assert(Buffer.byteLength(JSON.stringify(body)) < 28_000);
	assert.match(textIn((body as { value: Values }).value), /One thing to put right/u);
});

test("two days later an old form still starts what it was for, once", async () => {
	await world.say("harriet", "newhire Grace Hopper");
	const form = await until(() =>
		world.microsoft.of("chat-harriet").findLast((m) => JSON.stringify(m.body).includes('"value":"Hopper"')),
	);
	world.clock.pass(2 * 86_400_000);
	const grace = { ...ADA, firstName: "Grace", lastName: "Hopper" };
	for (const _ of [1, 2]) {
		const { body } = await world.press("harriet", cardIn(form), "submit", grace);
		assert.match(textIn((body as { value: Values }).value), /Asked for: Grace Hopper/u);
	}
	const { items } = await world.desk.list({ id: "harriet", client: "contoso" }, { phase: "open" });
	assert.equal(items.filter(({ subject }) => subject === "Grace Hopper").length, 1);
});
