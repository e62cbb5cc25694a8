/**
 * The step that sends a mail, by each way a client may have: once, known or put to a person, or by wish never.
 */
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import type { Connectors } from "../../../src/sop/connector-schema.ts";
import { edit, type House, hire, openHouse } from "../../scenario/house.ts";
import { HYBRID, onStage, type Stage, type Try } from "../stage.ts";
import { roughServer, type Script } from "./rough-server.ts";

const SEND: Try = {
	action: "mail.send",
	input: { to: "ada@home.example", subject: "Welcome, Zoë 🙂", text: "Grüße", html: "<p>Grüße</p>", what: "welcome" },
	step: "mail",
};
const SENDMAIL = { on: "graph", method: "POST", path: /sendMail$/ } as const;
const ID = /^<[0-9a-f]{40}@contoso\.example>$/;

/** A stage whose mail goes to this server. */
async function bySmtp(
	t: TestContext,
	script: Script,
): Promise<{ readonly stage: Stage; readonly mails: readonly string[] }> {
	const server = await roughServer(t, { EHLO: "250 rough.example", ...script });
	const mail: Connectors["mail"] = {
		use: "smtp",
		url: server.url,
		from: "Contoso IT <it@contoso.example>",
		ca: server.caFile,
	};
	const stage = await onStage(t, { connectors: { ...HYBRID, mail } });
	return { stage, mails: server.mails };
}

test("by Microsoft 365 it arrives once, with our id, as text or as a page", async (t) => {
	const stage = await onStage(t);
	const { outcome } = await stage.attempt(SEND);
	assert.ok(outcome?.kind === "done");
	assert.match(String(outcome.output.messageId), ID);
	assert.deepEqual(
		stage.sandbox.mails().map(({ from, to, subject, body, messageId }) => [from, to, subject, body, messageId]),
		[["it@contoso.example", ["ada@home.example"], "Welcome, Zoë 🙂", "<p>Grüße</p>", outcome.output.messageId]],
	);
	const { html: _html, ...plain } = SEND.input;
	await stage.attempt({ ...SEND, input: plain, step: "another" });
	assert.equal(stage.sandbox.mails()[1]?.body, "Grüße");
});

test("written by a card it is the author's words as text, and the card as a page", async (t) => {
	const { stage, mails } = await bySmtp(t, {});
	const text = "Hello <Ada>,\n\nyour account\nis ready.";
	const input = { to: "ada@home.example", subject: "Welcome, Ada", text, card: "welcome", what: "welcome" };
	const { outcome } = await stage.attempt({ ...SEND, input });
	assert.equal(outcome?.kind, "done");
	const [mail = ""] = mails;
	assert.ok(mail.includes("Hello <Ada>,\r\n\r\nyour account\r\nis ready."), mail);
	assert.ok(mail.includes("Hello &lt;Ada&gt;,"));
	assert.ok(mail.includes("your account is ready."));
	assert.ok(mail.includes('data-card=3D"welcome"') || mail.includes('data-card="welcome"'));
	const empty = await stage.attempt({ ...SEND, input: { ...input, text: "" }, step: "another" });
	assert.equal(empty.outcome?.kind, "done");
	assert.match(mails[1] ?? "", /\r\n\r\nWelcome, Ada\r\n/);
});

test("by Microsoft 365 a lost answer is looked up: found, it is done; not found, it is sent", async (t) => {
	for (const applied of [true, false]) {
		const stage = await onStage(t);
		stage.sandbox.fault({ match: SENDMAIL, answer: { kind: "dropped", applied } });
		const lost = await stage.attempt(SEND);
		assert.equal(lost.outcome?.kind, "unknown");
		const again = await stage.attempt({ ...SEND, attempt: 2 });
		assert.deepEqual([again.changes?.length, again.outcome?.kind], [applied ? 0 : 1, "done"]);
		assert.equal(stage.sandbox.mails().length, 1);
	}
});

