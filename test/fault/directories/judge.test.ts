/** What the rows on real directories count is there to be seen: a judge that sees nothing would call everything good. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { needs } from "../../fixtures/needs.ts";
import { tallyOf } from "../row.ts";
import { play } from "./play.ts";
import { openHybrid } from "./scene.ts";
import { set } from "./sign-in.ts";

test("a second account, a stranger who was changed and a fault that was never met are counted", {
	skip: needs("samba"),
}, async (t) => {
	const folder = mkdtempSync(join(tmpdir(), "sopwith-judge-"));
	t.after(() => rmSync(folder, { recursive: true, force: true }));
	const scene = await openHybrid({ folder });
	t.after(() => scene.close());
	const { samba } = scene;
	const meddle = async (): Promise<void> => {
		const names = { displayName: "Kim Seen", sAMAccountName: "kim.seen9" };
		await samba.asAdmin((client) =>
			client.add(`CN=Kim Seen,OU=Staff,${samba.base}`, { objectClass: "user", ...names }),
		);
		await set(samba, `CN=Mo Manager,OU=Staff,${samba.base}`, "title", "Somebody else");
	};
	const tally = tallyOf("meddled with", { targets: true });
	await play(
		scene,
		{
			ends: "done",
			strike: async ({ line }) => line.trap(({ has }) => has("userAccountControl"), "before", meddle),
		},
		{ tally, lastName: "Seen" },
	);
	const seen = tally.row();
	assert.equal(seen.tries, 1);
	// The sync may have brought both over by then, and of two accounts either may be the one that is looked at.
	assert.ok(seen.doubled >= 1 && (seen.wrongTarget ?? 0) >= 1, seen.notes.join("\n"));
	assert.match(seen.notes.join("\n"), /2 accounts of Kim Seen[\s\S]*CN=Mo Manager.*Somebody else/);

	const missed = tallyOf("missed", { targets: true });
	await play(scene, { ends: "asks", strike: () => () => false }, { tally: missed, lastName: "Missed" });
	assert.match(missed.row().notes.join("\n"), /never met[\s\S]*done instead of asks/);
});
