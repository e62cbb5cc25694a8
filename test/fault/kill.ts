/**
 * SIGKILL of the real process at random moments while people start and approve. What was acknowledged must be there
 * afterwards, nothing may be written twice, and every run must end or wait for somebody who is named.
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { registry } from "../../src/actions/registry.ts";
import { openSandboxServer } from "../../src/actions/sandbox/sandbox.ts";
import { seedOf } from "../../src/actions/sandbox/seed.ts";
import { systemClock } from "../../src/base/time.ts";
import { CORE } from "../../src/engine/decide.ts";
import { loadDefinitions } from "../../src/sop/folder.ts";
import { freePort } from "../fixtures/process.ts";
import { roomyDefinitions } from "./definitions.ts";
import { chainProblem, journalOf } from "./journal.ts";
import {
	approvalOf,
	as,
	type Crew,
	directoryOf,
	formOf,
	hire,
	isAsking,
	isEnded,
	readRun,
	startOf,
	waitFor,
} from "./people.ts";
import { type Place, startApp } from "./real-app.ts";
import { type FaultRow, type Tally, tallyOf } from "./row.ts";

/** What was acknowledged of one run. */
type Kept = { readonly name: string; seq: number; readonly mail: string };
/** `sent`: asked for, whatever came back; by last name. */
type Ledger = { readonly kept: Map<string, Kept>; readonly sent: Set<string> };

const AT_ONCE = 2;
/** What one worker starts before every third kill; otherwise, and after that, it writes notes on what is open. */
const STARTS = 2;
const STARTS_EVERY = 3;
const LATEST_KILL_MS = 900;
/** Runs of the last rounds are looked at after each restart, all of them at the end. */
const LOOK_BACK = 6;
/** For all of them together: a step of each may wait for a sync, and a client has 8 orders performed at once. */
const SETTLE_MS = 600_000;

/** `moments`: how often it is killed. */
export async function killFaults(folder: string, moments: number): Promise<FaultRow> {
	const tally = tallyOf("SIGKILL of the real process under load");
	const definitions = roomyDefinitions(join(folder, "definitions"));
	const data = join(folder, "data");
	mkdirSync(data);
	const place: Place = { data, definitions, port: await freePort() };
	const ledger: Ledger = { kept: new Map(), sent: new Set() };
	let app = await startApp(place);
	let crew = await hire(place, ["harriet", "mo", "di"]);
	for (let moment = 0; moment < moments; moment++) {
		const stop = new AbortController();
		const load = Promise.all(
			Array.from({ length: AT_ONCE }, (_, at) =>
				push(crew, ledger, {
					name: `R${moment}W${at}`,
					starts: moment % STARTS_EVERY === 0 ? STARTS : 0,
					signal: stop.signal,
				}),
			),
		);
		await pause(Math.random() * LATEST_KILL_MS);
		// A first kill before anything was acknowledged would show nothing.
		for (let looked = 0; ledger.kept.size === 0 && looked < 400; looked++) await pause(50);
		await app.kill();
		stop.abort();
		await load;
		app = await startApp(place);
		tally.tried(app.readyMs);
		const recent = [...ledger.kept.keys()].slice(-AT_ONCE * LOOK_BACK);
		await checkJournals({ tally, crew, ledger }, recent);
	}
	await settle({ tally, crew, ledger });
	await checkJournals({ tally, crew, ledger }, [...ledger.kept.keys()]);
	await checkDirectory(tally, ledger, place.port);
	await app.stop();
	crew = {};
	await checkMails(tally, place);
	return tally.row();
}

function pause(ms: number): Promise<void> {
	return new Promise((resolve) => setTimeout(resolve, ms));
}

type Checked = { readonly tally: Tally; readonly crew: Crew; readonly ledger: Ledger };
type Push = { readonly name: string; readonly starts: number; readonly signal: AbortSignal };

/** One worker: starts, approves, notes, until the process is gone. Half of its runs need nobody's approval. */
async function push(crew: Crew, ledger: Ledger, { name, starts, signal }: Push): Promise<void> {
	const ask = as(crew, "harriet");
	for (let turn = 0; turn < starts && !signal.aborted; turn++) {
		const lastName = `${name}T${turn}`;
		const profile = turn % 2 === 0 ? "sales" : "warehouse";
		const mail = `${lastName.toLowerCase()}@private.example`;
		const body = startOf(formOf(lastName, { profile, privateEmail: mail }));
		ledger.sent.add(lastName);
		const { status, body: made } = await ask("/api/v1/runs", { body, headers: { "idempotency-key": lastName } });
		if (status !== 202) return;
		const id = String(made.id);
		ledger.kept.set(id, { name: lastName, seq: 1, mail });
		const noted = await ask(`/api/v1/runs/${id}/notes`, { body: { words: `Note on ${lastName}` } });
		keep(ledger, id, noted);
		if (profile === "warehouse") continue;
		const run = await waitFor(ask, id, (seen) => approvalOf(seen) !== undefined || signal.aborted, 2000);
		const open = run && approvalOf(run);
		if (open === undefined) continue;
		const said = { ...open, verb: "approve" };
		keep(ledger, id, await as(crew, "mo")(`/api/v1/runs/${id}/answers`, { body: said }));
	}
	const open = [...ledger.kept.keys()].slice(-AT_ONCE * LOOK_BACK);
	for (let turn = 0; !signal.aborted && open.length > 0; turn++) {
		const id = open[turn % open.length] ?? "";
		const noted = await ask(`/api/v1/runs/${id}/notes`, { body: { words: `Note ${turn}` } });
		if (noted.status === 0) return;
		keep(ledger, id, noted);
	}
}

