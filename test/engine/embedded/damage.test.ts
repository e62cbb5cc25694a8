/**
 * What a disk can do: a flipped bit, a torn end, no room. Loss is said, never silent; a full disk costs nothing that was
 * confirmed and heals by itself.
 */
import assert from "node:assert/strict";
import {
	copyFileSync,
	cpSync,
	mkdirSync,
	readFileSync,
	renameSync,
	rmSync,
	statSync,
	truncateSync,
	writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import fc from "fast-check";
import { ConfigError } from "../../../src/base/errors.ts";
import { createArchive } from "../../../src/engine/embedded/archive.ts";
import { checkEnd, lastHead } from "../../../src/engine/embedded/health.ts";
import { openStore } from "../../../src/engine/embedded/open.ts";
import { verifyAll, verifyStore } from "../../../src/engine/embedded/verify.ts";
import { askStep, doStep, key, removeFolder, requestOf, serve, sopOf, tempFolder, until } from "./fixture.ts";

const sop = sopOf("toy", [doStep("one"), askStep("ask")]);

/** A folder as a killed process leaves it: the database, its log and the head file, with some confirmed runs in them. */
async function leftBehind(folder: string, runs: number): Promise<string> {
	const live = join(folder, "live");
	const left = join(folder, "left");
	const rig = await serve(live);
	for (let i = 0; i < runs; i++) {
		const { run } = await rig.host.start(requestOf(`k${i}`), sop);
		await until(rig, run, (r) => r.steps.ask?.state === "waiting");
	}
	cpSync(live, left, { recursive: true });
	await rig.stop();
	return left;
}

/** Opens a copy of what was left behind, after something was done to it. */
function openCopy(folder: string, left: string, spoil: (copy: string) => void): ReturnType<typeof openStore> {
	const copy = join(folder, "copy");
	mkdirSync(copy, { recursive: true });
	for (const name of ["sopwith.db", "sopwith.db-wal", "head"]) copyFileSync(join(left, name), join(copy, name));
	spoil(copy);
	return openStore({ folder: copy, key });
}

function flip(file: string, at: number, bit: number): void {
	const bytes = readFileSync(file);
	bytes[at] = (bytes[at] ?? 0) ^ (1 << bit);
	writeFileSync(file, bytes);
}

describe("damage", () => {
	test("a flipped bit in the log loses events, and the loss is said", async (t) => {
		const folder = tempFolder();
		t.after(() => removeFolder(folder));
		const left = await leftBehind(folder, 6);
		const size = statSync(join(left, "sopwith.db-wal")).size;
		// The last frames before the end, so that something before them survives: a lost tick is always the newest.
		const spots = fc.record({ at: fc.integer({ min: Math.floor(size / 2), max: size - 1 }), bit: fc.nat(7) });
		let lost = 0;
		fc.assert(
			fc.property(spots, ({ at, bit }) => {
				const store = openCopy(folder, left, (copy) => flip(join(copy, "sopwith.db-wal"), at, bit));
				const health = store.health();
				const confirmed = store.anchor.read();
				const complete = lastHead(store.db).tick === confirmed?.tick;
				store.close();
				if (complete) return;
				lost++;
				assert.equal(health.kind, "damaged");
				assert.match(health.kind === "damaged" ? health.words : "", /ends \d+ events? too early.*backup.*doctor/);
			}),
			{ numRuns: 60 },
		);
		assert.ok(lost > 20, `${lost} of 60 flips lost something`);
	});

	test("a log torn off anywhere is a shorter history, and the loss is said", async (t) => {
		const folder = tempFolder();
		t.after(() => removeFolder(folder));
		const left = await leftBehind(folder, 4);
		const size = statSync(join(left, "sopwith.db-wal")).size;
		let said = 0;
		for (let part = 40; part < 100; part += 3) {
			const store = openCopy(folder, left, (copy) =>
				truncateSync(join(copy, "sopwith.db-wal"), Math.floor((size * part) / 100)),
			);
			const whole = lastHead(store.db).tick === store.anchor.read()?.tick;
			if (!whole) {
				said++;
				assert.equal(store.health().kind, "damaged");
				const heads = store.db.prepare("SELECT count(*) FROM heads").pluck().get();
				assert.equal(heads, lastHead(store.db).tick, "a prefix of history");
			}
			store.close();
		}
		assert.ok(said > 5);
	});

	test("a damaged store refuses new work, still shows what is there, and goes on once a person says so", async (t) => {
		const folder = tempFolder();
		t.after(() => removeFolder(folder));
		const left = await leftBehind(folder, 2);
		truncateSync(join(left, "sopwith.db-wal"), Math.floor(statSync(join(left, "sopwith.db-wal")).size * 0.8));
		const rig = await serve(left);
		assert.equal(rig.host.health().code, "damaged");
		await assert.rejects(rig.host.start(requestOf("new"), sop), { code: "damaged" });
		const page = await createArchive(rig.store, rig.host.flush).list({});
		assert.ok(page.items.length > 0);
		await rig.host.resume();
		assert.equal(rig.host.health().serving, true);
		assert.equal((await rig.host.start(requestOf("new"), sop)).outcome, "accepted");
		await rig.stop();
	});

	test("a loss that was accepted is one no more, also when nothing happened before the next start", async (t) => {
		const folder = tempFolder();
		t.after(() => removeFolder(folder));
		const left = await leftBehind(folder, 2);
		const whole = openStore({ folder: left, key });
		const { tick } = lastHead(whole.db);
		whole.close();
		// One tick less or two: either slot of the head file may be the one that leads.
		for (const lost of [1, 2]) {
			const copy = join(folder, `lost${lost}`);
			cpSync(left, copy, { recursive: true });
			const db = openStore({ folder: copy, key });
			db.resume();
			db.db.exec(`DELETE FROM events WHERE total > (SELECT total FROM heads WHERE tick = ${tick - lost})`);
			db.db.exec(`DELETE FROM heads WHERE tick > ${tick - lost}`);
			db.close();
			const damaged = openStore({ folder: copy, key });
			assert.equal(damaged.health().kind, "damaged");
			damaged.resume();
			damaged.close();
			const again = openStore({ folder: copy, key });
			assert.deepEqual(again.health(), { kind: "good" }, `${lost} lost`);
			again.close();
		}
	});

	test("without its head file a database does nothing, and says that it is for want of that", async (t) => {
		const folder = tempFolder();
		t.after(() => removeFolder(folder));
		const rig = await serve(folder);
		await rig.host.start(requestOf("a"), sop);
		await rig.stop();
		for (const spoil of [
			() => writeFileSync(join(folder, "head"), "x".repeat(512)),
			() => rmSync(join(folder, "head")),
		]) {
			spoil();
			const store = openStore({ folder, key });
			const health = store.health();
			assert.equal(health.kind, "copy");
			assert.match(health.kind === "copy" ? health.words : "", /^The head file beside this database is gone/);
			store.close();
		}
	});

	test("an emptied database is never taken for a new one while its head file stands", async (t) => {
		const folder = tempFolder();
		t.after(() => removeFolder(folder));
		const rig = await serve(folder);
		await rig.host.start(requestOf("a"), sop);
		await rig.stop();
		truncateSync(join(folder, "sopwith.db"));
		const store = openStore({ folder, key });
		const health = store.health();
		assert.match(health.kind === "damaged" ? health.words : "", /ends \d+ events? too early: 0 are there/);
		store.close();
	});

	test("a head file that lags behind is fine; one of another journal is not", async (t) => {
		const folder = tempFolder();
		t.after(() => removeFolder(folder));
		const rig = await serve(folder);
		const { run } = await rig.host.start(requestOf("a"), sop);
		const early = lastHead(rig.store.db);
		await until(rig, run, (r) => r.steps.ask?.state === "waiting");
		assert.deepEqual(checkEnd(rig.store.db, early), { kind: "good" });
		assert.equal(checkEnd(rig.store.db, { ...early, hash: "0".repeat(64) }).kind, "damaged");
		await rig.stop();
	});

	test("a changed, deleted or reordered event is found and named", async (t) => {
		const folder = tempFolder();
		t.after(() => removeFolder(folder));
		const rig = await serve(folder);
		for (let i = 0; i < 3; i++) {
			const { run } = await rig.host.start(requestOf(`k${i}`), sop);
			await until(rig, run, (r) => r.steps.ask?.state === "waiting");
		}
		const { db } = rig.store;
		const attack = async (sql: string): Promise<string> => {
			db.exec(`SAVEPOINT attack; ${sql}`);
			const { finding } = await verifyAll(db);
			db.exec("ROLLBACK TO attack; RELEASE attack");
			return finding?.words ?? "nothing found";
		};
		assert.match(await attack("UPDATE events SET payload = '{}' WHERE total = 2"), /not as it was written/);
		assert.match(await attack("DELETE FROM events WHERE total = 4"), /Event 4 of all is missing/);
		assert.match(await attack("UPDATE events SET at = '2020' WHERE total = 5"), /not as it was written/);
		assert.match(await attack("UPDATE heads SET hash = 'x' WHERE tick = 3"), /Head 3 does not fit/);
		assert.match(await attack("DELETE FROM events WHERE total > 7"), /last \d+ events are missing/);
		assert.equal(await attack(""), "nothing found");
		db.exec("UPDATE events SET kind = 'noted' WHERE total = 6");
		assert.ok((await verifyStore(rig.store)).finding);
		await assert.rejects(rig.host.start(requestOf("new"), sop), { code: "damaged" });
		await rig.stop();
	});

	test("a flipped bit in the database never goes unsaid where it hit an event, and never ends the process", async (t) => {
		const folder = tempFolder();
		t.after(() => removeFolder(folder));
		const live = join(folder, "live");
		const rig = await serve(live);
		for (let i = 0; i < 40; i++) {
			const { run } = await rig.host.start(requestOf(`k${i}`), sop);
			await until(rig, run, (r) => r.steps.ask?.state === "waiting");
		}
		const clean = await verifyAll(rig.store.db);
		await rig.stop();
		const bytes = readFileSync(join(live, "sopwith.db"));
		const copy = join(folder, "copy");
		const names = [...bytes.toString("latin1").matchAll(/"by":"ada"/g)].map((m) => m.index + 6);
		let said = 0;
		for (const at of names) {
			mkdirSync(copy, { recursive: true });
			const spoiled = Buffer.from(bytes);
			spoiled[at] = (spoiled[at] ?? 0) ^ 1;
			writeFileSync(join(copy, "sopwith.db"), spoiled);
			const store = openStore({ folder: copy, key });
			const { finding, events } = await verifyStore(store);
			if (finding !== undefined) {
				said++;
				assert.equal(store.health().kind, "damaged");
			} else assert.equal(events, clean.events);
			store.close();
			rmSync(copy, { recursive: true });
		}
		assert.ok(said >= 40, `${said} of ${names.length}: once for each run's first event, snapshots apart`);
	});

	test("a flipped bit where the file says what it holds is damage in words, or does no harm", async (t) => {
		const folder = tempFolder();
		t.after(() => removeFolder(folder));
		const rig = await serve(join(folder, "live"));
		await rig.stop();
		const bytes = readFileSync(join(folder, "live", "sopwith.db"));
		const about = [...bytes.toString("latin1").matchAll(/CREATE [^\0]+/g)].map((m) => [m.index, m[0].length] as const);
		const copy = join(folder, "copy");
		const said = new Set<string>();
		const place = fc.oneof(
			fc.nat(99),
			fc.nat(about.length - 1).chain((n) => fc.nat((about[n]?.[1] ?? 1) - 1).map((at) => (about[n]?.[0] ?? 0) + at)),
		);
		const tried = fc.asyncProperty(place, fc.nat(7), async (at, bit) => {
			mkdirSync(copy, { recursive: true });
			writeFileSync(join(copy, "sopwith.db"), bytes);
			flip(join(copy, "sopwith.db"), at, bit);
			try {
				const store = openStore({ folder: copy, key });
				await verifyStore(store);
				store.close();
			} catch (problem) {
				assert(problem instanceof ConfigError, `${at}.${bit}: ${problem}`);
				said.add(problem.code);
			} finally {
				rmSync(copy, { recursive: true });
			}
		});
		await fc.assert(tried, {
			numRuns: 200,
			examples: [
				[60, 0],
				[63, 0],
				[96, 7],
			],
		});
		assert(said.has("database-damaged"), [...said].join());
	});

	test("a run whose rows were changed under us is set aside before anything is done with it", async (t) => {
		const folder = tempFolder();
		t.after(() => removeFolder(folder));
		const rig = await serve(folder);
		const runs: string[] = [];
		for (let i = 0; i < 2; i++) {
			const { run } = await rig.host.start(requestOf(`k${i}`), sop);
			await until(rig, run, (r) => r.steps.ask?.state === "waiting");
			runs.push(run);
		}
		rig.store.db.exec("UPDATE snapshots SET state = replace(state, 'ada', 'eve') WHERE run = 1");
		await rig.stop();
		const again = await serve(folder);
		const note = { kind: "noted", by: "ada", words: "hello" } as const;
		await assert.rejects(again.host.deliver(runs[0] ?? "", note, "n"), { code: "quarantined" });
		assert.equal((await again.host.deliver(runs[1] ?? "", note, "n")).verdict, "accepted");
		await again.stop();
	});

	test("a full disk answers in words, loses nothing confirmed, and heals when there is room", async (t) => {
		const folder = tempFolder();
		t.after(() => removeFolder(folder));
		const rig = await serve(folder);
		const { db } = rig.store;
		const confirmed: string[] = [];
		for (let cycle = 0; cycle < 5; cycle++) {
			const pages = Number(db.pragma("page_count", { simple: true }));
			db.pragma(`max_page_count = ${pages + 4}`);
			let refused = 0;
			for (let i = 0; refused < 3; i++) {
				try {
					const form = { name: "x".repeat(3000) };
					const { run } = await rig.host.start(requestOf(`c${cycle}-${i}`, "toy", "contoso", form), sop);
					confirmed.push(run);
				} catch (problem) {
					assert.equal((problem as { code?: string }).code, "disk-full");
					refused++;
				}
			}
			db.pragma("max_page_count = 1000000");
			const { run } = await rig.host.start(requestOf(`free${cycle}`), sop);
			confirmed.push(run);
		}
		for (const run of confirmed) await until(rig, run, (r) => r.steps.ask?.state === "waiting");
		assert.equal((await verifyAll(db)).finding, undefined);
		await rig.stop();
	});

	test("a folder that was moved is at home; a copied one is not", async (t) => {
		const folder = tempFolder();
		t.after(() => removeFolder(folder));
		const rig = await serve(join(folder, "a"));
		await rig.host.start(requestOf("a"), sop);
		await rig.stop();
		renameSync(join(folder, "a"), join(folder, "b"));
		cpSync(join(folder, "b"), join(folder, "c"), { recursive: true });
		const moved = openStore({ folder: join(folder, "b"), key });
		assert.equal(moved.health().kind, "good");
		moved.close();
		const copied = openStore({ folder: join(folder, "c"), key });
		assert.equal(copied.health().kind, "copy");
		copied.close();
	});
});
