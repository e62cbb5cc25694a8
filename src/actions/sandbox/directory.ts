/**
 * The directory door of a simulated tenant: Active Directory's answers, in process, sorted as the real door sorts them.
 * Must never say that nothing happened when it may have.
 */
import { assert } from "../../base/assert.ts";
import type { Answer, Directory } from "../../engine/remote.ts";
import { type LdapOperation, ldapRefusal, modifyKind } from "../directory/ldap-code.ts";
import { LdapResult } from "./ad-rules.ts";
import { search } from "./ad-tree.ts";
import { add, modify, move, remove } from "./ad-write.ts";
import type { Faults } from "./faults.ts";
import type { Tenant } from "./tenant.ts";

/** What the client's file may say of its directory. */
export type DirectoryOptions = {
	readonly upnSuffix?: string;
	readonly markAttribute?: string;
	readonly groupBase?: string;
	readonly names?: string;
};

/** Opens the door. A second door of the same tenant sees the same entries. */
export function sandboxDirectory(tenant: Tenant, faults: Faults, options: DirectoryOptions = {}): Directory {
	const run = <T>(operation: LdapOperation, method: string, dn: string, work: () => T) =>
		carriedOut({ tenant, faults, operation, method, dn, work });
	return {
		base: tenant.seed.base,
		upnSuffix: options.upnSuffix ?? tenant.seed.domain,
		markAttribute: options.markAttribute ?? "extensionAttribute15",
		groupBase: options.groupBase ?? tenant.seed.base,
		...(options.names === undefined ? {} : { names: options.names }),
		search({ base = tenant.seed.base, scope = "sub", filter, attributes }) {
			return run("search", "SEARCH", base, () => search(tenant, { base, scope, filter, attributes }));
		},
		add: (dn, attributes) => run("add", "ADD", dn, () => add(tenant, dn, attributes)),
		modify: (dn, changes) => run(modifyKind(changes), "MODIFY", dn, () => modify(tenant, dn, changes)),
		move: (dn, newDn) => run("move", "MOVE", dn, () => move(tenant, dn, newDn)),
		remove: (dn) => run("remove", "DELETE", dn, () => remove(tenant, dn)),
	};
}

async function carriedOut<T>(call: {
	readonly tenant: Tenant;
	readonly faults: Faults;
	readonly operation: LdapOperation;
	readonly method: string;
	readonly dn: string;
	readonly work: () => T;
}): Promise<Answer<T>> {
	const { tenant, operation, method, dn } = call;
	const fault = call.faults.meet({ on: "directory", method, path: dn });
	if (fault?.kind === "unreachable") return { kind: "unsent", code: "unreachable", detail: `${method}: ECONNREFUSED` };
	if (fault?.kind === "refused") return ldapRefusal(operation, fault.result, fault.win32);
	assert(fault?.kind !== "status", "a directory answers with LDAP results, not with HTTP statuses");
	const lost = { kind: "unknown", code: "connection-lost", detail: `${method}: ECONNRESET` } as const;
	if (fault?.kind === "dropped" && !fault.applied) return lost;
	if (fault?.kind === "slow") await new Promise((resolve) => setTimeout(resolve, fault.ms));
	try {
		const value = tenant.store.atomic(call.work);
		return fault?.kind === "dropped" ? lost : { kind: "ok", value };
	} catch (error) {
		if (!(error instanceof LdapResult)) throw error;
		return ldapRefusal(operation, error.result, error.win32);
	}
}
