/**
 * The tenant fence: the world of one step is built from its run's client and reaches nothing else. No default client, no
 * shared credential; a connector that the client has not is a door that is not there.
 */
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { UnavailableError } from "../base/errors.ts";
import { type Json, sha256, type Values } from "../base/json.ts";
import { Secret } from "../base/secret.ts";
import type { Clock } from "../base/time.ts";
import type { World } from "../engine/action.ts";
import type { Path } from "../engine/event.ts";
import type { Vault } from "../engine/ports.ts";
import type { Directory, Graph, Http, Mail } from "../engine/remote.ts";
import type { Run } from "../engine/run.ts";
import type { Client } from "../sop/definitions.ts";
import type { ClientId, Sop } from "../sop/sop.ts";
import { refusal } from "./doors.ts";
import { createHttp } from "./http/http.ts";
import { graphMail } from "./mail/graph-mail.ts";
import { connectGraph, type GraphConnection } from "./microsoft365/graph.ts";
import { tokenGiver } from "./microsoft365/token.ts";
import { type Sandbox, sandboxGraph } from "./sandbox/sandbox.ts";

export type WorldParts = {
	/** The client as its file says now; undefined when there is none. */
	readonly clientOf: (id: ClientId) => Client | undefined;
	readonly vault: Vault;
	/** The client's simulated tenant, asked only where a connector says `use: sandbox`. */
	readonly sandboxOf: (client: Client) => Sandbox | Promise<Sandbox>;
	readonly clock: Clock;
	readonly env: { readonly [name: string]: string | undefined };
};

export interface Worlds {
	/** Errors: throws `RemoteError` `no-such-client`, `connector-broken`, `no-such-secret`. */
	worldOf(run: Run, sop: Sop, step: Path): Promise<World>;
	/** Ends all connections. Safe to call twice. */
	close(): Promise<void>;
}

type Doors = {
	readonly directory?: Directory;
	readonly graph?: Graph;
	readonly mail?: Mail;
	readonly http?: Http;
	readonly close: () => Promise<void>;
};
type Kept = { readonly of: string; readonly doors: Promise<Doors> };

/** Makes the worlds of an installation. Connections are opened when first needed, one set per client. */
export function createWorlds(parts: WorldParts): Worlds {
	const kept = new Map<ClientId, Kept>();
	return {
		async worldOf(run, _sop, step) {
			const client = parts.clientOf(run.client);
			if (client === undefined) {
				throw refusal("no-such-client", `There is no client ${run.client} any more. Nothing changed.`, run.client);
			}
			const { close: _close, ...doors } = await doorsFor(parts, kept, client);
			return { ...doors, ...around(parts, client, run, step) };
		},
		async close() {
			const all = [...kept.values()];
			kept.clear();
			for (const { doors } of all) await doors.then((open) => open.close()).catch(() => {});
		},
	};
}

/** What a step has besides its doors: who it is, and its own corner of the vault. */
function around(parts: WorldParts, client: Client, run: Run, step: Path) {
	const { vault } = parts;
	const named = (name: string) => `${client.id}/runs/${run.id}/${step}/${name}`;
	return {
		client: client.id,
		run: run.id,
		mark: `${run.id}/${step}`,
		signal: new AbortController().signal,
		lookOnly: false,
		promised: false,
		addressOf: (person: string) => client.roster.people.find((one) => one.id === person)?.email,
		reveal: (ref: { readonly $secret: string }) => vault.reveal(client.id, ref),
		keep: (name: string, value: Secret) => vault.keep(client.id, named(name), value),
		replace: (name: string, value: Secret) => vault.replace(client.id, named(name), value),
		holds: (name: string) => vault.holds(client.id, named(name)),
	};
}

/** The client's doors; opened anew when its file says something else than before. */
async function doorsFor(parts: WorldParts, kept: Map<ClientId, Kept>, client: Client): Promise<Doors> {
	const of = sha256({ connectors: client.connectors as Json, folder: client.folder });
	const known = kept.get(client.id);
	if (known?.of === of) return known.doors;
	const doors = open(parts, client);
	kept.set(client.id, { of, doors });
	if (known !== undefined) await known.doors.then((old) => old.close()).catch(() => {});
	doors.catch(() => {
		if (kept.get(client.id)?.doors === doors) kept.delete(client.id);
	});
	return doors;
}

async function open(parts: WorldParts, client: Client): Promise<Doors> {
	const { directory, microsoft365, mail, http } = client.connectors;
	const graph = microsoft365 === undefined ? undefined : await graphFor(parts, client, microsoft365);
	const people = directory === undefined ? undefined : await directoryFor(parts, client, directory);
	const post = mail === undefined ? undefined : await mailFor(parts, client, mail, graph);
	return {
		...(people === undefined ? {} : { directory: people.directory }),
		...(graph === undefined ? {} : { graph: graph.graph() }),
		...(post === undefined ? {} : { mail: post.mail }),
		...(http === undefined ? {} : { http: httpFor(client, http) }),
		async close() {
			graph?.close();
			post?.close();
			await people?.close();
		},
	};
}

