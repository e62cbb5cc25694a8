/** The simulated Graph behaves as the real one does: what it shows, when it shows it, and what it refuses. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { odata } from "../../../src/actions/microsoft365/graph.ts";
import { openSandboxServer, sandboxGraph } from "../../../src/actions/sandbox/sandbox.ts";
import { isRecord, type Json, type Values } from "../../../src/base/json.ts";
import { Secret } from "../../../src/base/secret.ts";
import { got } from "../../../src/engine/remote.ts";
import { LAGS, newUser, openSandbox, rawRequest, SEED, type Stage, withSandbox } from "./with-sandbox.ts";

const SKU = "skuId";

/** A user made and seen. */
async function made(stage: Stage, name: string, more: Values = {}): Promise<string> {
	const { id } = got(await stage.graph.request({ method: "POST", path: ["users"], body: newUser(name, more) }));
	stage.clock.move(LAGS.replication);
	return String(id);
}

async function skuOf(stage: Stage, name: string): Promise<Values> {
	const rows = got(await stage.graph.list({ path: ["subscribedSkus"] }));
	const row = rows.find((sku) => sku.skuPartNumber === name);
	assert(row !== undefined);
	return row;
}

async function groupId(stage: Stage, name: string): Promise<string> {
	const $filter = `displayName eq ${odata(name)}`;
	const [group] = got(await stage.graph.list({ path: ["groups"], query: { $filter, $select: "id" } }));
	return String(group?.id);
}

function reference(stage: Stage, id: string): Values {
	return { "@odata.id": `${stage.graph.endpoint}/directoryObjects/${id}` };
}

function assign(stage: Stage, id: string, add: readonly Json[], remove: readonly Json[] = []) {
	const body = { addLicenses: add.map((skuId) => ({ skuId })), removeLicenses: remove };
	return stage.graph.request({ method: "POST", path: ["users", id, "assignLicense"], body });
}

test("a new user is not to be seen until the others know of it", async (t) => {
	const stage = await withSandbox(t);
	const { graph, clock } = stage;
	const { id } = got(await graph.request({ method: "POST", path: ["users"], body: newUser("Ann Lee") }));
	const read = () => graph.request({ method: "GET", path: ["users", String(id)] });
	const early = await read();
	assert.deepEqual([early.kind, early.kind === "refused" && early.code], ["refused", "not-found"]);
	const patched = await graph.request({ method: "PATCH", path: ["users", String(id)], body: { jobTitle: "Seller" } });
	assert.equal(patched.kind === "refused" && patched.status, 404);
	const $filter = "userPrincipalName eq 'ann.lee@contoso.example'";
	assert.deepEqual(got(await graph.list({ path: ["users"], query: { $filter } })), []);
	clock.move(LAGS.replication);
	assert.equal(got(await read()).displayName, "Ann Lee");
	assert.equal(got(await graph.list({ path: ["users"], query: { $filter } })).length, 1);
});

test("the same sign-in name is refused even while the first is not to be seen", async (t) => {
	const { graph } = await withSandbox(t);
	got(await graph.request({ method: "POST", path: ["users"], body: newUser("Ann Lee") }));
	const again = await graph.request({ method: "POST", path: ["users"], body: newUser("Ann Lee") });
	assert.equal(again.kind === "refused" && again.code, "already-exists");
	assert.equal(again.kind === "refused" && again.retryable, false);
});

test("an address that a contact has is refused", async (t) => {
	const { graph, sandbox } = await withSandbox(t);
	sandbox.addContact({ displayName: "Ann Outside", mail: "ann.lee@contoso.example" });
	const answer = await graph.request({ method: "POST", path: ["users"], body: newUser("Ann Lee") });
	assert.equal(answer.kind === "refused" && answer.code, "already-exists");
	const $filter = "proxyAddresses/any(p:p eq 'smtp:ann.lee@contoso.example')";
	const [contact] = got(await graph.list({ path: ["contacts"], query: { $filter, $select: "displayName" } }));
	assert.equal(contact?.displayName, "Ann Outside");
});

test("only what was asked for is shown, and the account's state is not part of the usual", async (t) => {
	const { graph } = await withSandbox(t);
	const path = ["users", "mo@contoso.example"];
	const usual = got(await graph.request({ method: "GET", path }));
	assert.equal("accountEnabled" in usual, false);
	const chosen = got(await graph.request({ method: "GET", path, query: { $select: "accountEnabled,employeeId" } }));
	assert.deepEqual(Object.keys(chosen), ["@odata.context", "accountEnabled", "employeeId"]);
});

