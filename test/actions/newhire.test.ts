/**
 * Onboarding as it is written in `sop-definitions`, decided by the core and done on the simulated tenants of both clients:
 * planned, approved, done, proved, undone. What was planned is what was done.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Values } from "../../src/base/json.ts";
import type { Change, StartRequest } from "../../src/engine/event.ts";
import { undoRequest, undoSop } from "../../src/engine/undo.ts";
import { theatre } from "./theatre.ts";

function request(client: string, form: Values): StartRequest {
	return { client, sop: "newhire", key: `${client}-ada`, by: "hr", via: "web", form };
}

const idsOf = (changes: readonly Change[]) => changes.map((change) => [change.id, change.after ?? null]);

for (const [client, profile, manager, approver] of [
	["contoso", "finance", "sol", "mo"],
	["contoso", "warehouse", "di", "mo"],
	["fabrikam", "office", "otto", "ines"],
] as const) {
	test(`onboarding of ${profile} at ${client} is planned, done, proved and undone`, async (t) => {
		const stage = await theatre(t);
		const sop = stage.definitions.clients[client]?.sops.newhire;
		assert.ok(sop !== undefined);
		const chosen = { ...sop.client.profiles[profile], key: profile };
		const names = { firstName: "Ada", lastName: "Lovelace", startDate: "2026-12-01", manager };
		const asked = request(client, { ...names, profile: chosen, privateEmail: "ada@private.example" });
		const run = await stage.play(sop, asked, approver);
		assert.equal(run.ended?.phase, "done");

		const approved = stage.events.filter((event) => event.kind === "planned");
		assert.equal(approved.length, 1, "nothing that was done had to be asked again");
		const planned = approved.flatMap((event) => event.plan.entries.flatMap((entry) => entry.changes));
		const did = stage.events.flatMap((event) => (event.kind === "attempt-began" ? event.changes : []));
		assert.deepEqual(idsOf(did).toSorted(), idsOf(planned).toSorted(), "what was planned is what was done");
		const tenant = stage.server.of(client);
		const ada = tenant?.readOut().users.find((user) => user.userPrincipalName.startsWith("ada.lovelace@"));
		assert.ok(ada?.enabled === true && ada.licences.length === 1);
		assert.equal(tenant?.mails().length, 1);

		const asksFor = planned
			.filter((one) => one.facet === "password" || one.facet === "pass")
			.map(({ detail }) => detail);
		const byDirectory = /^LDAP modify unicodePwd/;
		assert.match(asksFor[0] ?? "", profile === "warehouse" ? byDirectory : /temporaryAccessPassMethods/);
		assert.equal(asksFor.length, 1);

		const told = JSON.stringify(stage.events);
		for (const [name, secret] of stage.vault.secrets) {
			if (/password$|pass-/.test(name)) assert.ok(!told.includes(secret.open()), name);
		}

		const back = undoRequest(sop, run, { by: "hr", via: "web", key: `${client}-undo` });
		const undone = await stage.play(undoSop(sop, back), back, approver);
		assert.equal(undone.ended?.phase, "done");
		const left = tenant?.readOut().users.filter((user) => user.userPrincipalName.startsWith("ada.lovelace@"));
		assert.deepEqual(left, []);
	});
}

const RENAMED = ["Change the name Eve Mistype to Eve Correct"];
const MOVED = ["Change the entry in the directory from Eve Mistype to Eve Correct"];
const LATER = ["Open the account", "Make a first sign-in pass of", "Send the welcome to"];
const ACCESS = ["Set the place of use to US", "Give 1 Business Premium licence", "Join the group All Finance"];

for (const [client, profile, manager, approver, at, differs] of [
	["contoso", "finance", "sol", "mo", "arrival", [...MOVED, ...RENAMED, "Change the address", ...ACCESS, ...LATER]],
	["contoso", "finance", "sol", "mo", "firstMorning", [...MOVED, ...RENAMED, "Change the address", ...LATER]],
	["fabrikam", "office", "otto", "ines", "firstMorning", [...RENAMED, "Change the address", ...LATER]],
] as const) {
	test(`a name that is corrected at ${client} while the run waits at ${at} is asked for once, done and undone`, async (t) => {
		const stage = await theatre(t);
		const sop = stage.definitions.clients[client]?.sops.newhire;
		assert.ok(sop !== undefined);
		const chosen = { ...sop.client.profiles[profile], key: profile };
		const names = { firstName: "Eve", lastName: "Mistype", startDate: "2026-12-01", manager };
		const asked = request(client, { ...names, profile: chosen, privateEmail: "eve@private.example" });
		const run = await stage.play(sop, asked, approver, [{ at, values: { lastName: "Correct" } }]);
		assert.equal(run.ended?.phase, "done");
		const plans = stage.events.flatMap((event) => (event.kind === "planned" ? [event.plan.entries] : []));
		assert.equal(plans.length, 2, "the first plan and the second, and nothing was asked again");
		const second = plans[1]?.flatMap((entry) => entry.changes) ?? [];
		assert.deepEqual(
			second.map((change, i) => change.words.slice(0, differs[i]?.length)),
			differs,
		);
		const began = stage.events.flatMap((event) => (event.kind === "attempt-began" ? [event.changes] : []));
		const since = began.slice(began.findIndex((changes) => changes.some((change) => change.id === second[0]?.id)));
		assert.deepEqual(idsOf(since.flat()).toSorted(), idsOf(second).toSorted(), "what was planned is what was done");
		const tenant = stage.server.of(client);
		const eves = () => tenant?.readOut().users.filter((user) => user.displayName.startsWith("Eve")) ?? [];
		assert.deepEqual(
			eves().map((user) => [user.userPrincipalName.split("@")[0], user.displayName, user.enabled]),
			[["eve.correct", "Eve Correct", true]],
		);
		const back = undoRequest(sop, run, { by: "hr", via: "web", key: `${client}-undo` });
		const undone = await stage.play(undoSop(sop, back), back, approver);
		assert.equal(undone.ended?.phase, "done");
		assert.deepEqual(eves(), []);
		assert.equal(stage.events.filter((event) => event.kind === "planned").length, 3, "one plan for all of the undo");
	});
}

test("two corrections are undone by one plan, newest first", async (t) => {
	const stage = await theatre(t);
	const sop = stage.definitions.clients.contoso?.sops.newhire;
	assert.ok(sop !== undefined);
	const profile = { ...sop.client.profiles.finance, key: "finance" };
	const names = { firstName: "Eve", lastName: "Mistype", startDate: "2026-12-01", manager: "sol" };
	const asked = request("contoso", { ...names, profile, privateEmail: "eve@private.example" });
	const amends = ["Typo", "Correct"].map((lastName) => ({ at: "firstMorning", values: { lastName } }));
	const run = await stage.play(sop, asked, "mo", amends);
	assert.equal(run.ended?.phase, "done");
	const back = undoRequest(sop, run, { by: "hr", via: "web", key: "contoso-undo" });
	const undone = await stage.play(undoSop(sop, back), back, "mo");
	assert.equal(undone.ended?.phase, "done");
	const renamed = undone.ledger.filter((entry) => entry.change.facet === "name").map((entry) => entry.change.words);
	assert.deepEqual(renamed, ["Change the name Eve Correct to Eve Typo", "Change the name Eve Typo to Eve Mistype"]);
	const left = stage.server.of("contoso")?.readOut().users ?? [];
	assert.ok(left.every((user) => !user.displayName.startsWith("Eve")));
	assert.equal(stage.events.filter((event) => event.kind === "planned").length, 4, "three plans, and one for the undo");
	assert.equal(undone.approvals.length, 1, "nothing of the undo was asked again");
});
