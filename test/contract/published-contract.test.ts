/**
 * Every request that the project sends to Graph, as the sandbox saw it, keeps the contract that Microsoft publishes.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { graphMail } from "../../src/actions/mail/graph-mail.ts";
import { odata } from "../../src/actions/microsoft365/graph.ts";
import { got } from "../../src/engine/remote.ts";
import { LAGS, newUser, type Stage, withSandbox } from "../actions/sandbox/with-sandbox.ts";
import { publishedContract } from "./published.ts";

/** Microsoft's own contract, where it lies beside the project; the project does not need it, our own checker always runs. */
const wrongWith = await publishedContract();

test("requests of a person's first and last day keep the contract, Microsoft's own too where it is at hand", async (t) => {
	if (wrongWith === undefined) t.diagnostic("the published Graph contract is not at hand; ours was checked");
	const stage = await withSandbox(t);
	await firstAndLastDay(stage);
	const seen = new Set<string>();
	for (const request of stage.sandbox.log) {
		const key = JSON.stringify([request.method, request.url, request.body ?? null]);
		if (seen.has(key)) continue;
		seen.add(key);
		assert.deepEqual(wrongWith?.(request) ?? [], [], `${request.method} ${request.url}`);
	}
	assert.equal(seen.size >= 25, true, `${seen.size} distinct requests`);
});

if (wrongWith !== undefined)
	test("the published contract refuses what our own checker refuses", () => {
		const id = "11111111-2222-4333-8444-555555555555";
		const headers = { "content-type": "application/json" };
		const bad = [
			{ method: "DELETE", url: `/v1.0/groups/${id}/members/${id}`, headers, body: undefined },
			{ method: "PATCH", url: `/v1.0/users/${id}`, headers, body: { jobTitel: "x" } },
			{ method: "POST", url: `/v1.0/users/${id}/assignLicense`, headers, body: { addLicenses: [] } },
			{ method: "GET", url: "/beta/users", headers, body: undefined },
		];
		for (const request of bad) assert.notDeepEqual(wrongWith(request), [], request.url);
	});

/** Sends every kind of request that the project sends. */
async function firstAndLastDay(stage: Stage): Promise<void> {
	const { graph, clock, sandbox } = stage;
	const send = async (method: "POST" | "PATCH" | "PUT" | "DELETE", path: readonly string[], body?: object) =>
		got(await graph.request({ method, path, ...(body === undefined ? {} : { body: { ...body } }) }));
	const list = async (path: readonly string[], query: { readonly [name: string]: string } = {}) =>
		got(await graph.list({ path, query }));
	await list(["organization"]);
	await list(["domains"]);
	const skus = await list(["subscribedSkus"]);
	const body = newUser("Ann O'Lee & Sons", {
		userPrincipalName: "ann.lee@contoso.example",
		mailNickname: "ann.lee",
		onPremisesExtensionAttributes: { extensionAttribute15: "run/account" },
	});
	const id = String((await send("POST", ["users"], body)).id);
	clock.move(LAGS.replication);
	const advanced = { $filter: "onPremisesExtensionAttributes/extensionAttribute15 eq 'run/account'", $count: "true" };
	const headers = { ConsistencyLevel: "eventual" };
	assert.equal(got(await graph.list({ path: ["users"], query: advanced, headers })).length, 1);
	await list(["users"], { $filter: `displayName eq ${odata("Ann O'Lee & Sons")}`, $select: "id,displayName" });
	await list(["users"], { $filter: "proxyAddresses/any(p:p eq 'smtp:ann.lee@contoso.example')" });
	await list(["contacts"], { $filter: "proxyAddresses/any(p:p eq 'smtp:ann.lee@contoso.example')" });
	await list(["directory", "deletedItems", "microsoft.graph.user"], { $select: "id,userPrincipalName" });
	got(await graph.request({ method: "GET", path: ["users", "ann.lee@contoso.example"], query: { $select: "id" } }));
	for (const answer of await graph.batch([{ path: ["domains"] }, { path: ["users"], query: advanced, headers }])) {
		got(answer);
	}
	const mo = got(await graph.request({ method: "GET", path: ["users", "mo@contoso.example"] }));
	await send("PUT", ["users", id, "manager", "$ref"], { "@odata.id": `${graph.endpoint}/users/${mo.id}` });
	got(await graph.request({ method: "GET", path: ["users", id, "manager"], query: { $select: "id" } }));
	const skuId = skus[0]?.skuId ?? "";
	await send("POST", ["users", id, "assignLicense"], { addLicenses: [{ skuId }], removeLicenses: [] });
	await list(["users", id, "licenseDetails"]);
	clock.move(LAGS.mailbox);
	got(await graph.request({ method: "GET", path: ["users", id, "mailboxSettings"] }));
	const [group] = await list(["groups"], { $filter: "displayName eq 'All Sales'", $select: "id,displayName" });
	const members = ["groups", String(group?.id), "members"];
	await send("POST", [...members, "$ref"], { "@odata.id": `${graph.endpoint}/directoryObjects/${id}` });
	await list(["users", id, "memberOf"], { $select: "id" });
	await list(members, { $select: "id", $top: "1" });
	await send("PATCH", ["users", id], { displayName: "Ann Leigh", givenName: "Ann", surname: "Leigh" });
	const address = "ann.leigh@contoso.example";
	await send("PATCH", ["users", id], { userPrincipalName: address, mailNickname: "ann.leigh", mail: address });
	await send("PATCH", ["users", id], { accountEnabled: true });
	const passes = ["users", id, "authentication", "temporaryAccessPassMethods"];
	await send("POST", passes, { lifetimeInMinutes: 480, isUsableOnce: true });
	const [pass] = await list(passes);
	await send("DELETE", [...passes, String(pass?.id)]);
	await list(["users", id, "authentication", "methods"]);
	const mail = graphMail(graph, "it@contoso.example");
	const message = { id: "<run@contoso.example>", to: ["ann@private.example"], subject: "Welcome", text: "Hello" };
	got(await mail.send({ ...message, html: "<p>Hello</p>" }));
	assert.equal(got(await mail.sent(message.id)), true);
	sandbox.signIn(address);
	await list(["users"], { $filter: "onPremisesImmutableId eq 'EHYAAAAAAAAAAAAAAAAAAA=='", $select: "id" });
	got(await graph.request({ method: "GET", path: ["users", id], query: { $select: "id,signInActivity" } }));
	await list(["auditLogs", "signIns"], { $filter: `userId eq ${odata(id)}` });
	await send("POST", ["users", id, "revokeSignInSessions"]);
	await send("PATCH", ["users", id], { passwordProfile: { password: "Other-River-43" } });
	await send("DELETE", [...members, id, "$ref"]);
	await send("POST", ["users", id, "assignLicense"], { addLicenses: [], removeLicenses: [skuId] });
	await send("DELETE", ["users", id, "manager", "$ref"]);
	await send("DELETE", ["users", id]);
	await send("POST", ["directory", "deletedItems", id, "restore"]);
	await send("DELETE", ["users", id]);
	await send("DELETE", ["directory", "deletedItems", id]);
}
