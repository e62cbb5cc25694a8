/**
 * Who may do what: every verb against every relation a person can have to a run, and the rules that stand above roles.
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { type AskedVerb, authorize, type Question } from "../../src/people/authorize.ts";
import type { Actor, Person, Roster } from "../../src/people/roster.ts";

const person = (id: string, of: Person["of"] = "client"): Person => ({
	id,
	name: `${id} Person`,
	email: `${id}@contoso.example`,
	of,
});
const roster: Roster = {
	client: "contoso",
	people: [
		...["harriet", "mo", "di", "sol", "ada", "ned", "cara"].map((id) => person(id)),
		person("tia", "msp"),
		person("sam", "msp"),
	],
	roles: {
		hr: ["harriet"],
		"it-lead": ["mo"],
		owner: ["di"],
		"service-desk": ["tia", "cara"],
		staff: { group: "All staff" },
	},
	channels: {},
	standing: [],
};
/** Everyone by their relation to the run. `cara` is a client's person in a role named like the MSP's service desk. */
const RELATIONS = {
	requester: { id: "harriet", client: "contoso" },
	subject: { id: "ada", client: "contoso" },
	manager: { id: "sol", client: "contoso" },
	asked: { id: "mo", client: "contoso" },
	owner: { id: "di", client: "contoso" },
	desk: { id: "tia" },
	"desk of the client": { id: "cara", client: "contoso" },
	bystander: { id: "ned", client: "contoso" },
	"msp bystander": { id: "sam" },
	"someone of another client": { id: "mo", client: "fabrikam" },
	"someone posing as msp": { id: "mo" },
	stranger: { id: "ghost", client: "contoso" },
} as const satisfies { readonly [relation: string]: Actor };
type Relation = keyof typeof RELATIONS;

const run: NonNullable<Question["run"]> = {
	by: "harriet",
	involved: { requester: "harriet", subject: "ada@contoso.example", manager: "sol@contoso.example", owner: "it-lead" },
	urgency: "routine",
	visibility: "all",
	audiences: ["it-lead", "manager", "requester", "subject"],
};
const involved = { ...run, visibility: "involved" as const };
const ask = (relation: Relation, verb: AskedVerb, more: Partial<Question> = {}): Question => ({
	actor: RELATIONS[relation],
	verb,
	client: "contoso",
	roster,
	run,
	wait: { who: ["it-lead", "manager"] },
	starts: ["hr", "service-desk"],
	...more,
});
const may = (relation: Relation, verb: AskedVerb, more: Partial<Question> = {}) =>
	authorize(ask(relation, verb, more)).ok;

const SEES: readonly Relation[] = ["requester", "subject", "manager", "asked", "owner", "desk"];
const TABLE: readonly (readonly [readonly AskedVerb[], readonly Relation[]])[] = [
	[["start"], ["requester", "desk", "desk of the client"]],
	[["see", "journal", "note"], SEES],
	[
		["amend", "undo"],
		["requester", "owner", "asked"],
	],
	[
		["pause", "resume", "cancel"],
		["requester", "owner", "asked", "desk"],
	],
	[
		["approve", "send-back"],
		["asked", "manager"],
	],
	[
		["submit", "complete", "acknowledge"],
		["asked", "manager"],
	],
	[
		["retry", "skip", "done", "stop", "choose", "claim"],
		["asked", "manager", "owner"],
	],
];

