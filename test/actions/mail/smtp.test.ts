/**
 * Mail by SMTP against real servers: what arrives, and what is known of it when a server refuses, falls silent or hangs up.
 */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { refusal } from "../../../src/actions/doors.ts";
import { type SmtpOptions, smtpMail } from "../../../src/actions/mail/smtp.ts";
import { Secret } from "../../../src/base/secret.ts";
import { startSmtp } from "../../fixtures/smtp.ts";
import { type RoughServer, roughServer, type Script } from "./rough-server.ts";

const MAIL = {
	id: "<5f2c@contoso.example>",
	to: ["ada@home.example"],
	subject: "Welcome to Contoso, Ada",
	text: "Hello Ada,\n.\nyour account is ready.",
};
const signIn = (user: string, password: string) => ({ user, password: async () => new Secret(password) });

/** A door to a rough server, with a sign-in. */
function doorTo({ url, ca }: Pick<RoughServer, "url" | "ca">, more: Partial<SmtpOptions> = {}) {
	return smtpMail({ url, ca, from: "Contoso IT <it@contoso.example>", signIn: signIn("it", "hunter2"), ...more });
}

for (const startTls of [false, true]) {
	test(`a mail arrives once, as it was written, ${startTls ? "by STARTTLS" : "over TLS from the start"}`, async () => {
		await using server = await startSmtp({ startTls });
		const { url, ca, user, password } = server;
		const mail = smtpMail({ url, ca, from: "Zoë’s IT-Büro <it@contoso.example>", signIn: signIn(user, password) });
		const answer = await mail.send({
			...MAIL,
			to: ["ada@home.example", "grace@bücher.example"],
			subject: "Willkommen, Zoë 北京 🙂",
			text: "Grüße,\n.\n..zwei Punkte",
			html: "<p>Grüße, <b>Zoë</b> 🙂</p>",
		});
		assert.deepEqual(answer, { kind: "ok", value: undefined });
		assert.equal(server.mails.length, 1);
		const [taken] = server.mails;
		assert.deepEqual([taken?.from, taken?.to], ["it@contoso.example", ["ada@home.example", "grace@bücher.example"]]);
		const head = headOf(taken?.raw ?? "");
		assert.equal(head["message-id"], MAIL.id);
		assert.equal(head.from, "Zoë’s IT-Büro <it@contoso.example>");
		assert.equal(head.to, "ada@home.example, grace@xn--bcher-kva.example");
		assert.equal(head.subject, "Willkommen, Zoë 北京 🙂");
		assert.equal(head["auto-submitted"], "auto-generated");
		assert.match(head["content-type"] ?? "", /^multipart\/alternative/);
		const parts = partsOf(taken?.raw ?? "");
		assert.deepEqual(
			parts.map((part) => part.trim()),
			["Grüße,\r\n.\r\n..zwei Punkte", "<p>Grüße, <b>Zoë</b> 🙂</p>"],
		);
	});
}

test("without a sign-in none is made, and whether a mail was sent cannot be looked up", async (t) => {
	const server = await roughServer(t);
	const mail = smtpMail({ url: server.url, ca: server.ca, from: "it@contoso.example" });
	assert.equal(mail.from, "it@contoso.example");
	assert.deepEqual(await mail.sent(MAIL.id), { kind: "ok", value: undefined });
	assert.equal((await mail.send(MAIL)).kind, "ok");
	assert(!server.lines.some((line) => line.startsWith("AUTH")));
	assert.match(server.mails[0] ?? "", /\r\n\r\nHello Ada,\r\n\.\r\nyour account is ready\.$/);
});

