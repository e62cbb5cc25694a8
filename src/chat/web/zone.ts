/**
 * Whose clock a reader of the chat goes by. Pure.
 */
import type { Zone } from "../../base/time.ts";
import type { Actor } from "../../people/roster.ts";
import type { Definitions } from "../../sop/definitions.ts";
import { personOf } from "../../sop/everyone.ts";

/** A person's own zone, else their client's, else UTC. */
export function zoneOf(definitions: Definitions, actor: Actor): Zone {
	const client = Object.values(definitions.clients).find((each) => each.id === actor.client);
	return personOf(definitions, actor)?.zone ?? client?.values.timezone ?? "UTC";
}
