/**
 * What real tenants do to a hire that a simulator would not: replicas that do not know each other yet, policies, throttling
 * in the middle, names that need care.
 */
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import type { Values } from "../../../src/base/json.ts";
import { plusMs } from "../../../src/base/time.ts";
import type { LedgerEntry } from "../../../src/engine/event.ts";
import { onStage, type Stage, type Try } from "../stage.ts";

const UPN = "ada.lovelace@contoso.example";
const CLOUD = { identity: "cloud" as const };
const LICENCE = { action: "microsoft365.licence", input: { user: UPN, licences: ["SPB"] }, step: "licence" };

/** `ledger`: what the run that made the account knows of that. */
async function withAda(t: TestContext): Promise<Stage & { readonly ledger: readonly LedgerEntry[] }> {
	const stage = await onStage(t, { seed: CLOUD });
	const input = { firstName: "Ada", lastName: "Lovelace", usageLocation: "US" };
	const order = { action: "microsoft365.user", input };
	const told = await stage.attempt(order);
	assert.equal(told.outcome?.kind, "done");
	return { ...stage, ledger: stage.ledgerOf(order, told) };
}

/** 404 to these requests, for so long. */
function notFound(stage: Stage, path: RegExp, ms: number, method = /./) {
	const until = plusMs(stage.clock.now(), ms);
	const match = (one: { readonly method: string; readonly path: string }) =>
		method.test(one.method) && path.test(one.path) && stage.clock.now() < until;
	const answer = { kind: "status", status: 404, code: "Request_ResourceNotFound" } as const;
	return stage.sandbox.fault({ match, times: Number.POSITIVE_INFINITY, answer });
}

/** As the engine would: again with growing pauses while another try is worth it. */
async function untilDone(stage: Stage, order: Try): Promise<readonly string[]> {
	const said: string[] = [];
	for (let attempt = 1, pause = 1000; attempt < 9; attempt++, pause *= 2) {
		const { outcome } = await stage.attempt({ ...order, attempt });
		if (outcome?.kind !== "refused") return [...said, outcome?.kind ?? "nothing"];
		said.push(`${outcome.code}${outcome.retryable ? " again" : ""}`);
		assert.equal(outcome.retryAfterMs, outcome.retryable ? 15_000 : undefined);
		if (!outcome.retryable) return said;
		stage.clock.move(pause);
	}
	return said;
}

const ACCOUNT_WRITES: readonly { readonly order: Try; readonly path: RegExp; readonly method?: RegExp }[] = [
	{ order: LICENCE, path: /assignLicense$/ },
	{ order: { action: "microsoft365.groupMember", input: { user: UPN, group: "All Sales" } }, path: /members\/\$ref$/ },
	{
		order: { action: "microsoft365.manager", input: { user: UPN, manager: "mo@contoso.example" } },
		path: /manager\/\$ref$/,
	},
	{ order: { action: "microsoft365.enabled", input: { user: UPN } }, path: /users\/[^/]+$/, method: /PATCH/ },
	{ order: { action: "microsoft365.firstCredential", input: { user: UPN } }, path: /PassMethods$/, method: /POST/ },
];

for (const { order, path, method } of ACCOUNT_WRITES) {
	test(`${order.action}: not found for 20 s after this run made the account is tried again, and done once`, async (t) => {
		const stage = await withAda(t);
		const { met } = notFound(stage, path, 20_000, method);
		const said = await untilDone(stage, { ...order, step: "then", ledger: stage.ledger });
		assert.deepEqual(said, [...Array(5).fill("not-found again"), "done"]);
		assert.equal(met(), 5);
	});

	test(`${order.action}: what another run made, or this one long ago, is gone when it is not found`, async (t) => {
		for (const ledgerOf of [() => [], (own: readonly LedgerEntry[]) => own]) {
			const stage = await withAda(t);
			stage.clock.move(2 * 3_600_000);
			const { met } = notFound(stage, path, 20_000, method);
			const { outcome } = await stage.attempt({ ...order, step: "then", ledger: ledgerOf(stage.ledger) });
			assert.ok(outcome?.kind === "refused", JSON.stringify(outcome));
			assert.deepEqual([outcome.code, outcome.retryable, outcome.applied, met()], ["no-such-user", false, [], 1]);
			assert.match(outcome.message, /no account ada\.lovelace@contoso\.example .*Nothing changed\. .*Deleted users/);
		}
	});
}

test("a read of what a new account has meets a replica that does not know it, and is tried again", async (t) => {
	const stage = await withAda(t);
	for (const [path, order] of [
		[/memberOf/, ACCOUNT_WRITES[1]?.order],
		[/licenseDetails/, LICENCE],
		[/PassMethods/, ACCOUNT_WRITES[4]?.order],
	] as const) {
		assert.ok(order !== undefined);
		const { end } = notFound(stage, path, 5_000, /GET/);
		const said = await untilDone(stage, { ...order, step: `then${path.source}`, ledger: stage.ledger });
		assert.deepEqual([said[0], said.at(-1)], ["not-found again", "done"], path.source);
		end();
	}
});

test("an account that no replica shows is waited for while it is new, and gone to everybody else", async (t) => {
	const stage = await withAda(t);
	const id = stage.sandbox.readOut().users.find((user) => user.userPrincipalName === UPN)?.id ?? "";
	assert.equal((await stage.graph.request({ method: "DELETE", path: ["users", id] })).kind, "ok");
	for (const [ledger, code] of [
		[stage.ledger, "not-found again"],
		[[], "no-such-user"],
	] as const) {
		const said = await untilDone(stage, { ...LICENCE, ledger });
		assert.deepEqual([...new Set(said)], [code]);
	}
});

