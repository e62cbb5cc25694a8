/**
 * The desk over the real host: who may do what, what each answer gets, and that a refusal leaves no trace in the run but one
 * in the audit stream.
 */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { SopwithError } from "../../src/base/errors.ts";
import type { Values } from "../../src/base/json.ts";
import type { RunDescription } from "../../src/engine/desk.ts";
import type { Actor, Roster } from "../../src/people/roster.ts";
import type { Sop, Step } from "../../src/sop/sop.ts";
import { DI, definitions, FINN, HARRIET, MO, openWorld, TIA, type World } from "../chat/world.ts";

const { newhire } = definitions.clients.contoso?.sops ?? {};
assert.ok(newhire);
/** The same, but two have to approve it. */
const two: Sop = {
	...{ ...newhire, id: "two", definition: "2".repeat(64), unique: [] },
	starts: [{ kind: "command", command: "two", by: ["hr"] }],
	steps: newhire.steps.map((step) => (step.kind === "approve" ? { ...step, by: ["it-lead", "owner"], need: 2 } : step)),
};

let world: World;
let no = 0;
before(async () => {
	world = await openWorld({ sops: { two } });
});
after(() => world.end());

const form = (lastName: string): Values => {
	return { firstName: "Ada", lastName, startDate: "2026-12-01", profile: "sales" };
};
const start = (actor: Actor, lastName: string, key = `k${no++}`) =>
	world.desk.start({ actor, client: "contoso", sop: "newhire", form: form(lastName), key, via: "web" });
const steer = (actor: Actor, run: string, verb: "cancel" | "pause" | "resume") =>
	world.desk.steer({ actor, run, verb, words: "", via: "web", key: `s${no++}` });
const amend = (actor: Actor, run: string) =>
	world.desk.amend({ actor, run, values: { startDate: "2026-12-02" }, via: "web", key: `a${no++}` });
const undo = (actor: Actor, run: string) => world.desk.undo({ actor, run, via: "web", key: `u${no++}` });

/** Waits until the run has this phase; fails when it never comes. */
async function until(run: string, phase: string): Promise<RunDescription> {
	for (let tries = 0; tries < 400; tries += 1) {
		const found = await world.desk.read(DI, run);
		if (found?.phase === phase) return found;
		await sleep(5);
	}
	assert.fail(`${run} never became ${phase}: ${(await world.desk.read(DI, run))?.phase}`);
}

async function asked(
	lastName: string,
): Promise<{ readonly run: string; readonly wait: string; readonly plan: string }> {
	const { run } = await start(HARRIET, lastName);
	const found = await until(run, "waiting");
	const wait = found.steps.find((s) => s.path === "approve")?.wait;
	return { run, wait: wait?.id ?? "", plan: wait?.plan ?? "" };
}

async function code(doing: Promise<unknown>): Promise<string> {
	try {
		await doing;
		return "ok";
	} catch (error) {
		if (error instanceof SopwithError) return error.code;
		throw error;
	}
}

test("who may start, see, steer and amend a run", async () => {
	assert.deepEqual(await Promise.all([MO, DI, FINN].map((actor) => code(start(actor, "Nobody")))), [
		"not-allowed",
		"not-allowed",
		"not-allowed",
	]);
	const { run } = await asked("Who");
	const rows: { [who: string]: readonly string[] } = {};
	for (const [who, actor] of Object.entries({ harriet: HARRIET, mo: MO, di: DI, tia: TIA, finn: FINN })) {
		const sees = (await world.desk.read(actor, run)) === undefined ? "no" : "ok";
		const journal = (await world.desk.journal(actor, run)) === undefined ? "no" : "ok";
		const note = await code(world.desk.note({ actor, run, words: "w", key: `n${no++}` }));
		const pauses = await code(steer(actor, run, "pause"));
		const resumes = await code(steer(actor, run, "resume"));
		rows[who] = [sees, journal, note, pauses, resumes, await code(amend(actor, run))];
		await until(run, "waiting");
	}
	const all = ["ok", "ok", "ok", "ok", "ok", "ok"];
	const denied = "not-allowed";
	assert.deepEqual(rows, {
		harriet: all,
		mo: ["ok", "ok", "ok", denied, denied, denied],
		di: all,
		tia: ["ok", "ok", "ok", "ok", "ok", denied],
		finn: ["no", "no", "no-such-run", "no-such-run", "no-such-run", "no-such-run"],
	});
});

