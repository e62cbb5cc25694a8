/**
 * What real tenants do to a hire that a simulator would not: replicas that do not know each other yet, policies, throttling
 * in the middle, names that need care.
 */
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import type { Values } from "../../../src/base/json.ts";
import { plusMs } from "../../../src/base/time.ts";
import { onStage, type Stage, type Told } from "../stage.ts";

const UPN = "ada.lovelace@contoso.example";
const CLOUD = { identity: "cloud" as const };
const LICENCE = { action: "microsoft365.licence", input: { user: UPN, licences: ["SPB"] }, step: "licence" };

async function withAda(t: TestContext): Promise<Stage> {
	const stage = await onStage(t, { seed: CLOUD });
	const input = { firstName: "Ada", lastName: "Lovelace", usageLocation: "US" };
	assert.equal((await stage.attempt({ action: "microsoft365.user", input })).outcome?.kind, "done");
	return stage;
}

const writes = (stage: Stage) => stage.sandbox.log.filter(({ url }) => /assignLicense$/.test(url)).length;

test("a write that is not found for 20 s after the create is tried again, and done once", async (t) => {
	const stage = await withAda(t);
	const until = plusMs(stage.clock.now(), 20_000);
	const lags = ({ path }: { readonly path: string }) => /assignLicense/.test(path) && stage.clock.now() < until;
	const answer = { kind: "status", status: 404, code: "Request_ResourceNotFound" } as const;
	stage.sandbox.fault({ match: lags, times: 99, answer });
	let told: Told = { events: [] };
	let attempt = 0;
	for (let pause = 1000; told.outcome?.kind !== "done"; pause *= 2) {
		told = await stage.attempt({ ...LICENCE, attempt: ++attempt });
		if (told.outcome?.kind === "done") break;
		assert.ok(told.outcome?.kind === "refused", JSON.stringify(told.outcome));
		assert.deepEqual([told.outcome.code, told.outcome.retryable], ["not-found", true]);
		stage.clock.move(pause);
	}
	assert.deepEqual([attempt, writes(stage)], [6, 6]);
	assert.deepEqual(stage.sandbox.readOut().users.find((user) => user.userPrincipalName === UPN)?.licences, ["SPB"]);
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
