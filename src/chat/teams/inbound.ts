/**
 * An activity as the bot is handed it: who, where, and under which name the same delivery would come again. Must never
 * take a name or a place from what a card carries.
 */
import type { Definitions } from "../../sop/definitions.ts";
import type { Inbound } from "../surface.ts";
import type { BotParts } from "../turn.ts";
import type { Activity } from "./activity.ts";
import { speakerOf } from "./people.ts";
import { directPlace } from "./surface.ts";

/** What every `Inbound` has. */
type From = Pick<Inbound, "at" | "surface" | "key" | "person" | "identity" | "outsider" | "place">;

export function inboundOf(
	parts: Pick<BotParts, "clock" | "linking" | "newId"> & { readonly desk: { readonly definitions: () => Definitions } },
	activity: Activity,
): From {
	const { identity, ours, outsider } = speakerOf(parts.desk.definitions(), activity, parts.linking?.links);
	const { tenant, from, conversation } = activity;
	const own = conversation.where === "personal" && from.object !== "";
	return {
		at: parts.clock.now(),
		surface: "teams",
		key: keyOf(activity) ?? `teams:${parts.newId()}`,
		person: ours,
		identity,
		outsider,
		place: own ? directPlace(tenant, from.object) : { surface: "teams", kind: "channel", ref: conversation.id },
	};
}

/** Names a delivery: the same one again has the same name. Undefined: it has no id, so it is like no other. */
export function keyOf({ tenant, conversation, from, id }: Activity): string | undefined {
	return id === "" ? undefined : `teams:${tenant}:${conversation.id}:${from.object || from.id}:${id}`;
}
