/**
 * `sopwith doctor --client`: every misconfiguration an admin is likely to make, planted one at a time in a real directory, a
 * tenant over HTTPS and a mail server, and named by a real process together with what mends it, and nothing else.
 */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { after, afterEach, before, describe, test } from "node:test";
import { Attribute, Change } from "ldapts";
import { generate } from "selfsigned";
import { SMTPServer } from "smtp-server";
import { plusMs, systemClock } from "../../src/base/time.ts";
import { writesOf } from "../actions/writes.ts";
import { startCloud } from "../fixtures/cloud.ts";
import { type Ground, startGround } from "../fixtures/ground.ts";
import { needs } from "../fixtures/needs.ts";
import { type ClientFile, type Examined, openShop } from "./doctor-shop.ts";
import { names } from "./not-well.ts";

let ground: Ground;
let shop: ReturnType<typeof openShop>;

const directory = (change: { readonly [name: string]: unknown }) => (client: ClientFile) =>
	void Object.assign(client.connectors.directory, change);
const graph = (change: { readonly [name: string]: unknown }) => (client: ClientFile) =>
	void Object.assign(client.connectors.microsoft365, change);
const sales = (change: { readonly [name: string]: unknown }) => (client: ClientFile) =>
	void Object.assign(client.profiles.sales ?? {}, change);

const HRIS = "contoso/hooks/hris";

