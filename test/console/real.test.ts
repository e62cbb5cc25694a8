/** The API over real HTTP in front of the whole house: real definitions, desk, host, database and simulated tenant. */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { after, before, describe, test } from "node:test";
import { openApp } from "../../src/app.ts";
import { openLog } from "../../src/base/log.ts";
import { openRedactor } from "../../src/base/redact.ts";
import { Secret } from "../../src/base/secret.ts";
import { systemClock } from "../../src/base/time.ts";
import type { App } from "../../src/command/app-port.ts";

type Said = {
	readonly id: string;
	readonly code: string;
	readonly outcome: string;
	readonly phase: string;
	readonly by?: string;
	readonly verb?: string;
	readonly problems?: readonly { readonly path: string }[];
	readonly steps: readonly {
		readonly path: string;
		readonly wait?: { readonly id: string; readonly verbs: readonly string[] };
	}[];
	readonly plan?: { readonly hash: string; readonly wait: string; readonly decidedBy?: readonly string[] };
};

describe("in front of the whole house", () => {
	const data = mkdtempSync(join(tmpdir(), "sopwith-console-"));
	let app: App;
	const tokens = new Map<string, string>();
	before(async () => {
		const redactor = openRedactor();
		const log = openLog({
			level: "silent",
			pretty: false,
			colour: false,
			clock: systemClock,
			redactor,
			write: () => {},
		});
		const config = {
			host: "127.0.0.1",
			port: 0,
			definitions: resolve("sop-definitions"),
			data,
			key: new Secret(randomBytes(32).toString("base64")),
			signIn: "local",
			logLevel: "silent",
		} as const;
		app = await openApp(config, { log, redactor, serve: true });
		for (const person of ["harriet", "mo", "di", "sol", "tia", "hanna"]) {
			const made = await app.createToken({ person, expiresMs: 3_600_000 });
			tokens.set(person, made.token);
		}
	});
	after(async () => {
		await app?.close();
		rmSync(data, { recursive: true, force: true });
	});

	async function ask(as: string, path: string, body?: object, key?: string): Promise<[number, Said]> {
		const response = await fetch(`${app.url}/api/v1${path}`, {
			method: body === undefined ? "GET" : "POST",
			headers: {
				authorization: `Bearer ${tokens.get(as)}`,
				"content-type": "application/json",
				...(key === undefined ? {} : { "idempotency-key": key }),
			},
			...(body === undefined ? {} : { body: JSON.stringify(body) }),
		});
		return [response.status, (await response.json()) as Said];
	}

	const form = (lastName: string) => ({
		firstName: "Ada",
		lastName,
		startDate: Temporal.Now.plainDateISO("America/New_York").add({ days: 7 }).toString(),
		profile: "sales",
		manager: "sol",
	});
	const request = (lastName: string) => ({ client: "contoso", sop: "newhire", form: form(lastName) });

	/** Starts one and reads it until its plan waits for approval. */
	async function planned(
		lastName: string,
	): Promise<{ readonly id: string; readonly wait: string; readonly plan: string }> {
		const [, { id }] = await ask("harriet", "/runs", request(lastName));
		for (;;) {
			const [, run] = await ask("harriet", `/runs/${id}`);
			const open = run.steps.find((step) => step.wait?.verbs.includes("approve"))?.wait;
			if (open !== undefined && run.plan !== undefined) return { id, wait: open.id, plan: run.plan.hash };
			assert.equal(run.phase, "planning");
		}
	}

	test("the same key is the same run, and the same key with another form is a conflict", async () => {
		const [status, first] = await ask("harriet", "/runs", request("Keyed"), "k1");
		assert.deepEqual([status, first.outcome], [202, "accepted"]);
		assert.deepEqual(await ask("harriet", "/runs", request("Keyed"), "k1"), [
			202,
			{ id: first.id, outcome: "duplicate" },
		]);
		const [reused, said] = await ask("harriet", "/runs", request("Otherwise"), "k1");
		assert.deepEqual([reused, said.code], [409, "key-reused"]);
	});

	test("the same person asked for twice is the first run, with or without a key", async () => {
		const [, first] = await ask("harriet", "/runs", request("Twice"));
		for (const key of [undefined, "other"]) {
			assert.deepEqual(await ask("tia", "/runs", request("Twice"), key), [202, { id: first.id, outcome: "duplicate" }]);
		}
	});

	test("a form's problems come all at once and nothing is started", async () => {
		const [status, said] = await ask("harriet", "/runs", {
			...request("Wrong"),
			form: { lastName: "Wrong", profile: "pirate", nickname: "x" },
		});
		assert.equal(status, 422);
		const paths = (said.problems ?? []).map((one) => one.path).sort();
		for (const path of ["form.firstName", "form.startDate", "form.profile", "form.manager", "form.nickname"])
			assert.ok(paths.includes(path), path);
	});

	test("who may not start is refused, and another client's people find nothing", async () => {
		assert.equal((await ask("sol", "/runs", request("Denied")))[0], 403);
		const { id, wait } = await planned("Hidden");
		const none = await ask("hanna", "/runs/NOSUCHRUN");
		assert.equal(none[0], 404);
		assert.deepEqual(await ask("hanna", `/runs/${id}`), none);
		assert.deepEqual(await ask("hanna", `/runs/${id}/events`), none);
		assert.deepEqual(await ask("hanna", `/runs/${id}/answers`, { wait, verb: "approve" }), none);
		assert.deepEqual(await ask("hanna", `/runs/${id}/steer`, { verb: "cancel", words: "" }), none);
	});

	test("a sentence names those who may answer, in one run and in the list", async () => {
		const { id } = await planned("Named");
		const says = async (path: string) => ((await ask("tia", path))[1] as unknown as { waitingFor: string }).waitingFor;
		assert.match(await says(`/runs/${id}`), /^Waiting for Mo Manager or Sol Vance to approve/);
		const [, list] = await ask("tia", "/runs?subject=Named");
		const { items } = list as unknown as { items: readonly { waitingFor: string }[] };
		assert.match(items[0]?.waitingFor ?? "", /^Waiting for Mo Manager/);
	});

	test("every way an approval can be answered has its own status", async () => {
		const { id, wait, plan } = await planned("Answered");
		const path = `/runs/${id}/answers`;
		const answer = { wait, verb: "approve", plan };
		assert.deepEqual((await ask("mo", path, { ...answer, wait: "approve#999" }))[1].code, "stale");
		assert.deepEqual((await ask("sol", path, { ...answer, plan: "0".repeat(64) }))[1].code, "stale");
		assert.equal((await ask("mo", path, { ...answer, verb: "retry" }))[0], 422);
		assert.equal((await ask("harriet", path, answer))[0], 403);
		const [status, receipt] = await ask("mo", path, answer);
		assert.equal(status, 200);
		const [again, second] = await ask("mo", path, answer);
		assert.deepEqual([again, second.id], [200, receipt.id]);
		const [late, decided] = await ask("sol", path, answer);
		assert.deepEqual([late, decided.by, decided.verb], [409, "mo", "approve"]);
		const [, run] = await ask("harriet", `/runs/${id}`);
		assert.deepEqual(run.plan?.decidedBy, ["mo"]);
	});
});
