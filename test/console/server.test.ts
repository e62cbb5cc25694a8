/** What stands before every route: headers, health, who may knock and how often. */
import assert from "node:assert/strict";
import { request } from "node:http";
import { test } from "node:test";
import type { RequestHandler } from "express";
import { sameOrigin } from "../../src/console/guard.ts";
import { asking } from "./sample.ts";
import { serve, TOKENS } from "./serve.ts";

/** `fetch` will not send some headers; this does. */
function raw(url: string, headers: Record<string, string>, method = "GET"): Promise<number> {
	const sent = Promise.withResolvers<number>();
	const call = request(url, { headers, method }, (answer) => {
		answer.resume();
		sent.resolve(answer.statusCode ?? 0);
	});
	call.on("error", sent.reject).end();
	return sent.promise;
}

test("every answer carries the strict headers", async () => {
	await using served = await serve();
	for (const path of ["/runs", "/api/v1/runs", "/static/look.css", "/nowhere"]) {
		const { headers } = await served.ask(path, { as: "mo" });
		const policy = headers.get("content-security-policy") ?? "";
		assert.match(policy, /default-src 'self'/);
		assert.match(policy, /frame-ancestors 'none'/);
		assert.doesNotMatch(policy, /unsafe/);
		assert.equal(headers.get("x-content-type-options"), "nosniff");
		assert.equal(headers.get("x-frame-options"), "DENY");
		assert.equal(headers.get("x-powered-by"), null);
		assert.match(headers.get("x-request-id") ?? "", /^[0-9a-f-]{36}$/);
	}
});

test("pages hold no inline style, script or handler", async () => {
	await using served = await serve();
	for (const path of [
		"/runs",
		`/runs/${asking.id}`,
		"/approvals",
		"/sops",
		"/directory/contoso",
		"/portal/contoso/newhire",
	]) {
		const page = await (await served.ask(path, { as: "tia" })).text();
		assert.doesNotMatch(page, /<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\ssrc="\/static\/)/i, path);
	}
});

test("static files are sent once and then known again", async () => {
	await using served = await serve();
	const first = await served.ask("/static/look.css");
	const etag = first.headers.get("etag") ?? "";
	assert.notEqual(etag, "");
	assert.equal(await raw(`${served.url}/static/look.css`, { "if-none-match": etag }), 304);
	assert.equal((await served.ask("/static/..%2f..%2fapi.ts")).status, 404);
});

test("it is up at once and ready only while it serves", async () => {
	let ready = false;
	await using served = await serve({ ready: () => ready });
	assert.equal((await served.ask("/healthz")).status, 200);
	assert.equal((await served.ask("/readyz")).status, 503);
	ready = true;
	assert.equal((await served.ask("/readyz")).status, 200);
	assert.match((await served.ask("/metrics")).headers.get("content-type") ?? "", /text\/plain/);
});

test("under local sign-in nothing that came through a proxy or by another name is let in", async () => {
	await using served = await serve();
	const token = { authorization: `Bearer ${TOKENS.tia}` };
	for (const header of ["forwarded", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "via"]) {
		assert.equal(await raw(`${served.url}/api/v1/runs`, { ...token, [header]: "1.2.3.4" }), 403, header);
	}
	assert.equal(await raw(`${served.url}/runs`, { host: "evil.example" }), 403);
	assert.equal(await raw(`${served.url}/api/v1/runs`, { ...token, host: "localhost:3978" }), 200);
	assert.equal(await raw(`${served.url}/api/v1/runs`, { ...token, host: "127.0.0.1.evil.example" }), 403);
});

test("where the address is https, a form of a page without TLS is not one of ours, though the host is", async () => {
	const sent: RequestHandler = (_request, response) => void response.end();
	const handler = [sameOrigin("https://sopwith.example"), sent] as unknown as RequestHandler;
	await using served = await serve({ loopback: false, mounts: [{ at: "/form", handler }] });
	const from = (origin: string) => raw(`${served.url}/form`, { host: "sopwith.example", origin }, "POST");
	assert.equal(await from("https://sopwith.example"), 200);
	assert.equal(await from("http://sopwith.example"), 403);
	assert.equal(await from("https://other.sopwith.example"), 403);
});

test("a flood is told to wait, and waiting helps", async () => {
	await using served = await serve({ requestsPerMinute: 3 });
	const statuses: number[] = [];
	for (let n = 0; n < 5; n += 1) statuses.push((await served.ask("/static/mark.svg")).status);
	assert.deepEqual(statuses, [200, 200, 200, 429, 429]);
	served.tick(20_000);
	assert.equal((await served.ask("/static/mark.svg")).status, 200);
});

test("a flood of strangers holds up neither who is signed in nor what comes signed, all through one proxy", async () => {
	await using served = await serve({ requestsPerMinute: 3 });
	for (let n = 0; n < 5; n += 1) await served.ask("/static/mark.svg");
	assert.equal((await served.ask("/runs", { headers: { accept: "text/html" } })).status, 429);
	assert.equal((await served.ask("/runs", { as: "mo" })).status, 200);
	const hook = await served.ask("/hooks/contoso/hris", { json: {} });
	assert.equal(hook.status, 401);
	assert.match(hook.headers.get("x-request-id") ?? "", /^[0-9a-f-]{36}$/);
	const statuses: number[] = [];
	for (let n = 0; n < 4; n += 1) statuses.push((await served.ask("/runs", { as: "mo" })).status);
	assert.deepEqual(statuses, [200, 200, 429, 429], "nor is anybody without a limit");
});

test("what is not there is a page for people and problem details for programs", async () => {
	await using served = await serve();
	const page = await served.ask("/nowhere", { headers: { accept: "text/html" } });
	assert.equal(page.status, 404);
	assert.match(await page.text(), /There is nothing here for you/);
	const api = await served.ask("/api/v1/nowhere", { token: TOKENS.tia });
	assert.deepEqual([api.status, ((await api.json()) as { readonly code: string }).code], [404, "no-such-route"]);
	assert.equal((await served.ask("/%E0%A4%A", { headers: { accept: "text/html" } })).status, 404);
	assert.equal((await served.ask("/runs/%E0%A4%A", { as: "tia", headers: { accept: "text/html" } })).status, 400);
});

test("a mistake of ours is a page without its words", async () => {
	const { scriptedDesk } = await import("./scripted-desk.ts");
	const desk = scriptedDesk();
	await using served = await serve({ desk: { ...desk, list: async () => Promise.reject(new Error("secret inside")) } });
	const response = await served.ask("/runs", { as: "tia", headers: { accept: "text/html" } });
	assert.equal(response.status, 500);
	assert.doesNotMatch(await response.text(), /secret inside/);
	assert.equal(served.complaints.length, 1);
});
