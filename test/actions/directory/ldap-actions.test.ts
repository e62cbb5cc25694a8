/**
 * What a run does in a real Active Directory: each action made, read back, made again without a change, lost half-way and
 * undone, on Samba over LDAPS.
 */
import assert from "node:assert/strict";
import { after, before, type TestContext, test } from "node:test";
import { Attribute, Change } from "ldapts";
import { below } from "../../../src/actions/directory/entries.ts";
import type { Values } from "../../../src/base/json.ts";
import { Secret } from "../../../src/base/secret.ts";
import { needs } from "../../fixtures/needs.ts";
import { type Account, type Samba, startSamba } from "../../fixtures/samba.ts";
import type { Stage, Told, Try } from "../stage.ts";
import { stageOn } from "./ldap-ground.ts";
import { relayTo } from "./ldap-relay.ts";

const skip = needs("samba");
let samba: Samba;

before(async () => {
	if (skip === false) samba = await startSamba({ units: ["Sales", "Finance"] });
});
after(() => samba?.stop());

/** A client whose directory is the real one. */
function client(t: TestContext, as: Account = samba.service, url = samba.url): Promise<Stage> {
	return stageOn(t, samba, { as, url });
}

const SALES = "OU=Sales,DC=contoso,DC=example";

function hire(stage: Stage, run: string, input: Values): Promise<Told> {
	return stage.attempt({ action: "directory.user", input: { profile: { ou: SALES }, ...input }, run });
}

function codeOf({ outcome }: Told): string {
	return outcome?.kind === "refused" || outcome?.kind === "unknown" ? outcome.code : (outcome?.kind ?? "nothing");
}

/** What the administrator sees of an entry. */
async function seen(filter: string, ...attributes: readonly string[]) {
	const { searchEntries } = await samba.asAdmin((one) =>
		one.search(samba.base, { filter, attributes: [...attributes] }),
	);
	return searchEntries;
}

/** Makes one attempt whose writes arrive and whose answers do not. */
async function deafened(t: TestContext, order: Try) {
	const relay = await relayTo(t, samba.address);
	const stage = await client(t, samba.service, relay.url);
	const before = stage.events.length;
	const attempt = stage.attempt(order);
	while (!stage.events.slice(before).some((event) => event.kind === "attempt-began")) {
		await new Promise((next) => setImmediate(next));
	}
	relay.swallow();
	const told = await attempt;
	relay.heal();
	return { stage, told, ledger: stage.ledgerOf(order, told) };
}

async function groups(...names: readonly string[]): Promise<void> {
	await samba.asAdmin(async (one) => {
		for (const name of names) {
			const account = name.replaceAll(",", "");
			await one.add(below(name, SALES), { objectClass: "group", sAMAccountName: account });
		}
	});
}

test("an account is made closed, with its mark and its password, and is its own when asked again", {
	skip,
}, async (t) => {
	const stage = await client(t);
	const form = { firstName: "Ada", lastName: "Lovelace", employeeId: "E-1", title: "Clerk" };
	const told = await hire(stage, "run1", form);
	assert.ok(told.outcome?.kind === "done", JSON.stringify(told.outcome));
	const [entry] = await seen("(sAMAccountName=ada.lovelace)", "userAccountControl", "info", "pwdLastSet", "title");
	assert.deepEqual([entry?.userAccountControl, entry?.info, entry?.title], ["514", "run1/account", "Clerk"]);
	assert.notEqual(entry?.pwdLastSet, "0");
	const again = await stage.attempt({
		...{ action: "directory.user", run: "run1", attempt: 2 },
		input: { profile: { ou: SALES }, ...form },
	});
	assert.deepEqual([again.changes, again.outcome?.kind], [[], "done"]);
});

const PEOPLE: readonly (readonly [string, string])[] = [
	["Ann, Mary", 'O"Brien'],
	["back\\slash", "ends\\"],
	["Zoë 🙂", "Ünïcödé 北京"],
	["a+b;c", "<d>e=f"],
	["#hash", "a*)(objectClass=*"],
	[" leads", "trails "],
	["Jean-Luc/Émile", "D'Arc & Sons"],
];

