/**
 * People of a Microsoft 365 tenant as Graph shows them, and how they are found. Ids are used for every write, names only
 * for the first look. Must never take "no answer" for "not there".
 */
import { asRecord, asRecords, asText, type Values } from "../../base/json.ts";
import type { Obstacle, World } from "../../engine/action.ts";
import { type Graph, got } from "../../engine/remote.ts";
import { refusal } from "../doors.ts";
import { immutableIdOf } from "../guid.ts";
import { isPromised, namesOf, sayUser, type UserRef } from "../user-ref.ts";
import { odata } from "./graph.ts";
import { gotOrNone, missing } from "./missing.ts";

export type CloudUser = {
	readonly id: string;
	readonly upn: string;
	readonly displayName: string;
	readonly firstName: string;
	readonly lastName: string;
	readonly mailNickname: string;
	readonly enabled: boolean;
	readonly guest: boolean;
	readonly mail: string;
	readonly usageLocation: string;
	readonly synced: boolean;
	readonly mark: string;
	readonly employeeId: string;
	readonly passwordChanged: string;
	readonly since: string;
	readonly skus: readonly string[];
};

/** What every look at a person reads. */
export const SELECT = [
	...["id", "userPrincipalName", "displayName", "accountEnabled", "userType", "mail", "usageLocation"],
	...["onPremisesSyncEnabled", "onPremisesExtensionAttributes", "employeeId", "lastPasswordChangeDateTime"],
	...["createdDateTime", "assignedLicenses", "givenName", "surname", "mailNickname"],
].join(",");

/**
 * The account a step means; undefined when nobody fits. A name without an address is nobody here. An account that came from
 * the directory is found by what the sync keeps of the directory's id: its name is older here until the next sync, and the
 * same name on an account that was never synced is somebody else's. Errors: `RemoteError`; `ambiguous-user` when several
 * have that address and none is called so.
 */
export async function findAccount(graph: Graph, ref: UserRef): Promise<CloudUser | undefined> {
	const { guid, id } = namesOf(ref);
	if (guid === undefined || id !== undefined) return findByName(graph, ref);
	const [synced] = await listAccounts(graph, `onPremisesImmutableId eq ${odata(immutableIdOf(guid))}`);
	if (synced !== undefined) return synced;
	const named = await findByName(graph, ref);
	return named?.synced === true ? named : undefined;
}

async function findByName(graph: Graph, ref: UserRef): Promise<CloudUser | undefined> {
	const { id, address } = namesOf(ref);
	const name = id ?? address;
	if (name === undefined) return undefined;
	const [found, byMail] = await Promise.all([
		graph.request({ method: "GET", path: ["users", name], query: { $select: SELECT } }),
		address === undefined ? [] : listAccounts(graph, `mail eq ${odata(address)}`),
	]);
	const named = gotOrNone(found);
	if (named !== undefined) return readAccount(named);
	if (byMail.length < 2) return byMail[0];
	const message = `${byMail.length} accounts of Microsoft 365 have the address ${address}. Nothing changed.`;
	throw refusal("ambiguous-user", message, byMail.map(({ upn }) => upn).join(", "));
}

/** Accounts that fit a filter. `odata()` every value in it. Errors: `RemoteError`. */
export async function listAccounts(graph: Graph, filter: string): Promise<readonly CloudUser[]> {
	return got(await graph.list({ path: ["users"], query: { $filter: filter, $select: SELECT } })).map(readAccount);
}

/** The person a Microsoft 365 action is about. */
export type CloudSubject = {
	/** The principal name, where known: the target of changes. */
	readonly name: string;
	readonly user?: CloudUser;
	readonly promised: boolean;
};

/**
 * Finds the person. While planning, nobody is an answer; in an attempt it ends the try, and another one is worth it where
 * this run has just made the account. Errors: `RemoteError` (`not-found`, retryable; `no-such-user`).
 */
export async function cloudSubject(graph: Graph, ref: UserRef, world: World): Promise<CloudSubject> {
	const user = world.lookOnly ? await findAccount(graph, ref) : await accountToWrite(graph, ref, world);
	const name = isPromised(ref) ? sayUser(ref) : (user?.upn ?? sayUser(ref));
	// Whom a step found in the directory comes with the next sync, as when the form is corrected before it came.
	const comes = world.lookOnly && namesOf(ref).guid !== undefined;
	return { name, promised: world.promised || comes, ...(user === undefined ? {} : { user }) };
}

/** Finds the account again right before it is written. Errors: as `cloudSubject` in an attempt. */
export async function accountToWrite(graph: Graph, ref: UserRef, world: World): Promise<CloudUser> {
	const user = await findAccount(graph, ref);
	if (user === undefined) throw missing(world, sayUser(ref), `no user ${sayUser(ref)}`);
	return user;
}

/** The obstacle when the person is neither there nor promised. */
export function cloudAbsence(subject: CloudSubject) {
	if (subject.user !== undefined || subject.promised) return undefined;
	const message = `There is no account ${subject.name} in Microsoft 365. Nothing changed.`;
	const obstacle: Obstacle = { code: "no-such-user", message, choices: [] };
	return { changes: [], promises: {}, obstacle };
}

export function readAccount(row: Values): CloudUser {
	const extra = row.onPremisesExtensionAttributes;
	return {
		id: asText(row.id),
		upn: asText(row.userPrincipalName),
		displayName: asText(row.displayName),
		firstName: asText(row.givenName),
		lastName: asText(row.surname),
		mailNickname: asText(row.mailNickname),
		enabled: row.accountEnabled === true,
		guest: row.userType === "Guest" || asText(row.userPrincipalName).includes("#EXT#"),
		mail: asText(row.mail),
		usageLocation: asText(row.usageLocation),
		synced: row.onPremisesSyncEnabled === true,
		mark: asText(asRecord(extra)[MARK]),
		employeeId: asText(row.employeeId),
		passwordChanged: asText(row.lastPasswordChangeDateTime),
		since: asText(row.createdDateTime).slice(0, 4),
		skus: asRecords(row.assignedLicenses).map((licence) => asText(licence.skuId)),
	};
}

/** Where our mark is kept on an account made in the cloud: writable at creation, and the same name as in the directory. */
export const MARK = "extensionAttribute15";
