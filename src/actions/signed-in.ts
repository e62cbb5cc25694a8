/**
 * Whether an account was ever used, as far as Microsoft 365 can tell. An answer that is not there is no answer: the caller
 * must not take it for "never".
 */
import { isRecord } from "../base/json.ts";
import type { Obstacle, World } from "../engine/action.ts";
import { type Answer, RemoteError } from "../engine/remote.ts";
import { graphOf } from "./doors.ts";
import { immutableIdOf } from "./guid.ts";

/**
 * Asks Microsoft 365 for the last sign-in of an account; undefined when the client has no such connector or the tenant
 * does not tell: its plan keeps no sign-ins, or the right is missing. An account that is not there was not used. Errors: `RemoteError` where only asking again can tell, while
 * nothing but a plan or an undo hangs on it: an undo would delete an account that is in use.
 * Source: https://learn.microsoft.com/graph/api/resources/signinactivity (needs AuditLog.Read.All and Entra ID P1).
 */
export async function hasSignedIn(world: World, user: string | undefined): Promise<boolean | undefined> {
	if (world.graph === undefined || user === undefined) return undefined;
	const query = { $select: "id,signInActivity" };
	const answer = await graphOf(world).request({ method: "GET", path: ["users", user], query });
	if (answer.kind === "refused" && answer.status === 404) return false;
	const account = toldBy(world, answer);
	if (account === undefined) return undefined;
	const activity = account.signInActivity;
	if (!isRecord(activity)) return false;
	const times = [activity.lastSignInDateTime, activity.lastSuccessfulSignInDateTime];
	return times.some((time) => typeof time === "string" && time !== "");
}

/** What is known of the use of some accounts, by their ids. `untold`: Microsoft 365 does not say. */
export type Usage = { readonly used: readonly string[]; readonly untold: readonly string[] };

/**
 * Tells by directory ids who was signed in, asked one by one. They are found by what the sync keeps of that id, because
 * their name is older there until the next sync. Errors: as `hasSignedIn`.
 */
export async function usageOfSynced(
	world: World,
	people: readonly { readonly guid: string; readonly upn: string }[],
): Promise<Usage> {
	if (world.graph === undefined) return { used: [], untold: [] };
	return usageBy(people, {
		idOf: ({ guid }) => guid,
		ask: async ({ guid, upn }) => hasSignedIn(world, (await syncedId(world, guid)) ?? upn),
	});
}

/** Tells which of these accounts were used, asked one by one. Errors: as `hasSignedIn`. */
export async function usageOf(world: World, users: readonly string[]): Promise<Usage> {
	return usageBy(users, { idOf: (user) => user, ask: (user) => hasSignedIn(world, user) });
}

async function usageBy<T>(
	all: readonly T[],
	by: { readonly idOf: (one: T) => string; readonly ask: (one: T) => Promise<boolean | undefined> },
): Promise<Usage> {
	const used: string[] = [];
	const untold: string[] = [];
	for (const one of all) {
		const was = await by.ask(one);
		if (was === true) used.push(by.idOf(one));
		if (was === undefined) untold.push(by.idOf(one));
	}
	return { used, untold };
}

/** What an undo says before it deletes an account of ours: whoever approves it must know what is not known. */
export function deleteWords(upn: string, told: boolean): string {
	return told
		? `Delete the account ${upn}, which was never used`
		: `Delete the account ${upn}: whether it was used cannot be seen`;
}

async function syncedId(world: World, guid: string): Promise<string | undefined> {
	const anchor = immutableIdOf(guid);
	if (world.graph === undefined || anchor === "") return undefined;
	const query = { $filter: `onPremisesImmutableId eq '${anchor}'`, $select: "id" };
	const id = toldBy(world, await graphOf(world).list({ path: ["users"], query }))?.[0]?.id;
	return typeof id === "string" ? id : undefined;
}

/** The value of a read; nothing where it cannot be told. Errors: `RemoteError` where it can be told later. */
function toldBy<T>(world: World, answer: Answer<T>): T | undefined {
	if (answer.kind === "ok") return answer.value;
	if (world.lookOnly && (answer.kind !== "refused" || answer.retryable)) throw new RemoteError(answer);
	return undefined;
}

/** Why the making of an account that was used is not turned round. */
export function signedIn(upn: string): Obstacle {
	const message = `${upn} has signed in, so this cannot be undone any more. Nothing changed. To take the access away, start a separation.`;
	return { code: "signed-in", message, choices: [] };
}
