/**
 * The web chat as a surface: a place per person, kept in our own store, told to open pages as it happens. Must never
 * notify anyone who has no page open: it is the chat people come to.
 */
import type { Json } from "../../base/json.ts";
import type { Clock } from "../../base/time.ts";
import type { WebMessage, WebMessages } from "../../engine/kept.ts";
import { actorKey } from "../../people/actor.ts";
import type { Actor } from "../../people/roster.ts";
import type { Definitions } from "../../sop/definitions.ts";
import { personOf } from "../../sop/everyone.ts";
import type { Address, Draw, Drawn, Surface } from "../surface.ts";

export type WebSurface = Surface & {
	readonly draw: Draw;
	/** Told about each put and edit at that place, after it is durable. Returns how to stop listening. */
	readonly listen: (place: string, listener: (message: WebMessage) => void) => () => void;
};

/** Makes the surface. `put` and `edit` never fail but with the store itself. */
export function createWebSurface(parts: {
	readonly messages: WebMessages;
	readonly definitions: () => Definitions;
	readonly clock: Clock;
	readonly newId: () => string;
}): WebSurface {
	const listeners = new Map<string, Set<(message: WebMessage) => void>>();
	const tell = (message: WebMessage): void => {
		for (const listener of listeners.get(message.place) ?? []) listener(message);
	};
	const draw: Draw = (work) => {
		const drawn: WebMessage[] = [];
		const done = parts.messages.together(() =>
			work({
				put: (to, card, rings) => {
					const at = parts.clock.now();
					const kept = parts.messages.put({ ref: parts.newId(), place: to.ref, at, rings, drawn: asJson(card) });
					drawn.push(kept);
					return { ref: kept.ref };
				},
				edit: (to, ref, card) => {
					const kept = parts.messages.edit(to.ref, ref, asJson(card));
					if (kept === undefined) return "gone";
					drawn.push(kept);
					return "edited";
				},
			}),
		);
		for (const message of drawn) tell(message);
		return done;
	};
	return {
		name: "web",
		directTo: async (person) => (personOf(parts.definitions(), person) === undefined ? undefined : addressOf(person)),
		draw,
		put: async (to, drawn, rings) => draw((pen) => pen.put(to, drawn, rings)),
		edit: async (to, ref, drawn) => draw((pen) => pen.edit(to, ref, drawn)),
		listen: (place, listener) => {
			const all = listeners.get(place) ?? new Set();
			listeners.set(place, all.add(listener));
			return () => {
				all.delete(listener);
				if (all.size === 0) listeners.delete(place);
			};
		},
	};
}

/** A person's own conversation: `contoso/ada`, or `/tia` for the MSP's staff. */
export function addressOf(person: Actor): Address {
	return { surface: "web", kind: "direct", ref: actorKey(person) };
}

function asJson(drawn: Drawn): Json {
	return drawn as unknown as Json;
}
