/**
 * Calls to the outside, and the ways people have tried to turn such calls inwards.
 */
import assert from "node:assert/strict";
import type { RequestListener } from "node:http";
import { createServer } from "node:https";
import { type TestContext, test } from "node:test";
import { generate } from "selfsigned";
import { isPublic } from "../../../src/actions/http/addresses.ts";
import { createHttp } from "../../../src/actions/http/http.ts";
import { Secret } from "../../../src/base/secret.ts";

const INSIDE = [
	...[
		"127.0.0.1",
		"127.1.2.3",
		"0.0.0.0",
		"10.0.0.1",
		"172.16.0.1",
		"172.31.255.255",
		"192.168.1.1",
		"169.254.169.254",
	],
	...["100.64.0.1", "224.0.0.1", "255.255.255.255", "198.18.0.1", "192.0.2.1", "::", "::1", "fe80::1", "fc00::1"],
	...["fd00:ec2::254", "::ffff:127.0.0.1", "::ffff:169.254.169.254", "::ffff:a9fe:a9fe", "::127.0.0.1"],
	...["64:ff9b::7f00:1", "2002:7f00:1::", "ff02::1", "not-an-address", "2130706433", ""],
];

test("addresses that are not on the public internet are known in every spelling", () => {
	for (const address of INSIDE) assert.equal(isPublic(address), false, address);
	for (const address of ["1.1.1.1", "93.184.216.34", "2606:4700:4700::1111", "172.32.0.1"]) {
		assert.equal(isPublic(address), true, address);
	}
});

test("a name that resolves inwards is refused at the address, before anything is sent", async () => {
	for (const address of INSIDE.filter((one) => one !== "")) {
		const http = createHttp({ allow: ["psa.example"], resolve: async () => ["93.184.216.34", address] });
		const answer = await http.request({ method: "GET", url: "https://psa.example/" });
		assert.ok(answer.kind === "refused");
		assert.equal(answer.code, "private-address", address);
	}
});

test("an address is judged where it is connected to: the name is resolved once", async () => {
	let asked = 0;
	const resolve = async () => [++asked === 1 ? "169.254.169.254" : "93.184.216.34"];
	const http = createHttp({ allow: ["rebind.example"], resolve });
	const answer = await http.request({ method: "GET", url: "https://rebind.example/" });
	assert.deepEqual([answer.kind, asked], ["refused", 1]);
});

test("only https to a listed host is called, however the URL is written", async () => {
	const http = createHttp({ allow: ["psa.example"], resolve: async () => ["127.0.0.1"] });
	const urls: readonly (readonly [string, string])[] = [
		["http://psa.example/", "bad-url"],
		["https://user@psa.example/", "bad-url"],
		["https://psa.example@evil.example/", "bad-url"],
		["file:///etc/passwd", "bad-url"],
		["no url", "bad-url"],
		["https://psa.example.evil.example/", "host-not-allowed"],
		["https://psa.example:8443/", "host-not-allowed"],
		["https://2130706433/", "host-not-allowed"],
		["https://0x7f.1/", "host-not-allowed"],
		["https://[::ffff:127.0.0.1]/", "host-not-allowed"],
		["https://169.254.169.254/latest/meta-data/", "host-not-allowed"],
		["https://PSA.example./", "host-not-allowed"],
	];
	for (const [url, code] of urls) {
		const answer = await http.request({ method: "GET", url });
		assert.ok(answer.kind === "refused", url);
		assert.equal(answer.code, code, url);
	}
	const listed = createHttp({ allow: ["169.254.169.254"] });
	const answer = await listed.request({ method: "GET", url: "https://169.254.169.254/" });
	assert.ok(answer.kind === "refused");
	assert.equal(answer.code, "private-address", "even a listed address must be public");
});

async function served(t: TestContext, listener: RequestListener) {
	const pem = await generate([{ name: "commonName", value: "psa.example" }], {
		extensions: [
			{ name: "basicConstraints", cA: true },
			{ name: "subjectAltName", altNames: [{ type: 2, value: "psa.example" }] },
		],
	});
	const server = createServer({ key: pem.private, cert: pem.cert }, listener);
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	t.after(() => {
		server.closeAllConnections();
		server.close();
	});
	const address = server.address();
	const port = typeof address === "object" && address !== null ? address.port : 0;
	const host = `psa.example:${port}`;
	const door = (more = {}) =>
		createHttp({ allow: [host], allowPrivate: true, resolve: async () => ["127.0.0.1"], ca: pem.cert, ...more });
	return { url: `https://${host}`, door };
}

test("a call carries its secrets in headers and brings the answer back", async (t) => {
	let seen: unknown;
	const { url, door } = await served(t, (request, response) => {
		seen = [request.method, request.headers.host, request.headers["x-key"]];
		response.setHeader("content-type", "application/json").end('{"id":7}');
	});
	const headers = { "X-Key": new Secret("canary"), Host: "evil.example" };
	const answer = await door().request({ method: "POST", url: `${url}/tickets`, headers, body: { a: 1 } });
	assert.ok(answer.kind === "ok", JSON.stringify(answer));
	assert.deepEqual([answer.value.status, answer.value.body], [200, { id: 7 }]);
	assert.deepEqual(seen, ["POST", new URL(url).host, "canary"]);
});

test("a redirect is not followed, a 429 says how long, and a 500 to a write is a doubt", async (t) => {
	let calls = 0;
	const { url, door } = await served(t, (request, response) => {
		calls++;
		const status = Number(request.url?.slice(1));
		response.writeHead(status, { location: "https://127.0.0.1/", "retry-after": "7" }).end();
	});
	const redirected = await door().request({ method: "GET", url: `${url}/302` });
	assert.ok(redirected.kind === "refused");
	assert.deepEqual([redirected.code, redirected.retryable, calls], ["redirected", false, 1]);
	const busy = await door().request({ method: "POST", url: `${url}/429` });
	assert.ok(busy.kind === "refused");
	assert.deepEqual([busy.code, busy.retryAfterMs], ["throttled", 7000]);
	assert.equal((await door().request({ method: "POST", url: `${url}/500` })).kind, "unknown");
	assert.equal((await door().request({ method: "GET", url: `${url}/500` })).kind, "refused");
});

test("an answer that is too large, too late or cut off after sending is a doubt", async (t) => {
	const { url, door } = await served(t, (request, response) => {
		if (request.url === "/large") response.end(Buffer.alloc(5000));
		if (request.url === "/cut") request.socket.destroy();
	});
	const large = await door({ mostBytes: 1000 }).request({ method: "POST", url: `${url}/large` });
	assert.ok(large.kind === "unknown");
	assert.equal(large.code, "answer-too-large");
	assert.equal((await door().request({ method: "POST", url: `${url}/cut` })).kind, "unknown");
	assert.equal((await door({ timeoutMs: 300 }).request({ method: "POST", url: `${url}/late` })).kind, "unknown");
});

test("a host that cannot be reached or is not who it says got nothing", async (t) => {
	const { url, door } = await served(t, (_request, response) => response.end());
	const stranger = await door({ ca: undefined }).request({ method: "POST", url });
	assert.equal(stranger.kind, "unsent");
	const nowhere = createHttp({ allow: ["gone.example"], resolve: async () => [] });
	assert.equal((await nowhere.request({ method: "POST", url: "https://gone.example/" })).kind, "unsent");
});
