/**
 * What is kept beside the runs, as its users and the store both know it: what was posted where, forms on their way,
 * tokens, sessions, accounts in chat and the codes they are shown by. Types only. Secrets are kept as hashes; the secret
 * itself must never come here.
 */
import type { Problem } from "../base/errors.ts";
import type { Json, Values } from "../base/json.ts";
import type { Instant } from "../base/time.ts";
import type { Actor } from "../people/roster.ts";
import type { ClientId, SopId } from "../sop/sop.ts";
import type { RunId, SurfaceName, WaitId } from "./event.ts";
import type { MessageKey } from "./message.ts";

/** One message in one place. (run, key, addressee) names it; `card` is the random id its buttons carry now. */
export type PostRow = {
	readonly run: RunId;
	readonly key: MessageKey;
	/** `surface kind ref` of the place (see `addresseeOf`). */
	readonly addressee: string;
	readonly surface: SurfaceName;
	readonly kind: "direct" | "channel";
	readonly place: string;
	/** The surface's reference; absent until the answer to the put came back. */
	readonly ref?: string;
	readonly card: string;
	/** Of what was last sent there; empty while that is not known. */
	readonly digest: string;
	readonly rings: number;
	readonly closed: boolean;
	readonly wait?: WaitId;
	/** A `RowData`. */
	readonly data: Json;
	readonly at: Instant;
};

export interface Posts {
	find(run: RunId, key: MessageKey, addressee: string): PostRow | undefined;
	/** Every row of a run. */
	ofRun(run: RunId): readonly PostRow[];
	/** The row whose buttons carry this id now. */
	byCard(card: string): PostRow | undefined;
	/** An id that a newer one took the place of. `now`: that newer one, while its message is known. */
	oldCard(card: string): { readonly run: RunId; readonly at: Instant; readonly now?: string } | undefined;
	/** Writes rows whole, all in one commit; durable on return. Repeat: safe. */
	save(...rows: readonly PostRow[]): void;
}

/** Runs whose messages may not stand as they should: what is left to do after a crash. */
export interface Marks {
	/** Repeat: safe. */
	mark(run: RunId): void;
	settle(run: RunId): void;
	/** Marked runs, and those that changed too shortly before the end to have been marked. */
	marked(): readonly RunId[];
}

/** What the web chat keeps, because no vendor keeps it: a card of somebody's conversation, never a reply to their own act. */
export type WebMessage = {
	readonly ref: string;
	readonly place: string;
	/** When it was put. */
	readonly at: Instant;
	/** Order within all messages. */
	readonly no: number;
	/** Rises with every put and edit, over all messages: ask for what is newer. */
	readonly seq: number;
	/** Put to be noticed. */
	readonly rings: boolean;
	/** The card as it was drawn last. */
	readonly drawn: Json;
};

export interface WebMessages {
	/** Durable on return. */
	put(message: Pick<WebMessage, "ref" | "place" | "at" | "rings" | "drawn">): WebMessage;
	/** Undefined: there is no such message there. */
	edit(place: string, ref: string, drawn: Json): WebMessage | undefined;
	/** What changed after that number, oldest change first, at most 500. */
	after(place: string, seq: number): readonly WebMessage[];
	/** The newest by order, oldest first. */
	latest(place: string, most: number): readonly WebMessage[];
	/** Runs what writes messages, or rows of posts, as one commit: all of it is durable on return, or none of it. */
	together<T>(work: () => T): T;
}

/** A form on its way. `typed`: what was typed, so that nothing is lost when it is refused, and what the form is for. */
export type KeptDraft = {
	readonly id: string;
	readonly client: ClientId;
	readonly sop: SopId;
	readonly person: Actor;
	readonly typed: Values;
	readonly problems: readonly Problem[];
	readonly state: "open" | "sent" | "dropped";
	readonly run?: RunId;
	readonly at: Instant;
};

export interface DraftStore {
	saveDraft(draft: KeptDraft): void;
	draft(id: string): KeptDraft | undefined;
}

/** `hash`: SHA-256 of the token, hexadecimal. `client` undefined: all clients the person serves. */
export type KeptToken = {
	readonly hash: string;
	readonly person: Actor;
	readonly client?: ClientId;
	readonly expires: Instant;
	readonly created: Instant;
	readonly revoked?: Instant;
};

export interface TokenStore {
	saveToken(token: KeptToken): void;
	/** Also an expired or revoked one: the caller looks. */
	token(hash: string): KeptToken | undefined;
	tokens(): readonly KeptToken[];
	revokeToken(hash: string, at: Instant): void;
}

export type KeptSession = {
	readonly hash: string;
	readonly actor: Actor;
	readonly expires: Instant;
	readonly seen: Instant;
	readonly created: Instant;
};

export interface SessionStore {
	saveSession(session: KeptSession): void;
	session(hash: string): KeptSession | undefined;
	touchSession(hash: string, seen: Instant): void;
	endSession(hash: string): void;
}

/** An account of a person on a surface: `TEAM/USER` in Slack, `TENANT/OBJECT` in Teams. */
export type Linked = {
	readonly surface: SurfaceName;
	readonly identity: string;
	readonly person: Actor;
	/** The person's address in the roster then: another one by the same id is another person. */
	readonly email: string;
	/** `held`: known by its address until Slack said otherwise; nobody else gets in by that address. */
	readonly how: "code" | "email" | "held";
	readonly at: Instant;
	/** They said it is over: an address alone does not link it again. */
	readonly ended?: Instant;
};

/** Keeps links by (surface, identity). Durable on return; every call is safe to repeat. */
export interface LinkStore {
	find(surface: SurfaceName, identity: string): Linked | undefined;
	ofPerson(person: Actor): readonly Linked[];
	all(): readonly Linked[];
	save(link: Linked): void;
	forget(surface: SurfaceName, identity: string): void;
}

/** `hash`: SHA-256 of the code, hexadecimal. `place`: where it was handed out, as the chat writes it. */
export type KeptCode = {
	readonly hash: string;
	readonly person: Actor;
	readonly place: string;
	readonly expires: Instant;
};

/** Durable on return. */
export interface CodeStore {
	/** Keeps a code in place of any other of that person. */
	saveCode(code: KeptCode): void;
	/** A code that has not expired; it stays. */
	code(hash: string, now: Instant): KeptCode | undefined;
	/** Uses a code up; true only the first time. */
	useCode(hash: string): boolean;
}
