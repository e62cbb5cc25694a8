/**
 * The chat page in a real browser: sign in, type, fill in a form, press a button, see it change in place.
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { after, before, describe, test } from "node:test";
import { type Browser, chromium, type Page } from "playwright-core";
import { emptyCard } from "../../src/cards/card.ts";
import { actorKey } from "../../src/people/actor.ts";
import type { Actor } from "../../src/people/roster.ts";
import { CHROMIUM, needs } from "../fixtures/needs.ts";
import { openWebWorld, type WebWorld } from "./web-world.ts";
import { HARRIET, MO } from "./world.ts";

const skip = needs("chromium");
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

describe("the chat page", { skip }, () => {
	let world: WebWorld;
	let browser: Browser;
	const complaints: string[] = [];
	before(async () => {
		world = await openWebWorld();
		browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox"] });
	});
	after(async () => {
		await browser.close();
		await world.end();
	});

	async function open(person: Actor, more: { readonly width?: number; readonly dark?: boolean } = {}): Promise<Page> {
		const viewport = { width: more.width ?? 1100, height: 800 };
		const page = await browser.newPage({ viewport, colorScheme: more.dark === true ? "dark" : "light" });
		page.on("pageerror", (error) => complaints.push(error.message));
		page.on("console", (line) => {
			if (line.type() === "error") complaints.push(line.text());
		});
		await page.goto(`${world.url}/`);
		await page.click(`form:has(input[value="${actorKey(person)}"]) button`);
		await page.waitForSelector("#chat li");
		return page;
	}

	async function type(page: Page, text: string): Promise<void> {
		const before = await page.locator("#chat > li").count();
		await page.fill("#say", text);
		await page.press("#say", "Enter");
		await page
			.locator("#chat > li")
			.nth(before + 1)
			.waitFor();
	}

	test("takes a person from the first word to the approved plan", async () => {
		const hers = await open(HARRIET);
		await type(hers, "help");
		assert.match((await hers.locator("article").last().textContent()) ?? "", /What you can type[\s\S]*newhire/u);
		await type(hers, "newhire Ada");
		const form = hers.locator("article").last();
		assert.equal(await form.getByLabel("First name").inputValue(), "Ada");
		await form.getByLabel("Last name").fill("Lovelace");
		await form.getByLabel("First day").fill("2026-12-01");
		await form.getByLabel("Role").selectOption("sales");
		await form.getByRole("button", { name: "See the plan" }).click();
		await hers.getByText("Plan for Ada Lovelace", { exact: true }).waitFor();
		await hers.getByText("The plan comes below. Nothing has changed yet.").waitFor();

		const his = await open(MO);
		const approval = his.locator("article").filter({ hasText: "Approve the plan for Ada Lovelace?" });
		await approval.getByRole("button", { name: "Approve", exact: true }).click();
		await his.getByText("Approve the plan for Ada Lovelace?").waitFor({ state: "detached" });
		assert.equal(await his.getByRole("button", { name: "Approve", exact: true }).count(), 0);
		await hers.getByText("Plan for Ada Lovelace", { exact: true }).waitFor({ state: "detached" });
		assert.deepEqual(complaints, []);
	});

	test("turns a long plan where it stands, and what comes for it later is drawn there too", async () => {
		const hers = await open(HARRIET);
		await type(hers, "newhire Many 412");
		const form = hers.locator("article").last();
		await form.getByLabel("First day").fill("2026-12-01");
		await form.getByLabel("Role").selectOption("sales");
		await form.getByRole("button", { name: "See the plan" }).click();
		const his = await open(MO);
		const approval = his.locator("article").filter({ hasText: "Approve the plan for Many 412?" });
		await approval.getByText("Page 1 of 21: lines 1 to 20 of 412.").waitFor();
		await approval.getByRole("button", { name: "Later ›" }).press("Enter");
		await approval.getByText("Page 2 of 21: lines 21 to 40 of 412. Approving covers all of them").waitFor();
		const focused = () => his.evaluate("document.activeElement?.textContent");
		assert.equal(await focused(), "Later ›", "one goes on where one was");
		await his.keyboard.press("Enter");
		await approval.getByText("number 60").waitFor();
		assert.equal(await approval.count(), 1);
		await approval.getByRole("button", { name: "‹ Earlier" }).click();
		await approval.getByText("Page 2 of 21").waitFor();
		await approval.getByRole("button", { name: "Approve", exact: true }).click();
		await his.getByText("The plan for Many 412").waitFor();
		assert.equal(await approval.count(), 0, "the decision took the card's own place");
		assert.equal(await his.locator("article").filter({ hasText: "Many 412" }).count(), 1);
		assert.deepEqual(complaints, []);
	});

	test("puts what is typed before the conversation has come after it", async () => {
		const hers = await open(HARRIET);
		const fetched = Promise.withResolvers<void>();
		await hers.route("**/chat/messages", async (route) => {
			await fetched.promise;
			await route.continue();
		});
		await hers.reload();
		await hers.fill("#say", "approvals");
		await hers.press("#say", "Enter");
		fetched.resolve();
		await hers.locator("#chat > li.mine + li").waitFor();
		const words = await hers.locator("#chat > li").allTextContents();
		assert.deepEqual(
			[words.length > 2, words.findIndex((each) => each.includes("approvals"))],
			[true, words.length - 2],
		);
		assert.deepEqual(complaints, []);
	});

	test("keeps what one is typing into a card when the card changes", async () => {
		const hers = await open(HARRIET);
		await type(hers, "newhire Grace Hopper");
		const form = hers.locator("article").last();
		await form.getByLabel("First day").fill("2026-12-02");
		await form.getByLabel("Role").selectOption("finance");
		await form.getByRole("button", { name: "See the plan" }).click();
		await hers.getByText("Plan for Grace Hopper", { exact: true }).waitFor();
		const his = await open(MO);
		const approval = his.locator("article").filter({ hasText: "Approve the plan for Grace Hopper?" });
		await approval.getByRole("button", { name: /^Send back/u }).click();
		const why = approval.locator("textarea, input[type=text]").first();
		await why.fill("Her name is spelt");
		const message = world.messages
			.latest(actorKey(MO), 10)
			.find((each) => JSON.stringify(each.drawn).includes("Approve the plan for Grace"));
		assert(message !== undefined);
		const drawn = JSON.parse(
			JSON.stringify(message.drawn).replaceAll("Approve the plan for", "Approve the new plan for"),
		);
		await world.surface.edit({ surface: "web", kind: "direct", ref: actorKey(MO) }, message.ref, drawn);
		const anew = his.locator("article").filter({ hasText: "Approve the new plan for Grace Hopper?" });
		await anew.waitFor();
		assert.equal(await anew.locator("textarea, input[type=text]").first().inputValue(), "Her name is spelt");
		assert.deepEqual(complaints, []);
	});

	test("keeps what one has chosen and ticked in a card when the card changes", async () => {
		const his = await open(MO);
		const choices = ["retry", "skip"].map((value) => ({ value, title: value }));
		const checklist = ["0", "1"].map((value) => ({ value, title: `Tick ${value}`, done: false }));
		const data = { ...emptyCard, title: "What now, before?", summary: "x", choices };
		const to = { surface: "web", kind: "direct", ref: actorKey(MO) } as const;
		const asked = await world.surface.put(to, { card: "question", data, id: "q" }, false);
		const ticked = { ...emptyCard, title: "A task, before", summary: "x", checklist };
		const task = await world.surface.put(to, { card: "task", data: ticked, id: "t" }, false);
		await his.getByRole("radio", { name: "skip" }).check();
		await his.getByRole("checkbox", { name: "Tick 1" }).check();
		await world.surface.edit(to, asked.ref, {
			card: "question",
			data: { ...data, title: "What now, after?" },
			id: "q",
		});
		await world.surface.edit(to, task.ref, { card: "task", data: { ...ticked, title: "A task, after" }, id: "t" });
		await his.getByText("What now, after?").waitFor();
		await his.getByText("A task, after").waitFor();
		assert.equal(await his.getByRole("radio", { name: "skip" }).isChecked(), true);
		assert.equal(await his.getByRole("radio", { name: "retry" }).isChecked(), false);
		assert.equal(await his.getByRole("checkbox", { name: "Tick 1" }).isChecked(), true);
		assert.equal(await his.getByRole("checkbox", { name: "Tick 0" }).isChecked(), false);
	});

	test("says that one is signed out, keeps what was typed, and goes on after signing in beside it", async () => {
		const hers = await open(HARRIET);
		await type(hers, "newhire Mary");
		const form = hers.locator("article").last();
		await form.getByLabel("Last name").fill("Shelley");
		world.clock.pass(31 * 60_000);
		await hers.fill("#say", "approvals");
		await hers.press("#say", "Enter");
		const told = hers.getByRole("region", { name: "You are signed out" });
		await told.waitFor();
		assert.equal(await hers.locator("#say").inputValue(), "approvals");
		assert.equal(await hers.locator("#chat > li.mine").count(), 1, "what did not arrive is not shown as said");
		await hers.evaluate(axe);
		const found: unknown = await hers.evaluate(
			"axe.run({ rules: { 'target-size': { enabled: true } } }).then((all) => all.violations.map((one) => one.id))",
		);
		assert.deepEqual(found, []);
		const opening = hers.context().waitForEvent("page");
		await told.getByRole("link", { name: "Sign in again" }).click();
		const beside = await opening;
		await beside.click(`form:has(input[value="${actorKey(HARRIET)}"]) button`);
		await beside.waitForSelector("#chat li");
		await beside.close();
		await hers.bringToFront();
		await hers.evaluate("window.dispatchEvent(new Event('focus'))");
		await told.waitFor({ state: "hidden" });
		assert.equal(await form.getByLabel("Last name").inputValue(), "Shelley");
		await hers.press("#say", "Enter");
		await hers.getByText("Nothing waits for you.").waitFor();
		assert.deepEqual(
			complaints.splice(0).filter((one) => !one.includes("401")),
			[],
		);
	});

	test("shows somebody else who signed in beside it their own conversation", async () => {
		const hers = await open(HARRIET);
		world.clock.pass(31 * 60_000);
		await hers.fill("#say", "runs");
		await hers.press("#say", "Enter");
		const opening = hers.context().waitForEvent("page");
		await hers.getByRole("link", { name: "Sign in again" }).click();
		const beside = await opening;
		await beside.click(`form:has(input[value="${actorKey(MO)}"]) button`);
		await beside.waitForSelector("#chat li");
		await hers.evaluate("window.dispatchEvent(new Event('focus'))");
		await hers.getByText("You are Mo Manager").waitFor();
		complaints.length = 0;
	});

	for (const [width, dark] of [
		[1100, false],
		[360, false],
		[360, true],
	] as const) {
		test(`reads well at ${width} px, ${dark ? "dark" : "light"}`, async () => {
			const page = await open(HARRIET, { width, dark });
			await type(page, "newhire");
			await type(page, "help");
			assert.equal(await page.evaluate("document.documentElement.scrollWidth - innerWidth"), 0);
			await page.evaluate(axe);
			const found: unknown =
				await page.evaluate(`axe.run({ rules: { 'target-size': { enabled: true } } }).then((all) => all.violations
				.map((one) => one.id + " " + one.nodes.map((node) => node.html).join(" ")))`);
			assert.deepEqual(found, []);
		});
	}
});
