/**
 * Sopwith as a process of its own: start, ask by command line and API, kill, start again. Must never reach into the
 * process: what is checked is what people and programs can see.
 */
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { type GraphReader, graphReader } from "../fixtures/readers.ts";

const MAIN = resolve("src/main.ts");
const START_MS = 20_000;

export type Ended = { readonly code: number; readonly out: string; readonly err: string };
export type Answered = { readonly status: number; readonly body: Said };
/** A JSON answer, read as far as a story needs it. */
export type Said = { readonly [name: string]: unknown };

export type Step = {
	readonly path: string;
	readonly name: string;
	readonly state: string;
	readonly attempts: number;
	readonly wait?: { readonly id: string; readonly verbs: readonly string[]; readonly words: string };
	readonly output?: Said;
	readonly proof?: readonly { readonly ok: boolean; readonly words: string }[];
};
export type RunSaid = {
	readonly id: string;
	readonly phase: string;
	readonly waitingFor: string;
	readonly by: string;
	readonly undoneBy?: string;
	readonly steps: readonly Step[];
	readonly plan?: {
		readonly wait: string;
		readonly hash: string;
		readonly entries: readonly { readonly path: string; readonly changes: readonly Said[] }[];
		readonly problems: readonly Said[];
		readonly decidedBy?: readonly string[];
		readonly standing?: { readonly by: string };
	};
};
export type ReadOut = {
	readonly users: readonly {
		readonly displayName: string;
		readonly userPrincipalName: string;
		readonly sAMAccountName?: string;
		readonly enabled: boolean;
		readonly groups: readonly string[];
		readonly licences: readonly string[];
		readonly manager?: string;
	}[];
	readonly groups: readonly { readonly name: string; readonly members: readonly string[] }[];
	readonly licences: readonly { readonly sku: string; readonly total: number; readonly used: number }[];
};

export type Bot = Awaited<ReturnType<typeof startBot>>;

/**
 * Starts a bot on a copy of the definitions, in a folder of its own. `change` may edit the copy first, and give what its
 * environment has more.
 */
export async function startBot(change: (definitions: string) => NodeJS.ProcessEnv = () => ({})) {
	const folder = mkdtempSync(join(tmpdir(), "sopwith-e2e-"));
	const definitions = join(folder, "definitions");
	cpSync("sop-definitions", definitions, { recursive: true });
	const more = change(definitions);
	const env: NodeJS.ProcessEnv = {
		PATH: process.env.PATH,
		HOME: folder,
		NO_COLOR: "1",
		PORT: "0",
		SOPWITH_DATA: join(folder, "data"),
		SOPWITH_DEFINITIONS: definitions,
		SOPWITH_KEY: randomBytes(32).toString("base64"),
		...more,
	};
	const tokens = new Map<string, string>();
	const sessions = new Map<string, string>();
	let child: ChildProcess | undefined;
	let url = "";
	let log = "";
	const start = async (): Promise<void> => {
		const begun = launch(env);
		child = begun.child;
		begun.child.stderr?.on("data", (chunk: Buffer) => {
			log += chunk.toString("utf8");
		});
		url = await begun.url;
		env.PORT = new URL(url).port;
	};
	const end = async (signal: "SIGTERM" | "SIGKILL"): Promise<void> => {
		const running = child;
		child = undefined;
		if (running === undefined || running.exitCode !== null || running.signalCode !== null) return;
		const gone = new Promise((done) => running.once("exit", done));
		running.kill(signal);
		await gone;
	};
	const cli = (args: readonly string[], input = ""): Promise<Ended> => command(env, args, input);
	const tokenOf = async (person: string): Promise<string> => {
		const known = tokens.get(person);
		if (known !== undefined) return known;
		const made = await cli(["token", "create", "--person", person, "--expires", "1h", "--json"]);
		assert.equal(made.code, 0, made.err);
		const { token } = JSON.parse(made.out);
		tokens.set(person, token);
		return token;
	};
	const api = async (person: string, path: string, body?: object, key?: string): Promise<Answered> => {
		const headers = {
			authorization: `Bearer ${await tokenOf(person)}`,
			"content-type": "application/json",
			...(key === undefined ? {} : { "idempotency-key": key }),
		};
		const sent = body === undefined ? {} : { method: "POST", body: JSON.stringify(body) };
		const response = await fetch(`${url}/api/v1${path}`, { headers, ...sent });
		return { status: response.status, body: (await response.json()) as Said };
	};
	const read = async (person: string, run: string): Promise<RunSaid> => {
		const { status, body } = await api(person, `/runs/${run}`);
		assert.equal(status, 200, `run ${run} for ${person}`);
		return body as unknown as RunSaid;
	};
	/** What stands in the sandbox, on its page and by the API; the two say the same. */
	const directory = async (client: string): Promise<ReadOut> => {
		const reader = client === "fabrikam" ? "fabrikam/hanna" : "contoso/di";
		const session = sessions.get(reader) ?? (await sessionOf(url, reader));
		sessions.set(reader, session);
		const token = await tokenOf(reader.split("/")[1] ?? "");
		const read = async (who: { readonly [header: string]: string }): Promise<ReadOut> => {
			const response = await fetch(`${url}/directory/${client}`, { headers: { accept: "application/json", ...who } });
			assert.equal(response.status, 200);
			return (await response.json()) as ReadOut;
		};
		for (;;) {
			const [before, byToken, after] = [
				await read({ cookie: session }),
				await read({ authorization: `Bearer ${token}` }),
				await read({ cookie: session }),
			];
			// Read while something moved: read again.
			if (!isDeepStrictEqual(before, after)) continue;
			assert.deepEqual(byToken, after);
			return after;
		}
	};
	/** A client's simulated Graph, asked by a program of its own with a token of its own. */
	const graph = (client: string): GraphReader => {
		const access = JSON.parse(readFileSync(join(folder, "data", "sandbox", "access.json"), "utf8"));
		return graphReader({ ...access, ...access.tenants[client] });
	};
	/** Opens what was left for somebody, as their browser does. Gives the page. */
	const handover = async (person: string, run: string, step: string): Promise<string> => {
		const headers = { cookie: await sessionOf(url, person), origin: url };
		const response = await fetch(`${url}/handover/${run}/${step}`, {
			method: "POST",
			headers,
			body: new URLSearchParams(),
		});
		return response.text();
	};
	await start();
	return {
		folder,
		definitions,
		data: join(folder, "data"),
		url: () => url,
		log: () => log,
		start,
		end,
		cli,
		api,
		read,
		directory,
		graph,
		handover,
		/** Edits a definition of the copy. */
		edit: (file: string, change_: (text: string) => string): void => {
			const path = join(definitions, file);
			const before = readFileSync(path, "utf8");
			const after = change_(before);
			assert.notEqual(after, before, `${file} was to change`);
			writeFileSync(path, after);
		},
		[Symbol.asyncDispose]: async (): Promise<void> => {
			await end("SIGTERM");
			rmSync(folder, { recursive: true, force: true });
		},
	};
}

