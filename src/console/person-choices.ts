/**
 * Whom a person field offers: the client's own people, by name. Must never offer the people of another client.
 */
import type { PersonChoice } from "../cards/form-card.ts";
import type { Definitions } from "../sop/definitions.ts";
import { ownPeople } from "../sop/everyone.ts";
import type { ClientId } from "../sop/sop.ts";

export function choosable(definitions: Definitions, client: ClientId): readonly PersonChoice[] {
	return ownPeople(definitions.clients[client])
		.map(({ id, name, email, title }) => ({ id, name, email, ...(title === undefined ? {} : { title }) }))
		.sort((a, b) => a.name.localeCompare(b.name, "en"));
}
