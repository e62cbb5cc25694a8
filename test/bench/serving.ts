/**
 * What is felt from outside, on the real process: how long `npm start` takes until it serves, and how long a person's
 * answer takes until it is durable.
 */
import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { apiOf, type Place, ROOT, startApp, tokenFor } from "../fault/real-app.ts";
import { freePort } from "../fixtures/process.ts";
import { type Figures, quantile } from "./row.ts";

const STARTS = 7;
const CLICKS = 400;
const WARM = 100;

/** In an empty data folder each time: keys, certificate and database are made as on the first day. */
export async function benchColdStart(folder: string): Promise<Figures> {
	const { scripts } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as {
		readonly scripts: { readonly start: string };
	};
	const command = scripts.start.split(" ");
	const took: number[] = [];
	for (let start = 0; start < STARTS; start++) {
		const data = join(folder, `cold-${start}`);
		mkdirSync(data);
		const app = await startApp({ data, port: await freePort(), command });
		took.push(app.readyMs);
		await app.stop();
	}
	return { "cold start": quantile(took, 0.5) };
}

/** A procedure that asks one person one thing. */
const QUESTION = `sop: question
title: Question
owner: it-lead
start: [{ command: question, by: [hr] }]
form:
  n: { label: Number, type: number }
steps:
  - { name: Ask the lead, id: ask, ask: { to: [it-lead], form: { ok: { label: Fine, type: yes-no } } } }
`;

export async function benchClicks(folder: string): Promise<Figures> {
	const definitions = join(folder, "clicks-definitions");
	cpSync(join(ROOT, "sop-definitions"), definitions, { recursive: true });
	writeFileSync(join(definitions, "question.yaml"), QUESTION);
	const data = join(folder, "clicks");
	mkdirSync(data);
	const place: Place = { data, definitions, port: await freePort() };
	const app = await startApp(place);
	const asks = apiOf(place.port, await tokenFor(place, "harriet", "contoso"));
	const answers = apiOf(place.port, await tokenFor(place, "mo", "contoso"));
	const runs: { readonly id: string; readonly wait: string }[] = [];
	for (let n = 0; n < CLICKS; n++) {
		const body = { client: "contoso", sop: "question", form: { n } };
		const { status, body: made, text } = await asks("/api/v1/runs", { body });
		if (status !== 202) throw new Error(`not started: ${text}`);
		const { body: run } = await answers(`/api/v1/runs/${made.id}`);
		const steps = run.steps as readonly { readonly wait?: { readonly id: string } }[];
		runs.push({ id: String(made.id), wait: steps[0]?.wait?.id ?? "" });
	}
	const took: number[] = [];
	for (const { id, wait } of runs) {
		const began = performance.now();
		const { status, text } = await answers(`/api/v1/runs/${id}/answers`, {
			body: { wait, verb: "submit", values: { ok: true } },
		});
		took.push(performance.now() - began);
		if (status !== 200) throw new Error(`not taken: ${text}`);
	}
	await app.stop();
	return { "click to durable p99": quantile(took.slice(WARM), 0.99) };
}