test("errors have Graph's shape and headers", async (t) => {
	const { raw } = await withSandbox(t, { lawless: true });
	const answer = await raw("GET", "/v1.0/users/nobody%40contoso.example");
	assert.equal(answer.status, 404);
	assert.match(String(answer.headers["request-id"]), /^[0-9a-f-]{36}$/);
	const { error } = answer.body;
	assert(isRecord(error) && isRecord(error.innerError));
	assert.equal(error.code, "Request_ResourceNotFound");
	assert.match(String(error.innerError["request-id"]), /^[0-9a-f-]{36}$/);
});

const BAD_USERS: readonly (readonly [string, Json])[] = [
	["without a password", { ...newUser("Ann Lee"), passwordProfile: null }],
	["with a weak password", newUser("Ann Lee", { passwordProfile: { password: "aaaaaaaa" } })],
	["of a domain that is not verified", newUser("Ann Lee", { userPrincipalName: "ann@elsewhere.example" })],
	["with a mistyped property", newUser("Ann Lee", { jobTitel: "Seller" })],
	["with a country in words", newUser("Ann Lee", { usageLocation: "France" })],
	["with an empty name", newUser("Ann Lee", { displayName: "" })],
	["that is a list", [newUser("Ann Lee")]],
	["without an account state", { displayName: "Ann" }],
];

for (const [what, body] of BAD_USERS) {
	test(`a user ${what} is refused`, async (t) => {
		const { raw, sandbox } = await withSandbox(t, { lawless: true });
		const before = sandbox.readOut();
		const answer = await raw("POST", "/v1.0/users", body);
		assert.equal(answer.status, 400);
		assert.deepEqual(sandbox.readOut(), before);
	});
}

const BAD_PATHS: readonly (readonly [string, string, number])[] = [
	["GET", "/beta/users", 400],
	["GET", "/v1.0/shoes", 400],
	["PUT", "/v1.0/users", 405],
	["GET", "/v1.0/users/%E0%A4%A", 400],
	["GET", "/v1.0/users?$filter=displayName%20like%20'x'", 400],
	["GET", "/v1.0/users?$filter=accountEnabled%20ne%20true", 400],
	["GET", "/v1.0/users?$top=1000", 400],
];

for (const [method, path, status] of BAD_PATHS) {
	test(`${method} ${path} is answered ${status}`, async (t) => {
		const { raw } = await withSandbox(t, { lawless: true });
		assert.equal((await raw(method, path)).status, status);
	});
}

test("a deleted user can be brought back, and its name is free meanwhile", async (t) => {
	const stage = await withSandbox(t);
	const { graph } = stage;
	const id = await made(stage, "Ann Lee");
	got(await graph.request({ method: "DELETE", path: ["users", id] }));
	const gone = await graph.request({ method: "GET", path: ["users", id] });
	assert.equal(gone.kind === "refused" && gone.status, 404);
	const path = ["directory", "deletedItems", "microsoft.graph.user"];
	const [deleted] = got(await graph.list({ path, query: { $select: "id,userPrincipalName" } }));
	assert.equal(deleted?.userPrincipalName, `${id.replaceAll("-", "")}ann.lee@contoso.example`);
	const second = await made(stage, "Ann Lee");
	const clash = await graph.request({ method: "POST", path: ["directory", "deletedItems", id, "restore"] });
	assert.equal(clash.kind === "refused" && clash.code, "already-exists");
	got(await graph.request({ method: "DELETE", path: ["users", second] }));
	got(await graph.request({ method: "POST", path: ["directory", "deletedItems", id, "restore"] }));
	const back = got(await graph.request({ method: "GET", path: ["users", "ann.lee@contoso.example"] }));
	assert.equal(back.id, id);
});

