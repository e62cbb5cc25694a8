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
 * Asks Microsoft 365 for the last sign-in of an account; undefined when the client has no such connector, the account is
 * not there, or the tenant's plan does not keep sign-ins. Errors: `RemoteError` where only asking again can tell, while
 * nothing but a plan or an undo hangs on it: an undo would delete an account that is in use.
 * Source: https://learn.microsoft.com/graph/api/resources/signinactivity (needs AuditLog.Read.All and Entra ID P1).
 */
export async function hasSignedIn(world: World, user: string | undefined): Promise<boolean | undefined> {
	if (world.graph === undefined || user === undefined) return undefined;
	const query = { $select: "id,signInActivity" };
	const account = toldBy(world, await graphOf(world).request({ method: "GET", path: ["users", user], query }));
	if (account === undefined) return undefined;
	const activity = account.signInActivity;
	if (!isRecord(activity)) return false;
	const times = [activity.lastSignInDateTime, activity.lastSuccessfulSignInDateTime];
	return times.some((time) => typeof time === "string" && time !== "");
}

/**
 * Directory ids of the people who were signed in, asked one by one. They are found by what the sync keeps of that id,
 * because their name is older there until the next sync. Those that cannot be told are left out.
 */
export async function usedSynced(
	world: World,
	people: readonly { readonly guid: string; readonly upn: string }[],
): Promise<readonly string[]> {
	const used: string[] = [];
	for (const { guid, upn } of people) {
		if ((await hasSignedIn(world, (await syncedId(world, guid)) ?? upn)) === true) used.push(guid);
	}
	return used;
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

/** Which of these accounts were used, asked one by one. Those that cannot be told are left out. */
export async function usedOf(world: World, users: readonly string[]): Promise<readonly string[]> {
	const used: string[] = [];
	for (const user of users) if ((await hasSignedIn(world, user)) === true) used.push(user);
	return used;
}

/** Why the making of an account that was used is not turned round. */
export function signedIn(upn: string): Obstacle {
	const message = `${upn} has signed in, so this cannot be undone any more. Nothing changed. To take the access away, start a separation.`;
	return { code: "signed-in", message, choices: [] };
}
