/** Distinguished names and GUIDs survive being written and read, whatever is in them. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { DN } from "ldapts";
import { formatDn, isUnder, parseDn, sameDn } from "../../src/actions/dn.ts";
import { bytesOfGuid } from "../../src/actions/sandbox/ad-tree.ts";

/** Control characters are left out: the library drops them, and names with them are refused before they get here. */
const value = fc.string({ unit: "grapheme", minLength: 1, maxLength: 12 }).filter((text) => !/\p{Cc}/u.test(text));
const base = [
	{ attribute: "DC", value: "contoso" },
	{ attribute: "DC", value: "example" },
];

test("any name reads back as it was written", () => {
	fc.assert(
		fc.property(value, (text) => {
			const dn = [{ attribute: "CN", value: text }, ...base];
			assert.deepEqual(parseDn(formatDn(dn)), dn);
		}),
		{ examples: [[" "], ["  "], ["#"], ["\\ "], [" # "]] },
	);
});

test("a name written by the LDAP library is the same name", () => {
	fc.assert(
		fc.property(value, (text) => {
			const written = `${new DN().addPairRDN("CN", text).toString()},DC=contoso,DC=example`;
			assert.deepEqual(parseDn(written)?.[0]?.value, text);
		}),
	);
});

test("another spelling of a name is the same name", () => {
	const one = parseDn("CN=Lee\\, Ann,OU=Sales,DC=contoso,DC=example") ?? [];
	const other = parseDn("cn=Lee\\2C Ann, ou=SALES, dc=contoso, dc=example") ?? [];
	assert.equal(sameDn(one, other), true);
	assert.equal(isUnder(one, base), true);
	assert.equal(isUnder(base, one), false);
});

test("what is no name is none", () => {
	for (const text of ["", "Ann", "CN=", "CN=a,", "=a", "CN=a+SN=b", "CN=a\\", "1N=a", 'CN=a"b']) {
		assert.equal(parseDn(text), undefined, text);
	}
});

test("the bytes of a GUID are in the directory's order", () => {
	assert.equal(bytesOfGuid("00112233-4455-6677-8899-aabbccddeeff").toString("hex"), "33221100554477668899aabbccddeeff");
});
