/**
 * A look-only client on a real domain controller, Microsoft 365 over HTTPS and a mail server: planned whole, and none of
 * them hears a write.
 */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { pointAtGround } from "../fixtures/definitions.ts";
import { type Ground, startGround } from "../fixtures/ground.ts";
import { needs } from "../fixtures/needs.ts";
import { edit, hire, openHouse } from "../scenario/house.ts";
import { writesOf } from "./writes.ts";

const FILE = "clients/contoso/client.yaml";

/** Contoso on the ground, look-only, its secrets in files beside its settings. */
function lookOnlyOn(ground: Ground): (folder: string) => void {
	return (folder) => {
		const { env } = pointAtGround(folder, ground);
		for (const [name, secret] of Object.entries(env)) {
			writeFileSync(join(folder, "clients/contoso", name), secret, { mode: 0o600 });
			edit(folder, FILE, [`env:${name}`, `file:${name}`]);
		}
		edit(folder, FILE, ["connectors:\n", "connectors:\n  lookOnly: true\n"]);
	};
}

test("a new hire at a look-only client leaves no trace in real directories", { skip: needs("samba") }, async (t) => {
	await using ground = await startGround();
	const { samba, cloud, smtp } = ground;
	const house = await openHouse({ definitions: lookOnlyOn(ground) });
	t.after(() => house.close());
	const before = await samba.highestUsn();
	const id = await house.start("harriet", hire("Ada", "Lovelace", { privateEmail: "ada@home.example" }));
	const run = await house.when("harriet", id, (one) => one.plan !== undefined);
	assert.deepEqual(
		run.plan?.problems.map(({ code }) => code),
		["look-only"],
	);
	const words = run.plan?.entries.flatMap(({ changes }) => changes.map((change) => change.words)) ?? [];
	for (const part of ["Make the account", "Set the manager", "Join the group Sales", "Give 1", "Send the welcome"]) {
		assert(
			words.some((line) => line.startsWith(part)),
			`${part}: ${words.join("; ")}`,
		);
	}
	assert(!run.steps.some((step) => step.wait?.verbs.includes("approve")));
	const touched = await samba.asAdmin(async (client) => {
		const filter = `(uSNChanged>=${before + 1})`;
		const { searchEntries } = await client.search(samba.base, {
			scope: "sub",
			filter,
			attributes: ["userPrincipalName"],
		});
		return searchEntries.map((entry) => entry.userPrincipalName);
	});
	assert.deepEqual(touched, [samba.service.user], "the server itself notes our sign-in; nothing else changed");
	const { log } = cloud.of("contoso");
	assert(log.length > 0, "Microsoft 365 was looked at");
	assert.deepEqual([writesOf(log), smtp.mails], [[], []]);
});
