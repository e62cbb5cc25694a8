/**
 * A chat vendor's server that misbehaves on order, over real HTTP, and a surface that talks to it: busy, refusing,
 * forgetting posts, losing answers. Must never be kinder than a real one.
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { readJson } from "../../src/base/body.ts";
import { UnavailableError } from "../../src/base/errors.ts";
import { isRecord } from "../../src/base/json.ts";
import { type Drawn, RefusedPost, type Surface } from "../../src/chat/surface.ts";
import type { Actor } from "../../src/people/roster.ts";

/** What the next calls meet: `busy` 429, `lost` kept but the connection breaks, `refused` 403, `gone` 404. */
export type Mood = "busy" | "lost" | "refused" | "gone";
export type Kept = { readonly ref: string; readonly to: string; readonly ring: boolean; drawn: Drawn; edits: number };

export async function openRoughSurface(
	reach: (person: Actor) => boolean = () => true,
	name: "teams" | "slack" = "teams",
) {
	const kept: Kept[] = [];
	const calls: string[] = [];
	const moods: Mood[] = [];
	/** Those that only calls of one method meet. */
	const moodsOf: { readonly [method in "POST" | "PUT"]: Mood[] } = { POST: [], PUT: [] };
	const down = new Set<string>();
	const server = createServer(async (request, response) => {
		const [, to = "", ref = ""] = (request.url ?? "").split("/").map(decodeURIComponent);
		const body = await readJson(request);
		const { drawn, ring } = (isRecord(body) ? body : {}) as unknown as { drawn: Drawn; ring: boolean };
		calls.push(`${request.method} ${to}`);
		const own = moodsOf[request.method === "PUT" ? "PUT" : "POST"];
		const mood = down.has(to) ? "busy" : (moods.shift() ?? own.shift());
		if (mood === "busy") return void response.writeHead(429, { "retry-after": "1" }).end();
		if (mood === "refused") return void response.writeHead(403).end();
		if (mood === "gone") return void response.writeHead(404).end();
		const known = kept.find((each) => each.ref === ref);
		if (request.method === "PUT" && known === undefined) return void response.writeHead(404).end();
		if (known === undefined) kept.push({ ref: `m${kept.length + 1}`, to, ring, drawn, edits: 0 });
		else {
			known.drawn = drawn;
			known.edits += 1;
		}
		if (mood === "lost") return void request.socket.destroy();
		response.end(JSON.stringify({ ref: kept.at(-1)?.ref }));
	});
	await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
	const { port } = server.address() as AddressInfo;
	const call = async (method: string, path: readonly string[], body: object) => {
		const url = `http://127.0.0.1:${port}/${path.map(encodeURIComponent).join("/")}`;
		const headers = { "content-type": "application/json", connection: "close" };
		const answer = await fetch(url, { method, headers, body: JSON.stringify(body) }).catch(() => undefined);
		if (answer === undefined) throw new UnavailableError("unconfirmed", "Sent; no answer came.", { retryAfterMs: 1 });
		if (answer.status === 429) throw new UnavailableError("busy", "Busy.", { retryAfterMs: 20 });
		if (answer.status === 403) throw new RefusedPost("blocked", "The person took the bot out.");
		return answer;
	};
	const surface: Surface = {
		name,
		directTo: async (person) => (reach(person) ? { surface: name, kind: "direct", ref: person.id } : undefined),
		put: async (to, drawn, ring) => {
			const answer = await call("POST", [to.ref], { drawn, ring });
			return (await answer.json()) as { ref: string };
		},
		edit: async (to, ref, drawn) => ((await call("PUT", [to.ref, ref], { drawn })).status === 404 ? "gone" : "edited"),
	};
	const close = () => new Promise<void>((done) => server.close(() => done()));
	return {
		surface,
		kept,
		calls,
		moods,
		moodsOf,
		down,
		close,
		of: (to: string) => kept.filter((each) => each.to === to),
	};
}
