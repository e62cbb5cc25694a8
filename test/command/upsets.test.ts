/**
 * What an operator meets at night, with real processes: each upset ends in a sentence with a remedy and the right exit
 * code, never in a stack, and `doctor` and `status` know of it.
 */
import assert from "node:assert/strict";
import { type ChildProcessWithoutNullStreams as Child, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
	appendFileSync,
	chmodSync,
	chownSync,
	cpSync,
	existsSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	renameSync,
	rmSync,
	writeFileSync,
} from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import Database from "better-sqlite3";
import { type Ended, ended, stopped } from "../fixtures/process.ts";

/** Who owns nothing else. */
const NOBODY = 65_534;
const ROOT = join(import.meta.dirname, "../..");
const FORM = { firstName: "Grace", lastName: "Hopper", startDate: "2031-03-03", profile: "sales", manager: "mo" };
/** Root, but for the right to read and write what others own. */
const LESS = ["--bounding-set=-dac_override,-dac_read_search,-fowner", "--"];
const NO_LESS =
	spawnSync("setpriv", [...LESS, "true"]).status === 0 ? false : "needs root, and setpriv: apt-get install util-linux";

class Shop {
	readonly folder = mkdtempSync(join(tmpdir(), "sopwith-upset-"));
	readonly data = join(this.folder, "data");
	readonly env: { readonly [name: string]: string };

	constructor(more: { readonly [name: string]: string } = {}) {
		const { PATH = "" } = process.env;
		writeFileSync(join(this.folder, "form.json"), JSON.stringify(FORM));
		writeFileSync(join(this.folder, "other.json"), JSON.stringify({ ...FORM, firstName: "Ada" }));
		this.env = { PATH, HOME: this.folder, SOPWITH_DATA: this.data, PORT: "0", USER: "harriet", ...more };
	}

	open(...args: readonly string[]): Child {
		const main = join(ROOT, "src/main.ts");
		return spawn(process.execPath, [main, ...args], { cwd: ROOT, env: this.env, stdio: "pipe" });
	}

	/** Ends it. Errors: an assertion, when it shows a stack. */
	async run(...args: readonly string[]): Promise<Ended> {
		const found = await ended(this.open(...args));
		assert.doesNotMatch(`${found.out}${found.said}`, /\n\s+at |node:internal/, args.join(" "));
		return found;
	}

	/** A bot that serves, and what it said first. */
	async start(): Promise<{ readonly bot: Child; readonly greeting: string }> {
		const bot = this.open("start");
		let greeting = "";
		bot.stderr.resume();
		for await (const chunk of bot.stdout) {
			greeting += String(chunk);
			if (/Ctrl-C/.test(greeting)) return { bot, greeting };
		}
		throw new Error(`it ended after: ${greeting}`);
	}

	hire(): Promise<Ended> {
		return this.run("run", "newhire", "--client", "contoso", "--form", join(this.folder, "form.json"));
	}

	close(): void {
		rmSync(this.folder, { recursive: true, force: true });
	}
}

