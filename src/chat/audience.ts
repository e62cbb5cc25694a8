/**
 * Where a message goes: from roles to people to places. People have the web chat and one real chat, the one they acted
 * from last or else the first that reaches them, so nobody is rung twice. Must never keep what it found: it is asked again
 * each time something rings.
 */
import type { SurfaceName } from "../engine/event.ts";
import type { Message } from "../engine/message.ts";
import type { Run } from "../engine/run.ts";
import { actorOf } from "../people/actor.ts";
import { resolveWho } from "../people/resolve.ts";
import type { Actor, ChannelName, Roster } from "../people/roster.ts";
import { sameAs } from "../people/same.ts";
import type { PersonId, Sop, Who } from "../sop/sop.ts";
import { type Address, isChat, type Surface } from "./surface.ts";

export type Addressee = { readonly to: Address; readonly person?: Actor };

export type AudienceParts = {
	/** In the order in which they are tried for somebody who never acted from any. */
	readonly surfaces: readonly Surface[];
	/** From which real chat somebody acted last. */
	readonly lastUsed?: (person: Actor) => SurfaceName | undefined;
	readonly rosterOf: (client: string) => Roster | undefined;
};

/** All places of an audience, each once. */
export async function placesOf(
	parts: AudienceParts,
	message: Pick<Message, "to" | "card" | "wait">,
	state: { run: Run; sop: Sop },
): Promise<readonly Addressee[]> {
	const { to: audience } = message;
	const found = new Map<string, Addressee>();
	if (audience.kind === "channel") {
		for (const to of channelPlaces(parts, audience.channel, state.run.client)) found.set(addresseeOf(to), { to });
		return [...found.values()];
	}
	if (audience.unless !== undefined && peopleIn(parts, audience.unless, state).length > 0) return [];
	const decides = message.card === "approval" && message.wait !== undefined;
	for (const person of peopleIn(parts, audience.who, state)) {
		if (decides && cannotDecide(parts, person, state)) continue;
		for (const to of await reach(parts, person)) found.set(addresseeOf(to), { to, person });
	}
	return [...found.values()];
}

/** Whom a run means by roles and words, from the roster as it is now. */
export function whoIn(parts: Pick<AudienceParts, "rosterOf">, { run, sop }: { run: Run; sop: Sop }) {
	return (who: readonly Who[]): readonly PersonId[] => {
		const roster = parts.rosterOf(run.client);
		if (roster === undefined) return [];
		const { email, name, manager } = run.subject;
		const subject = email ?? name;
		return resolveWho(who, roster, {
			requester: run.request.by,
			owner: sop.owner,
			...(subject === undefined ? {} : { subject }),
			...(manager === undefined ? {} : { manager }),
		});
	};
}

function peopleIn(parts: AudienceParts, who: readonly Who[], state: { run: Run; sop: Sop }): readonly Actor[] {
	const people = parts.rosterOf(state.run.client)?.people ?? [];
	return whoIn(
		parts,
		state,
	)(who).flatMap((id): readonly Actor[] => {
		const person = people.find((each) => each.id === id);
		if (person === undefined) return [];
		return [actorOf(person, state.run.client)];
	});
}

/** Whose approval would be refused is not asked for it: the subject, and the requester unless it is an emergency. */
function cannotDecide(parts: AudienceParts, person: Actor, { run, sop }: { run: Run; sop: Sop }): boolean {
	const who = whoIn(parts, { run, sop });
	const same = [person.id, ...sameAs(parts.rosterOf(run.client) ?? { people: [] }, person.id)];
	if (who(["subject"]).some((id) => same.includes(id))) return true;
	return same.includes(run.request.by) && sop.urgency !== "emergency";
}

/** Names a place within the rows of a message. */
export function addresseeOf(to: Address): string {
	return `${to.surface} ${to.kind} ${to.ref}`;
}

/** A person's own places: the web chat, and one real chat. */
export async function reach(
	parts: Pick<AudienceParts, "surfaces" | "lastUsed">,
	person: Actor,
): Promise<readonly Address[]> {
	const places: Address[] = [];
	let rung = false;
	const last = parts.lastUsed?.(person);
	const first = parts.surfaces.filter(({ name }) => name === last);
	for (const surface of [...first, ...parts.surfaces.filter(({ name }) => name !== last)]) {
		if (rung && isChat(surface.name)) continue;
		const to = await surface.directTo(person);
		if (to === undefined) continue;
		places.push(to);
		if (isChat(surface.name)) rung = true;
	}
	return places;
}

/** A channel of the client on each real chat. The web chat has no channels. */
function channelPlaces(parts: AudienceParts, name: ChannelName, client: string): readonly Address[] {
	const { [name]: channel, operations } = parts.rosterOf(client)?.channels ?? {};
	return parts.surfaces.flatMap(({ name: surface }) => {
		if (!isChat(surface)) return [];
		const ref = channel?.[surface];
		// Where both are one channel, the line about the run says it already.
		const isSaid = name !== "operations" && ref === operations?.[surface];
		return ref === undefined || isSaid ? [] : [{ surface, kind: "channel" as const, ref }];
	});
}
