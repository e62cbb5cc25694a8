/**
 * What else a run does in Microsoft 365: waiting for an account, licences, groups, managers, the first credential.
 */
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { cloudGroupMember } from "../../../src/actions/microsoft365/group-member.ts";
import type { Values } from "../../../src/base/json.ts";
import { changesOnce, type Once } from "../once.ts";
import { newUser } from "../sandbox/with-sandbox.ts";
import { onStage, type Stage } from "../stage.ts";

const UPN = "ada.lovelace@contoso.example";
const CLOUD = { identity: "cloud" as const };

async function withAda(t: TestContext, seed: Values = {}): Promise<Stage> {
	const stage = await onStage(t, { seed: { ...CLOUD, ...seed } });
	const input = { firstName: "Ada", lastName: "Lovelace", usageLocation: "US" };
	const { outcome } = await stage.attempt({ action: "microsoft365.user", input });
	assert.equal(outcome?.kind, "done");
	return stage;
}

const CASES: readonly Once[] = [
	{ action: "microsoft365.enabled", input: { user: UPN }, words: `Open the account ${UPN}` },
	{ action: "microsoft365.groupMember", input: { user: UPN, group: "All Sales" }, words: "Join the group All Sales" },
	{ action: "microsoft365.manager", input: { user: UPN, manager: "mo" }, words: "Set the manager to Mo Manager" },
	{ action: "microsoft365.licence", input: { user: UPN, licences: ["SPB"] }, words: "Give 1 Business Premium licence" },
];

for (const { action, input, words } of CASES) {
	test(`${action} changes once, is found again, and is undone`, async (t) => {
		await changesOnce(await withAda(t), { action, input, words });
	});

	test(`${action} whose answer is lost after the write is not done twice`, async (t) => {
		const stage = await withAda(t);
		const write = (target: { readonly on: string; readonly method: string }) =>
			target.on === "graph" && target.method !== "GET";
		stage.sandbox.fault({ match: write, answer: { kind: "dropped", applied: true } });
		const lost = await stage.attempt({ action, input, step: "it" });
		assert.equal(lost.outcome?.kind, "unknown");
		stage.clock.move(5000);
		const again = await stage.attempt({ action, input, step: "it", attempt: 2 });
		assert.deepEqual(again.changes, []);
		assert.equal(again.outcome?.kind, "done");
	});
}

test("the wait is not true until the sync has shown the account", async (t) => {
	const stage = await onStage(t);
	const input = { firstName: "Ada", lastName: "Lovelace", ou: "OU=Sales,DC=contoso,DC=example" };
	const made = await stage.attempt({ action: "directory.user", input });
	assert.ok(made.outcome?.kind === "done");
	const look = {
		action: "microsoft365.userExists",
		mode: "look" as const,
		input: { user: made.outcome.output },
		step: "wait",
	};
	assert.equal((await stage.attempt(look)).outcome?.kind, "not-yet");
	stage.clock.move(10_000);
	const { outcome } = await stage.attempt(look);
	assert.ok(outcome?.kind === "done");
	assert.equal(outcome.output.upn, UPN);
	assert.match(String(outcome.output.userId), /^[0-9a-f-]{36}$/);
	const closed = await stage.attempt({ action: "microsoft365.enabled", input: { user: UPN }, step: "open" });
	assert.ok(closed.outcome?.kind === "refused");
	assert.equal(closed.outcome.code, "synced-account");
	const password = { user: UPN, kind: "password" };
	const word = await stage.attempt({ action: "microsoft365.firstCredential", input: password, step: "word" });
	assert.equal(word.outcome?.kind === "refused" && word.outcome.code, "synced-account");
});

