/**
 * The seam between Sopwith and a chat product. A surface verifies who speaks, turns what came into an `Inbound`, and puts
 * and edits cards. Must never decide, authorise or remember anything about runs.
 */
import { SopwithError } from "../base/errors.ts";
import type { Values } from "../base/json.ts";
import type { Instant } from "../base/time.ts";
import type { CardData, CardName } from "../cards/card.ts";
import type { SurfaceName } from "../engine/event.ts";
import type { Actor } from "../people/roster.ts";
import type { ClientId, PersonId } from "../sop/sop.ts";

/** A place on a surface: a person's direct messages or a channel. `ref` is the surface's own text. */
export type Address = { readonly surface: SurfaceName; readonly kind: "direct" | "channel"; readonly ref: string };

/** A chat of somebody else's, where people are anyway; the web chat is a page of ours, and the rest are no chats. */
export function isChat(surface: SurfaceName): surface is "teams" | "slack" {
	return surface === "teams" || surface === "slack";
}

export type Inbound = {
	readonly at: Instant;
	readonly surface: SurfaceName;
	/** The platform's id of this delivery: the same id is the same delivery. */
	readonly key: string;
	/** From verified identity and roster; undefined: someone we do not know. */
	readonly person: Actor | undefined;
	/** How the surface names them, for the audit stream. */
	readonly identity: string;
	/** A guest, or of another organisation: never linked to anybody. */
	readonly outsider?: boolean;
	readonly place: Address;
} /** A typed command, mention already stripped. */ & (
	| { readonly kind: "said"; readonly text: string }
	/** A button or form: `card` is the random id the card carried; nothing else in it is trusted. */
	| { readonly kind: "pressed"; readonly card: string; readonly verb: string; readonly values: Values }
);

/** A card ready to be drawn for one place: expanded template input, holes already filled for the reader. */
export type Drawn = {
	readonly card: CardName;
	readonly data: CardData;
	/** The random id its buttons carry. */
	readonly id: string;
	/** Which page of its lines; only for cards that are kept, so that they can be turned. See `pageOf`. */
	readonly page?: number;
	/** Among others: who is asked by now, to be named as the surface names people. */
	readonly asks?: { readonly client: ClientId; readonly people: readonly PersonId[] };
	/** Nothing more will be asked here: no limit of ours may hold that back. */
	readonly closed?: boolean;
	/** What each ended step of the run read back, for a place beside the card, such as its thread. */
	readonly detail?: readonly { readonly title: string; readonly lines: readonly string[] }[];
};

/** What the person who acted is told, at once and in private; never stored. `replace`: in place of the card acted on. */
export type Reply =
	| { readonly kind: "card"; readonly drawn: Drawn; readonly replace: boolean }
	| { readonly kind: "none" };

/** A post that was refused for good: the person left, the bot was taken out. Trying again is of no use. */
export class RefusedPost extends SopwithError {}

export interface Surface {
	readonly name: SurfaceName;
	/** Where a person can be reached directly, or undefined. */
	directTo(person: Actor): Promise<Address | undefined>;
	/** Posts a card. `ring`: notify. Returns the reference for edits. Errors: `UnavailableError` (`unconfirmed`: sent, no answer; `paced`: our own limit or guess, which what is urgent need not heed); `RefusedPost` for good. */
	put(to: Address, drawn: Drawn, ring: boolean): Promise<{ readonly ref: string }>;
	/** Edits in place, silently. `gone`: refused for good, put it anew. */
	edit(to: Address, ref: string, drawn: Drawn): Promise<"edited" | "gone">;
	/** Only where cards stand in our own store: see `Draw`. */
	readonly draw?: Draw;
}

/**
 * Lets `work` put and edit cards and write their rows, all in one commit: no answer can be lost in between. Readers see it
 * once it is durable. Errors: those of the store and of `work`; nothing stands then.
 */
export type Draw = <T>(work: (pen: Pen) => T) => T;
export type Pen = {
	readonly put: (to: Address, drawn: Drawn, ring: boolean) => { readonly ref: string };
	readonly edit: (to: Address, ref: string, drawn: Drawn) => "edited" | "gone";
};
