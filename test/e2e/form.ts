/** Story 2: by form, at any hour, and at a client that lives in the cloud alone. */
import assert from "node:assert/strict";
import { startBot, until } from "./bot.ts";
import type { Person } from "./browser.ts";
import { becomesInGraph, day, fill, hire, people, planned, reads, runUntil, type Stage, type Story } from "./stage.ts";

export const form: Story = { name: "form", play };

async function play(stage: Stage): Promise<void> {
	const { did } = stage;
	await using bot = await startBot();
	await using all = await people(stage, bot, {
		harriet: "contoso/harriet",
		mo: "contoso/mo",
		hanna: "fabrikam/hanna",
		ines: "fabrikam/ines",
		otto: "fabrikam/otto",
		tia: "/tia",
	});
	const { harriet, mo, hanna, ines, otto, tia } = all;

	await harriet.goto("/portal/contoso/newhire");
	const main = harriet.page.locator("main");
	await harriet.look("portal");
	await fill(main, { firstName: "Grace", privateEmail: "grace" });
	await main.getByRole("button", { name: "See the plan" }).click();
	await reads(main, "Enter the last name.");
	await reads(main, "Enter the private e-mail as name@example.com.");
	assert.equal(await main.getByLabel("First name").inputValue(), "Grace");
	assert.equal(await main.getByLabel("Private e-mail").inputValue(), "grace");
	await harriet.look("portal-wrong");
	did("the page marks every mistake at its field, lists them at the top and keeps what was typed");
	await fill(main, hire("Grace", "Hopper", { privateEmail: "grace@example.org" }));
	await main.getByRole("button", { name: "See the plan" }).click();
	const grace = await idOf(harriet);
	await planned(bot, grace);
	await reads(main, "Waiting for Mo Manager or Sol Vance");
	const loaded = await harriet.page.evaluate("performance.timeOrigin");
	await mo.goto("/approvals");
	await mo.page.getByRole("button", { name: "Approve", exact: true }).click();
	await mo.page.waitForURL(/\/runs\//);
	await harriet.page.locator("#step-opened[data-state=done]").waitFor();
	await harriet.page.locator("#step-hardware[data-state=person]").waitFor();
	assert.equal(await harriet.page.evaluate("performance.timeOrigin"), loaded, "the page was not loaded again");
	await harriet.look("run-live");
	did("the run's page follows the run by itself, from the plan to the last wait");

	await harriet.goto("/portal/contoso/newhire");
	await fill(main, hire("Walt", "House", { profile: "warehouse", manager: "di" }));
	await main.getByRole("button", { name: "See the plan" }).click();
	const walt = await idOf(harriet);
	await runUntil(bot, walt, { what: "the end", is: (run) => run.phase === "done" });
	await reads(main, "Approved in advance by");
	await harriet.look("run-standing");
	assert.deepEqual((await bot.read("harriet", walt)).plan?.standing?.by, "di");
	await harriet.goto("/");
	await reads(harriet.card("Walt House, new employee"), /pproved\s*in advance by\s*Di Okafor/);
	await harriet.look("chat-standing");
	const made = (await bot.directory("contoso")).users.find((user) => user.displayName === "Walt House");
	assert.deepEqual([made?.enabled, made?.licences], [true, ["DESKLESSPACK"]]);
	await becomesInGraph(
		bot,
		{ name: "Walt House" },
		{
			...{ userPrincipalName: "walt.house@contoso.example", enabled: true, manager: "di@contoso.example" },
			...{ licences: ["DESKLESSPACK"], groups: ["Warehouse"] },
		},
	);
	did("a routine hire passes by the standing approval, and card and page say who approved in advance");

	await hanna.goto("/portal/fabrikam/newhire");
	const hers = hanna.page.locator("main");
	await fill(hers, hire("Jörg", "Weiß", { profile: "office", manager: "otto", startDate: day(-1) }));
	await hers.getByRole("button", { name: "See the plan" }).click();
	const jorg = await idOf(hanna);
	await planned(bot, jorg, "hanna");
	assert.equal((await bot.api("harriet", `/runs/${jorg}`)).status, 404, "another client's people find nothing");
	const asked = ines.card("Approve the plan for Jörg Weiß?");
	await asked.getByRole("button", { name: "Approve", exact: true }).click();
	await runUntil(bot, jorg, {
		as: "hanna",
		what: "the first sign-in",
		is: (run) => run.steps.some((step) => step.path === "credential" && step.state === "done"),
	});
	await reads(otto.card("The plan for Jörg Weiß"), "Approved by Ines Adler");
	await otto.card("The first sign-in of Jörg Weiß waits for you").waitFor();
	await otto.look("chat-fabrikam-manager");
	const badge = hanna.page;
	await hanna.goto("/");
	const key = hanna.card(/Key and badge[\s\S]*What is done/);
	await key.waitFor();
	for (const box of await key.getByRole("checkbox").all()) await box.check();
	await key.getByRole("button", { name: "Done" }).click();
	const laptop = tia.card("Laptop").filter({ hasText: "Jörg Weiß" });
	await laptop.waitFor();
	for (const box of await laptop.getByRole("checkbox").all()) await box.check();
	await laptop.getByRole("button", { name: "Done" }).click();
	await runUntil(bot, jorg, { as: "hanna", what: "the end", is: (run) => run.phase === "done" });
	await badge.goto(`${bot.url()}/runs/${jorg}`);
	await hanna.look("run-fabrikam");
	const found = await until("the account at fabrikam", async () =>
		(await bot.directory("fabrikam")).users.find((user) => user.displayName === "Jörg Weiß"),
	);
	assert.deepEqual(
		[found.userPrincipalName, found.enabled, found.licences, found.groups],
		["joerg.weiss@fabrikam.example", true, ["SPB"], ["Alle Mitarbeiter"]],
	);
	await becomesInGraph(
		bot,
		{ client: "fabrikam", name: "Jörg Weiß" },
		{
			...{ userPrincipalName: "joerg.weiss@fabrikam.example", enabled: true, manager: "otto@fabrikam.example" },
			...{ licences: ["SPB"], groups: ["Alle Mitarbeiter"] },
		},
	);
	did("a cloud-only client's own people start, approve and finish, its extra step included");
}

async function idOf(person: Person): Promise<string> {
	await person.page.waitForURL(/\/runs\/[^/]+$/);
	return new URL(person.page.url()).pathname.split("/").at(-1) ?? "";
}
