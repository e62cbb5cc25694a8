/**
 * Who reads a page or an answer: whose clock counts, what people and roles are called. Must never name a person of one
 * client to another's.
 */
import { type Html, html } from "../base/html.ts";
import { type Clock, type Instant, toMs, type Zone, zonePlace } from "../base/time.ts";
import type { Text } from "../cards/card.ts";
import { type Reader, say, sayRuns } from "../cards/fill.ts";
import { agoWords, type Clocks, dayWords, momentWords, spanWords } from "../cards/time-words.ts";
import { sayService, theRole } from "../people/names.ts";
import { resolveWho } from "../people/resolve.ts";
import type { Actor, Involved } from "../people/roster.ts";
import type { Definitions } from "../sop/definitions.ts";
import { personOf } from "../sop/everyone.ts";
import type { ClientId } from "../sop/sop.ts";

type About = {
	readonly clock: Clock;
	readonly client?: ClientId;
	/** The run's own people, where the page is about a run. */
	readonly involved?: Involved;
};

const NOBODY: Involved = { requester: "", owner: "owner" };

/** A reader of pages and answers about one client, or about none in particular. */
export function readerOf(definitions: Definitions, actor: Actor, about: About): Reader {
	const client = definitions.clients[about.client ?? actor.client ?? ""];
	const people = client?.roster.people ?? definitions.msp.people;
	const own = personOf(definitions, actor);
	const zone = own?.zone ?? client?.values.timezone ?? "UTC";
	const clientZone = client?.values.timezone ?? zone;
	return {
		now: about.clock.now(),
		zone,
		place: zonePlace(zone),
		clientZone,
		clientPlace: zonePlace(clientZone),
		you: actor.id,
		nameOf: (id) => people.find((person) => person.id === id || person.email === id)?.name ?? sayService(id),
		roleName: theRole,
		resolve: (who) => (client === undefined ? [] : resolveWho(who, client.roster, about.involved ?? NOBODY)),
	};
}

/** The clients this person may come across: their own, or every one for the MSP's staff. */
export function clientsOf(definitions: Definitions, actor: Actor): readonly ClientId[] {
	const all = Object.keys(definitions.clients).sort();
	return actor.client === undefined ? all : all.filter((client) => client === actor.client);
}

/** Writes a sentence for a reader as plain text. */
export function sentence(reader: Reader): (text: Text) => string {
	return (text) => say(text, reader);
}

/** Writes a sentence for a reader as markup: what is strong is bold. */
export function marked(text: Text, reader: Reader): Html {
	return html`${sayRuns(text, reader).map((run) => (run.strong ? html`<b>${run.text}</b>` : run.text))}`;
}

/** Writes a moment with its day: "today at 14:20 (09:20 New York)". */
export function moment(at: Instant, reader: Reader): Html {
	return html`<time datetime="${at}">${momentWords(at, clocksOf(reader))}</time>`;
}

/** Writes a calendar day. */
export function dayOf(day: string, reader: Reader): string {
	return dayWords(day, clocksOf(reader));
}

/** Writes how long something took or takes. */
export function spanOf(from: Instant, to: Instant): string {
	return spanWords(toMs(to) - toMs(from));
}

/** Writes how long ago something was: "just now", "14 min ago". */
export function ago(at: Instant, now: Instant): string {
	return agoWords(toMs(now) - toMs(at));
}

/** The reader's own wall clock, to the second where asked: "14:34". */
export function wallClock(at: Instant, zone: Zone, smallestUnit: "minute" | "second" = "minute"): string {
	return Temporal.Instant.from(at).toZonedDateTimeISO(zone).toPlainTime().toString({ smallestUnit });
}

function clocksOf(reader: Reader): Clocks {
	return { ...reader, shared: reader.you === undefined };
}
