/**
 * Story 6: the same procedure on a real Active Directory and on Graph over HTTPS, for both clients: made, used, undone,
 * stopped half-way, only looked at. What is so is read back by programs that share nothing with the bot.
 */
import assert from "node:assert/strict";
import type { CloudTenant } from "../fixtures/cloud.ts";
import { pointAtGround } from "../fixtures/definitions.ts";
import { type Ground, startGround } from "../fixtures/ground.ts";
import { type Entry, graphReader, inUse, ldapsearch, personIn, signInTo } from "../fixtures/readers.ts";
import { type Bot, type RunSaid, startBot, until } from "./bot.ts";
import {
	approve,
	day,
	fill,
	hire,
	people,
	planned,
	reads,
	runUntil,
	type Stage,
	type Story,
	started,
} from "./stage.ts";

export const realDirectories: Story = { name: "real-directories", needs: ["samba", "ldapsearch"], play };

async function play(stage: Stage): Promise<void> {
	await using ground = await startGround();
	let vault: { readonly [name: string]: string } = {};
	await using bot = await startBot((definitions) => {
		const pointed = pointAtGround(definitions, ground);
		vault = pointed.vault;
		return pointed.env;
	});
	for (const [name, value] of Object.entries(vault)) {
		const kept = await bot.cli(["secret", "set", name], value);
		assert.equal(kept.code, 0, kept.err);
	}
	await hybrid(stage, bot, ground);
	await unattended(stage, bot, ground);
	const contoso = await halfWay(stage, bot, ground);
	const fabrikam = await cloudOnly(stage, bot, ground);
	await lookOnly(stage, bot, { ground, steps: { contoso, fabrikam } });
	assert.deepEqual(ground.cloud.violations, []);
	stage.did(`Graph was asked ${ground.cloud.requests()} times, 0 violations of its contract`);
}

/** contoso: the account in the directory, the rest after the sync; then the whole of it put back. */
async function hybrid(stage: Stage, bot: Bot, ground: Ground): Promise<void> {
	const { did } = stage;
	const { samba, cloud, sync, smtp } = ground;
	const tenant = cloud.of("contoso");
	const graph = graphReader(tenant.access);
	const before = await inUse(graph);
	await using all = await people(stage, bot, { harriet: "contoso/harriet" });
	const { harriet } = all;
	await harriet.goto("/portal/contoso/newhire");
	const main = harriet.page.locator("main");
	await fill(main, hire("Ada", "O'Neil, Jr.", { privateEmail: "ada@example.org" }));
	await main.getByRole("button", { name: "See the plan" }).click();
	await harriet.page.waitForURL(/\/runs\/[^/]+$/);
	const id = new URL(harriet.page.url()).pathname.split("/").at(-1) ?? "";
	assert.deepEqual((await planned(bot, id)).plan?.problems, []);
	await harriet.look("real-plan");
	assert.deepEqual([await accounts(samba, "Ada"), writesTo(tenant)], [[], []]);
	did("the plan is made by looking alone: nothing in the directory, no write to Graph");

	sync.pause();
	await approve(bot, id);
	await runUntil(bot, id, at("arrival"));
	const [ada, ...others] = await accounts(samba, "Ada");
	assert(ada !== undefined && others.length === 0);
	assert.deepEqual(shown(ada), {
		dn: "CN=Ada O'Neil\\, Jr.,OU=Sales,DC=contoso,DC=example",
		upn: "ada.oneiljr@contoso.example",
		samAccountName: "ada.oneiljr",
		closed: true,
		mark: `${id}/account`,
		manager: "CN=Sol Vance,OU=Staff,DC=contoso,DC=example",
		groups: ["CN=Sales,OU=Groups,DC=contoso,DC=example"],
		hasPassword: true,
	});
	assert.deepEqual(writesTo(tenant), []);
	did("ldapsearch finds the account closed in its unit, with our mark, a password, its manager and its group");

	sync.resume();
	await runUntil(bot, id, done("welcome"));
	assert.deepEqual((await accounts(samba, "Ada")).map(shown), [{ ...shown(ada), closed: false }]);
	const cloudAda = await personIn(graph, "Ada O'Neil, Jr.");
	assert.equal(cloudAda?.immutableId, ada.bytesOf("objectGUID")[0]?.toString("base64"));
	await until("the open account in Graph", async () => (await personIn(graph, "Ada O'Neil, Jr."))?.enabled);
	assert.deepEqual(
		[
			cloudAda?.synced,
			cloudAda?.usageLocation,
			cloudAda?.licences,
			cloudAda?.groups,
			cloudAda?.manager,
			cloudAda?.passes,
		],
		[true, "US", ["SPB"], ["All Sales", "Sales"], "sol@contoso.example", 1],
	);
	assert.deepEqual(await inUse(graph), { ...before, SPB: Number(before.SPB) + 1 });
	did("Graph tells the synced account its place of use, licence, groups of both sides, manager and one pass");
	const [mail, ...more] = smtp.mails;
	assert(mail !== undefined && more.length === 0);
	assert.deepEqual([mail.from, mail.to], ["it@contoso.example", ["ada@example.org"]]);
	assert.match(mail.raw, /^Message-ID: <[0-9a-f]{20,}@contoso\.example>\r$/m);
	assert.match(mail.raw, /^Subject: Welcome to Contoso Ltd, Ada\r$/m);
	did("one mail came to the mail server over TLS, under a number of ours");

	await ticked(bot, { id, path: "hardware", as: "tia" });
	await runUntil(bot, id, { what: "the end", is: (run) => run.phase === "done" });
	await harriet.goto(`/runs/${id}`);
	await harriet.look("real-done");
	await undone(bot, { id, by: "harriet", approver: "mo" });
	assert.deepEqual(await accounts(samba, "Ada"), []);
	await until("Graph without her", async () => (await personIn(graph, "Ada O'Neil, Jr.")) === undefined);
	assert.deepEqual(await inUse(graph), before);
	did("undo takes all of it back, in the directory and, after the sync, in Graph; the licence is free again");
}

