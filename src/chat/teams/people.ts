/**
 * Who speaks: the tenant and object id that Teams vouches for, looked up in the roster, then among the accounts that were
 * linked by a code. Must never go by an e-mail address or a name: whoever runs a tenant can give those to anybody.
 */
import type { Actor, Person } from "../../people/roster.ts";
import type { Client, Definitions } from "../../sop/definitions.ts";
import { listedUnder, personOf } from "../../sop/everyone.ts";
import type { Links } from "../links.ts";
import type { Drawn } from "../surface.ts";
import type { Activity } from "./activity.ts";

/** `ours` undefined: nobody the roster lists in this way, and no account that is linked. `outsider`: never to be linked. */
type Speaker = { readonly identity: string; readonly ours: Actor | undefined; readonly outsider: boolean };

/** Reads who an activity is from: the roster first. */
export function speakerOf(definitions: Definitions, activity: Activity, links?: Pick<Links, "find">): Speaker {
	const { from, tenant, raw } = activity;
	const home = from.tenant === "" ? tenant : from.tenant;
	const identity = from.object === "" ? from.id : `${home}/${from.object}`;
	const outsider = home !== tenant || isGuest(raw.from);
	if (from.object === "") return { identity, ours: undefined, outsider: true };
	const listed = listedAs(definitions, { home, ...from, outsider });
	const linked = outsider || listed !== undefined ? undefined : links?.find("teams", identity);
	return { identity, ours: listed ?? linked, outsider };
}

/** The object ids under which somebody can be reached in Teams: tenant, where the roster says it or their client has one. */
export function teamsIdOf(
	definitions: Definitions,
	actor: Actor,
	links?: Pick<Links, "of">,
): { tenant?: string; object: string } | undefined {
	const client = actor.client === undefined ? undefined : definitions.clients[actor.client];
	const listed = personOf(definitions, actor)?.teams;
	if (listed === undefined) {
		const linked = links?.of(actor, "teams");
		return linked === undefined ? undefined : partsOf(linked);
	}
	const { tenant = tenantOf(client), object } = partsOf(listed);
	return tenant === undefined ? { object } : { tenant, object };
}

/** Who is asked, as Teams can name them. More than a few are a role, and the card says which. */
export function askedIn(definitions: Definitions, asks: Drawn["asks"]): readonly Mentioned[] {
	if (asks === undefined || asks.people.length > MOST_NAMED) return [];
	const people = definitions.clients[asks.client]?.roster.people ?? [];
	return asks.people.flatMap((id) => {
		const person = people.find((each) => each.id === id);
		if (person?.teams === undefined) return [];
		return [{ id: partsOf(person.teams).object, name: person.name }];
	});
}

const MOST_NAMED = 5;

/** An account and what it is called. */
export type Mentioned = { readonly id: string; readonly name: string };

type Seen = { readonly home: string; readonly object: string; readonly outsider: boolean };

/** One person, or nobody: an id that two of the roster share names neither. */
function listedAs(definitions: Definitions, seen: Seen): Actor | undefined {
	const [only, second] = listedUnder(definitions, "teams", `${seen.home}/${seen.object}`).filter(({ person, client }) =>
		isMeant(person, seen, tenantOf(client)),
	);
	return second === undefined ? only?.actor : undefined;
}

/** `TENANT/OBJECT` means just that account, a guest's too; `OBJECT` alone a member of the client's own tenant. */
function isMeant(person: Person, seen: Seen, own: string | undefined): boolean {
	if (person.teams?.includes("/")) return true;
	return !seen.outsider && (own === undefined || own === seen.home);
}

/** The client's tenant, where its file says it by id. */
function tenantOf(client: Client | undefined): string | undefined {
	const graph = client?.connectors.microsoft365;
	const tenant = graph !== undefined && "tenant" in graph ? graph.tenant : undefined;
	return typeof tenant === "string" && /^[0-9a-f-]{36}$/i.test(tenant) ? tenant.toLowerCase() : undefined;
}

function partsOf(listed: string): { readonly tenant?: string; readonly object: string } {
	const [first = "", second] = listed.toLowerCase().split("/");
	return second === undefined ? { object: first } : { tenant: first, object: second };
}

function isGuest(from: Activity["raw"][string] | undefined): boolean {
	const account = typeof from === "object" && from !== null && "userRole" in from ? from.userRole : undefined;
	return account === "guest" || account === "anonymous";
}
