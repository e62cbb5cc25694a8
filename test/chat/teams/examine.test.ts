/**
 * What `sopwith doctor` says about Teams, against keys and a token desk over TLS.
 */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { examineTeamsOf } from "../../../src/app-teams.ts";
import { Secret } from "../../../src/base/secret.ts";
import { systemClock } from "../../../src/base/time.ts";
import { APP, type Microsoft, openMicrosoft, TENANT } from "./microsoft.ts";

let microsoft: Microsoft;
before(async () => {
	microsoft = await openMicrosoft();
});
after(() => microsoft.close());

const app = { id: APP, password: new Secret("a-long-secret"), tenant: TENANT };
const tenants = [TENANT];
const said = async (config: Parameters<typeof examineTeamsOf>[0]) =>
	(await examineTeamsOf(config, systemClock, microsoft.cloud)).map(({ ok, words }) => `${ok} ${words}`);

test("all is well where a token is given and the keys can be read", async () => {
	const keys = `true read from ${microsoft.host}`;
	assert.deepEqual(await said({ app, tenants }), [
		"true Entra gave a token",
		keys,
		"true 1 tenant; all others are refused",
	]);
});

test("a wrong secret is not well, with where to look, and is not shown", async () => {
	const config = { app: { ...app, password: new Secret("canary") }, tenants };
	const [first] = await examineTeamsOf(config, systemClock, microsoft.cloud);
	assert.deepEqual([first?.ok, first?.words], [false, "Entra answered 401 with AADSTS7000215."]);
	assert.match(String(first?.remedy), /Certificates & secrets/u);
	assert(!JSON.stringify(first).includes("canary"));
});

test("keys that cannot be read are not well", async () => {
	microsoft.state.keysDown = true;
	assert.equal((await said({ app, tenants }))[1], `false cannot be read from ${microsoft.host}`);
	microsoft.state.keysDown = false;
});

test("a token desk that does not answer is not well, and its name is said", async () => {
	const cloud = { ...microsoft.cloud, login: "https://127.0.0.1:1" };
	const [first] = await examineTeamsOf({ app, tenants }, systemClock, cloud);
	assert.deepEqual([first?.ok, first?.words], [false, "127.0.0.1:1 did not answer"]);
});

test("the playground is said to be for this machine", async () => {
	assert.deepEqual(await said({ tenants: [] }), ["true the Agents Playground on this machine, without tokens"]);
});
