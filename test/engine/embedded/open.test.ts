/**
 * Opening the data folder: who may, what is refused, and in which words.
 */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, rmdirSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { execPath, pid } from "node:process";
import { describe, test } from "node:test";
import Database from "better-sqlite3";
import { ConfigError } from "../../../src/base/errors.ts";
import { Secret } from "../../../src/base/secret.ts";
import { readHolder, refuseNetworkFolder } from "../../../src/engine/embedded/holder.ts";
import { openStore } from "../../../src/engine/embedded/open.ts";
import { key, removeFolder, tempFolder } from "./fixture.ts";

const refused = (code: string, words: RegExp) => (e: unknown) => {
	assert.ok(e instanceof ConfigError);
	assert.equal(e.code, code);
	assert.match(e.message, words);
	assert.ok(e.problems[0]?.remedy);
	return true;
};

describe("opening the data folder", () => {
	test("the folder is for its owner alone, and so is the database", (t) => {
		const folder = tempFolder();
		t.after(() => removeFolder(folder));
		const store = openStore({ folder: join(folder, "data"), key });
		assert.equal(statSync(store.folder).mode & 0o777, 0o700);
		assert.equal(statSync(store.file).mode & 0o777, 0o600);
		assert.deepEqual(store.health(), { kind: "good" });
		store.close();
	});

	test("it keeps what power loss must not take, and keeps others out", (t) => {
		const folder = tempFolder();
		t.after(() => removeFolder(folder));
		const store = openStore({ folder, key });
		const pragma = (name: string) => store.db.pragma(name, { simple: true });
		assert.equal(pragma("journal_mode"), "wal");
		assert.equal(pragma("synchronous"), 2);
		assert.equal(pragma("locking_mode"), "exclusive");
		assert.equal(pragma("foreign_keys"), 1);
		assert.equal(pragma("trusted_schema"), 0);
		assert.equal(pragma("cell_size_check"), 1);
		store.close();
	});

	test("a second process is told who holds the folder, and comes in when that one is gone", (t) => {
		const folder = tempFolder();
		t.after(() => removeFolder(folder));
		const store = openStore({ folder, key });
		const program = `
			import { openStore } from ${JSON.stringify(new URL("../../../src/engine/embedded/open.ts", import.meta.url).href)};
			import { Secret } from ${JSON.stringify(new URL("../../../src/base/secret.ts", import.meta.url).href)};
			try { openStore({ folder: process.argv[1], key: new Secret(process.argv[2]) }).close(); }
			catch (e) { console.log(e.code + " " + e.message); process.exitCode = 3; }`;
		const second = () =>
			spawnSync(execPath, ["--input-type=module", "-e", program, folder, key.open()], { encoding: "utf8" });
		const held = second();
		assert.equal(held.status, 3, held.stderr);
		assert.match(held.stdout, new RegExp(`^held .*process ${pid} on `));
		assert.equal(readHolder(folder)?.pid, pid);
		store.close();
		assert.equal(second().status, 0);
	});

	test("a holder file left behind by a killed process keeps nobody out", (t) => {
		const folder = tempFolder();
		t.after(() => removeFolder(folder));
		writeFileSync(join(folder, "holder"), JSON.stringify({ pid: 1, host: "elsewhere", startedAt: "then" }));
		const store = openStore({ folder, key });
		assert.equal(readHolder(folder)?.pid, pid);
		store.close();
		assert.equal(readHolder(folder), undefined);
	});

	test("a database of a newer version is left alone", (t) => {
		const folder = tempFolder();
		t.after(() => removeFolder(folder));
		openStore({ folder, key }).close();
		const db = new Database(join(folder, "sopwith.db"));
		db.pragma("user_version = 99");
		db.close();
		assert.throws(() => openStore({ folder, key }), refused("database-newer", /newer Sopwith/));
	});

	test("another key is refused before anything is read", (t) => {
		const folder = tempFolder();
		t.after(() => removeFolder(folder));
		openStore({ folder, key }).close();
		const wrong = new Secret(Buffer.alloc(32, 8).toString("base64"));
		assert.throws(() => openStore({ folder, key: wrong }), refused("wrong-key", /not the key/));
		const short = new Secret("c2hvcnQ=");
		assert.throws(() => openStore({ folder, key: short }), refused("bad-key", /5 bytes long; 32/));
	});

	test("a file that is no database is refused in words", (t) => {
		const folder = tempFolder();
		t.after(() => removeFolder(folder));
		writeFileSync(join(folder, "sopwith.db"), "x".repeat(9000));
		assert.throws(() => openStore({ folder, key }), refused("database-damaged", /damaged/));
	});

	test("what is no file in the database's place is refused in words, and left as it is", (t) => {
		const folder = tempFolder();
		t.after(() => removeFolder(folder));
		const file = join(folder, "sopwith.db");
		mkdirSync(file);
		assert.throws(() => openStore({ folder, key }), refused("database-read-only", /cannot be opened and written/));
		rmdirSync(file);
		symlinkSync("/nowhere/at/all", file);
		assert.throws(() => openStore({ folder, key }), refused("database-read-only", /cannot be opened and written/));
	});

	test("network file systems are refused", (t) => {
		const folder = tempFolder();
		t.after(() => removeFolder(folder));
		assert.throws(() => refuseNetworkFolder(folder, 0x6969), refused("network-folder", /NFS/));
		assert.throws(() => refuseNetworkFolder(folder, -11317950), refused("network-folder", /CIFS/));
		refuseNetworkFolder(folder);
	});
});
