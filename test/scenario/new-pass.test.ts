/**
 * The guide's procedure for a new first sign-in, as it stands there: a pass that was never opened is replaced, and the new
 * one is shown once, to whoever hands it over.
 */
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { type House, hire, isDone, openHouse } from "./house.ts";

const guide = readFileSync(join(import.meta.dirname, "../../sop-definitions/README.md"), "utf8");
const [, procedure = ""] = /```yaml\n(sop: newpass\n[\s\S]*?)```/u.exec(guide) ?? [];
let house: House;
before(async () => {
	house = await openHouse({ definitions: (folder) => writeFileSync(join(folder, "newpass.yaml"), procedure) });
});
after(() => house.close());

test("a pass that nobody opened is replaced by a run of its own, approved by name and handed over once", async () => {
	const hired = await house.start("harriet", hire("Ada", "Late"));
	await house.answer("mo", hired, "approve");
	await house.when("harriet", hired, isDone("credential"));
	const form = { account: "ada.late@contoso.example", manager: "sol" };
	const run = await house.start("harriet", form, "contoso", "newpass");
	const { plan } = await house.when("mo", run, (now) => now.plan);
	assert.deepEqual(plan?.problems, []);
	assert.deepEqual(
		plan?.entries.flatMap(({ changes }) => changes.map(({ words }) => words)),
		["Replace the first sign-in pass of ada.late@contoso.example, good for 8\u00a0h, to be opened by Sol Vance"],
	);
	await house.answer("mo", run, "approve");
	await house.when("harriet", run, isDone("pass"));
	const shown = async (who: string) => {
		const cookie = await house.signIn(`contoso/${who}`);
		const answer = await fetch(`${house.app.url}/handover/${run}/pass`, {
			method: "POST",
			headers: { cookie, origin: house.app.url },
			body: new URLSearchParams(),
		});
		return /class="secret">([^<]+)</u.exec(await answer.text())?.[1] ?? "";
	};
	assert.equal(await shown("harriet"), "", "who asked for it does not see it");
	assert((await shown("sol")).length >= 8);
	assert.equal(await shown("sol"), "", "once");
});