test("people of any name are hired, opened, put in a group under a manager, and undone", { skip }, async (t) => {
	const stage = await client(t);
	await groups("Any names, all");
	for (const [at, [firstName, lastName]] of PEOPLE.entries()) {
		const run = `nasty${at}`;
		const input = { firstName, lastName, name: `nasty${at}` };
		const told = await hire(stage, run, input);
		assert.equal(codeOf(told), "done", lastName);
		const user = (told.outcome?.kind === "done" ? told.outcome.output : {}) as Values;
		for (const [action, more] of [
			["directory.enabled", {}],
			["directory.groupMember", { group: "Any names, all" }],
			["directory.manager", { manager: user }],
			["directory.password", {}],
		] as const) {
			const order = { action, input: { user, ...more } as Values, run, step: action };
			const made = await stage.attempt(order);
			assert.equal(codeOf(made), "done", `${lastName} ${action} ${JSON.stringify(made.outcome)}`);
			assert.equal(made.changes?.length, 1);
			const again = await stage.attempt({ ...order, ledger: stage.ledgerOf(order, made), attempt: 2 });
			assert.deepEqual(again.changes, [], `${lastName} ${action}`);
		}
		const undo = { $undo: told.changes?.[0], $input: { ...input, profile: { ou: SALES } } } as unknown as Values;
		const gone = await stage.attempt({ action: "directory.user", input: undo, run: `undo${at}`, step: "u" });
		assert.equal(codeOf(gone), "done", lastName);
		assert.deepEqual(await seen(`(sAMAccountName=nasty${at})`, "cn"), []);
	}
});

test("a new account whose answer is lost is found again by its mark, and no second one is made", {
	skip,
}, async (t) => {
	const order = {
		...{ action: "directory.user", run: "lost" },
		input: { firstName: "Lost", lastName: "Answer", profile: { ou: SALES } },
	};
	const { stage, told, ledger } = await deafened(t, order);
	assert.equal(codeOf(told), "connection-lost");
	const again = await stage.attempt({ ...order, attempt: 2, ledger });
	assert.deepEqual([again.changes, codeOf(again)], [[], "done"]);
	assert.equal((await seen("(sn=Answer)", "cn")).length, 1);
});

test("whatever else is written with its answer lost is so, or is written again, and is once", { skip }, async (t) => {
	const ready = await client(t);
	await groups("Deaf");
	const made = await hire(ready, "deaf", { firstName: "Deaf", lastName: "Line" });
	const user = (made.outcome?.kind === "done" ? made.outcome.output : {}) as Values;
	for (const [action, more] of [
		["directory.enabled", {}],
		["directory.groupMember", { group: "Deaf" }],
		["directory.manager", { manager: user }],
		["directory.password", {}],
	] as const) {
		const order = { action, input: { user, ...more } as Values, run: "deaf", step: action };
		const { stage, told, ledger } = await deafened(t, order);
		assert.equal(told.outcome?.kind, "unknown", action);
		const again = await stage.attempt({ ...order, attempt: 2, ledger });
		assert.equal(codeOf(again), "done", `${action} ${JSON.stringify(again.outcome)}`);
		const third = await stage.attempt({ ...order, attempt: 3, ledger });
		assert.deepEqual(third.changes, [], action);
	}
	const [entry] = await seen("(sn=Line)", "userAccountControl", "memberOf", "manager", "pwdLastSet");
	assert.deepEqual(
		[entry?.userAccountControl, entry?.memberOf, entry?.manager, entry?.pwdLastSet],
		["512", `CN=Deaf,${SALES}`, `CN=Deaf Line,${SALES}`, "0"],
	);
});

test("without the right over that unit nothing is made, and the refusal says which right is missing", {
	skip,
}, async (t) => {
	const narrow = await samba.serviceOver(`OU=Finance,${samba.base}`);
	const stage = await client(t, narrow);
	const refused = await hire(stage, "narrow", { firstName: "Not", lastName: "Allowed" });
	assert.ok(refused.outcome?.kind === "refused");
	assert.deepEqual([refused.outcome.code, refused.outcome.retryable], ["no-rights", false]);
	assert.deepEqual(await seen("(sn=Allowed)", "cn"), []);
	const finance = { profile: { ou: `OU=Finance,${samba.base}` } };
	assert.equal(codeOf(await hire(stage, "narrow", { firstName: "Not", lastName: "Allowed", ...finance })), "done");
});

test("our own account locked out of the directory stops before anything is written", { skip }, async (t) => {
	const stage = await client(t, { ...samba.service, password: "wrong" });
	const refused = await hire(stage, "wrong", { firstName: "Wrong", lastName: "Password" });
	assert.equal(codeOf(refused), "not-signed-in");
	assert.equal(refused.changes, undefined);
});

