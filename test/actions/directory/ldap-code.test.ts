/** One refusal has one name, whether Samba or Windows spells it. Ours are measured, Windows' are those of its documents. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { type LdapOperation, ldapRefusal, signInRefusal } from "../../../src/actions/directory/ldap-code.ts";

type Spelling = readonly [result: number, win32: string];
type Row = {
	readonly on: LdapOperation;
	readonly samba: Spelling;
	readonly windows: Spelling;
	readonly code: string;
};

const SAME: { readonly [what: string]: Row } = {
	"a weak password": { on: "set", samba: [19, "0000052D"], windows: [53, "0000052D"], code: "weak-password" },
	"a weak password at birth": { on: "add", samba: [19, "0000052D"], windows: [53, "0000052D"], code: "weak-password" },
	"a move into a unit that is missing": {
		on: "move",
		samba: [80, "00002095"],
		windows: [32, "00002030"],
		code: "no-such-object",
	},
	"a value that is too long": { on: "set", samba: [21, "0000200B"], windows: [19, "0000200D"], code: "bad-value" },
	"leaving the primary group": {
		on: "member-remove",
		samba: [16, "00000561"],
		windows: [53, "00000561"],
		code: "not-member",
	},
	"a sign-in name in use": { on: "add", samba: [19, "0000202F"], windows: [19, "000021C8"], code: "name-taken" },
	"an account name in use": { on: "add", samba: [68, "00002071"], windows: [68, "00000524"], code: "name-taken" },
	"a connection that is not signed in": {
		on: "search",
		samba: [1, "00002020"],
		windows: [1, "000004DC"],
		code: "not-signed-in",
	},
};

for (const [what, { on, samba, windows, code }] of Object.entries(SAME))
	test(`${what} has one name`, () => {
		const named = [samba, windows].map(([result, win32]) => ldapRefusal(on, result, win32).code);
		assert.deepEqual(named, [code, code]);
	});

test("every refusal says that nothing changed, and who acts where a person must", () => {
	for (let result = 1; result < 90; result++) {
		assert.match(ldapRefusal("modify", result, undefined).message, /\. Nothing changed\.( |$)/, String(result));
	}
	assert.match(ldapRefusal("set", 19, "0000052D").message, /password policy .*Password Policy.*try again\.$/);
	assert.match(ldapRefusal("add", 50, undefined).message, /no right .*doctor --client.*Delegate Control.*try again\.$/);
	for (const refused of [ldapRefusal("search", 1, undefined), signInRefusal(49, "80090308: x, data 775, y")]) {
		assert.match(
			refused.message,
			/sign-in\. Nothing changed\. .*doctor --client.*locked, closed or run out.*try again\.$/,
		);
	}
});
