/**
 * Presses that come late, twice, at the same moment or from elsewhere: what a card asked when it was drawn is what counts,
 * and only for those whom it asks.
 */
import assert from "node:assert/strict";
import { after, before, beforeEach, describe, test } from "node:test";
import type { Values } from "../../../src/base/json.ts";
import type { Sop } from "../../../src/sop/sop.ts";
import { until } from "../../fixtures/until.ts";
import { definitions } from "../world.ts";
import { type Answered, cardIn, openTeamsWorld, type TeamsWorld, textIn } from "./teams-world.ts";

const FORM = { firstName: "Ada", startDate: "2026-12-01", profile: "sales" };
const CONTOSO = { id: "harriet", client: "contoso" };
let world: TeamsWorld;
before(async () => {
	world = await openTeamsWorld({ sops: { newhire: byTwo() } });
	for (const who of ["mo", "di"] as const) {
		await world.say(who, "help");
		await until(() => world.microsoft.of(`chat-${who}`)[0]);
	}
});
after(() => world.end());

/** Either of two roles may approve. */
function byTwo(): Sop {
	const { newhire } = definitions.clients.contoso?.sops ?? {};
	const [approve, ...rest] = newhire?.steps ?? [];
	if (newhire === undefined || approve?.kind !== "approve") throw new Error("it begins with no approval");
	return { ...newhire, steps: [{ ...approve, by: ["it-lead", "owner"] }, ...rest] };
}

let number = 0;
let name: string;
let run: string;
beforeEach(async () => {
	number += 1;
	name = `Lovelace${number}`;
	await world.say("harriet", `newhire Ada ${name}`);
	const form = await newest("harriet", new RegExp(`"value":"${name}"`, "u"));
	await world.press("harriet", form, "submit", { ...FORM, lastName: name });
	await newest("mo", new RegExp(`Approve the plan for Ada ${name}`, "u"));
	await newest("di", new RegExp(`Approve the plan for Ada ${name}`, "u"));
	run = (await world.desk.list(CONTOSO, { phase: "open" })).items.find((each) => each.subject.endsWith(name))?.id ?? "";
	await world.poster.idle();
});

const newest = (who: string, words: RegExp): Promise<Values> =>
	until(() => {
		const found = world.microsoft.of(`chat-${who}`).findLast(({ body }) => words.test(JSON.stringify(body)));
		return found && cardIn(found);
	});
const asked = (who: string) => newest(who, new RegExp(`Approve the plan for Ada ${name}`, "u"));
const wordsOf = ({ body }: Answered) => String((body as Values).value);
const phase = async () => (await world.desk.read(CONTOSO, run))?.phase;

describe("a card of a foreign run", () => {
	test("is answered to people of another client with nothing of that run, whatever they press", async () => {
		const cards = [await asked("mo"), await newest("harriet", new RegExp(`Plan for Ada ${name}`, "u"))];
		for (const card of cards) {
			for (const verb of ["approve", "send-back", "amend", "cancel", "note", "undo", "page"]) {
				const answer = await world.press("mona", card, verb, { words: "mine", page: 1 });
				assert.equal(answer.status, 200);
				assert.doesNotMatch(JSON.stringify(answer.body), /Ada|Lovelace|Contoso|Make the account/u, verb);
				assert.match(wordsOf(answer), /Nothing (happened|was done|changed)\./u, verb);
			}
		}
		assert.equal(await phase(), "waiting");
	});
});

describe("an approval", () => {
	test("two days and a new plan later says that the question has moved on, and approves nothing", async () => {
		const old = await asked("mo");
		const before = world.microsoft.of("chat-harriet").length;
		await world.press("harriet", await newest("harriet", new RegExp(`Plan for Ada ${name}`, "u")), "amend");
		const form = cardIn(await until(() => world.microsoft.of("chat-harriet")[before]));
		name = `${name}-Byron`;
		await world.press("harriet", form, "submit", { ...FORM, lastName: name });
		const fresh = await asked("mo");
		world.clock.pass(2 * 86_400_000);
		const late = await world.press("mo", old, "approve");
		assert.match(wordsOf(late), /^This card is from before.*the question has moved on\. Nothing happened\./u);
		assert.equal(await phase(), "waiting");
		assert.equal(wordsOf(await world.press("mo", fresh, "approve")), "Noted. The card shows it.");
		await until(() => /Approved by you/u.test(textIn(cardIn(world.microsoft.of("chat-mo").at(-1)))));
	});

	test("by two in the same millisecond counts once, and the other is told who was first", async () => {
		const [his, hers] = [await asked("mo"), await asked("di")];
		const answers = await Promise.all([world.press("mo", his, "approve"), world.press("di", hers, "approve")]);
		const said = answers.map(wordsOf);
		const noted = said.filter((words) => words === "Noted. The card shows it.");
		assert.equal(noted.length, 1, said.join(" | "));
		const [other] = said.filter((words) => words !== "Noted. The card shows it.");
		assert.match(
			String(other),
			/^(Mo Manager|Di Okafor) approved this in Teams at .*, just before you\. Nothing more is needed\./u,
		);
		await world.poster.idle();
		for (const who of ["mo", "di"]) {
			const shown = await newest(who, new RegExp(`The plan for Ada ${name}`, "u"));
			assert.match(textIn(shown), /Approved by/u);
			assert(!JSON.stringify(shown).includes('"approve"'), "nobody is asked any more");
		}
	});
});
