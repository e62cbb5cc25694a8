/**
 * SIGKILL of the real process at random moments while it hires on a real controller and on Graph over HTTPS. Afterwards
 * nobody has two accounts, nobody else was touched, no mail went out twice, and every run has ended or asks somebody.
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { freePort } from "../../fixtures/process.ts";
import { as, type Crew, formOf, hire, isAsking, isEnded, type RunSeen, startOf, waitFor } from "../people.ts";
import { type Place, startApp } from "../real-app.ts";
import type { Tally } from "../row.ts";
import { differences, readBack } from "./read-back.ts";
import { openRemotes, type Remotes } from "./scene.ts";

const LATEST_KILL_MS = 1_600;
const STARTS = 2;
/** For each run at the end: what was not answered is looked at again after up to a minute. */
const SETTLE_MS = 240_000;

/** `moments`: how often it is killed. */
export async function killOnDirectories(folder: string, tally: Tally, moments: number): Promise<void> {
	const remotes = await openRemotes({ folder, direct: true });
	try {
		await killed(remotes, { folder, tally, moments });
	} finally {
		await remotes.close();
	}
}

type Told = { readonly folder: string; readonly tally: Tally; readonly moments: number };

async function killed(remotes: Remotes, { folder, tally, moments }: Told): Promise<void> {
	const data = join(folder, "data");
	mkdirSync(data);
	const place: Place = { data, definitions: remotes.definitions, port: await freePort() };
	const { skus } = remotes.cloud.tenant;
	for (const sku of skus.all()) skus.put(sku.skuId, { ...sku, total: sku.others + 2 * STARTS * moments });
	const before = await readBack(remotes);
	const runs = new Map<string, string>();
	let app = await startApp(place);
	const crew = await hire(place, ["harriet"]);
	for (let moment = 0; moment < moments; moment++) {
		const ends = performance.now() + Math.random() * LATEST_KILL_MS;
		for (let start = 0; start < STARTS; start++)
			await begin(remotes, crew, { runs, lastName: `Kill${moment}x${start}` });
		await new Promise((resolve) => setTimeout(resolve, Math.max(0, ends - performance.now())));
		await app.kill();
		app = await startApp(place);
		tally.tried(app.readyMs);
	}
	const done = new Set<string>();
	for (const [id, name] of runs) {
		const seen = await waitFor(as(crew, "harriet"), id, (run) => isEnded(run) || isAsking(run), SETTLE_MS);
		if (seen === undefined) tally.wrong(`the run of ${name} neither ended nor asks anybody`);
		else if (seen.phase === "done") done.add(name);
		else judgeAsked(tally, seen, name);
	}
	await app.stop();
	await judge(remotes, tally, done);
	for (const difference of differences(before, await readBack(remotes))) tally.wrongTarget(difference);
}

type Began = { readonly runs: Map<string, string>; readonly lastName: string };

async function begin(remotes: Remotes, crew: Crew, { runs, lastName }: Began): Promise<void> {
	const form = formOf(lastName, { privateEmail: `${lastName.toLowerCase()}@private.example` });
	remotes.hired.add(`Kim ${lastName}`);
	const headers = { "idempotency-key": lastName };
	const { status, body } = await as(crew, "harriet")("/api/v1/runs", { body: startOf(form), headers });
	if (status === 202) runs.set(String(body.id), `Kim ${lastName}`);
}

/** What may have been done and was not answered is for a person to say; nothing else is there to be asked. */
function judgeAsked(tally: Tally, { steps, waitingFor }: RunSeen, name: string): void {
	const asks = steps.filter(({ wait }) => (wait?.by.length ?? 0) > 0);
	tally.expect(asks.length > 0, `${name}: stopped, ${JSON.stringify(waitingFor)}`);
	for (const { path } of asks) {
		// A mail alone is never looked up and sent again by itself.
		if (path.startsWith("welcome")) tally.unknownAsked();
		else tally.wrong(`${name}: asks about ${path}: ${JSON.stringify(waitingFor)}`);
	}
}

async function judge(remotes: Remotes, tally: Tally, done: ReadonlySet<string>): Promise<void> {
	const found = await readBack(remotes);
	for (const name of remotes.hired) {
		const [accounts, cloud] = [found.accounts(name), found.cloudAccounts(name)];
		if (accounts.length > 1 || cloud.length > 1) tally.doubled(`${accounts.length} and ${cloud.length} of ${name}`);
		if (!done.has(name)) continue;
		const [account] = accounts;
		if (account === undefined) tally.lost(`the account of ${name}`);
		const isWhole =
			account?.isOpen === true && account.groups.length === 1 && account.manager.startsWith("CN=Sol Vance,");
		tally.expect(isWhole && cloud[0]?.licences.length === 1, `${name}: ${JSON.stringify([account, cloud[0]])}`);
	}
	const sent = remotes.smtp.mails.map(({ to }) => to.join());
	for (const to of sent.filter((one, at) => sent.indexOf(one) !== at)) tally.doubled(`two mails to ${to}`);
}