async function directoryFor(parts: WorldParts, client: Client, values: Values) {
	const options = texts(values, ["upnSuffix", "markAttribute", "groupBase", "names"]);
	if (values.use === "sandbox") {
		const sandbox = await parts.sandboxOf(client);
		return { directory: sandbox.directoryWith(options), close: async () => {} };
	}
	if (values.use !== "active-directory") throw broken("directory", "use: active-directory, or use: sandbox");
	const { openLdap } = await import("./directory/ldap.ts");
	const { url, base, bind, servername } = texts(values, ["url", "base", "bind", "servername"]);
	if (url === undefined || base === undefined || bind === undefined) throw broken("directory", "url, base and bind");
	const ca = await caOf(client, values);
	const password = () => secretOf(parts, client, values.password);
	return openLdap({
		url,
		base,
		bind,
		password,
		...options,
		...(servername ? { servername } : {}),
		...(ca ? { ca } : {}),
	});
}

async function graphFor(parts: WorldParts, client: Client, values: Values): Promise<GraphConnection> {
	const { clock } = parts;
	if (values.use === "sandbox") return sandboxGraph(await parts.sandboxOf(client), { clock });
	if (values.use !== "graph") throw broken("microsoft365", "use: graph, or use: sandbox");
	const { tenant, app } = texts(values, ["tenant", "app"]);
	if (tenant === undefined || app === undefined) throw broken("microsoft365", "tenant and app");
	const { authority = "https://login.microsoftonline.com" } = texts(values, ["authority"]);
	const { endpoint = "https://graph.microsoft.com/v1.0" } = texts(values, ["endpoint"]);
	const ca = await caOf(client, values);
	const token = tokenGiver({
		...{ authority, tenant, app, clock },
		scope: `${new URL(endpoint).origin}/.default`,
		...(ca === undefined ? {} : { ca }),
		...(values.certificate === undefined
			? { secret: () => secretOf(parts, client, values.secret) }
			: { certificate: () => secretOf(parts, client, values.certificate) }),
	});
	return connectGraph({ endpoint, token, clock, ...(ca === undefined ? {} : { ca }) });
}

async function mailFor(parts: WorldParts, client: Client, values: Values, graph: GraphConnection | undefined) {
	const { from } = texts(values, ["from"]);
	if (values.use === "sandbox") {
		const sandbox = await parts.sandboxOf(client);
		const own = await sandboxGraph(sandbox, { clock: parts.clock });
		const sender = from ?? `it@${sandbox.directory.upnSuffix}`;
		return { mail: graphMail(own.graph(), sender), close: () => own.close() };
	}
	if (values.use !== "graph" || graph === undefined || from === undefined) {
		throw broken("mail", "use: graph beside a microsoft365 connector, with from; or use: sandbox");
	}
	return { mail: graphMail(graph.graph(), from), close: () => {} };
}

function httpFor(client: Client, values: Values): Http {
	const allow = Array.isArray(values.allow) ? values.allow.filter((host) => typeof host === "string") : [];
	if (values.allowPrivate === true && !client.values.sandbox) {
		throw broken("http", "allowPrivate only where the client is a sandbox");
	}
	return createHttp({ allow, allowPrivate: values.allowPrivate === true });
}

function broken(connector: string, wanted: string) {
	const message = `The ${connector} connector in client.yaml cannot be used. Nothing changed.`;
	return refusal("connector-broken", message, `connectors.${connector}: expected ${wanted}`);
}

/** A secret as client.yaml names it: `env:NAME`, `file:PATH` or `secret:NAME` of the vault. */
async function secretOf(parts: WorldParts, client: Client, spec: Json | undefined): Promise<Secret> {
	const named = typeof spec === "string" ? /^(env|file|secret):(.+)$/.exec(spec) : null;
	const [, kind, name = ""] = named ?? [];
	if (kind === "env") {
		const value = parts.env[name];
		if (value !== undefined && value !== "") return new Secret(value);
	}
	if (kind === "file") return new Secret((await readFile(resolve(client.folder, name), "utf8")).trimEnd());
	if (kind === "secret") return parts.vault.reveal(client.id, { $secret: name });
	throw new UnavailableError(
		"no-such-secret",
		`A secret of ${client.id} is not there: ${kind ?? "env, file or secret"}:${name}`,
	);
}

async function caOf(client: Client, values: Values): Promise<string | undefined> {
	return typeof values.ca === "string" ? readFile(resolve(client.folder, values.ca), "utf8") : undefined;
}

function texts<Name extends string>(values: Values, names: readonly Name[]): { readonly [K in Name]?: string } {
	const found = names.filter((name) => typeof values[name] === "string" && values[name] !== "");
	return Object.fromEntries(found.map((name) => [name, values[name]])) as { readonly [K in Name]?: string };
}
