/** What the Graph door's wire never does, against a server of our own: follow a redirect, or take in whatever comes. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import type { RequestListener } from "node:http";
import https from "node:https";
import type { AddressInfo, Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { connectGraph } from "../../../src/actions/microsoft365/graph.ts";
import { openWire, type Wire } from "../../../src/actions/microsoft365/wire.ts";
import { certificateIn } from "../../../src/actions/sandbox/certificate.ts";
import type { Graph } from "../../../src/engine/remote.ts";
import { movingClock } from "../sandbox/with-sandbox.ts";

type Server = { readonly origin: string; readonly ca: string; readonly lines: readonly Socket[] };

async function serve(t: TestContext, listener: RequestListener): Promise<Server> {
	const folder = mkdtempSync(join(tmpdir(), "sopwith-wire-"));
	const certificate = await certificateIn(folder);
	const lines: Socket[] = [];
	const server = https.createServer(certificate, listener).on("secureConnection", (line) => lines.push(line));
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	t.after(() => {
		server.closeAllConnections();
		server.close();
		rmSync(folder, { recursive: true });
	});
	return { origin: `https://127.0.0.1:${(server.address() as AddressInfo).port}`, ca: certificate.cert, lines };
}

async function doorTo(t: TestContext, { origin, ca }: Omit<Server, "lines">): Promise<Graph> {
	const token = async () => "a-token";
	const connection = await connectGraph({ endpoint: `${origin}/v1.0`, ca, token, clock: movingClock(), patienceMs: 0 });
	t.after(() => connection.close());
	return connection.graph();
}

for (const method of ["GET", "POST"] as const) {
	test(`a ${method} that is told to go elsewhere does not go, and its token stays here`, async (t) => {
		const elsewhere: string[] = [];
		const other = await serve(t, (request, response) => {
			elsewhere.push(request.headers.authorization ?? "no token");
			response.end("{}");
		});
		const server = await serve(t, (_request, response) => {
			response.writeHead(307, { location: `${other.origin}/v1.0/users` });
			response.end();
		});
		const graph = await doorTo(t, { ...server, ca: `${server.ca}\n${other.ca}` });
		const answer = await graph.request({ method, path: ["users"] });
		assert.deepEqual([answer.kind, answer.kind === "refused" && answer.code], ["refused", "http-307"]);
		assert.deepEqual(elsewhere, []);
	});
}

test("a next page on another host is not asked for", async (t) => {
	const server = await serve(t, (_request, response) => {
		response.end(JSON.stringify({ value: [{ id: "1" }], "@odata.nextLink": "https://evil.invalid/v1.0/users" }));
	});
	const graph = await doorTo(t, server);
	const answer = await graph.list({ path: ["users"] });
	assert.deepEqual([answer.kind, answer.kind === "refused" && answer.code], ["refused", "bad-answer"]);
});

test("an answer without end is cut off: a read has no answer, a write is unknown", async (t) => {
	const server = await serve(t, (_request, response) => {
		const more = () => {
			while (!response.destroyed && response.write("x".repeat(65_536)));
		};
		response.on("drain", more);
		more();
	});
	const wire = openWire({ ca: server.ca, mostBytes: 1_000_000 });
	t.after(() => wire.close());
	for (const method of ["GET", "POST"]) {
		const signal = AbortSignal.timeout(10_000);
		const exchange = await wire.send({ method, url: `${server.origin}/v1.0/users`, headers: {}, signal });
		assert.deepEqual(exchange, { kind: "lost", sent: true, code: "bad-answer", detail: "more than 1000000 bytes" });
	}
});

const post = (wire: Wire, { origin }: Server) =>
	wire.send({ method: "POST", url: `${origin}/v1.0/users`, headers: {}, signal: AbortSignal.timeout(10_000) });

test("a write goes over the connection that has just answered one, and not over one that was idle", async (t) => {
	const server = await serve(t, (_request, response) => void response.end("{}"));
	const wire = openWire({ ca: server.ca });
	t.after(() => wire.close());
	for (let sent = 0; sent < 3; sent++) assert.equal((await post(wire, server)).kind, "answered");
	const [line, ...more] = server.lines;
	assert.deepEqual(more, []);
	assert(line !== undefined);
	await once(line, "close");
	assert.equal((await post(wire, server)).kind, "answered");
	assert.equal(server.lines.length, 2);
});

test("a write over a kept connection that breaks is in doubt, and is not sent again", async (t) => {
	let asked = 0;
	const server = await serve(t, (request, response) => {
		asked += 1;
		if (asked === 2) request.socket.destroy();
		else response.end("{}");
	});
	const graph = await doorTo(t, server);
	const write = () => graph.request({ method: "POST", path: ["users"], body: {} });
	assert.equal((await write()).kind, "ok");
	assert.deepEqual([(await write()).kind, asked, server.lines.length], ["unknown", 2, 1]);
	assert.deepEqual([(await write()).kind, asked, server.lines.length], ["ok", 3, 2]);
});

test("a link is never taken away by deleting the person behind it", async (t) => {
	const seen: string[] = [];
	const server = await serve(t, (request, response) => {
		seen.push(`${request.method} ${request.url}`);
		response.writeHead(204);
		response.end();
	});
	const graph = await doorTo(t, server);
	for (const path of [
		["groups", "g", "members", "u"],
		["groups", "g", "MEMBERS", "u"],
		["groups", "g", "members", "u", "microsoft.graph.user"],
		["groups", "g", "members"],
		["groups", "g", "owners", "u", "$Ref"],
		["users", "u", "manager"],
		["users", "u", "memberOf", "g"],
		["users", "u", "directReports", "v"],
	]) {
		const answer = await graph.request({ method: "DELETE", path });
		assert.equal(answer.kind === "refused" && answer.code, "would-delete", path.join("/"));
	}
	assert.equal((await graph.request({ method: "DELETE", path: ["groups", "g", "members", "u", "$ref"] })).kind, "ok");
	assert.equal((await graph.request({ method: "DELETE", path: ["users", "a#EXT#@b.example"] })).kind, "ok");
	assert.deepEqual(seen, ["DELETE /v1.0/groups/g/members/u/$ref", "DELETE /v1.0/users/a%23EXT%23%40b.example"]);
});