test("who may answer, and what each answer gets", async () => {
	const { run, wait, plan } = await asked("Answer");
	const answer = (actor: Actor, more = {}) =>
		world.desk.answer({ actor, run, wait, verb: "approve", plan, values: {}, via: "web", ...more });
	const before = (await world.host.read(run))?.run.seq;
	const heard = world.heard.length;
	assert.equal(await code(answer(HARRIET)), "own-request");
	assert.equal(await code(answer(DI)), "not-yours");
	assert.equal(await code(answer(TIA)), "not-yours");
	assert.equal(await code(answer(FINN)), "no-such-run");
	assert.equal(await code(answer(MO, { run: "NOSUCHRUN000" })), "no-such-run");
	assert.equal(await code(answer(MO, { verb: "retry" })), "not-taken");
	assert.equal(await code(answer(MO, { plan: "another" })), "stale");
	assert.equal((await world.host.read(run))?.run.seq, before, "no refusal enters the run");
	assert.ok(world.heard.length >= heard + 3, "each is kept in the audit stream");
	const first = await answer(MO);
	const second = await answer(MO);
	assert.deepEqual([first.outcome, second.outcome, second.seq], ["accepted", "duplicate", first.seq]);
	await until(run, "done");
});

test("who approves on a card or a page names the plan it shows; a program may leave that out", async () => {
	const { run, wait } = await asked("Unseen");
	const approve = (via: "web" | "teams" | "slack" | "api") =>
		code(world.desk.answer({ actor: MO, run, wait, verb: "approve", values: {}, via }));
	assert.deepEqual([await approve("web"), await approve("teams"), await approve("slack")], ["stale", "stale", "stale"]);
	assert.equal(await approve("api"), "ok");
	await until(run, "done");
});

test("of two answers at the same moment one decides, and the other hears by whom", async () => {
	const { run, wait, plan } = await asked("Both");
	const answer = (verb: "approve" | "send-back") =>
		code(world.desk.answer({ actor: MO, run, wait, verb, plan, values: {}, via: "web" }));
	assert.deepEqual(await Promise.all([answer("approve"), answer("send-back")]), ["ok", "decided"]);
	await until(run, "done");
});

test("the same key is the same run, another form under it is a mistake, an equal request is the first run", async () => {
	const first = await start(HARRIET, "Twice", "one key");
	const again = await start(HARRIET, "Twice", "one key");
	assert.deepEqual([again.outcome, again.run], ["duplicate", first.run]);
	assert.equal(await code(start(HARRIET, "Other", "one key")), "key-reused");
	const equal = await start(TIA, "Twice", "another key");
	assert.deepEqual([equal.outcome, equal.run], ["duplicate", first.run]);
});

test("a key is its person's own, for one verb and one request", async () => {
	const { run } = await asked("Keys");
	const say = (actor: Actor, verb: "cancel" | "pause" | "resume", words = "") =>
		world.desk.steer({ actor, run, verb, words, via: "api", key: "INC-1" });
	const change = (values: Values) => world.desk.amend({ actor: HARRIET, run, values, via: "api", key: "INC-1" });
	const note = (actor: Actor, words: string) => world.desk.note({ actor, run, words, key: "INC-1" });
	const outcomes = async (...doing: readonly (() => Promise<{ readonly outcome: string }>)[]) => {
		const found: string[] = [];
		for (const one of doing) found.push((await one()).outcome);
		return found;
	};
	assert.deepEqual(
		await outcomes(
			() => say(TIA, "pause"),
			() => say(TIA, "resume"),
			() => say(HARRIET, "pause"),
			() => say(TIA, "pause"),
			() => change({ firstName: "Eve" }),
			() => change({ firstName: "Eve" }),
			() => note(TIA, "One."),
			() => note(DI, "One."),
			() => note(TIA, "One."),
		),
		["accepted", "accepted", "accepted", "duplicate", "accepted", "duplicate", "accepted", "accepted", "duplicate"],
	);
	for (const other of [
		say(TIA, "pause", "why"),
		change({ firstName: "Bea" }),
		change({ firstName: "Eve", startDate: "2026-12-03" }),
		change({ startDate: "2026-12-01" }),
		note(TIA, "Two."),
	])
		assert.equal(await code(other), "key-reused");
	const { form: kept, notes } = (await world.desk.read(TIA, run)) ?? assert.fail("it is there");
	assert.deepEqual([kept.firstName, kept.startDate, notes.length], ["Eve", "2026-12-01", 2]);
	await say(HARRIET, "cancel", "wrong person");
	await until(run, "stopped");
});

