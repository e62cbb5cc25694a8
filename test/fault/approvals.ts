/**
 * Approvals that must not count: by whom it concerns, by strangers, with a card that is old or was tampered with, after the
 * plan has moved on. Each is refused with a reason, kept in the audit stream where it is about authority, and the plan
 * stays open for whoever may.
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { freePort } from "../fixtures/process.ts";
import { edit, roomyDefinitions } from "./definitions.ts";
import { approvalOf, as, type Crew, formOf, hire, type RunSeen, readRun, startOf, waitFor } from "./people.ts";
import { type Place, startApp } from "./real-app.ts";
import { type FaultRow, tallyOf } from "./row.ts";

type Open = { readonly wait: string; readonly plan: string };
type Attempted = {
	readonly as: string;
	readonly spoil?: (open: Open, crew: Crew, run: RunSeen) => Promise<Open> | Open;
};
type Case = Attempted & { readonly status: number; readonly code?: string; readonly audited?: true };

const CASES: { readonly [fault: string]: Case } = {
	"approval by the requester": { as: "harriet", status: 403, audited: true },
	"approval by the subject": {
		as: "pat",
		status: 403,
		code: "subject",
		audited: true,
	},
	"approval by an outsider": { as: "tia", status: 403, audited: true },
	"approval by another client's person": { as: "ines", status: 404, audited: true },
	"approval with an old card": {
		as: "mo",
		status: 409,
		code: "stale",
		spoil: ({ wait, plan }) => ({ wait: before(wait), plan }),
	},
	"approval of a tampered plan": {
		as: "mo",
		status: 409,
		code: "stale",
		spoil: ({ wait }) => ({ wait, plan: "0".repeat(64) }),
	},
	"approval after the plan moved on": { as: "mo", status: 409, code: "stale", spoil: amended },
};

/** Who is hired; here it is always Pat, who is a lead. */
const HIRED = /email: "[^"]*privateEmail[^"]*"/;

export async function approvalFaults(folder: string, times: number): Promise<readonly FaultRow[]> {
	const data = join(folder, "data");
	mkdirSync(data);
	const definitions = roomyDefinitions(join(folder, "definitions"));
	edit(definitions, "newhire.yaml", (text) => text.replace(HIRED, 'email: "pat@contoso.example"'));
	const place: Place = { data, definitions, port: await freePort() };
	const app = await startApp(place);
	const crew = await hire(place, ["harriet", "mo", "pat", "tia", "ines"]);
	const tallies = Object.entries(CASES).map(([fault, one], at) => ({ fault, one, at, tally: tallyOf(fault) }));
	const refused: { readonly run: string; readonly fault: string }[] = [];
	for (const { one, at, tally, fault } of tallies) {
		for (let time = 0; time < times; time++) {
			const began = performance.now();
			const form = formOf(`Case${at}x${time}`, { profile: "sales" });
			const { body, text } = await as(crew, "harriet")("/api/v1/runs", { body: startOf(form) });
			const run = await waitFor(as(crew, "harriet"), String(body.id), (seen) => approvalOf(seen) !== undefined);
			const open = run && approvalOf(run);
			if (run === undefined || open === undefined) {
				tally.wrong(`it never asked for approval: ${text}`);
				continue;
			}
			const said = one.spoil === undefined ? open : await one.spoil(open, crew, run);
			const answer = await as(crew, one.as)(`/api/v1/runs/${run.id}/answers`, { body: { ...said, verb: "approve" } });
			tally.expect(answer.status === one.status, `${answer.status} instead of ${one.status}: ${answer.text}`);
			tally.expect(one.code === undefined || answer.body.code === one.code, `${answer.text}`);
			tally.expect(typeof answer.body.title === "string" && answer.body.title !== "", "no reason was given");
			const after = await readRun(as(crew, "harriet"), run.id);
			const voted = after?.plan?.decidedBy?.length ?? 0;
			tally.expect(voted === 0, `it counted: ${after?.plan?.decidedBy?.join()}`);
			if (one.audited) refused.push({ run: run.id, fault });
			tally.tried(performance.now() - began);
		}
	}
	await app.stop();
	const audited = auditOf(data);
	for (const { run, fault } of refused) {
		const tally = tallies.find((one) => one.fault === fault)?.tally;
		tally?.expect(audited.includes(run), `the refusal on ${run} is not in the audit stream`);
	}
	return tallies.map(({ tally }) => tally.row());
}

/** The wait's id one step earlier in the life of its step. */
function before(wait: string): string {
	const [path, epoch] = wait.split("#");
	return `${path}#${Number(epoch) - 1}`;
}

/** The form changes after the card was drawn: another plan, another card. */
async function amended(open: Open, crew: Crew, run: RunSeen): Promise<Open> {
	const harriet = as(crew, "harriet");
	await harriet(`/api/v1/runs/${run.id}/amend`, { body: { values: { lastName: `Other${run.id}` } } });
	await waitFor(harriet, run.id, (seen) => (approvalOf(seen)?.plan ?? open.plan) !== open.plan);
	return open;
}

/** All entries of the audit stream as one text, read when the process is gone. */
function auditOf(data: string): string {
	const db = new DatabaseSync(join(data, "sopwith.db"), { readOnly: true });
	const rows = db.prepare("SELECT entry FROM audit").all();
	db.close();
	return rows.map(({ entry }) => String(entry)).join("\n");
}
