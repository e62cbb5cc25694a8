/** How fast the Graph door asks: per service, per tenant, by the limits that Microsoft publishes. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { createBudget, serviceOf } from "../../../src/actions/microsoft365/budget.ts";
import { toMs } from "../../../src/base/time.ts";
import { got } from "../../../src/engine/remote.ts";
import { movingClock, withSandbox } from "../sandbox/with-sandbox.ts";

const get = (...path: string[]) => serviceOf({ method: "GET", path });

test("each address counts against the service that Microsoft counts it against", () => {
	const names = [
		get("identityProtection", "riskyUsers"),
		get("identity", "conditionalAccess", "policies"),
		get("policies", "authenticationMethodsPolicy"),
		get("auditLogs", "signIns"),
		get("users", "It@Contoso.example", "messages"),
		serviceOf({ method: "POST", path: ["users", "it@contoso.example", "sendMail"] }),
		get("users", "1", "memberOf"),
		serviceOf({ method: "POST", path: ["users"] }),
	].map(({ name, rate }) => `${name} ${rate === undefined ? "-" : `${rate.many}/${rate.perMs}`}`);
	assert.deepEqual(names, [
		"protection 1/1000",
		"protection 1/1000",
		"protection 1/1000",
		"reports 5/10000",
		"mailbox it@contoso.example -",
		"mailbox it@contoso.example -",
		"identity -",
		"identity 3000/150000",
	]);
});

test("Conditional Access is asked once a second, and what would wait too long is told when", () => {
	const clock = movingClock();
	const budget = createBudget(clock);
	const policies = get("identity", "conditionalAccess", "policies");
	const booked = Array.from({ length: 4 }, () => budget.book(policies, 2500));
	assert.deepEqual(
		booked.map(({ kind, ms }) => [kind, ms]),
		[
			["booked", 0],
			["booked", 1000],
			["booked", 2000],
			["later", 3000],
		],
	);
	clock.move(2500);
	assert.deepEqual(budget.book(policies, 0), { kind: "later", ms: 500 });
	clock.move(500);
	assert.deepEqual(budget.book(policies, 0), { kind: "booked", ms: 0 });
});

for (const [what, service, many, perMs] of [
	["5 reports in 10 s", get("auditLogs", "signIns"), 5, 10_000],
	["3,000 identity writes in 2.5 min", serviceOf({ method: "POST", path: ["groups"] }), 3000, 150_000],
] as const) {
	test(`${what} go at once, and at no time more begin`, () => {
		const clock = movingClock();
		const budget = createBudget(clock);
		const start = toMs(clock.now());
		const starts: number[] = [];
		for (let i = 0; i < many * 2 + 3; i++) {
			starts.push(toMs(clock.now()) - start + budget.book(service, 10 * perMs).ms);
			if (i % 7 === 0) clock.move(1);
		}
		const crowded = starts.filter((at, i) => i >= many && at - (starts[i - many] ?? 0) < perMs);
		assert.deepEqual([crowded, starts.filter((at) => at < perMs).length], [[], many]);
	});
}

test("a mailbox takes four at once, another mailbox has four of its own", async () => {
	const budget = createBudget(movingClock());
	const mine = get("users", "it@contoso.example", "messages");
	const leaves = await Promise.all([1, 2, 3, 4].map(() => budget.enter(mine)));
	let fifth = false;
	const waiting = budget.enter(mine).then((leave) => {
		fifth = true;
		return leave;
	});
	await budget.enter(get("users", "hr@contoso.example", "messages"));
	assert.equal(fifth, false);
	leaves[0]?.();
	(await waiting)();
	assert.equal(fifth, true);
});

test("on the wire, seven sign-in logs take 10 s and four mails of one mailbox travel at a time", async (t) => {
	const stage = await withSandbox(t, { patienceMs: 60_000 });
	const start = toMs(stage.clock.now());
	for (let i = 0; i < 7; i++) got(await stage.graph.list({ path: ["auditLogs", "signIns"] }));
	assert.equal(toMs(stage.clock.now()) - start, 10_000);
	let inside = 0;
	let most = 0;
	stage.sandbox.fault({
		match: ({ path }) => {
			if (!path.endsWith("mailboxSettings")) return false;
			inside++;
			most = Math.max(most, inside);
			setTimeout(() => inside--, 20);
			return true;
		},
		times: 12,
		answer: { kind: "slow", ms: 40 },
	});
	const path = ["users", "it@contoso.example", "mailboxSettings"];
	await Promise.all(Array.from({ length: 12 }, () => stage.graph.request({ method: "GET", path })));
	assert.ok(most <= 4 && most > 1, `${most} at once`);
});
