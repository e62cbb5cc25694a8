/**
 * What `sopwith doctor` says about the way in, the tenants and the roster: a proxy over TLS before the real program, and a
 * directory of tenants beside it.
 */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import type { Finding } from "../../../src/base/finding.ts";
import { examineReach, type ReachParts } from "../../../src/chat/teams/examine-reach.ts";
import type { Client } from "../../../src/sop/definitions.ts";
import { type Bot, startBot } from "../../e2e/bot.ts";
import type { Flaw } from "../../fixtures/certificates.ts";
import { openProxy, type TlsProxy } from "../tls-proxy.ts";
import { definitions } from "../world.ts";
import { AS_TEAMS, TENANT } from "./microsoft.ts";

const OTHER = "cccccccc-0000-4000-8000-000000000003";

/** A proxy that this process trusts, unless it has a flaw; the tenants that exist stand beside it. */
async function openTrusted(to: () => string, flaw?: Flaw): Promise<TlsProxy> {
	const own = (path: string) =>
		path.endsWith("openid-configuration") ? (path.startsWith(`/${TENANT}/`) ? 200 : 400) : undefined;
	const proxy = await openProxy(to, { own, ...(flaw === undefined ? {} : { flaw }) });
	if (flaw === undefined) setDefaultCACertificates([...getCACertificates("default"), proxy.ca]);
	return proxy;
}

describe("the doctor of Teams", () => {
	let bot: Bot;
	let proxy: TlsProxy;
	let target: string;
	before(async () => {
		bot = await startBot(() => AS_TEAMS);
		target = bot.url();
		proxy = await openTrusted(() => target);
	});
	after(async () => {
		proxy?.close();
		await bot?.[Symbol.asyncDispose]();
	});

	const look = (more: Partial<ReachParts> = {}) =>
		examineReach({ publicUrl: proxy.url, home: TENANT, tenants: [TENANT], login: proxy.url, definitions, ...more });
	const of = (findings: readonly Finding[], what: string) => findings.filter((one) => one.what === what);
	const way = async (more: Partial<ReachParts> = {}) => {
		const [found] = of(await look(more), "Way in");
		assert(found !== undefined);
		return found;
	};

	test("is content with an address that answers 401 through the proxy, and a tenant that exists", async () => {
		const found = await look();
		assert.deepEqual(
			found.slice(0, 2).map(({ about, what, ok, words }) => ({ about, what, ok, words })),
			[
				{
					about: "Teams",
					what: "Way in",
					ok: true,
					words: `${proxy.url}/api/messages answers, and lets in nobody without a token`,
				},
				{ about: "Teams", what: "Tenants on the list", ok: true, words: "all 1 exist" },
			],
		);
	});

	test("asks for an https address that others reach", async () => {
		const inside = { home: TENANT, tenants: [TENANT], login: proxy.url, definitions };
		for (const parts of [inside, { ...inside, publicUrl: "http://127.0.0.1:3978" }]) {
			const [found] = of(await examineReach(parts), "Way in");
			assert.equal(found?.ok, false);
			assert.match(found?.remedy ?? "", /^PUBLIC_URL=https:/);
		}
	});

	test("tells a proxy that reaches no bot from an address that leads elsewhere", async () => {
		target = "http://127.0.0.1:9";
		const behind = await way();
		assert.deepEqual([behind.ok, /answers 502: .* reaches no Sopwith/.test(behind.words)], [true, true]);
		target = bot.url();
		const elsewhere = await way({ publicUrl: `${proxy.url}/elsewhere` });
		assert.equal(elsewhere.ok, false);
		assert.match(elsewhere.words, /answers 40[34], where 401 was expected/);
		assert.match(elsewhere.remedy ?? "", /Let the proxy pass POST \/api\/messages/);
	});

	test("says that Teams would not take a certificate, and what could only be so from here", async () => {
		const bad = await openTrusted(() => target, "expired");
		try {
			const expired = await way({ publicUrl: bad.url });
			assert.equal(expired.ok, false);
			assert.match(expired.words, /is not one that Teams would take/);
		} finally {
			bad.close();
		}
		const nobody = await way({ publicUrl: "https://127.0.0.1:9" });
		assert.equal(nobody.ok, true);
		assert.match(nobody.remedy ?? "", /^From outside, `curl -X POST .*` has to answer 401\.$/);
	});

	test("names a tenant that does not exist, and the bot's own when it is left out", async () => {
		const found = of(await look({ tenants: [OTHER] }), "Tenants on the list");
		assert.deepEqual(
			found.map(({ ok }) => ok),
			[false, true],
		);
		assert.match(found[0]?.words ?? "", new RegExp(`there is no tenant ${OTHER}`));
		assert.match(found[1]?.words ?? "", new RegExp(`${TENANT}, where the bot is registered, is not on it`));
	});

	test("says when the tenants could not be asked, instead of calling them missing", async () => {
		const [found] = of(await look({ login: "https://127.0.0.1:9" }), "Tenants on the list");
		assert.deepEqual([found?.ok, /could not be asked/.test(found?.words ?? "")], [true, true]);
	});

	test("counts whom the roster knows in Teams, and names the others", async () => {
		const found = await look();
		assert.match(of(found, "Contoso Ltd")[0]?.words ?? "", /^all 3 people/);
		const [fabrikam] = of(found, "Fabrikam");
		assert.equal(fabrikam?.words, "1 of 2 people of the roster are known in Teams; not Finn Berg");
		assert.match(fabrikam?.remedy ?? "", /^In client\.yaml, .*`teams: "OBJECT-ID"`/);
		assert.match(of(found, "Northwind IT")[0]?.words ?? "", /^1 of 2 people .*; not Sam Osei$/);
	});

	test("sees a client's tenant that is not on the list, and a channel that is none", async () => {
		const { contoso } = definitions.clients;
		assert(contoso !== undefined);
		const connectors = {
			microsoft365: { use: "graph", tenant: OTHER.toUpperCase() },
		} as unknown as Client["connectors"];
		const channels = { operations: { teams: "Operations" }, approvals: { teams: "19:abc@thread.tacv2" } };
		const client = { ...contoso, connectors, roster: { ...contoso.roster, channels } };
		const found = of(await look({ definitions: { ...definitions, clients: { contoso: client } } }), "Contoso Ltd");
		assert.deepEqual(
			found.map(({ ok }) => ok),
			[true, true, false],
		);
		assert.match(found[1]?.words ?? "", new RegExp(`its tenant ${OTHER} is not on the list`));
		assert.match(found[2]?.words ?? "", /^the channel operations /);
	});
});
