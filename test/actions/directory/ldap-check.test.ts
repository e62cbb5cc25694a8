/**
 * What is refused before it is sent. Samba takes all of it, Windows none: these are the only tests of it.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { refusedUpFront, spelled } from "../../../src/actions/directory/ldap-check.ts";
import { Secret } from "../../../src/base/secret.ts";

const SALES = "OU=Sales,DC=contoso,DC=example";

function added(values: { readonly [attribute: string]: string | Secret }, dn = `CN=Ada,${SALES}`) {
	const listed = Object.entries(values).map(([attribute, value]) => ({ attribute, values: [value] }));
	const refused = refusedUpFront({ operation: "add", names: [dn], values: listed });
	return refused === undefined ? "sent" : refused.code;
}

test("an account name has 1 to 20 characters, and none that Windows keeps for itself", () => {
	for (const good of ["a", "ada.lovelace", "a".repeat(20), "ada_lovelace-2", "zoë", "o'brien"]) {
		assert.equal(added({ sAMAccountName: good }), "sent", good);
	}
	const forbidden = [...'"/\\[]:;|=,+*?<>@'].map((char) => `a${char}b`);
	for (const bad of ["", "a".repeat(21), "ends.", " . ", "tab\tbed", ...forbidden]) {
		assert.equal(added({ sAMAccountName: bad }), "bad-name", bad);
	}
	const renamed = [{ attribute: "samaccountname", values: ["a".repeat(21)] }];
	assert.equal(refusedUpFront({ operation: "modify", names: [SALES], values: renamed })?.code, "bad-name");
});

test("an account is not made open without a password", () => {
	const open = { sAMAccountName: "ada", userAccountControl: "512" };
	assert.equal(added(open), "weak-password");
	assert.equal(added({ ...open, userAccountControl: "66048" }), "weak-password");
	assert.equal(added({ ...open, unicodePwd: new Secret("Quiet-River-42") }), "sent");
	assert.equal(added({ ...open, userAccountControl: "514" }), "sent");
});

test("control characters are nowhere in what is sent, however they are spelled", () => {
	for (const dn of [`CN=A\u0000B,${SALES}`, `CN=A\\00B,${SALES}`, `CN=A\\0AB,${SALES}`, `CN=A\u009fB,${SALES}`]) {
		assert.equal(added({}, dn), "bad-name", dn);
		assert.equal(refusedUpFront({ operation: "move", names: [SALES, dn] })?.code, "bad-name", dn);
	}
	for (const value of ["a\u0000b", "a\nb", "a\u007fb"]) assert.equal(added({ title: value }), "bad-name");
	assert.equal(added({ title: "Zoë Ünïcödé 北京 🙂" }), "sent");
});

test("a refusal says that nothing was sent", () => {
	const refused = refusedUpFront({ operation: "remove", names: ["not a name"] });
	assert.deepEqual(
		[refused?.status, refused?.retryable, refused?.detail],
		[0, false, "a name in the directory cannot be read; not sent"],
	);
});

test("names go out in one spelling, that of the standard, and ids as they are", () => {
	assert.equal(spelled(`cn=" leads, and more",${SALES}`), `CN=\\ leads\\, and more,${SALES}`);
	assert.equal(spelled(`CN=ends in \\\\,${SALES}`), `CN=ends in \\5C,${SALES}`);
	const id = "<GUID=33221100-5544-7766-8899-aabbccddeeff>";
	assert.deepEqual([spelled(id), spelled(""), spelled("<GUID=x>")], [id, "", undefined]);
});