test("a form with mistakes starts nothing and names every field", async () => {
	const bad = { actor: HARRIET, client: "contoso", sop: "newhire", form: { profile: "nobody", extra: 1 } } as const;
	const problems = world.desk.check(bad).map((p) => p.path);
	for (const field of ["form.firstName", "form.lastName", "form.startDate", "form.profile"])
		assert.ok(problems.includes(field), `${field} in ${problems}`);
	assert.equal(await code(world.desk.start({ ...bad, key: "bad", via: "web" })), "bad-input");
});

test("an undo is the requester's or the owner's, of a run that is over, once", async () => {
	const { run, wait, plan } = await asked("Undone");
	assert.equal(await code(undo(HARRIET, run)), "still-running");
	await world.desk.answer({ actor: MO, run, wait, verb: "approve", plan, values: {}, via: "web" });
	const ended = await until(run, "done");
	assert.equal(ended.undoable.length, 1);
	assert.equal(await code(undo(TIA, run)), "not-allowed");
	assert.equal(await code(undo(FINN, run)), "no-such-run");
	const receipt = await undo(HARRIET, run);
	assert.equal((await until(receipt.run, "waiting")).undoes, run);
	assert.equal(await code(undo(DI, run)), "undone-already");
	assert.equal(await code(amend(HARRIET, run)), "ended");
});

/** The same desk while the roster is another. */
async function withRoster(change: (roster: Roster) => Roster, doing: () => Promise<void>): Promise<void> {
	const client = world.definitions().clients.contoso as { roster: Roster };
	const before = client.roster;
	client.roster = change(before);
	try {
		await doing();
	} finally {
		client.roster = before;
	}
}

async function askedOfTwo(key: string): Promise<(actor: Actor) => Promise<unknown>> {
	const more = { client: "contoso", sop: "two", form: form(key), key, via: "web" } as const;
	const { run } = await world.desk.start({ actor: HARRIET, ...more });
	const { id = "", plan = "" } = (await until(run, "waiting")).steps.find((s) => s.path === "approve")?.wait ?? {};
	return (actor) =>
		world.desk.answer({ actor, run, wait: id, verb: "approve", plan, values: {}, via: "web" }).then(async () => {
			const now = await world.host.read(run);
			const waits = now?.run.steps.approve?.wait?.votes?.map(({ by }) => by);
			return waits ?? now?.run.approvals.at(-1)?.by;
		});
}

test("a vote counts as long as its voter is asked", async () => {
	const vote = await askedOfTwo("Left");
	assert.deepEqual(await vote(MO), ["mo"]);
	const gone = (roster: Roster): Roster => {
		const people = roster.people.filter((person) => person.id !== "mo");
		return { ...roster, people, roles: { ...roster.roles, "it-lead": [] } };
	};
	await withRoster(gone, async () => {
		assert.deepEqual(await vote(DI), ["di"], "his vote went with him, hers is the first");
		assert.deepEqual(await vote(DI), ["di"]);
	});
	assert.deepEqual(await vote(MO), ["di", "mo"], "back again, he says it anew");
	const stays = await askedOfTwo("Stays");
	await stays(MO);
	assert.deepEqual(await stays(DI), ["mo", "di"]);
});

test("of two entries that are one human the second cannot vote again, whatever chat they use", async () => {
	const vote = await askedOfTwo("Once");
	const one = (roster: Roster): Roster => {
		return { ...roster, people: roster.people.map((who) => ({ ...who, ...twins(who.id) })) };
	};
	const twins = (id: string) => (id === "mo" || id === "di" ? { slack: "T01/U02" } : {});
	await vote(MO);
	await withRoster(one, async () => assert.equal(await code(vote(DI)), "voted"));
	assert.deepEqual(await vote(DI), ["mo", "di"]);
});

