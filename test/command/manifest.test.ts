/** `sopwith manifest` as an admin meets it: a process of its own, files on the disk, and what stops it. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { appendFileSync, cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { unzipSync } from "fflate";

const ROOT = join(import.meta.dirname, "../..");
const APP = "11111111-2222-3333-4444-555555555555";
const TEAMS = { TEAMS_APP_ID: APP, PUBLIC_URL: "https://sopwith.example.com/" };

describe("sopwith manifest", () => {
	const folder = mkdtempSync(join(tmpdir(), "sopwith-manifest-"));
	after(() => rmSync(folder, { recursive: true, force: true }));

	/** In a folder of its own, so that nothing is written beside our own icons. */
	const run = (args: readonly string[], more: NodeJS.ProcessEnv = {}) =>
		new Promise<{ code: number; out: string; said: string }>((resolve) => {
			const env = { PATH: process.env.PATH, HOME: folder, SOPWITH_DEFINITIONS: join(ROOT, "sop-definitions"), ...more };
			const asked = [join(ROOT, "src/main.ts"), "manifest", ...args];
			execFile(process.execPath, asked, { cwd: folder, env }, (error, out, said) =>
				resolve({ code: typeof error?.code === "number" ? error.code : 0, out, said }),
			);
		});

	test("says everything that is missing at once, and writes nothing", async () => {
		const { code, said } = await run(["--privacy", "ftp://here"], {
			TEAMS_APP_ID: "mine",
			PUBLIC_URL: "http://127.0.0.1",
		});
		assert.equal(code, 2);
		assert.match(said, /TEAMS_APP_ID: "mine" is no application id\. → --app-id [\d-]+/);
		assert.match(said, /PUBLIC_URL: .* → --url https:/);
		assert.match(said, /--privacy: "ftp:\/\/here" is no https address/);
		assert.deepEqual(readdirSync(folder), []);
	});

	test("writes the package and its text, twice the same, and says what to do with it", async () => {
		const first = await run([], TEAMS);
		assert.equal(first.code, 0, first.said);
		assert.deepEqual(first.out.trim().split("\n"), [
			join(folder, "manifest/teams.zip"),
			join(folder, "manifest/slack.json"),
		]);
		assert.match(first.said, /newhire, sops, runs, approvals, help/);
		assert.match(first.said, /Teams admin centre/);
		const zip = readFileSync(join(folder, "manifest/teams.zip"));
		const named = ["--app-id", APP, "--url", TEAMS.PUBLIC_URL, "--out", "elsewhere", "--json"];
		const again = await run([...named, "--version", /\d+\.\d+\.\d+/.exec(first.said)?.[0] ?? ""]);
		const { file, commands } = JSON.parse(again.out);
		assert.deepEqual(readFileSync(file), zip);
		assert.equal(commands[0], "newhire");
		const text = readFileSync(join(folder, "manifest/teams.json"), "utf8");
		assert.equal(Buffer.from(unzipSync(zip)["manifest.json"] ?? []).toString("utf8"), text);
		assert.equal(JSON.parse(text).developer.privacyUrl, "https://sopwith.example.com");
	});

	test("writes the manifest of Slack without any app of Teams, by the way that is set or asked for, and says which", async () => {
		const at = (name: string) => join(folder, name, "slack.json");
		const first = await run(["--out", "socket"]);
		assert.deepEqual([first.code, first.out.trim()], [0, at("socket")], first.said);
		assert.deepEqual(readdirSync(join(folder, "socket")), ["slack.json"]);
		assert.match(first.said, /Slack: Socket Mode, with \/newhire, \/sopwith, /);
		assert.match(first.said, /api\.slack\.com\/apps: Create New App, From a manifest/);
		assert.match(first.said, /Teams is left out: .* \(--app-id, or TEAMS_APP_ID\)/);
		await run(["slack", "--way", "socket", "--out", "again"], { ...TEAMS, SLACK_SIGNING_SECRET: "set" });
		assert.deepEqual(readFileSync(at("again")), readFileSync(at("socket")));
		assert.deepEqual(readdirSync(join(folder, "again")), ["slack.json"]);
		const set = await run(["slack", "--out", "http", "--json"], { ...TEAMS, SLACK_SIGNING_SECRET: "set" });
		const { file, way, commands } = JSON.parse(set.out).slack;
		assert.deepEqual([file, way, commands.slice(0, 2)], [at("http"), "http", ["newhire", "sopwith"]]);
		const { settings } = JSON.parse(readFileSync(file, "utf8"));
		assert.equal(settings.event_subscriptions.request_url, "https://sopwith.example.com/slack/events");
		assert.equal(settings.socket_mode_enabled, false);
	});

	test("asks for an address over HTTP, for the app of Teams when it is asked for, and refuses what is neither", async () => {
		const http = await run(["--way", "http", "--out", "never"]);
		assert.deepEqual([http.code, /Slack over HTTP reaches .* → --url https:/.test(http.said)], [2, true], http.said);
		const teams = await run(["teams", "--out", "never"]);
		assert.deepEqual([teams.code, /TEAMS_APP_ID: .* is not known/.test(teams.said)], [2, true], teams.said);
		const other = await run(["discord", "--out", "never"]);
		assert.deepEqual([other.code, /teams or slack was expected/.test(other.said)], [2, true], other.said);
		assert.match((await run(["--way", "pigeon"])).said, /socket or http was expected/);
		assert(!readdirSync(folder).includes("never"));
	});

	test("refuses broken definitions, whose commands would be missing, and a client that is not there", async () => {
		const broken = join(folder, "definitions");
		cpSync(join(ROOT, "sop-definitions"), broken, { recursive: true });
		appendFileSync(join(broken, "newhire.yaml"), "nonsense: true\n");
		const one = await run(["--out", "broken"], { ...TEAMS, SOPWITH_DEFINITIONS: broken });
		assert.equal(one.code, 2);
		assert.match(one.said, /newhire\.yaml:\d+:\d+: .*\nNothing was written/s);
		assert(!readdirSync(folder).includes("broken"));
		const other = await run(["--client", "contosso"], TEAMS);
		assert.equal(other.code, 2);
		assert.match(other.said, /no client contosso\. Did you mean contoso\?/);
		assert.match((await run(["--version", "2"], TEAMS)).said, /"2" is no version/);
	});
});
