/**
 * Signing in through a provider, in a real browser over TLS: a link from elsewhere leads through it to what was asked for.
 * And what another host of the same domain can try: to plant a session, to sign somebody in, to send their forms.
 */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import type { RequestHandler } from "express";
import { type Browser, chromium } from "playwright-core";
import { Registry } from "prom-client";
import { Secret } from "../../src/base/secret.ts";
import { createOidc } from "../../src/chat/web/oidc.ts";
import { openProviders } from "../../src/chat/web/oidc-provider.ts";
import { sameOrigin } from "../../src/console/guard.ts";
import { createWeb } from "../../src/console/server.ts";
import { certificateFiles } from "../fixtures/certificates.ts";
import { CHROMIUM, needs } from "../fixtures/needs.ts";
import { type Oidc, startOidc } from "../fixtures/oidc.ts";
import { openWorld, type World } from "./world.ts";

const skip = needs("chromium");
const SECRET = "a secret only the two of us know";
const MO = { sub: "1", email: "mo@contoso.example", email_verified: true };
const EVE = { sub: "2", email: "di@contoso.example", email_verified: true };

describe("in a browser over TLS", { skip }, () => {
	const folder = mkdtempSync(join(tmpdir(), "sopwith-tls-"));
	let [sopwith, elsewhere, acted] = ["", "", 0];
	let browser: Browser;
	let world: World;
	let oidc: Oidc;
	let ours: Server;
	let theirs: Server;
	/** What the other host of the domain answers. */
	let page: { readonly body: string; readonly cookies: readonly string[] } = { body: "", cookies: [] };

	before(async () => {
		const files = await certificateFiles({ folder, names: ["localhost"], address: "127.0.0.1" });
		const keys = { cert: readFileSync(files.certFile), key: readFileSync(files.keyFile) };
		ours = createServer(keys);
		theirs = createServer(keys, (_request, response) => {
			response.setHeader("set-cookie", page.cookies).setHeader("content-type", "text/html").end(page.body);
		});
		sopwith = `https://sopwith.contoso.example:${await portOf(ours)}`;
		elsewhere = `https://elsewhere.contoso.example:${await portOf(theirs)}`;
		oidc = await startOidc({ redirects: [`${sopwith}/sign-in/back/contoso`], secret: SECRET });
		setDefaultCACertificates([...getCACertificates(), oidc.ca]);
		world = await openWorld();
		ours.on("request", webOf(world));
		const rules = "MAP *.contoso.example 127.0.0.1";
		const args = ["--no-sandbox", `--host-resolver-rules=${rules}`];
		browser = await chromium.launch({ executablePath: CHROMIUM, args });
	});
	after(async () => {
		await browser?.close();
		for (const server of [ours, theirs]) {
			server.closeAllConnections();
			await new Promise((done) => server.close(done));
		}
		await oidc.close();
		await world.end();
		rmSync(folder, { recursive: true, force: true });
	});

	function webOf({ definitions, clock, audit, people }: World) {
		const organisations = () => {
			const staff = (definitions().clients.contoso?.roster.people ?? []).filter(({ of }) => of === "client");
			const at = { issuer: oidc.issuer, clientId: "sopwith", secret: "env:SIGN_IN" };
			return [{ client: "contoso", people: staff, at }];
		};
		const about = { sessions: people, definitions, clock, audit, publicUrl: sopwith, organisations };
		const signIn = createOidc({ ...about, providers: openProviders(clock), secretOf: async () => new Secret(SECRET) });
		const whoami: RequestHandler = (_request, response) => void response.send(`You are ${response.locals.actor.id}.`);
		const act: RequestHandler = (_request, response) => {
			acted += 1;
			response.end();
		};
		const behind = (...handlers: readonly RequestHandler[]) => handlers as unknown as RequestHandler;
		const mounts = [
			{ at: "/", handler: signIn.router },
			{ at: "/runs/1", handler: behind(signIn.requireActor, whoami) },
			{ at: "/act", handler: behind(signIn.requireActor, sameOrigin(sopwith), act) },
		];
		const [registry, ready] = [new Registry(), () => true];
		const complain = (error: unknown) => assert.fail(String(error));
		return createWeb({ clock, registry, ready, publicUrl: sopwith, loopback: false, mounts, complain });
	}

	async function opened() {
		const context = await browser.newContext({ ignoreHTTPSErrors: true });
		const tab = await context.newPage();
		const signIn = async (as: typeof MO) => {
			oidc.signInAs(as);
			await tab.goto(`${sopwith}/sign-in?next=/runs/1`);
			await tab.getByLabel("Work e-mail").fill(as.email);
			await tab.getByRole("button", { name: "Go on" }).click();
			await tab.waitForURL(`${sopwith}/runs/1`);
		};
		const cookies = async () => (await context.cookies(sopwith)).filter(({ name }) => name.includes("sopwith"));
		return { context, tab, signIn, cookies, [Symbol.asyncDispose]: () => context.close() };
	}

	test("a link from elsewhere leads through signing in to what was asked for, and later straight there", async () => {
		await using at = await opened();
		page = { body: `<a href="${sopwith}/runs/1">the run</a>`, cookies: [] };
		oidc.signInAs(MO);
		await at.tab.goto(elsewhere.replace("contoso.example", "localhost"));
		await at.tab.getByRole("link").click();
		await at.tab.getByLabel("Work e-mail").fill(MO.email);
		await at.tab.getByRole("button", { name: "Go on" }).click();
		await at.tab.getByText("You are mo.").waitFor();
		const [session] = await at.cookies();
		assert.deepEqual(
			[session?.name, session?.secure, session?.httpOnly, session?.sameSite, session?.domain],
			["__Host-sopwith_session", true, true, "Strict", "sopwith.contoso.example"],
		);
		await at.tab.goto(elsewhere.replace("contoso.example", "localhost"));
		await at.tab.getByRole("link").click();
		await at.tab.getByText("You are mo.").waitFor();
	});

	test("another host of the domain plants no session of its own", async () => {
		await using eve = await opened();
		await eve.signIn(EVE);
		const [own] = await eve.cookies();
		await using at = await opened();
		const domain = "Domain=contoso.example; Path=/; Secure; SameSite=None";
		const names = ["sopwith_session", "__Host-sopwith_session"];
		page = { body: "Hello.", cookies: names.map((name) => `${name}=${own?.value}; ${domain}`) };
		await at.tab.goto(elsewhere);
		assert.deepEqual(
			(await at.cookies()).map(({ name }) => name),
			["sopwith_session"],
			"the browser takes the one and not the other",
		);
		await at.tab.goto(`${sopwith}/runs/1`);
		await at.tab.getByLabel("Work e-mail").waitFor();
		await at.signIn(MO);
		await at.tab.goto(elsewhere);
		await at.tab.goto(`${sopwith}/runs/1`);
		await at.tab.getByText("You are mo.").waitFor();
	});

	test("another host of the domain sends no form as somebody, and begins no sign-in for them", async () => {
		await using at = await opened();
		await at.signIn(MO);
		const form = (to: string, field: string) =>
			`<form method="post" action="${sopwith}${to}"><input name="${field}" value="${EVE.email}"><button>Win</button></form>`;
		for (const [to, field] of [
			["/act", "x"],
			["/sign-in", "email"],
			["/sign-out", "x"],
		] as const) {
			page = { body: form(to, field), cookies: [] };
			await at.tab.goto(elsewhere);
			const answered = at.tab.waitForResponse((response) => response.request().method() === "POST");
			await at.tab.getByRole("button", { name: "Win" }).click();
			assert.equal((await answered).status(), 403, to);
		}
		assert.equal(acted, 0);
		await at.tab.goto(`${sopwith}/runs/1`);
		await at.tab.getByText("You are mo.").waitFor();
	});
});

async function portOf(server: Server): Promise<number> {
	await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
	return (server.address() as AddressInfo).port;
}
