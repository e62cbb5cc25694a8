/**
 * What one message says in one place: as it stands, at one page, or as the stub it leaves. Sends and keeps nothing. Must
 * never show a button that answers nothing any more.
 */
import { type CardData, emptyCard } from "../cards/card.ts";
import { openingOf } from "../cards/pages.ts";
import type { PlanHash } from "../engine/event.ts";
import type { PostRow } from "../engine/kept.ts";
import type { Message } from "../engine/message.ts";
import type { Run } from "../engine/run.ts";
import { filledOf } from "./fill.ts";
import { detailOf, isOwn } from "./own-card.ts";
import type { Send, SendParts } from "./post-one.ts";
import { dataOf } from "./posts.ts";
import type { Drawn } from "./surface.ts";

type DrawParts = Pick<SendParts, "fill" | "newId">;

/** The message as it stands. `id`: what its buttons carry. */
export function drawn(parts: DrawParts, job: Send, id: string): Drawn {
	const { message } = job;
	const data = message.closed ? { ...message.data, buttons: message.data.buttons.filter(isLink) } : message.data;
	const asks = asksOf(job);
	const detail = detailOf(job.run, message);
	const said = filled(parts, job, data);
	return {
		card: message.card,
		data: said,
		id,
		page: said.opensAt === undefined ? 1 : openingOf(filledOf(said)),
		closed: message.closed,
		...(asks === undefined ? {} : { asks }),
		...(detail === undefined ? {} : { detail }),
	};
}

/**
 * What stands in a row, at one page, or where it opens. Undefined: the message has moved on, so its buttons would mean
 * something else.
 */
export function drawnAt(
	parts: DrawParts,
	job: Send,
	at: { row: PostRow; page: number | undefined },
): Drawn | undefined {
	const { row, page } = at;
	const { message, run } = job;
	const same = row.wait === message.wait && dataOf(row).plan === planOf(run, message.wait);
	return same && row.closed === message.closed
		? { ...drawn(parts, job, row.card), ...(page === undefined ? {} : { page }) }
		: undefined;
}

/** In a channel nobody is "you", so those who are asked can be named; elsewhere the card itself says it. */
function asksOf({ run, message, place, who }: Send): Drawn["asks"] {
	if (place.to.kind !== "channel" || message.closed) return undefined;
	const people = Object.entries(run.steps).flatMap(([path, { wait }]) => {
		if (wait === undefined || wait.verbs.length === 0) return [];
		if (!isOwn(message) && !message.key.startsWith(`${path}/`)) return [];
		return wait.claimedBy === undefined ? who([...wait.who, ...(wait.also ?? [])]) : [wait.claimedBy];
	});
	return people.length === 0 ? undefined : { client: run.client, people: [...new Set(people)] };
}

function isLink(button: CardData["buttons"][number]): boolean {
	return button.url !== undefined || STAYS.has(button.verb ?? "");
}

/** What a person may still want of a run's card once nothing is asked there. */
const STAYS: ReadonlySet<string> = new Set(["undo", "note"]);

function filled(parts: DrawParts, { run, place, who }: Send, data: CardData): CardData {
	const actor = place.person === undefined ? {} : { actor: place.person };
	return parts.fill(data, { ...actor, client: run.client, who, surface: place.to.surface });
}

/** What stays of a message that was rung again or is for others now. */
function stubOf(data: CardData, words: string): CardData {
	return { ...emptyCard, header: data.header, title: data.title, lead: [words], summary: data.title };
}

/** It takes buttons away, so no limit of ours holds it back. */
export function stubFor(parts: DrawParts, job: Send, words: string): Drawn {
	const stub = stubOf(job.message.data, words);
	return { ...drawn(parts, job, parts.newId()), data: filled(parts, job, stub), closed: true };
}

/** The plan that the message's wait shows, if it is one. */
export function planOf(run: Run, wait: Message["wait"]): PlanHash | undefined {
	if (wait === undefined) return undefined;
	return Object.values(run.steps).find((step) => step.wait?.id === wait)?.wait?.plan?.hash;
}
