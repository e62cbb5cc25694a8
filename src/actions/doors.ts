/**
 * The doors an action asks for. A client without that connector is told so in a sentence; there is no default door and no
 * other client's door. Pure.
 */
import type { World } from "../engine/action.ts";
import { type Answer, type Graph, type Http, type Mail, RemoteError } from "../engine/remote.ts";
import { oneSearch, type SearchedTogether } from "./one-search.ts";
import { together } from "./together.ts";

/**
 * The client's Active Directory, for as long as the step may take: what it asks for later is not sent, because the try was
 * told to be in doubt by then. Searches begun in one go travel together. Errors: `RemoteError` `no-connector`, not retryable, when it has none.
 */
export function directoryOf(world: World): SearchedTogether {
	const directory = world.directory ?? missing(world, "directory");
	const { signal } = world;
	const inTime =
		<Said extends readonly unknown[], T>(ask: (...said: Said) => Promise<Answer<T>>) =>
		async (...said: Said): Promise<Answer<T>> =>
			signal.aborted ? STOPPED : ask(...said);
	const { search, searchNamed } = oneSearch(directory);
	const { add, modify, move, remove } = directory.until?.(signal) ?? directory;
	return {
		...directory,
		...{ search: inTime(search), searchNamed: inTime(searchNamed) },
		...{ add: inTime(add), modify: inTime(modify), move: inTime(move), remove: inTime(remove) },
	};
}

/** Nothing was sent, because the try was over by then. */
export const STOPPED = {
	kind: "unsent",
	code: "stopped",
	detail: "the time of this try was up before it was sent",
} as const;

/**
 * The client's Microsoft 365, for as long as the step may take; reads begun in one go travel together.
 * Errors: `RemoteError` `no-connector`.
 */
export function graphOf(world: World): Graph {
	const graph = world.graph ?? missing(world, "microsoft365");
	const { signal } = world;
	return together({
		endpoint: graph.endpoint,
		request: (request) => graph.request({ signal, ...request }),
		list: (get, most) => graph.list({ signal, ...get }, most),
		batch: (gets) => graph.batch(gets.map((get) => ({ signal, ...get }))),
	});
}

/** The client's mail. Errors: `RemoteError` `no-connector`. */
export function mailOf(world: World): Mail {
	return world.mail ?? missing(world, "mail");
}

/** The client's HTTPS. Errors: `RemoteError` `no-connector`. */
export function httpOf(world: World): Http {
	return world.http ?? missing(world, "http");
}

function missing(world: World, connector: string): never {
	throw refusal(
		"no-connector",
		`${world.client} has no ${connector} connector, so this cannot be done. Nothing changed.`,
		`connectors.${connector} in client.yaml`,
	);
}

/** A read that ends the try: nothing was written. `retryable` where waiting may help. */
export function refusal(code: string, message: string, detail: string, retryable = false): RemoteError {
	return new RemoteError({ kind: "refused", status: 0, code, message, retryable, detail });
}
