/**
 * Finding people, saying who they are, and approvals given in advance.
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { namesOf, sayRole, theRole } from "../../src/people/names.ts";
import { resolveWho } from "../../src/people/resolve.ts";
import type { Person, Roster } from "../../src/people/roster.ts";
import { matchStanding, type PlanSum } from "../../src/people/standing.ts";

const person = (id: string, name: string, more: Partial<Person> = {}): Person => ({
	id,
	name,
	email: `${id}@contoso.example`,
	of: "client",
	...more,
});
const roster: Roster = {
	client: "contoso",
	people: [
		person("mo", "Mo Manager", { manager: "di" }),
		person("di", "Di Okafor"),
		person("sol", "Sol Vance"),
		person("ada", "Ada Lovelace", { manager: "sol" }),
		person("tia", "Tia Tran", { of: "msp" }),
		person("sam", "Sam Osei", { of: "msp" }),
		person("di@contoso.example", "A trap"),
	],
	roles: {
		"it-lead": ["mo"],
		owner: ["di"],
		"service-desk": ["tia", "sam", "mo"],
		staff: { group: "All" },
		empty: [],
		left: ["gone"],
	},
	channels: {},
	standing: [
		{
			id: "s1",
			sop: "newhire",
			when: "form.profile.key == 'warehouse'",
			whenWords: "Warehouse",
			atMost: 5,
			per: "day",
			spend: { licences: 1 },
			by: "di",
			until: "2027-06-30",
		},
		{ id: "s2", sop: "leaver", whenWords: "every run", atMost: 1, per: "day", by: "gone", until: "2027-06-30" },
	],
};
const involved = { requester: "mo", subject: "ada@contoso.example", owner: "it-lead" };

describe("resolveWho", () => {
	it("finds roles and parties, each person once and in order", () => {
		assert.deepEqual(
			resolveWho(["manager", "it-lead", "service-desk", "requester"], roster, {
				...involved,
				manager: "SOL@contoso.example",
			}),
			["sol", "mo", "tia", "sam"],
		);
	});

	it("finds a manager by e-mail, then by id, then from the subject", () => {
		assert.deepEqual(resolveWho(["manager"], roster, { ...involved, manager: "di@contoso.example" }), ["di"]);
		assert.deepEqual(resolveWho(["manager"], roster, { ...involved, manager: "sol" }), ["sol"]);
		assert.deepEqual(resolveWho(["manager"], roster, involved), ["sol"]);
	});

	it("takes the procedure's owner, and the client's when nobody holds that role", () => {
		assert.deepEqual(resolveWho(["owner"], roster, involved), ["mo"]);
		assert.deepEqual(resolveWho(["owner"], roster, { ...involved, owner: "empty" }), ["di"]);
	});

	it("means nobody by a group, an empty role, no such role, and whom the roster does not know", () => {
		const who = ["staff", "empty", "left", "ghost", "manager", "constructor"];
		assert.deepEqual(resolveWho(who, roster, { requester: "mo", owner: "it-lead" }), []);
		assert.deepEqual(resolveWho(["subject"], roster, { ...involved, subject: "new@home.example" }), []);
	});
});

describe("names", () => {
	const rows: readonly (readonly [readonly string[], string])[] = [
		[[], "nobody"],
		[["mo"], "Mo Manager"],
		[["sam", "mo"], "Sam Osei or Mo Manager"],
		[["tia", "sam", "mo"], "3 people of the service desk"],
		[["tia", "sol", "mo"], "Tia Tran or 2 others"],
		[["ghost"], "someone we do not know"],
	];
	for (const [people, words] of rows) it(`says “${words}”`, () => assert.equal(namesOf(people, roster), words));

	it("says roles as people do", () => {
		assert.deepEqual([sayRole("it-lead"), sayRole("hr"), sayRole("service-desk")], ["IT lead", "HR", "service desk"]);
		assert.deepEqual(["cfo", "cio", "ciso", "vip-desk", "italy-desk"].map(sayRole), [
			"CFO",
			"CIO",
			"CISO",
			"VIP desk",
			"italy desk",
		]);
		assert.deepEqual(["it-lead", "service-desk", "ceo", "hr"].map(theRole), [
			"the IT lead",
			"the service desk",
			"the CEO",
			"HR",
		]);
	});
});

describe("matchStanding", () => {
	const plan: PlanSum = { destructive: false, problems: 0, licences: 1, today: "2026-11-22" };
	const scope = { form: { profile: { key: "warehouse" } } };
	const match = (sum: Partial<PlanSum> = {}, form = scope) =>
		matchStanding(roster, "newhire", form, { ...plan, ...sum })?.id;

	it("covers a routine plan it was given for", () => assert.equal(match(), "s1"));
	it("holds on its last day and not after", () => {
		assert.equal(match({ today: "2027-06-30" }), "s1");
		assert.equal(match({ today: "2027-07-01" }), undefined);
	});
	it("never covers what destroys, a plan with problems, or more licences than it may spend", () => {
		assert.equal(match({ destructive: true }), undefined);
		assert.equal(match({ problems: 1 }), undefined);
		assert.equal(match({ licences: 2 }), undefined);
	});
	it("covers nothing else: another case, another procedure, or one given by somebody who has left", () => {
		assert.equal(match({}, { form: { profile: { key: "sales" } } }), undefined);
		assert.equal(matchStanding(roster, "mover", scope, plan), undefined);
		assert.equal(matchStanding(roster, "leaver", scope, { ...plan, licences: 0 }), undefined);
	});
});
