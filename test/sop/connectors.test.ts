/**
 * What `client.yaml` says of a client's connectors: every mistake with its place and what to write instead, and no secret.
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Problem } from "../../src/base/errors.ts";
import type { Json } from "../../src/base/json.ts";
import { clientShape } from "../../src/sop/client-schema.ts";
import { isLookOnly, isSandbox, readConnectors, senderOf } from "../../src/sop/connector-schema.ts";
import { jsonSchemas } from "../../src/sop/json-schema.ts";
import { reporter } from "../../src/sop/report.ts";
import { checkShape } from "../../src/sop/shape.ts";
import { readYaml, type Sources } from "../../src/sop/yaml-source.ts";
import { known } from "./known.ts";

const HEAD = "client: contoso\nname: Contoso\ntimezone: UTC\npeople: []\nroles: {}\nconnectors:\n";
const AD =
	'use: active-directory, url: "ldaps://dc1.contoso.example", base: "DC=contoso,DC=example", bind: x@contoso.example, password: "secret:contoso/ad"';
const GRAPH = "use: graph, tenant: contoso.example, app: 5d1f3c2e-0b7a-4c57-9a53-0c8f3f1d2b4a";
const SMTP = 'use: smtp, url: "smtps://mail.contoso.example", from: it@contoso.example';

function problemsOf(connectors: string): readonly Problem[] {
	const sources: Sources = new WeakMap();
	const { value, problems } = readYaml({ file: "client.yaml", text: HEAD + connectors }, sources);
	assert.deepEqual(problems, []);
	const report = reporter(value as Json, sources, "client.yaml");
	checkShape(clientShape, value, [], report);
	return report.problems;
}

/** Each as `path code at the words it points to: remedy`. */
function said(connectors: string): readonly string[] {
	const lines = (HEAD + connectors).split("\n");
	return problemsOf(connectors).map(({ path, line = 0, column = 0, code, remedy }) => {
		const words = (lines[line - 1] ?? "").slice(column - 1).match(/^[^\s,:]*/)?.[0];
		return `${path.replace("connectors.", "")} ${code} at ${words}: ${remedy}`;
	});
}

describe("connectors that are right", () => {
	const right = [
		`  directory: { ${AD} }`,
		`  directory: { ${AD.replace('"ldaps://dc1.contoso.example"', '["ldaps://dc1.contoso.example", "ldaps://dc2.contoso.example:3269"]')}, connections: 4, ca: ca.pem, servername: dc.contoso.example, lookOnly: true }`,
		`  directory: { ${AD.replace("ldaps:", "ldap:")}, startTls: true, upnSuffix: contoso.example, markAttribute: info, groupBase: "OU=A\\\\, B,DC=contoso,DC=example" }`,
		`  microsoft365: { ${GRAPH}, secret: "env:GRAPH_SECRET" }\n  mail: { use: graph, from: it@contoso.example }`,
		`  microsoft365: { ${GRAPH}, certificate: "file:graph.pem", cloud: us-gov }`,
		`  microsoft365: { ${GRAPH}, secret: "secret:contoso/graph", authority: "https://127.0.0.1:8443", endpoint: "https://127.0.0.1:8443/v1.0", ca: ca.pem }`,
		`  mail: { ${SMTP} }`,
		`  mail: { ${SMTP.replace("it@contoso.example", '"Zoë’s IT <it@contoso.example>"')}, user: it, password: "secret:contoso/smtp", ca: ca.pem }`,
		"  mail: { use: never }",
		'  http: { allow: ["psa.example", "10.0.0.1:8443", "[::1]:8443"], allowPrivate: true }\n  mail: { use: sandbox }',
		'  lookOnly: true\n  directory: { use: sandbox, base: "DC=contoso,DC=example", names: first }\n  microsoft365: { use: sandbox, licences: { SPB: 3, F1: { total: 2, used: 1 } } }\n  http: { use: sandbox }',
	];
	for (const connectors of right) {
		it(connectors.trim().slice(0, 110), () => assert.deepEqual(problemsOf(connectors), []));
	}

	it("give typed settings, and what is wrong gives none", () => {
		const connectors = readConnectors({ mail: { use: "never" }, lookOnly: true });
		assert.deepEqual(connectors, { mail: { use: "never" }, lookOnly: true });
		assert.deepEqual(readConnectors({ mail: { use: "pigeon" } }), {});
		assert.deepEqual(readConnectors(undefined), {});
	});
});

