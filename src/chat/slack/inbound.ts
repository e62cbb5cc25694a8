/**
 * A delivery as the bot is handed it: who, where, and under which name the same one would come again. Must never take a name
 * or a place from what a card carries.
 */
import { sha256 } from "../../base/json.ts";
import type { Clock } from "../../base/time.ts";
import type { From as Handed } from "../from-message.ts";
import type { Delivery } from "./delivery.ts";
import { type PeopleParts, speakerOf } from "./people.ts";
import { directPlace } from "./surface.ts";
import type { From } from "./whence.ts";

/** Errors: `UnavailableError` while Slack cannot say what kind of account it is. */
export async function inboundOf(
	parts: { readonly people: PeopleParts; readonly clock: Clock },
	delivery: Delivery,
	from: From,
): Promise<Handed> {
	const { workspace } = delivery;
	const { identity, ours, outsider } = await speakerOf(parts.people, workspace, from);
	const own = from.channel === "" || from.direct !== "no";
	return {
		at: parts.clock.now(),
		surface: "slack",
		key: keyOf(delivery, from),
		person: ours,
		identity,
		outsider,
		place: own
			? directPlace(from.home, from.user)
			: { surface: "slack", kind: "channel", ref: `${workspace.team}/${from.channel}` },
	};
}

/** Names a delivery: the same one again has the same name, over either way and however often it was signed. */
export function keyOf({ body, workspace, request }: Delivery, { id }: From): string {
	return `slack:${workspace.team}:${id === "" ? (request ?? sha256(body)) : id}`;
}
