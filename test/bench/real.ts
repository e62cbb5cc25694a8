/**
 * `newhire` on a real domain controller (Samba), on Graph over HTTPS and with a mail server, by the real process: what the
 * remotes take and what we add, and whether a slow controller of one client is felt by another. Without Samba there is
 * nothing to measure.
 */
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Document, parseDocument, type YAMLMap } from "yaml";
import { as, type Crew, hire, startOf, waitFor } from "../fault/people.ts";
import { type Place, ROOT, startApp } from "../fault/real-app.ts";
import { pointAtGround } from "../fixtures/definitions.ts";
import { startGround } from "../fixtures/ground.ts";
import { needs } from "../fixtures/needs.ts";
import { freePort } from "../fixtures/process.ts";
import { layLine } from "../fixtures/slow-line.ts";
import { type Figures, quantile } from "./row.ts";

const ALONE = 8;
const WARM = 2;
/** Of each of the two clients. */
const AT_ONCE = 25;
const SLOW_MS = 2_000;
const MOST_MS = 300_000;

export async function benchReal(folder: string): Promise<Figures> {
	const lacking = needs("samba");
	if (lacking !== false) {
		process.stderr.write(`not measured: ${lacking}\n`);
		return {};
	}
	const alone = await hiresAlone(folder);
	const fast = await otherClient(join(folder, "fast"), 0);
	const slow = await otherClient(join(folder, "slow"), SLOW_MS);
	return { ...alone, "hire of the other client p50": fast, "hire beside a slow controller over p50": slow / fast };
}

/** One hire after another, no lags: how long it takes beside what the remotes took. */
async function hiresAlone(folder: string): Promise<Figures> {
	await using house = await openOn(join(folder, "alone-real"), 0);
	const took: number[] = [];
	const over: number[] = [];
	const calls: number[] = [];
	for (let at = 0; at < ALONE; at++) {
		const before = house.spent();
		const ms = await hired(house.crew, "harriet", { client: "contoso", lastName: `Alone${at}` });
		const after = house.spent();
		took.push(ms);
		over.push(ms / (after.ms - before.ms));
		calls.push(after.calls - before.calls);
	}
	return {
		"newhire on real directories p50": quantile(took.slice(WARM), 0.5),
		"newhire wall over remote p50": quantile(over.slice(WARM), 0.5),
		"newhire remote calls": quantile(calls.slice(WARM), 0.5),
	};
}

/** Both clients hire at once, contoso on a controller that answers so late; the median of the other's hires, ms. */
async function otherClient(folder: string, lateMs: number): Promise<number> {
	await using house = await openOn(folder, lateMs);
	const each = <T>(work: (at: number) => Promise<T>) => Array.from({ length: AT_ONCE }, (_, at) => work(at));
	// Nobody waits for these: what counts is what they do to the others.
	void Promise.all(each((at) => begun(house.crew, "harriet", { client: "contoso", lastName: `Beside${at}` })));
	const took = await Promise.all(
		each((at) => hired(house.crew, "hanna", { client: "fabrikam", lastName: `Other${at}` })),
	);
	return quantile(took, 0.5);
}

type Open = {
	readonly crew: Crew;
	readonly spent: () => { readonly calls: number; readonly ms: number };
	readonly [Symbol.asyncDispose]: () => Promise<void>;
};

async function openOn(folder: string, lateMs: number): Promise<Open> {
	mkdirSync(folder, { recursive: true });
	const ground = await startGround({ sync: 0, replication: 0, mailbox: 0 });
	const line = await layLine({ host: ground.samba.address, port: 636 });
	const post = await layLine({ host: "127.0.0.1", port: Number(new URL(ground.smtp.url).port) });
	const definitions = join(folder, "definitions");
	cpSync(join(ROOT, "sop-definitions"), definitions, { recursive: true });
	const { env } = pointAtGround(definitions, ground);
	ownRules(definitions, { controller: line.port, post: post.port });
	const graph = graphClock();
	const data = join(folder, "data");
	mkdirSync(data);
	const secrets = { ...env, FABRIKAM_GRAPH_SECRET: ground.cloud.of("fabrikam").access.secret };
	const under = ["env", ...Object.entries(secrets).map(([name, value]) => `${name}=${value}`)];
	const place: Place = { data, definitions, port: await freePort(), under };
	const app = await startApp(place);
	const crew = await hire(place, ["harriet", "hanna"]);
	line.delay(lateMs);
	return {
		crew,
		spent: () => {
			const lines = [line.spent(), post.spent()];
			const calls = lines.reduce((sum, { exchanges }) => sum + exchanges, graph.calls());
			return { calls, ms: lines.reduce((sum, { ms }) => sum + ms, graph.ms()) };
		},
		[Symbol.asyncDispose]: async () => {
			await app.kill();
			graph.stop();
			await line.close();
			await post.close();
			await ground.stop();
		},
	};
}

