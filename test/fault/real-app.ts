/**
 * The real process: `src/main.ts start` on a folder and a free port, with a small client for its API. Must never reach
 * into the process: what is known of it comes over HTTP, its output and its exit code.
 */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { Agent, request as httpRequest } from "node:http";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

export const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const KEY = Buffer.alloc(32, 9).toString("base64");
const READY_MOST_MS = 60_000;

export type Place = {
	readonly data: string;
	readonly port: number;
	/** Default: the repository's own. */
	readonly definitions?: string;
	/** Ahead of the command, such as `prlimit …`. */
	readonly under?: readonly string[];
	/** Instead of `node src/main.ts start`. */
	readonly command?: readonly string[];
};

export type RealApp = {
	readonly pid: number;
	readonly url: string;
	/** From spawn to a ready answer, ms. */
	readonly readyMs: number;
	/** What it has printed. */
	readonly output: () => string;
	/** Ends it at once and for good; resolves when it is gone. */
	readonly kill: () => Promise<void>;
	/** Asks it to stop; resolves with its exit code. */
	readonly stop: () => Promise<number | null>;
};

export function environment(place: Place): NodeJS.ProcessEnv {
	const { data, port, definitions } = place;
	return {
		PATH: `${ROOT}/node_modules/.bin:${process.env.PATH ?? ""}`,
		HOME: data,
		HOST: "127.0.0.1",
		PORT: String(port),
		SOPWITH_DATA: data,
		SOPWITH_KEY: KEY,
		SOPWITH_DEFINITIONS: definitions ?? `${ROOT}/sop-definitions`,
		LOG_LEVEL: "warn",
	};
}

/** Starts it and waits until it serves. Errors: throws with its output when it ends or is not ready in a minute. */
export async function startApp(place: Place): Promise<RealApp> {
	const [program = "", ...args] = [
		...(place.under ?? []),
		...(place.command ?? [process.execPath, "src/main.ts", "start"]),
	];
	const began = performance.now();
	const child = spawn(program, args, { cwd: ROOT, env: environment(place), stdio: ["ignore", "pipe", "pipe"] });
	let said = "";
	for (const stream of [child.stdout, child.stderr]) {
		stream.setEncoding("utf8").on("data", (text: string) => {
			said += text;
		});
	}
	const gone = once(child, "exit");
	const url = `http://127.0.0.1:${place.port}`;
	while (!(await isReady(place.port))) {
		const late = performance.now() - began > READY_MOST_MS;
		if (late) child.kill("SIGKILL");
		if (late || child.exitCode !== null) throw new Error(`not ready, exit ${child.exitCode}: ${said}`);
	}
	const readyMs = performance.now() - began;
	return {
		pid: child.pid ?? 0,
		url,
		readyMs,
		output: () => said,
		kill: () => end(child, gone, "SIGKILL"),
		stop: async () => {
			await end(child, gone, "SIGTERM");
			return child.exitCode;
		},
	};
}

async function end(child: ChildProcess, gone: Promise<unknown>, signal: NodeJS.Signals): Promise<void> {
	if (child.exitCode === null && child.signalCode === null) child.kill(signal);
	await gone;
}

/** Asks once whether it serves; a refused connection is asked again by the caller after 2 ms. */
function isReady(port: number): Promise<boolean> {
	return new Promise((resolve) => {
		const no = (): void => void setTimeout(resolve, 2, false);
		const call = httpRequest({ host: "127.0.0.1", port, path: "/readyz", agent: false }, (response) => {
			response.resume();
			response.on("end", () => (response.statusCode === 200 ? resolve(true) : no()));
			response.on("error", no);
		});
		call.on("error", no).end();
	});
}

export type Ran = { readonly code: number; readonly out: string; readonly err: string };

/** Runs one command of the command line on the folder. */
export async function runCommand(place: Place, args: readonly string[]): Promise<Ran> {
	const job = promisify(execFile)(process.execPath, ["src/main.ts", ...args], { cwd: ROOT, env: environment(place) });
	try {
		const { stdout, stderr } = await job;
		return { code: 0, out: stdout, err: stderr };
	} catch (problem) {
		const failed = problem as { readonly code?: unknown; readonly stdout?: string; readonly stderr?: string };
		if (typeof failed.code !== "number") throw problem;
		return { code: failed.code, out: failed.stdout ?? "", err: failed.stderr ?? "" };
	}
}

/** A token for a person of a client; of the MSP when the client is left out. */
export async function tokenFor(place: Place, person: string, client?: string): Promise<string> {
	const of = client === undefined ? [] : ["--client", client];
	const { out, err } = await runCommand(place, [
		"token",
		"create",
		"--person",
		person,
		...of,
		"--expires",
		"1d",
		"--json",
	]);
	const token: unknown = bodyOf(out).token;
	if (typeof token !== "string") throw new Error(`no token: ${out}${err}`);
	return token;
}

export type Answer = {
	/** 0: no answer came. */
	readonly status: number;
	readonly body: { readonly [name: string]: unknown };
	readonly text: string;
	readonly cookies: readonly string[];
	readonly location: string;
};
export type Ask = {
	readonly method?: "GET" | "POST";
	readonly body?: unknown;
	/** Sent as it is. */
	readonly raw?: string;
	readonly headers?: { readonly [name: string]: string };
};
export type Api = (path: string, ask?: Ask) => Promise<Answer>;

/** Speaks to a process with a token, over connections that stay open. Never throws: no answer is status 0. */
export function apiOf(port: number, token?: string): Api {
	const agent = new Agent({ keepAlive: true, maxSockets: 64 });
	return (path, ask = {}) =>
		new Promise((resolve) => {
			const text = ask.raw ?? (ask.body === undefined ? undefined : JSON.stringify(ask.body));
			const headers = {
				accept: "application/json",
				...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
				...(text === undefined
					? {}
					: { "content-type": "application/json", "content-length": Buffer.byteLength(text) }),
				...ask.headers,
			};
			const method = ask.method ?? (text === undefined ? "GET" : "POST");
			const nothing = (): void => resolve({ status: 0, body: {}, text: "", cookies: [], location: "" });
			const call = httpRequest({ host: "127.0.0.1", port, path, method, headers, agent }, (response) => {
				const chunks: Buffer[] = [];
				response.on("data", (chunk: Buffer) => chunks.push(chunk));
				response.on("error", nothing);
				response.on("end", () => {
					const said = Buffer.concat(chunks).toString("utf8");
					const { "set-cookie": cookies = [], location = "" } = response.headers;
					resolve({ status: response.statusCode ?? 0, body: bodyOf(said), text: said, cookies, location });
				});
			});
			call.on("error", nothing).end(text);
		});
}

function bodyOf(text: string): Answer["body"] {
	try {
		const value: unknown = JSON.parse(text);
		return typeof value === "object" && value !== null ? (value as Answer["body"]) : {};
	} catch {
		return {};
	}
}
