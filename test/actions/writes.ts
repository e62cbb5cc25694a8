/** Which of the requests that a Graph received could have changed something. */
type Received = { readonly method: string; readonly url: string; readonly body?: unknown };

/** Everything but GET; a batch counts unless it holds nothing else. */
export function writesOf(log: readonly Received[]): readonly Received[] {
	return log.filter(({ method, url, body }) => method !== "GET" && !(url.endsWith("/$batch") && asks(body)));
}

function asks(body: unknown): boolean {
	const { requests = [] } = body as { readonly requests?: readonly { readonly method: string }[] };
	return requests.length > 0 && requests.every(({ method }) => method === "GET");
}
