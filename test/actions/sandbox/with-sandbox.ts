/**
 * A sandbox for one test: a tenant in a fresh folder, on a clock that the test moves, reached over real HTTPS. Every
 * request that the door sends is held against the contract when the test ends.
 */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import https from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { openSandboxServer, type Sandbox, sandboxGraph } from "../../../src/actions/sandbox/sandbox.ts";
import type { Seed } from "../../../src/actions/sandbox/seed.ts";
import type { Lags } from "../../../src/actions/sandbox/tenant.ts";
import { isRecord, type Json, type Values } from "../../../src/base/json.ts";
import { type Clock, type Instant, plusMs } from "../../../src/base/time.ts";
import type { Graph } from "../../../src/engine/remote.ts";
import { graphContract } from "../../contract/graph-contract.ts";

export const LAGS: Lags = { sync: 2000, replication: 1000, mailbox: 3000 };

export const SEED: Seed = {
	client: "contoso",
	name: "Contoso Ltd",
	domain: "contoso.example",
	base: "DC=contoso,DC=example",
	zone: "America/New_York",
	identity: "hybrid",
	units: ["OU=Sales,DC=contoso,DC=example"],
	groups: [
		{ name: "Sales", where: "directory" },
		{ name: "All Sales", where: "cloud" },
		{ name: "Everyone in Sales", where: "cloud", rule: 'user.department -eq "Sales"' },
	],
	licences: [
		{ sku: "SPB", total: 25, used: 24 },
		{ sku: "POWER_BI_STANDARD", total: 5, used: 0, mailbox: false },
	],
	people: [
		{ id: "mo", name: "Mo Manager", email: "mo@contoso.example", manager: "di" },
		{ id: "di", name: "Di Owner", email: "di@contoso.example" },
	],
	mailboxes: ["it@contoso.example"],
};

export type MovingClock = Clock & { move(ms: number): void };

export function movingClock(start: Instant = "2026-11-22T12:00:00.000Z"): MovingClock {
	let now = start;
	return {
		now: () => now,
		move: (ms) => {
			now = plusMs(now, ms);
		},
	};
}

export type RawAnswer = {
	readonly status: number;
	readonly headers: { readonly [name: string]: string | readonly string[] | undefined };
	readonly body: Values;
};

export type Stage = {
	readonly sandbox: Sandbox;
	readonly graph: Graph;
	readonly clock: MovingClock;
	readonly folder: string;
	/** A request as written, without the door. */
	raw(method: string, path: string, body?: Json): Promise<RawAnswer>;
};

/** Opens it and closes it with the test. `lawless`: the test breaks the contract on purpose. */
export async function withSandbox(
	t: TestContext,
	options: {
		readonly seed?: Partial<Seed>;
		readonly timeoutMs?: number;
		readonly patienceMs?: number;
		readonly lawless?: boolean;
	} = {},
): Promise<Stage> {
	const folder = mkdtempSync(join(tmpdir(), "sopwith-sandbox-"));
	const clock = movingClock();
	const contract = graphContract();
	const { onRequest } = contract;
	const sandbox = await openSandbox({ folder, clock, lags: LAGS, seed: { ...SEED, ...options.seed }, onRequest });
	const { seed: _seed, lawless: _lawless, ...limits } = options;
	const connection = await sandboxGraph(sandbox, { clock, wait: async (ms) => clock.move(ms), ...limits });
	t.after(async () => {
		connection.close();
		await sandbox.close();
		rmSync(folder, { recursive: true });
		if (options.lawless !== true) assert.deepEqual(contract.violations, []);
	});
	const raw: Stage["raw"] = async (method, path, body) =>
		rawRequest({ sandbox, method, path, body, token: await sandbox.token() });
	return { sandbox, graph: connection.graph(), clock, folder, raw };
}

/** Starts a sandbox of one tenant; closing it closes the server too. */
export async function openSandbox(
	options: Parameters<typeof openSandboxServer>[0] & { readonly seed: Seed },
): Promise<Sandbox> {
	const server = await openSandboxServer(options);
	const sandbox = server.tenant(options.seed);
	return { ...sandbox, close: () => server.close() };
}

/** Sends exactly this path; nothing is encoded or tidied. */
export function rawRequest(request: {
	readonly sandbox: Pick<Sandbox, "authority" | "ca">;
	readonly method: string;
	readonly path: string;
	readonly body?: Json | undefined;
	readonly token?: string;
}): Promise<RawAnswer> {
	const { sandbox, method, path, body, token } = request;
	const { hostname, port } = new URL(sandbox.authority);
	const headers = {
		...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
		...(body === undefined ? {} : { "content-type": "application/json" }),
	};
	return new Promise((resolve, reject) => {
		const call = https.request({ hostname, port, path, method, headers, ca: sandbox.ca, agent: false }, (response) => {
			const chunks: Buffer[] = [];
			response.on("data", (chunk: Buffer) => chunks.push(chunk));
			response.on("error", reject);
			response.on("end", () => {
				const text = Buffer.concat(chunks).toString("utf8");
				const parsed: unknown = text === "" ? {} : JSON.parse(text);
				assert(isRecord(parsed), text);
				resolve({ status: response.statusCode ?? 0, headers: response.headers, body: parsed });
			});
		});
		call.on("error", reject);
		call.end(body === undefined ? undefined : JSON.stringify(body));
	});
}

/** The body of a new user that Graph takes. */
export function newUser(name: string, more: Values = {}): Values {
	return {
		accountEnabled: false,
		displayName: name,
		mailNickname: name.toLowerCase().replaceAll(" ", "."),
		userPrincipalName: `${name.toLowerCase().replaceAll(" ", ".")}@contoso.example`,
		usageLocation: "US",
		passwordProfile: { password: "Quiet-River-42", forceChangePasswordNextSignIn: true },
		...more,
	};
}
