/**
 * A simulated tenant per client: a directory, a Microsoft 365 over HTTPS, and a sync between them, kept in the data
 * folder. Must never reach anything outside this machine.
 */
import { randomBytes } from "node:crypto";
import { mkdirSync } from "node:fs";
import https from "node:https";
import { join } from "node:path";
import { ConflictError } from "../../base/errors.ts";
import { isRecord, type Json, sameJson } from "../../base/json.ts";
import { type Clock, type Instant, plusMs } from "../../base/time.ts";
import type { ReadOut } from "../../engine/read-out.ts";
import type { Directory } from "../../engine/remote.ts";
import { connectGraph, type GraphConnection, type GraphOptions } from "../microsoft365/graph.ts";
import { accessKeeper } from "./access.ts";
import { certificateIn } from "./certificate.ts";
import { type DirectoryOptions, sandboxDirectory } from "./directory.ts";
import { type Fault, faults } from "./faults.ts";
import { type GraphServer, type Logged, serveGraph } from "./graph-server.ts";
import { type Meanwhile, meanwhileIn } from "./meanwhile.ts";
import { plant } from "./plant.ts";
import { readOut } from "./read-out.ts";
import type { Seed } from "./seed.ts";
import { signIn } from "./sign-in.ts";
import { openStore } from "./store.ts";
import { catchUp } from "./sync.ts";
import { DEMO_LAGS, type Lags, type Sent, type Tenant, tenantOver } from "./tenant.ts";

/** One simulated tenant. */
export interface Sandbox extends Meanwhile {
	readonly client: string;
	/** `https://127.0.0.1:1234/v1.0` */
	readonly endpoint: string;
	/** For a token client of one's own: `https://127.0.0.1:1234` as authority, this tenant id and this application. */
	readonly authority: string;
	readonly tenantId: string;
	readonly app: { readonly id: string; readonly secret: string };
	/** Lets the application sign in with a certificate (PEM), besides its secret. */
	takeCertificate(pem: string): void;
	/** PEM to trust for `endpoint` and `authority`. */
	readonly ca: string;
	/** A bearer token from the token endpoint, kept until a minute before it ends; never the one that was refused. */
	token(refused?: string): Promise<string>;
	/** The directory's door. Shows the whole tenant. */
	readonly directory: Directory;
	/** A directory door with what the client's file says. */
	directoryWith(options: DirectoryOptions): Directory;
	/** The newest 2,000 requests to Graph, oldest first. */
	readonly log: readonly Logged[];
	/** Scripts trouble. Returns how to end it and how often it was met. */
	fault(fault: Fault): { readonly end: () => void; readonly met: () => number };
	/** Scripts trouble at the token endpoint; nothing that is scripted for Graph is met there. */
	tokenFault(fault: Fault): { readonly end: () => void; readonly met: () => number };
	readOut(): ReadOut;
	/** All mail that was taken, oldest first. */
	mails(): readonly Sent[];
	/**
	 * Signs a person in for the first time. Errors: throws `ConflictError` `no-such-user`, `account-closed` or
	 * `no-credential`.
	 */
	signIn(userPrincipalName: string): void;
	close(): Promise<void>;
}

export interface SandboxServer {
	readonly origin: string;
	readonly ca: string;
	/** The tenant of a seed's client, opened once; a later call adds what its seed has more and gives the same one. */
	tenant(seed: Seed): Sandbox;
	/** The tenant of a client that has been opened. */
	of(client: string): Sandbox | undefined;
	close(): Promise<void>;
}

type SandboxOptions = {
	/** Made when it is not there. Holds the tenants and the certificate. */
	readonly folder: string;
	readonly clock: Clock;
	/** Default 0: a free one. */
	readonly port?: number;
	readonly lags?: Partial<Lags>;
	/** Sees every request to Graph as it is answered. */
	readonly onRequest?: (entry: Logged) => void;
};

/** Starts the sandbox of an installation: one HTTPS server for all its tenants. */
export async function openSandboxServer(options: SandboxOptions): Promise<SandboxServer> {
	mkdirSync(options.folder, { recursive: true, mode: 0o700 });
	const certificate = await certificateIn(options.folder);
	const { onRequest } = options;
	const server = await serveGraph({ certificate, port: options.port ?? 0, ...(onRequest ? { onRequest } : {}) });
	const at = { authority: server.origin, endpoint: `${server.origin}/v1.0`, ca: certificate.cert };
	const tell = accessKeeper(options.folder, at);
	const open = new Map<string, Opened>();
	return {
		origin: server.origin,
		ca: certificate.cert,
		tenant(seed) {
			const known = open.get(seed.client);
			if (known === undefined) {
				const made = openTenant({ ...options, server, ca: certificate.cert, seed });
				open.set(seed.client, made);
				const { tenantId: tenant, app } = made.sandbox;
				tell(seed.client, { tenant, app: app.id, secret: app.secret });
				return made.sandbox;
			}
			known.sow(seed);
			return known.sandbox;
		},
		of: (client) => open.get(client)?.sandbox,
		async close() {
			await server.close();
			for (const { sandbox } of open.values()) await sandbox.close();
		},
	};
}

