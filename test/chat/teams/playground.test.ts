/**
 * The story of a new employee in Microsoft's Agents Playground, against the real program: two people, one card edited in
 * place, refusals to the one who pressed. Must never look at anything but what the Playground shows and the bot answers.
 */
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import type { Json, Values } from "../../../src/base/json.ts";
import { type Bot, startBot } from "../../e2e/bot.ts";
import { CHATS, newest, openPlayground, type Person, type Playground, type Shown } from "./playground.ts";
import { idOf, textIn } from "./teams-world.ts";

const person = (number: number, name: string): Person => ({
	id: `user-${number}`,
	name,
	object: `00000000-0000-4000-8000-00000000000${number}`,
});
const HARRIET = person(1, "Harriet Reyes");
const MO = person(2, "Mo Manager");
const PEOPLE = [HARRIET, MO, ...[3, 4, 5, 6].map((number) => person(number, `Person ${number}`))];
const ADA = { firstName: "Ada", lastName: "Lovelace", startDate: "2026-12-01", profile: "sales", manager: "sol" };

let bot: Bot;
let playground: Playground;
before(async () => {
	bot = await startBot((definitions) => {
		const file = join(definitions, "clients/contoso/client.yaml");
		const listed = [HARRIET, MO].reduce(
			(text, { name, object }) => {
				return text.replace(`name: ${name}`, `name: ${name}, teams: "${object}"`);
			},
			readFileSync(file, "utf8"),
		);
		writeFileSync(file, listed);
		writeFileSync(join(definitions, "letters.yaml"), letters());
		return { TEAMS_PLAYGROUND: "1" };
	});
	playground = await openPlayground(`${bot.url()}/api/messages`, PEOPLE);
});
after(async () => {
	await playground?.close();
	await bot?.end("SIGTERM");
});

/** A procedure of 412 mails: more changes than one card holds. */
function letters(): string {
	const steps = Array.from({ length: 412 }, (_, at) => {
		const mail = `{ to: harriet@contoso.example, subject: Letter, what: letter ${at + 1} }`;
		return `  - { name: Letter ${at + 1}, id: letter${at + 1}, do: mail.send, with: ${mail} }`;
	});
	return [
		"sop: letters",
		"title: Letters",
		"owner: it-lead",
		"review: 6 months",
		"urgency: routine",
		"start: [{ command: letters, by: [hr] }]",
		"form: {}",
		"steps:",
		"  - { name: Approve the letters, id: approve, approve: { by: [it-lead] } }",
		...steps,
	].join("\n");
}

function lettersIn(card: Values): readonly number[] {
	return [...textIn(card).matchAll(/Send the letter (\d+) to/gu)].map(([, number]) => Number(number));
}

/** Turns a card to a page by a press, and looks at the answer. */
function turner({ shown, from }: { readonly shown: Shown; readonly from?: Person }) {
	const id = idOf(shown.card ?? {});
	return async (page: number): Promise<Values> => {
		const data = { verb: "page", values: { ...id, page }, ...(from === undefined ? {} : { from }) };
		const answer = (await playground.press(shown, data)) as { type: string; value: Values };
		assert.equal(answer.type, "application/vnd.microsoft.card.adaptive");
		assert(Buffer.byteLength(JSON.stringify(answer)) <= 28_000);
		return answer.value;
	};
}

const words = (card: Values | undefined) => (card === undefined ? "" : textIn(card));
const showing = (expected: RegExp) => newest(playground, ({ card }) => expected.test(words(card)));
/** The Playground shows the chats of whoever sits before it, so the others are met in theirs. */
const there = { conversationType: "personal", id: CHATS.own };

