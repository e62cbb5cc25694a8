/**
 * Entries as a directory sends them: every attribute a list, binary ones as base64, and long lists in parts, which are
 * fetched until they are whole. Must never pass off a part of a list as the list.
 */
import { Buffer } from "node:buffer";
import type { Client, Filter } from "ldapts";
import type { Entry } from "../../engine/remote.ts";

type Query = {
	readonly base: string;
	readonly scope: "base" | "one" | "sub";
	readonly filter: Filter;
	readonly attributes: readonly string[];
};

/** Below what Windows hands out at once (MaxPageSize, 1,000). */
const PAGE = 500;
const BINARY = ["objectGUID", "objectSid"];

/** All entries, whatever the number of pages. Errors: the library's. */
export async function findEntries(
	client: Client,
	{ base, scope, filter, attributes }: Query,
): Promise<readonly Entry[]> {
	const found = await client.search(base, {
		...{ scope, filter, attributes: [...attributes] },
		paged: { pageSize: PAGE },
		explicitBufferAttributes: BINARY,
	});
	const entries: Entry[] = [];
	for (const raw of found.searchEntries) entries.push(await wholeEntry(client, raw));
	return entries;
}

type Raw = { readonly dn: string; readonly [name: string]: unknown };

/** Source: [MS-ADTS] 3.1.1.3.1.3.3, Range Retrieval of Attribute Values. */
async function wholeEntry(client: Client, raw: Raw): Promise<Entry> {
	const entry: { [attribute: string]: readonly string[] } = {};
	for (const [key, value] of Object.entries(raw)) {
		if (key === "dn") continue;
		const part = partOf(key);
		if (part === undefined) entry[key] ??= textsOf(value);
		else entry[part.name] = await wholeList(client, raw.dn, part, textsOf(value));
	}
	return { ...entry, dn: raw.dn };
}

async function wholeList(client: Client, dn: string, first: Part, head: readonly string[]): Promise<readonly string[]> {
	const all = [...head];
	let part: Part | undefined = first;
	while (part?.upTo !== undefined) {
		const from: number = part.upTo + 1;
		const wanted = `${first.name};range=${from}-*`;
		const { searchEntries } = await client.search(dn, {
			scope: "base",
			attributes: [wanted],
			explicitBufferAttributes: BINARY,
		});
		const [key, value] = Object.entries(searchEntries[0] ?? {}).find(([name]) => partOf(name)?.from === from) ?? [];
		part = key === undefined ? undefined : partOf(key);
		if (part === undefined) throw new Error(`${first.name} ended before it was whole`);
		all.push(...textsOf(value));
	}
	return all;
}

/** `upTo` is missing in the last part. */
type Part = { readonly name: string; readonly from: number; readonly upTo?: number };

function partOf(key: string): Part | undefined {
	const [, name, from, upTo] = /^(.+);range=(\d+)-(\d+|\*)$/i.exec(key) ?? [];
	if (name === undefined) return undefined;
	return { name, from: Number(from), ...(upTo === "*" ? {} : { upTo: Number(upTo) }) };
}

function textsOf(value: unknown): readonly string[] {
	return [value].flat().map((one) => (Buffer.isBuffer(one) ? one.toString("base64") : String(one)));
}
