/** Licences that come with a group: planned with their price, waited for, taken back with the group. */
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import type { Values } from "../../../src/base/json.ts";
import { onStage, type Stage } from "../stage.ts";

const UPN = "ada.lovelace@contoso.example";
const ACTION = "microsoft365.licence";
const BY_GROUP: Values = { user: UPN, licences: ["SPB"], licenceGroups: ["Licence Premium"], usageLocation: "US" };

async function withAda(t: TestContext, seed: Values = {}): Promise<Stage> {
	const groups = [
		{ name: "Licence Premium", where: "cloud", licences: ["SPB"] },
		{ name: "Licence by rule", where: "cloud", licences: ["SPB"], rule: 'user.department -eq "Sales"' },
		{ name: "All Sales", where: "cloud" },
	];
	const stage = await onStage(t, { seed: { identity: "cloud" as const, groups, ...seed } as never });
	const { outcome } = await stage.attempt({
		action: "microsoft365.user",
		input: { firstName: "Ada", lastName: "Lovelace" },
	});
	assert.equal(outcome?.kind, "done");
	return stage;
}

const ada = (stage: Stage) => stage.sandbox.readOut().users.find((user) => user.userPrincipalName === UPN);

test("a licence comes with its group: place of use first, one licence, read back, and not given twice", async (t) => {
	const stage = await withAda(t);
	const first = await stage.attempt({ action: ACTION, input: BY_GROUP, step: "licence" });
	assert.deepEqual(
		first.changes?.map(({ words }) => words),
		["Set the place of use to US", "Join the group Licence Premium, which gives 1 Business Premium licence"],
	);
	assert.deepEqual(first.changes?.[1]?.cost, { licence: "SPB", title: "Business Premium", count: 1, left: 1 });
	assert.ok(first.outcome?.kind === "done", JSON.stringify(first.outcome));
	assert.deepEqual(
		first.outcome.proof.map(({ words, ok }) => [words, ok]),
		[[`${UPN} holds Business Premium`, true]],
	);
	assert.deepEqual([ada(stage)?.licences, ada(stage)?.groups], [["SPB"], ["Licence Premium"]]);
	assert.equal(stage.sandbox.log.filter(({ url }) => url.endsWith("assignLicense")).length, 0);
	const again = await stage.attempt({ action: ACTION, input: BY_GROUP, step: "licence", attempt: 2 });
	assert.deepEqual(again.changes, []);
	const direct = await stage.attempt({ action: ACTION, input: { user: UPN, licences: ["SPB"] }, step: "other" });
	assert.deepEqual(direct.changes, [], "who has it by a group has it");
});

test("undo leaves the group, and the licence goes with it", async (t) => {
	const stage = await withAda(t);
	const first = await stage.attempt({ action: ACTION, input: BY_GROUP, step: "licence" });
	const back = { $undo: first.changes?.[1], $input: BY_GROUP } as unknown as Values;
	const undone = await stage.attempt({ action: ACTION, input: back, step: "back" });
	assert.deepEqual(
		undone.changes?.map(({ words, cost }) => [words, cost?.count]),
		[["Leave the group Licence Premium, which takes its licence back", -1]],
	);
	assert.equal(undone.outcome?.kind, "done", JSON.stringify(undone.outcome));
	assert.deepEqual([ada(stage)?.licences, ada(stage)?.groups], [[], []]);
});

test("with none left, the group is not joined", async (t) => {
	const stage = await withAda(t, { licences: [{ sku: "SPB", total: 25, used: 25 }] } as unknown as Values);
	const { outcome, changes } = await stage.attempt({ action: ACTION, input: BY_GROUP, step: "licence" });
	assert.deepEqual(outcome?.kind === "refused" && [outcome.code, outcome.message, changes], [
		"no-licence",
		"Business Premium: 25 of 25 in use. No licence was given.",
		undefined,
	]);
	assert.deepEqual(ada(stage)?.groups, []);
});

