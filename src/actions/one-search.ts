/**
 * Searches of a directory that are begun in one go travel as one: equal ones, and those that differ only in a name. Must
 * never answer from what was asked before: a search goes out once all who share it have asked.
 */
import { AndFilter, EqualityFilter, OrFilter } from "ldapts";
import type { Answer, Directory, Entry } from "../engine/remote.ts";

/** Beside the filter: one of these attributes is this value, whatever its case. */
type Named = { readonly attributes: readonly string[]; readonly value: string };
type Query = Parameters<Directory["search"]>[0];
type Found = Answer<readonly Entry[]>;
export type SearchedTogether = Directory & {
	searchNamed(query: Query, named: Named): Promise<Found>;
};

type Asker = { readonly value?: string; readonly tell: (found: Promise<Found>) => void };
type Share = { readonly query: Query; readonly keys: readonly string[]; readonly askers: Asker[] };

/** What is to be sent in this turn, by the door. */
const waiting = new WeakMap<Directory, Map<string, Share>>();
/** Names in one search. */
const MOST = 50;

/** Wraps a door; all that were made for one door share. */
export function oneSearch(directory: Directory): SearchedTogether {
	const ask = (query: Query, named?: Named): Promise<Found> => {
		const { promise, resolve } = Promise.withResolvers<Found>();
		const { base, scope, filter, attributes } = query;
		const keys = named?.attributes ?? [];
		const key = JSON.stringify([base, scope, filter.toString(), attributes, keys]);
		const shares = waiting.get(directory) ?? begin(directory);
		const share = shares.get(key) ?? { query, keys, askers: [] };
		shares.set(key, share);
		share.askers.push({ tell: resolve, ...(named === undefined ? {} : { value: named.value }) });
		return promise;
	};
	return { ...directory, search: (query) => ask(query), searchNamed: ask };
}

function begin(directory: Directory): Map<string, Share> {
	const shares = new Map<string, Share>();
	waiting.set(directory, shares);
	setImmediate(() => {
		waiting.delete(directory);
		for (const share of shares.values()) send(directory, share);
	});
	return shares;
}

function send(directory: Directory, share: Share): void {
	const values = [...new Set(share.askers.map(({ value }) => value))];
	for (let from = 0; from < values.length; from += MOST) {
		const some = values.slice(from, from + MOST);
		const found = directory.search(queryFor(share, some));
		for (const { value, tell } of share.askers) {
			if (some.includes(value))
				tell(some.length === 1 ? found : found.then((all) => pick(directory, share, { all, value })));
		}
	}
}

function queryFor({ query, keys }: Share, values: readonly (string | undefined)[]): Query {
	const filters = values.flatMap((value) =>
		value === undefined ? [] : keys.map((attribute) => new EqualityFilter({ attribute, value })),
	);
	if (filters.length === 0) return query;
	const attributes = [...new Set([...query.attributes, ...keys])];
	return { ...query, attributes, filter: new AndFilter({ filters: [query.filter, new OrFilter({ filters })] }) };
}

type Picked = { readonly all: Found; readonly value: string | undefined };

/** A server takes more for equal than case: whoever finds nothing among what others found asks alone. */
async function pick(directory: Directory, share: Share, { all, value = "" }: Picked): Promise<Found> {
	if (all.kind !== "ok" || all.value.length === 0) return all;
	const own = all.value.filter((entry) => isNamed(entry, share.keys, value));
	return own.length > 0 ? { ...all, value: own } : directory.search(queryFor(share, [value]));
}

/** Whether one of these attributes of an entry is that value, whatever its case. */
export function isNamed(entry: Entry, attributes: readonly string[], value: string): boolean {
	const wanted = value.toLowerCase();
	return attributes.some((name) => [entry[name] ?? []].flat().some((one) => one.toLowerCase() === wanted));
}
