/** What a story has at hand, and small things several stories do. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import type { Browser, Locator } from "playwright-core";
import type { Part } from "../fixtures/needs.ts";
import { personIn } from "../fixtures/readers.ts";
import { type Bot, type RunSaid, type Step, until } from "./bot.ts";
import { type Eyes, type Person, signIn } from "./browser.ts";

export type Stage = {
	readonly browser: Browser;
	readonly eyes: Eyes;
	/** Notes what was seen to work, in one line. */
	readonly did: (what: string) => void;
};

export type Story = {
	readonly name: string;
	/** What it needs of the machine besides Chromium. */
	readonly needs?: readonly Part[];
	readonly play: (stage: Stage) => Promise<void>;
};

/** Days from today in New York, `2026-12-01`. */
export function day(from: number): string {
	return Temporal.Now.plainDateISO("America/New_York").add({ days: from }).toString();
}

export type Hire = {
	readonly firstName: string;
	readonly lastName: string;
	readonly startDate: string;
	readonly profile: string;
	readonly manager: string;
	readonly privateEmail?: string;
};

/** Somebody new in sales, on their first day. */
export function hire(firstName: string, lastName: string, more: Partial<Hire> = {}): Hire {
	return { firstName, lastName, startDate: day(-1), profile: "sales", manager: "sol", ...more };
}

/** Opens a browser for each of these people. */
export async function people<Name extends string>(
	{ browser, eyes }: Stage,
	bot: Bot,
	who: { readonly [name in Name]: string },
): Promise<{ readonly [name in Name]: Person } & AsyncDisposable> {
	const names = Object.keys(who) as Name[];
	const opened = await Promise.all(
		names.map(async (name) => [name, await signIn(browser, eyes, { url: bot.url(), as: who[name] })] as const),
	);
	const all = Object.fromEntries(opened) as { readonly [name in Name]: Person };
	return {
		...all,
		[Symbol.asyncDispose]: async () => {
			for (const [name, person] of opened) {
				// What each of them saw last, for whoever looks into a story that went wrong.
				await person.page.screenshot({ path: join(eyes.shots, `last-${name}.png`), fullPage: true });
				await person.close();
			}
		},
	};
}

/** Starts a run by the API. */
export async function started(bot: Bot, form: Hire, by = "harriet"): Promise<string> {
	const { status, body } = await bot.api(by, "/runs", { client: "contoso", sop: "newhire", form });
	assert.equal(status, 202, JSON.stringify(body));
	return String(body.id);
}

/** The run once its plan waits. */
export function planned(bot: Bot, run: string, as = "harriet"): Promise<RunSaid> {
	return until(`the plan of ${run}`, async () => {
		const now = await bot.read(as, run);
		return waitFor(now, "approve") !== undefined && now;
	});
}

/** Approves the plan that waits, by the API. */
export async function approve(bot: Bot, run: string, as = "mo"): Promise<void> {
	const now = await planned(bot, run, as);
	const wait = waitFor(now, "approve")?.wait?.id;
	const { status, body } = await bot.api(as, `/runs/${run}/answers`, { wait, verb: "approve", plan: now.plan?.hash });
	assert.equal(status, 200, JSON.stringify(body));
}

/** Answers the one open wait that takes this verb, by the API. */
export async function answer(bot: Bot, run: string, said: { as: string; verb: string; values?: object }) {
	const open = waitFor(await bot.read(said.as, run), said.verb);
	assert(open?.wait !== undefined, `nothing takes ${said.verb}`);
	const body = { wait: open.wait.id, verb: said.verb, values: said.values ?? {} };
	return bot.api(said.as, `/runs/${run}/answers`, body);
}

/** What Graph itself says of somebody: sign-in name, open or closed, licences, groups, manager. Nothing: not there. */
export async function inGraph(bot: Bot, client: string, name: string) {
	const found = await personIn(bot.graph(client), name);
	if (found === undefined) return undefined;
	const { userPrincipalName, enabled, licences, groups, manager } = found;
	return { userPrincipalName, enabled, licences, groups, manager };
}

/** The same, once it is so: the sync takes a moment. */
export async function becomesInGraph(
	bot: Bot,
	who: { readonly client?: string; readonly name: string },
	wanted: Awaited<ReturnType<typeof inGraph>>,
): Promise<void> {
	let last: unknown;
	try {
		await until(`${who.name} in Graph`, async () => {
			last = await inGraph(bot, who.client ?? "contoso", who.name);
			return isDeepStrictEqual(last, wanted);
		});
	} catch {
		assert.deepEqual(last, wanted, `${who.name} in Graph`);
	}
}

/** The id of the one run that Harriet sees. */
export async function onlyRun(bot: Bot): Promise<string> {
	const { items } = (await bot.api("harriet", "/runs")).body as { items: { id: string }[] };
	assert.equal(items.length, 1);
	return items[0]?.id ?? "";
}

/** Graph itself says that Ada Lovelace is hired as she was asked for. */
export function adaIsInGraph(bot: Bot): Promise<void> {
	const wanted = { userPrincipalName: "ada.lovelace@contoso.example", enabled: true, manager: "sol@contoso.example" };
	const groups = ["All Sales", "Sales"];
	return becomesInGraph(bot, { name: "Ada Lovelace" }, { ...wanted, licences: ["SPB"], groups });
}

export function waitFor(run: RunSaid, verb: string): Step | undefined {
	return run.steps.find((step) => step.wait?.verbs.includes(verb));
}

/** The run once this holds. */
export function runUntil(
	bot: Bot,
	run: string,
	want: { readonly as?: string; readonly what: string; readonly is: (run: RunSaid) => boolean },
): Promise<RunSaid> {
	return until(`${want.what} of ${run}`, async () => {
		const now = await bot.read(want.as ?? "harriet", run);
		return want.is(now) && now;
	});
}

/** Fills the form of a card or page. */
export async function fill(form: Locator, hire: Partial<Hire>): Promise<void> {
	if (hire.firstName !== undefined) await form.getByLabel("First name").fill(hire.firstName);
	if (hire.lastName !== undefined) await form.getByLabel("Last name").fill(hire.lastName);
	if (hire.startDate !== undefined) await form.getByLabel("First day").fill(hire.startDate);
	if (hire.profile !== undefined) await form.getByRole("combobox", { name: /^Role/ }).selectOption(hire.profile);
	if (hire.manager !== undefined) await form.getByRole("combobox", { name: /^Manager/ }).selectOption(hire.manager);
	if (hire.privateEmail !== undefined) await form.getByLabel("Private e-mail").fill(hire.privateEmail);
}

/** Waits for words inside a place. */
export async function reads(place: Locator, words: string | RegExp): Promise<void> {
	await place.filter({ hasText: words }).waitFor();
}
