/**
 * The tenant fence: what the world of a step reaches, and what it does not.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Connectors } from "../../src/sop/connector-schema.ts";
import { onStage } from "./stage.ts";

test("a client without a connector is told so, and nothing begins", async (t) => {
	const stage = await onStage(t, { connectors: {} });
	const tries = [
		{ action: "directory.enabled", input: { user: "ada@contoso.example" } },
		{ action: "microsoft365.licence", input: { user: "ada@contoso.example", licences: ["SPB"] } },
		{ action: "mail.send", input: { to: "ada@contoso.example", subject: "x" } },
		{ action: "http.request", input: { url: "https://psa.example/" } },
	];
	for (const order of tries) {
		const { outcome, changes } = await stage.attempt(order);
		assert.ok(outcome?.kind === "refused");
		assert.deepEqual([outcome.code, outcome.retryable, changes], ["no-connector", false, undefined]);
		assert.match(outcome.message, /^contoso has no \w+ connector, so this cannot be done\. Nothing changed\.$/);
	}
});

test("what a connector points to and is not there is named, and nothing begins", async (t) => {
	const ad = { use: "active-directory", url: "ldaps://127.0.0.1:9", base: "DC=contoso,DC=example", bind: "x" } as const;
	const broken: readonly (readonly [Connectors, string, RegExp])[] = [
		[
			{ directory: { ...ad, password: "env:NOT_SET", ca: "none.pem" } },
			"no-such-file",
			/: none\.pem\. Nothing changed\.$/,
		],
		[{ directory: { ...ad, password: "env:NOT_SET" } }, "no-such-secret", /: env:NOT_SET\. Nothing changed\.$/],
		[{ directory: { ...ad, password: "file:none" } }, "no-such-secret", /: file:none\. Nothing changed\.$/],
		[
			{ directory: { ...ad, password: "secret:fabrikam/ad" } },
			"no-such-secret",
			/: secret:fabrikam\/ad\. Nothing changed\.$/,
		],
		[
			{ directory: { use: "sandbox" }, mail: { use: "graph", from: "it@contoso.example" } },
			"connector-broken",
			/mail connector/,
		],
	];
	for (const [connectors, code, message] of broken) {
		const stage = await onStage(t, { connectors });
		const { outcome, changes } = await stage.attempt({
			action: "directory.enabled",
			input: { user: "ada@contoso.example" },
		});
		assert.ok(outcome?.kind === "refused", code);
		assert.deepEqual([outcome.code, outcome.retryable, changes], [code, false, undefined]);
		assert.match(outcome.message, message);
	}
});

test("a secret of another client is not there", async (t) => {
	const stage = await onStage(t, {
		connectors: { http: { allow: ["psa.example"] } },
	});
	const input = { url: "https://psa.example/", headers: { authorization: { $secret: "fabrikam/psa" } } };
	const { outcome } = await stage.attempt({ action: "http.request", input });
	assert.notEqual(outcome?.kind, "done");
	assert.deepEqual(stage.sandbox.log, []);
});

test("what a step keeps lies in its own corner of its client's vault", async (t) => {
	const stage = await onStage(t);
	const input = { firstName: "Ada", lastName: "Lovelace", ou: "OU=Sales,DC=contoso,DC=example" };
	await stage.attempt({ action: "directory.user", input, run: "7k2q", step: "account" });
	assert.deepEqual([...stage.vault.secrets.keys()], ["contoso/runs/7k2q/account/initial-password"]);
});