/** contoso by a standing approval: nobody at work, and a password instead of a pass. */
async function unattended({ did }: Stage, bot: Bot, { samba, smtp }: Ground): Promise<void> {
	const id = await started(bot, hire("Walt", "House", { profile: "warehouse", manager: "di" }));
	const run = await runUntil(bot, id, { what: "the end", is: ({ phase }) => phase === "done" });
	assert.equal(run.plan?.standing?.by, "di");
	const [walt] = await accounts(samba, "Walt");
	const end = Temporal.PlainDate.from(day(-1)).add({ days: 181 }).toZonedDateTime("America/New_York");
	const ticks = (BigInt(end.epochMilliseconds) + 11_644_473_600_000n) * 10_000n;
	assert.deepEqual(walt?.of("accountExpires"), [String(ticks)]);
	did("seasonal work: the account runs out by itself when its last day ends");
	const page = await bot.handover("contoso/di", id, "password");
	const shownOnce = /class="secret">([^<]+)</.exec(page)?.[1] ?? "";
	const password = shownOnce.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&quot;", '"');
	const user = "walt.house@contoso.example";
	const tries = [password.replaceAll("&#39;", "'").replaceAll("&amp;", "&"), "Wrong-River-41"];
	const said = await Promise.all(tries.map((one) => signInTo(samba, user, one)));
	assert.deepEqual(said, ["773", "52e"]);
	assert.equal(smtp.mails.length, 1, "no private address, no mail");
	did(
		"a routine hire passes with nobody at work; the password handed over is the one the directory took, to be changed",
	);
}