describe("authorize", () => {
	for (const [verbs, allowed] of TABLE) {
		for (const verb of verbs) {
			for (const relation of Object.keys(RELATIONS) as Relation[]) {
				const ok = allowed.includes(relation);
				it(`${ok ? "lets" : "does not let"} the ${relation} ${verb}`, () => assert.equal(may(relation, verb), ok));
			}
		}
	}

	it("takes the service desk away where only those involved may see", () => {
		for (const verb of ["see", "journal", "pause", "resume", "cancel", "note"] as const) {
			assert.equal(may("desk", verb, { run: involved }), false);
			assert.equal(may("owner", verb, { run: involved }), true);
		}
		assert.equal(may("desk", "see", { run: { ...involved, audiences: ["service-desk"] } }), true);
	});

	it("tells somebody who may not see a run the same as if there were none", () => {
		const hidden = authorize(ask("bystander", "approve"));
		const none = authorize({ actor: RELATIONS.bystander, verb: "approve", client: "contoso", roster });
		assert.deepEqual(hidden, none);
	});

	it("never lets the subject approve, whatever else they are", () => {
		const self = { ...run, involved: { ...run.involved, subject: "mo@contoso.example" } };
		const verdict = authorize(ask("asked", "approve", { run: { ...self, urgency: "emergency" } }));
		assert.deepEqual([verdict.ok, !verdict.ok && verdict.code], [false, "subject"]);
		assert.match(
			verdict.ok ? "" : verdict.words,
			/^This run is about you, so you cannot decide it\. Nothing changed\. Sol Person can\.$/i,
		);
		assert.equal(may("asked", "skip", { run: self }), false);
	});

	it("lets the requester approve in an emergency only, and only when asked", () => {
		const own = { ...run, by: "mo", involved: { ...run.involved, requester: "mo" } };
		const routine = authorize(ask("asked", "approve", { run: own }));
		assert.deepEqual([routine.ok, !routine.ok && routine.code], [false, "own-request"]);
		assert.match(
			routine.ok ? "" : routine.words,
			/^You asked for this one, so someone else approves it\. Nothing changed\. Sol Person is asked\.$/i,
		);
		assert.equal(may("asked", "approve", { run: { ...own, urgency: "emergency" } }), true);
		assert.equal(may("requester", "approve", { run: { ...run, urgency: "emergency" } }), false);
		assert.equal(
			may("requester", "approve", { run: { ...run, urgency: "emergency" }, wait: { who: ["requester"] } }),
			true,
		);
	});

	it("keeps others out of what somebody took on, but not an owner, and lets it be taken over", () => {
		const wait = { who: ["it-lead", "manager"], claimedBy: "sol" };
		const verdict = authorize(
			ask("asked", "skip", { wait, run: { ...run, involved: { ...run.involved, owner: "hr" } } }),
		);
		assert.deepEqual([verdict.ok, !verdict.ok && verdict.code], [false, "claimed"]);
		assert.equal(may("manager", "skip", { wait }), true);
		assert.equal(may("owner", "skip", { wait }), true);
		assert.equal(may("asked", "claim", { wait }), true);
	});

	it("says in which role a person acts", () => {
		const as = (relation: Relation, verb: AskedVerb) => {
			const verdict = authorize(ask(relation, verb));
			return verdict.ok ? verdict.as : undefined;
		};
		assert.deepEqual(
			[
				as("asked", "approve"),
				as("manager", "approve"),
				as("owner", "retry"),
				as("requester", "cancel"),
				as("desk", "see"),
				as("requester", "start"),
			],
			["it-lead", "manager", "owner", "requester", "service-desk", "hr"],
		);
	});

	it("refuses everything to a person of another client, whatever the facts", () => {
		const verbs = TABLE.flatMap(([list]) => list);
		const who = fc.subarray(["it-lead", "manager", "owner", "requester", "hr", "service-desk"]);
		fc.assert(
			fc.property(
				fc.constantFrom(...verbs),
				who,
				fc.constantFrom("routine", "urgent", "emergency" as const),
				(verb, asked, urgency) => {
					const facts = { run: { ...run, urgency: urgency as "routine" }, wait: { who: asked }, starts: asked };
					for (const relation of ["someone of another client", "someone posing as msp", "stranger"] as const) {
						const verdict = authorize(ask(relation, verb, facts));
						assert.deepEqual([verdict.ok, !verdict.ok && verdict.words], [false, "There is nothing here for you."]);
					}
				},
			),
		);
	});

	it("refuses every verb without the facts it needs", () => {
		for (const verb of TABLE.flatMap(([list]) => list)) {
			assert.equal(authorize({ actor: RELATIONS.owner, verb, client: "contoso", roster }).ok, false, verb);
		}
	});
});
