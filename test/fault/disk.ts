/**
 * What a disk can do: full, held by another process, a flipped bit, a torn log. New work is refused in words, nothing that
 * was acknowledged is lost in silence, and the way on is said.
 */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, cpSync, mkdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { ConfigError } from "../../src/base/errors.ts";
import { openStore } from "../../src/engine/embedded/open.ts";
import { verifyStore } from "../../src/engine/embedded/verify.ts";
import { askStep, doStep, key, requestOf, serve, sopOf, until } from "../engine/embedded/fixture.ts";
import { freePort } from "../fixtures/process.ts";
import { roomyDefinitions } from "./definitions.ts";
import { chainProblem, journalOf } from "./journal.ts";
import { as, formOf, hire, startOf } from "./people.ts";
import { environment, type Place, ROOT, startApp } from "./real-app.ts";
import { type FaultRow, type Tally, tallyOf } from "./row.ts";

/** A second process on a folder that is in use ends with 3 and names who holds it. */
export async function heldFault(folder: string, times: number): Promise<FaultRow> {
	const tally = tallyOf("the database held by another process");
	const data = join(folder, "data");
	mkdirSync(data);
	const place: Place = { data, port: await freePort() };
	const app = await startApp(place);
	for (let time = 0; time < times; time++) {
		const began = performance.now();
		const env = environment({ ...place, port: await freePort() });
		const child = spawn(process.execPath, ["src/main.ts", "start"], {
			cwd: ROOT,
			env,
			stdio: ["ignore", "pipe", "pipe"],
		});
		let said = "";
		for (const stream of [child.stdout, child.stderr])
			stream.on("data", (text: Buffer) => {
				said += text.toString("utf8");
			});
		await once(child, "close");
		tally.tried(performance.now() - began);
		tally.expect(child.exitCode === 3, `it ended with ${child.exitCode}`);
		tally.expect(said.includes(String(app.pid)), `it does not name ${app.pid}: ${said}`);
	}
	await app.stop();
	return tally.row();
}

/** Room for the database and some runs. The limit is on every file the process writes. */
const FULL_BYTES = 1_500_000;
const MOST_RUNS = 400;

/** A real process that may write no more: it refuses in words, goes on reading, and has kept what it acknowledged. */
export async function fullFault(folder: string): Promise<FaultRow> {
	const tally = tallyOf("the disk full");
	const data = join(folder, "data");
	mkdirSync(data);
	const definitions = roomyDefinitions(join(folder, "definitions"));
	const place: Place = { data, definitions, port: await freePort() };
	const roomy = await startApp(place);
	const crew = await hire(place, ["harriet"]);
	await roomy.stop();
	const full = await startApp({ ...place, under: ["prlimit", `--fsize=${FULL_BYTES}`] });
	const harriet = as(crew, "harriet");
	const kept: string[] = [];
	let refused = false;
	for (let n = 0; n < MOST_RUNS && !refused; n++) {
		const began = performance.now();
		const { status, body, text } = await harriet("/api/v1/runs", {
			body: startOf(formOf(`Full${n}`, { profile: "sales" })),
		});
		tally.tried(performance.now() - began);
		if (status === 202) kept.push(String(body.id));
		else {
			refused = true;
			tally.expect(status === 503 && body.code === "disk-full", `${status} ${text}`);
			tally.expect(String(body.title).includes("Free space"), `the way on is not said: ${text}`);
		}
	}
	tally.expect(refused, `${kept.length} runs and the disk was not full`);
	const [first = ""] = kept;
	tally.expect((await harriet(`/api/v1/runs/${first}`)).status === 200, "it does not even show what is there");
	await full.kill();
	const again = await startApp(place);
	for (const id of kept) {
		const rows = await journalOf(harriet, id);
		if (rows === undefined || rows.length === 0) tally.lost(`run ${id} was acknowledged and is gone`);
		else tally.expect(chainProblem(id, rows) === undefined, `the chain of ${id}`);
	}
	const more = await harriet("/api/v1/runs", { body: startOf(formOf("Room", { profile: "sales" })) });
	tally.expect(more.status === 202, `with room again: ${more.text}`);
	await again.stop();
	return tally.row();
}

