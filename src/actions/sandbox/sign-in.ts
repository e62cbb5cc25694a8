/**
 * Lets a simulated person sign in, so that drills and tests can go beyond the first morning. Must never let in an account
 * that is closed or has nothing to sign in with.
 */
import { randomUUID } from "node:crypto";
import { ConflictError } from "../../base/errors.ts";
import { plusMs } from "../../base/time.ts";
import { fileTime } from "./ad-rules.ts";
import { visible } from "./cloud-user.ts";
import type { Tenant } from "./tenant.ts";

/** Signs a person in. Errors: throws `ConflictError` `no-such-user`, `account-closed` or `no-credential`. */
export function signIn(tenant: Tenant, name: string): void {
	const lower = name.toLowerCase();
	const user = visible(tenant).find(
		(candidate) => String(candidate.properties.userPrincipalName).toLowerCase() === lower,
	);
	if (user === undefined) throw new ConflictError("no-such-user", `${name} is not in Microsoft 365.`);
	if (user.properties.accountEnabled !== true) throw new ConflictError("account-closed", `${name} is still closed.`);
	const now = tenant.clock.now();
	const works = (minutes: number, from: string) => from <= now && now < plusMs(from, minutes * 60_000);
	const pass = user.passes.find((other) => works(other.minutes, other.startAt) && !(other.once && other.used));
	const entry = user.guid === undefined ? undefined : tenant.objects.get(user.guid);
	const password = entry === undefined ? true : entry.hasPassword;
	if (pass === undefined && !password) throw new ConflictError("no-credential", `${name} has nothing to sign in with.`);
	const passes = user.passes.map((other) => (other.id === pass?.id ? { ...other, used: true } : other));
	tenant.users.put(user.id, { ...user, signedInAt: now, passes });
	if (entry !== undefined) {
		const at = [fileTime(now)];
		const attributes = { ...entry.attributes, lastLogon: at, lastLogonTimestamp: at, logonCount: ["1"] };
		tenant.objects.put(entry.guid, { ...entry, attributes });
	}
	const id = randomUUID();
	tenant.signIns.put(id, { id, user: user.id, at: now });
}