describe("a database with a run in it", () => {
	const shop = new Shop();
	const whole = join(shop.folder, "whole");
	before(async () => {
		const { bot } = await shop.start();
		assert.equal((await shop.hire()).code, 0);
		await stopped(bot);
		renameSync(shop.data, whole);
	});
	after(() => shop.close());

	/** Fresh files in the place where they worked; they count as a copy, as any that was copied does. */
	const fresh = (spoil: () => void = () => {}): void => {
		rmSync(shop.data, { recursive: true, force: true });
		cpSync(whole, shop.data, { recursive: true });
		spoil();
	};

	test("what only a running bot does says that none runs", async () => {
		fresh();
		await shop.run("steer", "resume", "--restored");
		const { code, said } = await shop.hire();
		assert.equal(code, 1);
		assert.match(said, /No bot runs.*Nothing was changed\. Start it with `npm start`.*\(not-running\)/);
	});

	test("emptied, it is said to be damaged by start, status and doctor alike", async () => {
		fresh(() => writeFileSync(join(shop.data, "sopwith.db"), ""));
		const { bot, greeting } = await shop.start();
		assert.match(greeting, /^Sopwith is at \S+, and nothing is done: The journal ends \d+ events? too early/);
		assert.doesNotMatch(greeting, /Type newhire/);
		const status = await shop.run("status");
		assert.match(status.out, /Database +The journal ends \d+ events? too early[\s\S]*--restore/);
		const doctor = await shop.run("doctor");
		assert.equal(doctor.code, 1);
		assert.match(doctor.out, /✗ Database: The journal ends .*\n {2}→ `sopwith backup FILE --restore`/);
		await stopped(bot);
	});

	test("copied, it is not well until it is resumed", async () => {
		fresh();
		const doctor = await shop.run("doctor", "--json");
		assert.equal(doctor.code, 1);
		const findings: readonly { what: string; ok: boolean; remedy?: string }[] = JSON.parse(doctor.out).findings;
		const bad = findings.filter(({ ok }) => !ok);
		assert.deepEqual(
			bad.map(({ what, remedy }) => [what, /steer resume --restored/.test(remedy ?? "")]),
			[["Database", true]],
		);
		assert.equal((await shop.run("steer", "resume", "--restored")).code, 0);
		assert.equal((await shop.run("doctor")).code, 0);
	});

	test("a run that cannot be read is said to be on hold, and the others go on", async () => {
		fresh();
		await shop.run("steer", "resume", "--restored");
		const { bot } = await shop.start();
		const { out } = await shop.run(
			"run",
			"newhire",
			...["--client", "contoso", "--form", join(shop.folder, "other.json")],
		);
		await stopped(bot);
		const [first = "", second = ""] = [JSON.parse((await shop.run("runs", "--json")).out).items[1]?.id, out.trim()];
		const db = new Database(join(shop.data, "sopwith.db"));
		db.exec("INSERT OR IGNORE INTO post_marks SELECT id FROM runs");
		db.prepare("UPDATE snapshots SET state = replace(state, 'harriet', 'harriex') WHERE run = 1").run();
		db.close();
		const again = await shop.start();
		const listed = JSON.parse((await shop.run("runs", "--json")).out).items;
		assert.deepEqual(
			listed.map(({ id }: { id: string }) => id),
			[second],
		);
		assert.match((await ended(shop.open("status", first))).said, /This run is on hold[\s\S]*\(quarantined\)/);
		assert.equal((await shop.run("steer", second, "cancel")).code, 0);
		await stopped(again.bot);
	});

	for (const name of ["sopwith.db", "head", "holder", "definitions.json"]) {
		test(`a folder where ${name} should be is a sentence, and everything else stays as it is`, async () => {
			fresh(() => {
				rmSync(join(shop.data, name), { force: true });
				mkdirSync(join(shop.data, name));
			});
			for (const args of [["start"], ["status"], ["doctor"], ["status", "--json"]]) {
				const { code, out, said } = await shop.run(...args);
				assert.equal(code, 1, args.join(" "));
				if (args[0] !== "doctor") assert.match(said, /\((wrong-path|database-read-only)\)/);
				else assert.match(out, /✗ Journals and audit: .*\n {2}→ /);
			}
		});
	}

	test("files of another account are named, with the right that is missing", { skip: NO_LESS }, async () => {
		fresh(() => {
			chmodSync(shop.data, 0o700);
			chownSync(shop.data, NOBODY, NOBODY);
		});
		const main = join(ROOT, "src/main.ts");
		for (const args of [["start"], ["status"], ["doctor"], ["backup", join(shop.folder, "x.db")]]) {
			const child = spawn("setpriv", [...LESS, process.execPath, main, ...args], { env: shop.env, stdio: "pipe" });
			const { code, out, said } = await ended(child);
			assert.notEqual(code, 0);
			assert.doesNotMatch(`${out}${said}`, /\n\s+at |node:internal/);
			assert.match(`${out}${said}`, /no-access|may not/, args.join(" "));
		}
	});
});

test("what stands in a definition moves nothing on a terminal", async (t) => {
	const folder = mkdtempSync(join(tmpdir(), "sopwith-upset-"));
	const definitions = join(folder, "definitions");
	const shop = new Shop({ SOPWITH_DEFINITIONS: definitions });
	t.after(() => {
		shop.close();
		rmSync(folder, { recursive: true });
	});
	cpSync(join(ROOT, "sop-definitions"), definitions, { recursive: true });
	appendFileSync(join(definitions, "clients/contoso/client.yaml"), '"\\e]0;pwned\\a\\u202eword": 1\n');
	const { code, out, said } = await shop.run("check");
	assert.equal(code, 2);
	assert.match(`${out}${said}`, /\\u001b\]0;pwned\\u0007\\u202eword/);
	assert.doesNotMatch(`${out}${said}`, /[^\P{Cc}\n\t]|\u202e/u);
});

