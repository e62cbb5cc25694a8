/**
 * What an operation of the command line works on, and for whom. Must never take somebody for a person of the roster who is
 * not on it.
 */
import { InputError } from "../base/errors.ts";
import type { Clock } from "../base/time.ts";
import type { Actor } from "../people/roster.ts";
import type { App } from "./app-port.ts";

export type Office = { readonly app: App; readonly clock: Clock };

/**
 * Finds the person an operation acts for. Their rights are checked by the desk, not here.
 * Errors: `InputError` `no-such-person`, naming the client when one is needed to tell two people apart.
 */
export function actorOf(app: App, who: { readonly as: string; readonly client?: string | undefined }): Actor {
	const definitions = app.definitions();
	if (definitions.msp.people.some(({ id }) => id === who.as)) return { id: who.as };
	const clients = Object.values(definitions.clients).filter(
		({ id, roster }) =>
			(who.client ?? id) === id && roster.people.some((one) => one.id === who.as && one.of === "client"),
	);
	const [client, second] = clients;
	if (client !== undefined && second === undefined) return { id: who.as, client: client.id };
	const message =
		second === undefined ? `Nobody on the roster is called "${who.as}".` : `Several clients have a "${who.as}".`;
	const remedy = second === undefined ? "Name a person by the id in msp.yaml or client.yaml." : "Add --client ID.";
	throw new InputError([{ path: "as", code: "no-such-person", message, remedy }]);
}