test("a password that the policy refuses is refused by that name, and the account stays", { skip }, async (t) => {
	const stage = await client(t);
	const made = await hire(stage, "weak", { firstName: "Weak", lastName: "Word" });
	const user = (made.outcome?.kind === "done" ? made.outcome.output : {}) as Values;
	const password = await stage.vault.keep("contoso", "contoso/typed", new Secret("abc"));
	const order = {
		action: "directory.password",
		input: { user, password } as unknown as Values,
		run: "weak",
		step: "p",
	};
	assert.equal(codeOf(await stage.attempt(order)), "weak-password");
});

test("long names become what fits: 20 characters for the account, 64 for the entry, each one's own", {
	skip,
}, async (t) => {
	const stage = await client(t);
	const first = { firstName: `Maximiliana-${"a".repeat(50)}`, lastName: `Featherstonehaugh-${"b".repeat(45)}` };
	const told = await hire(stage, "long1", first);
	assert.ok(told.outcome?.kind === "done", JSON.stringify(told.outcome));
	const other = await hire(stage, "long2", { ...first, ifTaken: "next-free-name" });
	assert.ok(other.outcome?.kind === "done", JSON.stringify(other.outcome));
	const [one, two] = [told.outcome.output, other.outcome.output];
	assert.deepEqual([String(one.samAccountName).length, String(two.samAccountName).length], [20, 20]);
	assert.notEqual(one.samAccountName, two.samAccountName);
	for (const entry of await seen("(givenName=Maximiliana*)", "cn")) assert.ok(String(entry.cn).length <= 64);
	const again = await stage.attempt({
		...{ action: "directory.user", run: "long2", attempt: 2 },
		input: { profile: { ou: SALES }, ...first, ifTaken: "next-free-name" },
	});
	assert.deepEqual([again.changes, codeOf(again)], [[], "done"]);
});

test("a group that is renamed, or replaced under its name, is never mistaken for another", { skip }, async (t) => {
	const stage = await client(t);
	await groups("Old name");
	const made = await hire(stage, "renamed", { firstName: "Group", lastName: "Goer" });
	const user = (made.outcome?.kind === "done" ? made.outcome.output : {}) as Values;
	const order = {
		...{ action: "directory.groupMember", run: "renamed", step: "join" },
		input: { user, group: "Old name" } as Values,
	};
	const joined = await stage.attempt(order);
	assert.equal(codeOf(joined), "done");
	await samba.asAdmin((one) => one.modifyDN(`CN=Old name,${SALES}`, "CN=New name"));
	await samba.asAdmin((one) =>
		one.modify(
			`CN=New name,${SALES}`,
			new Change({ operation: "replace", modification: new Attribute({ type: "sAMAccountName", values: ["new"] }) }),
		),
	);
	const undo = { $undo: joined.changes?.[0], $input: order.input } as unknown as Values;
	const back = { action: order.action, input: undo, run: "undo", step: "u" };
	await groups("Old name");
	const ledger = stage.ledgerOf(order, joined);
	const again = await stage.attempt({ ...order, attempt: 2, ledger });
	assert.deepEqual([codeOf(again), again.changes], ["done", []], "the group that was joined, whatever it is called");
	const left = await stage.attempt(back);
	assert.deepEqual([codeOf(left), left.changes?.[0]?.words], ["done", "Leave the group New name"]);
	assert.deepEqual(await seen("(&(cn=New name)(member=*))"), []);
	const planned = (await stage.attempt({ ...order, run: "second" })).changes;
	assert.notEqual(planned?.[0]?.after, joined.changes?.[0]?.after, "an approval of the one does not cover the other");
});

test("a profile of 400 groups is looked at in seconds", { skip }, async (t) => {
	const stage = await client(t);
	const made = await hire(stage, "many", { firstName: "Many", lastName: "Groups" });
	const user = (made.outcome?.kind === "done" ? made.outcome.output : {}) as Values;
	const names = Array.from({ length: 400 }, (_, at) => `Team ${at}`);
	await groups(...names);
	const start = performance.now();
	const looks = await Promise.all(
		names.map((name) =>
			stage.attempt({
				...{ action: "directory.groupMember", mode: "look" as const, run: "many", step: name },
				input: { user, group: name } as Values,
			}),
		),
	);
	const took = performance.now() - start;
	assert.ok(looks.every(({ outcome }) => outcome?.kind === "not-yet"));
	assert.ok(took < 20_000, `${took} ms`);
});
