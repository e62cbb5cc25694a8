/**
 * What settings point to: files by path, wherever they lie but in another client's folder.
 */
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { type Owner, secretOf } from "../../src/actions/settings.ts";

test("a file is read from the client's folder or by its full path, and never from another client's", async (t) => {
	const root = mkdtempSync(join(tmpdir(), "sopwith-settings-"));
	t.after(() => rmSync(root, { recursive: true }));
	const clients = join(root, "sop-definitions/clients");
	for (const client of ["contoso", "fabrikam"]) {
		mkdirSync(join(clients, client), { recursive: true });
		writeFileSync(join(clients, client, "password"), `of ${client}\n`);
	}
	writeFileSync(join(root, "mounted"), "by the host\n");
	symlinkSync(join(clients, "fabrikam/password"), join(clients, "contoso/sly"));
	const contoso: Owner = { id: "contoso", name: "Contoso", folder: join(clients, "contoso") };
	const msp: Owner = { id: "msp", name: "The MSP", folder: join(root, "sop-definitions"), clients };
	const vault = { reveal: () => Promise.reject(new Error("not asked")) };
	const read = (owner: Owner, path: string) =>
		secretOf({ vault, env: {} }, owner, `file:${path}`).then(
			(secret) => secret.open(),
			(error: { readonly code: string }) => error.code,
		);
	assert.equal(await read(contoso, "password"), "of contoso");
	assert.equal(await read(contoso, join(root, "mounted")), "by the host");
	assert.equal(await read(contoso, "../../../mounted"), "by the host");
	for (const path of ["../fabrikam/password", join(clients, "fabrikam/password"), "sly"]) {
		assert.equal(await read(contoso, path), "no-such-secret", path);
	}
	assert.equal(await read(msp, "../mounted"), "by the host");
	assert.equal(await read(msp, "clients/contoso/password"), "no-such-secret");
});
