/**
 * One look at Slack for the doctor: a call that changes nothing, with what the answer says around it, the scopes and the
 * time. Must never show the token, nor try twice.
 */
import { asRecord, asText, type Json, parseRecord, type Values } from "../../base/json.ts";
import type { Secret } from "../../base/secret.ts";
import { fromHttpDate, type Instant } from "../../base/time.ts";
import { codeOf } from "../way-in.ts";

export type Seen =
	| {
			readonly kind: "said";
			readonly values: Values;
			/** What the token was granted; undefined: Slack did not say. */
			readonly scopes?: readonly string[];
			readonly at?: Instant;
	  }
	/** Slack said no; `word` is its own word for why. */
	| { readonly kind: "no"; readonly word: string; readonly values: Values; readonly at?: Instant }
	/** Nobody answered as Slack would. */
	| { readonly kind: "silent"; readonly why: string };

/** Looks once with one token. `base` ends with a slash. */
export type Look = (method: string, body?: { readonly [name: string]: string }) => Promise<Seen>;

const PATIENCE_MS = 10_000;

/** Makes it. Errors: none; a network that fails is `silent`. */
export function lookWith({ base, token }: { readonly base: string; readonly token?: Secret }): Look {
	return async (method, body = {}) => {
		const headers = {
			"content-type": "application/x-www-form-urlencoded",
			...(token === undefined ? {} : { authorization: `Bearer ${token.open()}` }),
		};
		const limit = { redirect: "manual", signal: AbortSignal.timeout(PATIENCE_MS) } as const;
		try {
			const form = new URLSearchParams(body);
			return await seenIn(
				await fetch(`${base}${method}`, { method: "POST", headers, body: form.toString(), ...limit }),
			);
		} catch (error) {
			return { kind: "silent", why: codeOf(error) };
		}
	};
}

async function seenIn(answer: Response): Promise<Seen> {
	const values = parseRecord(await answer.text());
	const time = fromHttpDate(answer.headers.get("date") ?? "");
	const at = time === undefined ? {} : { at: time };
	if (answer.status === 429) return { kind: "no", word: "ratelimited", values: {}, ...at };
	if (typeof values.error === "string") return { kind: "no", word: values.error, values, ...at };
	if (values.ok !== true) return { kind: "silent", why: `HTTP ${answer.status}, and no answer of Slack's` };
	const granted = answer.headers.get("x-oauth-scopes");
	const scopes = granted === null ? {} : { scopes: granted.split(",").map((scope) => scope.trim()) };
	return { kind: "said", values, ...scopes, ...at };
}

/** A member of what Slack said, as text; empty where there is none. */
export function textIn(values: Json | undefined, name: string): string {
	return asText(asRecord(values)[name]);
}
