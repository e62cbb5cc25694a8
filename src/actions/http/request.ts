/**
 * Calls one HTTPS address that the client allows. What the other side did with it cannot be looked up, so a lost answer is
 * a person's question and a second call is never made by itself.
 */
import { z } from "zod";
import { type Json, sha256, type Values } from "../../base/json.ts";
import type { Secret } from "../../base/secret.ts";
import type { Action } from "../../engine/action.ts";
import { outcomeOf } from "../../engine/remote.ts";
import { change, check } from "../changes.ts";
import { httpOf } from "../doors.ts";

const headerValue = z.union([
	z.string().regex(/^[^\p{Cc}]*$/u, "no control characters"),
	z.strictObject({ $secret: z.string() }),
]);
const input = z.object({
	method: z.enum(["GET", "POST", "PUT", "PATCH", "DELETE"]).default("POST"),
	url: z.url({ protocol: /^https$/ }),
	/** A value may be a secret by name: `{ $secret: contoso/psa }`. */
	headers: z.record(z.string().regex(/^[A-Za-z0-9-]+$/), headerValue).default({}),
	body: z.exactOptional(z.json() as unknown as z.ZodType<Json>),
});
type Input = z.infer<typeof input>;
const output = z.object({ status: z.number(), body: z.json() as unknown as z.ZodType<Json> });

/** Makes one call. */
export const httpRequest: Action<Input, z.infer<typeof output>> = {
	name: "http.request",
	about: "Calls one HTTPS address that the client allows",
	input,
	output,
	repeat: { kind: "never" },
	writes: true,
	defaults: {},
	async look(_wanted, world) {
		httpOf(world);
		return {};
	},
	plan(wanted) {
		const url = new URL(wanted.url);
		const made = change({
			kind: "send",
			target: url.host,
			facet: `${wanted.method} ${url.pathname}`,
			after: sha256({ query: url.search, body: wanted.body ?? null, headers: wanted.headers as Values }),
			words: `Send ${wanted.method === "GET" ? "a question" : "a request"} to ${url.host}`,
			detail: `${wanted.method} ${url.origin}${url.pathname}`,
		});
		return { changes: [made], promises: {} };
	},
	prove() {
		return { output: { status: 0, body: null }, proof: [] };
	},
	async apply(made, wanted, world) {
		const headers: { [name: string]: string | Secret } = {};
		for (const [name, value] of Object.entries(wanted.headers)) {
			headers[name] = typeof value === "string" ? value : await world.reveal(value);
		}
		const { method, url, body } = wanted;
		const answer = await httpOf(world).request({ method, url, headers, ...(body === undefined ? {} : { body }) });
		if (answer.kind !== "ok") return outcomeOf(answer, made.id);
		const { status } = answer.value;
		const said = check(`${made.target} answered ${status}`, made.detail);
		return { kind: "done", applied: [made.id], output: { status, body: answer.value.body }, proof: [said] };
	},
};
