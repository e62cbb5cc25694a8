/** The whole house in this process: real database, real HTTP, simulated tenants whose lags the test sets. */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openSandboxServer, type Sandbox } from "../../src/actions/sandbox/sandbox.ts";
import { seedOf } from "../../src/actions/sandbox/seed.ts";
import { openApp } from "../../src/app.ts";
import { openLog } from "../../src/base/log.ts";
import { openRedactor } from "../../src/base/redact.ts";
import { Secret } from "../../src/base/secret.ts";
import { systemClock } from "../../src/base/time.ts";
import type { App } from "../../src/command/app-port.ts";

const NO_LAGS = { sync: 0, replication: 0, mailbox: 0 };
const MOST_MS = 45_000;

export type Said = { readonly [name: string]: unknown };
export type Step = {
	readonly path: string;
	readonly state: string;
	readonly attempts: number;
	readonly wait?: { readonly id: string; readonly verbs: readonly string[]; readonly by: readonly string[] };
};
export type RunSaid = {
	readonly id: string;
	readonly phase: string;
	readonly waitingFor: string;
	readonly undoneBy?: string;
	readonly steps: readonly Step[];
	readonly plan?: {
		readonly wait: string;
		readonly hash: string;
		readonly problems: readonly Said[];
		readonly entries: readonly { readonly path: string; readonly changes: readonly { readonly words: string }[] }[];
		readonly standing?: { readonly by: string };
	};
};

export type House = Awaited<ReturnType<typeof openHouse>>;

/** Opens it on a copy of the definitions. `change` edits one file of it; `data` takes a folder that is there already. */
export async function openHouse(
	how: { readonly definitions?: (folder: string) => void; readonly data?: string; readonly key?: string } = {},
) {
	const folder = mkdtempSync(join(tmpdir(), "sopwith-scenario-"));
	const definitions = join(folder, "definitions");
	cpSync("sop-definitions", definitions, { recursive: true });
	how.definitions?.(definitions);
	const data = how.data ?? join(folder, "data");
	const key = how.key ?? randomBytes(32).toString("base64");
	const logged: string[] = [];
	const redactor = openRedactor();
	const write = (line: string): void => void logged.push(line);
	const log = openLog({ level: "trace", pretty: false, colour: false, clock: systemClock, redactor, write });
	const sandbox = await openSandboxServer({ folder: join(folder, "tenants"), clock: systemClock, lags: NO_LAGS });
	const config = {
		host: "127.0.0.1",
		port: 0,
		definitions,
		data,
		key: new Secret(key),
		signIn: "local",
		logLevel: "trace",
	} as const;
	const app: App = await openApp(config, { log, redactor, serve: true, sandbox });
	const tokens = new Map<string, string>();
	const ask = async (as: string, path: string, body?: object): Promise<{ status: number; body: Said }> => {
		const token = tokens.get(as) ?? (await app.createToken({ person: as, expiresMs: 3_600_000 })).token;
		tokens.set(as, token);
		const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
		const sent = body === undefined ? {} : { method: "POST", body: JSON.stringify(body) };
		const response = await fetch(`${app.url}/api/v1${path}`, { headers, ...sent });
		return { status: response.status, body: (await response.json()) as Said };
	};
	const read = async (as: string, run: string): Promise<RunSaid> => {
		const { status, body } = await ask(as, `/runs/${run}`);
		assert.equal(status, 200, `${run} for ${as}`);
		return body as unknown as RunSaid;
	};
	/** Reads the run until this holds. */
	const when = async (as: string, run: string, is: (run: RunSaid) => unknown): Promise<RunSaid> => {
		const end = performance.now() + MOST_MS;
		for (;;) {
			const now = await read(as, run);
			if (is(now)) return now;
			if (performance.now() > end) throw new Error(`not so: ${now.phase}, ${now.waitingFor}`);
			await new Promise((next) => setTimeout(next, 50));
		}
	};
	return {
		app,
		data,
		key,
		definitions,
		logged,
		ask,
		read,
		when,
		tenant: (client: string): Sandbox => {
			const found = app.definitions().clients[client];
			assert(found !== undefined, `${client} is a client`);
			return sandbox.tenant(seedOf(found));
		},
		start: async (as: string, form: object, client = "contoso", sop = "newhire"): Promise<string> => {
			const { status, body } = await ask(as, "/runs", { client, sop, form });
			assert.equal(status, 202, JSON.stringify(body));
			return String(body.id);
		},
		/** Answers the wait of this person that takes this verb, once there is one. */
		answer: async (as: string, run: string, verb: string, values: object = {}): Promise<void> => {
			const now = await when(as, run, (one) => openFor(one, verb, as));
			const wait = openFor(now, verb, as)?.wait?.id;
			const plan = verb === "approve" ? { plan: now.plan?.hash } : {};
			const { status, body } = await ask(as, `/runs/${run}/answers`, { wait, verb, values, ...plan });
			assert.equal(status, 200, `${as} ${verb}: ${JSON.stringify(body)}`);
		},
		/** Signs in as a browser does. Gives the cookie. */
		signIn: async (person: string): Promise<string> => {
			const response = await fetch(`${app.url}/sign-in`, {
				method: "POST",
				headers: { origin: app.url },
				body: new URLSearchParams({ person, next: "/" }),
				redirect: "manual",
			});
			return response.headers.getSetCookie()[0]?.split(";")[0] ?? "";
		},
		close: async (): Promise<void> => {
			await app.close();
			await sandbox.close();
			rmSync(folder, { recursive: true, force: true });
		},
	};
}

export function openFor(run: RunSaid, verb: string, as: string): Step | undefined {
	return run.steps.find((step) => step.wait?.verbs.includes(verb) && step.wait.by.includes(as));
}

export function isDone(path: string): (run: RunSaid) => boolean {
	return (run) => run.steps.some((step) => step.path === path && step.state === "done");
}

/** Days from today in New York. */
export function day(from: number): string {
	return Temporal.Now.plainDateISO("America/New_York").add({ days: from }).toString();
}

export function hire(firstName: string, lastName: string, more: object = {}): { readonly [name: string]: string } {
	return { firstName, lastName, startDate: day(-1), profile: "sales", manager: "sol", ...more };
}

/** Replaces text in a definition; the text must be there. */
export function edit(folder: string, file: string, [from, to]: readonly [string, string]): void {
	const path = join(folder, file);
	const before = readFileSync(path, "utf8");
	assert(before.includes(from), `${file} says ${from}`);
	writeFileSync(path, before.replace(from, to));
}