describe("connectors that are wrong", () => {
	const wrong: readonly (readonly [string, readonly string[]])[] = [
		["  directory: { use: openldap }", ["directory.use not-a-choice at openldap: There is active-directory, sandbox."]],
		["  mail: { from: it@contoso.example }", ["mail.use missing at mail: Write smtp or graph or never or sandbox."]],
		["  mail: smtp", ["mail wrong-type at smtp: Write a mapping of words to values."]],
		["  male: { use: never }", ["male unknown-key at male: Write “mail”."]],
		["  mail: { use: never, url: x }", ["mail.url unknown-key at url: Write “use”."]],
		[
			"  mail: { use: graph, from: it@contoso.example }",
			["mail.use bad-value at graph: Write a microsoft365 connector too, or use: smtp."],
		],
		[`  directory: { ${AD}, basse: x }`, ["directory.basse unknown-key at basse: Write “base”."]],
		[
			`  directory: { ${AD.replace("ldaps:", "ldap:")} }`,
			['directory.url bad-value at "ldap: Write ldaps://, or add startTls: true.'],
		],
		[
			`  directory: { ${AD}, startTls: true }`,
			['directory.url bad-value at "ldaps: Take startTls out, or write ldap://.'],
		],
		[
			`  directory: { ${AD.replace("dc1.contoso.example", "user:pass@dc1/x")} }`,
			['directory.url bad-value at "ldaps: Write an address like ldaps://dc1.contoso.example.'],
		],
		[`  directory: { ${AD}, connections: 40 }`, ["directory.connections bad-value at 40: At most 16."]],
		[
			`  directory: { ${AD.replace("DC=contoso,DC=example", "contoso.example")} }`,
			['directory.base bad-value at "contoso.example": Write it like DC=contoso,DC=example.'],
		],
		[`  microsoft365: { ${GRAPH} }`, ["microsoft365 bad-value at {: Write secret or certificate, one of them."]],
		[
			`  microsoft365: { ${GRAPH}, secret: "env:A", cloud: china, endpoint: "https://graph.microsoft.com/v1.0" }`,
			['microsoft365.endpoint bad-value at "https: Take cloud or endpoint out.'],
		],
		[
			`  microsoft365: { ${GRAPH}, secret: "env:A", cloud: mars }`,
			["microsoft365.cloud not-a-choice at mars: There is china, global, us-gov, us-gov-dod."],
		],
		[
			`  microsoft365: { ${GRAPH}, secret: "env:A", endpoint: "https://graph.microsoft.com/beta" }`,
			['microsoft365.endpoint bad-value at "https: Write it like https://graph.microsoft.com/v1.0.'],
		],
		[
			`  microsoft365: { ${GRAPH.replace("contoso.example", "common")}, secret: "env:A" }`,
			["microsoft365.tenant bad-value at common: Write one tenant: its id, or its domain."],
		],
		[`  mail: { ${SMTP}, user: it }`, ["mail bad-value at {: Write password too."]],
		[
			`  mail: { ${SMTP.replace("smtps://", "https://")} }`,
			['mail.url bad-value at "https: Write an address like smtps://mail.contoso.example.'],
		],
		[
			`  mail: { ${SMTP.replace("it@contoso.example", "it")} }`,
			["mail.from bad-value at it: Write it like it@contoso.example, or Contoso IT <it@contoso.example>."],
		],
		[
			'  http: { allow: ["https://psa.example/x"] }',
			['http.allow.0 bad-value at "https: Write a host like psa.example, or psa.example:8443.'],
		],
	];
	for (const [connectors, expected] of wrong) {
		it(connectors.trim().slice(0, 110), () => assert.deepEqual(said(connectors), expected));
	}

	it("refuse a secret written where only its name belongs, and do not repeat it", () => {
		for (const password of ["hunter2", "Passw0rd! ", "env:", "secret:", "SECRET:contoso/ad", "vault:contoso/ad"]) {
			const [problem, ...more] = problemsOf(`  directory: { ${AD.replace("secret:contoso/ad", password)} }`);
			assert.deepEqual([problem?.path, problem?.code, more], ["connectors.directory.password", "bad-value", []]);
			assert.equal(problem?.message, "A secret does not belong in this file.");
			assert.match(problem?.remedy ?? "", /^Keep it with `sopwith secret set CLIENT\/NAME`, and write secret:/);
			assert(!JSON.stringify(problem).includes(`"${password}"`));
		}
	});
});

describe("what is read of connectors", () => {
	it("look-only counts for one of them, or for all, and mail through a tenant is bound as the tenant is", () => {
		const graph = { use: "graph", tenant: "t", app: "a", secret: "env:A" } as const;
		const mail = { use: "graph", from: "it@contoso.example" } as const;
		const one = { microsoft365: { ...graph, lookOnly: true }, mail, http: {} };
		assert.deepEqual(
			(["microsoft365", "mail", "http"] as const).map((name) => isLookOnly(one, name)),
			[true, true, false],
		);
		assert(isLookOnly({ lookOnly: true, http: {} }, "http"));
		assert(isLookOnly({ mail: { ...mail, lookOnly: true }, microsoft365: graph }, "mail"));
		assert(!isLookOnly({ mail: { ...mail, lookOnly: true }, microsoft365: graph }, "microsoft365"));
	});

	it("one simulated connector makes the client a sandbox", () => {
		assert(isSandbox({ http: { use: "sandbox" } }));
		assert(!isSandbox({ mail: { use: "never" } }));
	});

	it("a sender is an address, with a name before it or without", () => {
		assert.deepEqual(senderOf("it@contoso.example"), { name: "", address: "it@contoso.example" });
		assert.deepEqual(senderOf("Zoë’s IT <it@contoso.example>"), { name: "Zoë’s IT", address: "it@contoso.example" });
		for (const bad of [
			"it",
			"A <it@contoso.example",
			"A\nBcc: x@y.example <it@contoso.example>",
			"<a@b.example> <c@d.example>",
		]) {
			assert.equal(senderOf(bad), undefined, bad);
		}
	});

	it("the published schema names every word of every connector", () => {
		const text = JSON.stringify(jsonSchemas(known).client);
		for (const word of ["active-directory", "startTls", "connections", "lookOnly", "us-gov-dod", "smtp", "never"]) {
			assert(text.includes(`"${word}"`), word);
		}
	});
});
