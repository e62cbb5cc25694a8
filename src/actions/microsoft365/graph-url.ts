/**
 * The only place where a Graph address is written. Every part is encoded whole, so that a guest's `#EXT#` or a quote in a
 * name can never shorten or redirect a request. Must never let `..`, another version or another host through.
 */
import type { GraphRequest } from "../../engine/remote.ts";

/** The address, or why there is none. Nothing was sent in the second case. */
type GraphUrl =
	| { readonly kind: "url"; readonly url: string }
	| { readonly kind: "bad"; readonly code: "bad-path" | "bad-query" | "would-delete"; readonly why: string };

/**
 * Builds the address of a request under an endpoint that ends in `/v1.0`.
 * A DELETE of an id below `members`, `owners` or `manager` without `$ref` is refused: it deletes the person, not the link.
 * Source: https://learn.microsoft.com/graph/api/group-delete-members (caution).
 */
export function graphUrl(endpoint: string, request: Pick<GraphRequest, "method" | "path" | "query">): GraphUrl {
	const parts: string[] = [];
	for (const segment of request.path) {
		const encoded = encodedOrNothing(segment);
		if (encoded === undefined || segment === "." || segment === ".." || /[/\\]/.test(segment)) {
			return { kind: "bad", code: "bad-path", why: `${JSON.stringify(segment)} cannot be part of an address` };
		}
		parts.push(encoded);
	}
	if (parts.length === 0) return { kind: "bad", code: "bad-path", why: "the path is empty" };
	if (request.method === "DELETE" && deletesThePerson(request.path)) {
		return { kind: "bad", code: "would-delete", why: "removing a link needs /$ref; without it the person is deleted" };
	}
	const query: string[] = [];
	for (const [name, value] of Object.entries(request.query ?? {})) {
		const encoded = encodedOrNothing(value);
		if (encoded === undefined || !/^\$?[A-Za-z]+$/.test(name)) {
			return { kind: "bad", code: "bad-query", why: `${JSON.stringify(name)} cannot be asked for like this` };
		}
		query.push(`${name}=${encoded}`);
	}
	return { kind: "url", url: `${endpoint}/${parts.join("/")}${query.length > 0 ? `?${query.join("&")}` : ""}` };
}

/** Quotes a value for `$filter`: `'O''Brien'`. */
export function odata(value: string): string {
	return `'${value.replaceAll("'", "''")}'`;
}

/** Tells whether a link to the next page stays where the collection came from. */
export function staysWithin(endpoint: string, link: string): boolean {
	const url = URL.parse(link);
	if (url === null || url.username !== "" || url.password !== "" || url.hash !== "") return false;
	return link.startsWith(`${endpoint}/`) && url.href.startsWith(`${endpoint}/`);
}

/** Checks an endpoint as it stands in a client's file. Shape: https, path exactly `/v1.0`, nothing after it. */
export function isEndpoint(endpoint: string): boolean {
	const url = URL.parse(endpoint);
	return url !== null && url.protocol === "https:" && `${url.origin}/v1.0` === endpoint;
}

/** Encodes one part; nothing for what is empty, has control characters or is half a character. */
function encodedOrNothing(part: string): string | undefined {
	if (part === "" || !part.isWellFormed()) return undefined;
	// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
	if (/[\u0000-\u001f\u007f]/.test(part)) return undefined;
	return part.startsWith("$") && /^\$[A-Za-z]+$/.test(part) ? part : encodeURIComponent(part);
}

/** With a cast behind the id too: `members/{id}/microsoft.graph.user`. */
function deletesThePerson(path: readonly string[]): boolean {
	if (path.at(-1) === "$ref") return false;
	return path.some((segment, at) => at >= 1 && LINKS.has(segment.toLowerCase()));
}

const LINKS: ReadonlySet<string> = new Set([
	...["members", "owners", "manager", "memberof", "directreports", "ownedobjects", "registeredowners"],
	...["registeredusers", "acceptedsenders", "rejectedsenders"],
]);
