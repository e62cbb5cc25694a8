/**
 * Approvals given in advance, against those who gave them: nobody approves what they ask for, nor what is about them, the
 * night before any more than at the click.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { createStanding } from "../../src/engine/standing.ts";
import type { Person, Roster, StandingApproval } from "../../src/people/roster.ts";
import type { Sop } from "../../src/sop/sop.ts";
import { approveStep, doStep, entry, make, planFor, sopFor, tell } from "./stage.ts";

const person = (id: string, email = `${id}@contoso.example`): Person => ({ id, name: id, email, of: "client" });
const given = (by: string): StandingApproval => {
	return { id: by, sop: "test", whenWords: "Always", atMost: 9, per: "day", by, until: "2099-01-01" };
};

async function giverFor(asked: { readonly by: string; readonly about?: string }, more: Partial<Sop> = {}) {
	const roster: Roster = {
		...{ client: "contoso", roles: {}, channels: {} },
		people: [person("mo"), person("mo-too", "MO@contoso.example"), person("di"), person("ada")],
		standing: [given("mo"), given("di")],
	};
	const sop = sopFor([approveStep(["a"]), doStep("a")], more);
	const told = tell(sop, { value: "v0" }, { by: asked.by });
	const run = { ...told.run(), subject: asked.about === undefined ? {} : { email: asked.about } };
	const clock = { now: told.now };
	const standing = createStanding({ rosterOf: () => roster, ledger: { reserve: async () => ({ used: 1 }) }, clock });
	return (await standing(run, sop, told.wait("approve").id, planFor([entry("a", [make])])))?.by;
}

test("an approval given in advance covers what others ask for", async () => {
	assert.equal(await giverFor({ by: "ada" }), "mo");
});

test("it never covers what its giver asks for, by whichever entry of the roster; another's does", async () => {
	assert.equal(await giverFor({ by: "mo" }), "di");
	assert.equal(await giverFor({ by: "mo-too" }), "di");
	assert.equal(await giverFor({ by: "mo" }, { urgency: "emergency" }), "mo");
});

test("it never covers what is about its giver", async () => {
	assert.equal(await giverFor({ by: "ada", about: "mo@contoso.example" }), "di");
	assert.equal(await giverFor({ by: "ada", about: "mo@contoso.example" }, { urgency: "emergency" }), "di");
});
