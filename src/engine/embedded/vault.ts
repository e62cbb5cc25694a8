/**
 * Secrets at rest: each sealed with its client's data key, which is sealed with the key from outside. Values go in and come
 * out one at a time, by name; must never list them or log them.
 */
import { randomBytes } from "node:crypto";
import { ConflictError } from "../../base/errors.ts";
import { Secret } from "../../base/secret.ts";
import type { ClientId } from "../../sop/sop.ts";
import type { SecretRef } from "../event.ts";
import type { Vault } from "../ports.ts";
import type { Store } from "./open.ts";
import { keyBytes, seal, unseal } from "./vault-key.ts";

type Row = {
	readonly version: number;
	readonly sealed: Buffer | null;
	readonly taken_by: string | null;
	readonly taken_at: string | null;
};

export function createVault(store: Store): Vault {
	const { db, clock, write } = store;
	const get = db.prepare<[string, string], Row>("SELECT * FROM vault WHERE client = ? AND name = ?");
	const put = db.prepare(
		"INSERT OR REPLACE INTO vault(client, name, version, sealed, at, taken_by, taken_at) VALUES (?, ?, ?, ?, ?, NULL, NULL)",
	);
	const took = db.prepare(
		"UPDATE vault SET sealed = NULL, taken_by = ?, taken_at = ? WHERE client = ? AND name = ? AND sealed IS NOT NULL",
	);
	const dataKey = dataKeys(store);
	const keepAs = (client: ClientId, name: string, value: Secret): SecretRef => {
		const version = (get.get(client, name)?.version ?? 0) + 1;
		const sealed = seal(dataKey(client), aboutOf(client, name, version), Buffer.from(value.open()));
		put.run(client, name, version, sealed, clock.now());
		return refOf(client, name);
	};
	const open = (client: ClientId, name: string, row: Row): Secret => {
		const sealed = row.sealed ?? Buffer.alloc(0);
		return new Secret(unseal(dataKey(client), aboutOf(client, name, row.version), sealed).toString());
	};
	return {
		keep: async (client, given, value) => {
			const name = nameIn(client, given);
			return write(() => (get.get(client, name) ? refOf(client, name) : keepAs(client, name, value)));
		},
		replace: async (client, given, value) => write(() => keepAs(client, nameIn(client, given), value)),
		holds: async (client, given) => Boolean(get.get(client, nameIn(client, given))?.sealed),
		reveal: async (client, ref) => {
			const name = nameOf(client, ref);
			const row = name === undefined ? undefined : get.get(client, name);
			if (name === undefined || !row?.sealed) throw noSuchSecret();
			return open(client, name, row);
		},
		take: async (client, ref, by) => {
			const name = nameOf(client, ref);
			if (name === undefined) return undefined;
			return write(() => {
				const row = get.get(client, name);
				if (!row?.sealed) return undefined;
				const value = open(client, name, row);
				took.run(by, clock.now(), client, name);
				return value;
			});
		},
		taken: async (client, ref) => {
			const name = nameOf(client, ref);
			const row = name === undefined ? undefined : get.get(client, name);
			if (!row?.taken_by || !row.taken_at) return undefined;
			return { by: row.taken_by, at: row.taken_at };
		},
	};
}

/** The data key of a client, made when first needed. */
function dataKeys({ db, key, write }: Store): (client: ClientId) => Buffer {
	const get = db.prepare<[string], Buffer>("SELECT wrapped FROM vault_keys WHERE client = ?").pluck();
	const add = db.prepare("INSERT INTO vault_keys(client, wrapped) VALUES (?, ?)");
	return (client) => {
		const wrapped = get.get(client);
		if (wrapped !== undefined) return unseal(keyBytes(key), keyAbout(client), wrapped);
		const fresh = randomBytes(32);
		write(() => add.run(client, seal(keyBytes(key), keyAbout(client), fresh)));
		return fresh;
	};
}

function aboutOf(client: ClientId, name: string, version: number): string {
	return `${client}|${name}|${version}`;
}

function keyAbout(client: ClientId): string {
	return `data key of ${client}`;
}

function refOf(client: ClientId, name: string): SecretRef {
	return { $secret: `${client}/${name}` };
}

/** A name may be given with its client before it or without. */
function nameIn(client: ClientId, name: string): string {
	return name.startsWith(`${client}/`) ? name.slice(client.length + 1) : name;
}

/** The name within the client; undefined for a reference of another one. */
function nameOf(client: ClientId, ref: SecretRef): string | undefined {
	return ref.$secret.startsWith(`${client}/`) ? ref.$secret.slice(client.length + 1) : undefined;
}

function noSuchSecret(): ConflictError {
	return new ConflictError("no-such-secret", "There is no such secret.", {
		advice: "Keep one with `sopwith secret set`.",
	});
}
