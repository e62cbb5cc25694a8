/**
 * A name that HR corrects after the account was made: the account follows, its address only while nobody can know it, and
 * undo ends with nothing left.
 */
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { PresenceFilter } from "ldapts";
import type { Values } from "../../src/base/json.ts";
import type { Change, LedgerEntry } from "../../src/engine/event.ts";
import { got } from "../../src/engine/remote.ts";
import { LAGS } from "./sandbox/with-sandbox.ts";
import { onStage, type Stage, type Told } from "./stage.ts";

const SALES = "OU=Sales,DC=contoso,DC=example";
const OLD = "eve.mistype@contoso.example";
const NEW = "eve.correct@contoso.example";
const EVE: Values = { firstName: "Eve", lastName: "Mistype" };

const KINDS = [
	{
		action: "directory.user",
		identity: "hybrid",
		open: "directory.enabled",
		input: { ...EVE, profile: { ou: SALES } },
		differs: [
			[`set:${OLD}#place`, "Change the entry in the directory from Eve Mistype to Eve Correct"],
			[`set:${OLD}#name`, "Change the name Eve Mistype to Eve Correct"],
			[`set:${OLD}#address`, `Change the address ${OLD} to ${NEW}`],
		],
	},
	{
		action: "microsoft365.user",
		identity: "cloud",
		open: "microsoft365.enabled",
		input: { ...EVE, usageLocation: "US" },
		differs: [
			[`set:${OLD}#name`, "Change the name Eve Mistype to Eve Correct"],
			[`set:${OLD}#address`, `Change the address ${OLD} to ${NEW}`],
		],
	},
] as const;
type Kind = (typeof KINDS)[number];

const onStageOf = (t: TestContext, { identity }: Kind) => onStage(t, { seed: { identity } });
const wordsOf = (told: Told) => told.changes?.map((change) => [change.id, change.words]);

/** The step as it is entered with the form of now. */
function enter(stage: Stage, kind: Kind, input: Values = {}, ledger: readonly LedgerEntry[] = []) {
	return stage.attempt({ action: kind.action, input: { ...kind.input, ...input }, ledger });
}

function undo(stage: Stage, kind: Kind, made: Change | undefined, input: Values = kind.input) {
	const $undo = { $undo: made, $input: input } as unknown as Values;
	return stage.attempt({ action: kind.action, input: $undo, run: "undo", step: "u1" });
}

/** Everybody called Eve, as address and name. */
function eves(stage: Stage): readonly (readonly string[])[] {
	const people = stage.sandbox.readOut().users.filter((user) => user.displayName.startsWith("Eve"));
	return people.map((user) => [user.userPrincipalName, user.displayName]);
}

function proofOf({ outcome }: Told): readonly string[] {
	assert.ok(outcome?.kind === "done", JSON.stringify(outcome));
	assert.ok(outcome.proof.every((check) => check.ok));
	return outcome.proof.map((check) => check.words);
}

