/**
 * Where one fault is met: a house in this process whose client has a real domain controller behind a line that can be
 * trapped, a tenant on Graph over HTTPS, and a mail server; or the tenant alone. Must never share a remote with another.
 */

import { copyFileSync, cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Document, parseDocument, type YAMLMap } from "yaml";
import type { Lags } from "../../../src/actions/sandbox/tenant.ts";
import type { House } from "../../../src/app-house.ts";
import type { Json, Values } from "../../../src/base/json.ts";
import { type Clock, fromMs, systemClock, toMs } from "../../../src/base/time.ts";
import { type CloudTenant, startCloud } from "../../fixtures/cloud.ts";
import { setConnectors } from "../../fixtures/definitions.ts";
import { populate, seedNamed } from "../../fixtures/ground.ts";
import { type LdapLine, layLdapLine } from "../../fixtures/ldap-line.ts";
import { type GraphReader, graphReader } from "../../fixtures/readers.ts";
import { type Account, type Samba, startSamba } from "../../fixtures/samba.ts";
import { type Smtp, startSmtp } from "../../fixtures/smtp.ts";
import { type Sync, startSync } from "../../fixtures/sync.ts";
import { openQuietHouse } from "../quiet-house.ts";
import { ROOT } from "../real-app.ts";

export type MovingClock = Clock & { skip(ms: number): void };

/** The tenant of a client, and a house that serves it. */
export type Scene = {
	readonly client: "contoso" | "fabrikam";
	/** Who asks for a hire, who is then asked, and whom they put down as manager. */
	readonly cast: { readonly hr: string; readonly lead: string; readonly manager: string };
	readonly cloud: CloudTenant;
	readonly graph: GraphReader;
	readonly clock: MovingClock;
	readonly house: House;
	/** Requests that broke Graph's contract. */
	readonly violations: readonly string[];
	/** Display names of everybody whose hire was asked for here. */
	readonly hired: Set<string>;
	readonly controller?: Samba;
	/** Does something so many ms from now, as part of the fault. */
	later(ms: number, work: () => unknown): void;
	/** Resolves when nothing of that is left to be done. Errors: throws what such work threw. */
	quiet(): Promise<void>;
	close(): Promise<void>;
};

/** The same with a directory of its own, synced to the tenant without a lag. */
export type Hybrid = Scene & {
	readonly samba: Samba;
	readonly line: LdapLine;
	readonly sync: Sync;
	readonly smtp: Smtp;
	readonly second?: Samba;
};

/** All of it but the house. */
export type Remotes = Omit<Hybrid, "house"> & { readonly definitions: string };

export type SceneOptions = {
	readonly folder: string;
	readonly lags?: Partial<Lags>;
	/** Changes the client's file before the house opens. */
	readonly client?: (file: Document) => void;
	/** How much faster than the world its clock goes. Default 1. */
	readonly pace?: number;
};
export type HybridOptions = SceneOptions & {
	/** The controller is reached without the line between, under its own certificate. */
	readonly direct?: boolean;
	/** Who signs in to the directory. Default the service account. */
	readonly account?: (samba: Samba) => Promise<Account>;
	/** There is a second controller, which the client names after the first. It holds what the first held at the start. */
	readonly second?: true;
};

const NO_LAGS: Lags = { sync: 0, replication: 0, mailbox: 0 };
const SECRET = "graph-secret";

/** Opens fabrikam's: no directory. */
export async function openCloud(options: SceneOptions): Promise<Scene> {
	const clock = movingClock(options.pace);
	const cloud = await startCloud({ tenants: [seedNamed("fabrikam")], lags: { ...NO_LAGS, ...options.lags }, clock });
	const tenant = cloud.of("fabrikam");
	const definitions = definitionsIn(options.folder);
	const at = (name: string) => join(definitions, "clients/fabrikam", name);
	copyFileSync(cloud.caFile, at("graph-ca.pem"));
	setConnectors(definitions, "fabrikam", {
		microsoft365: graphOf(tenant, at(SECRET)),
		mail: { use: "graph", from: "it@fabrikam.example" },
	});
	routine(definitions, "fabrikam", options.client);
	edit(at("newhire.yaml"), (file) => file.deleteIn(["steps", 1]));
	const house = await openQuietHouse({ definitions, data: join(options.folder, "data") }, clock);
	return {
		client: "fabrikam",
		cast: { hr: "hanna", lead: "ines", manager: "otto" },
		...{ cloud: tenant, clock, house, violations: cloud.violations },
		graph: graphReader(tenant.access),
		hired: new Set(),
		...agenda(),
		async close() {
			await house.close();
			await cloud.stop({ lawless: true });
		},
	};
}

/** Opens contoso's. Ask `needs("samba")` first. */
export async function openHybrid(options: HybridOptions): Promise<Hybrid> {
	const remotes = await openRemotes(options);
	const house = await openQuietHouse(
		{ definitions: remotes.definitions, data: join(options.folder, "data") },
		remotes.clock,
	);
	return {
		...{ ...remotes, house },
		async close() {
			await house.close();
			await remotes.close();
		},
	};
}