test("the same name on an account that was never synced is not the one that is waited for", async (t) => {
	const stage = await withAda(t);
	const objectGuid = "00112233-4455-6677-8899-aabbccddeeff";
	const look = { action: "microsoft365.userExists", mode: "look" as const, input: { user: { upn: UPN, objectGuid } } };
	assert.equal((await stage.attempt(look)).outcome?.kind, "not-yet");
	assert.equal((await stage.attempt({ ...look, input: { user: UPN } })).outcome?.kind, "done");
});

test("an address that two accounts have, and none is called by, is nobody's", async (t) => {
	const stage = await withAda(t);
	const mail = "sales@contoso.example";
	for (const name of ["Ann Lee", "Bo Li"]) {
		assert.equal((await stage.raw("POST", "/v1.0/users", newUser(name, { mail }))).status, 201);
	}
	stage.clock.move(3000);
	const input = { user: mail, group: "All Sales" };
	const { outcome, changes } = await stage.attempt({ action: "microsoft365.groupMember", input, step: "it" });
	assert.ok(outcome?.kind === "refused");
	assert.deepEqual([outcome.code, outcome.retryable, changes], ["ambiguous-user", false, undefined]);
	assert.match(
		outcome.message,
		/^2 accounts of Microsoft 365 have the address sales@contoso\.example\. Nothing changed\.$/,
	);
});

test("with no licence left, others with stock are offered and nothing is given", async (t) => {
	const stage = await withAda(t, {
		licences: [
			{ sku: "SPB", total: 25, used: 25 },
			{ sku: "O365_BUSINESS_PREMIUM", total: 5, used: 2 },
		],
	} as unknown as Values);
	const { outcome, changes } = await stage.attempt({
		action: "microsoft365.licence",
		input: { user: UPN, licences: ["SPB"] },
		step: "licence",
	});
	assert.ok(outcome?.kind === "refused");
	assert.deepEqual(
		[outcome.code, outcome.message, changes],
		["no-licence", "Business Premium: 25 of 25 in use. No licence was given.", undefined],
	);
	assert.deepEqual(
		outcome.choices?.map((choice) => choice.words),
		["Business Standard (3 left)", "Wait until one is free"],
	);
	assert.deepEqual(outcome.choices?.[0]?.with, { licences: ["O365_BUSINESS_PREMIUM"] });
});

test("a licence shows its stock as the cost of the change", async (t) => {
	const stage = await withAda(t);
	const { changes } = await stage.attempt({
		action: "microsoft365.licence",
		input: { user: UPN, licences: ["SPB"] },
		step: "licence",
	});
	assert.deepEqual(changes?.[0]?.cost, { licence: "SPB", title: "Business Premium", count: 1, left: 1 });
});

test("a group that follows a rule is left as it is, and the proof says why", async (t) => {
	const stage = await withAda(t);
	const { outcome, changes } = await stage.attempt({
		action: "microsoft365.groupMember",
		input: { user: UPN, group: "Everyone in Sales" },
		step: "group",
	});
	assert.ok(outcome?.kind === "done");
	assert.deepEqual(changes, []);
	assert.match(outcome.proof[0]?.words ?? "", /follows a rule of its own, so it was left as it is/);
});

test("the plan says why a group is left as it is, before anybody approves", () => {
	const subject = { name: UPN, user: { id: "u", upn: UPN } };
	const facts = { subject, groups: [{ id: "g", name: "Everyone", why: "is synced from the directory" }], memberOf: [] };
	const planned = cloudGroupMember.plan({ user: UPN, group: "Everyone", member: true } as never, facts as never);
	assert.deepEqual(planned.changes, []);
	assert.equal(planned.note, "The group Everyone is synced from the directory, so it is left as it is");
});