const RUNS = 6;
const FILES = ["sopwith.db", "sopwith.db-wal", "head"] as const;

/** Bits flipped in database and log, and logs torn off, in copies of what a killed process leaves. */
export async function damageFaults(folder: string, times: number): Promise<readonly FaultRow[]> {
	const left = await leftBehind(folder);
	const rows = (place: string): string => {
		const db = new DatabaseSync(join(place, "sopwith.db"), { readOnly: true });
		const found = db.prepare("SELECT total, run, seq, at, kind, payload, hash FROM events ORDER BY total").all();
		db.close();
		return JSON.stringify(found);
	};
	const whole = join(folder, "whole");
	copyTo(left, whole);
	const truth = rows(whole);
	const spoilt = async (fault: string, spoil: (copy: string) => void): Promise<FaultRow> => {
		const tally = tallyOf(fault);
		for (let time = 0; time < times; time++) {
			const copy = join(folder, "spoilt");
			copyTo(left, copy);
			spoil(copy);
			const began = performance.now();
			await judge(tally, copy, () => rows(copy) === truth);
			tally.tried(performance.now() - began);
		}
		return tally.row();
	};
	return [
		await spoilt("a flipped bit in the database", (copy) => flip(join(copy, "sopwith.db"))),
		await spoilt("a flipped bit in the log", (copy) => flip(join(copy, "sopwith.db-wal"))),
		await spoilt("a torn log", (copy) => tear(join(copy, "sopwith.db-wal"))),
	];
}

/** A loss counts as silent when the house opens, takes itself for good, and a full check finds nothing. */
async function judge(tally: Tally, place: string, isWhole: () => boolean): Promise<void> {
	let store: ReturnType<typeof openStore>;
	try {
		store = openStore({ folder: place, key });
	} catch (problem) {
		const known = problem instanceof ConfigError;
		tally.expect(known, `it ends with ${problem instanceof Error ? problem.name : "something"} and no words`);
		const remedies = known ? problem.problems.map(({ remedy }) => remedy ?? "").join() : "";
		tally.expect(/backup|doctor|key/i.test(remedies), `the way on is not said: ${remedies}`);
		return;
	}
	const health = store.health();
	const { finding } = await verifyStore(store);
	store.close();
	if (health.kind === "damaged") tally.expect(/backup/.test(health.words), `the way on is not said: ${health.words}`);
	else if (finding === undefined && !isWhole()) tally.lost("events changed or gone, and nothing says so");
}

async function leftBehind(folder: string): Promise<string> {
	const sop = sopOf("toy", [doStep("one"), askStep("ask")]);
	const live = join(folder, "live");
	const left = join(folder, "left");
	const park = async (rig: Awaited<ReturnType<typeof serve>>, name: string): Promise<void> => {
		for (let n = 0; n < RUNS; n++) {
			const { run } = await rig.host.start(requestOf(`${name}${n}`), sop);
			await until(rig, run, (seen) => seen.steps.ask?.state === "waiting");
		}
	};
	const first = await serve(live);
	await park(first, "a");
	await first.stop();
	const second = await serve(live);
	await park(second, "b");
	cpSync(live, left, { recursive: true });
	await second.stop();
	return left;
}

function copyTo(left: string, copy: string): void {
	rmSync(copy, { recursive: true, force: true });
	mkdirSync(copy);
	for (const name of FILES) copyFileSync(join(left, name), join(copy, name));
}

function flip(file: string): void {
	const bytes = readFileSync(file);
	const at = Math.floor(Math.random() * bytes.length);
	bytes[at] = (bytes[at] ?? 0) ^ (1 << Math.floor(Math.random() * 8));
	writeFileSync(file, bytes);
}

function tear(file: string): void {
	truncateSync(file, Math.floor(Math.random() * statSync(file).size));
}