describe("in the Agents Playground", () => {
	test("the bot says hello in a chat, a group and a channel", async () => {
		await playground.install(CHATS.own);
		await playground.install(CHATS.group);
		await playground.install(CHATS.team);
		await showing(/^What you can type/u);
		await newest(playground, ({ text, conversation }) => conversation === CHATS.group && /^Hello\./u.test(text));
		await newest(playground, ({ text, conversation }) => conversation.startsWith(CHATS.team) && /^Hello\./u.test(text));
	});

	for (const line of ["newhire Ada Lovelace", "/newhire Ada Lovelace", "<at>Sopwith</at> newhire Ada Lovelace"]) {
		test(`${line} gets the form`, async () => {
			const before = playground.shown.length;
			await playground.say(CHATS.own, line);
			const form = await newest(
				playground,
				({ card }) => /Lovelace/u.test(JSON.stringify(card)) && playground.shown.length > before,
			);
			assert.match(words(form.card), /Nothing changes until Mo Manager has approved/u);
		});
	}

	test("in a group and in a channel the form comes in one's own chat, and nothing where others read", async () => {
		for (const place of [CHATS.group, CHATS.team]) {
			const [own, others] = [playground.of(CHATS.own).length, playground.of(place).length];
			await playground.say(place, "<at>Sopwith</at> newhire Grace Hopper");
			await newest(playground, () => playground.of(CHATS.own).length > own);
			const added = playground.of(place).slice(others);
			assert.deepEqual(
				added.filter(({ card }) => card !== undefined),
				[],
			);
		}
	});

	test("the form is sent, the plan is approved by somebody else, and one card follows it to the end", async () => {
		await playground.act(MO, there, { type: "message", text: "runs" });
		await showing(/Nothing is under way/u);
		const form = await newest(playground, ({ card }) => /"value":"Lovelace"/u.test(JSON.stringify(card)));
		const sent = await playground.press(form, { verb: "submit", values: { ...idOf(form.card ?? {}), ...ADA } });
		const { type, value } = sent as { type: string; value: Values };
		assert.equal(type, "application/vnd.microsoft.card.adaptive");
		assert.match(textIn(value), /^.*Asked for: Ada Lovelace.*Nothing has changed yet\.$/u);

		const asked = await showing(/Approve the plan for Ada Lovelace/u);
		const refused = await playground.press(
			{ ...asked, conversation: CHATS.own, id: form.id },
			{ verb: "approve", values: idOf(asked.card ?? {}) },
		);
		const refusal = refused as { type: string; value: string };
		assert.equal(refusal.type, "application/vnd.microsoft.activity.message");
		assert.match(refusal.value, /someone else approves it\. Nothing changed\./u);

		const progress = await showing(/Waiting.*Mo Manager/u);
		const action = { type: "Action.Execute", verb: "approve", data: idOf(asked.card ?? {}) };
		await playground.act(MO, there, { type: "invoke", name: "adaptiveCard/action", value: { action } });
		await newest(playground, ({ id, card }) => id === asked.id && /Approved by you/u.test(words(card)));
		assert.equal(asked.edits, 1, "a refusal leaves the card alone, and with it the words that stand on it");
		await newest(playground, ({ id, card }) => id === progress.id && /✓/u.test(words(card)));
		assert(progress.edits > 0, "the progress was edited, not posted anew");
	});

	test("a plan of 412 changes is turned page by page in the answers to two people, each at their own", async () => {
		await playground.say(CHATS.own, "letters");
		const form = await newest(playground, ({ card }) => /^Contoso Ltd · Letters .*Letters/u.test(words(card)));
		await playground.press(form, { verb: "submit", values: idOf(form.card ?? {}) });
		const plan = await showing(/Plan for Letters.*Page 1 of 21: lines 1 to 20 of 412\./u);
		const asked = await showing(/Approve the plan for Letters\?.*Page 1 of 21: .*Approving covers all of them/u);
		const group = playground.of(CHATS.group)[0];
		assert(group !== undefined);
		const turns = { harriet: turner({ shown: plan }), mo: turner({ shown: { ...group, card: asked.card }, from: MO }) };
		const edits = [plan.edits, asked.edits];
		for (const turn of [turns.harriet, turns.mo]) {
			const seen: number[] = [];
			for (let page = 1; page <= 21; page += 1) seen.push(...lettersIn(await turn(page)));
			assert.deepEqual(
				seen,
				Array.from({ length: 412 }, (_, at) => at + 1),
			);
		}
		const [hers, his] = await Promise.all([turns.harriet(3), turns.mo(20)]);
		assert.match(textIn(hers), /Page 3 of 21: lines 41 to 60 of 412\./u);
		assert.doesNotMatch(textIn(hers), /Approving/u, "she approves nothing there");
		assert.match(
			textIn(his),
			/Page 20 of 21: lines 381 to 400 of 412\. Approving covers all of them, on every page\./u,
		);
		assert.deepEqual([plan.edits, asked.edits], edits, "nobody else's card changes");
	});

	test("a procedure is started from somebody's message, in a dialog", async () => {
		const task = (answer: Json) => (answer as { task: { type: string; value: Values } }).task;
		const card = (answer: Json) => (task(answer).value.card as { content: Values }).content;
		const messagePayload = { id: "1", body: { contentType: "html", content: "<p>Grace&nbsp;Hopper</p>" } };
		const opening = { commandId: "start", commandContext: "message", messagePayload };
		const first = await playground.dialog("composeExtension/fetchTask", opening);
		assert.equal(task(first).type, "continue");
		assert.match(JSON.stringify(card(first)), /"value":"Grace Hopper"/u);
		const send = (data: Values) => playground.dialog("composeExtension/submitAction", { commandId: "start", data });
		const chosen = { ...idOf(card(first)), verb: "start-from-message", word: "newhire", words: "Grace Hopper" };
		const second = await send(chosen);
		assert.match(JSON.stringify(card(second)), /"id":"lastName".*"value":"Hopper"/u);
		const grace = { ...ADA, firstName: "Grace", lastName: "Hopper", ...idOf(card(second)), verb: "submit" };
		assert.match(textIn(card(await send({ ...grace, startDate: "soon" }))), /One thing to put right/u);
		for (const _ of [1, 2]) assert.match(String(task(await send(grace)).value), /^Asked for: Grace Hopper/u);
		await showing(/Plan for Grace Hopper.*Nothing has changed yet/u);
	});

	test("a stranger is told whom to ask", async () => {
		const stranger = PEOPLE[3] ?? HARRIET;
		await playground.act(stranger, there, { type: "message", text: "newhire" });
		assert.match(
			words((await showing(/does not know you here/u)).card),
			/The service desk can add that to the roster/u,
		);
	});

	test("nothing that came by way of another machine is taken", async () => {
		const headers = { "content-type": "application/json", "x-forwarded-for": "203.0.113.9" };
		const body = JSON.stringify({ type: "message" });
		assert.equal((await fetch(`${bot.url()}/api/messages`, { method: "POST", headers, body })).status, 403);
	});
});
