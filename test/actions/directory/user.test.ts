/**
 * Accounts in a directory, as a run meets them: made, found again, refused, taken up again, undone.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Values } from "../../../src/base/json.ts";
import { onStage, type Stage } from "../stage.ts";

const ADA: Values = { firstName: "Ada", lastName: "Lovelace", profile: { ou: "OU=Sales,DC=contoso,DC=example" } };
const UPN = "ada.lovelace@contoso.example";

function accounts(stage: Stage): readonly string[] {
	const people = stage.sandbox.readOut().users.map((user) => user.userPrincipalName);
	return people.filter((upn) => upn.startsWith("ada.lovelace"));
}

async function make(stage: Stage, input: Values = {}, run = "7k2q") {
	return stage.attempt({ action: "directory.user", input: { ...ADA, ...input }, run });
}

test("an account is made closed, read back, and carries the mark of its step", async (t) => {
	const stage = await onStage(t);
	const { changes, outcome } = await make(stage);
	assert.deepEqual(
		changes?.map((change) => [change.id, change.words]),
		[[`create:${UPN}#account`, `Make the account ${UPN}, closed`]],
	);
	assert.equal(outcome?.kind, "done");
	assert.ok(outcome.kind === "done" && outcome.proof.every((check) => check.ok));
	assert.equal(outcome.output.upn, UPN);
	assert.equal(outcome.output.dn, "CN=Ada Lovelace,OU=Sales,DC=contoso,DC=example");
	assert.match(String(outcome.output.objectGuid), /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
	assert.deepEqual(stage.keys, ["began:account/1", "ended:account/1"]);
});

test("the same step again finds its own account and writes nothing", async (t) => {
	const stage = await onStage(t);
	await make(stage);
	const again = await stage.attempt({ action: "directory.user", input: ADA, attempt: 2 });
	assert.deepEqual(again.changes, []);
	assert.equal(again.outcome?.kind, "done");
	assert.deepEqual(again.outcome.applied, []);
});

test("a namesake is never touched: the next free name, another name, or nothing", async (t) => {
	const stage = await onStage(t);
	await make(stage, {}, "first");
	const asked = await make(stage, {}, "second");
	assert.ok(asked.outcome?.kind === "refused");
	assert.equal(asked.outcome.code, "name-taken");
	assert.equal(asked.changes, undefined, "nothing may begin");
	assert.match(
		asked.outcome.message,
		/^ada\.lovelace belongs to someone else since \d{4}\. It was not touched; nothing changed\.$/,
	);
	const ids = asked.outcome.choices?.map((choice) => choice.id);
	assert.deepEqual(ids, ["next-free-name", "another-name", "rehire"]);
	const chosen = await make(stage, { ...asked.outcome.choices?.[0]?.with }, "second");
	assert.ok(chosen.outcome?.kind === "done");
	assert.equal(chosen.outcome.output.upn, "ada.lovelace2@contoso.example");
	assert.match(String(chosen.outcome.output.dn), /^CN=Ada Lovelace \(ada\.lovelace2\),/);
});

test("someone who comes back is asked about, and taken up only when a person says so", async (t) => {
	const stage = await onStage(t);
	await make(stage, { employeeId: "E-1" }, "first");
	const asked = await make(stage, { employeeId: "E-1", lastName: "King" }, "second");
	assert.ok(asked.outcome?.kind === "refused");
	assert.equal(asked.outcome.code, "rehire");
	const taken = await make(stage, { employeeId: "E-1", lastName: "King", ifTaken: "rehire" }, "second");
	assert.ok(taken.outcome?.kind === "done");
	assert.equal(taken.outcome.output.upn, UPN);
	assert.deepEqual(accounts(stage), [UPN]);
});

test("a place that does not exist is an obstacle, and so is a name that is not one", async (t) => {
	const stage = await onStage(t);
	const nowhere = await make(stage, { ou: "OU=Nowhere,DC=contoso,DC=example" });
	assert.ok(nowhere.outcome?.kind === "refused");
	assert.equal(nowhere.outcome.code, "no-such-ou");
	const nameless = await make(stage, { firstName: "北京", lastName: "京" });
	assert.ok(nameless.outcome?.kind === "refused");
	assert.equal(nameless.outcome.code, "no-name");
	const control = await make(stage, { firstName: "Ada\u0000,CN=Evil" });
	assert.ok(control.outcome?.kind === "refused");
	assert.equal(control.outcome.code, "bad-input");
});

test("a lost answer after the write never makes a second account", async (t) => {
	const stage = await onStage(t);
	stage.sandbox.fault({ match: { on: "directory", method: "ADD" }, answer: { kind: "dropped", applied: true } });
	const order = { action: "directory.user", input: ADA };
	const first = await stage.attempt(order);
	assert.equal(first.outcome?.kind, "unknown");
	const ledger = stage.ledgerOf(order, first);
	const second = await stage.attempt({ ...order, attempt: 2, ledger });
	assert.equal(second.outcome?.kind, "done");
	assert.deepEqual(second.changes, []);
	assert.deepEqual(accounts(stage), [UPN]);
});

test("after a lost answer, not being there is believed only once it had time to settle", async (t) => {
	const stage = await onStage(t);
	stage.sandbox.fault({ match: { on: "directory", method: "ADD" }, answer: { kind: "dropped", applied: false } });
	const order = { action: "directory.user", input: ADA };
	const first = await stage.attempt(order);
	const ledger = stage.ledgerOf(order, first);
	stage.clock.move(1000);
	const early = await stage.attempt({ ...order, attempt: 2, ledger });
	assert.ok(early.outcome?.kind === "refused");
	assert.deepEqual([early.outcome.code, early.outcome.retryable, early.outcome.retryAfterMs], ["settling", true, 4000]);
	assert.equal(early.changes, undefined);
	stage.clock.move(4000);
	const late = await stage.attempt({ ...order, attempt: 3, ledger });
	assert.equal(late.outcome?.kind, "done");
	assert.deepEqual(accounts(stage), [UPN]);
});

test("undo deletes an account that was never used, and refuses one that was", async (t) => {
	const stage = await onStage(t);
	const made = await make(stage);
	const change = made.changes?.[0];
	assert.ok(change !== undefined);
	const undo = {
		action: "directory.user",
		input: { $undo: change, $input: ADA } as unknown as Values,
		run: "undo",
		step: "u1",
	};
	stage.clock.move(3000);
	await stage.attempt({ action: "directory.enabled", input: { user: UPN }, step: "open" });
	await stage.attempt({ action: "directory.password", input: { user: UPN, mustChange: false }, step: "password" });
	stage.clock.move(3000);
	stage.sandbox.signIn(UPN);
	const refused = await stage.attempt(undo);
	assert.ok(refused.outcome?.kind === "refused");
	assert.equal(refused.outcome.code, "signed-in");

	const other = await onStage(t);
	const fresh = await make(other);
	const gone = await other.attempt({ ...undo, input: { $undo: fresh.changes?.[0], $input: ADA } as unknown as Values });
	assert.equal(gone.outcome?.kind, "done");
	assert.deepEqual(accounts(other), []);
	const again = await other.attempt({
		...undo,
		attempt: 2,
		input: { $undo: fresh.changes?.[0], $input: ADA } as unknown as Values,
	});
	assert.deepEqual(again.changes, []);
	assert.equal(again.outcome?.kind, "done");
});

test("while Microsoft 365 does not say whether an account was used, undo deletes nothing", async (t) => {
	const stage = await onStage(t);
	const made = await make(stage);
	const $undo = { $undo: made.changes?.[0], $input: ADA } as unknown as Values;
	const undo = { action: "directory.user", input: $undo, run: "undo", step: "u1" };
	stage.clock.move(3000);
	const trouble = stage.sandbox.fault({ match: { on: "graph" }, times: 99, answer: { kind: "status", status: 500 } });
	const { outcome, changes } = await stage.attempt(undo);
	assert.ok(outcome?.kind === "refused");
	assert.deepEqual([outcome.code, outcome.retryable, changes], ["server-error", true, undefined]);
	assert.deepEqual(accounts(stage), [UPN]);
	const proved = await stage.attempt({ action: "directory.user", input: ADA, attempt: 2 });
	assert.equal(proved.outcome?.kind, "done", "a step that hangs nothing on it goes on");
	trouble.end();
	assert.equal((await stage.attempt({ ...undo, attempt: 2 })).outcome?.kind, "done");
	assert.deepEqual(accounts(stage), []);
});

test("an account of this run moves with a corrected profile, to a place that is there, and an undo moves it back", async (t) => {
	const stage = await onStage(t);
	await make(stage);
	const place = (ou: string) => make(stage, { profile: { ou: `${ou},DC=contoso,DC=example` } });
	const nowhere = await place("OU=Nowhere");
	assert.ok(nowhere.outcome?.kind === "refused");
	assert.equal(nowhere.outcome.code, "no-such-ou");
	const moved = await place("OU=Staff");
	assert.deepEqual(
		moved.changes?.map((change) => [change.id, change.words, change.before, change.after]),
		[
			[
				`set:${UPN}#place`,
				`Move the account ${UPN} to OU=Staff,DC=contoso,DC=example`,
				{ dn: "CN=Ada Lovelace,OU=Sales,DC=contoso,DC=example", mark: "7k2q/account" },
				{ dn: "CN=Ada Lovelace,OU=Staff,DC=contoso,DC=example", mark: "7k2q/account" },
			],
		],
	);
	assert.equal(moved.outcome?.kind, "done");
	assert.deepEqual((await place("OU=Staff")).changes, []);
	const $undo = { $undo: moved.changes?.[0], $input: ADA } as unknown as Values;
	assert.equal((await stage.attempt({ action: "directory.user", input: $undo, run: "undo" })).outcome?.kind, "done");
	assert.deepEqual((await make(stage)).changes, []);
});

test("an account does not move onto somebody of the same name", async (t) => {
	const stage = await onStage(t);
	const finance = { profile: { ou: "OU=Staff,DC=contoso,DC=example" } };
	await make(stage, finance, "first");
	await make(stage, { ifTaken: "next-free-name" }, "second");
	const moved = await make(stage, { ...finance, ifTaken: "next-free-name" }, "second");
	assert.ok(moved.outcome?.kind === "done", JSON.stringify(moved.outcome));
	assert.equal(moved.outcome.output.dn, "CN=Ada Lovelace (ada.lovelace2),OU=Staff,DC=contoso,DC=example");
});
