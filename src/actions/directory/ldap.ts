/**
 * The one door to a real Active Directory. Sorts every answer into ok, refused, not sent or unknown on codes alone; must
 * never repeat a write, never speak LDAP without TLS, and never ask anything without having signed in.
 */
import { Change, type Client } from "ldapts";
import { assert } from "../../base/assert.ts";
import { Secret } from "../../base/secret.ts";
import type { Clock } from "../../base/time.ts";
import type { Answer, Directory } from "../../engine/remote.ts";
import { parseDn } from "../dn.ts";
import { STOPPED } from "../doors.ts";
import { refusedUpFront, type Said, spelled } from "./ldap-check.ts";
import { modifyKind } from "./ldap-code.ts";
import { findEntries } from "./ldap-entry.ts";
import { policyHints, written } from "./ldap-password.ts";
import { Pool } from "./ldap-pool.ts";
import { type Server, Servers } from "./ldap-servers.ts";
import { type SignIn, signsInAs } from "./ldap-sign-in.ts";
import type { Place } from "./ldap-socket.ts";

export type LdapOptions = SignIn &
	Omit<Place, "url"> & {
		/** `ldaps://dc1.contoso.example`, or several, the preferred one first. `ldap://` only with `startTls`. */
		readonly url: string | readonly string[];
		readonly base: string;
		readonly upnSuffix?: string;
		readonly markAttribute?: string;
		readonly groupBase?: string;
		readonly names?: string;
		/** Connections to one controller at once. Default 4. */
		readonly connections?: number;
		/** For one operation. Default 15 s. */
		readonly timeoutMs?: number;
		/** How long a change may take to be on the other controllers. Default 60 s. */
		readonly replicationMs?: number;
		readonly clock: Clock;
	};

/** Opens the door; connections are made when first needed, and again after they were lost. */
export function openLdap(options: LdapOptions): { readonly directory: Directory; close(): Promise<void> } {
	const { base, groupBase = base, upnSuffix = suffixOf(base), markAttribute = "extensionAttribute15" } = options;
	const { servers, askerUntil } = askerOf(options);
	const until = (signal: AbortSignal): Directory => {
		const ask = askerUntil(signal);
		return {
			...{ base, groupBase, upnSuffix, markAttribute, until },
			...(options.names === undefined ? {} : { names: options.names }),
			search({ base: from = base, scope = "sub", filter, attributes }) {
				return ask({ operation: "search", names: [from] }, (client, [at = from]) =>
					findEntries(client, { base: at, scope, filter, attributes }),
				);
			},
			add(dn, attributes) {
				const values = Object.entries(attributes).map(([attribute, value]) => ({ attribute, values: [value].flat() }));
				const said = { operation: "add", names: [dn], values } as const;
				return ask(said, (client, [at = dn]) => client.add(at, values.map(written)));
			},
			modify(dn, changes, { again = false } = {}) {
				const said = { operation: modifyKind(changes), names: [dn], values: changes };
				const sent = () => changes.map((one) => new Change({ operation: one.operation, modification: written(one) }));
				const hinted = !again && changes.some(({ values }) => values.some((value) => value instanceof Secret));
				return ask(said, (client, [at = dn], controls) => client.modify(at, sent(), policyHints(controls)), hinted);
			},
			move: (dn, newDn) =>
				ask({ operation: "move", names: [dn, newDn] }, (client, [from = dn, to = newDn]) => client.modifyDN(from, to)),
			remove: (dn) => ask({ operation: "remove", names: [dn] }, (client, [at = dn]) => client.del(at)),
		};
	};
	return { directory: until(new AbortController().signal), close: () => servers.close() };
}

/** How every operation goes: checked, given a connection, asked once. */
function askerOf(options: LdapOptions) {
	const { clock, connections = 4, timeoutMs = 15_000, replicationMs = 60_000 } = options;
	const open = signsInAs(options, clock);
	const serverAt = (url: string): Server => ({ url, pool: new Pool(() => open({ ...options, url }), connections) });
	const [first, ...others] = [options.url].flat();
	assert(first !== undefined, "a directory has at least one server");
	const servers = new Servers([serverAt(first), ...others.map(serverAt)], replicationMs, clock);
	const isClear = [first, ...others].find(
		(url) => !url.startsWith("ldaps://") && !(url.startsWith("ldap://") && options.startTls),
	);
	type Work<T> = (client: Client, names: readonly string[], controls: ReadonlySet<string>) => Promise<T>;
	/** `knowing`: what the server can do is asked first. If that is lost, so is the connection, and nothing is sent. */
	const askerUntil =
		(signal: AbortSignal) =>
		async <T>(said: Said, work: Work<T>, knowing = false): Promise<Answer<T>> => {
			if (isClear !== undefined) return NO_TLS;
			const refused = refusedUpFront(said);
			if (refused !== undefined) return refused;
			const names = said.names.map((name) => spelled(name) ?? name);
			return servers.run(said.operation, async (connection) => {
				const controls = knowing ? await connection.controls(CONTROLS_MS) : new Set<string>();
				if (signal.aborted) return STOPPED;
				return connection.ask(said.operation, timeoutMs, (client) => work(client, names, controls));
			});
		};
	return { servers, askerUntil };
}

const CONTROLS_MS = 5_000;

const NO_TLS = {
	kind: "unsent",
	code: "no-tls",
	detail: "connectors.directory.url must begin with ldaps://, or with ldap:// beside startTls: true",
} as const;

function suffixOf(base: string): string {
	const parts = parseDn(base) ?? [];
	return parts.flatMap(({ attribute, value }) => (attribute === "DC" ? [value] : [])).join(".");
}
