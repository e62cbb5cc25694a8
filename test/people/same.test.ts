/**
 * One human has one vote, by however many names, accounts and places: who is the same by the roster, and what the core
 * makes of votes that come from all over.
 */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { DeniedError } from "../../src/base/errors.ts";
import type { NewEvent, SurfaceName } from "../../src/engine/event.ts";
import { authorize, type Question } from "../../src/people/authorize.ts";
import type { Person, Roster } from "../../src/people/roster.ts";
import { humansAmong, sameAs } from "../../src/people/same.ts";
import { HARRIET, MO, openWorld } from "../chat/world.ts";
import { approveStep, doStep, entry, make, planFor, sopFor, stays, tell } from "../engine/stage.ts";

const person = (id: string, more: Partial<Person> = {}): Person => ({
	...{ id, name: id, email: `${id}@contoso.example`, of: "client" },
	...more,
});

describe("two entries of a roster", () => {
	const pairs: readonly [string, Partial<Person>, Partial<Person>, boolean][] = [
		["with one address, in any case", { email: "Mo@x.example" }, { email: "mo@X.example" }, true],
		["with one account in Slack", { slack: "T01/U02" }, { slack: "T01/U02" }, true],
		["with one account in Teams", { teams: "AB-1" }, { teams: "tenant/ab-1" }, true],
		["with the same member id in two workspaces", { slack: "T01/U02" }, { slack: "T09/U02" }, false],
		["with one name", { name: "Mo Manager" }, { name: "Mo Manager" }, false],
		["without accounts", {}, {}, false],
	];
	for (const [what, one, other, same] of pairs) {
		test(`${what} are ${same ? "one human" : "two people"}`, () => {
			const people = [person("a", one), person("b", { of: "msp", ...other }), person("c")];
			assert.deepEqual(sameAs({ people }, "a"), same ? ["b"] : []);
			assert.deepEqual(sameAs({ people }, "b"), same ? ["a"] : []);
		});
	}
});

test("entries that have nothing in common are one human through a third", () => {
	const mo = person("mo", { slack: "T01/U02" });
	const between = person("between", { slack: "T01/U02", teams: "ab-1" });
	const people = [mo, person("c"), person("mona", { teams: "AB-1" }), between];
	assert.deepEqual(sameAs({ people }, "mo").toSorted(), ["between", "mona"]);
	assert.deepEqual(humansAmong({ people }, ["mona", "c", "mo"]), ["mona", "c"]);
	assert.deepEqual(sameAs({ people }, "nobody"), []);
});

describe("whoever asked for a run, or is its subject", () => {
	const people = [
		person("harriet", { slack: "T01/U02" }),
		person("hattie", { slack: "T01/U02" }),
		person("ada"),
		person("ada-msp", { of: "msp", email: "ada@contoso.example" }),
	];
	const roster: Roster = {
		client: "contoso",
		people,
		roles: { it: ["hattie", "ada-msp"] },
		channels: {},
		standing: [],
	};
	const question = (actor: Question["actor"]): Question => ({
		actor,
		verb: "approve",
		client: "contoso",
		roster,
		run: {
			by: "harriet",
			involved: { requester: "harriet", subject: "ada@contoso.example", owner: "it" },
			urgency: "routine",
			visibility: "all",
			audiences: ["it"],
		},
		wait: { who: ["it"] },
	});
	const code = (verdict: ReturnType<typeof authorize>) => (verdict.ok ? "ok" : verdict.code);

	test("cannot approve it by another entry of the roster", () => {
		assert.equal(code(authorize(question({ id: "hattie", client: "contoso" }))), "own-request");
		assert.equal(code(authorize(question({ id: "ada-msp" }))), "subject");
	});
});

test("at the desk, whoever asked is neither asked nor heard by another entry of the roster, from whatever place", async () => {
	const email = "HARRIET@contoso.example";
	const world = await openWorld({ people: (each) => (each.id === "mo" ? { ...each, email } : each) });
	const form = { firstName: "Ada", lastName: "Lovelace", startDate: "2026-12-01", profile: "sales" };
	const start = { actor: HARRIET, client: "contoso", sop: "newhire", form, key: "one", via: "teams" } as const;
	const { run } = await world.desk.start({ ...start, from: "tenant/harriet" });
	const step = async () => (await world.desk.read(HARRIET, run))?.steps.find(({ wait }) => wait?.kind === "approval");
	for (let looked = 0; looked < 500 && (await step()) === undefined; looked++) await new Promise(setImmediate);
	const wait = (await step())?.wait;
	assert(wait !== undefined);
	assert.deepEqual([wait.by, await world.desk.waiting(MO)], [[], []]);
	for (const via of ["teams", "slack", "web", "api"] as const) {
		const answer = { actor: MO, run, wait: wait.id, verb: "approve", values: {}, via } as const;
		await assert.rejects(
			world.desk.answer(answer),
			(error) => error instanceof DeniedError && error.code === "own-request",
		);
	}
	await world.end();
});

