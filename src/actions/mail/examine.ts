/**
 * Proves the way a client's mail goes out by SMTP: name, port, certificate, sign-in. Must never send a mail, and never sign
 * in where the certificate is not in order.
 */
import type { Socket } from "node:net";
import { createTransport } from "nodemailer";
import { type Finding, unwell, well } from "../../base/finding.ts";
import type { Secret } from "../../base/secret.ts";
import type { Clock } from "../../base/time.ts";
import type { SmtpSettings } from "../../sop/connector-schema.ts";
import { secretThere } from "../examine-look.ts";
import { examineTls, type TlsRemedies } from "../examine-tls.ts";

type SmtpExam = {
	readonly settings: SmtpSettings;
	readonly ca?: string;
	readonly password?: () => Promise<Secret>;
	readonly clock: Clock;
};

/** Looks. A password that is not there is a finding too. */
export async function examineSmtp({ settings, ca, password, clock }: SmtpExam): Promise<readonly Finding[]> {
	const { hostname: host, port: written, protocol } = new URL(settings.url);
	const secure = protocol === "smtps:";
	const port = written === "" ? (secure ? 465 : 587) : Number(written);
	const trust = ca === undefined ? {} : { ca };
	const preface = secure ? {} : { preface: askStartTls };
	const way = await examineTls({ host, port, clock, remedies: remediesFor(host, port), ...trust, ...preface });
	if (!way.trusted) return way.findings;
	const missing = password === undefined ? [] : await secretThere("Password", password);
	if (missing.length > 0) return [...way.findings, ...missing];
	const { user } = settings;
	const auth = user === undefined || password === undefined ? {} : { auth: { user, pass: (await password()).open() } };
	const limits = { connectionTimeout: 5_000, greetingTimeout: 10_000, socketTimeout: 15_000 };
	const transport = createTransport({ host, port, secure, requireTLS: !secure, tls: trust, ...limits, ...auth });
	const what = `Sign-in to ${host}`;
	try {
		await transport.verify();
		return [...way.findings, well(what, user === undefined ? "is not asked for" : `as ${user}`)];
	} catch (error) {
		return [...way.findings, refusedSignIn(what, user, error)];
	} finally {
		transport.close();
	}
}

function refusedSignIn(what: string, user: string | undefined, error: unknown): Finding {
	const { code, responseCode } = error as { readonly code?: unknown; readonly responseCode?: unknown };
	const numbers = [code, responseCode].filter((one) => typeof one === "string" || typeof one === "number").join(" ");
	if (code !== "EAUTH") {
		return unwell(what, `it stopped answering (${numbers})`, "Look at the mail server's own log for this machine.");
	}
	const remedy =
		"Set `user` and `password` right in client.yaml (`sopwith secret set`). At Microsoft 365, SMTP AUTH must be switched on " +
		"for the mailbox: admin centre → Users → Active users → Mail → Manage email apps → Authenticated SMTP.";
	return unwell(what, `${user ?? "nobody"}: the sign-in was refused (${numbers})`, remedy);
}

function remediesFor(host: string, port: number): TlsRemedies {
	return {
		answer: `Let TCP port ${port} through from this machine to ${host}, or mend mail.url in client.yaml.`,
		trust: "Put the certificate of the authority that signed it into the client's folder, and name it as mail's `ca`.",
		name: `Write the name that the certificate is for in mail.url, or have one made for ${host}.`,
		renew: `Renew the certificate of ${host} on the mail server.`,
		plain: `Switch STARTTLS on at ${host} (in Exchange: the receive connector → Security → TLS), or write smtps:// with its port.`,
	};
}

/** Asks for TLS and tells whether it is granted. Source: RFC 3207 4. */
async function askStartTls(socket: Socket): Promise<boolean> {
	const replies = repliesOf(socket);
	const say = async (line: string | undefined) => {
		if (line !== undefined) socket.write(`${line}\r\n`);
		return (await replies.next()).value ?? "";
	};
	if (!(await say(undefined)).startsWith("220")) return false;
	const offers = await say("EHLO sopwith.invalid");
	return /^250[ -]STARTTLS\s*$/im.test(offers) && (await say("STARTTLS")).startsWith("220");
}

/** Whole replies: the last line of one has a space after its number. Ends with the connection. */
async function* repliesOf(socket: Socket): AsyncGenerator<string, undefined> {
	let seen = "";
	const { promise: closed, resolve: close } = Promise.withResolvers<undefined>();
	socket.once("close", () => close(undefined));
	for (;;) {
		const { promise, resolve } = Promise.withResolvers<string>();
		socket.once("data", (data: Buffer) => resolve(data.toString("latin1")));
		const data = await Promise.race([promise, closed]);
		if (data === undefined) return undefined;
		seen += data;
		if (!/^\d{3} [^\n]*\n$/m.test(seen)) continue;
		yield seen;
		seen = "";
	}
}