test("a pass is kept before anybody hears of it, found again, and deleted by undo", async (t) => {
	const stage = await withAda(t);
	await stage.attempt({ action: "microsoft365.enabled", input: { user: UPN }, step: "open" });
	const order = { action: "microsoft365.firstCredential", input: { user: UPN, lifetime: "8h" }, step: "first" };
	const first = await stage.attempt(order);
	assert.ok(first.outcome?.kind === "done", JSON.stringify(first.outcome));
	const { output } = first.outcome;
	assert.deepEqual([output.kind, output.lifetimeMinutes, output.to], ["pass", 480, ["person:mo"]]);
	const held = (output.secret as { readonly $secret: string }).$secret;
	assert.ok((stage.vault.secrets.get(held)?.open().length ?? 0) >= 6);
	const again = await stage.attempt({ ...order, ledger: stage.ledgerOf(order, first), attempt: 2 });
	assert.deepEqual(again.changes, []);
	const undone = await stage.attempt({
		...order,
		step: "back",
		input: { $undo: first.changes?.[0], $input: order.input } as unknown as Values,
	});
	assert.equal(undone.outcome?.kind, "done", JSON.stringify(undone.outcome));
});

test("a pass that exists and is not held is replaced, and the plan says so", async (t) => {
	const stage = await withAda(t);
	await stage.attempt({ action: "microsoft365.enabled", input: { user: UPN }, step: "open" });
	const order = { action: "microsoft365.firstCredential", input: { user: UPN }, step: "first" };
	stage.sandbox.fault({
		match: { on: "graph", method: "POST", path: /temporaryAccessPassMethods$/ },
		answer: { kind: "dropped", applied: true },
	});
	const lost = await stage.attempt(order);
	assert.equal(lost.outcome?.kind, "unknown");
	const again = await stage.attempt({ ...order, attempt: 2 });
	assert.deepEqual(
		again.changes?.map((change) => change.words),
		[`Replace the first sign-in pass of ${UPN}, good for 8\u00a0h, to be opened by Mo Manager`],
	);
	assert.deepEqual(
		again.changes?.map((change) => change.id),
		lost.changes?.map((change) => change.id),
	);
	assert.equal(again.outcome?.kind, "done", JSON.stringify(again.outcome));
	const other = await stage.attempt({ ...order, run: "other" });
	assert.equal(other.changes?.[0]?.kind, "set", "a pass that was there before is another change");
});

test("a lifetime that Microsoft does not take is refused before anything begins", async (t) => {
	const stage = await withAda(t);
	const { outcome, changes } = await stage.attempt({
		action: "microsoft365.firstCredential",
		input: { user: UPN, lifetime: "5m" },
		step: "first",
	});
	assert.ok(outcome?.kind === "refused");
	assert.deepEqual([outcome.code, changes], ["bad-input", undefined]);
});

test("the mailbox is ready some time after the licence", async (t) => {
	const stage = await withAda(t);
	const look = { action: "microsoft365.mailboxReady", input: { user: UPN }, mode: "look" as const, step: "mailbox" };
	assert.equal((await stage.attempt(look)).outcome?.kind, "not-yet");
	await stage.attempt({ action: "microsoft365.licence", input: { user: UPN, licences: ["SPB"] }, step: "licence" });
	stage.clock.move(10_000);
	assert.equal((await stage.attempt(look)).outcome?.kind, "done");
});

test("a mail is sent once, and after a lost answer a second try finds the first", async (t) => {
	const stage = await withAda(t);
	const input = { to: "ada@private.example", subject: "Welcome", text: "Hello Ada", what: "welcome" };
	stage.sandbox.fault({
		match: { on: "graph", method: "POST", path: /sendMail$/ },
		answer: { kind: "dropped", applied: true },
	});
	const lost = await stage.attempt({ action: "mail.send", input, step: "mail" });
	assert.deepEqual(
		lost.changes?.map((change) => change.words),
		["Send the welcome to ada@private.example"],
	);
	assert.equal(lost.outcome?.kind, "unknown");
	const again = await stage.attempt({ action: "mail.send", input, step: "mail", attempt: 2 });
	assert.deepEqual(again.changes, []);
	assert.equal(again.outcome?.kind, "done");
	assert.equal(stage.sandbox.mails().length, 1);
});