/** Connects to a sandbox's Graph over HTTPS, as to the real one. */
export function sandboxGraph(
	sandbox: Sandbox,
	options: Pick<GraphOptions, "clock" | "timeoutMs" | "patienceMs" | "wait">,
): Promise<GraphConnection> {
	return connectGraph({
		...options,
		endpoint: sandbox.endpoint,
		token: (refused) => sandbox.token(refused),
		ca: sandbox.ca,
	});
}

type Opening = SandboxOptions & { readonly server: GraphServer; readonly ca: string; readonly seed: Seed };

type Opened = { readonly sandbox: Sandbox; readonly sow: (seed: Seed) => void };

function openTenant(opening: Opening): Opened {
	const { seed, clock, server, ca } = opening;
	const store = openStore(join(opening.folder, `${encodeURIComponent(seed.client)}.db`));
	const tenant = tenantOver({ seed, store, clock, lags: { ...DEMO_LAGS, ...opening.lags } });
	plant(tenant);
	const scripts = faults();
	const tokenScripts = faults();
	const log: Logged[] = [];
	const certificates: string[] = [];
	const app = { id: tenant.id, secret: randomBytes(24).toString("base64url"), certificates };
	server.host({
		tenant,
		faults: scripts,
		tokenFaults: tokenScripts,
		app,
		log(entry) {
			log.push(entry);
			if (log.length > 2000) log.shift();
		},
	});
	const authority = server.origin;
	const sandbox: Sandbox = {
		client: seed.client,
		endpoint: `${server.origin}/v1.0`,
		authority,
		tenantId: tenant.id,
		app,
		takeCertificate: (pem) => void certificates.push(pem),
		ca,
		token: tokenKeeper({ clock, ca, url: `${authority}/${tenant.id}/oauth2/v2.0/token`, app }),
		directory: sandboxDirectory(tenant, scripts),
		directoryWith: (options) => sandboxDirectory(tenant, scripts, options),
		log,
		fault: (fault) => scripts.add(fault),
		tokenFault: (fault) => tokenScripts.add(fault),
		readOut: () => settled(tenant, () => readOut(tenant)),
		mails: () => tenant.sent.all().toSorted((a, b) => (a.at < b.at ? -1 : Number(a.at > b.at))),
		signIn: (name) => settled(tenant, () => store.atomic(() => signIn(tenant, name))),
		...meanwhileIn(tenant),
		close: async () => store.close(),
	};
	let sown = seed;
	return {
		sandbox,
		sow(later) {
			if (!sameJson(sown as unknown as Json, later as unknown as Json)) plant({ ...tenant, seed: later });
			sown = later;
		},
	};
}

function settled<T>(tenant: Tenant, work: () => T): T {
	catchUp(tenant);
	return work();
}

type TokenRequest = {
	readonly clock: Clock;
	readonly ca: string;
	readonly url: string;
	readonly app: { readonly id: string; readonly secret: string };
};

/** Asks for a token when there is none that lasts another minute. */
function tokenKeeper(request: TokenRequest): (refused?: string) => Promise<string> {
	let kept: { readonly token: string; readonly until: Instant } | undefined;
	return async (refused) => {
		if (kept !== undefined && kept.token !== refused && request.clock.now() < kept.until) return kept.token;
		const token = await askToken(request);
		kept = { token, until: plusMs(request.clock.now(), 3_540_000) };
		return token;
	};
}

function askToken({ url, ca, app }: TokenRequest): Promise<string> {
	const form = new URLSearchParams({
		grant_type: "client_credentials",
		client_id: app.id,
		client_secret: app.secret,
		scope: "https://graph.microsoft.com/.default",
	});
	const headers = { "content-type": "application/x-www-form-urlencoded" };
	return new Promise((resolve, reject) => {
		const call = https.request(url, { method: "POST", ca, headers, agent: false }, (response) => {
			const chunks: Buffer[] = [];
			response.on("data", (chunk: Buffer) => chunks.push(chunk));
			response.on("error", reject);
			response.on("end", () => {
				const body: unknown = JSON.parse(Buffer.concat(chunks).toString("utf8"));
				if (isRecord(body) && typeof body.access_token === "string") resolve(body.access_token);
				else reject(new ConflictError("no-token", "The sandbox gave no token."));
			});
		});
		call.on("error", reject);
		call.end(form.toString());
	});
}
