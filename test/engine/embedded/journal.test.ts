/**
 * Deliveries, receipts and the journal: what is answered is durable, once, in order, and chained.
 */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { after, before, describe, test } from "node:test";
import { ConflictError, UnavailableError } from "../../../src/base/errors.ts";
import { canonical } from "../../../src/base/json.ts";
import { createArchive } from "../../../src/engine/embedded/archive.ts";
import { verifyAll } from "../../../src/engine/embedded/verify.ts";
import type { NewEvent } from "../../../src/engine/event.ts";
import type { Recorded } from "../../../src/engine/ports.ts";
import {
	askStep,
	clientOf,
	core,
	doStep,
	type Rig,
	removeFolder,
	requestOf,
	serve,
	sopOf,
	tempFolder,
	until,
} from "./fixture.ts";

const steps = [doStep("one"), askStep("ask"), doStep("two")];
const sop = sopOf("toy", steps);
const unique = sopOf("single", steps, { unique: ["form.name"] });
const folder = tempFolder();
let rig: Rig;
before(async () => {
	rig = await serve(folder);
});
after(async () => {
	await rig.stop();
	removeFolder(folder);
});

const asks = (run: string) => until(rig, run, (r) => r.steps.ask?.state === "waiting");
const submit = (run: string, by: string): Promise<import("../../../src/engine/ports.ts").Receipt> => {
	const event: NewEvent = {
		kind: "answered",
		wait: waits.get(run) ?? "",
		verb: "submit",
		by,
		as: "owner",
		values: {},
		via: "web",
	};
	return rig.host.deliver(run, event, `click:${waits.get(run)}:${by}`);
};
const waits = new Map<string, string>();
async function parked(name: string): Promise<string> {
	const { run } = await rig.host.start(requestOf(name), sop);
	await asks(run);
	waits.set(run, (await rig.host.read(run))?.run.steps.ask?.wait?.id ?? "");
	return run;
}
const all = async (run: string): Promise<readonly Recorded[]> =>
	Array.fromAsync(createArchive(rig.store, rig.host.flush).journal(run));