for (const kind of KINDS) {
	test(`${kind.action} follows a corrected name with exactly what differs, and undo leaves nothing`, async (t) => {
		const stage = await onStageOf(t, kind);
		const made = await enter(stage, kind);
		const told = await enter(stage, kind, { lastName: "Correct" });
		assert.deepEqual(wordsOf(told), kind.differs);
		assert.deepEqual(proofOf(told), [`The account ${NEW} is there, closed at first`]);
		assert.ok(told.outcome?.kind === "done" && made.outcome?.kind === "done");
		const { upn, displayName, dn, samAccountName, objectGuid, userId } = told.outcome.output;
		assert.deepEqual([upn, displayName], [NEW, "Eve Correct"]);
		assert.deepEqual([objectGuid, userId], [made.outcome.output.objectGuid, made.outcome.output.userId]);
		if (kind.identity === "hybrid") assert.deepEqual([dn, samAccountName], [`CN=Eve Correct,${SALES}`, "eve.correct"]);
		assert.deepEqual(eves(stage), [[NEW, "Eve Correct"]]);
		const again = await enter(stage, kind, { lastName: "Correct" });
		assert.deepEqual([again.changes, again.outcome?.kind], [[], "done"]);

		for (const change of (told.changes ?? []).toReversed()) {
			const back = await undo(stage, kind, change, { ...kind.input, lastName: "Correct" });
			assert.deepEqual([back.changes?.map((c) => c.id), back.outcome?.kind], [[change.id], "done"]);
		}
		assert.deepEqual(eves(stage), [[OLD, "Eve Mistype"]]);
		const twice = await undo(stage, kind, told.changes?.[0], { ...kind.input, lastName: "Correct" });
		assert.deepEqual([twice.changes, twice.outcome?.kind], [[], "done"]);
		assert.equal((await undo(stage, kind, made.changes?.[0])).outcome?.kind, "done");
		assert.deepEqual(eves(stage), []);
	});

	test(`${kind.action} undoes the making of an account by its mark, whatever it is called now`, async (t) => {
		const stage = await onStageOf(t, kind);
		const made = await enter(stage, kind);
		await enter(stage, kind, { lastName: "Correct" });
		const before = await enter(stage, kind, { firstName: "Evelyn", lastName: "Right" });
		assert.equal(before.outcome?.kind, "done");
		const gone = await undo(stage, kind, made.changes?.[0]);
		assert.deepEqual(
			gone.changes?.map((change) => change.id),
			[`delete:${OLD}#account`],
		);
		assert.equal(gone.outcome?.kind, "done");
		assert.deepEqual(eves(stage), []);
	});

	test(`${kind.action} asks when the corrected address is somebody else's, and touches nothing`, async (t) => {
		const stage = await onStageOf(t, kind);
		const other = { action: kind.action, input: { ...kind.input, firstName: "Eve", lastName: "Correct" } };
		await stage.attempt({ ...other, run: "other" });
		await enter(stage, kind);
		const asked = await enter(stage, kind, { lastName: "Correct" });
		assert.ok(asked.outcome?.kind === "refused");
		assert.deepEqual([asked.outcome.code, asked.changes], ["name-taken", undefined]);
		assert.match(asked.outcome.message, /^eve\.correct belongs to someone else since \d{4}\. It was not touched;/);
		assert.deepEqual(
			asked.outcome.choices?.map((choice) => choice.words),
			["Use eve.correct2", "Type another name", "Keep eve.mistype"],
		);
		assert.deepEqual(
			eves(stage).toSorted(),
			[
				[NEW, "Eve Correct"],
				[OLD, "Eve Mistype"],
			].toSorted(),
		);

		const [next, , keep] = asked.outcome.choices ?? [];
		const kept = await enter(stage, kind, { lastName: "Correct", ...keep?.with });
		assert.equal(kept.outcome?.kind, "done");
		assert.deepEqual(
			eves(stage).toSorted(),
			[
				[NEW, "Eve Correct"],
				[OLD, "Eve Correct"],
			].toSorted(),
		);
		const moved = await enter(stage, kind, { lastName: "Correct", ...next?.with });
		assert.ok(moved.outcome?.kind === "done");
		assert.equal(moved.outcome.output.upn, "eve.correct2@contoso.example");
		const again = await enter(stage, kind, { lastName: "Correct" });
		assert.deepEqual(again.changes, [], "the second name of a series fits as well as the first");
	});

	test(`${kind.action} keeps the address of an account that is open`, async (t) => {
		const stage = await onStageOf(t, kind);
		const made = await enter(stage, kind);
		stage.clock.move(LAGS.sync);
		await stage.attempt({ action: kind.open, input: { user: OLD }, step: "open" });
		const told = await enter(stage, kind, { lastName: "Correct" });
		assert.deepEqual(wordsOf(told), kind.differs.slice(0, -1));
		const stays = `The address stays ${OLD}, because the account is open`;
		assert.deepEqual(proofOf(told), [`The account ${OLD} is there, open`, stays]);
		assert.deepEqual(eves(stage), [[OLD, "Eve Correct"]]);
		for (const change of [...(made.changes ?? []), ...(told.changes ?? [])].toReversed()) {
			const input = change.kind === "create" ? kind.input : { ...kind.input, lastName: "Correct" };
			assert.equal((await undo(stage, kind, change, input)).outcome?.kind, "done");
		}
		assert.deepEqual(eves(stage), []);
	});

	test(`${kind.action} keeps the address of an account that was signed in to, closed or not`, async (t) => {
		const stage = await onStageOf(t, kind);
		await enter(stage, kind);
		stage.clock.move(LAGS.sync);
		await stage.attempt({ action: kind.open, input: { user: OLD }, step: "open" });
		stage.clock.move(LAGS.sync);
		await stage.attempt({ action: "microsoft365.firstCredential", input: { user: OLD }, step: "pass" });
		stage.sandbox.signIn(OLD);
		await stage.attempt({ action: kind.open, input: { user: OLD, enabled: false }, step: "close" });
		const told = await enter(stage, kind, { lastName: "Correct" });
		assert.deepEqual(wordsOf(told), kind.differs.slice(0, -1));
		assert.ok(proofOf(told).includes(`The address stays ${OLD}, because it was signed in to`));
		assert.deepEqual(eves(stage), [[OLD, "Eve Correct"]]);
	});

	test(`${kind.action} lets a name rule that a person chose`, async (t) => {
		const stage = await onStageOf(t, kind);
		await enter(stage, kind, { name: "evey" });
		const told = await enter(stage, kind, { name: "evey", lastName: "Correct" });
		assert.ok(told.outcome?.kind === "done");
		assert.equal(told.outcome.output.upn, "evey@contoso.example");
		assert.ok(told.changes?.every((change) => change.facet !== "address"));
		const chosen = await enter(stage, kind, { name: "eve.c", lastName: "Correct" });
		assert.deepEqual(
			chosen.changes?.map((change) => change.words),
			["Change the address evey@contoso.example to eve.c@contoso.example"],
		);
	});

	test(`${kind.action} goes on where a correction broke off, and writes nothing twice`, async (t) => {
		const stage = await onStageOf(t, kind);
		await enter(stage, kind);
		const hybrid = kind.identity === "hybrid";
		const match = hybrid ? { on: "directory", method: "MODIFY" } : { on: "graph", method: "PATCH" };
		stage.sandbox.fault({ match, answer: { kind: "dropped", applied: true } } as Parameters<
			Stage["sandbox"]["fault"]
		>[0]);
		const order = { action: kind.action, input: { ...kind.input, lastName: "Correct" } };
		const broken = await stage.attempt(order);
		assert.equal(broken.outcome?.kind, "unknown");
		const ledger = stage.ledgerOf(order, broken);
		stage.clock.move(30_000);
		const rest = await stage.attempt({ ...order, attempt: 2, ledger });
		assert.deepEqual(wordsOf(rest), kind.differs.slice(-1), "only the address is left, under the same target");
		assert.deepEqual(eves(stage), [[NEW, "Eve Correct"]]);
	});

	test(`${kind.action} never makes a second account when the name is corrected before the first is shown`, async (t) => {
		const stage = await onStageOf(t, kind);
		const hybrid = kind.identity === "hybrid";
		const match = hybrid ? { on: "directory", method: "ADD" } : { on: "graph", method: "POST", path: /users$/ };
		stage.sandbox.fault({ match, answer: { kind: "dropped", applied: !hybrid } } as Parameters<
			Stage["sandbox"]["fault"]
		>[0]);
		const order = { action: kind.action, input: kind.input };
		const lost = await stage.attempt(order);
		assert.equal(lost.outcome?.kind, "unknown");
		const ledger = stage.ledgerOf(order, lost);
		const early = await enter(stage, kind, { lastName: "Correct" }, ledger);
		assert.ok(early.outcome?.kind === "refused");
		assert.deepEqual([early.outcome.code, early.changes], ["settling", undefined]);
		stage.clock.move(30_000);
		assert.equal((await enter(stage, kind, { lastName: "Correct" }, ledger)).outcome?.kind, "done");
		assert.deepEqual(eves(stage), [[NEW, "Eve Correct"]]);
	});

	test(`${kind.action} gives someone who comes back the name of today and the address of old`, async (t) => {
		const stage = await onStageOf(t, kind);
		await stage.attempt({ action: kind.action, input: { ...kind.input, employeeId: "E-1" }, run: "first" });
		const back = { employeeId: "E-1", lastName: "Correct", ifTaken: "rehire" };
		const told = await enter(stage, kind, back);
		assert.ok(proofOf(told).includes(`The address stays ${OLD}, because someone who comes back keeps it`));
		assert.deepEqual(eves(stage), [[OLD, "Eve Correct"]]);
		for (const change of (told.changes ?? []).toReversed()) {
			assert.equal((await undo(stage, kind, change, { ...kind.input, ...back })).outcome?.kind, "done");
		}
		assert.deepEqual(eves(stage), [[OLD, "Eve Mistype"]]);
	});
}

