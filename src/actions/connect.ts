/**
 * Opens the doors of one client, as its settings say: real, simulated, or only to look through. Must never open what the
 * client's file does not name.
 */
import type { Clock } from "../base/time.ts";
import type { Directory, Graph, Http, Mail } from "../engine/remote.ts";
import type {
	DirectorySettings,
	GraphSettings,
	HttpSettings,
	MailSettings,
	SmtpSettings,
} from "../sop/connector-schema.ts";
import type { Client } from "../sop/definitions.ts";
import { refusal } from "./doors.ts";
import { createHttp } from "./http/http.ts";
import { lookOnlyDoors } from "./look-only.ts";
import { graphMail } from "./mail/graph-mail.ts";
import { noMail } from "./mail/no-mail.ts";
import { cloudOf } from "./microsoft365/cloud.ts";
import { connectGraph, type GraphConnection } from "./microsoft365/graph.ts";
import { tokenGiver } from "./microsoft365/token.ts";
import { type Sandbox, sandboxGraph } from "./sandbox/sandbox.ts";
import { caOf, type Keeping, secretOf } from "./settings.ts";

export type Doors = {
	readonly directory?: Directory;
	readonly graph?: Graph;
	readonly mail?: Mail;
	readonly http?: Http;
};
export type ConnectParts = Keeping & {
	/** The client's simulated tenant, asked only where a connector says `use: sandbox`. */
	readonly sandboxOf: (client: Client) => Sandbox | Promise<Sandbox>;
	readonly clock: Clock;
};

type Opened<Door> = { readonly door: Door; close(): void | Promise<void> };

/**
 * Opens what the client has. Connections are made when first needed; `close` ends them all and is safe to call twice.
 * Errors: throws `RemoteError` `connector-broken`, `no-such-file`.
 */
export async function connect(parts: ConnectParts, client: Client): Promise<Opened<Doors>> {
	const { directory, microsoft365, mail, http } = client.connectors;
	const graph = microsoft365 === undefined ? undefined : await openGraph(parts, client, microsoft365);
	const people = directory === undefined ? undefined : await openDirectory(parts, client, directory);
	const post = mail === undefined ? undefined : await openMail(parts, client, mail, graph);
	const doors: Doors = {
		...(people === undefined ? {} : { directory: people.door }),
		...(graph === undefined ? {} : { graph: graph.graph() }),
		...(post === undefined ? {} : { mail: post.door }),
		...(http === undefined ? {} : { http: openHttp(client, http) }),
	};
	return {
		door: lookOnlyDoors(client, doors),
		async close() {
			graph?.close();
			await post?.close();
			await people?.close();
		},
	};
}

async function openDirectory(
	parts: ConnectParts,
	client: Client,
	settings: DirectorySettings,
): Promise<Opened<Directory>> {
	if (settings.use === "sandbox") {
		const sandbox = await parts.sandboxOf(client);
		return { door: sandbox.directoryWith(settings), close: () => {} };
	}
	const { use: _use, password, ca: _ca, lookOnly: _lookOnly, ...rest } = settings;
	const { openLdap } = await import("./directory/ldap.ts");
	const opened = openLdap({
		...rest,
		...(await caOf(client, settings)),
		clock: parts.clock,
		password: () => secretOf(parts, client, password),
	});
	return { door: opened.directory, close: () => opened.close() };
}

async function openGraph(parts: ConnectParts, client: Client, settings: GraphSettings): Promise<GraphConnection> {
	const { clock } = parts;
	if (settings.use === "sandbox") return sandboxGraph(await parts.sandboxOf(client), { clock });
	const { tenant, app, secret, certificate } = settings;
	const cloud = cloudOf(settings.cloud);
	const { authority = cloud?.authority, endpoint = cloud?.endpoint } = settings;
	if (authority === undefined || endpoint === undefined) throw broken("microsoft365", "a cloud that is known");
	const trust = await caOf(client, settings);
	const token = tokenGiver({
		...{ authority, tenant, app, clock, ...trust },
		scope: `${new URL(endpoint).origin}/.default`,
		...(secret === undefined ? {} : { secret: () => secretOf(parts, client, secret) }),
		...(certificate === undefined ? {} : { certificate: () => secretOf(parts, client, certificate) }),
	});
	return connectGraph({ endpoint, token, clock, ...trust });
}

async function openMail(
	parts: ConnectParts,
	client: Client,
	settings: MailSettings,
	graph: GraphConnection | undefined,
): Promise<Opened<Mail>> {
	switch (settings.use) {
		case "never":
			return { door: noMail(client.name), close: () => {} };
		case "smtp":
			return openSmtp(parts, client, settings);
		case "graph":
			if (graph === undefined) throw broken("mail", "a microsoft365 connector beside it");
			return { door: graphMail(graph.graph(), settings.from), close: () => {} };
		case "sandbox": {
			const sandbox = await parts.sandboxOf(client);
			const own = await sandboxGraph(sandbox, { clock: parts.clock });
			const sender = settings.from ?? `it@${sandbox.directory.upnSuffix}`;
			return { door: graphMail(own.graph(), sender), close: () => own.close() };
		}
	}
}

async function openSmtp(parts: ConnectParts, client: Client, settings: SmtpSettings): Promise<Opened<Mail>> {
	const { smtpMail } = await import("./mail/smtp.ts");
	const { url, from, user, password } = settings;
	const signIn =
		user === undefined || password === undefined
			? {}
			: { signIn: { user, password: () => secretOf(parts, client, password) } };
	return { door: smtpMail({ url, from, ...signIn, ...(await caOf(client, settings)) }), close: () => {} };
}

function openHttp(client: Client, { allow = [], allowPrivate = false }: HttpSettings): Http {
	if (allowPrivate && !client.values.sandbox) throw broken("http", "allowPrivate only where the client is a sandbox");
	return createHttp({ allow, allowPrivate });
}

function broken(connector: string, wanted: string) {
	const message = `The ${connector} connector in client.yaml cannot be used. Nothing changed.`;
	return refusal("connector-broken", message, `connectors.${connector}: expected ${wanted}`);
}
