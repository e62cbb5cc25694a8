/** Passwords nobody chose: what a directory's policy asks of them, whoever they are for. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { newPassword } from "../../src/actions/password.ts";

test("a password has 20 characters of four kinds, none that is mistaken for another, and no part of any name", () => {
	for (let times = 0; times < 2000; times += 1) {
		const made = newPassword().open();
		assert.match(made, /^(?=.*[a-z])(?=.*[A-Z])(?=.*\d)(?=.*[-+=!])[\w+=!-]{20}$/u);
		assert.doesNotMatch(made, /[aeiouyl01]|[AEIOUY]/u);
	}
});
