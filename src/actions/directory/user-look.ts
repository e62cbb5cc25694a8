/**
 * What the directory knows about an account that is to be made: ours if it is there, everybody who holds one of its names
 * or addresses, and whether the place for it exists. Reads only.
 */
import { OrFilter, PresenceFilter } from "ldapts";
import type { World } from "../../engine/action.ts";
import { got } from "../../engine/remote.ts";
import { displayOf } from "../account-plan.ts";
import { directoryOf } from "../doors.ts";
import { accountName, namePart, nameSeries, typedName } from "../names.ts";
import { type Usage, usageOfSynced } from "../signed-in.ts";
import { type DirectoryUser, equal, findAll } from "./entries.ts";
import type { AccountInput } from "./user.ts";
import { entryNameFor } from "./user-plan.ts";

export type AccountFacts = {
	readonly mark: string;
	/** Planning on what earlier steps will have done. */
	readonly promised: boolean;
	readonly suffix: string;
	/** Where it is to be made, and whether that exists. */
	readonly ou: string;
	readonly ouThere: boolean;
	/** Names to try, in order. Empty when no name can be made. */
	readonly names: readonly string[];
	/** Everybody found: holders of one of these names or addresses, of the employee id, of the mark. */
	readonly all: readonly DirectoryUser[];
	/** Everything in the directory whose own name is the display name that is asked for. */
	readonly namesakes: readonly DirectoryUser[];
	readonly ours?: DirectoryUser;
	/** What Microsoft 365 says of the use of accounts of ours, by their directory ids. */
	readonly inCloud: Usage;
};

/** Looks. Errors: `RemoteError` when the directory does not answer. */
export async function lookForAccount(input: AccountInput, world: World): Promise<AccountFacts> {
	const directory = directoryOf(world);
	const form = { ...(input.profile === undefined ? {} : { profile: input.profile }), ...input };
	const name = input.name === undefined ? namePart(input, directory.names, form) : typedName(input.name);
	const names = name === "" ? [] : nameSeries(name);
	const profileOu = input.profile?.ou;
	const ou = input.ou ?? (typeof profileOu === "string" ? profileOu : `CN=Users,${directory.base}`);
	const wanted = [
		equal(directory.markAttribute, world.mark),
		...(input.employeeId === undefined ? [] : [equal("employeeID", input.employeeId)]),
		...names.flatMap((part) => {
			const address = `${part}@${directory.upnSuffix}`;
			return [
				equal("userPrincipalName", address),
				equal("sAMAccountName", accountName(part)),
				equal("mail", address),
				equal("proxyAddresses", `smtp:${address}`),
			];
		}),
	];
	const [all, there, namesakes] = await Promise.all([
		findAll(directory, new OrFilter({ filters: wanted })),
		directory.search({
			base: ou,
			scope: "base",
			filter: new PresenceFilter({ attribute: "objectClass" }),
			attributes: ["objectClass"],
		}),
		findAll(directory, equal("cn", entryNameFor(displayOf(input)))),
	]);
	const marked = all.filter((user) => user.mark === world.mark);
	const same = all.filter((user) => input.employeeId !== undefined && user.employeeId === input.employeeId);
	const ours = marked.find((user) => user.kind === "user") ?? same.find((user) => isOpen(user));
	const ouMissing = there.kind === "refused" && (there.code === "no-such-object" || there.code === "bad-name");
	if (!ouMissing) got(there);
	const madeByUs = all.filter((user) => user.kind === "user" && user.mark !== "");
	return {
		mark: world.mark,
		promised: world.promised,
		suffix: directory.upnSuffix,
		ou,
		ouThere: !ouMissing,
		names,
		all,
		namesakes,
		...(ours === undefined ? {} : { ours }),
		inCloud: await usageOfSynced(world, madeByUs),
	};
}

function isOpen(user: DirectoryUser): boolean {
	return user.kind === "user" && (user.control & 2) === 0;
}
