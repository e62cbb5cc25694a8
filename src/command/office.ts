/**
 * What an operation of the command line works on, and for whom. Must never take somebody for a person of the roster who is
 * not on it.
 */
import { InputError } from "../base/errors.ts";
import type { Clock } from "../base/time.ts";
import type { Actor } from "../people/roster.ts";
import { everyone } from "../sop/everyone.ts";
import type { App } from "./app-port.ts";

export type Office = { readonly app: App; readonly clock: Clock };

/**
 * Finds the person an operation acts for. Their rights are checked by the desk, not here.
 * Errors: `InputError` `no-such-person`, naming the client when one is needed to tell two people apart.
 */
export function actorOf(app: App, who: { readonly as: string; readonly client?: string | undefined }): Actor {
	const definitions = app.definitions();
	const known = [...everyone(definitions)].map(({ actor }) => actor).filter(({ id }) => id === who.as);
	const ours = known.find(({ client }) => client === undefined);
	if (ours !== undefined) return ours;
	const [only, second] = known.filter(({ client }) => client === (who.client ?? client));
	if (only !== undefined && second === undefined) return only;
	const message =
		second === undefined ? `Nobody on the roster is called "${who.as}".` : `Several clients have a "${who.as}".`;
	const remedy = second === undefined ? "Name a person by the id in msp.yaml or client.yaml." : "Add --client ID.";
	throw new InputError([{ path: "as", code: "no-such-person", message, remedy }]);
}
