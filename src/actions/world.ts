/**
 * The tenant fence: the world of one step is built from its run's client and reaches nothing else. No default client, no
 * shared credential; a connector that the client has not is a door that is not there.
 */
import { type Json, sha256, type Values } from "../base/json.ts";
import type { Secret } from "../base/secret.ts";
import { type Clock, toMs } from "../base/time.ts";
import type { World } from "../engine/action.ts";
import { involvedOf } from "../engine/describe.ts";
import type { Path } from "../engine/event.ts";
import { madeBy } from "../engine/made.ts";
import { NOT_ASKED } from "../engine/plan-only.ts";
import type { Vault } from "../engine/ports.ts";
import type { Run } from "../engine/run.ts";
import { namesOf } from "../people/names.ts";
import { settleOpeners } from "../people/openers.ts";
import { resolveWho } from "../people/resolve.ts";
import type { Roster } from "../people/roster.ts";
import type { Client } from "../sop/definitions.ts";
import type { ActionName, ClientId, Sop, Who } from "../sop/sop.ts";
import { type ConnectParts, connect } from "./connect.ts";
import { refusal } from "./doors.ts";
import { heldBack } from "./look-only.ts";
import { certificatesOf } from "./settings.ts";

export type WorldParts = ConnectParts & {
	/** The client as its file says now; undefined when there is none. */
	readonly clientOf: (id: ClientId) => Client | undefined;
	readonly vault: Vault;
};

interface Worlds {
	/** Errors: throws `RemoteError` `no-such-client`, `connector-broken`, `no-such-secret`. */
	worldOf(run: Run, sop: Sop, step: Path): Promise<World>;
	/** Ends all connections. Safe to call twice. */
	close(): Promise<void>;
}

type Doors = Awaited<ReturnType<typeof connect>>;
/** The doors as one state of the client's file has them. */
type Opened = { readonly of: string; readonly doors: Promise<Doors>; users: number };

/** Makes the worlds of an installation. Connections are opened when first needed, one set per client. */
export function createWorlds(parts: WorldParts): Worlds {
	const current = new Map<ClientId, Opened>();
	const all = new Set<Opened>();
	const closed = async (opened: Opened): Promise<void> => {
		all.delete(opened);
		await opened.doors.then(({ close }) => close()).catch(() => {});
	};
	const opensFor = (client: Client): Opened => {
		const { connectors, folder } = client;
		const of = sha256({ connectors: connectors as Json, folder, certificates: certificatesOf(client) });
		const known = current.get(client.id);
		if (known?.of === of) return known;
		const opened = { of, doors: connect(parts, client), users: 0 };
		all.add(opened);
		current.set(client.id, opened);
		if (known?.users === 0) void closed(known);
		return opened;
	};
	/** Doors that were replaced stay open for whoever went through them before. */
	const leave = (id: ClientId, opened: Opened): void => {
		opened.users--;
		if (opened.users === 0 && current.get(id) !== opened) void closed(opened);
	};
	return {
		async worldOf(run, sop, step) {
			const client = parts.clientOf(run.client);
			if (client === undefined) {
				throw refusal("no-such-client", `There is no client ${run.client} any more. Nothing changed.`, run.client);
			}
			const opened = opensFor(client);
			opened.users++;
			try {
				const { door } = await opened.doors;
				return { ...door, ...around(parts, client, { run, sop, step }), leave: once(() => leave(client.id, opened)) };
			} catch (error) {
				if (current.get(client.id) === opened) current.delete(client.id);
				leave(client.id, opened);
				throw error;
			}
		},
		async close() {
			current.clear();
			await Promise.all([...all].map(closed));
		},
	};
}

function once(act: () => void): () => void {
	let done = false;
	return () => {
		if (!done) act();
		done = true;
	};
}

/** After this, Microsoft 365 shows in all places what was made, even where it came by a sync. */
const NEW_MS = 3_600_000;

function isNew(run: Run, name: string, clock: Clock): boolean {
	const id = `create:${name.toLowerCase()}#account`;
	return madeBy(run).some((made) => made.id === id && toMs(made.at) + NEW_MS > toMs(clock.now()));
}

/** What a step has besides its doors: who it is, and its own corner of the vault. */
function around(parts: WorldParts, client: Client, of: { readonly run: Run; readonly sop: Sop; readonly step: Path }) {
	const { vault } = parts;
	const { run, step } = of;
	const named = (name: string) => `${client.id}/runs/${run.id}/${step}/${name}`;
	return {
		client: client.id,
		run: run.id,
		mark: `${run.id}/${step}`,
		signal: new AbortController().signal,
		lookOnly: false,
		promised: false,
		begun: run.ledger.filter((one) => one.path === step && one.undone !== true).map(({ change }) => change),
		isNew: (name: string) => isNew(run, name, parts.clock),
		heldBack: (action: ActionName, input: Values) => heldBack(client, action, input),
		openers: (who: readonly Who[]) => openersOf(client.roster, who, of),
		addressOf: (person: string) => client.roster.people.find((one) => one.id === person)?.email,
		reveal: (ref: { readonly $secret: string }) => vault.reveal(client.id, ref),
		keep: (name: string, value: Secret) => vault.keep(client.id, named(name), value),
		replace: (name: string, value: Secret) => vault.replace(client.id, named(name), value),
		holds: (name: string) => vault.holds(client.id, named(name)),
		wasOpened: async (name: string) => (await vault.taken(client.id, { $secret: named(name) })) !== undefined,
	};
}

function openersOf(roster: Roster, who: readonly Who[], { run, sop }: { readonly run: Run; readonly sop: Sop }) {
	const involved = involvedOf(sop, run);
	const to = settleOpeners(who, roster, involved);
	const people = resolveWho(to, roster, involved);
	if (people.length > 0) return { to, words: namesOf(people, roster) };
	const isPlanOnly = to.includes("requester") && run.request.by === NOT_ASKED;
	return isPlanOnly ? { to, words: "whoever asks" } : undefined;
}