const [HYBRID] = KINDS;

test("an account of the same employee id that another made is not renamed", async (t) => {
	const stage = await onStageOf(t, HYBRID);
	const input = { ...HYBRID.input, employeeId: "E-1" };
	await stage.attempt({ action: HYBRID.action, input, run: "first" });
	await stage.attempt({ action: HYBRID.open, input: { user: OLD }, step: "open" });
	const told = await enter(stage, HYBRID, { employeeId: "E-1", lastName: "Correct" });
	assert.deepEqual([told.changes, told.outcome?.kind], [[], "done"]);
	assert.deepEqual(eves(stage), [[OLD, "Eve Mistype"]]);
});

test("mail addresses follow where they held the old address, and the entry gives way to a namesake", async (t) => {
	const stage = await onStageOf(t, HYBRID);
	const { directory } = stage.sandbox;
	await enter(stage, HYBRID);
	const set = (attribute: string, values: readonly string[]) => ({ operation: "replace", attribute, values }) as const;
	const proxies = ["SMTP:Eve.Mistype@contoso.example", "smtp:boss@contoso.example"];
	const had = [set("mail", [OLD]), set("mailNickname", ["eve.mistype"]), set("proxyAddresses", proxies)];
	got(await directory.modify(`CN=Eve Mistype,${SALES}`, had));
	const namesake = { objectClass: ["top", "contact"], displayName: "Eve Correct" };
	got(await directory.add(`CN=Eve Correct,${SALES}`, namesake));
	const told = await enter(stage, HYBRID, { lastName: "Correct" });
	assert.equal(told.outcome?.kind, "done");
	const names = ["userPrincipalName", "mail", "mailNickname", "proxyAddresses", "givenName", "sn"];
	const read = async (dn: string) => {
		const filter = new PresenceFilter({ attribute: "objectClass" });
		const [entry] = got(await directory.search({ base: dn, scope: "base", filter, attributes: names }));
		return names.map((name) => [entry?.[name]].flat().join());
	};
	assert.deepEqual(await read(`CN=Eve Correct (eve.correct),${SALES}`), [
		NEW,
		NEW,
		"eve.correct",
		`SMTP:${NEW},smtp:boss@contoso.example`,
		"Eve",
		"Correct",
	]);
	const input = { ...HYBRID.input, lastName: "Correct" };
	for (const change of (told.changes ?? []).toReversed()) await undo(stage, HYBRID, change, input);
	const back = [OLD, OLD, "eve.mistype", proxies.join(), "Eve", "Mistype"];
	assert.deepEqual(await read(`CN=Eve Mistype,${SALES}`), back);
});

