/** Who opens a first sign-in is who was approved for it: neither a changed form nor a changed roster lets anybody else in. */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { setTimeout } from "node:timers/promises";
import { edit, type House, hire, isDone, openHouse, type RunSaid } from "./house.ts";

const NOBODY_ASKS =
	"          - { name: Enter the manager, id: directoryManager, do: directory.manager, byHand: 1m }\n";
const SOL = "  - { id: sol, name: Sol Vance, email: sol@contoso.example, title: Sales manager, manager: di }\n";
const KINDS = [
	{
		step: "credential",
		profile: "sales",
		by: "mo",
		words: /^(Make a|Replace the) first sign-in pass of .*, good for 8\u00a0h/,
	},
	{ step: "password", profile: "finance", by: "mo", words: /^Replace the password of / },
] as const;

describe("a first sign-in of a procedure that writes no manager anywhere", () => {
	let house: House;
	before(async () => {
		house = await openHouse({
			definitions: (folder) => {
				edit(folder, "newhire.yaml", [NOBODY_ASKS, ""]);
				edit(folder, "clients/contoso/client.yaml", [PASS, PASS.replace("pass", "password")]);
			},
		});
	});
	after(() => house.close());

	for (const { step, profile, by, words } of KINDS) {
		test(`is made again for another manager only once that is approved (${step})`, async () => {
			const run = await house.start("harriet", hire("Ada", step, { profile }));
			const planned = await house.when(by, run, ({ plan }) => plan);
			assert.match(said(planned, step), words);
			assert.match(said(planned, step), /, to be opened by Sol Vance$/);
			await house.answer(by, run, "approve");
			await house.when("harriet", run, isDone(step));
			assert.equal((await opened(house, run, step, "contoso/harriet")).status, 403);
			assert.equal((await house.ask("harriet", `/runs/${run}/amend`, { values: { manager: "harriet" } })).status, 200);
			const asked = await house.when(by, run, waitsFor("approve"));
			assert.match(said(asked, step), words);
			assert.match(said(asked, step), /, to be opened by Harriet Reyes$/);
			assert.notEqual(asked.plan?.hash, planned.plan?.hash);
			for (const who of ["harriet", "sol"])
				assert.notEqual((await opened(house, run, step, `contoso/${who}`)).status, 200, `${who}, while it is asked`);
			await house.answer(by, run, "approve");
			await house.when("harriet", run, isDone(step));
			assert.equal((await opened(house, run, step, "contoso/sol")).status, 404, "he takes no part any more");
			assert.ok((await opened(house, run, step, "contoso/harriet")).secret.length >= 8);
		});
	}
});