describe("the journal", () => {
	test("a run's chain can be checked by anyone, from the public shape alone", async () => {
		const run = await parked("chain");
		await submit(run, "mo");
		await until(rig, run, (r) => r.ended !== undefined);
		const rows = await all(run);
		assert.deepEqual(
			rows.map((r) => r.kind),
			["started", "attempt-began", "attempt-ended", "answered", "attempt-began", "attempt-ended"],
		);
		const sha = (text: string) => createHash("sha256").update(text).digest("hex");
		let prev = "0".repeat(64);
		for (const [i, row] of rows.entries()) {
			assert.equal(row.seq, i + 1);
			assert.equal(row.prev, prev);
			assert.equal(row.payloadHash, sha(canonical(row.payload)));
			prev = sha([prev, run, row.seq, row.at, row.kind, row.payloadHash].join("\n"));
			assert.equal(row.hash, prev);
		}
		assert.equal((await verifyAll(rig.store.db)).finding, undefined);
	});

	test("a journal can be read from the middle", async () => {
		const run = await parked("middle");
		const archive = createArchive(rig.store, rig.host.flush);
		const rows = await Array.fromAsync(archive.journal(run, 3));
		assert.deepEqual(
			rows.map((r) => r.seq),
			[3],
		);
		assert.equal(rows[0]?.prev, (await all(run))[1]?.hash);
	});

	test("the same delivery key again gets the first receipt, and an attempt never begins twice", async () => {
		const run = await parked("again");
		const first = await submit(run, "mo");
		assert.deepEqual({ ...first, outcome: "duplicate" }, await submit(run, "mo"));
		const began = { kind: "attempt-began", step: "one", attempt: 1, changes: [], input: {} } as const;
		const receipt = await rig.host.deliver(run, began, "began:one/1");
		assert.equal(receipt.outcome, "duplicate");
		assert.equal(receipt.verdict, "no");
		assert.equal(receipt.reason?.code, "begun-already");
	});

	test("answers at the same moment are decided one after the other: one is taken, all are told", async () => {
		const run = await parked("race");
		const receipts = await Promise.all(Array.from({ length: 50 }, (_, i) => submit(run, `p${i}`)));
		assert.equal(receipts.filter((r) => r.verdict === "accepted").length, 1);
		assert.equal(receipts.filter((r) => r.verdict === "no").length, 49);
		await until(rig, run, (r) => r.ended !== undefined);
		assert.equal((await all(run)).filter((r) => r.kind === "answered").length, 1);
	});

	test("the same request is the same run, also within one tick", async () => {
		const receipts = await Promise.all([1, 2, 3].map(() => rig.host.start(requestOf("same"), sop)));
		assert.deepEqual(
			receipts.map((r) => r.outcome),
			["accepted", "duplicate", "duplicate"],
		);
		assert.equal(new Set(receipts.map((r) => r.run)).size, 1);
	});

	test("an equal unique request is the first run, until that one is stopped", async () => {
		const form = { name: "Ada" };
		const [one, two] = await Promise.all(
			["u1", "u2"].map((k) => rig.host.start(requestOf(k, "single", "contoso", form), unique)),
		);
		assert.equal(two?.outcome, "duplicate");
		assert.equal(two?.run, one?.run);
		const run = one?.run ?? "";
		await until(rig, run, (r) => r.steps.ask?.state === "waiting");
		const cancel = { kind: "steered", verb: "cancel", by: "ada", words: "not now" } as const;
		await rig.host.deliver(run, cancel, "cancel");
		await until(rig, run, (r) => r.ended?.phase === "stopped");
		const third = await rig.host.start(requestOf("u3", "single", "contoso", form), unique);
		assert.equal(third.outcome, "accepted");
	});

	test("an event for a run that does not exist is refused", async () => {
		const note = { kind: "noted", by: "ada", words: "hello" } as const;
		await assert.rejects(
			rig.host.deliver("0000", note, "n"),
			(e) => e instanceof ConflictError && e.code === "no-such-run",
		);
	});

	test("text that JSON cannot hold is refused alone, the rest of the tick goes on", async () => {
		const half = rig.host.start(requestOf("half", "toy", "contoso", { name: "\ud800" }), sop);
		const fine = rig.host.start(requestOf("fine", "toy", "contoso", { name: "a\u0000b \u202e" }), sop);
		await assert.rejects(half, { code: "bad-text" });
		const { run } = await fine;
		await asks(run);
		assert.equal((await all(run))[0]?.kind, "started");
		assert.equal((await verifyAll(rig.store.db)).finding, undefined);
	});

	test("a run keeps the definition it began with", async () => {
		const run = await parked("pinned");
		const changed = { ...sop, title: "Another title" };
		await rig.host.start(requestOf("pinned-2"), changed);
		assert.equal((await rig.host.read(run))?.sop.title, sop.title);
	});

	test("lists filter, page, and show the last event", async () => {
		const client = clientOf("fabrikam");
		const other = sopOf("toy", steps, { client, definition: "f".repeat(64) });
		const ids: string[] = [];
		for (let i = 0; i < 5; i++) {
			const form = { name: `Person ${i}` };
			ids.push((await rig.host.start(requestOf(`l${i}`, "toy", "fabrikam", form), other)).run);
		}
		await Promise.all(ids.map(asks));
		const archive = createArchive(rig.store, rig.host.flush);
		const page = await archive.list({ client: "fabrikam", most: 3 });
		assert.deepEqual(
			page.items.map((r) => r.id),
			ids.toReversed().slice(0, 3),
		);
		const rest = await archive.list({ client: "fabrikam", most: 3, cursor: page.cursor ?? "" });
		assert.deepEqual(
			rest.items.map((r) => r.id),
			ids.toReversed().slice(3),
		);
		assert.equal(rest.cursor, undefined);
		const found = await archive.list({ clients: ["fabrikam"], subject: "person 3", phase: "waiting", by: "ada" });
		assert.deepEqual(
			found.items.map((r) => [r.id, r.subject, r.waitingFor]),
			[[ids[3], "Person 3", ["done", "waiting"]]],
		);
		assert.equal(await archive.find((ids[2] ?? "").toLowerCase().slice(0, 8)), ids[2]);
		assert.equal(await archive.find("UUUU"), undefined);
	});

	test("a run whose decision throws is set aside; the others of the same tick go on", async () => {
		const bad = tempFolder();
		const broken = {
			...core,
			decide: (...[s, r, e]: Parameters<typeof core.decide>) => {
				if (e.kind === "noted" && e.words === "bug") throw new Error("a bug");
				return core.decide(s, r, e);
			},
		};
		const own = await serve(bad, { core: broken });
		const [a, b] = await Promise.all(["a", "b"].map((k) => own.host.start(requestOf(k), sop)));
		const note = (words: string): NewEvent => ({ kind: "noted", by: "ada", words });
		const [first, second] = await Promise.allSettled([
			own.host.deliver(a?.run ?? "", note("bug"), "n1"),
			own.host.deliver(b?.run ?? "", note("fine"), "n1"),
		]);
		assert.equal(second.status, "fulfilled");
		assert.ok(first.status === "rejected" && first.reason instanceof UnavailableError);
		assert.equal(first.reason.code, "quarantined");
		await assert.rejects(own.host.deliver(a?.run ?? "", note("fine"), "n2"), { code: "quarantined" });
		await own.host.release(a?.run ?? "");
		assert.equal((await own.host.deliver(a?.run ?? "", note("fine"), "n3")).verdict, "accepted");
		await own.stop();
		removeFolder(bad);
	});
});
