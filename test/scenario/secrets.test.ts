/** Canaries: what was secret is found nowhere but where it is shown once. And a backup that comes back starts paused. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { Secret } from "../../src/base/secret.ts";
import { systemClock } from "../../src/base/time.ts";
import { restore } from "../../src/engine/embedded/backup.ts";
import { type House, hire, isDone, openHouse } from "./house.ts";

describe("what is secret", () => {
	let house: House;
	before(async () => {
		house = await openHouse();
	});
	after(() => house.close());

	test("is in no file, journal, card, log or metric", async () => {
		const canary = "canary-7f3a9c51d2";
		await house.app.setSecret({ client: "contoso", name: "contoso/graph", value: new Secret(canary) });
		const pass = await house.start("harriet", hire("Ada", "Pass"));
		const word = await house.start("harriet", hire("Ben", "Word", { profile: "warehouse" }));
		await house.answer("mo", pass, "approve");
		const sol = await house.signIn("contoso/sol");
		const shown: string[] = [canary];
		for (const [id, step] of [
			[pass, "credential"],
			[word, "password"],
		] as const) {
			await house.when("harriet", id, isDone(step));
			const address = `${house.app.url}/handover/${id}/${step}`;
			const opened = await fetch(address, {
				method: "POST",
				headers: { cookie: sol, origin: house.app.url },
				body: new URLSearchParams(),
			});
			const page = await opened.text();
			const found = /class="secret">([^<]+)</.exec(page)?.[1] ?? "";
			assert.ok(found.length >= 8, page.slice(0, 2000));
			shown.push(plain(found));
			const again = await fetch(address, {
				method: "POST",
				headers: { cookie: sol, origin: house.app.url },
				body: new URLSearchParams(),
			});
			assert.ok(!(await again.text()).includes(found), "shown once");
		}
		const everything = new Map<string, string>();
		for (const file of filesOf(house.data)) everything.set(file, readFileSync(file, "latin1"));
		everything.set("logs", house.logged.join("\n"));
		everything.set("metrics", await (await fetch(`${house.app.url}/metrics`)).text());
		for (const id of [pass, word]) {
			everything.set(`journal ${id}`, JSON.stringify((await house.ask("harriet", `/runs/${id}/events`)).body));
			everything.set(`run ${id}`, JSON.stringify((await house.ask("harriet", `/runs/${id}`)).body));
		}
		for (const person of ["contoso/harriet", "contoso/mo", "contoso/sol", "/tia"]) {
			const cookie = await house.signIn(person);
			everything.set(
				`chat of ${person}`,
				await (await fetch(`${house.app.url}/chat/messages`, { headers: { cookie } })).text(),
			);
		}
		assert.ok([...everything.keys()].some((name) => name.endsWith(".db")));
		for (const [where, text] of everything) {
			for (const secret of shown) assert.ok(!text.includes(secret), `a secret is in ${where}`);
			for (const secret of shown)
				assert.ok(!text.includes(JSON.stringify(secret).slice(1, -1)), `and escaped in ${where}`);
		}
	});

	test("a copy that was put back starts paused, and goes on when it is told to", async () => {
		const id = await house.start("harriet", hire("Cara", "Copy"));
		await house.when("mo", id, (run) => run.plan !== undefined);
		const file = join(house.definitions, "..", "copy.db");
		await house.app.backup(file);
		const data = join(house.definitions, "..", "again");
		restore(file, data, systemClock.now());
		const again = await openHouse({ data, key: house.key });
		try {
			assert.equal((await again.app.status()).restored, true);
			const run = await again.read("mo", id);
			assert.equal(run.phase, "waiting");
			const answered = await again.ask("mo", `/runs/${id}/answers`, {
				wait: run.plan?.wait,
				verb: "approve",
				plan: run.plan?.hash,
			});
			const { users } = again.tenant("contoso").readOut();
			assert.ok(
				users.every((user) => user.displayName !== "Cara Copy"),
				"nothing is done while it is paused",
			);
			assert.deepEqual(await again.app.resumeRestored(), { resumed: true });
			if (answered.status !== 200) await again.answer("mo", id, "approve");
			await again.when("mo", id, isDone("account"));
		} finally {
			await again.close();
		}
	});
});

/** Every file of the installation but the simulated tenants: those stand for what is outside. */
function filesOf(folder: string): readonly string[] {
	return readdirSync(folder, { recursive: true })
		.map((name) => join(folder, String(name)))
		.filter((path) => statSync(path).isFile());
}

function plain(markup: string): string {
	return markup
		.replaceAll("&lt;", "<")
		.replaceAll("&gt;", ">")
		.replaceAll("&quot;", '"')
		.replaceAll("&#39;", "'")
		.replaceAll("&amp;", "&");
}
