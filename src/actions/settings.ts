/**
 * What a client's settings only point to: a secret by its name, a certificate by its file. Must never keep either, and
 * never give one client what is another's.
 */
import { statSync } from "node:fs";
import { readFile, realpath } from "node:fs/promises";
import { dirname, resolve, sep } from "node:path";
import { ConflictError } from "../base/errors.ts";
import { Secret } from "../base/secret.ts";
import type { Vault } from "../engine/ports.ts";
import type { Client } from "../sop/definitions.ts";
import { refusal } from "./doors.ts";

export type Keeping = {
	readonly vault: Pick<Vault, "reveal">;
	readonly env: { readonly [name: string]: string | undefined };
};

/** Whose settings they are. `folder`: where relative paths start. `clients`: the MSP's only, whose own the folders there are not. */
export type Owner = Pick<Client, "id" | "name" | "folder"> & { readonly clients?: string };
type Named = { readonly kind: string; readonly name: string };

/**
 * A secret as a file of definitions names it: `env:NAME`, `file:PATH` or `secret:NAME` of the vault; read anew at each call.
 * Errors: throws `RemoteError` `no-such-secret`.
 */
export async function secretOf(keeping: Keeping, client: Owner, named: string): Promise<Secret> {
	const at = named.indexOf(":");
	const [kind, name] = [named.slice(0, at), named.slice(at + 1)];
	const value = await (kind === "secret" ? revealed(keeping, client, name) : textOf(keeping, client, { kind, name }));
	if (value !== undefined) return value;
	throw refusal("no-such-secret", `A secret of ${client.name} is not there: ${named}. Nothing changed.`, named);
}

/** The PEM of a settings' authority, when it names one. Errors: throws `RemoteError` `no-such-file`. */
export async function caOf(client: Client, settings: { readonly ca?: string }): Promise<{ readonly ca?: string }> {
	if (settings.ca === undefined) return {};
	const ca = await textAt(client, settings.ca);
	if (ca !== undefined) return { ca };
	const message = `A certificate of ${client.name} is not there: ${settings.ca}. Nothing changed.`;
	throw refusal("no-such-file", message, settings.ca);
}

/** When the certificates that the settings name were last written, so that a new one in the same place is seen. */
export function certificatesOf({ connectors, folder }: Client): readonly (number | null)[] {
	return Object.values(connectors).flatMap((one) =>
		typeof one !== "object" || !("ca" in one) || one.ca === undefined
			? []
			: [statSync(resolve(folder, one.ca), { throwIfNoEntry: false })?.mtimeMs ?? null],
	);
}

/** A secret of the vault; one of another client is as if it were not there. */
async function revealed({ vault }: Keeping, client: Owner, name: string): Promise<Secret | undefined> {
	try {
		return await vault.reveal(client.id, { $secret: name });
	} catch (error) {
		if (error instanceof ConflictError) return undefined;
		throw error;
	}
}

async function textOf({ env }: Keeping, client: Owner, { kind, name }: Named): Promise<Secret | undefined> {
	const text = kind === "env" ? env[name] : await textAt(client, name);
	return text === undefined || text === "" ? undefined : new Secret(text);
}

/** A file named from the owner's folder. One in another client's folder is as if it were not there. */
async function textAt(owner: Owner, path: string): Promise<string | undefined> {
	try {
		const folder = await realpath(owner.folder);
		const file = await realpath(resolve(folder, path));
		const clients = owner.clients === undefined ? dirname(folder) : await realpath(owner.clients);
		const isIn = (place: string) => file.startsWith(`${place}${sep}`);
		const isOwn = !isIn(clients) || (owner.clients === undefined && isIn(folder));
		return isOwn ? (await readFile(file, "utf8")).trimEnd() : undefined;
	} catch {
		return undefined;
	}
}
