/**
 * The doors to the outside, as actions see them. Every door classifies what happened into ok, refused, not sent or
 * unknown; none of them retries a write. Must never be a default: a client without a connector has no door.
 */
import type { Filter } from "ldapts";
import { SopwithError } from "../base/errors.ts";
import type { Json, Values } from "../base/json.ts";
import type { Secret } from "../base/secret.ts";
import type { Code, Outcome } from "./event.ts";

/** What a remote said. `refused`: it said no, nothing changed. `unsent`: it never got there. `unknown`: sent, no answer. */
export type Answer<T> =
	| { readonly kind: "ok"; readonly value: T; readonly requestId?: string }
	| {
			readonly kind: "refused";
			readonly status: number;
			readonly code: Code;
			readonly message: string;
			readonly retryable: boolean;
			readonly retryAfterMs?: number;
			readonly detail: string;
	  }
	| {
			readonly kind: "unsent";
			readonly code: Code;
			readonly detail: string;
			/** For a person, where there is more to say than that the other side could not be reached. */
			readonly message?: string;
			readonly retryAfterMs?: number;
	  }
	| { readonly kind: "unknown"; readonly code: Code; readonly detail: string };

/** A read that was not answered. The performer reports it as a failed try in which nothing changed. */
export class RemoteError extends SopwithError {
	readonly answer: Exclude<Answer<unknown>, { kind: "ok" }>;
	constructor(answer: Exclude<Answer<unknown>, { kind: "ok" }>) {
		super(answer.code, answer.kind === "refused" ? answer.message : answer.detail);
		this.answer = answer;
	}
}

/** The value of a read, or `RemoteError`. */
export function got<T>(answer: Answer<T>): T {
	if (answer.kind === "ok") return answer.value;
	throw new RemoteError(answer);
}

/** Turns the answer to a single write into the outcome of its change. */
export function outcomeOf(answer: Answer<unknown>, change: string, output: Values = {}): Outcome {
	switch (answer.kind) {
		case "ok":
			return {
				...{ kind: "done", applied: [change], output, proof: [] },
				...(answer.requestId === undefined ? {} : { requests: [`${change} request-id ${answer.requestId}`] }),
			};
		case "refused":
			return {
				kind: "refused",
				applied: [],
				code: answer.code,
				message: answer.message,
				retryable: answer.retryable,
				detail: answer.detail,
				...(answer.retryAfterMs === undefined ? {} : { retryAfterMs: answer.retryAfterMs }),
			};
		case "unsent":
			return {
				kind: "refused",
				applied: [],
				code: answer.code,
				message: answer.message ?? "The other side could not be reached. Nothing was sent.",
				retryable: true,
				detail: answer.detail,
				...(answer.retryAfterMs === undefined ? {} : { retryAfterMs: answer.retryAfterMs }),
			};
		case "unknown":
			return { kind: "unknown", applied: [], code: answer.code, detail: answer.detail };
	}
}

/** An LDAP entry: every attribute is a list; binary ones are base64 text under their own name. */
export type Entry = { readonly dn: string; readonly [attribute: string]: string | readonly string[] };

/** Active Directory, whether real or simulated. DNs are built with ldapts' `DN`, filters with its `Filter` classes. */
export interface Directory {
	/** `DC=contoso,DC=example` */
	readonly base: string;
	readonly upnSuffix: string;
	/** Attribute that holds our mark. */
	readonly markAttribute: string;
	/** Where groups are looked up. */
	readonly groupBase: string;
	/** A template over `form` for the name part of an address, when the client has a rule of its own. */
	readonly names?: string;
	search(query: {
		readonly base?: string;
		readonly scope?: "base" | "one" | "sub";
		readonly filter: Filter;
		readonly attributes: readonly string[];
	}): Promise<Answer<readonly Entry[]>>;
	/** `unicodePwd` may be a `Secret`; the door encodes it. */
	add(dn: string, attributes: { readonly [name: string]: string | readonly string[] | Secret }): Promise<Answer<void>>;
	/**
	 * `dn` may be `<GUID=…>`. Several changes are one atomic LDAP modify; delete-old with add-new is compare-and-set.
	 * `again`: the same password may be there already, so its history is not asked.
	 */
	modify(
		dn: string,
		changes: readonly {
			readonly operation: "add" | "delete" | "replace";
			readonly attribute: string;
			readonly values: readonly (string | Secret)[];
		}[],
		options?: { readonly again?: boolean },
	): Promise<Answer<void>>;
	move(dn: string, newDn: string): Promise<Answer<void>>;
	remove(dn: string): Promise<Answer<void>>;
	/** The same door for as long as the signal allows: what still waits for a connection then is never sent. */
	until?(signal: AbortSignal): Directory;
}

export type GraphRequest = {
	readonly method: "GET" | "POST" | "PATCH" | "PUT" | "DELETE";
	/** Segments, each encoded by the door: `["users", id, "manager", "$ref"]`. `.` and `..` are refused. */
	readonly path: readonly string[];
	/** `$filter` text is encoded whole by the door; quote values with `odata()` first. */
	readonly query?: { readonly [name: string]: string };
	readonly body?: Values | { readonly [name: string]: Json | Secret };
	readonly headers?: { readonly [name: string]: string };
	/** Stops waiting for a turn and for an answer: what was not sent yet never is. */
	readonly signal?: AbortSignal;
};

/**
 * Microsoft Graph v1.0 of one tenant. `value` is the parsed body, `{}` for 204. Reads are sent again where that may help;
 * a write only when it was certainly not done.
 */
export interface Graph {
	request(request: GraphRequest): Promise<Answer<{ readonly [name: string]: Json }>>;
	/** Independent reads in as few exchanges as can be, each answered by itself, in order; a collection with all its pages. */
	batch(
		gets: readonly Omit<GraphRequest, "method" | "body">[],
	): Promise<readonly Answer<{ readonly [name: string]: Json }>[]>;
	/** All pages of a collection, at most `most` items; more is refused as `too-many`. */
	list(request: Omit<GraphRequest, "method" | "body">, most?: number): Promise<Answer<readonly Values[]>>;
	/** `https://graph.microsoft.com/v1.0`, for `@odata.id` references. */
	readonly endpoint: string;
}

/** Sends one message. `id` is ours and goes out as Message-ID, so a mail can be found again. */
export interface Mail {
	readonly from: string;
	/** Why no mail is ever sent, in a sentence; absent where mail is sent. */
	readonly never?: string;
	send(message: {
		readonly id: string;
		readonly to: readonly string[];
		readonly subject: string;
		readonly text: string;
		readonly html?: string;
	}): Promise<Answer<void>>;
	/** Whether a message with that id was sent, where that can be looked up. `undefined`: it cannot. */
	sent(id: string): Promise<Answer<boolean | undefined>>;
}

/** HTTPS to allow-listed hosts of one client. */
export interface Http {
	request(request: {
		readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
		readonly url: string;
		readonly headers?: { readonly [name: string]: string | Secret };
		readonly body?: Json;
	}): Promise<
		Answer<{ readonly status: number; readonly headers: { readonly [name: string]: string }; readonly body: Json }>
	>;
}
