/**
 * What one turn of a conversation has at hand, and how a private answer is made. Must never keep an answer: replies to a
 * person's own act are returned, not stored.
 */
import type { Clock } from "../base/time.ts";
import { type CardData, type CardName, emptyCard, type Text } from "../cards/card.ts";
import type { Desk, RunDescription } from "../engine/desk.ts";
import type { Audit } from "../engine/ports.ts";
import type { Actor } from "../people/roster.ts";
import type { Client } from "../sop/definitions.ts";
import type { ClientId } from "../sop/sop.ts";
import type { Drafts, Posts } from "./posts.ts";
import type { Inbound, Reply } from "./surface.ts";

/** Fills the holes of a card for its reader. No actor: a channel, so the client's time and names. */
export type Fill = (
	data: CardData,
	reader: { readonly actor?: Actor; readonly client?: ClientId; readonly run?: RunDescription["id"] },
) => Promise<CardData> | CardData;

export type BotParts = {
	readonly desk: Desk;
	readonly posts: Pick<Posts, "byCard">;
	readonly drafts: Drafts;
	readonly clock: Clock;
	readonly audit: Audit;
	/** Random, unguessable, at least 128 bits. */
	readonly newId: () => string;
	readonly fill: Fill;
	/** Makes a path of ours an address people can open. */
	readonly link: (path: string) => string;
	/** Draws that run's messages anew, as after a refused press. */
	readonly refresh?: (run: RunDescription["id"]) => void;
};

export type Turn = BotParts & { readonly inbound: Inbound; readonly actor: Actor };

export type Answer = Partial<CardData> & { readonly title: Text };

/** One private card for the person who acted. `id` only when its buttons come back. */
export async function reply(
	turn: BotParts & { readonly actor?: Actor },
	answer: Answer,
	how: {
		readonly card?: CardName;
		readonly id?: string;
		readonly replace?: boolean;
		readonly client?: ClientId | undefined;
		readonly run?: RunDescription["id"];
	} = {},
): Promise<Reply> {
	const data: CardData = { ...emptyCard, summary: answer.title, ...answer };
	const reader = {
		...(turn.actor === undefined ? {} : { actor: turn.actor }),
		...(how.client === undefined ? {} : { client: how.client }),
		...(how.run === undefined ? {} : { run: how.run }),
	};
	const drawn = {
		card: how.card ?? "notice",
		data: await turn.fill(data, reader),
		id: how.id ?? turn.newId(),
	};
	return { kind: "card", drawn, replace: how.replace ?? false };
}

/** A short private line: what is so, what did not change, what to do. */
export function say(turn: Turn, title: Text, ...lead: readonly Text[]): Promise<Reply> {
	return reply(turn, { title, lead }, { client: turn.actor.client });
}

/** "Contoso Ltd · New employee onboarding · Sandbox · 7K2QX9". */
export function headerOf(client: Client | undefined, title: string, ref = ""): readonly string[] {
	return [client?.name ?? "", title, client?.values.sandbox === true ? "Sandbox" : "", ref].filter(
		(part) => part !== "",
	);
}

/** "Ada Lovelace, new employee onboarding": what a run is called. */
export function nameOf(run: { readonly subject: string; readonly title: string }): string {
	if (run.subject === "") return run.title;
	return `${run.subject}, ${run.title.charAt(0).toLowerCase()}${run.title.slice(1)}`;
}

/** Opens the page of a run. */
export function openRun(turn: BotParts, run: RunDescription["id"]) {
	return { title: "Open the run", style: "default", url: turn.link(`/runs/${run}`) } as const;
}
