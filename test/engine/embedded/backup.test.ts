/**
 * Backups: made while the host works, whole, and harmless until a person says otherwise.
 */
import assert from "node:assert/strict";
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { createArchive } from "../../../src/engine/embedded/archive.ts";
import { backup, restore } from "../../../src/engine/embedded/backup.ts";
import { openStore } from "../../../src/engine/embedded/open.ts";
import {
	askStep,
	doStep,
	key,
	removeFolder,
	requestOf,
	serve,
	sopOf,
	tempFolder,
	toyPerformer,
	until,
} from "./fixture.ts";

const sop = sopOf("toy", [doStep("one"), askStep("ask"), doStep("two")]);

describe("a backup", () => {
	test("made under load is whole, and a host on it shows everything and does nothing until it is resumed", async (t) => {
		const folder = tempFolder();
		t.after(() => removeFolder(folder));
		const rig = await serve(join(folder, "first"), { performer: toyPerformer(() => new Promise(() => {})) });
		const before: string[] = [];
		for (let i = 0; i < 20; i++) before.push((await rig.host.start(requestOf(`k${i}`), sop)).run);
		let stop = false;
		const load = (async () => {
			for (let i = 0; !stop; i++) await rig.host.start(requestOf(`load${i}`), sop);
		})();
		const file = join(folder, "copy.db");
		const made = await backup(rig.store, file, rig.host.flush);
		stop = true;
		await load;
		assert.ok(made.events >= 20);
		assert.equal(statSync(file).mode & 0o777, 0o600);
		assert.ok(!existsSync(`${file}.part`));

		const second = join(folder, "second");
		mkdirSync(second);
		copyFileSync(file, join(second, "sopwith.db"));
		let performed = 0;
		const inner = toyPerformer();
		const performer: typeof inner = {
			...inner,
			perform: (...args) => {
				performed++;
				return inner.perform(...args);
			},
		};
		const restored = await serve(second, { performer });
		assert.equal(restored.host.health().code, "paused");
		await assert.rejects(restored.host.start(requestOf("new"), sop), { code: "paused" });
		assert.ok((await createArchive(restored.store, restored.host.flush).list({ most: 100 })).items.length >= 20);
		assert.equal((await restored.host.read(before[0] ?? ""))?.run.id, before[0]);
		assert.equal(performed, 0);
		assert.equal(restored.store.installation, rig.store.installation);

		await restored.host.resume();
		await until(restored, before[0] ?? "", (r) => r.steps.ask?.state === "waiting");
		assert.ok(performed > 0);
		await restored.stop();
		const later = openStore({ folder: second, key });
		assert.deepEqual(later.health(), { kind: "good" });
		later.close();
		rig.host.close();
		rig.store.close();
	});

	test("put back over a data folder keeps the old files aside, and is refused while the folder is in use", async (t) => {
		const folder = tempFolder();
		t.after(() => removeFolder(folder));
		const data = join(folder, "data");
		const file = join(folder, "copy.db");
		const rig = await serve(data);
		const first = (await rig.host.start(requestOf("a"), sop)).run;
		await backup(rig.store, file, rig.host.flush);
		const second = (await rig.host.start(requestOf("b"), sop)).run;
		await assert.rejects(restore(file, data, "2026-11-22T12:00:00.000Z"), { code: "held" });
		await rig.stop();
		await assert.rejects(restore(join(data, "head"), data, "2026"), { code: "not-a-backup" });
		const aside = (await restore(file, data, "2026-11-22T12:00:00.000Z")) ?? "";
		assert.ok(existsSync(join(aside, "sopwith.db")) && existsSync(join(aside, "head")));
		const again = await serve(data);
		assert.equal(again.host.health().code, "paused");
		assert.equal((await again.host.read(first))?.run.id, first);
		assert.equal(await again.host.read(second), undefined);
		await again.stop();
	});

	test("that does not check out is not put back, and what is there stays as it is", async (t) => {
		const folder = tempFolder();
		t.after(() => removeFolder(folder));
		const data = join(folder, "data");
		const file = join(folder, "copy.db");
		const rig = await serve(data);
		for (let i = 0; i < 20; i++) await rig.host.start(requestOf(`k${i}`), sop);
		await backup(rig.store, file, rig.host.flush);
		await rig.stop();
		const before = readdirSync(data).sort();
		const good = readFileSync(file);
		const spoilt = [good.subarray(0, good.length - 8192)];
		for (const page of [3, 10, 20, 30]) {
			const bytes = Buffer.from(good);
			bytes.fill(0xa5, page * 4096, page * 4096 + 4096);
			spoilt.push(bytes);
		}
		for (const bytes of spoilt) {
			writeFileSync(file, bytes);
			const refused = (e: { code?: string }) => e.code === "backup-damaged" || e.code === "not-a-backup";
			await assert.rejects(restore(file, data, "2026-11-22T12:00:00.000Z"), refused);
			assert.deepEqual(readdirSync(data).sort(), before);
		}
		const again = await serve(data);
		assert.equal(again.host.health().serving, true);
		await again.stop();
	});

	test("that cannot be read, or written where it should be, is no backup, and nothing is left of it", async (t) => {
		const folder = tempFolder();
		t.after(() => removeFolder(folder));
		const data = join(folder, "data");
		const rig = await serve(data);
		await assert.rejects(backup(rig.store, join(folder, "none/copy.db")), { code: "ENOENT" });
		await assert.rejects(restore(join(folder, "none.db"), data, "2026"), { code: "ENOENT" });
		const file = join(folder, "copy.db");
		await Promise.all([backup(rig.store, file), backup(rig.store, file)]);
		assert.deepEqual(readdirSync(folder).sort(), ["copy.db", "data"]);
		await rig.stop();
		assert.ok(await restore(file, data, "2026"));
	});

	test("of a damaged database is not kept", async (t) => {
		const folder = tempFolder();
		t.after(() => removeFolder(folder));
		const rig = await serve(folder);
		const { run } = await rig.host.start(requestOf("a"), sop);
		await until(rig, run, (r) => r.steps.ask?.state === "waiting");
		rig.store.db.exec("UPDATE events SET payload = '{}' WHERE total = 1");
		const file = join(folder, "copy.db");
		await assert.rejects(backup(rig.store, file), { code: "backup-damaged" });
		assert.ok(!existsSync(file) && !existsSync(`${file}.part`));
		await rig.stop();
	});
});
