/**
 * In which real chat a person acted last, so that what needs them rings there. Must never keep what they did, nor stand in
 * the way of it.
 */
import { UnavailableError } from "../base/errors.ts";
import type { SurfaceName } from "../engine/event.ts";
import type { Memory } from "../engine/ports.ts";
import { actorKey } from "../people/actor.ts";
import type { Actor } from "../people/roster.ts";
import { isChat } from "./surface.ts";

type LastUsed = {
	readonly of: (person: Actor) => SurfaceName | undefined;
	readonly note: (person: Actor, surface: SurfaceName) => void;
};

/** Makes it. It is written only when somebody comes from elsewhere than before. */
export function createLastUsed(memory: Memory): LastUsed {
	const of = (person: Actor): SurfaceName | undefined => {
		const surface = memory.get(actorKey(person));
		return surface === "teams" || surface === "slack" ? surface : undefined;
	};
	return {
		of,
		note: (person, surface) => {
			if (!isChat(surface) || of(person) === surface) return;
			try {
				memory.set(actorKey(person), surface);
			} catch (error) {
				if (!(error instanceof UnavailableError)) throw error;
			}
		},
	};
}