type Ports = { readonly controller: number; readonly post: number };

/** Both clients approve in advance, nobody needs a laptop or a badge, and controller and mail are reached over our lines. */
function ownRules(definitions: string, { controller, post }: Ports): void {
	const by = { contoso: "di", fabrikam: "otto" };
	for (const [client, person] of Object.entries(by)) {
		edit(join(definitions, `clients/${client}/client.yaml`), (file) => {
			const until = "2099-01-01";
			const routine = {
				sop: "newhire",
				when: "form.firstName == 'Kim'",
				atMost: "99 per day",
				spend: "1 licence",
				by: person,
				until,
			};
			file.set("standingApprovals", file.createNode([routine]));
			for (const { key } of (file.get("profiles") as YAMLMap<{ readonly value: string }>).items) {
				file.setIn(["profiles", key.value, "laptop"], false);
			}
			if (client === "contoso") {
				file.setIn(["connectors", "directory", "url"], `ldaps://127.0.0.1:${controller}`);
				file.setIn(["connectors", "mail", "url"], `smtps://127.0.0.1:${post}`);
			} else file.setIn(["connectors", "microsoft365", "secret"], "env:FABRIKAM_GRAPH_SECRET");
		});
	}
	edit(join(definitions, "clients/fabrikam/newhire.yaml"), (file) => file.deleteIn(["steps", 1]));
}

function edit(path: string, change: (file: Document) => unknown): void {
	const file = parseDocument(readFileSync(path, "utf8"));
	change(file);
	writeFileSync(path, file.toString());
}

/** How long Graph itself takes: it is served by this process. */
function graphClock() {
	let calls = 0;
	let ms = 0;
	const since = new WeakMap<object, number>();
	const began = (message: unknown): void => void since.set(requestIn(message), performance.now());
	const ended = (message: unknown): void => {
		calls++;
		ms += performance.now() - (since.get(requestIn(message)) ?? performance.now());
	};
	subscribe("http.server.request.start", began);
	subscribe("http.server.response.finish", ended);
	return {
		calls: () => calls,
		ms: () => ms,
		stop: () => {
			unsubscribe("http.server.request.start", began);
			unsubscribe("http.server.response.finish", ended);
		},
	};
}

function requestIn(message: unknown): object {
	return (message as { readonly request: object }).request;
}

type Hire = { readonly client: "contoso" | "fabrikam"; readonly lastName: string };

async function begun(crew: Crew, by: string, { client, lastName }: Hire): Promise<string> {
	const profile = client === "contoso" ? "sales" : "office";
	const manager = client === "contoso" ? "sol" : "ines";
	const startDate = Temporal.Now.plainDateISO("UTC").subtract({ days: 1 }).toString();
	const form = { firstName: "Kim", lastName, startDate, profile, manager, privateEmail: `${lastName}@private.example` };
	const { status, body, text } = await as(crew, by)("/api/v1/runs", { body: startOf(form, client) });
	if (status !== 202) throw new Error(`not started: ${text}`);
	return String(body.id);
}

/** From the request to the end of the run, by its journal, without what was spent waiting for a state; ms. */
async function hired(crew: Crew, by: string, of: Hire): Promise<number> {
	const id = await begun(crew, by, of);
	const ended = await waitFor(
		as(crew, by),
		id,
		({ phase }) => phase !== "planning" && phase !== "running" && phase !== "waiting",
		MOST_MS,
	);
	if (ended?.phase !== "done") throw new Error(`${id}: ${ended?.phase} ${ended?.waitingFor}`);
	const { body } = await as(crew, by)(`/api/v1/runs/${id}/events`);
	const events = body.items as readonly { readonly at: string; readonly kind: string; readonly payload: Payload }[];
	const at = (index: number): number => Temporal.Instant.from(events[index]?.at ?? "").epochMilliseconds;
	let waited = 0;
	for (const [index, { kind, payload }] of events.entries()) {
		if (index === 0 || kind === "attempt-began") continue;
		if (WAITS.some((path) => payload.step?.endsWith(path) || payload.wait?.includes(path)))
			waited += at(index) - at(index - 1);
	}
	return at(events.length - 1) - at(0) - waited;
}

type Payload = { readonly step?: string; readonly wait?: string };
const WAITS = ["arrival", "mailbox"];
