/** Every page in a real browser: axe finds nothing, 320 px hold it, the content policy stops nothing, and it is live. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { after, before, describe, test } from "node:test";
import { type Browser, type BrowserContext, chromium } from "playwright-core";
import { words } from "../../src/base/words.ts";
import type { RunDescription } from "../../src/engine/desk.ts";
import { CHROMIUM, needs } from "../fixtures/needs.ts";
import { pagesToSee } from "./pages-to-see.ts";
import { asking } from "./sample.ts";
import { scriptedDesk } from "./scripted-desk.ts";
import { serve } from "./serve.ts";

const skip = needs("chromium");
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
/** With the rule that what is pressed is at least 24 px or stands apart, which axe leaves out unless it is asked. */
const AXE =
	"axe.run({ resultTypes: ['violations'], rules: { 'target-size': { enabled: true } } }).then((r) => ({ violations: r.violations, passes: r.passes.length }))";
type Finding = { readonly id: string; readonly nodes: readonly { readonly html: string }[] };

describe("in a browser", { skip }, () => {
	let browser: Browser;
	before(async () => {
		browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox"] });
	});
	after(() => browser?.close());

	async function open(
		url: string,
		as: string,
		options: Parameters<Browser["newContext"]>[0] = {},
	): Promise<AsyncDisposable & { readonly context: BrowserContext }> {
		const context = await browser.newContext(options);
		await context.addCookies([{ name: "who", value: as, url }]);
		return { context, [Symbol.asyncDispose]: () => context.close() };
	}

	for (const seen of pagesToSee) {
		test(`${seen.name} is accessible, fits 320 px and obeys the content policy`, async () => {
			for (const colorScheme of ["light", "dark"] as const) {
				await using served = await serve();
				const viewport = { width: colorScheme === "light" ? 1200 : 320, height: 800 };
				await using opened = await open(served.url, seen.as, { colorScheme, viewport, reducedMotion: "reduce" });
				const tab = await opened.context.newPage();
				const stopped: string[] = [];
				tab.on("console", (message) => {
					if (/Content Security Policy|Uncaught/.test(message.text())) stopped.push(message.text());
				});
				tab.on("pageerror", (error) => stopped.push(error.message));
				await tab.goto(served.url + seen.path);
				await seen.act?.(tab);
				await tab.evaluate(axe);
				const found = (await tab.evaluate(AXE)) as { readonly violations: readonly Finding[]; readonly passes: number };
				assert.ok(found.passes > 10, "axe looked at the page");
				const said = found.violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.html).join(" ")}`);
				assert.deepEqual(said, [], `${seen.name}, ${colorScheme}`);
				const [wide, room] = (await tab.evaluate(
					"[document.documentElement.scrollWidth, document.documentElement.clientWidth]",
				)) as [number, number];
				assert.ok(wide <= room, `${seen.name} is ${wide} px wide in ${room} px`);
				assert.deepEqual(stopped, []);
			}
		});
	}

	test("a run's page follows the run, and leaves alone what is being typed", async () => {
		let now: RunDescription = asking;
		const desk = scriptedDesk();
		await using served = await serve({
			desk: { ...desk, read: async (_actor, id) => (id === asking.id ? now : undefined) },
		});
		await using opened = await open(served.url, "tia");
		const tab = await opened.context.newPage();
		await tab.goto(`${served.url}/runs/${asking.id}`);
		await tab.getByRole("radio", { name: /Skip this step/ }).check();
		now = {
			...asking,
			steps: asking.steps.map((step) => (step.path === "mailbox" ? { ...step, state: "done" } : step)),
		};
		served.changed(asking.id);
		await tab.locator("#step-mailbox[data-state=done]").waitFor();
		assert.equal(await tab.getByRole("radio", { name: /Skip this step/ }).isChecked(), true);
		now = { ...asking, phase: "done", waitingFor: words("Ada Lovelace is ready to start."), steps: [] };
		served.changed(asking.id);
		await tab.getByRole("heading", { name: "Ada Lovelace is ready to start." }).waitFor();
	});

	test("a run's page that stands open asks who reads it once the session is over, unless somebody writes in it", async () => {
		await using served = await serve();
		await using opened = await open(served.url, "tia");
		const [quiet, written] = [await opened.context.newPage(), await opened.context.newPage()];
		for (const tab of [quiet, written]) {
			const streamed = tab.waitForResponse((response) => response.url().endsWith("/stream"));
			await tab.goto(`${served.url}/runs/${asking.id}`);
			await streamed;
		}
		await written.getByRole("radio", { name: /Skip this step/ }).check();
		served.signOut();
		const asked = written.waitForResponse((response) => response.request().method() === "HEAD");
		served.changed(asking.id);
		await quiet.waitForURL(`${served.url}/sign-in`);
		assert.equal((await asked).status(), 401);
		assert.equal(written.url(), `${served.url}/runs/${asking.id}`);
		assert.equal(await written.getByRole("radio", { name: /Skip this step/ }).isChecked(), true);
	});

	test("everything works without scripts", async () => {
		await using served = await serve();
		await using opened = await open(served.url, "tia", { javaScriptEnabled: false });
		const tab = await opened.context.newPage();
		await tab.goto(`${served.url}/runs/${asking.id}`);
		await tab.getByRole("radio", { name: /Skip this step/ }).check();
		await tab.getByRole("button", { name: "Answer" }).click();
		await tab.waitForURL(`${served.url}/runs/${asking.id}`);
		assert.deepEqual(
			served.desk.asked.filter((one) => one.what === "answer").map((one) => one.request.verb),
			["skip"],
		);
	});

	test("the keyboard reaches the content first and the answer soon", async () => {
		await using served = await serve();
		await using opened = await open(served.url, "tia");
		const tab = await opened.context.newPage();
		await tab.goto(`${served.url}/runs/${asking.id}`);
		await tab.keyboard.press("Tab");
		assert.equal(await tab.evaluate("document.activeElement.textContent"), "Skip to content");
		await tab.keyboard.press("Enter");
		await tab.keyboard.press("Tab");
		await tab.keyboard.press("Tab");
		assert.equal(await tab.evaluate("document.activeElement.getAttribute('name')"), "choice");
	});
});
