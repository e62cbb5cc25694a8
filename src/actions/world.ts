/**
 * The tenant fence: the world of one step is built from its run's client and reaches nothing else. No default client, no
 * shared credential; a connector that the client has not is a door that is not there.
 */
import { type Json, sha256, type Values } from "../base/json.ts";
import type { Secret } from "../base/secret.ts";
import type { World } from "../engine/action.ts";
import type { Path } from "../engine/event.ts";
import type { Vault } from "../engine/ports.ts";
import type { Run } from "../engine/run.ts";
import type { Client } from "../sop/definitions.ts";
import type { ActionName, ClientId, Sop } from "../sop/sop.ts";
import { type ConnectParts, connect } from "./connect.ts";
import { refusal } from "./doors.ts";
import { heldBack } from "./look-only.ts";

export type WorldParts = ConnectParts & {
	/** The client as its file says now; undefined when there is none. */
	readonly clientOf: (id: ClientId) => Client | undefined;
	readonly vault: Vault;
};

export interface Worlds {
	/** Errors: throws `RemoteError` `no-such-client`, `connector-broken`, `no-such-secret`. */
	worldOf(run: Run, sop: Sop, step: Path): Promise<World>;
	/** Ends all connections. Safe to call twice. */
	close(): Promise<void>;
}

type Opened = Awaited<ReturnType<typeof connect>>;
type Kept = { readonly of: string; readonly doors: Promise<Opened> };

/** Makes the worlds of an installation. Connections are opened when first needed, one set per client. */
export function createWorlds(parts: WorldParts): Worlds {
	const kept = new Map<ClientId, Kept>();
	return {
		async worldOf(run, _sop, step) {
			const client = parts.clientOf(run.client);
			if (client === undefined) {
				throw refusal("no-such-client", `There is no client ${run.client} any more. Nothing changed.`, run.client);
			}
			const { door: doors } = await doorsFor(parts, kept, client);
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
		heldBack: (action: ActionName, input: Values) => heldBack(client, action, input),
		addressOf: (person: string) => client.roster.people.find((one) => one.id === person)?.email,
		reveal: (ref: { readonly $secret: string }) => vault.reveal(client.id, ref),
		keep: (name: string, value: Secret) => vault.keep(client.id, named(name), value),
		replace: (name: string, value: Secret) => vault.replace(client.id, named(name), value),
		holds: (name: string) => vault.holds(client.id, named(name)),
	};
}

/** The client's doors; opened anew when its file says something else than before. */
async function doorsFor(parts: WorldParts, kept: Map<ClientId, Kept>, client: Client): Promise<Opened> {
	const of = sha256({ connectors: client.connectors as Json, folder: client.folder });
	const known = kept.get(client.id);
	if (known?.of === of) return known.doors;
	const doors = connect(parts, client);
	kept.set(client.id, { of, doors });
	if (known !== undefined) await known.doors.then((old) => old.close()).catch(() => {});
	doors.catch(() => {
		if (kept.get(client.id)?.doors === doors) kept.delete(client.id);
	});
	return doors;
}
