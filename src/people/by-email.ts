/**
 * Who has a confirmed address in a workspace, among those whose workspace it is. Pure. Must never know a client's person in
 * another's workspace, nor the MSP's staff in a client's: whoever runs a workspace can give any address to anybody.
 */
import type { ClientId } from "../sop/sop.ts";
import { actorOf } from "./actor.ts";
import type { Actor, Person } from "./roster.ts";

/** The people a workspace may vouch for: a client's own, or the MSP's where `client` is not there. */
type Household = { readonly client?: ClientId; readonly people: readonly Person[] };

/** The only person of the household with that address; nobody when two of the roster share it. */
export function memberByEmail({ client, people }: Household, email: string): Actor | undefined {
	const wanted = email.trim().toLowerCase();
	const [only, second] = wanted === "" ? [] : people.filter((person) => person.email.toLowerCase() === wanted);
	if (only === undefined || second !== undefined) return undefined;
	if (only.of !== (client === undefined ? "msp" : "client")) return undefined;
	return actorOf(only, client);
}