test("a licence needs a country, and there must be one left", async (t) => {
	const stage = await withSandbox(t);
	const sku = (await skuOf(stage, "SPB"))[SKU] ?? "";
	const ann = await made(stage, "Ann Lee", { usageLocation: null });
	const nowhere = await assign(stage, ann, [sku]);
	assert.equal(nowhere.kind === "refused" && nowhere.status, 400);
	got(await stage.graph.request({ method: "PATCH", path: ["users", ann], body: { usageLocation: "US" } }));
	got(await assign(stage, ann, [sku]));
	got(await assign(stage, ann, [sku]));
	const bob = await made(stage, "Bob Day");
	const none = await assign(stage, bob, [sku]);
	assert.equal(none.kind === "refused" && none.code, "bad-request");
	assert.equal((await skuOf(stage, "SPB")).consumedUnits, 25);
	got(await assign(stage, ann, [], [sku]));
	got(await assign(stage, bob, [sku]));
	const unassigned = await assign(stage, ann, [], [sku]);
	assert.equal(unassigned.kind, "refused");
	const details = got(await stage.graph.list({ path: ["users", bob, "licenseDetails"] }));
	assert.deepEqual(
		details.map((row) => row.skuPartNumber),
		["SPB"],
	);
	const strange = await assign(stage, bob, ["00000000-0000-4000-8000-000000000000"]);
	assert.equal(strange.kind === "refused" && strange.status, 400);
});

test("a licence is counted a little later than it is given", async (t) => {
	const stage = await withSandbox(t);
	const ann = await made(stage, "Ann Lee");
	got(await assign(stage, ann, [(await skuOf(stage, "SPB"))[SKU] ?? ""]));
	assert.equal((await skuOf(stage, "SPB")).consumedUnits, 24);
	stage.clock.move(LAGS.replication);
	assert.equal((await skuOf(stage, "SPB")).consumedUnits, 25);
	const path = ["users", ann];
	const query = { $select: "licenseAssignmentStates" };
	const { licenseAssignmentStates: states } = got(await stage.graph.request({ method: "GET", path, query }));
	assert.equal(Array.isArray(states) && isRecord(states[0]) && states[0].state, "Active");
});

test("a mailbox answers some time after the first licence that brings one", async (t) => {
	const stage = await withSandbox(t);
	const ann = await made(stage, "Ann Lee");
	const settings = () => stage.graph.request({ method: "GET", path: ["users", ann, "mailboxSettings"] });
	got(await assign(stage, ann, [(await skuOf(stage, "POWER_BI_STANDARD"))[SKU] ?? ""]));
	stage.clock.move(LAGS.mailbox);
	const early = await settings();
	assert.deepEqual(
		[early.kind === "refused" && early.code, early.kind === "refused" && early.status],
		["no-mailbox", 404],
	);
	got(await assign(stage, ann, [(await skuOf(stage, "SPB"))[SKU] ?? ""]));
	assert.equal((await settings()).kind, "refused");
	stage.clock.move(LAGS.mailbox);
	assert.equal(got(await settings()).timeZone, "America/New_York");
	const query = { $select: "mail,proxyAddresses" };
	const { mail, proxyAddresses } = got(await stage.graph.request({ method: "GET", path: ["users", ann], query }));
	assert.deepEqual([mail, proxyAddresses], ["ann.lee@contoso.example", ["SMTP:ann.lee@contoso.example"]]);
});

test("people join and leave groups once, and never dynamic or synced ones by hand", async (t) => {
	const stage = await withSandbox(t);
	const { graph } = stage;
	const ann = await made(stage, "Ann Lee", { department: "Sales" });
	const group = await groupId(stage, "All Sales");
	const join = (id: string) =>
		graph.request({ method: "POST", path: ["groups", id, "members", "$ref"], body: reference(stage, ann) });
	const leave = (id: string) => graph.request({ method: "DELETE", path: ["groups", id, "members", ann, "$ref"] });
	got(await join(group));
	const twice = await join(group);
	assert.equal(twice.kind === "refused" && twice.code, "bad-request");
	const groups = got(await graph.list({ path: ["users", ann, "memberOf"], query: { $select: "displayName" } }));
	assert.deepEqual(groups.map((row) => row.displayName).toSorted(), ["All Sales", "Everyone in Sales"]);
	got(await leave(group));
	const gone = await leave(group);
	assert.equal(gone.kind === "refused" && gone.code, "not-found");
	const dynamic = await join(await groupId(stage, "Everyone in Sales"));
	assert.equal(dynamic.kind === "refused" && dynamic.code, "no-rights");
	const synced = await join(await groupId(stage, "Sales"));
	assert.equal(synced.kind === "refused" && synced.status, 400);
});