test("what two approved is undone by two, and not begun where there are not two to approve it", async () => {
	const { run } = await world.desk.start({
		...{ actor: HARRIET, client: "contoso", sop: "two", form: form("Two"), key: "two", via: "web" },
	});
	const approve = async (actor: Actor, of: string) => {
		const { wait } = (await until(of, "waiting")).steps.find((s) => s.path === "approve") ?? assert.fail("it is asked");
		const plan = wait?.plan ?? "";
		await world.desk.answer({ actor, run: of, wait: wait?.id ?? "", verb: "approve", plan, values: {}, via: "web" });
	};
	await approve(MO, run);
	await approve(DI, run);
	await until(run, "done");
	assert.equal(await code(undo(DI, run)), "nobody-approves", "she cannot approve what she asks for");
	const receipt = await undo(HARRIET, run);
	await approve(MO, receipt.run);
	assert.equal((await until(receipt.run, "waiting")).plan?.decidedBy, undefined);
	await approve(DI, receipt.run);
	assert.deepEqual((await until(receipt.run, "running")).plan?.decidedBy, ["mo", "di"]);
});

test("what a reader may do with a run is what the desk would let them do, as the run stands", async () => {
	const { run, wait, plan } = await asked("Offered");
	const offered = async (actor: Actor) => (await world.desk.read(actor, run))?.may;
	assert.deepEqual(await Promise.all([HARRIET, DI, TIA, MO].map(offered)), [
		["note", "pause", "cancel", "amend"],
		["note", "pause", "cancel", "amend"],
		["note", "pause", "cancel"],
		["note"],
	]);
	await steer(HARRIET, run, "pause");
	assert.deepEqual(await offered(TIA), ["note", "resume", "cancel"]);
	await steer(HARRIET, run, "resume");
	await world.desk.answer({ actor: MO, run, wait, verb: "approve", plan, values: {}, via: "web" });
	const ended = await until(run, "done");
	assert.deepEqual(await Promise.all([HARRIET, TIA].map(offered)), [["note", "undo"], ["note"]]);
	const proofs = ended.steps.flatMap((step) => (step.proof ?? []).map(({ at }) => at === step.since));
	assert.ok(proofs.length > 0 && proofs.every((same) => same), "each check says when it was read back");
	await undo(HARRIET, run);
	assert.deepEqual(await offered(HARRIET), ["note"]);
});

test("what waits for a person is listed for them alone, until it is answered", async () => {
	const { run, wait, plan } = await asked("Listed");
	const open = async (actor: Actor) => (await world.desk.waiting(actor)).map((w) => w.run.id);
	assert.ok((await open(MO)).includes(run));
	for (const actor of [HARRIET, FINN]) assert.ok(!(await open(actor)).includes(run));
	await world.desk.answer({ actor: MO, run, wait, verb: "approve", plan, values: {}, via: "web" });
	await until(run, "done");
	assert.ok(!(await open(MO)).includes(run));
});

test("a broadcast waits for everybody it means, asks nobody twice, and shows who has not read it", async () => {
	const to = ["hr", "it-lead", "owner"];
	const more = { let: {}, blocking: true, onFailure: "ask", acknowledge: true } as const;
	const notice: Step = { ...more, id: "notice", name: "Read this", kind: "tell", to, card: "notice", data: {} };
	const sop = { ...newhire, id: "notice", definition: "9".repeat(64), unique: [], steps: [notice] };
	const request = { client: "contoso", sop: "notice", key: "notice", by: "harriet", via: "web", form: {} } as const;
	const { run } = await world.host.start(request, sop);
	const wait = (await world.desk.read(DI, run))?.steps[0]?.wait;
	const reads = (actor: Actor) =>
		world.desk.answer({ actor, run, wait: wait?.id ?? "", verb: "acknowledge", values: {}, via: "web" });
	assert.deepEqual(wait?.by, ["harriet", "mo", "di"]);
	assert.equal(await code(reads(TIA)), "not-yours");
	assert.equal((await reads(MO)).outcome, "accepted");
	assert.equal((await reads(MO)).outcome, "duplicate");
	const step = (await world.desk.read(DI, run))?.steps[0];
	assert.deepEqual(
		[step?.state, step?.wait?.by, step?.output?.missing],
		["waiting", ["harriet", "di"], ["harriet", "di"]],
	);
	assert.ok(
		!(await world.desk.waiting(MO)).some((open) => open.run.id === run),
		"whoever has read it is left in peace",
	);
	await reads(HARRIET);
	await reads(DI);
	const ended = await until(run, "done");
	const acknowledged = ended.steps[0]?.output?.acknowledged as readonly { readonly by: string }[];
	assert.deepEqual(
		acknowledged.map(({ by }) => by),
		["mo", "harriet", "di"],
	);
	assert.equal((await reads(MO)).outcome, "duplicate", "a late repetition is harmless");
});
