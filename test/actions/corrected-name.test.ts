/** A name that HR corrects after the account was made: the account gets it, the sign-in name stays, undo puts it back. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Values } from "../../src/base/json.ts";
import { onStage } from "./stage.ts";

const WRONG: Values = { firstName: "Ada", lastName: "Lovelac", usageLocation: "US" };
const SALES = { profile: { ou: "OU=Sales,DC=contoso,DC=example" } };
const UPN = "ada.lovelac@contoso.example";

for (const [action, identity] of [
	["directory.user", "hybrid"],
	["microsoft365.user", "cloud"],
] as const) {
	test(`${action} corrects the name of its own account and nothing else`, async (t) => {
		const stage = await onStage(t, { seed: { identity } });
		const names = () =>
			stage.sandbox
				.readOut()
				.users.filter((user) => user.userPrincipalName === UPN)
				.map((user) => user.displayName);
		const wrong = identity === "hybrid" ? { firstName: "Ada", lastName: "Lovelac", ...SALES } : WRONG;
		await stage.attempt({ action, input: wrong });
		assert.deepEqual(names(), ["Ada Lovelac"]);
		const right = { ...wrong, lastName: "Lovelace" };
		const corrected = await stage.attempt({ action, input: right, attempt: 2 });
		assert.deepEqual(
			corrected.changes?.map((change) => [change.id, change.words]),
			[[`set:${UPN}#name`, `Correct the name of ${UPN} to Ada Lovelace; the sign-in name stays`]],
		);
		assert.ok(corrected.outcome?.kind === "done");
		assert.equal(corrected.outcome.output.displayName, "Ada Lovelace");
		assert.deepEqual(names(), ["Ada Lovelace"]);
		const again = await stage.attempt({ action, input: right, attempt: 3 });
		assert.deepEqual([again.changes, again.outcome?.kind], [[], "done"]);
		const input = { $undo: corrected.changes?.[0], $input: right } as unknown as Values;
		const back = await stage.attempt({ action, input, run: "undo", step: "u1" });
		assert.equal(back.outcome?.kind, "done");
		assert.deepEqual(names(), ["Ada Lovelac"]);
	});
}
