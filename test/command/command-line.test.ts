/** The command line as people and scripts meet it: real processes, a real data folder, the sandbox client. */
import assert from "node:assert/strict";
import { type ChildProcessWithoutNullStreams as Child, spawn } from "node:child_process";
import { once } from "node:events";
import {
	cpSync,
	existsSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	rmSync,
	statSync,
	writeFileSync,
} from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { type Ended, ended, olderNode } from "../fixtures/process.ts";

const ROOT = join(import.meta.dirname, "../..");
const MAIN = join(ROOT, "src/main.ts");
const FORM = {
	firstName: "Grace",
	lastName: "Hopper",
	startDate: Temporal.Now.plainDateISO().add({ days: 9 }).toString(),
	profile: "sales",
	manager: "mo",
	privateEmail: "grace@home.example",
};

const OLDER = olderNode();

class Workshop {
	readonly folder = mkdtempSync(join(tmpdir(), "sopwith-cli-"));
	readonly data = join(this.folder, "data");
	readonly form = join(this.folder, "form.json");

	constructor() {
		writeFileSync(this.form, JSON.stringify(FORM));
	}

	open(args: readonly string[], runtime = process.execPath, entry = MAIN): Child {
		const { PATH = "" } = process.env;
		const own = { HOME: this.folder, SOPWITH_DATA: this.data, PORT: "0", USER: "harriet" };
		return spawn(runtime, [entry, ...args], { cwd: ROOT, env: { PATH, ...own }, stdio: "pipe" });
	}

	run(args: readonly string[], input = "", runtime = process.execPath, entry = MAIN): Promise<Ended> {
		return ended(this.open(args, runtime, entry), input);
	}

	close(): void {
		rmSync(this.folder, { recursive: true, force: true });
	}
}

/** What a process prints until it says that. */
async function until(child: Child, mark: RegExp): Promise<string> {
	let seen = "";
	let said = "";
	child.stderr.on("data", (chunk) => {
		said += String(chunk);
	});
	for await (const chunk of child.stdout) {
		seen += String(chunk);
		if (mark.test(seen)) return seen;
	}
	throw new Error(`it ended after: ${seen}${said}`);
}

describe("without a bot", () => {
	const shop = new Workshop();
	after(() => shop.close());

	test("help is data, names every command and needs nothing", async () => {
		const { code, out, said } = await shop.run(["-h"]);
		assert.deepEqual([code, said], [0, ""]);
		const names = "start check plan schema manifest run status runs events answer steer reload backup token secret";
		for (const name of [...names.split(" "), "doctor", "audit"]) assert.match(out, new RegExp(`^ {2}${name} `, "m"));
	});

	test("a mistyped command is refused with the nearest one", async () => {
		const { code, out, said } = await shop.run(["chekc"]);
		assert.deepEqual([code, out], [2, ""]);
		assert.match(said, /Did you mean `check`\?/);
	});

	test("our own definitions are in order", async () => {
		const { code, out } = await shop.run(["check", "--json"]);
		assert.deepEqual([code, JSON.parse(out)], [0, { problems: [] }]);
	});

	test("the first line of each definition points an editor at a schema that check has written", async () => {
		rmSync(join(ROOT, "node_modules/.cache/sopwith/client.schema.json"), { force: true });
		assert.equal((await shop.run(["check"])).code, 0);
		const folder = join(ROOT, "sop-definitions");
		const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".yaml"));
		assert.ok(files.length >= 5);
		for (const file of files) {
			const path = join(folder, file);
			const named = /^# yaml-language-server: \$schema=(\S+)\n/.exec(readFileSync(path, "utf8"))?.[1];
			assert.ok(named, `${file} names its schema`);
			const schema = JSON.parse(readFileSync(join(path, "..", named), "utf8"));
			assert.equal(schema.$schema, "https://json-schema.org/draft/2020-12/schema", file);
		}
	});

	test("a broken definition is named with file, line and remedy, and ends with 2", async () => {
		const folder = join(shop.folder, "definitions");
		mkdirSync(folder);
		writeFileSync(join(folder, "msp.yaml"), "msp: [\n");
		const { code, out } = await shop.run(["check", folder, "--json"]);
		assert.equal(code, 2);
		const [problem] = JSON.parse(out).problems;
		assert.equal(typeof problem.line, "number");
		for (const member of ["file", "code", "message"]) assert.equal(typeof problem[member], "string", member);
	});

	test("a form that Slack could not open is named where Slack is set up, and only there", async (t) => {
		const folder = mkdtempSync(join(tmpdir(), "sopwith-cli-"));
		t.after(() => rmSync(folder, { recursive: true }));
		cpSync(join(ROOT, "sop-definitions"), folder, { recursive: true });
		const path = join(folder, "newhire.yaml");
		const story = (at: number) => `  story${at}: { label: Story ${at}, type: multiline, max: 3000, optional: true }\n`;
		const stories = Array.from({ length: 70 }, (_, at) => story(at)).join("");
		writeFileSync(
			path,
			readFileSync(path, "utf8").replace(/\nform:.*\n/, (head) => `${head}${stories}`),
		);
		assert.equal((await shop.run(["check", folder])).code, 0);
		const { PATH = "" } = process.env;
		const slack = { SLACK_BOT_TOKEN: "xoxb-1-2-abc", SLACK_APP_TOKEN: "xapp-1-A1-2-abc" };
		const env = { PATH, HOME: shop.folder, ...slack };
		const child = spawn(process.execPath, [MAIN, "check", folder, "--json"], { cwd: ROOT, env, stdio: "pipe" });
		const { code, out } = await ended(child, "");
		assert.equal(code, 2);
		const [problem] = JSON.parse(out).problems;
		assert.deepEqual([problem.path, problem.code], ["contoso.newhire.form", "too-much-for-slack"]);
		assert.match(problem.message, /^Slack cannot open this form when everything in it is filled in: \d+ bytes;/u);
	});

	test("a plan is shown and leaves nothing behind", async () => {
		const { code, out, said } = await shop.run([
			"plan",
			"newhire",
			"--client",
			"contoso",
			"--form",
			shop.form,
			"--json",
		]);
		assert.equal(code, 0, said);
		const plan = JSON.parse(out);
		assert.deepEqual(Object.keys(plan).sort(), ["entries", "hash", "problems"]);
		assert(plan.entries.length > 2);
		assert(!existsSync(shop.data));
		assert.deepEqual(readdirSync(shop.folder).sort(), ["definitions", "form.json"]);
	});

	test("what needs a bot or its data says that nothing was started yet", async () => {
		const { code, said } = await shop.run(["status"]);
		assert.equal(code, 1);
		assert.match(said, /Nothing was started .* \(never-started\)/);
	});
});

