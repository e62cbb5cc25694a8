/**
 * Reads what a browser's form sent, within the same bounds as JSON. Must never take a name that is not plain.
 */
import type { IncomingMessage } from "node:http";
import { BodyError, readBytes } from "../base/body.ts";

/** A field sent once is text, sent more often a list. */
export type FormBody = { readonly [name: string]: string | readonly string[] };
const MOST_FIELDS = 200;

/** Reads a URL-encoded form. Errors: `BodyError` 415 `not-a-form`, 413 `too-large`, 400 `not-a-form`. */
export async function readForm(request: IncomingMessage): Promise<FormBody> {
	const type = (request.headers["content-type"] ?? "").split(";")[0]?.trim().toLowerCase();
	if (type !== "application/x-www-form-urlencoded") {
		request.resume();
		throw new BodyError(415, "not-a-form", "Send this form from its own page.");
	}
	const sent = new URLSearchParams((await readBytes(request)).toString("utf8"));
	const body: { [name: string]: string | string[] } = Object.create(null);
	if (sent.size > MOST_FIELDS) throw new BodyError(400, "not-a-form", "This form has more fields than any page here.");
	for (const [name, value] of sent) {
		if (/^(__proto__|constructor|prototype)$/.test(name)) continue;
		const before = body[name];
		body[name] = before === undefined ? value : [...(Array.isArray(before) ? before : [before]), value];
	}
	return body;
}

/** One field's text; empty when it was not sent. */
export function textIn(body: FormBody, name: string): string {
	const value = body[name];
	return typeof value === "string" ? value.trim() : "";
}
