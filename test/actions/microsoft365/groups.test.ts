/** Groups of Microsoft 365 beyond one person in one list: groups in groups, in circles, by a rule, and from a directory. */
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import type { Values } from "../../../src/base/json.ts";
import { got } from "../../../src/engine/remote.ts";
import { onStage, type Stage, type Told } from "../stage.ts";

const UPN = "ada.lovelace@contoso.example";
const GROUPS = [
	...["Outer", "Inner", "Ring 1", "Ring 2"].map((name) => ({ name, where: "cloud" as const })),
	{ name: "Licensed", where: "cloud" as const, licences: ["SPB"] },
	{ name: "By rule", where: "cloud" as const, rule: 'user.department -eq "Sales"' },
	{ name: "From below", where: "directory" as const },
];

/** Ada, in none of the groups; `nest` puts one group into another. */
async function withAda(t: TestContext) {
	const stage = await onStage(t, { seed: { identity: "cloud", groups: GROUPS } });
	const input = { firstName: "Ada", lastName: "Lovelace", usageLocation: "US" };
	assert.equal((await stage.attempt({ action: "microsoft365.user", input })).outcome?.kind, "done");
	const idOf = async (name: string) => {
		const query = { $filter: `displayName eq '${name}'`, $select: "id" };
		return String(got(await stage.graph.list({ path: ["groups"], query }))[0]?.id);
	};
	const nest = async (outer: string, inner: string) => {
		const [into, one] = [await idOf(outer), await idOf(inner)];
		const body = { "@odata.id": `${stage.graph.endpoint}/directoryObjects/${one}` };
		return stage.graph.request({ method: "POST", path: ["groups", into, "members", "$ref"], body });
	};
	return { ...stage, nest };
}

function member(stage: Stage, input: Values): Promise<Told> {
	const order = { action: "microsoft365.groupMember", input: { user: UPN, ...input } };
	return stage.attempt({ ...order, step: `join-${String(input.group)}-${String(input.member)}` });
}

function toldOf({ changes, outcome }: Told): readonly [readonly string[], string | undefined] {
	const proof = outcome?.kind === "done" ? outcome.proof[0]?.words : JSON.stringify(outcome);
	return [(changes ?? []).map(({ words }) => words), proof];
}

function groupsIn(stage: Stage): readonly string[] | undefined {
	return stage.sandbox.readOut().users.find(({ userPrincipalName }) => userPrincipalName === UPN)?.groups;
}

test("who is in a group through another one is not listed by it, and joins it", async (t) => {
	const stage = await withAda(t);
	await stage.nest("Outer", "Inner");
	await member(stage, { group: "Inner" });
	assert.deepEqual(toldOf(await member(stage, { group: "Outer" })), [
		["Join the group Outer"],
		`${UPN} is in the group Outer`,
	]);
	assert.deepEqual(groupsIn(stage)?.toSorted(), ["Inner", "Outer"]);
});

test("who leaves a group and is still in it through another one: that is said", async (t) => {
	const stage = await withAda(t);
	await stage.nest("Outer", "Inner");
	await member(stage, { group: "Inner" });
	await member(stage, { group: "Outer" });
	const still = `${UPN} is not listed in the group Outer, but still in it through another group, which is left as it is`;
	assert.deepEqual(toldOf(await member(stage, { group: "Outer", member: false })), [["Leave the group Outer"], still]);
	assert.deepEqual(toldOf(await member(stage, { group: "Outer", member: false })), [[], still]);
	assert.deepEqual(groupsIn(stage), ["Inner"]);
});

test("groups that hold each other in a circle are joined and left like any other; none holds itself", async (t) => {
	const stage = await withAda(t);
	assert.equal((await stage.nest("Ring 1", "Ring 2")).kind, "ok");
	assert.equal((await stage.nest("Ring 2", "Ring 1")).kind, "ok");
	assert.equal((await stage.nest("Ring 1", "Ring 1")).kind, "refused");
	assert.deepEqual(toldOf(await member(stage, { group: "Ring 1" }))[0], ["Join the group Ring 1"]);
	const other = await member(stage, { group: "Ring 2", member: false });
	assert.match(toldOf(other)[1] ?? "", /not listed in the group Ring 2, but still in it through another group/);
	assert.deepEqual(toldOf(await member(stage, { group: "Ring 1", member: false })), [
		["Leave the group Ring 1"],
		`${UPN} is not in the group Ring 1`,
	]);
});

test("a licence comes to whoever the group lists: being in it through another one is not enough", async (t) => {
	const stage = await withAda(t);
	await stage.nest("Licensed", "Inner");
	await member(stage, { group: "Inner" });
	const input = { user: UPN, licences: [], licenceGroups: ["Licensed"] };
	const { changes, outcome } = await stage.attempt({ action: "microsoft365.licence", input, step: "licence" });
	assert.deepEqual(
		[outcome?.kind, changes?.map(({ words }) => words)],
		["done", ["Join the group Licensed, which gives 1 Business Premium licence"]],
	);
	assert.deepEqual(groupsIn(stage)?.toSorted(), ["Inner", "Licensed"]);
});

test("a group that follows a rule is left as it is, though another group is in it or holds it", async (t) => {
	const stage = await withAda(t);
	await stage.nest("Outer", "By rule");
	for (const wanted of [true, false]) {
		const told = await member(stage, { group: "By rule", member: wanted });
		assert.deepEqual(told.changes, [], String(wanted));
		assert.equal(told.outcome?.kind, "done");
	}
	assert.equal((await stage.nest("By rule", "Inner")).kind, "refused");
	assert.deepEqual(groupsIn(stage), []);
});
