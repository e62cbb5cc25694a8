/**
 * Tells the owner of the data folder how to reach the simulated tenants with a program of their own: addresses, the
 * authority to trust, and an application per tenant. Must never be readable by anybody else.
 */
import { renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";

type TenantAccess = { readonly tenant: string; readonly app: string; readonly secret: string };
type Access = {
	readonly authority: string;
	readonly endpoint: string;
	/** PEM to trust for both. */
	readonly ca: string;
	readonly tenants: { readonly [client: string]: TenantAccess };
};

/** Keeps `access.json` of a sandbox's folder. Each call adds one tenant and writes the file anew. */
export function accessKeeper(
	folder: string,
	server: Omit<Access, "tenants">,
): (client: string, access: TenantAccess) => void {
	const path = join(folder, "access.json");
	let tenants: Access["tenants"] = {};
	return (client, access) => {
		tenants = { ...tenants, [client]: access };
		writeFileSync(`${path}.new`, JSON.stringify({ ...server, tenants }, null, "\t"), { mode: 0o600 });
		renameSync(`${path}.new`, path);
	};
}
