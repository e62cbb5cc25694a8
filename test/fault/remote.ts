/**
 * What the other side can do to a run, by faults scripted into the sandbox of a house in this process: it refuses, drops,
 * throttles, answers late or not at all. A named outcome follows, and never a second account.
 */
import { join } from "node:path";
import type { Fault } from "../../src/actions/sandbox/faults.ts";
import type { House } from "../../src/app-house.ts";
import type { RunDescription } from "../../src/engine/desk.ts";
import { atOnce } from "../fixtures/at-once.ts";
import { edit, roomyDefinitions } from "./definitions.ts";
import { formOf } from "./people.ts";
import { openQuietHouse } from "./quiet-house.ts";
import { type FaultRow, type Tally, tallyOf } from "./row.ts";

type Case = {
	readonly faults?: readonly Fault[];
	/** Changed before the house opens. */
	readonly client?: (text: string) => string;
	/** Somebody of that name is there already. */
	readonly taken?: true;
	/** How it must end: done, or asking a person, with this many accounts. */
	readonly ends: "done" | "asks";
	readonly accounts: number;
	/** Takes longer than a try may. */
	readonly slow?: true;
};

const ADD = { on: "directory", method: "ADD" } as const;
const LICENCE = { on: "graph", method: "POST", path: /assignLicense/ } as const;
const READS = { on: "graph", method: "GET" } as const;
const status = (code: number, more: object = {}) => ({ kind: "status", status: code, ...more }) as const;
const done = { ends: "done", accounts: 1 } as const;

const CASES: { readonly [fault: string]: Case } = {
	"remote: the name is taken": { taken: true, ends: "asks", accounts: 1 },
	"remote: no licence left": {
		client: (text) => text.replace("DESKLESSPACK: { total: 999", "DESKLESSPACK: { total: 0"),
		ends: "asks",
		accounts: 0,
	},
	"remote: 429 with Retry-After": {
		faults: [{ match: LICENCE, times: 2, answer: status(429, { retryAfter: "1" }) }],
		...done,
	},
	"remote: 429 without Retry-After": { faults: [{ match: LICENCE, times: 2, answer: status(429) }], ...done },
	"remote: 503 on reads": { faults: [{ match: READS, times: 3, answer: status(503) }], ...done },
	"remote: 500 after the write": { faults: [{ match: LICENCE, answer: status(500, { applied: true }) }], ...done },
	"remote: cut before the account is made": {
		faults: [{ match: ADD, answer: { kind: "dropped", applied: false } }],
		...done,
	},
	"remote: cut after the account is made": {
		faults: [{ match: ADD, answer: { kind: "dropped", applied: true } }],
		...done,
	},
	"remote: cut before the licence is given": {
		faults: [{ match: LICENCE, answer: { kind: "dropped", applied: false } }],
		...done,
	},
	"remote: cut after the licence is given": {
		faults: [{ match: LICENCE, answer: { kind: "dropped", applied: true } }],
		...done,
	},
	"remote: the directory cannot be reached": {
		faults: [{ match: { on: "directory", method: "SEARCH" }, times: 4, answer: { kind: "unreachable" } }],
		...done,
	},
	"remote: the directory forbids": {
		faults: [{ match: ADD, times: 99, answer: { kind: "refused", result: 50 } }],
		ends: "asks",
		accounts: 0,
	},
	"remote: no answer in time": { faults: [{ match: ADD, answer: { kind: "slow", ms: 40_000 } }], slow: true, ...done },
};

/** A case computes next to nothing. */
const AT_ONCE = 16;
const MOST_MS = 150_000;

/** `slow`: also those that take longer than a try may. */
export async function remoteFaults(folder: string, options: { readonly slow: boolean }): Promise<readonly FaultRow[]> {
	const cases = Object.entries(CASES).filter(([, one]) => options.slow || one.slow === undefined);
	return atOnce(AT_ONCE, cases, async ([fault, one], at) => {
		const tally = tallyOf(fault);
		await play(join(folder, String(at)), one, tally);
		return tally.row();
	});
}

async function play(folder: string, one: Case, tally: Tally): Promise<void> {
	const house = await openOn(folder, one);
	const contoso = house.clientOf("contoso");
	if (contoso === undefined) throw new Error("no client contoso");
	const tenant = house.tenantOf(contoso);
	if (one.taken) {
		const first = await hireOne(house, "first", "2026-11-01");
		tally.expect(first?.phase === "done", `the first of that name: ${first?.phase}`);
	}
	const met = (one.faults ?? []).map((fault) => tenant.fault(fault));
	const began = performance.now();
	const run = await hireOne(house, "second", undefined);
	tally.tried(performance.now() - began);
	for (const fault of met) tally.expect(fault.met() > 0, "the fault was never met");
	const ended = run === undefined ? "nothing in time" : run.phase === "done" ? "done" : "asks";
	tally.expect(ended === one.ends, `${ended} instead of ${one.ends}: ${JSON.stringify(run?.waitingFor)}`);
	const users = tenant.readOut().users.filter(({ displayName }) => displayName === "Kim Fault");
	if (users.length > one.accounts) tally.doubled(`${users.length} accounts instead of ${one.accounts}`);
	if (users.length < one.accounts) tally.lost(`${users.length} accounts instead of ${one.accounts}`);
	for (const { licences, groups } of users) {
		if (new Set(licences).size + new Set(groups).size !== licences.length + groups.length)
			tally.doubled("a licence or group");
		tally.expect(one.ends !== "done" || licences.length === 1, `${licences.length} licences`);
	}
	await house.close();
}

async function openOn(folder: string, one: Case): Promise<House> {
	const definitions = roomyDefinitions(join(folder, "definitions"));
	if (one.client !== undefined) edit(definitions, "clients/contoso/client.yaml", one.client);
	return openQuietHouse({ definitions, data: join(folder, "data") });
}

/** Starts the hire of Kim Fault and waits until it has ended or asks somebody. */
async function hireOne(house: House, key: string, day: string | undefined): Promise<RunDescription | undefined> {
	const actor = { id: "harriet", client: "contoso" };
	const form = formOf("Fault", day === undefined ? {} : { startDate: day });
	const { run } = await house.desk.start({ actor, client: "contoso", sop: "newhire", form, key, via: "api" });
	const { promise, resolve } = Promise.withResolvers<RunDescription | undefined>();
	const look = async (): Promise<void> => {
		const seen = await house.desk.read(actor, run);
		const asks = seen?.steps.some(({ wait }) => (wait?.by.length ?? 0) > 0) === true;
		if (asks || seen?.endedAt !== undefined) resolve(seen);
	};
	const off = house.host.onChange((change) => {
		if (change.run.id === run) void look();
	});
	const late = setTimeout(resolve, MOST_MS, undefined);
	await look();
	const seen = await promise;
	clearTimeout(late);
	off();
	return seen;
}