describe("doctor --client", { skip: needs("samba") }, () => {
	before(async () => {
		ground = await startGround({ sync: 0, replication: 0, mailbox: 0 });
		shop = openShop(ground);
	});
	after(async () => {
		await shop?.close();
		await ground?.stop();
	});

	afterEach(() => {
		const { log, mails } = ground.cloud.of("contoso");
		assert.deepEqual([writesOf(log), mails(), ground.smtp.mails], [[], [], []], "it only looks");
	});

	test("a client whose connections are in order is well, and its account is no administrator", async () => {
		const examined = await shop.doctor();
		names(examined, []);
		const headings = new Set(examined.findings.map(({ about }) => about));
		assert.deepEqual(
			[...headings],
			["Contoso Ltd, Active Directory", "Contoso Ltd, Microsoft 365", "Contoso Ltd, Mail", "Contoso Ltd, webhooks"],
		);
		assert(examined.findings.some(({ words }) => words === "is no domain administrator"));
		const sales = examined.findings.find(({ what }) => what.startsWith("OU=Sales,"));
		assert.equal(sales?.words, "is there, and we may make and delete accounts and set passwords");
	});

	test("a running bot is asked, about the file as it is written now, and says when it still uses another", async () => {
		await shop.start();
		names(await shop.doctor(), []);
		const examined = await shop.doctor(directory({ url: ground.samba.plainUrl, startTls: true }));
		names(examined, []);
		const file = examined.findings.find(({ what }) => what === "client.yaml");
		assert.match(file?.words ?? "", /the version before is still in use/);
		assert.equal(file?.remedy, "`sopwith reload` takes it up.");
	});

	test("the wrong authority of the domain controller", async () => {
		names(await shop.doctor(directory({ ca: "graph-ca.pem" })), [
			[
				/^Certificate of 127\./,
				/authority is not the one we trust/,
				/certlm\.msc → Trusted Root .* `ca` in client\.yaml/,
			],
		]);
	});

	test("another name than the certificate's", async () => {
		names(await shop.doctor(directory({ servername: "dc2.contoso.example" })), [
			[/^Certificate of 127\./, /it is for .*dc1\.contoso\.example.*, not for dc2/, /`servername` in client\.yaml/],
		]);
	});

	test("a certificate that ran out, and one that is about to", async () => {
		const good = readFileSync(ground.samba.caFile, "utf8");
		const expired = await ground.samba.newCertificate("expired");
		await ground.samba.restart();
		const ca = shop.put("other-ca.pem", expired.ca);
		names(await shop.doctor(directory({ ca })), [
			[/^Certificate of 127\./, /it ran out on \d{4}-/, /→ All Tasks → Renew/],
		]);
		const soon = await ground.samba.newCertificate("expires-soon");
		await ground.samba.restart();
		shop.put("other-ca.pem", soon.ca);
		const examined = await shop.doctor(directory({ ca }));
		names(examined, []);
		assert(examined.findings.some(({ words, remedy }) => /: [45] days left$/.test(words) && remedy !== undefined));
		const renewed = await ground.samba.newCertificate();
		await ground.samba.restart();
		shop.put("dc-ca.pem", renewed.ca);
		assert.notEqual(renewed.ca, good);
	});

	test("a wrong password, and an account that is closed, each by its own name", async () => {
		const password = `file:${shop.put("wrong-password", "Not-The-Password-1")}`;
		names(await shop.doctor(directory({ password })), [
			[
				/^Sign-in to 127\./,
				/sopwith@contoso\.example: name or password is wrong \(LDAP 49, data 52e\)/,
				/`sopwith secret set`/,
			],
		]);
		const control = async (value: string) => {
			const dn = `CN=sopwith,CN=Users,${ground.samba.base}`;
			const modification = new Attribute({ type: "userAccountControl", values: [value] });
			await ground.samba.asAdmin((client) => client.modify(dn, new Change({ operation: "replace", modification })));
		};
		await control("514");
		names(await shop.doctor(), [
			[/^Sign-in to 127\./, /the account is closed \(LDAP 49, data 533\)/, /→ Enable Account/],
		]);
		await control("512");
	});

	test("a wrong password is tried at one domain controller alone, so that it does not lock the account", async () => {
		const password = `file:${shop.put("wrong-password", "Not-The-Password-1")}`;
		const url = [ground.samba.url, ground.samba.url, ground.samba.url];
		names(await shop.doctor(directory({ password, url })), [[/^Sign-in to 127\./, /data 52e/, /./]]);
	});

	test("a domain controller that hangs", async () => {
		ground.samba.freeze();
		try {
			names(await shop.doctor(), [[/^Way to 127\./, /takes the connection, and then says nothing/, /Is 127\..* on\?/]]);
		} finally {
			ground.samba.thaw();
		}
	});

	test("a domain controller that is down, while the other one is well", async () => {
		const url = ["ldaps://127.0.0.1:9", ground.samba.url];
		names(await shop.doctor(directory({ url })), [
			[/^Way to 127\.0\.0\.1/, /nothing listens on port 9/, /Is 127\.0\.0\.1 on\?/],
		]);
	});

	test("an OU and a group that are not there", async () => {
		names(await shop.doctor(sales({ ou: "OU=Nowhere,DC=contoso,DC=example", groups: ["Sails"] })), [
			[/^OU=Nowhere,/, /is not there/, /New → Organizational Unit/],
			[/^Group Sails/, /is not below DC=contoso/, /New → Group/],
		]);
	});

	test("an account that has rights over one OU alone", async () => {
		const { user, password } = await ground.samba.serviceOver("OU=Sales,DC=contoso,DC=example", "one-ou");
		const kept = `file:${shop.put("one-ou", password)}`;
		const delegate = /right-click OU=.* → Delegate Control → add one-ou@contoso\.example → Create, delete, and manage/;
		const group = /Delegate Control → add one-ou@contoso\.example → Modify the membership of a group/;
		names(await shop.doctor(directory({ bind: user, password: kept })), [
			[/^OU=Finance,/, /may not make accounts in it/, delegate],
			[/^OU=Warehouse,/, /may not make accounts in it/, delegate],
			...["Sales", "Finance", "Invoices", "Warehouse"].map(
				(name) => [new RegExp(`^Group ${name}$`), /may not change who is in it/, group] as const,
			),
		]);
	});

	test("a domain administrator's account works, and is warned of", async () => {
		const { user, password } = ground.samba.admin;
		const examined = await shop.doctor(directory({ bind: user, password: `file:${shop.put("admin", password)}` }));
		names(examined, []);
		const account = examined.findings.find(({ what }) => what === "Our directory account");
		assert.match(account?.words ?? "", /is a domain administrator/);
		assert.match(account?.remedy ?? "", /Delegate Control/);
	});

	test("an account that may make accounts, but not delete them or set their passwords", async () => {
		const ou = await ground.samba.ou("Half");
		const user = "bf967aba-0de6-11d0-a285-00aa003049e2";
		const rights = (sid: string) => `(OA;CI;CC;${user};;${sid})(OA;CIIO;RPWP;;${user};${sid})`;
		const half = await ground.samba.serviceOver(ou, "half", rights);
		const kept = `file:${shop.put("half", half.password)}`;
		const examined = await shop.doctor((client) => {
			directory({ bind: half.user, password: kept })(client);
			sales({ ou })(client);
		});
		const found = examined.findings.find(({ what }) => what === ou);
		assert.equal(found?.words, "half@contoso.example may not delete accounts from it, set their passwords");
		assert.match(found?.remedy ?? "", /Create, delete, and manage user accounts/);
	});

	test("rights to write that are missing are no trouble where nothing is ever written", async () => {
		const { user, password } = await ground.samba.serviceOver("OU=Sales,DC=contoso,DC=example", "look-only");
		const kept = `file:${shop.put("look-only", password)}`;
		const { access, tenant } = ground.cloud.of("contoso");
		const reads = ["User.Read.All", "Organization.Read.All", "MailboxSettings.Read"];
		tenant.consents.put(access.app, { roles: reads });
		const examined = await shop.doctor((client) => {
			directory({ bind: user, password: kept, lookOnly: true })(client);
			graph({ lookOnly: true })(client);
		});
		tenant.consents.drop(access.app);
		names(examined, []);
		const worth = examined.findings.filter(({ remedy }) => remedy !== undefined).map(({ what }) => what);
		for (const what of ["OU=Finance,DC=contoso,DC=example", "Group Sales", "Permission GroupMember.ReadWrite.All"]) {
			assert(worth.includes(what), `${what} in ${worth.join("; ")}`);
		}
	});

	test("a mark attribute that the schema has not", async () => {
		const exchange = (client: ClientFile) => void delete client.connectors.directory.markAttribute;
		names(await shop.doctor(exchange), [
			[/^Mark attribute extensionAttribute15/, /is not in this domain's schema/, /`markAttribute: info`/],
		]);
	});

	test("a base that is not this domain's, with the one that is", async () => {
		names(await shop.doctor(directory({ base: "DC=fabrikam,DC=example", upnSuffix: "contoso.example" })), [
			[/^Base DC=fabrikam/, /is not there/, /This domain's is "DC=contoso,DC=example"/],
		]);
	});

	test("a wrong secret, an expired one, a tenant without consent: each by Entra's number", async () => {
		const secret = `file:${shop.put("wrong-secret", "not-the-secret")}`;
		names(await shop.doctor(graph({ secret })), [
			[/^Token for /, /AADSTS7000215/, /entra\.microsoft\.com, App registrations, .*Certificates & secrets/],
		]);
		for (const [number, remedy] of [
			["7000222", /Certificates & secrets: make a client secret/],
			["700016", /API permissions, Grant admin consent/],
			["65001", /Grant admin consent/],
		] as const) {
			const answer = { kind: "status", status: 401, code: number } as const;
			const fault = ground.cloud.of("contoso").tokenFault({ match: {}, times: 1, answer });
			names(await shop.doctor(), [[/^Token for /, new RegExp(`AADSTS${number}`), remedy]]);
			assert.equal(fault.met(), 1);
			fault.end();
		}
	});

	test("a certificate instead of a secret, that is about to run out", async () => {
		const notAfterDate = new Date(Date.now() + 12.5 * 86_400_000);
		const made = await generate([{ name: "commonName", value: "Sopwith" }], { keySize: 2048, notAfterDate });
		ground.cloud.of("contoso").takeCertificate(made.cert);
		const certificate = `file:${shop.put("app.pem", `${made.cert}\n${made.private}`)}`;
		const examined = await shop.doctor((client) => {
			delete client.connectors.microsoft365.secret;
			client.connectors.microsoft365.certificate = certificate;
		});
		names(examined, []);
		const found = examined.findings.find(({ what }) => what === "Certificate of the application");
		assert.match(found?.words ?? "", /: 12 days left$/);
		assert.match(found?.remedy ?? "", /Certificates & secrets → Certificates/);
	});

	test("a permission that nobody consented to, and a secret that is about to run out", async () => {
		const { access, tenant } = ground.cloud.of("contoso");
		const roles = ["User.ReadWrite.All", "Organization.Read.All", "MailboxSettings.Read", "GroupMember.ReadWrite.All"];
		tenant.consents.put(access.app, { roles });
		tenant.applications.put(access.app, { id: access.app, secretUntil: plusMs(systemClock.now(), 9.5 * 86_400_000) });
		const examined = await shop.doctor();
		tenant.consents.drop(access.app);
		tenant.applications.drop(access.app);
		const grant = (name: string) =>
			new RegExp(
				`API permissions → Add a permission → Microsoft Graph → Application permissions → ${name}, then Grant`,
			);
		names(examined, [
			[/^Permission UserAuthenticationMethod/, /no admin/, grant("UserAuthenticationMethod\\.ReadWrite\\.All")],
		]);
		const worth = examined.findings.find(({ what }) => what === "Permission AuditLog.Read.All");
		assert.match(worth?.words ?? "", /cannot tell whether an account was ever used/);
		const secret = examined.findings.find(({ what }) => what === "Secret of the application");
		assert.match(secret?.words ?? "", /: 9 days left$/);
	});

	test("a licence that is written wrongly, one that is used up, groups that follow a rule or give none", async () => {
		const { tenant } = ground.cloud.of("contoso");
		const group = tenant.groups.all().find(({ properties }) => properties.displayName === "All Sales");
		const sku = tenant.skus.all().find((one) => one.sku === "DESKLESSPACK");
		assert(group !== undefined && sku !== undefined);
		const groupTypes = ["DynamicMembership"];
		tenant.groups.put(group.id, { ...group, properties: { ...group.properties, groupTypes } });
		tenant.skus.put(sku.skuId, { ...sku, others: sku.total });
		const examined = await shop.doctor(sales({ licences: ["SBP"], licenceGroups: ["All Finance"] }));
		tenant.groups.put(group.id, group);
		tenant.skus.put(sku.skuId, sku);
		names(examined, [
			[/^Licence SBP/, /no such licence/, /Did you mean SPB\?/],
			[/^Licence DESKLESSPACK/, /50 of 50 in use/, /Billing → Licenses/],
			[/^Group All Finance/, /gives its members no licence/, /Groups → Assign licenses/],
			[/^Group All Sales/, /follows a rule of its own/, /Take it out of `cloudGroups`/],
		]);
	});

	test("what Microsoft does not answer now is said with when to ask again, beside the rest", async () => {
		const answer = { kind: "status", status: 429, retryAfter: "315" } as const;
		const fault = ground.cloud.of("contoso").fault({ match: { path: /subscribedSkus/ }, times: 9, answer });
		const examined = await shop.doctor();
		fault.end();
		assert(fault.met() > 0);
		names(examined, [[/^Licences$/, /could not be looked at \(throttled\)/, /again in 6 min/]]);
	});

	test("passes that are switched off, and a domain that is not verified", async () => {
		const { tenant } = ground.cloud.of("contoso");
		tenant.switchedOff.put("TemporaryAccessPass", true);
		const examined = await shop.doctor(directory({ upnSuffix: "contoso.test" }));
		tenant.switchedOff.drop("TemporaryAccessPass");
		names(examined, [
			[/^Temporary Access Pass/, /does not let/, /Authentication methods → Policies → Temporary Access Pass → Enable/],
			[/^Domain contoso\.test/, /is not verified in the tenant, which has contoso\.example/, /Add custom domain/],
		]);
	});

	test("a clock that is wrong, a sync that is off, a certificate of the tenant's that is not trusted, clouds that do not belong together", async () => {
		const clock = { now: () => plusMs(systemClock.now(), 11 * 60_000) };
		const { seed } = ground.cloud.of("contoso").tenant;
		await using early = await startCloud({ tenants: [{ ...seed, identity: "cloud" }], clock });
		const { access } = early.of("contoso");
		const { authority, endpoint, tenant, app } = access;
		const secret = `file:${shop.put("early-secret", access.secret)}`;
		const ca = shop.put("early-ca.pem", access.ca);
		names(await shop.doctor(graph({ authority, endpoint, tenant, app, secret, ca })), [
			[/^Clock of 127\.0\.0\.1/, /it is 11 min ahead of ours/, /timedatectl/],
			[/^Sync from the directory/, /is not switched on/, /Entra Connect .* `identity: cloud`/],
		]);
		names(await shop.doctor(graph({ ca })), [
			[
				/^Certificate of 127\.0\.0\.1/,
				/authority is not the one we trust/,
				/inspection of TLS .* `ca` in client\.yaml/,
			],
		]);
		const mixed = { authority: "https://login.microsoftonline.us", endpoint: "https://graph.microsoft.com/v1.0" };
		names(await shop.doctor(graph(mixed)), [[/^Cloud/, /belongs to us-gov and us-gov-dod/, /`cloud: global`/]]);
	});

	test("a mail server without STARTTLS, and a wrong password at one that has it", async () => {
		const plain = new SMTPServer({ disabledCommands: ["STARTTLS"], authOptional: true });
		const listening = plain.listen(0, "127.0.0.1");
		await once(listening, "listening");
		const { port } = listening.address() as AddressInfo;
		const mail = (url: string, password: string) => (client: ClientFile) =>
			void Object.assign(client.connectors.mail, { url, password });
		const examined = await shop.doctor(mail(`smtp://127.0.0.1:${port}`, "env:CONTOSO_MAIL_PASSWORD"));
		await new Promise<void>((done) => plain.close(() => done()));
		names(examined, [[/^TLS of 127\.0\.0\.1/, /does not offer STARTTLS/, /receive connector → Security → TLS/]]);
		const wrong = `file:${shop.put("wrong-mail", "no")}`;
		names(await shop.doctor(mail(ground.smtp.url, wrong)), [
			[/^Sign-in to 127\.0\.0\.1/, /it@contoso\.example: the sign-in was refused \(EAUTH 535\)/, /Authenticated SMTP/],
		]);
	});

	test("a host on the inside, and a secret that is not there, hide nothing of the rest", async () => {
		const change = (client: ClientFile) => {
			client.connectors.http = { allow: ["127.0.0.1:8443"] };
			client.connectors.mail.password = "env:NOT_THERE";
		};
		names(await shop.doctor(change), [
			[/^Way to 127\.0\.0\.1/, /not on the public internet/, /connectors\.http\.allow/],
			[/^Password$/, /no-such-secret.*env:NOT_THERE/, /`sopwith secret set CLIENT\/NAME`/],
		]);
	});

	test("a client that lives in the cloud alone, with its secret in the vault and its mail by Graph", async () => {
		for (const [name, value] of Object.entries(shop.vault)) {
			assert.equal((await shop.run(["secret", "set", name], value)).code, 0);
		}
		const look = async (): Promise<Examined> => {
			const { code, out } = await shop.run(["doctor", "--client", "fabrikam", "--json"]);
			return { code, findings: JSON.parse(out).findings };
		};
		const examined = await look();
		names(examined, []);
		assert(examined.findings.some(({ what, ok }) => what === "Sender it@fabrikam.example" && ok));
		assert(!examined.findings.some(({ what }) => what.startsWith("Sync")));
		const { tenant } = ground.cloud.of("fabrikam");
		const sender = tenant.users.all().find(({ properties }) => properties.mail === "it@fabrikam.example");
		assert(sender !== undefined);
		tenant.users.drop(sender.id);
		const without = await look();
		tenant.users.put(sender.id, sender);
		names(without, [[/^Sender it@fabrikam\.example/, /there is no such mailbox/, /Shared mailboxes → Add/]]);
	});

	test("a webhook's key that cannot be used, until another is kept", async () => {
		const keep = async (key: string) => assert.equal((await shop.run(["secret", "set", HRIS], key)).code, 0);
		const hooks = ({ findings }: Examined) => findings.filter(({ about }) => about === "Contoso Ltd, webhooks");
		await keep("whsec_dG9vLXNob3J0");
		const broken = await shop.doctor();
		names(broken, [
			[/^Webhook hris$/, /a key that cannot be used/, /`sopwith secret set contoso\/hooks\/hris < FILE`/],
		]);
		await keep(`whsec_${randomBytes(32).toString("base64")}`);
		assert.deepEqual(
			hooks(await shop.doctor()).map(({ ok, words }) => [ok, words]),
			[[true, "has 1 key"]],
		);
	});

	test("the terminal shows each remedy below what it mends", async () => {
		ground.cloud.of("contoso").tenant.switchedOff.put("TemporaryAccessPass", true);
		const { code, out, said } = await shop.run(["doctor", "--client", "contoso"]);
		ground.cloud.of("contoso").tenant.switchedOff.drop("TemporaryAccessPass");
		assert.equal(code, 1, said);
		assert.match(out, /^Contoso Ltd, Microsoft 365\n {2}✓ /m);
		assert.match(out, /^ {2}✗ Temporary Access Pass: .*\n {4}→ https:\/\/entra\.microsoft\.com → Protection/m);
		assert.match(said, /1 of \d+ not well/);
	});

	test("a file that cannot be used is said, and its last good version looked at", async () => {
		const examined = await shop.doctor((client) => void delete client.connectors.directory.base);
		names(examined, [[/^client\.yaml$/, /cannot be used as it is written, so its last good/, /`sopwith check`/]]);
		assert(examined.findings.some(({ what }) => what === "Base DC=contoso,DC=example"));
	});

	test("a client that is not there, with the one that was meant", async () => {
		const { code, said } = await shop.run(["doctor", "--client", "contosso"]);
		assert.notEqual(code, 0);
		assert.match(said, /There is no client contosso\..*Did you mean contoso\?/);
	});
});
