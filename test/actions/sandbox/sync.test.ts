/** What changes in the directory shows in Microsoft 365 after a while, and never the other way round. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { EqualityFilter, PresenceFilter } from "ldapts";
import { guidText } from "../../../src/actions/guid.ts";
import { Secret } from "../../../src/base/secret.ts";
import { got } from "../../../src/engine/remote.ts";
import { LAGS, newUser, type Stage, withSandbox } from "./with-sandbox.ts";

const BASE = "DC=contoso,DC=example";
const ANN = `CN=Ann Lee,OU=Sales,${BASE}`;
const UPN = "ann.lee@contoso.example";
const ANYTHING = new PresenceFilter({ attribute: "objectClass" });
const SELECT = [
	"id",
	"displayName",
	"accountEnabled",
	"jobTitle",
	"onPremisesSyncEnabled",
	"onPremisesImmutableId",
	"onPremisesExtensionAttributes",
	"mailNickname",
].join(",");

function annIn(stage: Stage) {
	return stage.graph.request({ method: "GET", path: ["users", UPN], query: { $select: SELECT } });
}

async function makeAnn(stage: Stage): Promise<string> {
	const { directory } = stage.sandbox;
	got(
		await directory.add(ANN, {
			objectClass: ["top", "person", "organizationalPerson", "user"],
			sAMAccountName: "ann.lee",
			userPrincipalName: UPN,
			displayName: "Ann Lee",
			userAccountControl: "514",
			manager: `CN=Mo Manager,OU=Staff,${BASE}`,
			extensionAttribute15: "run/account",
			unicodePwd: new Secret("Quiet-River-42"),
		}),
	);
	const self = new EqualityFilter({ attribute: "userPrincipalName", value: UPN });
	const [entry] = got(await directory.search({ filter: self, attributes: ["objectGUID"] }));
	return guidText(String(entry?.objectGUID));
}

test("a new entry shows in Microsoft 365 after the lag, not before, with its anchor, manager and mark", async (t) => {
	const stage = await withSandbox(t);
	const guid = await makeAnn(stage);
	stage.clock.move(LAGS.sync - 1);
	assert.equal((await annIn(stage)).kind, "refused");
	stage.clock.move(1);
	const ann = got(await annIn(stage));
	const [entry] = stage.sandbox.readOut().users.filter((user) => user.userPrincipalName === UPN);
	assert.deepEqual(
		[ann.displayName, ann.accountEnabled, ann.onPremisesSyncEnabled, ann.mailNickname, entry?.id],
		["Ann Lee", false, true, "ann.lee", ann.id],
	);
	const bytes = Buffer.from(String(ann.onPremisesImmutableId), "base64");
	assert.equal(bytes.subarray(8).toString("hex"), guid.slice(19).replace("-", ""));
	assert.match(JSON.stringify(ann.onPremisesExtensionAttributes), /"extensionAttribute15":"run\/account"/);
	const boss = got(await stage.graph.request({ method: "GET", path: ["users", UPN, "manager"] }));
	assert.equal(boss.userPrincipalName, "mo@contoso.example");
});

test("later changes follow, counted from the first that was not carried yet", async (t) => {
	const stage = await withSandbox(t);
	await makeAnn(stage);
	stage.clock.move(LAGS.sync);
	got(await annIn(stage));
	const { directory } = stage.sandbox;
	got(await directory.modify(ANN, [{ operation: "replace", attribute: "title", values: ["Seller"] }]));
	stage.clock.move(LAGS.sync - 1);
	got(await directory.modify(ANN, [{ operation: "replace", attribute: "userAccountControl", values: ["512"] }]));
	assert.equal(got(await annIn(stage)).jobTitle, null);
	stage.clock.move(1);
	const { jobTitle, accountEnabled } = got(await annIn(stage));
	assert.deepEqual([jobTitle, accountEnabled], ["Seller", true]);
});

test("a corrected name follows to the same account after the lag, with its address", async (t) => {
	const stage = await withSandbox(t);
	const guid = await makeAnn(stage);
	stage.clock.move(LAGS.sync);
	const { id } = got(await annIn(stage));
	const { directory } = stage.sandbox;
	const set = (attribute: string, value: string) => ({ operation: "replace", attribute, values: [value] }) as const;
	const renamed = `CN=Ann Leigh,OU=Sales,${BASE}`;
	got(await directory.move(ANN, renamed));
	const names = [set("displayName", "Ann Leigh"), set("givenName", "Ann"), set("sn", "Leigh")];
	const address = [set("userPrincipalName", "ann.leigh@contoso.example"), set("sAMAccountName", "ann.leigh")];
	got(await directory.modify(`<GUID=${guid}>`, [...names, ...address]));
	stage.clock.move(LAGS.sync - 1);
	assert.equal(got(await annIn(stage)).displayName, "Ann Lee", "not before the lag");
	stage.clock.move(1);
	assert.equal((await annIn(stage)).kind, "refused", "the old name is nobody's");
	const query = { $select: `${SELECT},givenName,surname,userPrincipalName,onPremisesDistinguishedName` };
	const ann = got(await stage.graph.request({ method: "GET", path: ["users", String(id)], query }));
	assert.deepEqual(
		[ann.userPrincipalName, ann.mailNickname, ann.displayName, ann.givenName, ann.surname],
		["ann.leigh@contoso.example", "ann.leigh", "Ann Leigh", "Ann", "Leigh"],
	);
	assert.equal(ann.onPremisesDistinguishedName, renamed);
	got(await directory.remove(`<GUID=${guid}>`));
	const base = `<GUID=${guid}>`;
	const gone = await directory.search({ base, scope: "base", filter: ANYTHING, attributes: ["cn"] });
	assert.ok(gone.kind === "refused");
	assert.equal(gone.code, "no-such-object");
});

test("what the directory masters cannot be changed in Microsoft 365; what it does not can", async (t) => {
	const stage = await withSandbox(t);
	await makeAnn(stage);
	stage.clock.move(LAGS.sync);
	const { id } = got(await annIn(stage));
	const path = ["users", String(id)];
	const patch = (body: { readonly [name: string]: string | boolean }) =>
		stage.graph.request({ method: "PATCH", path, body });
	assert.equal((await patch({ displayName: "Other" })).kind, "refused");
	assert.equal((await stage.graph.request({ method: "DELETE", path })).kind, "refused");
	const body = { "@odata.id": `${stage.graph.endpoint}/users/${id}` };
	const boss = await stage.graph.request({ method: "PUT", path: [...path, "manager", "$ref"], body });
	assert.equal(boss.kind, "refused");
	got(await patch({ usageLocation: "US" }));
	got(await patch({ accountEnabled: true }));
});

test("groups are carried with the people who are there", async (t) => {
	const stage = await withSandbox(t);
	const { directory } = stage.sandbox;
	const group = `CN=Sales,OU=Groups,${BASE}`;
	await makeAnn(stage);
	got(await directory.modify(group, [{ operation: "add", attribute: "member", values: [ANN] }]));
	stage.clock.move(LAGS.sync);
	const names = async () =>
		got(await stage.graph.list({ path: ["users", UPN, "memberOf"], query: { $select: "displayName" } })).map(
			(row) => row.displayName,
		);
	assert.deepEqual(await names(), ["Sales"]);
	got(await directory.modify(group, [{ operation: "delete", attribute: "member", values: [ANN] }]));
	stage.clock.move(LAGS.sync);
	assert.deepEqual(await names(), []);
});

test("who is removed from the directory is deleted in Microsoft 365 and can still be found there", async (t) => {
	const stage = await withSandbox(t);
	await makeAnn(stage);
	stage.clock.move(LAGS.sync);
	const { id } = got(await annIn(stage));
	got(await stage.sandbox.directory.remove(ANN));
	stage.clock.move(LAGS.sync);
	assert.equal((await annIn(stage)).kind, "refused");
	const path = ["directory", "deletedItems", "microsoft.graph.user"];
	const rows = got(await stage.graph.list({ path, query: { $select: "id" } }));
	assert.deepEqual(
		rows.map((row) => row.id),
		[id],
	);
});

test("a cloud account of the same name becomes the synced one", async (t) => {
	const stage = await withSandbox(t);
	const { id } = got(await stage.graph.request({ method: "POST", path: ["users"], body: newUser("Ann Lee") }));
	stage.clock.move(LAGS.replication);
	await makeAnn(stage);
	stage.clock.move(LAGS.sync);
	const ann = got(await annIn(stage));
	assert.deepEqual([ann.id, ann.onPremisesSyncEnabled], [id, true]);
	assert.equal(stage.sandbox.readOut().users.filter((user) => user.userPrincipalName === UPN).length, 1);
});

test("what the directory masters is refused in Microsoft 365, a password too", async (t) => {
	const stage = await withSandbox(t);
	await makeAnn(stage);
	stage.clock.move(LAGS.sync);
	const passwordProfile = { password: "Other-River-43", forceChangePasswordNextSignIn: true };
	for (const body of [{ displayName: "Anne Lee" }, { passwordProfile }]) {
		const answer = await stage.graph.request({ method: "PATCH", path: ["users", UPN], body });
		assert.equal(answer.kind === "refused" && answer.status, 400);
	}
	got(await stage.graph.request({ method: "PATCH", path: ["users", UPN], body: { usageLocation: "US" } }));
	assert.equal(got(await annIn(stage)).displayName, "Ann Lee");
});

test("nobody signs in to a synced account that has no password and no pass", async (t) => {
	const stage = await withSandbox(t);
	const { directory } = stage.sandbox;
	got(
		await directory.add(ANN, {
			objectClass: ["top", "person", "organizationalPerson", "user"],
			sAMAccountName: "ann.lee",
			userPrincipalName: UPN,
			userAccountControl: "544",
		}),
	);
	stage.clock.move(LAGS.sync);
	assert.throws(() => stage.sandbox.signIn(UPN), { code: "no-credential" });
	const path = ["users", UPN, "authentication", "temporaryAccessPassMethods"];
	got(await stage.graph.request({ method: "POST", path, body: { lifetimeInMinutes: 60, isUsableOnce: true } }));
	stage.sandbox.signIn(UPN);
	assert.throws(() => stage.sandbox.signIn(UPN), { code: "no-credential" });
});