function keep(
	ledger: Ledger,
	id: string,
	{ status, body }: { readonly status: number; readonly body: { readonly [name: string]: unknown } },
): void {
	const kept = ledger.kept.get(id);
	if (status === 200 && kept !== undefined && typeof body.seq === "number") kept.seq = Math.max(kept.seq, body.seq);
}

async function checkJournals({ tally, crew, ledger }: Checked, runs: readonly string[]): Promise<void> {
	for (const id of runs) {
		const kept = ledger.kept.get(id);
		const rows = await journalOf(as(crew, "harriet"), id);
		if (kept === undefined || rows === undefined || rows.length < kept.seq) {
			tally.lost(`run ${id}: ${rows?.length ?? "no"} events, ${kept?.seq} were acknowledged`);
			continue;
		}
		const broken = chainProblem(id, rows);
		if (broken !== undefined) tally.wrong(broken);
		const begun = rows
			.filter(({ kind }) => kind === "attempt-began")
			.map(({ payload }) => {
				const { step, attempt } = payload as { readonly step: string; readonly attempt: number };
				return `${step}/${attempt}`;
			});
		for (const name of begun.filter((one, at) => begun.indexOf(one) !== at))
			tally.doubled(`${id}: ${name} began twice`);
	}
}

/** Approves what is still open, then waits until every run has ended or asks somebody. */
async function settle({ tally, crew, ledger }: Checked): Promise<void> {
	const until = performance.now() + SETTLE_MS;
	const mo = as(crew, "mo");
	for (const id of ledger.kept.keys()) {
		const left = Math.max(1000, until - performance.now());
		let run = await waitFor(as(crew, "harriet"), id, (seen) => isEnded(seen) || isAsking(seen), left);
		const open = run && approvalOf(run);
		if (open !== undefined) {
			await mo(`/api/v1/runs/${id}/answers`, { body: { ...open, verb: "approve" } });
			run = await waitFor(mo, id, (seen) => approvalOf(seen) === undefined && (isEnded(seen) || isAsking(seen)), left);
		}
		if (run === undefined) {
			const seen = await readRun(as(crew, "harriet"), id);
			tally.wrong(`run ${id} neither ended nor asks anybody: ${seen?.phase}, ${seen?.waitingFor}`);
		}
	}
}

async function checkDirectory(tally: Tally, { kept, sent }: Ledger, port: number): Promise<void> {
	const users = await directoryOf(port);
	for (const name of sent) {
		const found = users.filter(({ displayName }) => displayName === `Kim ${name}`);
		if (found.length > 1) tally.doubled(`${found.length} accounts for Kim ${name}`);
		for (const { groups, licences } of found) {
			if (new Set(groups).size !== groups.length || new Set(licences).size !== licences.length) {
				tally.doubled(`Kim ${name} holds something twice: ${[...groups, ...licences].join(", ")}`);
			}
		}
	}
	const names = new Set(users.map(({ userPrincipalName }) => userPrincipalName));
	if (names.size !== users.length) tally.doubled(`${users.length - names.size} sign-in names are there twice`);
	const strangers = users.filter(
		({ displayName }) => displayName.startsWith("Kim ") && !sent.has(displayName.slice(4)),
	);
	for (const { displayName } of strangers) tally.wrong(`${displayName} was never asked for`);
	tally.expect(kept.size > 0 && users.length > kept.size / 4, `${users.length} accounts for ${kept.size} runs`);
}

/** Mail is sent once or not at all. Read from the tenant's own files, when the process is gone. */
async function checkMails(tally: Tally, { data, definitions = "" }: Place): Promise<void> {
	const { clients } = loadDefinitions(definitions, registry.known(), { clock: systemClock, core: CORE });
	const { contoso } = clients;
	if (contoso === undefined) throw new Error("no client contoso");
	const server = await openSandboxServer({ folder: join(data, "sandbox"), clock: systemClock });
	const sent = server
		.tenant(seedOf(contoso))
		.mails()
		.map((mail) => JSON.stringify(mail.to));
	await server.close();
	for (const to of sent.filter((one, at) => sent.indexOf(one) !== at)) tally.doubled(`two mails to ${to}`);
}