describe("a refusal before the mail was taken: nothing was sent, and a number says whether waiting helps", () => {
	const rows: readonly (readonly [string, Script, string, boolean])[] = [
		["the greeting", { hello: "554 not for you" }, "mail-refused", false],
		["the greeting, for now", { hello: "421 too busy" }, "mail-refused", true],
		["the sign-in", { AUTH: "535 5.7.8 no" }, "sign-in-refused", false],
		["the sign-in, for now", { AUTH: "454 later" }, "sign-in-refused", true],
		["the sender", { MAIL: "550 5.7.60 not as this one" }, "sender-refused", false],
		["the recipient", { RCPT: "550 5.1.1 nobody of that name" }, "recipient-refused", false],
		["the recipient, for now", { RCPT: "451 greylisted" }, "recipient-refused", true],
		["the mail, before its first line", { DATA: "554 no" }, "mail-refused", false],
		["the mail, after its last line", { end: "550 5.7.1 looks like spam" }, "mail-refused", false],
		["the mail, after its last line, for now", { end: "452 no room" }, "mail-refused", true],
		["the mail, after its last line, closing down", { end: "421 closing" }, "mail-refused", true],
		["a mail of this size", { EHLO: "250-rough.example\r\n250-AUTH PLAIN\r\n250 SIZE 10" }, "mail-refused", false],
		[
			"every way to sign in",
			{ EHLO: "250-rough.example\r\n250 AUTH GSSAPI", AUTH: "504 no" },
			"sign-in-refused",
			false,
		],
	];
	for (const [what, script, code, retryable] of rows) {
		test(what, async (t) => {
			const server = await roughServer(t, script);
			const answer = await doorTo(server).send(MAIL);
			assert(answer.kind === "refused", JSON.stringify(answer));
			assert.deepEqual([answer.code, answer.retryable], [code, retryable]);
			assert.match(answer.message, /Nothing was sent\.$/);
			assert(!JSON.stringify(answer).includes("hunter2"));
		});
	}

	test("one of several recipients: the others get nothing either", async (t) => {
		for (const pipelining of ["", "250-PIPELINING\r\n"]) {
			const server = await roughServer(t, {
				EHLO: `250-rough.example\r\n${pipelining}250 AUTH PLAIN`,
				RCPT: (line) => (line.includes("gone@") ? "550 5.1.1 nobody" : "250 taken"),
			});
			const answer = await doorTo(server).send({ ...MAIL, to: ["ada@home.example", "gone@home.example"] });
			assert(answer.kind === "refused", JSON.stringify(answer));
			assert.deepEqual([answer.code, answer.status, answer.retryable], ["recipient-refused", 550, false]);
			assert.deepEqual(server.mails, []);
		}
	});
});

describe("a server that hangs up or falls silent", () => {
	const before: readonly (readonly [string, Script, string])[] = [
		["hangs up instead of greeting", { hello: "cut" }, "unreachable"],
		["hangs up at the sign-in", { AUTH: "cut" }, "unreachable"],
		["hangs up at the recipient", { RCPT: "cut" }, "unreachable"],
		["hangs up when the mail is announced", { DATA: "cut" }, "unreachable"],
		["never greets", { hello: "silence" }, "timeout"],
		["never answers the recipient", { RCPT: "silence" }, "timeout"],
		["never asks for the mail", { DATA: "silence" }, "timeout"],
	];
	for (const [what, script, code] of before) {
		test(`${what}: nothing was sent`, async (t) => {
			const server = await roughServer(t, script);
			const answer = await doorTo(server, code === "timeout" ? { timeoutMs: 400 } : {}).send(MAIL);
			assert.deepEqual([answer.kind, "code" in answer && answer.code], ["unsent", code]);
			assert.deepEqual(server.mails, []);
		});
	}

	const after: readonly (readonly [string, Script, string])[] = [
		["hangs up after the mail's last line", { end: "cut" }, "connection-lost"],
		["says nothing after the mail's last line", { end: "silence" }, "timeout"],
	];
	for (const [what, script, code] of after) {
		test(`${what}: it is not known, and it is not sent again`, async (t) => {
			const server = await roughServer(t, script);
			const answer = await doorTo(server, code === "timeout" ? { timeoutMs: 2_000 } : {}).send(MAIL);
			assert.deepEqual([answer.kind, "code" in answer && answer.code], ["unknown", code]);
			assert.equal(server.mails.length, 1);
		});
	}

	test("nobody listens, or nobody has that name: nothing was sent", async () => {
		const nobody = await doorTo({ url: "smtps://127.0.0.1:9", ca: "" }).send(MAIL);
		assert.deepEqual([nobody.kind, "code" in nobody && nobody.code], ["unsent", "unreachable"]);
		const nowhere = await doorTo({ url: "smtps://mail.invalid", ca: "" }).send(MAIL);
		assert.deepEqual([nowhere.kind, "code" in nowhere && nowhere.code], ["unsent", "unknown-host"]);
	});
});