test("long lists come in pages and the door reads them all", async (t) => {
	const stage = await withSandbox(t);
	const group = await groupId(stage, "All Sales");
	for (const at of Array(7).keys()) {
		const id = await made(stage, `Person ${at}`);
		const path = ["groups", group, "members", "$ref"];
		got(await stage.graph.request({ method: "POST", path, body: reference(stage, id) }));
	}
	const query = { $top: "3", $select: "id,displayName" };
	const path = ["groups", group, "members"];
	const members = got(await stage.graph.list({ path, query }));
	assert.deepEqual(
		members.map((row) => row.displayName),
		[0, 1, 2, 3, 4, 5, 6].map((at) => `Person ${at}`),
	);
	assert.equal(stage.sandbox.log.filter(({ url }) => url.includes("/members?")).length, 3);
	const few = await stage.graph.list({ path, query }, 5);
	assert.equal(few.kind === "refused" && few.code, "too-many");
});

test("a temporary access pass is told once, and a new one replaces the old", async (t) => {
	const stage = await withSandbox(t);
	const { graph, clock } = stage;
	const ann = await made(stage, "Ann Lee");
	const path = ["users", ann, "authentication", "temporaryAccessPassMethods"];
	const body = { lifetimeInMinutes: 480, isUsableOnce: true };
	const first = got(await graph.request({ method: "POST", path, body }));
	assert.match(String(first.temporaryAccessPass), /^\S{12}$/);
	const second = got(await graph.request({ method: "POST", path, body }));
	assert.notEqual(second.temporaryAccessPass, first.temporaryAccessPass);
	const rows = got(await graph.list({ path }));
	assert.deepEqual(
		rows.map((row) => [row.id, row.temporaryAccessPass, row.isUsable]),
		[[second.id, null, true]],
	);
	clock.move(480 * 60_000);
	const [late] = got(await graph.list({ path }));
	assert.deepEqual([late?.isUsable, late?.methodUsabilityReason], [false, "Expired"]);
	got(await graph.request({ method: "DELETE", path: [...path, String(second.id)] }));
	assert.deepEqual(got(await graph.list({ path })), []);
	const long = await graph.request({ method: "POST", path, body: { lifetimeInMinutes: 43_201 } });
	assert.equal(long.kind === "refused" && long.status, 400);
});

test("who has signed in can be told, and a closed account cannot", async (t) => {
	const stage = await withSandbox(t);
	const { graph, sandbox } = stage;
	const ann = await made(stage, "Ann Lee");
	assert.throws(() => sandbox.signIn("ann.lee@contoso.example"), { code: "account-closed" });
	assert.throws(() => sandbox.signIn("nobody@contoso.example"), { code: "no-such-user" });
	const activity = async () =>
		got(await graph.request({ method: "GET", path: ["users", ann], query: { $select: "signInActivity" } }))
			.signInActivity;
	assert.equal(await activity(), null);
	got(await graph.request({ method: "PATCH", path: ["users", ann], body: { accountEnabled: true } }));
	sandbox.signIn("Ann.Lee@contoso.example");
	const seen = await activity();
	assert.equal(isRecord(seen) && seen.lastSignInDateTime, stage.clock.now());
	const $filter = `userId eq ${odata(ann)}`;
	assert.equal(got(await graph.list({ path: ["auditLogs", "signIns"], query: { $filter } })).length, 1);
});

test("a password is never shown, stored in the log or kept as it is", async (t) => {
	const stage = await withSandbox(t);
	const path = ["users", await made(stage, "Ann Lee")];
	const query = { $select: "lastPasswordChangeDateTime,passwordProfile" };
	const before = got(await stage.graph.request({ method: "GET", path, query }));
	assert.equal(before.passwordProfile, null);
	stage.clock.move(60_000);
	const passwordProfile = { password: new Secret("Other-River-43") as unknown as string };
	got(await stage.graph.request({ method: "PATCH", path, body: { passwordProfile } }));
	const after = got(await stage.graph.request({ method: "GET", path, query }));
	assert.notEqual(after.lastPasswordChangeDateTime, before.lastPasswordChangeDateTime);
	assert.equal(JSON.stringify(stage.sandbox.log).includes("River"), false);
});