function launch(env: NodeJS.ProcessEnv) {
	const child = spawn(process.execPath, [MAIN, "start", "--json"], { env, stdio: ["ignore", "pipe", "pipe"] });
	let out = "";
	let err = "";
	const url = new Promise<string>((done, fail) => {
		const late = setTimeout(() => fail(new Error(`not ready in ${START_MS} ms\n${err}`)), START_MS);
		child.stderr.on("data", (chunk: Buffer) => {
			err += chunk.toString("utf8");
		});
		child.stdout.on("data", (chunk: Buffer) => {
			out += chunk.toString("utf8");
			const said = /\{.*"url".*\}/.exec(out)?.[0];
			if (said === undefined) return;
			clearTimeout(late);
			done(JSON.parse(said).url);
		});
		child.once("exit", (code) => {
			clearTimeout(late);
			fail(new Error(`ended with ${code}\n${err}`));
		});
	});
	return { child, url };
}

function command(env: NodeJS.ProcessEnv, args: readonly string[], input: string): Promise<Ended> {
	return new Promise((done, fail) => {
		const child = spawn(process.execPath, [MAIN, ...args], { env, stdio: ["pipe", "pipe", "pipe"] });
		let out = "";
		let err = "";
		child.stdout.on("data", (chunk: Buffer) => {
			out += chunk.toString("utf8");
		});
		child.stderr.on("data", (chunk: Buffer) => {
			err += chunk.toString("utf8");
		});
		child.once("error", fail);
		child.once("close", (code) => done({ code: code ?? -1, out, err }));
		child.stdin.end(input);
	});
}

/** Signs in as a browser would and keeps the cookie. */
async function sessionOf(url: string, person: string): Promise<string> {
	const response = await fetch(`${url}/sign-in`, {
		method: "POST",
		headers: { origin: url, "content-type": "application/x-www-form-urlencoded" },
		body: new URLSearchParams({ person, next: "/" }),
		redirect: "manual",
	});
	assert.equal(response.status, 303, "signed in");
	return response.headers.getSetCookie()[0]?.split(";")[0] ?? "";
}

/** Asks until it is so. Fails with what was seen last. */
export async function until<T>(what: string, look: () => Promise<T | undefined | false>, mostMs = 30_000): Promise<T> {
	const end = performance.now() + mostMs;
	for (;;) {
		const found = await look();
		if (found !== undefined && found !== false) return found;
		if (performance.now() > end) throw new Error(`not so after ${mostMs / 1000} s: ${what}`);
		await new Promise((next) => setTimeout(next, 100));
	}
}
