/**
 * The door to a real Active Directory over LDAPS. Sorts every answer into ok, refused, not sent or unknown on codes alone;
 * must never repeat a write, and never speak LDAP without TLS.
 */
import { Attribute, Change, Client, ResultCodeError } from "ldapts";
import { Secret } from "../../base/secret.ts";
import type { Answer, Directory, Entry } from "../../engine/remote.ts";
import { type LdapOperation, ldapRefusal, modifyKind, win32Of } from "./ldap-code.ts";

export type LdapOptions = {
	/** `ldaps://dc1.contoso.example` */
	readonly url: string;
	readonly servername?: string;
	/** PEM of the authority to trust. */
	readonly ca?: string;
	readonly base: string;
	/** Who we sign in as, and the password, asked at each sign-in. */
	readonly bind: string;
	readonly password: () => Promise<Secret>;
	readonly upnSuffix?: string;
	readonly markAttribute?: string;
	readonly groupBase?: string;
	readonly names?: string;
	readonly timeoutMs?: number;
};

/** Opens the door; the connection is made when first needed and again after it was lost. */
export function openLdap(options: LdapOptions): { readonly directory: Directory; close(): Promise<void> } {
	const line = connectionOf(options);
	const directory: Directory = {
		base: options.base,
		upnSuffix: options.upnSuffix ?? suffixOf(options.base),
		markAttribute: options.markAttribute ?? "extensionAttribute15",
		groupBase: options.groupBase ?? options.base,
		...(options.names === undefined ? {} : { names: options.names }),
		search: ({ base = options.base, scope = "sub", filter, attributes }) =>
			line.run("search", async (client) => {
				const settings = { scope, filter, attributes: [...attributes], paged: { pageSize: 500 } };
				const found = await client.search(base, { ...settings, explicitBufferAttributes: ["objectGUID"] });
				return found.searchEntries.map((entry) => readEntry(entry.dn, entry));
			}),
		add: (dn, attributes) =>
			line.run("add", async (client) => {
				await client.add(
					dn,
					Object.entries(attributes).map(([type, value]) => attribute(type, [value].flat() as (string | Secret)[])),
				);
				return { guid: await guidAt(client, dn) };
			}),
		modify: (dn, changes) =>
			line.run(modifyKind(changes), (client) =>
				client.modify(
					dn,
					changes.map(
						(one) => new Change({ operation: one.operation, modification: attribute(one.attribute, one.values) }),
					),
				),
			),
		move: (dn, newDn) => line.run("move", (client) => client.modifyDN(dn, newDn)),
		remove: (dn) => line.run("remove", (client) => client.del(dn)),
	};
	return { directory, close: () => line.close() };
}

function connectionOf(options: LdapOptions) {
	let current: Promise<Client> | undefined;
	const connect = async () => {
		const client = new Client({
			url: options.url,
			timeout: options.timeoutMs ?? 15_000,
			connectTimeout: 5_000,
			// A fresh object each time: the library writes into it.
			tlsOptions: {
				...(options.ca === undefined ? {} : { ca: options.ca }),
				...(options.servername === undefined ? {} : { servername: options.servername }),
			},
		});
		await client.bind(options.bind, (await options.password()).open());
		return client;
	};
	const ready = async () => {
		const known = await current?.catch(() => undefined);
		if (known?.isConnected === true) return known;
		const next = connect();
		current = next;
		next.catch(() => {
			if (current === next) current = undefined;
		});
		return next;
	};
	return {
		async run<T>(operation: LdapOperation, work: (client: Client) => Promise<T>): Promise<Answer<T>> {
			if (!options.url.startsWith("ldaps://")) {
				return { kind: "unsent", code: "no-tls", detail: "connectors.directory.url must begin with ldaps://" };
			}
			let client: Client;
			try {
				client = await ready();
			} catch (error) {
				if (error instanceof ResultCodeError) return ldapRefusal(operation, error.code, win32Of(error.message));
				return { kind: "unsent", code: "unreachable", detail: `${operation}: ${codeOf(error)}` };
			}
			try {
				return { kind: "ok", value: await work(client) };
			} catch (error) {
				if (error instanceof ResultCodeError) return ldapRefusal(operation, error.code, win32Of(error.message));
				current = undefined;
				client.unbind().catch(() => {});
				return { kind: "unknown", code: "connection-lost", detail: `${operation}: ${codeOf(error)}` };
			}
		},
		async close() {
			const client = await current?.catch(() => undefined);
			current = undefined;
			await client?.unbind().catch(() => {});
		},
	};
}

/** Active Directory wants a password in quotes, as UTF-16. Source: [MS-ADTS] 3.1.1.3.1.5. */
function attribute(type: string, values: readonly (string | Secret)[]): Attribute {
	const secret = values.some((value) => value instanceof Secret);
	if (!secret) return new Attribute({ type, values: values as string[] });
	const bytes = values.map((value) => Buffer.from(`"${value instanceof Secret ? value.open() : value}"`, "utf16le"));
	return new Attribute({ type, values: bytes });
}

async function guidAt(client: Client, dn: string): Promise<string> {
	const names = ["objectGUID"];
	const found = await client
		.search(dn, { scope: "base", attributes: names, explicitBufferAttributes: names })
		.catch(() => undefined);
	const value = found?.searchEntries[0]?.objectGUID;
	return Buffer.isBuffer(value) ? value.toString("base64") : "";
}

function readEntry(dn: string, raw: { readonly [name: string]: unknown }): Entry {
	const entry: { [attribute: string]: string | readonly string[] } = {};
	for (const [name, value] of Object.entries(raw)) {
		if (name === "dn") continue;
		entry[name] = [value].flat().map((one) => (Buffer.isBuffer(one) ? one.toString("base64") : String(one)));
	}
	return { ...entry, dn };
}

function suffixOf(base: string): string {
	return [...base.matchAll(/DC=([^,]+)/gi)].map((part) => part[1]).join(".");
}

function codeOf(error: unknown): string {
	return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "no code";
}
