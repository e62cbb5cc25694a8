/**
 * Fills a card's sentences for whoever reads it: names, times in their zone, "you". Must never name a person of one client
 * to another's.
 */
import { type Clock, zonePlace } from "../base/time.ts";
import type { CardData } from "../cards/card.ts";
import { type FilledCard, fillWords, type Reader } from "../cards/fill.ts";
import type { SurfaceName } from "../engine/event.ts";
import { sayService, theRole } from "../people/names.ts";
import { resolveWho } from "../people/resolve.ts";
import type { Actor, Roster } from "../people/roster.ts";
import type { Definitions } from "../sop/definitions.ts";
import { personOf } from "../sop/everyone.ts";
import type { ClientId, PersonId, Who } from "../sop/sop.ts";

/** For whom. No actor: a channel, so the client's times and nobody is "you". */
export type FillFor = {
	readonly actor?: Actor;
	readonly client?: ClientId;
	/** Whom a run means by these; undefined: the roster knows. */
	readonly who?: (who: readonly Who[]) => readonly PersonId[] | undefined;
	/** Where it is read: Slack writes moments in each reader's own zone. */
	readonly surface?: SurfaceName;
};
export type Fill = (data: CardData, reader: FillFor) => CardData;

/** Makes the filler. Pure but for the definitions and the clock it is given. */
export function createFill(parts: {
	readonly definitions: () => Definitions;
	readonly clock: Clock;
	/** Makes a path of ours an address people can open from anywhere. */
	readonly link: (path: string) => string;
}): Fill {
	return (data, reader) => {
		const filled = fillWords(data, readerOf(parts.definitions(), reader, parts.clock));
		const fields = data.fields.map(({ choices, fallback: _, ...field }) => ({
			...field,
			...(choices && { choices: choices.map(({ key, title }) => ({ key, title, value: key })) }),
		}));
		const buttons = data.buttons.map((button) => {
			return button.url?.startsWith("/") ? { ...button, url: parts.link(button.url) } : button;
		});
		return { ...filled, fields, buttons };
	};
}

/** A card whose sentences are filled already, as the renderers take it. */
export function filledOf(data: CardData): FilledCard {
	return fillWords(data, NOBODY);
}

function readerOf(definitions: Definitions, { actor, client: about, who, surface }: FillFor, clock: Clock): Reader {
	const client = Object.values(definitions.clients).find((each) => each.id === (about ?? actor?.client));
	const people = client?.roster.people ?? definitions.msp.people;
	const clientZone = client?.values.timezone ?? "UTC";
	const zone = (actor && personOf(definitions, actor)?.zone) ?? clientZone;
	const roster = client?.roster ?? { ...NO_ROSTER, people: definitions.msp.people, roles: definitions.msp.roles };
	return {
		now: clock.now(),
		zone,
		place: zonePlace(zone),
		clientZone,
		clientPlace: zonePlace(clientZone),
		...(actor === undefined ? {} : { you: actor.id }),
		...(surface === "slack" ? { moments: "marked" } : {}),
		nameOf: (id) => people.find((person) => person.id === id || person.email === id)?.name ?? sayService(id),
		roleName: theRole,
		resolve: (asked) => who?.(asked) ?? resolveWho(asked, roster, { requester: "", owner: "owner" }),
	};
}

const NO_ROSTER: Roster = { client: "", people: [], roles: {}, channels: {}, standing: [] };
const NOBODY: Reader = {
	now: "1970-01-01T00:00:00.000Z",
	zone: "UTC",
	place: "UTC",
	clientZone: "UTC",
	clientPlace: "UTC",
	moments: "kept",
	nameOf: () => undefined,
	roleName: (role) => role,
	resolve: () => [],
};
