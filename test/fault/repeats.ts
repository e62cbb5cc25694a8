/**
 * The same click, submission or request twice: at once, and again after a restart. One run, one vote; the second hears
 * what the first did.
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { freePort } from "../fixtures/process.ts";
import { roomyDefinitions } from "./definitions.ts";
import { journalOf } from "./journal.ts";
import { approvalOf, as, type Crew, formOf, hire, signIn, startOf, waitFor } from "./people.ts";
import { type Answer, apiOf, type Place, startApp } from "./real-app.ts";
import { type FaultRow, type Tally, tallyOf } from "./row.ts";

const TWICE = [0, 1] as const;
type Sent = { readonly place: Place; readonly crew: Crew; readonly name: string; readonly tally: Tally };

export async function repeatFaults(folder: string, times: number): Promise<readonly FaultRow[]> {
	const data = join(folder, "data");
	mkdirSync(data);
	const place: Place = { data, definitions: roomyDefinitions(join(folder, "definitions")), port: await freePort() };
	let app = await startApp(place);
	const crew = await hire(place, ["harriet", "mo"]);
	const rows: FaultRow[] = [];
	for (const [fault, twice] of Object.entries(WAYS)) {
		const tally = tallyOf(fault);
		for (let time = 0; time < times; time++) {
			const began = performance.now();
			const again = await twice({ place, crew, tally, name: `${fault.replaceAll(/\W/g, "")}${time}` });
			if (time === 0) {
				await app.kill();
				app = await startApp(place);
				await again();
			}
			tally.tried(performance.now() - began);
		}
		rows.push(tally.row());
	}
	await app.stop();
	return rows;
}

/** Each sends it twice at once, judges, and returns how to send it once more after a restart. */
const WAYS: { readonly [fault: string]: (sent: Sent) => Promise<() => Promise<void>> } = {
	"the same request twice": requestTwice,
	"the same person asked for twice": personTwice,
	"the same click twice": clickTwice,
	"the same page form twice": formTwice,
};

async function requestTwice({ crew, name, tally }: Sent): Promise<() => Promise<void>> {
	const send = (): Promise<Answer> =>
		as(crew, "harriet")("/api/v1/runs", { body: startOf(formOf(name)), headers: { "idempotency-key": name } });
	const first = await Promise.all(TWICE.map(send));
	return judgeStarts(tally, first, send);
}

async function personTwice({ crew, name, tally }: Sent): Promise<() => Promise<void>> {
	const send = (): Promise<Answer> => as(crew, "harriet")("/api/v1/runs", { body: startOf(formOf(name)) });
	const first = await Promise.all(TWICE.map(send));
	return judgeStarts(tally, first, send);
}

function judgeStarts(tally: Tally, first: readonly Answer[], send: () => Promise<Answer>): () => Promise<void> {
	const ids = new Set(first.map(({ body }) => body.id));
	if (ids.size > 1) tally.doubled(`two runs: ${[...ids].join(", ")}`);
	const said = first.map(({ body }) => String(body.outcome)).sort();
	tally.expect(said.join() === "accepted,duplicate", `they heard ${said.join(" and ")}`);
	return async () => {
		const { body } = await send();
		if (!ids.has(body.id)) tally.doubled(`after a restart: another run, ${body.id}`);
		tally.expect(body.outcome === "duplicate", `after a restart it heard ${body.outcome}`);
	};
}

async function clickTwice({ crew, name, tally }: Sent): Promise<() => Promise<void>> {
	const { body } = await as(crew, "harriet")("/api/v1/runs", { body: startOf(formOf(name, { profile: "sales" })) });
	const id = String(body.id);
	const mo = as(crew, "mo");
	const run = await waitFor(mo, id, (seen) => approvalOf(seen) !== undefined);
	const open = run && approvalOf(run);
	if (open === undefined) {
		tally.wrong(`run ${id} never asked for approval`);
		return async () => {};
	}
	const send = (): Promise<Answer> => mo(`/api/v1/runs/${id}/answers`, { body: { ...open, verb: "approve" } });
	const first = await Promise.all(TWICE.map(send));
	const seqs = new Set(first.map(({ body: receipt }) => receipt.seq));
	tally.expect(first.every(({ status }) => status === 200) && seqs.size === 1, first.map(({ text }) => text).join(" "));
	await judgeVotes(tally, crew, id);
	return async () => {
		const { status, body: receipt, text } = await send();
		tally.expect(status === 200 && seqs.has(receipt.seq), `after a restart: ${status} ${text}`);
		await judgeVotes(tally, crew, id);
	};
}

async function judgeVotes(tally: Tally, crew: Crew, id: string): Promise<void> {
	const rows = (await journalOf(as(crew, "harriet"), id)) ?? [];
	const votes = rows.filter(({ kind }) => kind === "answered").length;
	if (votes === 0) tally.lost(`the vote on ${id}`);
	if (votes > 1) tally.doubled(`${votes} votes on ${id}`);
}

async function formTwice({ place, name, tally }: Sent): Promise<() => Promise<void>> {
	const cookie = await signIn(place.port, "contoso/harriet");
	const fields = { ...formOf(name), draft: `draft-${name}` };
	const headers = {
		cookie,
		origin: `http://127.0.0.1:${place.port}`,
		"content-type": "application/x-www-form-urlencoded",
	};
	const raw = new URLSearchParams(fields).toString();
	const send = (): Promise<Answer> => apiOf(place.port)("/portal/contoso/newhire", { raw, headers });
	const first = await Promise.all(TWICE.map(send));
	const places = new Set(first.map(({ location }) => location));
	if (places.size > 1) tally.doubled(`two runs: ${[...places].join(", ")}`);
	tally.expect(
		first.every(({ status }) => status === 303),
		`it answered ${first.map(({ status }) => status).join()}`,
	);
	return async () => {
		const { location, status } = await send();
		if (status === 303 && !places.has(location)) tally.doubled(`after a restart: ${location}`);
		tally.expect(status === 303, `after a restart it answered ${status}`);
	};
}
