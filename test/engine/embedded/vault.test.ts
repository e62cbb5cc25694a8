/**
 * Secrets at rest: sealed per client, taken once, never readable without the key or in another place.
 */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, test } from "node:test";
import { Secret } from "../../../src/base/secret.ts";
import { openStore, type Store } from "../../../src/engine/embedded/open.ts";
import { createVault } from "../../../src/engine/embedded/vault.ts";
import { key, removeFolder, tempFolder } from "./fixture.ts";

const CANARY = "canary-7f3a-correct-horse";
let folder: string;
let store: Store;
beforeEach(() => {
	folder = tempFolder();
	store = openStore({ folder, key });
});
afterEach(() => {
	store.close();
	removeFolder(folder);
});

describe("the vault", () => {
	test("keeps the first value under a name and gives it back", async () => {
		const vault = createVault(store);
		const ref = await vault.keep("contoso", "ad", new Secret(CANARY));
		assert.deepEqual(ref, { $secret: "contoso/ad" });
		assert.deepEqual(await vault.keep("contoso", "contoso/ad", new Secret("another")), ref);
		assert.equal((await vault.reveal("contoso", ref)).open(), CANARY);
		await vault.replace("contoso", "ad", new Secret("third"));
		assert.equal((await vault.reveal("contoso", ref)).open(), "third");
		assert.equal(await vault.holds("contoso", "ad"), true);
		assert.equal(await vault.holds("contoso", "none"), false);
	});

	test("a reference of another client is refused as if it did not exist", async () => {
		const vault = createVault(store);
		const ref = await vault.keep("contoso", "ad", new Secret(CANARY));
		await assert.rejects(vault.reveal("fabrikam", ref), { code: "no-such-secret" });
		await assert.rejects(vault.reveal("contoso", { $secret: "contoso/none" }), { code: "no-such-secret" });
		assert.equal(await vault.take("fabrikam", ref, "eve"), undefined);
	});

	test("a value is taken once, and who took it is known", async () => {
		const vault = createVault(store);
		const ref = await vault.keep("contoso", "pass", new Secret(CANARY));
		const taken = await Promise.all(["mo", "di"].map((by) => vault.take("contoso", ref, by)));
		assert.deepEqual(
			taken.map((s) => s?.open()),
			[CANARY, undefined],
		);
		assert.equal((await vault.taken("contoso", ref))?.by, "mo");
		assert.equal(await vault.holds("contoso", "pass"), false);
		await assert.rejects(vault.reveal("contoso", ref), { code: "no-such-secret" });
	});

	test("nothing of a secret is in any file of the folder", async () => {
		await createVault(store).keep("contoso", "ad", new Secret(CANARY));
		for (const name of readdirSync(folder)) {
			assert.equal(readFileSync(join(folder, name)).includes(CANARY), false, name);
		}
	});

	test("a sealed value moved to another name or client does not open", async () => {
		const vault = createVault(store);
		await vault.keep("contoso", "one", new Secret(CANARY));
		await vault.keep("contoso", "two", new Secret("x"));
		store.db.exec("UPDATE vault SET sealed = (SELECT sealed FROM vault WHERE name = 'one') WHERE name = 'two'");
		await assert.rejects(vault.reveal("contoso", { $secret: "contoso/two" }));
	});
});
