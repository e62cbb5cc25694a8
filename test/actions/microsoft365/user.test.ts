/**
 * Accounts made in Microsoft 365 itself: made, found again, never taken from a guest, a contact or the bin.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Values } from "../../../src/base/json.ts";
import { onStage, type Stage } from "../stage.ts";

const ADA: Values = { firstName: "Ada", lastName: "Lovelace", usageLocation: "US" };
const UPN = "ada.lovelace@contoso.example";
const CLOUD = { seed: { identity: "cloud" as const } };

function make(stage: Stage, input: Values = {}, run = "7k2q") {
	return stage.attempt({ action: "microsoft365.user", input: { ...ADA, ...input }, run });
}

function accounts(stage: Stage): readonly string[] {
	const people = stage.sandbox.readOut().users.map((user) => user.userPrincipalName.toLowerCase());
	return people.filter((upn) => upn.startsWith("ada.lovelace"));
}

test("an account is made closed and proved once Microsoft 365 shows it", async (t) => {
	const stage = await onStage(t, CLOUD);
	const { changes, outcome } = await make(stage);
	assert.deepEqual(
		changes?.map((c) => c.words),
		[`Make the account ${UPN}, closed`],
	);
	assert.ok(outcome?.kind === "done");
	assert.equal(outcome.output.upn, UPN);
	const again = await stage.attempt({ action: "microsoft365.user", input: ADA, attempt: 2 });
	assert.deepEqual(again.changes, []);
	assert.equal(again.outcome?.kind, "done");
});

test("an answer that is lost, or an error after the write, never makes a second account", async (t) => {
	for (const answer of [
		{ kind: "dropped", applied: true } as const,
		{ kind: "status", status: 504, applied: true } as const,
	]) {
		await t.test(answer.kind, async (inner) => {
			const stage = await onStage(inner, CLOUD);
			stage.sandbox.fault({ match: { on: "graph", method: "POST", path: /users$/ }, answer });
			const order = { action: "microsoft365.user", input: ADA };
			const first = await stage.attempt(order);
			assert.equal(first.outcome?.kind, "unknown");
			const ledger = stage.ledgerOf(order, first);
			const early = await stage.attempt({ ...order, attempt: 2, ledger });
			assert.ok(early.outcome?.kind === "refused", "not shown yet is no evidence");
			assert.equal(early.outcome.code, "settling");
			stage.clock.move(30_000);
			const late = await stage.attempt({ ...order, attempt: 3, ledger });
			assert.equal(late.outcome?.kind, "done");
			assert.deepEqual(late.changes, []);
			assert.deepEqual(accounts(stage), [UPN]);
		});
	}
});

test("a connection cut before the write leaves nothing, and the next try makes one account", async (t) => {
	const stage = await onStage(t, CLOUD);
	stage.sandbox.fault({
		match: { on: "graph", method: "POST", path: /users$/ },
		answer: { kind: "dropped", applied: false },
	});
	const order = { action: "microsoft365.user", input: ADA };
	const first = await stage.attempt(order);
	assert.equal(first.outcome?.kind, "unknown");
	stage.clock.move(30_000);
	const second = await stage.attempt({
		...order,
		attempt: 2,
		ledger: stage.ledgerOf(order, first).map((e) => ({ ...e, at: "2026-11-22T12:00:00.000Z" })),
	});
	assert.equal(second.outcome?.kind, "done");
	assert.deepEqual(accounts(stage), [UPN]);
});

test("429 says how long to wait, and nothing began", async (t) => {
	const stage = await onStage(t, CLOUD);
	stage.sandbox.fault({
		match: { on: "graph", method: "GET" },
		answer: { kind: "status", status: 429, retryAfter: "315" },
	});
	const { outcome, changes } = await make(stage);
	assert.ok(outcome?.kind === "refused");
	assert.deepEqual([outcome.code, outcome.retryable, outcome.retryAfterMs], ["throttled", true, 315_000]);
	assert.equal(changes, undefined);
});

const TAKEN: readonly {
	readonly who: string;
	readonly code: string;
	readonly put: (stage: Stage) => Promise<unknown>;
}[] = [
	{
		who: "a contact",
		code: "address-taken",
		put: async ({ sandbox }) => sandbox.addContact({ displayName: "Ada of Fabrikam", mail: UPN }),
	},
	{
		who: "a guest",
		code: "address-taken",
		put: async ({ sandbox }) => sandbox.addGuest({ displayName: "Ada of Fabrikam", mail: UPN }),
	},
	{
		who: "a deleted account",
		code: "deleted-account",
		put: async (stage) => {
			const made = await make(stage, {}, "other");
			assert.ok(made.outcome?.kind === "done");
			const path = ["users", String(made.outcome.output.userId)];
			assert.equal((await stage.graph.request({ method: "DELETE", path })).kind, "ok");
		},
	},
	{ who: "a namesake", code: "name-taken", put: (stage) => make(stage, {}, "other") },
];

for (const { who, code, put } of TAKEN) {
	test(`the address of ${who} is never taken over`, async (t) => {
		const stage = await onStage(t, CLOUD);
		await put(stage);
		const { outcome, changes } = await make(stage);
		assert.ok(outcome?.kind === "refused");
		assert.deepEqual([outcome.code, changes], [code, undefined]);
		const next = await make(stage, { ifTaken: "next-free-name" });
		assert.ok(next.outcome?.kind === "done");
		assert.equal(next.outcome.output.upn, "ada.lovelace2@contoso.example");
	});
}

test("undo deletes what was made, and only while it was never used", async (t) => {
	const stage = await onStage(t, CLOUD);
	const made = await make(stage);
	const undo = {
		action: "microsoft365.user",
		run: "undo",
		input: { $undo: made.changes?.[0], $input: ADA } as unknown as Values,
	};
	const gone = await stage.attempt(undo);
	assert.equal(gone.outcome?.kind, "done");
	assert.deepEqual(accounts(stage), []);

	const other = await onStage(t, CLOUD);
	const used = await make(other);
	await other.attempt({ action: "microsoft365.enabled", input: { user: UPN }, step: "open" });
	await other.attempt({ action: "microsoft365.firstCredential", input: { user: UPN }, step: "first" });
	other.sandbox.signIn(UPN);
	const $undo = used.changes?.[0];
	const kept = await other.attempt({ ...undo, input: { $undo, $input: ADA } as unknown as Values });
	assert.ok(kept.outcome?.kind === "refused");
	assert.deepEqual([kept.outcome.code, kept.changes], ["signed-in", undefined]);
	assert.deepEqual(accounts(other), [UPN]);
});

test("where Microsoft 365 keeps no sign-ins, an undo says that it cannot be seen whether the account was used", async (t) => {
	const stage = await onStage(t, CLOUD);
	const made = await make(stage);
	const untold = {
		kind: "status",
		status: 403,
		code: "Authentication_RequestFromNonPremiumTenantOrB2CTenant",
	} as const;
	const trouble = stage.sandbox.fault({
		match: ({ path }) => path.includes("signInActivity"),
		times: 99,
		answer: untold,
	});
	const undo = await stage.attempt({
		action: "microsoft365.user",
		run: "undo",
		input: { $undo: made.changes?.[0], $input: ADA } as unknown as Values,
	});
	assert.deepEqual(
		undo.changes?.map(({ words }) => words),
		[`Delete the account ${UPN}: whether it was used cannot be seen`],
	);
	assert.ok(trouble.met() > 0);
});

test("no password is ever in what is delivered", async (t) => {
	const stage = await onStage(t, CLOUD);
	await make(stage);
	await stage.attempt({
		action: "microsoft365.firstCredential",
		input: { user: UPN, kind: "password" },
		step: "first",
	});
	await stage.attempt({ action: "microsoft365.firstCredential", input: { user: UPN }, step: "pass" });
	const told = JSON.stringify([stage.events, stage.notes]);
	const values = [...stage.vault.secrets].filter(([name]) => /password$|pass-/.test(name)).map(([, s]) => s.open());
	assert.ok(values.length >= 3);
	for (const value of values) assert.ok(!told.includes(value));
});