describe("beside a running bot", () => {
	const shop = new Workshop();
	let bot: Child;
	let greeting = "";
	before(async () => {
		bot = shop.open(["start"]);
		greeting = await until(bot, /Ctrl-C/);
	});
	after(() => {
		bot.kill("SIGKILL");
		shop.close();
	});

	test("it says where to look, what to type and who to be, in eight lines at most", () => {
		assert.match(greeting, /ready at http:\/\/127\.0\.0\.1:\d+/);
		for (const word of ["newhire", "harriet", "mo"]) assert.match(greeting, new RegExp(`\\b${word}\\b`));
		assert(greeting.trimEnd().split("\n").length <= 8);
	});

	test("its folder, key and socket are its owner's alone", () => {
		assert.equal(statSync(shop.data).mode & 0o777, 0o700);
		assert.equal(statSync(join(shop.data, "control.sock")).mode & 0o777, 0o600);
		assert.equal(statSync(join(shop.folder, ".config/sopwith/key")).mode & 0o777, 0o600);
	});

	test("a second bot on the same data is refused with 3 and told who holds it", async () => {
		const { code, said } = await shop.run(["start"]);
		assert.equal(code, 3);
		assert.match(said, new RegExp(`process ${bot.pid} `));
	});

	test("a run is started, listed, shown and read, as the person who is named", async () => {
		const start = ["run", "newhire", "--client", "contoso", "--form", shop.form, "--key", "k1", "--json"];
		const made = await shop.run(start);
		assert.equal(made.code, 0, made.said);
		const { run, outcome } = JSON.parse(made.out);
		assert.equal(outcome, "accepted");
		const again = await shop.run(start);
		assert.deepEqual([JSON.parse(again.out).run, JSON.parse(again.out).outcome], [run, "duplicate"]);
		const listed = JSON.parse((await shop.run(["runs", "--json"])).out);
		assert.deepEqual(
			listed.items.map((item: { id: string }) => item.id),
			[run],
		);
		const shown = JSON.parse((await shop.run(["status", run, "--json"])).out);
		assert.deepEqual([shown.id, shown.sop, shown.by], [run, "newhire", "harriet"]);
		const events = JSON.parse((await shop.run(["events", run, "--json"])).out);
		assert.equal(events.items[0].kind, "started");
		assert.equal(events.items[0].prev, "0".repeat(64));
		const steered = await shop.run(["steer", run, "cancel", "--words", "not needed"]);
		assert.equal(steered.code, 0, steered.said);
	});

	test("nobody acts for a person who is not on the roster", async () => {
		const { code, said } = await shop.run(["runs", "--as", "nobody"]);
		assert.equal(code, 2);
		assert.match(said, /no-such-person/);
	});

	test("an approval without the plan that was read is refused before anything is asked", async () => {
		assert.equal((await shop.run(["answer", "whatever", "approve", "--as", "mo"])).code, 2);
	});

	test("a token is shown once, with its expiry", async () => {
		const args = ["token", "create", "--person", "harriet", "--client", "contoso", "--expires", "90d", "--json"];
		const { code, out, said } = await shop.run(args);
		assert.equal(code, 0, said);
		const { token, person, client, expires } = JSON.parse(out);
		assert(token.length >= 40);
		assert.deepEqual([person, client], ["harriet", "contoso"]);
		assert.equal(Temporal.Instant.compare(expires, Temporal.Now.instant()), 1);
	});

	test("a secret is taken from standard input, and never from the arguments", async () => {
		const kept = await shop.run(["secret", "set", "contoso/hooks/hris", "--json"], "whsec_Y2FuYXJ5LWNhbmFyeQ==\n");
		assert.deepEqual([kept.code, JSON.parse(kept.out)], [0, { kept: "contoso/hooks/hris" }]);
		assert(!kept.said.includes("Y2FuYXJ5"));
		assert.equal((await shop.run(["secret", "set", "contoso/x", "value"], "")).code, 2);
		assert.equal((await shop.run(["secret", "set", "contoso/x"], "\n")).code, 2);
	});

	test("a backup is made while it runs, and never over a file that is there", async () => {
		const file = join(shop.folder, "copy.db");
		assert.equal((await shop.run(["backup", file])).code, 0);
		const size = statSync(file).size;
		assert(size > 0);
		assert.equal((await shop.run(["backup", file])).code, 2);
		assert.equal(statSync(file).size, size);
		assert.equal((await shop.run(["backup", file, "--restore"])).code, 3);
	});

	test("reload, audit and doctor find all in order", async () => {
		for (const args of [["reload"], ["audit", "verify"], ["doctor"]]) {
			const { code, out, said } = await shop.run(args);
			assert.equal(code, 0, `${args.join(" ")}: ${out}${said}`);
		}
	});

	test("what was refused is in the audit, newest first, for people and as data", async () => {
		const asked = ["run", "newhire", "--client", "contoso", "--form", shop.form, "--key", "audit", "--json"];
		for (const person of ["di", "sol"]) {
			const refused = await shop.run([...asked, "--as", person]);
			assert.match(refused.said, /not-allowed/);
		}
		const { code, out, said } = await shop.run(["audit", "--json"]);
		assert.equal(code, 0, said);
		const rows = JSON.parse(out).items.filter(
			({ entry }: { entry: { what: string } }) => entry.what === "refused: not-allowed",
		);
		assert.deepEqual(
			rows.map(({ entry }: { entry: { person: string; via: string } }) => [entry.person, entry.via]),
			[
				["sol", "cli"],
				["di", "cli"],
			],
		);
		const older = JSON.parse((await shop.run(["audit", "--cursor", String(rows[0].n), "--json"])).out);
		assert.equal(older.items[0].n, rows[1].n);
		assert.match((await shop.run(["audit"])).out, /contoso +sol +cli +/);
		assert.equal((await shop.run(["audit", "--cursor", "x"])).code, 2);
		assert.equal((await shop.run(["audit", "show"])).code, 2);
	});

	test("the socket refuses what is no operation, not JSON or too large", async () => {
		const socketPath = join(shop.data, "control.sock");
		const post = (path: string, body: string) =>
			new Promise<number>((resolve, reject) => {
				const headers = { "content-type": "application/json" };
				const sent = request({ socketPath, path, method: "POST", headers }, (response) => {
					response.resume();
					resolve(response.statusCode ?? 0);
				});
				sent.on("error", reject);
				sent.end(body);
			});
		assert.equal(await post("/operations/nothing", "{}"), 400);
		assert.equal(await post("/operations/runs", "{"), 400);
		assert.equal(await post("/operations/runs", "{}"), 400);
		assert.equal(await post("/operations/status", JSON.stringify("x".repeat(2_000_000))), 400);
		assert.equal(await post("/elsewhere", "{}"), 404);
	});

	const skip = OLDER === "" && "needs another Node on the PATH: apt-get install nodejs";
	test("an older Node hands over to ours, with arguments and exit code", { skip }, async () => {
		const { code, out, said } = await shop.run(["status", "--json"], "", OLDER, join(ROOT, "src/sopwith.mjs"));
		assert.deepEqual([code, JSON.parse(out).running], [0, true], said);
		assert.equal((await shop.run(["chekc"], "", OLDER, join(ROOT, "src/sopwith.mjs"))).code, 2);
	});

	test("told to stop it lets go of everything, and its database can be read without it", async () => {
		bot.kill("SIGTERM");
		const [code] = await once(bot, "exit");
		assert.equal(code, 0);
		assert(!existsSync(join(shop.data, "control.sock")));
		const { code: read, out, said } = await shop.run(["status", "--json"]);
		assert.equal(read, 0, said);
		assert.equal(JSON.parse(out).running, false);
	});

	test("a restored copy keeps the old files and does nothing until somebody says so", async () => {
		const copy = join(shop.folder, "copy.db");
		assert.equal((await shop.run(["backup", shop.form, "--restore"])).code, 2);
		const put = await shop.run(["backup", copy, "--restore", "--json"]);
		assert.equal(put.code, 0, put.said);
		assert(existsSync(join(JSON.parse(put.out).aside, "sopwith.db")));
		assert.equal(JSON.parse((await shop.run(["status", "--json"])).out).restored, true);
		assert.deepEqual(JSON.parse((await shop.run(["steer", "resume", "--restored", "--json"])).out), { resumed: true });
		assert.equal(JSON.parse((await shop.run(["status", "--json"])).out).restored, false);
		assert.deepEqual(JSON.parse((await shop.run(["steer", "resume", "--restored", "--json"])).out), { resumed: false });
	});
});
