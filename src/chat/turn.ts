/**
 * What one turn of a conversation has at hand, and how a private answer is made. Must never keep an answer: replies to a
 * person's own act are returned, not stored.
 */
import { sameJson } from "../base/json.ts";
import type { Clock } from "../base/time.ts";
import { type CardData, type CardName, emptyCard, type Text } from "../cards/card.ts";
import type { Desk, RunDescription } from "../engine/desk.ts";
import type { RunId, SurfaceName } from "../engine/event.ts";
import type { PostRow, Posts } from "../engine/kept.ts";
import type { Audit } from "../engine/ports.ts";
import type { Actor } from "../people/roster.ts";
import type { Client } from "../sop/definitions.ts";
import type { ClientId } from "../sop/sop.ts";
import type { Fill, FillFor } from "./fill.ts";
import type { Linking } from "./links.ts";
import type { Drafts } from "./posts.ts";
import type { Drawn, Inbound, Reply } from "./surface.ts";

export type BotParts = {
	readonly desk: Desk;
	readonly posts: Pick<Posts, "byCard" | "oldCard">;
	readonly drafts: Drafts;
	readonly clock: Clock;
	readonly audit: Audit;
	/** Random, unguessable, at least 128 bits. */
	readonly newId: () => string;
	readonly fill: Fill;
	/** Draws that run's messages anew, as after a refused press. */
	readonly refresh?: (run: RunId) => void;
	/** Where accounts can be linked. */
	readonly linking?: Linking;
	/** Notes from where somebody acted. */
	readonly acted?: (person: Actor, surface: SurfaceName) => void;
	/** Draws what stands in a row at another page, or where it opens. Undefined: what it shows has moved on. */
	readonly redraw?: (row: PostRow, page: number | undefined) => Promise<Drawn | undefined>;
};

export type Turn = BotParts & { readonly inbound: Inbound; readonly actor: Actor };

export type Answer = Partial<CardData> & { readonly title: Text };
type How = {
	readonly card?: CardName;
	/** The draft whose buttons come back. */
	readonly id?: string;
	readonly replace?: boolean;
	readonly client?: ClientId | undefined;
	/** Tells whom a sentence about the run means. */
	readonly run?: RunDescription | undefined;
};

/** One private card for the person who acted. */
export function reply(
	turn: BotParts & { readonly actor?: Actor; readonly inbound?: Pick<Inbound, "surface"> },
	answer: Answer,
	how: How = {},
): Reply {
	const data: CardData = { ...emptyCard, summary: answer.title, ...answer };
	const client = how.run?.client ?? how.client ?? turn.actor?.client;
	const reader: FillFor = {
		...(turn.actor === undefined ? {} : { actor: turn.actor }),
		...(client === undefined ? {} : { client }),
		...(how.run === undefined ? {} : { who: askedIn(how.run) }),
		...(turn.inbound === undefined ? {} : { surface: turn.inbound.surface }),
	};
	const drawn = { card: how.card ?? "notice", data: turn.fill(data, reader), id: how.id ?? turn.newId() };
	return { kind: "card", drawn, replace: how.replace ?? false };
}

/** A short private line: what is so, what did not change, what to do. */
export function say(turn: Turn, title: Text, ...lead: readonly Text[]): Reply {
	return reply(turn, { title, lead });
}

/** "Contoso Ltd · New employee onboarding · Sandbox · 7K2QX9". */
function headerOf(client: Client | undefined, title: string, ref = ""): readonly string[] {
	const sandbox = client?.values.sandbox === true ? "Sandbox" : "";
	return [client?.name ?? "", title, sandbox, ref].filter((part) => part !== "");
}

/** The header of a card about a run. */
export function headerOfRun(turn: BotParts, run: RunDescription): readonly string[] {
	const client = Object.values(turn.desk.definitions().clients).find((each) => each.id === run.client);
	const sops = Object.values(client?.sops ?? {});
	return headerOf(client, sops.find((sop) => sop.id === run.sop)?.title ?? run.title, run.ref);
}

/** Opens the page of a run. */
export function openRun(run: RunId) {
	return { title: "Open the run", style: "default", url: `/runs/${encodeURIComponent(run)}` } as const;
}

/** A sentence about a run, filled for the person who asked. */
export function sentence(turn: Turn, text: Text, run: RunDescription): string {
	const data: CardData = { ...emptyCard, title: text, summary: "" };
	const filled = turn.fill(data, { actor: turn.actor, client: run.client, who: askedIn(run) });
	return typeof filled.title === "string" ? filled.title : "";
}

/** Whom a sentence about a run means, as its open waits say. */
function askedIn(run: RunDescription): NonNullable<FillFor["who"]> {
	return (who) => {
		const same = run.steps.find((step) => step.wait !== undefined && sameJson(step.wait.who, who));
		if (same?.wait !== undefined) return same.wait.by;
		return who.length === 1 && who[0] === "requester" ? [run.by] : undefined;
	};
}
