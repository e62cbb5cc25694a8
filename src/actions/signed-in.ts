/**
 * Whether an account was ever used, as far as Microsoft 365 can tell. An answer that is not there is no answer: the caller
 * must not take it for "never".
 */
import { isRecord } from "../base/json.ts";
import type { World } from "../engine/action.ts";

/**
 * Asks Microsoft 365 for the last sign-in of an account; undefined when the client has no such connector, the account is
 * not there, or the tenant's plan does not keep sign-ins.
 * Source: https://learn.microsoft.com/graph/api/resources/signinactivity (needs AuditLog.Read.All and Entra ID P1).
 */
export async function hasSignedIn(world: World, user: string | undefined): Promise<boolean | undefined> {
	if (world.graph === undefined || user === undefined) return undefined;
	const answer = await world.graph.request({
		method: "GET",
		path: ["users", user],
		query: { $select: "id,signInActivity" },
	});
	if (answer.kind !== "ok") return undefined;
	const activity = answer.value.signInActivity;
	if (!isRecord(activity)) return false;
	const times = [activity.lastSignInDateTime, activity.lastSuccessfulSignInDateTime];
	return times.some((time) => typeof time === "string" && time !== "");
}

/** Which of these accounts were used, asked one by one. Those that cannot be told are left out. */
export async function usedOf(world: World, users: readonly string[]): Promise<readonly string[]> {
	const used: string[] = [];
	for (const user of users) if ((await hasSignedIn(world, user)) === true) used.push(user);
	return used;
}