test("a bot whose log nobody reads any more serves on, and ends calmly", async (t) => {
	const shop = new Shop();
	t.after(() => shop.close());
	const bot = shop.open("start");
	await once(bot.stdout, "data");
	bot.stdout.destroy();
	bot.stderr.destroy();
	for (const key of ["one", "two"]) {
		const { code } = await shop.run("run", "nothing", "--client", "contoso", "--as", "mo", "--key", key);
		assert.notEqual(code, 0);
	}
	const file = join(shop.folder, "none/copy.db");
	assert.match((await shop.run("backup", file)).said, /\(wrong-path\)/);
	assert.equal(JSON.parse((await shop.run("status", "--json")).out).running, true);
	const gone = once(bot, "exit");
	bot.kill("SIGTERM");
	assert.deepEqual(await gone, [0, null]);
	assert.ok(!existsSync(join(shop.data, "control.sock")) && !existsSync(join(shop.data, "holder")));
});

describe("beside a bot that runs", () => {
	const shop = new Shop();
	let bot: Child;
	before(async () => {
		bot = (await shop.start()).bot;
	});
	after(async () => {
		await stopped(bot);
		shop.close();
	});

	test("a secret that is no UTF-8 is refused, not kept as something else", async () => {
		const child = shop.open("secret", "set", "contoso/directory");
		child.stdin.write(Buffer.from("pässword", "latin1"));
		const { code, said } = await ended(child);
		assert.equal(code, 2);
		assert.match(said, /not text in UTF-8.*Nothing was done/);
		const bom = shop.open("secret", "set", "contoso/directory");
		assert.equal((await ended(bom, "\ufeffpässword")).code, 0);
	});

	test("a backup that cannot be written says where and why, and the bot goes on", async () => {
		const { code, said } = await shop.run("backup", join(shop.folder, "none/copy.db"));
		assert.equal(code, 1);
		assert.match(said, /none\/copy\.db\.\w+\.part is not there, or leads to nothing.*\(wrong-path\)/);
		assert.equal((await shop.run("status")).code, 0);
		assert.deepEqual(
			readdirSync(shop.folder).filter((name) => name.endsWith(".part")),
			[],
		);
	});
});

test("an older bot that does not know a question is told from one that refuses", async (t) => {
	const shop = new Shop();
	mkdirSync(shop.data);
	const older = createServer((request, response) => {
		request.resume();
		const known = request.url === "/operations/status";
		response.writeHead(known ? 200 : 404, { "content-type": "application/json" });
		response.end(JSON.stringify(known ? { runs: {} } : { code: "bad-operation" }));
	}).listen(join(shop.data, "control.sock"));
	await once(older, "listening");
	t.after(() => {
		older.close();
		shop.close();
	});
	const { code, said } = await shop.run("audit");
	assert.equal(code, 1);
	assert.match(said, /^The running bot did not understand this\. Use the command line of its version/);
});

test("a start that is refused for want of an address or of a place leaves nothing that runs or stands about", async () => {
	const nowhere = { HOST: "203.0.113.7", SOPWITH_SIGNIN: "oidc", PUBLIC_URL: "https://sopwith.example" };
	const shop = new Shop({ ...nowhere, SOPWITH_KEY: Buffer.alloc(32).toString("base64") });
	const { code, said } = await shop.run("start");
	assert.equal(code, 1);
	assert.match(said, /HOST is no address of this machine.*\(cannot-listen\)/);
	assert.ok(!existsSync(join(shop.data, "holder")) && !existsSync(join(shop.data, "sopwith.db-wal")));
	shop.close();
	const long = new Shop({ SOPWITH_DATA: join(shop.folder, "x".repeat(100)) });
	const refused = await long.run("start");
	assert.equal(refused.code, 2);
	assert.match(refused.said, /\(path-too-long\)/);
	assert.ok(!existsSync(long.env.SOPWITH_DATA ?? ""));
	long.close();
});
