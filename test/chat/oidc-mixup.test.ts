/**
 * A client's provider that lies in order to be handed the code of another: it sends whoever signs in at it on to the MSP's
 * own provider. What comes back from there must be handed to nobody. Source: https://www.rfc-editor.org/rfc/rfc9700#section-4.4
 */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo, Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, beforeEach, test } from "node:test";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { Registry } from "prom-client";
import { Secret } from "../../src/base/secret.ts";
import { createOidc, type Organisation } from "../../src/chat/web/oidc.ts";
import { openProviders } from "../../src/chat/web/oidc-provider.ts";
import { createWeb } from "../../src/console/server.ts";
import { certificateFiles } from "../fixtures/certificates.ts";
import { openWorld, type World } from "./world.ts";

const folder = mkdtempSync(join(tmpdir(), "sopwith-mixup-"));
const ours = createServer();
const provider = createTlsServer();
/** What the provider was asked. */
let asked: string[] = [];
let announces = false;
let url = "";
let world: World;

before(async () => {
	const files = await certificateFiles({ folder, names: ["localhost"], address: "127.0.0.1" });
	provider.setSecureContext({ cert: readFileSync(files.certFile), key: readFileSync(files.keyFile) });
	setDefaultCACertificates([...getCACertificates(), files.ca]);
	const issuer = `https://127.0.0.1:${await portOf(provider)}`;
	provider.on("request", (request, response) => {
		asked.push(request.url ?? "");
		request.resume();
		response.setHeader("content-type", "application/json");
		const [authorization, token, keys] = ["/authorize", "/token", "/keys"].map((path) => `${issuer}${path}`);
		const known = { issuer, authorization_endpoint: authorization, token_endpoint: token, jwks_uri: keys };
		const more = { response_types_supported: ["code"], authorization_response_iss_parameter_supported: announces };
		if (request.url?.includes("well-known")) response.end(JSON.stringify({ ...known, ...more }));
		else response.writeHead(400).end(JSON.stringify({ error: "invalid_grant" }));
	});
	url = `http://127.0.0.1:${await portOf(ours)}`;
	world = await openWorld();
});
beforeEach(() => {
	asked = [];
	announces = false;
	ours.removeAllListeners("request");
	ours.on("request", webOf(world));
});
after(async () => {
	for (const server of [ours, provider]) {
		server.closeAllConnections();
		await new Promise((done) => server.close(done));
	}
	await world.end();
	rmSync(folder, { recursive: true, force: true });
});

async function portOf(server: Server): Promise<number> {
	await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
	return (server.address() as AddressInfo).port;
}

function webOf({ definitions, clock, audit, people: sessions }: World) {
	const at = {
		issuer: `https://127.0.0.1:${(provider.address() as AddressInfo).port}`,
		clientId: "s",
		secret: "env:S",
	};
	const { msp, clients } = definitions();
	const people = (clients.contoso?.roster.people ?? []).filter(({ of }) => of === "client");
	const organisations = (): readonly Organisation[] => [
		{ people: msp.people, at },
		{ client: "contoso", people, at },
	];
	const secretOf = async () => new Secret("a secret of two");
	const about = { sessions, definitions, clock, audit, publicUrl: url, organisations, secretOf };
	return createWeb({
		clock,
		registry: new Registry(),
		ready: () => true,
		publicUrl: url,
		loopback: false,
		mounts: [{ at: "/", handler: createOidc({ ...about, providers: openProviders(clock) }).router }],
		complain: (error) => assert.fail(String(error)),
	});
}

/** Begins as one browser would. `sent`: what the provider was sent; `come`: comes back with a code to an address. */
async function begun(email: string) {
	const headers = { accept: "text/html", origin: url };
	const body = new URLSearchParams({ email, next: "/" });
	const page = await fetch(`${url}/sign-in`, { method: "POST", headers, body });
	const [cookie = ""] = page.headers.getSetCookie().map((line) => line.split(";")[0] ?? "");
	const to =
		/http-equiv="refresh" content="0;url=([^"]+)"/.exec(await page.text())?.[1]?.replaceAll("&amp;", "&") ?? "";
	const sent = new URL(to).searchParams;
	const come = async (path: string, more = "") => {
		const query = `?code=of-another&state=${sent.get("state")}${more}`;
		const answer = await fetch(`${url}${path}${query}`, { headers: { accept: "text/html", cookie } });
		return { status: answer.status, text: await answer.text() };
	};
	return { sent, come };
}

test("each organisation has an address of its own to come back to", async () => {
	const [tia] = world.definitions().msp.people;
	const [own, theirs] = [await begun(tia?.email ?? ""), await begun("mo@contoso.example")];
	assert.equal(own.sent.get("redirect_uri"), `${url}/sign-in/back`);
	assert.equal(theirs.sent.get("redirect_uri"), `${url}/sign-in/back/contoso`);
});

for (const path of ["/sign-in/back", "/sign-in/back/fabrikam", "/sign-in/back/nobody"]) {
	test(`a code that comes to ${path} is not handed to the provider of another organisation`, async () => {
		const { come } = await begun("mo@contoso.example");
		const { status, text } = await come(path);
		assert.equal(status, 403);
		assert.match(text, /not a sign-in that was begun here. Nobody is signed in/);
		assert(!asked.includes("/token"), asked.join());
		assert.equal((await come("/sign-in/back/contoso")).status, 422, "and it is over");
	});
}

test("a code that comes to the address of its own organisation is handed to its provider", async () => {
	const { come } = await begun("mo@contoso.example");
	await come("/sign-in/back/contoso");
	assert(asked.includes("/token"));
});

test("where a provider says that it names itself, what comes without its name is handed to nobody", async () => {
	announces = true;
	for (const more of ["", "&iss=https%3A%2F%2Fother.example"]) {
		const { come } = await begun("mo@contoso.example");
		assert.equal((await come("/sign-in/back/contoso", more)).status, 403);
	}
	assert(!asked.includes("/token"), asked.join());
	const { come } = await begun("mo@contoso.example");
	const { port } = provider.address() as AddressInfo;
	await come("/sign-in/back/contoso", `&iss=${encodeURIComponent(`https://127.0.0.1:${port}`)}`);
	assert(asked.includes("/token"));
});