describe("a connection that cannot be trusted carries nothing", () => {
	for (const startTls of [false, true]) {
		const how = startTls ? "by STARTTLS" : "over TLS from the start";
		test(`another authority, ${how}`, async () => {
			await using server = await startSmtp({ startTls });
			await using other = await startSmtp();
			const { url, user, password } = server;
			const answer = await smtpMail({
				url,
				ca: other.ca,
				from: "it@contoso.example",
				signIn: signIn(user, password),
			}).send(MAIL);
			assert(answer.kind === "refused", JSON.stringify(answer));
			assert.deepEqual([answer.code, answer.retryable, server.mails], ["not-trusted", false, []]);
		});
		for (const flaw of ["expired", "wrong-name"] as const) {
			test(`a certificate that is ${flaw}, ${how}`, async () => {
				await using server = await startSmtp({ startTls, flaw });
				const { url, ca, user, password } = server;
				const answer = await smtpMail({ url, ca, from: "it@contoso.example", signIn: signIn(user, password) }).send(
					MAIL,
				);
				assert(answer.kind === "refused", JSON.stringify(answer));
				assert.deepEqual([answer.code, answer.retryable, server.mails], ["not-trusted", false, []]);
			});
		}
	}

	test("a server without STARTTLS hears neither password nor mail", async (t) => {
		const server = await roughServer(t, {}, true);
		const answer = await doorTo(server).send(MAIL);
		assert(answer.kind === "refused", JSON.stringify(answer));
		assert.deepEqual([answer.code, answer.retryable], ["no-tls", false]);
		assert.deepEqual(
			server.lines.map((line) => line.split(" ")[0]),
			["EHLO", "STARTTLS"],
		);
	});
});

describe("what would begin another line or another address is refused here", () => {
	const bad: readonly (readonly [string, Partial<typeof MAIL>])[] = [
		["a subject of two lines", { subject: "Hello\r\nBcc: eve@evil.example" }],
		["a subject with a line separator", { subject: "Hello\u2028Bcc: eve@evil.example" }],
		["an address of two lines", { to: ["ada@home.example\r\nRCPT TO:<eve@evil.example>"] }],
		["two addresses in one", { to: ["ada@home.example, eve@evil.example"] }],
		["an address with a name", { to: ["Ada <ada@home.example>"] }],
		["a quoted address", { to: ['"eve@evil.example x"@home.example'] }],
		["an id that is none", { id: "<a@b>\r\nX: y" }],
		["no address", { to: [] }],
	];
	for (const [what, wrong] of bad) {
		test(what, async (t) => {
			const server = await roughServer(t);
			const answer = await doorTo(server).send({ ...MAIL, ...wrong });
			assert(answer.kind === "refused");
			assert.deepEqual([answer.code, answer.retryable, server.lines], ["bad-mail", false, []]);
		});
	}

	test("a file or an address named in a mail is not read", async (t) => {
		const server = await roughServer(t);
		const answer = await doorTo(server).send({ ...MAIL, html: '<img src="file:///etc/passwd"> {path: "/etc/passwd"}' });
		assert.equal(answer.kind, "ok");
		assert(!server.mails[0]?.includes("root:"));
	});
});

test("a password that is not there is a refusal in words, and nobody is called", async (t) => {
	const server = await roughServer(t);
	const password = async () => {
		throw refusal("no-such-secret", "A secret of Contoso Ltd is not there: env:SMTP. Nothing changed.", "env:SMTP");
	};
	const answer = await doorTo(server, { signIn: { user: "it", password } }).send(MAIL);
	assert(answer.kind === "refused");
	assert.deepEqual([answer.code, server.lines], ["no-such-secret", []]);
});

/** The head of a mail by lower-case names, with encoded words read. */
function headOf(raw: string): { readonly [name: string]: string } {
	const head = (raw.split("\r\n\r\n")[0] ?? "").replace(/\r\n[ \t]+/g, " ").split("\r\n");
	return Object.fromEntries(
		head.map((line) => [line.slice(0, line.indexOf(":")).toLowerCase(), wordsOf(line.slice(line.indexOf(":") + 2))]),
	);
}

/** Encoded words as text. Source: RFC 2047. */
function wordsOf(text: string): string {
	const joined = text.replace(/\?=\s+=\?/g, "?==?");
	return joined.replace(/=\?UTF-8\?([BQ])\?([^?]*)\?=/gi, (_all, how: string, inside: string) =>
		how.toUpperCase() === "B" ? Buffer.from(inside, "base64").toString("utf8") : quoted(inside.replaceAll("_", " ")),
	);
}

function quoted(text: string): string {
	const bytes = text
		.replace(/=\r\n/g, "")
		.replace(/=([0-9A-F]{2})/g, (_all, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
	return Buffer.from(bytes, "latin1").toString("utf8");
}

/** The bodies of a mail of two parts, as text. */
function partsOf(raw: string): readonly string[] {
	const boundary = /boundary="([^"]+)"/.exec(raw)?.[1] ?? "";
	return raw
		.split(`--${boundary}`)
		.slice(1, -1)
		.map((part) => {
			const at = part.indexOf("\r\n\r\n");
			const [head, body] = [part.slice(0, at), part.slice(at + 4)];
			return /base64/i.test(head) ? Buffer.from(body, "base64").toString("utf8") : quoted(body);
		});
}