test("later steps find the person before Microsoft 365 has heard of the new name, and name what they change alike", async (t) => {
	const stage = await onStageOf(t, HYBRID);
	const made = await enter(stage, HYBRID);
	assert.ok(made.outcome?.kind === "done");
	stage.clock.move(LAGS.sync);
	const licences = { licences: ["SPB"], usageLocation: "US" };
	const give = (user: Values, step: string) =>
		stage.attempt({ action: "microsoft365.licence", input: { ...licences, user }, step });
	assert.equal((await give(made.outcome.output, "licence")).outcome?.kind, "done");
	const told = await enter(stage, HYBRID, { lastName: "Correct" });
	assert.ok(told.outcome?.kind === "done");
	const user = told.outcome.output;
	const shown = await stage.graph.request({ method: "GET", path: ["users", OLD], query: { $select: "displayName" } });
	assert.equal(got(shown).displayName, "Eve Mistype", "not synced yet");
	assert.deepEqual((await give(user, "licence")).changes, [], "held already");
	const before = await stage.attempt({ action: "microsoft365.firstCredential", input: { user }, step: "pass" });
	assert.deepEqual(
		before.changes?.map((change) => change.target),
		[NEW],
		"named as it will be",
	);
	stage.clock.move(LAGS.sync);
	assert.deepEqual((await give(user, "licence")).changes, []);
	const query = { $select: "userPrincipalName,displayName,givenName,surname,mailNickname" };
	const synced = got(await stage.graph.request({ method: "GET", path: ["users", NEW], query }));
	const { userPrincipalName, displayName, givenName, surname, mailNickname } = synced;
	assert.deepEqual(
		[userPrincipalName, displayName, givenName, surname, mailNickname],
		[NEW, "Eve Correct", "Eve", "Correct", "eve.correct"],
	);
	const seen = await stage.attempt({ action: "microsoft365.userExists", input: { user }, step: "w", mode: "look" });
	assert.ok(seen.outcome?.kind === "done");
	assert.equal(seen.outcome.output.upn, NEW);
	const open = await stage.attempt({ action: "directory.enabled", input: { user: made.outcome.output }, step: "open" });
	assert.equal(open.outcome?.kind, "done", "the old name finds the same account by its id");
});

test("Microsoft 365 refuses a changed address that is another's", async (t) => {
	const stage = await onStageOf(t, KINDS[1]);
	const made = await enter(stage, KINDS[1]);
	assert.ok(made.outcome?.kind === "done");
	stage.sandbox.addContact({ displayName: "Eve of Fabrikam", mail: "eve@fabrikam.example" });
	const path = ["users", String(made.outcome.output.userId)];
	const patch = (body: Values) => stage.graph.request({ method: "PATCH", path, body });
	for (const address of ["mo@contoso.example", "eve@elsewhere.example"]) {
		assert.equal((await patch({ userPrincipalName: address })).kind, "refused", address);
	}
	assert.equal((await patch({ mail: "eve@fabrikam.example" })).kind, "refused");
	assert.equal((await patch({ userPrincipalName: OLD, mailNickname: "eve" })).kind, "ok", "its own is no clash");
});
