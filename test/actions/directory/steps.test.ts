/**
 * What else a run does in a directory: opening, groups, managers, passwords; each made, proved, found again and undone.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { EqualityFilter } from "ldapts";
import { got } from "../../../src/engine/remote.ts";
import { changesOnce, type Once } from "../once.ts";
import { onStage, type Stage } from "../stage.ts";

const UPN = "ada.lovelace@contoso.example";

async function withAda(t: Parameters<typeof onStage>[0]): Promise<Stage> {
	const stage = await onStage(t);
	const input = { firstName: "Ada", lastName: "Lovelace", ou: "OU=Sales,DC=contoso,DC=example" };
	const { outcome } = await stage.attempt({ action: "directory.user", input });
	assert.equal(outcome?.kind, "done");
	return stage;
}

const CASES: readonly Once[] = [
	{ action: "directory.enabled", input: { user: UPN }, words: `Open the account ${UPN}` },
	{ action: "directory.groupMember", input: { user: UPN, group: "Sales" }, words: "Join the group Sales" },
	{ action: "directory.manager", input: { user: UPN, manager: "mo" }, words: "Set the manager to Mo Manager" },
	{
		action: "directory.expiry",
		input: { user: UPN, lastDay: "2027-05-31", zone: "America/New_York" },
		words: "Let the account run out in Active Directory at the end of 31 May 2027",
	},
];

for (const { action, input, words } of CASES) {
	test(`${action} changes once, is found again, and is undone`, async (t) => {
		await changesOnce(await withAda(t), { action, input, words });
	});

	test(`${action} whose answer is lost after the write is not done twice`, async (t) => {
		const stage = await withAda(t);
		stage.sandbox.fault({ match: { on: "directory", method: "MODIFY" }, answer: { kind: "dropped", applied: true } });
		const lost = await stage.attempt({ action, input, step: "it" });
		assert.equal(lost.outcome?.kind, "unknown");
		const again = await stage.attempt({ action, input, step: "it", attempt: 2 });
		assert.deepEqual(again.changes, []);
		assert.equal(again.outcome?.kind, "done");
	});
}

test("an account runs out when its last day ends where the client is, and a day that is none is refused", async (t) => {
	const stage = await withAda(t);
	const order = { action: "directory.expiry", step: "it", input: CASES[3]?.input ?? {} };
	assert.equal((await stage.attempt(order)).outcome?.kind, "done");
	const { directory } = stage.sandbox;
	const filter = new EqualityFilter({ attribute: "userPrincipalName", value: UPN });
	const [ada] = got(await directory.search({ filter, attributes: ["accountExpires"] }));
	// 2027-06-01T04:00:00Z, as https://learn.microsoft.com/windows/win32/adschema/a-accountexpires counts.
	assert.deepEqual(ada?.accountExpires, ["134562960000000000"]);
	const bad = await stage.attempt({ ...order, step: "bad", input: { ...order.input, lastDay: "2027-02-30" } });
	assert.deepEqual([bad.outcome?.kind === "refused" && bad.outcome.code, bad.changes], ["bad-input", undefined]);
});

test("a group that is not there is an obstacle, and no group is made", async (t) => {
	const stage = await withAda(t);
	const { outcome, changes } = await stage.attempt({
		action: "directory.groupMember",
		input: { user: UPN, group: "Sails" },
	});
	assert.ok(outcome?.kind === "refused");
	assert.deepEqual([outcome.code, changes], ["no-such-group", undefined]);
});

test("who or what goes between the look and the write is named, and not tried again", async (t) => {
	const stage = await withAda(t);
	const gone = (result: number, win32: string) =>
		stage.sandbox.fault({
			match: { on: "directory", method: "MODIFY" },
			answer: { kind: "refused", result, win32 },
		});
	const manager = { action: "directory.manager", input: { user: UPN, manager: "mo" } };
	for (const [order, result, win32, code, words] of [
		[
			manager,
			19,
			"000020B5",
			"no-such-manager",
			/^Set the manager to Mo Manager: that account is not .* any more\. Nothing/,
		],
		[
			manager,
			32,
			"00002030",
			"no-such-user",
			/^There is no account ada\.lovelace@contoso\.example .* any more\. Nothing/,
		],
	] as const) {
		gone(result, win32);
		const { outcome } = await stage.attempt({ ...order, step: code });
		assert.ok(outcome?.kind === "refused", JSON.stringify(outcome));
		assert.deepEqual([outcome.code, outcome.retryable, outcome.applied], [code, false, []]);
		assert.match(outcome.message, words);
	}
});

test("somebody who is not there is an obstacle for every step", async (t) => {
	const stage = await onStage(t);
	for (const { action, input } of CASES) {
		const { outcome } = await stage.attempt({ action, input, step: action });
		assert.ok(outcome?.kind === "refused");
		assert.equal(outcome.code, "no-such-user");
	}
});

test("a password is kept before it is written and no event ever holds it", async (t) => {
	const stage = await withAda(t);
	const input = { user: UPN };
	stage.sandbox.fault({ match: { on: "directory", method: "MODIFY" }, answer: { kind: "dropped", applied: false } });
	const order = { action: "directory.password", input, step: "pw" };
	const lost = await stage.attempt(order);
	const ledger = stage.ledgerOf(order, lost);
	assert.equal(lost.outcome?.kind, "unknown");
	const first = stage.vault.secrets.get("contoso/runs/7k2q/pw/password")?.open();
	const done = await stage.attempt({ ...order, ledger, attempt: 2 });
	assert.ok(done.outcome?.kind === "done");
	assert.deepEqual(done.outcome.output.secret, { $secret: "contoso/runs/7k2q/pw/password" });
	assert.equal(stage.vault.secrets.get("contoso/runs/7k2q/pw/password")?.open(), first, "every try writes the same");
	const again = await stage.attempt({ ...order, ledger, attempt: 3 });
	assert.deepEqual(again.changes, []);
	const told = JSON.stringify(stage.events);
	for (const secret of stage.vault.secrets.values()) {
		const value = secret.open();
		if (value.length >= 8) assert.ok(!told.includes(value));
	}
});

test("a try whose time is up sends nothing more", async (t) => {
	const stage = await withAda(t);
	const answer = { kind: "slow", ms: 400 } as const;
	// The look passes; the writer's own look is the slow one.
	const slow = stage.sandbox.fault({ match: { on: "directory", method: "SEARCH" }, after: 1, answer });
	const order = { action: "directory.enabled", input: { user: UPN }, step: "open", timeoutMs: 200 };
	const { outcome } = await stage.attempt(order);
	assert.deepEqual(outcome?.kind === "unknown" && outcome.code, "timeout");
	assert.equal(slow.met(), 1);
	await pause(400);
	const { changes } = await stage.attempt({ ...order, attempt: 2, mode: "look" });
	assert.equal(changes, undefined);
	assert.equal(stage.sandbox.readOut().users.find((user) => user.userPrincipalName === UPN)?.enabled, false);
});

test("a password that somebody else set after ours was refused does not pass for ours", async (t) => {
	const stage = await withAda(t);
	const order = { action: "directory.password", input: { user: UPN }, step: "pw" };
	const answer = { kind: "refused", result: 50 } as const;
	stage.sandbox.fault({ match: { on: "directory", method: "MODIFY" }, answer });
	assert.equal((await stage.attempt(order)).outcome?.kind, "refused");
	stage.clock.move(1000);
	const theirs = { user: UPN, mustChange: false };
	await stage.attempt({ action: "directory.password", input: theirs, run: "by-hand", step: "pw" });
	const again = await stage.attempt({ ...order, attempt: 2 });
	assert.equal(again.changes?.length, 1);
	assert.equal(again.outcome?.kind, "done");
});

test("a password the policy refuses is refused by that name, and nothing changed", async (t) => {
	const stage = await withAda(t);
	stage.sandbox.fault({
		match: { on: "directory", method: "MODIFY" },
		answer: { kind: "refused", result: 53, win32: "0000052D" },
	});
	const { outcome } = await stage.attempt({ action: "directory.password", input: { user: UPN }, step: "pw" });
	assert.ok(outcome?.kind === "refused");
	assert.deepEqual([outcome.code, outcome.applied], ["weak-password", []]);
});

test("a directory that cannot be reached is a try that may be made again", async (t) => {
	const stage = await withAda(t);
	stage.sandbox.fault({ match: { on: "directory", method: "SEARCH" }, answer: { kind: "unreachable" }, times: 1 });
	const { outcome, changes } = await stage.attempt({ action: "directory.enabled", input: { user: UPN }, step: "open" });
	assert.ok(outcome?.kind === "refused");
	assert.deepEqual([outcome.retryable, changes], [true, undefined]);
});