type Vote = { readonly human: number; readonly entry: number; readonly account: number; readonly linked: boolean };
const PLACES: readonly SurfaceName[] = ["teams", "slack", "web", "api"];
const idOf = ({ human, entry: at }: Vote): string => `h${human}e${at}`;

/** A vote as the desk tells it. Each human has three entries, that the roster knows to be one, and accounts of their own. */
function told(wait: string, vote: Vote): NewEvent {
	const { human, account } = vote;
	const same = [0, 1, 2].map((at) => idOf({ ...vote, entry: at })).filter((id) => id !== idOf(vote));
	const at = { via: PLACES[account % PLACES.length] ?? "web", from: `h${human}a${account}` };
	const about = { kind: "answered", wait, verb: "approve", by: idOf(vote), as: "it-lead", values: {} } as const;
	return { ...about, ...at, ...(vote.linked ? { same } : {}) };
}

describe("votes from all over", () => {
	const vote: fc.Arbitrary<Vote> = fc.record({
		human: fc.integer({ min: 0, max: 3 }),
		entry: fc.integer({ min: 0, max: 2 }),
		account: fc.integer({ min: 0, max: 5 }),
		linked: fc.constant(true),
	});

	test("approve with as many humans as are needed, never one of them twice, never whoever asked", () => {
		fc.assert(
			fc.property(fc.array(vote, { maxLength: 20 }), fc.integer({ min: 1, max: 3 }), (votes, need) => {
				const sop = sopFor([approveStep(["a"], { need }), doStep("a"), stays]);
				const run = tell(sop, { value: "v0" }, { by: "h0e0", from: "h0a0" });
				run.planned("approve", planFor([entry("a", [make])]));
				const { id } = run.wait("approve");
				const yes = new Set<number>();
				for (const one of votes) {
					const before = run.run();
					run.send(told(id, one));
					if (one.human !== 0 && run.run() !== before) yes.add(one.human);
					const [approval] = run.run().approvals;
					const humans = new Set((approval?.by ?? []).map((by) => by.slice(0, 2)));
					assert.equal(approval !== undefined, yes.size >= need, "approved when enough humans said so");
					assert.equal(humans.size, approval?.by.length ?? 0, "each human once");
					assert(!humans.has("h0"), "never whoever asked");
					if (approval !== undefined) return;
				}
			}),
			{ numRuns: 500 },
		);
	});

	test("with one account count once, whatever the roster said of it in between", () => {
		const run = tell(sopFor([approveStep(["a"], { need: 2 }), doStep("a")]), { value: "v0" }, { from: "T01/U09" });
		run.planned("approve", planFor([entry("a", [make])]));
		const { id } = run.wait("approve");
		const vote = (by: string, via: SurfaceName, from: string) =>
			run.send({ kind: "answered", wait: id, verb: "approve", by, as: "it-lead", values: {}, via, from });
		vote("mo", "slack", "T01/U02");
		const second = vote("di", "slack", "T01/U02");
		assert.deepEqual([second.reason?.code, second.reason?.by, run.run().approvals], ["voted", "mo", []]);
		vote("mo", "teams", "tenant/mo");
		assert.deepEqual(run.run().approvals, []);
		vote("di", "teams", "T01/U02");
		const [approval] = run.run().approvals;
		assert.deepEqual(approval?.by, ["mo", "di"]);
		assert.deepEqual(
			approval?.votes?.map(({ by, via }) => `${by} ${via}`),
			["mo teams", "di teams"],
		);
	});

	test("from the account that asked for the run are refused, by whatever name", () => {
		const run = tell(sopFor([approveStep(["a"]), doStep("a")]), { value: "v0" }, { via: "slack", from: "T01/U02" });
		run.planned("approve", planFor([entry("a", [make])]));
		const { id } = run.wait("approve");
		const about = { kind: "answered", wait: id, verb: "approve", as: "it-lead", values: {} } as const;
		assert.equal(run.send({ ...about, by: "mo", via: "slack", from: "T01/U02" }).reason?.code, "own-request");
		assert.equal(run.send({ ...about, by: "mo", via: "slack", from: "T01/U03" }).reason, undefined);
	});
});