/** contoso again: cancelled while the sync is awaited, and read in words what is there. */
async function halfWay(stage: Stage, bot: Bot, ground: Ground): Promise<readonly string[]> {
	const { did } = stage;
	const { samba, cloud, sync } = ground;
	const tenant = cloud.of("contoso");
	await using all = await people(stage, bot, { harriet: "contoso/harriet" });
	const { harriet } = all;
	sync.pause();
	const id = await started(bot, hire("Ben", "Halfway", { profile: "finance" }));
	const steps = stepsOf(await planned(bot, id));
	await approve(bot, id);
	await runUntil(bot, id, at("arrival"));
	const writes = writesTo(tenant).length;
	const said = await bot.api("harriet", `/runs/${id}/steer`, { verb: "cancel", words: "He is not coming" });
	assert.equal(said.status, 200);
	await runUntil(bot, id, { what: "the stop", is: (run) => run.phase === "stopped" });
	await harriet.goto(`/runs/${id}`);
	const main = harriet.page.locator("main");
	for (const words of [
		"Stopped by you. What was done stays.",
		/Make the account in Active Directory, still closed\s*Done · read back/,
		/Join the group Invoices\s*Done · read back/,
		/Give the licence\s*Stopped · not reached/,
		/First sign-in\s*Stopped · not reached/,
	])
		await reads(main, words);
	await harriet.look("real-half-way");
	const [ben] = await accounts(samba, "Ben");
	assert(ben !== undefined);
	assert.deepEqual(
		[shown(ben).closed, shown(ben).manager, shown(ben).groups.length],
		[true, "CN=Sol Vance,OU=Staff,DC=contoso,DC=example", 2],
	);
	sync.resume();
	await sync.caughtUp();
	const graph = graphReader(tenant.access);
	const cloudBen = await until("Ben in Graph", () => personIn(graph, "Ben Halfway"));
	assert.deepEqual([cloudBen.licences, cloudBen.passes, cloudBen.enabled], [[], 0, false]);
	assert.equal(writesTo(tenant).length, writes);
	did("stopped half-way its page says what was done and what was not reached; both sides hold exactly that");
	await undone(bot, { id, by: "harriet", approver: "mo" });
	assert.deepEqual(await accounts(samba, "Ben"), []);
	did("what was left half-way is undone as well");
	return steps;
}

/** fabrikam: the same procedure where there is no directory, with mail by Graph. */
async function cloudOnly({ did }: Stage, bot: Bot, ground: Ground): Promise<readonly string[]> {
	const tenant = ground.cloud.of("fabrikam");
	const graph = graphReader(tenant.access);
	const before = await inUse(graph);
	const form = hire("Jörg", "Weiß", { profile: "office", manager: "otto", privateEmail: "joerg@example.org" });
	const asked = await bot.api("hanna", "/runs", { client: "fabrikam", sop: "newhire", form });
	assert.equal(asked.status, 202, JSON.stringify(asked.body));
	const id = String(asked.body.id);
	const steps = stepsOf(await planned(bot, id, "ines"));
	await approve(bot, id, "ines");
	await runUntil(bot, id, { ...done("welcome"), as: "hanna" });
	const jorg = await personIn(graph, "Jörg Weiß");
	const { id: _id, immutableId, ...rest } = jorg ?? { id: "", immutableId: "none" };
	assert.deepEqual(
		[immutableId, rest],
		[
			"",
			{
				userPrincipalName: "joerg.weiss@fabrikam.example",
				enabled: true,
				usageLocation: "DE",
				synced: false,
				licences: ["SPB"],
				groups: ["Alle Mitarbeiter"],
				manager: "otto@fabrikam.example",
				passes: 1,
			},
		],
	);
	assert.deepEqual(
		tenant.mails().map(({ from, to }) => [from, to]),
		[["it@fabrikam.example", ["joerg@example.org"]]],
	);
	assert.equal((await ldapsearch(ground.samba, "(sn=Weiß)")).length, 0);
	did("a client in the cloud alone takes the other path of the same procedure, with mail by Graph");
	await ticked(bot, { id, path: "hardware", as: "tia" });
	await ticked(bot, { id, path: "badge", as: "hanna" });
	await runUntil(bot, id, { as: "hanna", what: "the end", is: (run) => run.phase === "done" });
	await undone(bot, { id, by: "hanna", approver: "ines" });
	assert.equal(await personIn(graph, "Jörg Weiß"), undefined);
	assert.deepEqual(await inUse(graph), before);
	did("and back");
	return steps;
}

type Looked = {
	readonly ground: Ground;
	/** The planned steps of such a hire where writing is allowed. */
	readonly steps: { readonly contoso: readonly string[]; readonly fabrikam: readonly string[] };
};