describe("a first sign-in", () => {
	let house: House;
	before(async () => {
		house = await openHouse({ definitions: (folder) => writeFileSync(join(folder, "laterpass.yaml"), LATER) });
	});
	after(() => house.close());

	test("names in the plan the service desk's own, when they say they hand it over themselves", async () => {
		const run = await house.start("tia", hire("Bea", "Desk", { manager: "tia" }));
		const planned = await house.when("mo", run, ({ plan }) => plan);
		assert.match(said(planned, "credential"), /, to be opened by Tia Tran$/);
	});

	test("of an account that is known only later is asked about once it is known", async () => {
		const form = { firstName: "Fay", lastName: "Later", profile: "sales", manager: "sol" };
		const run = await house.start("harriet", form, "contoso", "laterpass");
		const planned = await house.when("mo", run, ({ plan }) => plan);
		assert.deepEqual([said(planned, "pass"), planned.plan?.problems], ["", []]);
		await house.answer("mo", run, "approve");
		const asked = await house.when("mo", run, waitsForMore(planned));
		assert.match(said(asked, "pass"), /, to be opened by Sol Vance$/);
		await house.answer("mo", run, "approve");
		await house.when("harriet", run, isDone("pass"));
		assert.ok((await opened(house, run, "pass", "contoso/sol")).secret.length >= 8);
	});

	test("that was opened stays as it is when the manager is corrected, and nobody is asked about it", async () => {
		const run = await house.start("harriet", hire("Cy", "Opened"));
		await house.answer("mo", run, "approve");
		await house.when("harriet", run, isDone("credential"));
		assert.ok((await opened(house, run, "credential", "contoso/sol")).secret.length >= 8);
		assert.equal((await house.ask("harriet", `/runs/${run}/amend`, { values: { manager: "di" } })).status, 200);
		const asked = await house.when("mo", run, waitsFor("approve"));
		assert.equal(said(asked, "credential"), "", "only the manager is");
		await house.answer("mo", run, "approve");
		await house.when("harriet", run, isDone("credential"));
		const { status, secret } = await opened(house, run, "credential", "contoso/di");
		assert.deepEqual([status, secret], [200, ""], "it was opened by Sol");
	});

	test("is nobody's when who was approved for it has left, until another is approved", async () => {
		const run = await house.start("harriet", hire("Dee", "Left"));
		const late = await house.start("harriet", hire("Eve", "Late"));
		await house.answer("mo", run, "approve");
		await house.when("harriet", run, isDone("credential"));
		await house.when("mo", late, ({ plan }) => plan);
		edit(house.definitions, "clients/contoso/client.yaml", [SOL, ""]);
		await house.app.reload();
		for (const who of ["contoso/harriet", "contoso/mo", "/tia"])
			assert.equal((await opened(house, run, "credential", who)).status, 403, who);
		const page = await opened(house, run, "credential", "contoso/harriet");
		assert.match(
			page.text,
			/Whoever was approved to open this first sign-in has left\. Nothing was opened\. .*Mo Manager/,
		);
		const told = "Nobody can open the first sign-in of Dee Left any more";
		assert.ok(!(await chatOf(house, "contoso/mo")).includes(told));
		await house.ask("harriet", `/runs/${run}/notes`, { words: "Sol is not with us any more." });
		const end = performance.now() + 20_000;
		while (!(await chatOf(house, "contoso/mo")).includes(told)) {
			assert.ok(performance.now() < end, "the owner is told");
			await setTimeout(50);
		}
		await house.answer("mo", late, "approve");
		const stuck = await house.when("mo", late, (now) =>
			now.steps.find(({ path, state }) => path === "credential" && state === "asking"),
		);
		assert.match(stuck.waitingFor, /^Waiting for you to decide .* Nobody could open the first sign-in of eve\.late@/);
		for (const id of [run, late]) {
			assert.equal((await house.ask("harriet", `/runs/${id}/amend`, { values: { manager: "di" } })).status, 200);
			const asked = await house.when("mo", id, waitsFor("approve"));
			assert.match(said(asked, "credential"), /, to be opened by Di Okafor$/);
			await house.answer("mo", id, "approve");
			await house.when("harriet", id, isDone("credential"));
			assert.ok((await opened(house, id, "credential", "contoso/di")).secret.length >= 8);
		}
	});
});

const LATER = `sop: laterpass
title: New account, whose id is known once it is made
owner: it-lead
subject: { name: "\${form.firstName} \${form.lastName}", manager: "\${form.manager}" }
start: [{ command: laterpass, by: [hr] }]
form:
  firstName: { label: First name, type: text }
  lastName: { label: Last name, type: text }
  profile: { label: Role, type: choice, from: client.profiles }
  manager: { label: Manager, type: person }
steps:
  - { name: Approve the plan, approve: { by: it-lead } }
  - { name: Make the account, id: cloud, do: microsoft365.user }
  - { name: Make the pass, id: pass, do: microsoft365.firstCredential, with: { user: "\${steps.cloud.userId}", kind: pass } }
`;

const PASS = "firstSignIn: pass\n    laptop: true\n  warehouse:";

/** The words of what a step changes, in the plan that is shown. */
function said({ plan }: RunSaid, step: string): string {
	const entries = plan?.entries.filter(({ path }) => path === step) ?? [];
	return entries.flatMap(({ changes }) => changes.map(({ words }) => words)).join("; ");
}

function waitsFor(verb: string) {
	return ({ steps }: RunSaid): boolean => steps.some(({ wait }) => wait?.verbs.includes(verb));
}

/** Another approval than this one is waited for. */
function waitsForMore(before: RunSaid) {
	return (now: RunSaid): boolean => waitsFor("approve")(now) && now.plan?.hash !== before.plan?.hash;
}

async function chatOf(house: House, person: string): Promise<string> {
	const headers = { cookie: await house.signIn(person) };
	return (await fetch(`${house.app.url}/chat/messages`, { headers })).text();
}

async function opened(house: House, run: string, step: string, person: string) {
	const headers = { cookie: await house.signIn(person), origin: house.app.url };
	const body = new URLSearchParams();
	const answer = await fetch(`${house.app.url}/handover/${run}/${step}`, { method: "POST", headers, body });
	const text = await answer.text();
	return { status: answer.status, text, secret: /class="secret">([^<]+)</u.exec(text)?.[1] ?? "" };
}