/** What contoso's house needs; the house may be a process of its own. */
export async function openRemotes(options: HybridOptions): Promise<Remotes> {
	const clock = movingClock(options.pace);
	const contoso = seedNamed("contoso");
	const samba = await startSamba({ domain: contoso.domain });
	await populate(samba, contoso);
	const second = options.second ? await startSamba({ domain: contoso.domain }) : undefined;
	await second?.follow(samba);
	const seed = { ...contoso, people: [], units: [], groups: contoso.groups.filter(({ where }) => where === "cloud") };
	const cloud = await startCloud({ tenants: [seed], lags: { ...NO_LAGS, ...options.lags }, clock });
	const tenant = cloud.of("contoso");
	const smtp = await startSmtp();
	const sync = await startSync(samba, tenant.tenant);
	const line = await layLdapLine(samba);
	const definitions = definitionsIn(options.folder);
	const account = (await options.account?.(samba)) ?? samba.service;
	point(definitions, {
		...options,
		samba,
		others: second === undefined ? [] : [second],
		tenant,
		smtp,
		line,
		account,
		ca: cloud.caFile,
	});
	routine(definitions, "contoso", options.client);
	return {
		client: "contoso",
		cast: { hr: "harriet", lead: "mo", manager: "sol" },
		...{ cloud: tenant, clock, definitions, samba, line, sync, smtp, controller: samba, violations: cloud.violations },
		...(second === undefined ? {} : { second }),
		graph: graphReader(tenant.access),
		hired: new Set(),
		...agenda(),
		async close() {
			await sync.stop();
			await smtp.stop();
			await samba.stop();
			await second?.stop();
			await cloud.stop({ lawless: true });
			await line.close();
		},
	};
}

type Parts = Omit<HybridOptions, "account" | "second"> & {
	readonly samba: Samba;
	readonly others: readonly Samba[];
	readonly tenant: CloudTenant;
	readonly smtp: Smtp;
	readonly line: LdapLine;
	readonly account: Account;
	readonly ca: string;
};

function point(definitions: string, parts: Parts): void {
	const { samba, others, tenant, smtp, line, account, direct = false } = parts;
	const at = (name: string) => join(definitions, "clients/contoso", name);
	const trusted = [readFileSync(direct ? samba.caFile : line.caFile, "utf8"), ...others.map(({ ca }) => ca)];
	writeFileSync(at("dc-ca.pem"), trusted.join("\n"));
	copyFileSync(parts.ca, at("graph-ca.pem"));
	copyFileSync(smtp.caFile, at("mail-ca.pem"));
	writeFileSync(at("dc-password"), account.password, { mode: 0o600 });
	writeFileSync(at("mail-password"), smtp.password, { mode: 0o600 });
	setConnectors(definitions, "contoso", {
		directory: {
			use: "active-directory",
			url: [direct ? samba.url : line.url, ...others.map(({ url }) => url)],
			...{ servername: samba.servername, ca: "dc-ca.pem", base: samba.base, upnSuffix: samba.domain },
			...{ bind: account.user, password: "file:dc-password", markAttribute: "info" },
		},
		microsoft365: graphOf(tenant, at(SECRET)),
		mail: {
			...{ use: "smtp", url: smtp.url, from: `it@${samba.domain}`, ca: "mail-ca.pem" },
			...{ user: smtp.user, password: "file:mail-password" },
		},
	});
}

function graphOf({ access }: CloudTenant, file: string): Json {
	const { authority, endpoint, tenant, app, secret } = access;
	writeFileSync(file, secret, { mode: 0o600 });
	return { use: "graph", tenant, app, secret: `file:${SECRET}`, authority, endpoint, ca: "graph-ca.pem" };
}

function definitionsIn(folder: string): string {
	const definitions = join(folder, "definitions");
	mkdirSync(folder, { recursive: true });
	cpSync(join(ROOT, "sop-definitions"), definitions, { recursive: true });
	return definitions;
}

/** Every hire is approved in advance, and nobody hands over a laptop: what is left to ask a person is the fault's. */
function routine(definitions: string, client: string, change: SceneOptions["client"]): void {
	edit(join(definitions, "clients", client, "client.yaml"), (file) => {
		const by = client === "contoso" ? "di" : "otto";
		const always = { sop: "newhire", when: "form.lastName != ''", atMost: "999 per day", spend: "1 licence" };
		file.set("standingApprovals", file.createNode([{ ...always, by, until: "2099-01-01" }]));
		for (const { key } of (file.get("profiles") as YAMLMap<{ readonly value: string }>).items)
			file.setIn(["profiles", key.value, "laptop"], false);
		change?.(file);
	});
}

function edit(path: string, change: (file: Document) => unknown): void {
	const file = parseDocument(readFileSync(path, "utf8"));
	change(file);
	writeFileSync(path, file.toString());
}

function movingClock(pace = 1): MovingClock {
	const start = toMs(systemClock.now());
	let skipped = 0;
	return {
		now: () => fromMs(Math.round(start + (toMs(systemClock.now()) - start) * pace) + skipped),
		skip(ms) {
			skipped += ms;
		},
	};
}

function agenda(): Pick<Scene, "later" | "quiet"> {
	const open: Promise<unknown>[] = [];
	return {
		later(ms, work) {
			const done = new Promise((resolve) => setTimeout(resolve, ms)).then(work);
			open.push(
				done.then(
					() => undefined,
					(error: unknown) => error,
				),
			);
		},
		async quiet() {
			const met = (await Promise.all(open.splice(0))).find((error) => error !== undefined);
			if (met !== undefined) throw met;
		},
	};
}

/** The form of somebody new. */
export function formIn(scene: Scene, lastName: string, more: Values = {}): Values {
	const startDate = Temporal.Now.plainDateISO("UTC").subtract({ days: 1 }).toString();
	const profile = scene.client === "contoso" ? "warehouse" : "office";
	return { firstName: "Kim", lastName, startDate, profile, manager: scene.cast.manager, ...more };
}