/** Bo takes the last licence when a path that ends so is first asked for. Gives whether he did. */
async function boTakesIt(stage: Stage, end: string): Promise<() => boolean> {
	const input = { firstName: "Bo", lastName: "Li", usageLocation: "US" };
	await stage.attempt({ action: "microsoft365.user", input, step: "bo" });
	let taken = false;
	stage.sandbox.fault({
		match: ({ path }) => {
			if (path.endsWith(end) && !taken) {
				taken = true;
				stage.sandbox.takeLicence("bo.li@contoso.example", "SPB");
			}
			return false;
		},
		answer: { kind: "slow", ms: 0 },
	});
	return () => taken;
}

test("someone takes the last one between plan and write: the licence is said not to have come, and nothing is doubled", async (t) => {
	const stage = await withAda(t);
	const taken = await boTakesIt(stage, "/members/$ref");
	const told = await stage.attempt({ action: ACTION, input: BY_GROUP, step: "licence", proveWithinMs: 2000 });
	assert.deepEqual([taken(), told.outcome?.kind, told.outcome?.applied.length], [true, "not-yet", 2]);
	const again = await stage.attempt({ action: ACTION, input: BY_GROUP, step: "licence", attempt: 2 });
	assert.ok(again.outcome?.kind === "refused");
	assert.deepEqual([again.outcome.code, again.outcome.retryable], ["no-licence", false]);
	assert.match(again.outcome.message, /None is left; it comes by itself when one is free\.$/);
});

test("a direct licence that was taken meanwhile is refused, and the next look says that none is left", async (t) => {
	const stage = await withAda(t);
	const input = { user: UPN, licences: ["SPB"], usageLocation: "US" };
	await boTakesIt(stage, "/assignLicense");
	const told = await stage.attempt({ action: ACTION, input, step: "licence" });
	assert.ok(told.outcome?.kind === "refused");
	assert.deepEqual([told.outcome.code, told.outcome.applied.length], ["no-licence", 1]);
	assert.match(told.outcome.message, /^Business Premium: 25 of 25 in use\./);
	assert.deepEqual(ada(stage)?.licences, []);
});

test("after a lost answer, an empty stock may be our own doing, and is believed once there was time to show it", async (t) => {
	const stage = await withAda(t);
	const input = { user: UPN, licences: ["SPB"], usageLocation: "US" };
	const order = { action: ACTION, input, step: "licence" };
	await stage.attempt({
		action: "microsoft365.user",
		input: { firstName: "Bo", lastName: "Li", usageLocation: "US" },
		step: "bo",
	});
	stage.sandbox.fault({ match: { path: /assignLicense$/ }, answer: { kind: "dropped", applied: false } });
	const lost = await stage.attempt(order);
	assert.equal(lost.outcome?.kind, "unknown");
	const ledger = stage.ledgerOf(order, lost);
	// Seen from here it is the same: the last one is gone, and it does not show who has it.
	stage.sandbox.takeLicence("bo.li@contoso.example", "SPB");
	const early = await stage.attempt({ ...order, attempt: 2, ledger });
	assert.ok(early.outcome?.kind === "refused");
	assert.deepEqual([early.outcome.code, early.outcome.retryAfterMs, early.changes], ["settling", 30_000, undefined]);
	stage.clock.move(30_000);
	const late = await stage.attempt({ ...order, attempt: 3, ledger });
	assert.ok(late.outcome?.kind === "refused");
	assert.deepEqual([late.outcome.code, late.changes], ["no-licence", undefined]);
});

for (const [what, group, code] of [
	["a group that follows a rule", "Licence by rule", "group-closed"],
	["a group without a licence", "All Sales", "group-without-licence"],
	["a group that is not there", "Licence Basic", "no-such-group"],
] as const) {
	test(`${what} gives no licence, and that is said before anything begins`, async (t) => {
		const stage = await withAda(t);
		const input = { ...BY_GROUP, licences: [], licenceGroups: [group] };
		const { outcome, changes } = await stage.attempt({ action: ACTION, input, step: "licence" });
		assert.deepEqual(outcome?.kind === "refused" && [outcome.code, changes], [code, undefined]);
		assert.match(outcome?.kind === "refused" ? outcome.message : "", /Nothing changed\./);
	});
}