test("by Microsoft 365 a refusal sends nothing, and is not tried again by itself", async (t) => {
	const stage = await onStage(t);
	stage.sandbox.fault({ match: SENDMAIL, answer: { kind: "status", status: 403, code: "ErrorAccessDenied" } });
	const { outcome } = await stage.attempt(SEND);
	assert.ok(outcome?.kind === "refused", JSON.stringify(outcome));
	assert.deepEqual([outcome.retryable, outcome.applied, stage.sandbox.mails()], [false, [], []]);
});

test("by SMTP it arrives once, with our id", async (t) => {
	const { stage, mails } = await bySmtp(t, {});
	const { outcome, changes } = await stage.attempt(SEND);
	assert.ok(outcome?.kind === "done", JSON.stringify(outcome));
	assert.deepEqual(
		changes?.map((change) => change.words),
		["Send the welcome to ada@home.example"],
	);
	assert.deepEqual(
		outcome.proof.map((one) => [one.ok, one.words]),
		[[true, "The welcome to ada@home.example was taken for delivery"]],
	);
	assert.match(String(outcome.output.messageId), ID);
	assert.equal(mails.length, 1);
	assert(mails[0]?.includes(`\r\nMessage-ID: ${outcome.output.messageId}\r\n`));
});

test("by SMTP a lost answer is a person's question, and nothing is sent meanwhile", async (t) => {
	const { stage, mails } = await bySmtp(t, { end: "cut" });
	const { outcome } = await stage.attempt(SEND);
	assert.deepEqual([outcome?.kind, outcome?.applied], ["unknown", []]);
	assert.equal(mails.length, 1);
});

test("by SMTP a refusal is tried again only where its number says so", async (t) => {
	for (const [reply, retryable] of [
		["450 later", true],
		["550 5.7.1 no", false],
	] as const) {
		const { stage, mails } = await bySmtp(t, { RCPT: reply });
		const { outcome } = await stage.attempt(SEND);
		assert.ok(outcome?.kind === "refused");
		assert.deepEqual(
			[outcome.code, outcome.retryable, outcome.applied, mails],
			["recipient-refused", retryable, [], []],
		);
	}
});

test("what would begin another line is no mail", async (t) => {
	const { stage, mails } = await bySmtp(t, {});
	for (const wrong of [
		{ subject: "a\r\nBcc: eve@evil.example" },
		{ to: "ada@home.example\nX: y" },
		{ to: "a@b.example, c@d.example" },
	]) {
		const { outcome, changes } = await stage.attempt({ ...SEND, input: { ...SEND.input, ...wrong } });
		assert.ok(outcome?.kind === "refused");
		assert.deepEqual([outcome.code, changes, mails], ["bad-input", undefined, []]);
	}
});

test("a client that wants no mail is planned so, and the run goes on", async (t) => {
	const house: House = await openHouse({
		definitions: (folder) =>
			edit(folder, "clients/contoso/client.yaml", [
				"mail: { use: sandbox, from: it@contoso.example }",
				"mail: { use: never }",
			]),
	});
	t.after(() => house.close());
	const id = await house.start("harriet", hire("Ada", "Lovelace", { privateEmail: "ada@home.example" }));
	const run = await house.when("harriet", id, (one) => one.plan !== undefined);
	assert.deepEqual(run.plan?.problems, []);
	const entry = run.plan?.entries.find(({ path }) => path === "welcome");
	assert.deepEqual(entry?.changes, []);
	assert.equal((entry as { readonly note?: string }).note, "No mail is sent: Contoso Ltd wants none");
	await house.answer("mo", id, "approve");
	await house.answer("tia", id, "complete", { checked: ["0", "1"] });
	const done = await house.when("harriet", id, (one) => one.phase === "done");
	assert.equal(done.steps.find(({ path }) => path === "welcome")?.state, "done");
	assert.deepEqual(house.tenant("contoso").mails(), []);
});
