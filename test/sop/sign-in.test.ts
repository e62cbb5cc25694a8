/**
 * What `signIn` may say: one organisation's provider, and no secret in the file.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Json } from "../../src/base/json.ts";
import { clientShape } from "../../src/sop/client-schema.ts";
import { reporter } from "../../src/sop/report.ts";
import { checkShape } from "../../src/sop/shape.ts";
import { compileSignIn } from "../../src/sop/sign-in-file.ts";
import { readYaml, type Sources } from "../../src/sop/yaml-source.ts";

const HEAD = "client: contoso\nname: Contoso\ntimezone: UTC\npeople: []\nroles: {}\n";
const ENTRA = 'issuer: "https://login.microsoftonline.com/5d1f3c2e-0b7a-4c57-9a53-0c8f3f1d2b4a/v2.0"';
const REST = 'clientId: sopwith, secret: "secret:contoso/signin"';

function read(signIn: string) {
	const sources: Sources = new WeakMap();
	const { value } = readYaml({ file: "client.yaml", text: `${HEAD}signIn: { ${signIn} }` }, sources);
	const report = reporter(value as Json, sources, "client.yaml");
	checkShape(clientShape, value, [], report);
	const compiled = compileSignIn((value as { readonly signIn: Json }).signIn, "contoso", report);
	return { compiled, problems: report.problems.map(({ path, line, remedy }) => `${path}:${line} ${remedy}`) };
}

test("a provider, a name and a place for the secret", () => {
	const { compiled, problems } = read(`${ENTRA}, ${REST}`);
	assert.deepEqual(problems, []);
	assert.equal(compiled.signIn?.secret, "secret:contoso/signin");
	assert.deepEqual(read('issuer: "https://accounts.google.com", clientId: x, secret: "env:GOOGLE"').problems, []);
});

for (const [what, written, expected] of [
	["the same in other letters", `issuer: "https://login.microsoftonline.com/Common/v2.0", ${REST}`, /TENANT-ID/],
	["a provider for any tenant", `issuer: "https://login.microsoftonline.com/common/v2.0", ${REST}`, /TENANT-ID/],
	["one for any organisation", `issuer: "https://login.microsoftonline.com/organizations/v2.0", ${REST}`, /TENANT-ID/],
	["another client's secret", `${ENTRA}, clientId: x, secret: "secret:fabrikam/signin"`, /secret:contoso\/NAME/],
	["a provider without TLS", `issuer: "http://id.contoso.example", ${REST}`, /issuer/],
	["a secret in the file", `${ENTRA}, clientId: x, secret: hunter2`, /secret:CLIENT/],
	["a word nobody knows", `${ENTRA}, ${REST}, scopes: openid`, /signIn/],
	["no secret", `${ENTRA}, clientId: x`, /secret/],
] as const) {
	test(`${what} is a problem with its place`, () => {
		const { problems } = read(written);
		assert.equal(problems.length, 1, problems.join("; "));
		assert.match(problems[0] ?? "", expected);
		assert.match(problems[0] ?? "", /:6 /);
	});
}