test("a group that somebody deletes between the look and the write is gone: said at once, and not tried again", async (t) => {
	const stage = await withAda(t);
	stage.sandbox.fault({
		match: ({ method, path }) => {
			if (method === "POST" && /members\/\$ref$/.test(path)) stage.sandbox.deleteGroup("All Sales");
			return false;
		},
		answer: { kind: "dropped", applied: false },
	});
	const order = { action: "microsoft365.groupMember", input: { user: UPN, group: "All Sales" }, step: "join" };
	const { outcome } = await stage.attempt({ ...order, ledger: stage.ledger });
	assert.ok(outcome?.kind === "refused", JSON.stringify(outcome));
	assert.deepEqual([outcome.code, outcome.retryable, outcome.applied], ["no-such-group", false, []]);
	assert.match(outcome.message, /no group All Sales in Microsoft 365 any more\. Nothing changed\. .*Deleted groups/);
});

test("a manager who is deleted between the look and the write is gone, however new the account is", async (t) => {
	const stage = await withAda(t);
	const order = { action: "microsoft365.manager", input: { user: UPN, manager: "mo@contoso.example" } };
	notFound(stage, /manager\/\$ref$/, 5_000);
	const { users } = stage.sandbox.readOut();
	const mo = users.find(({ userPrincipalName }) => userPrincipalName === order.input.manager);
	notFound(stage, new RegExp(`users/${mo?.id}(\\?|$)`), 5_000);
	const { outcome } = await stage.attempt({ ...order, step: "manager", ledger: stage.ledger });
	assert.ok(outcome?.kind === "refused", JSON.stringify(outcome));
	assert.deepEqual([outcome.code, outcome.retryable], ["no-such-manager", false]);
});

test("the journal holds what Microsoft calls each write, for its support", async (t) => {
	const stage = await withAda(t);
	const input = { user: UPN, group: "All Sales" };
	const { outcome } = await stage.attempt({ action: "microsoft365.groupMember", input, step: "join" });
	assert.equal(outcome?.requests?.length, 1);
	assert.match(
		outcome?.requests?.[0] ?? "",
		/^add:ada\.lovelace@contoso\.example#group:All Sales request-id [0-9a-f-]{36}$/,
	);
	const again = await stage.attempt({ action: "microsoft365.groupMember", input, step: "join", attempt: 2 });
	assert.equal(again.outcome?.requests, undefined, "who reads alone has nothing to name");
});

test("a read that finds nobody is no replica's lag to whoever did not make the account", async (t) => {
	const stage = await onStage(t, { seed: CLOUD });
	const { outcome } = await stage.attempt({ ...LICENCE, mode: "look" });
	assert.ok(outcome?.kind === "refused");
	assert.deepEqual([outcome.code, outcome.retryable], ["no-such-user", false]);
});

test("a tenant that gives out no passes says so, with the page, and nothing is kept", async (t) => {
	const stage = await withAda(t);
	stage.sandbox.forbidPasses();
	const order = { action: "microsoft365.firstCredential", input: { user: UPN, lifetime: "8h" }, step: "first" };
	const { outcome } = await stage.attempt(order);
	assert.ok(outcome?.kind === "refused");
	assert.deepEqual([outcome.code, outcome.retryable, outcome.applied], ["no-pass", false, []]);
	assert.match(outcome.message, /Authentication methods, Policies, Temporary Access Pass.*firstSignIn: password/);
	assert.equal(
		[...stage.vault.secrets.keys()].some((name) => /\/pass-[0-9a-f]{8}-/.test(name)),
		false,
	);
});

test("a hire in a tenant that throttles every third read and write makes one account with one licence", async (t) => {
	const stage = await onStage(t, { seed: CLOUD });
	let count = 0;
	const third = ({ on }: { readonly on: string }) => on === "graph" && ++count % 3 === 0;
	stage.sandbox.fault({ match: third, times: 99, answer: { kind: "status", status: 429, retryAfter: "0.05" } });
	const input = { firstName: "Ada", lastName: "Lovelace", usageLocation: "US" };
	const made = await stage.attempt({ action: "microsoft365.user", input });
	assert.equal(made.outcome?.kind, "done", JSON.stringify(made.outcome));
	const given = await stage.attempt(LICENCE);
	assert.equal(given.outcome?.kind, "done", JSON.stringify(given.outcome));
	const named = stage.sandbox.readOut().users.filter(({ displayName }) => displayName === "Ada Lovelace");
	assert.deepEqual(
		named.map(({ licences }) => licences),
		[["SPB"]],
	);
	assert.ok(count > 9, `${count} requests`);
});

const NAMES: readonly (readonly [string, string])[] = [
	["Ada", "O'Brien, Jr."],
	['Ada "The Count"', "Lovelace"],
	["Ada", "Back\\slash"],
	["Ada #1", "A+B & C"],
	["Zoë 🙂", "北京"],
	["*)(objectClass=*", "Lovelace"],
	["Ada' or '1' eq '1", "Lovelace"],
];

for (const [firstName, lastName] of NAMES) {
	test(`${firstName} ${lastName} becomes one account of that name, found again by a second try`, async (t) => {
		const stage = await onStage(t, { seed: CLOUD });
		const input: Values = { firstName, lastName, usageLocation: "US", name: "ada.l" };
		const made = await stage.attempt({ action: "microsoft365.user", input });
		assert.ok(made.outcome?.kind === "done", JSON.stringify(made.outcome));
		const again = await stage.attempt({ action: "microsoft365.user", input, attempt: 2 });
		assert.deepEqual([again.outcome?.kind, again.changes], ["done", []]);
		const found = stage.sandbox.readOut().users.filter((user) => user.displayName === `${firstName} ${lastName}`);
		assert.equal(found.length, 1);
	});
}