/** Both clients once more, where the file says that nothing may be written. */
async function lookOnly({ did }: Stage, bot: Bot, { ground, steps }: Looked): Promise<void> {
	const { samba, cloud } = ground;
	for (const client of ["contoso", "fabrikam"]) {
		bot.edit(`clients/${client}/client.yaml`, (text) =>
			text.replace("connectors:\n", "connectors:\n  lookOnly: true\n"),
		);
	}
	assert.equal((await bot.cli(["reload"])).code, 0);
	const writes = () => ["contoso", "fabrikam"].map((client) => writesTo(cloud.of(client)).length);
	const before = [await samba.highestUsn(), ...writes()];
	const asked = [
		{ client: "contoso", by: "harriet", approver: "mo", more: { profile: "finance" }, wanted: steps.contoso },
		{
			client: "fabrikam",
			by: "hanna",
			approver: "ines",
			more: { profile: "office", manager: "otto" },
			wanted: steps.fabrikam,
		},
	];
	for (const { client, by, approver, more, wanted } of asked) {
		const form = hire("Cleo", "Look", more);
		const { body } = await bot.api(by, "/runs", { client, sop: "newhire", form });
		const run = await until(`the plan of ${client}`, async () => {
			const now = await bot.read(approver, String(body.id));
			return now.plan !== undefined && now;
		});
		assert.deepEqual([stepsOf(run), run.plan?.problems.map(({ code }) => code)], [wanted, ["look-only"]]);
		const said = { wait: run.plan?.wait, verb: "approve", plan: run.plan?.hash };
		const answered = await bot.api(approver, `/runs/${body.id}/answers`, said);
		assert.deepEqual([answered.status, answered.body.code], [422, "not-taken"]);
	}
	assert.deepEqual([await samba.highestUsn(), ...writes()], before);
	did(
		"look-only: the whole plan is shown and cannot be approved; the directory's change number and Graph's log stand still",
	);
}

/** The steps of a plan that change something, but for the mail, which a private address brings. */
function stepsOf(run: RunSaid): readonly string[] {
	const entries = run.plan?.entries.filter(({ changes }) => changes.length > 0) ?? [];
	return entries.map(({ path }) => path).filter((path) => path !== "welcome");
}

/** Ticks both boxes of a task. */
async function ticked(bot: Bot, { id, path, as }: { readonly id: string; readonly path: string; readonly as: string }) {
	const wait = (await bot.read(as, id)).steps.find((step) => step.path === path)?.wait?.id;
	const body = { wait, verb: "complete", values: { checked: ["0", "1"] } };
	const { status, body: said } = await bot.api(as, `/runs/${id}/answers`, body);
	assert.equal(status, 200, JSON.stringify(said));
}

type Back = { readonly id: string; readonly by: string; readonly approver: string };

/** Undoes a run by its own run. */
async function undone(bot: Bot, { id, by, approver }: Back): Promise<void> {
	const asked = await bot.api(by, "/runs", { undo: id });
	assert.equal(asked.status, 202, JSON.stringify(asked.body));
	const back = String(asked.body.id);
	await approve(bot, back, approver);
	await runUntil(bot, back, { as: by, what: "the undo", is: (run) => run.phase === "done" });
}

function at(path: string) {
	const is = (run: RunSaid) => run.steps.some((step) => step.path === path && step.state === "waiting");
	return { what: path, is };
}

function done(path: string) {
	return { what: path, is: (run: RunSaid) => run.steps.some((step) => step.path === path && step.state === "done") };
}

function accounts(samba: Ground["samba"], firstName: string): Promise<readonly Entry[]> {
	return ldapsearch(samba, `(&(objectClass=user)(givenName=${firstName}))`);
}

/** What stands in the directory, in our words. */
function shown(entry: Entry) {
	const one = (attribute: string) => entry.of(attribute)[0] ?? "";
	return {
		dn: entry.dn,
		upn: one("userPrincipalName"),
		samAccountName: one("sAMAccountName"),
		closed: (Number(one("userAccountControl")) & 2) !== 0,
		mark: one("info"),
		manager: one("manager"),
		groups: entry.of("memberOf"),
		hasPassword: one("pwdLastSet") !== "0",
	};
}

/** Every request that may change something, those inside a batch too. */
function writesTo(tenant: CloudTenant): readonly string[] {
	const each = tenant.log.flatMap(({ method, url, body }) => {
		const inner = (body as { readonly requests?: readonly { method: string; url: string }[] } | undefined)?.requests;
		return url === "/v1.0/$batch" && inner !== undefined ? inner : [{ method, url }];
	});
	return each.filter(({ method }) => method !== "GET").map(({ method, url }) => `${method} ${url}`);
}