test("mail is taken, can be found by its id, and needs a mailbox to come from", async (t) => {
	const { graph, sandbox } = await withSandbox(t);
	const message = {
		subject: "Welcome",
		body: { contentType: "html", content: "<p>Hello</p>" },
		toRecipients: [{ emailAddress: { address: "ann@private.example" } }],
		internetMessageId: "<run-1@contoso.example>",
	};
	const send = (from: string) =>
		graph.request({ method: "POST", path: ["users", from, "sendMail"], body: { message, saveToSentItems: true } });
	got(await send("it@contoso.example"));
	const $filter = `internetMessageId eq ${odata("<run-1@contoso.example>")}`;
	const path = ["users", "it@contoso.example", "messages"];
	assert.equal(got(await graph.list({ path, query: { $filter, $select: "id" } })).length, 1);
	assert.deepEqual(
		sandbox.mails().map(({ from, to, subject }) => ({ from, to, subject })),
		[{ from: "it@contoso.example", to: ["ann@private.example"], subject: "Welcome" }],
	);
	const guest = sandbox.addGuest({ displayName: "Guest", mail: "guest@other.example" });
	const refused = await send(guest);
	assert.equal(refused.kind === "refused" && refused.code, "no-mailbox");
});

test("a token opens its own tenant and no other", async (t) => {
	const stage = await withSandbox(t);
	const { folder, clock } = stage;
	const server = await openSandboxServer({ folder: `${folder}/two`, clock });
	const one = server.tenant({ ...SEED, client: "one" });
	const two = server.tenant({ ...SEED, client: "two", people: [] });
	const connection = await sandboxGraph({ ...two, token: () => one.token() }, { clock });
	t.after(async () => {
		connection.close();
		await server.close();
	});
	const [organization] = got(await connection.graph().list({ path: ["organization"] }));
	assert.equal(organization?.id, one.tenantId);
	assert.notEqual(one.tenantId, two.tenantId);
	const stranger = await rawRequest({ sandbox: two, method: "GET", path: "/v1.0/users", token: "made-up" });
	assert.equal(stranger.status, 401);
	const late = await one.token();
	clock.move(3_600_000);
	const expired = await rawRequest({ sandbox: one, method: "GET", path: "/v1.0/users", token: late });
	assert.equal(expired.status, 401);
});

test("a tenant is after a restart as it was before", async (t) => {
	const stage = await withSandbox(t);
	const { clock, folder } = stage;
	const options = { folder: `${folder}/again`, clock, lags: LAGS, seed: SEED };
	const first = await openSandbox(options);
	const connection = await sandboxGraph(first, { clock });
	got(await connection.graph().request({ method: "POST", path: ["users"], body: newUser("Ann Lee") }));
	got(await first.directory.remove("CN=Mo Manager,OU=Staff,DC=contoso,DC=example"));
	clock.move(LAGS.sync);
	const before = first.readOut();
	connection.close();
	await first.close();
	const second = await openSandbox(options);
	t.after(() => second.close());
	assert.deepEqual(second.readOut(), before);
	assert.equal(second.ca, first.ca);
	assert.deepEqual(
		before.users.map((user) => user.displayName),
		["Ann Lee", "Di Owner", "IT"],
	);
});

test("several requests go in one batch, each answered by itself", async (t) => {
	const { raw } = await withSandbox(t, { lawless: true });
	const requests = [
		{ id: "1", method: "GET", url: "/users/mo%40contoso.example" },
		{ id: "2", method: "GET", url: "/users/nobody%40contoso.example" },
	];
	const answer = await raw("POST", "/v1.0/$batch", { requests });
	const responses = answer.body.responses;
	assert(Array.isArray(responses));
	assert.deepEqual(
		responses.map((r) => isRecord(r) && r.status),
		[200, 404],
	);
});

test("what a client's file says more later is added to the tenant, and nothing is taken back", async (t) => {
	const { folder, clock } = await withSandbox(t);
	const server = await openSandboxServer({ folder: `${folder}/later`, clock, lags: LAGS });
	t.after(() => server.close());
	const first = server.tenant(SEED);
	got(await first.directory.remove("CN=Mo Manager,OU=Staff,DC=contoso,DC=example"));
	const desk = { name: "Desk", where: "directory" } as const;
	const second = server.tenant({ ...SEED, groups: [...SEED.groups, desk] });
	assert.equal(second, first);
	assert.equal(
		second.readOut().groups.some((group) => group.name === "Desk"),
		true,
	);
	assert.equal(
		second.readOut().users.some((user) => user.displayName === "Mo Manager"),
		false,
	);
});
