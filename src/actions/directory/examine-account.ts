/**
 * Looks at the account we sign in with: whether it is an administrator, and what the access lists of the OUs let it do with
 * the accounts in them. Reads only.
 */
import { type BerWriter, type Client, Control } from "ldapts";
import { beware, type Finding, well } from "../../base/finding.ts";
import { type UnitRights, unitRights } from "./examine-acl.ts";

export type Account = {
	readonly findings: readonly Finding[];
	/** By OU, as client.yaml writes it. An OU whose access list is not shown to us is left out. */
	readonly rights: ReadonlyMap<string, UnitRights>;
};

/** Looks once. Where the server does not say who we are to it, there is nothing to find and no right that could be told. */
export async function examineAccount(client: Client, units: readonly string[]): Promise<Account> {
	const sids = await sidsOf(client);
	if (sids.length === 0) return { findings: [], rights: new Map() };
	const hex = sids.map((sid) => sid.toString("hex"));
	const rights = new Map<string, UnitRights>();
	for (const unit of units) {
		const descriptor = await descriptorOf(client, unit);
		if (descriptor !== undefined) rights.set(unit, unitRights(descriptor, hex));
	}
	return { findings: [adminFinding(sids)], rights };
}

/** Ours and those of our groups, nested ones too, as the server holds them. Source: [MS-ADTS] 3.1.1.3.2.21. */
async function sidsOf(client: Client): Promise<readonly Buffer[]> {
	const attributes = ["tokenGroups"];
	const read = await client.search("", { scope: "base", attributes, explicitBufferAttributes: attributes });
	return [read.searchEntries[0]?.tokenGroups ?? []].flat().filter((sid) => Buffer.isBuffer(sid));
}

/** Groups whose members may do everything: Schema, Enterprise and Domain Admins, and the built-in Administrators. */
const ADMINS: ReadonlySet<number> = new Set([518, 519, 512, 544]);

function adminFinding(sids: readonly Buffer[]): Finding {
	const what = "Our directory account";
	if (!sids.some((sid) => ADMINS.has(sid.readUInt32LE(sid.length - 4))))
		return well(what, "is no domain administrator");
	const remedy =
		"Take it out of the administrators' groups, and give it what it needs alone: Active Directory Users and Computers → " +
		"the OU → Delegate Control → Create, delete, and manage user accounts.";
	return beware(what, "is a domain administrator: it works, and could do far more than it needs", remedy);
}

async function descriptorOf(client: Client, unit: string): Promise<Buffer | undefined> {
	const attributes = ["nTSecurityDescriptor"];
	const controls = [new AccessListOnly("1.2.840.113556.1.4.801", { critical: true })];
	const found = await client
		.search(unit, { scope: "base", attributes, explicitBufferAttributes: attributes }, controls)
		.catch(() => undefined);
	const value = found?.searchEntries[0]?.nTSecurityDescriptor;
	return Buffer.isBuffer(value) ? value : undefined;
}

/** Without it the whole descriptor is asked for, which only administrators are shown. Source: [MS-ADTS] 3.1.1.3.4.1.11. */
class AccessListOnly extends Control {
	protected override writeControl(writer: BerWriter): void {
		// SEQUENCE { Flags INTEGER 4 }
		writer.writeBuffer(Buffer.from([0x30, 0x03, 0x02, 0x01, 0x04]), 0x04);
	}
}
