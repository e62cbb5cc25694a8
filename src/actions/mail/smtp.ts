/**
 * Mail by SMTP, over TLS always. One mail is one connection and one try: what the server refused was not sent, and once the
 * mail has begun to leave, only the server's answer says how it ended. Must never send to some of those it is for.
 */
import { Readable } from "node:stream";
import { assert } from "../../base/assert.ts";
import type { Secret } from "../../base/secret.ts";
import { type Answer, type Mail, RemoteError } from "../../engine/remote.ts";
import { senderOf } from "../../sop/connector-schema.ts";
import { isWellFormed, refusedHere, type SmtpFailure, smtpAnswer } from "./smtp-answer.ts";

export type SmtpOptions = {
	/** `smtps://HOST`, TLS from the start; `smtp://HOST`, TLS by STARTTLS, without which nothing is sent. */
	readonly url: string;
	/** `it@contoso.example`, or `Contoso IT <it@contoso.example>`. */
	readonly from: string;
	readonly signIn?: { readonly user: string; readonly password: () => Promise<Secret> };
	/** PEM of the authority to trust instead of the usual ones. */
	readonly ca?: string;
	/** Limit of a whole mail in ms; below that of a step, so that it is known how far it came. Default 25 s. */
	readonly timeoutMs?: number;
};

type Message = Parameters<Mail["send"]>[0];
type Envelope = { from: string; to: string[]; size: number; rejectedErrors?: readonly SmtpFailure[] };

/** Makes the door; nothing is sent yet. Sent mail cannot be looked up by SMTP, so `sent` answers that it cannot tell. */
export function smtpMail(options: SmtpOptions): Mail {
	const sender = senderOf(options.from);
	assert(sender !== undefined, "a sender is checked before it is used");
	return {
		from: sender.address,
		async send(message) {
			if (!isWellFormed(message)) return refusedHere("bad-mail", "an address, the subject or the id cannot be sent");
			let password: Secret | undefined;
			try {
				password = await options.signIn?.password();
			} catch (error) {
				if (!(error instanceof RemoteError)) throw error;
				return error.answer;
			}
			return deliver(options, await written(message, sender), password);
		},
		sent: async () => ({ kind: "ok", value: undefined }),
	};
}

/** The mail as it goes over the wire, and whom it is for. Reads no file and no address that stands in it. */
async function written(message: Message, from: { readonly name: string; readonly address: string }) {
	const { default: MailComposer } = await import("nodemailer/lib/mail-composer");
	const { id, to, subject, text, html } = message;
	const made = new MailComposer({
		from,
		to: to.map((address) => ({ name: "", address })),
		...{ subject, text, messageId: id, ...(html === undefined ? {} : { html }) },
		headers: { "Auto-Submitted": "auto-generated" },
		...{ disableFileAccess: true, disableUrlAccess: true },
	}).compile();
	const content = await made.build();
	const { from: sender, to: receivers } = made.getEnvelope();
	assert(typeof sender === "string" && receivers.length === to.length, "a mail goes to those it is for");
	return { content, envelope: { from: sender, to: [...receivers], size: content.length } };
}

type Written = Awaited<ReturnType<typeof written>>;

async function deliver(options: SmtpOptions, mail: Written, password: Secret | undefined): Promise<Answer<void>> {
	const { default: SMTPConnection } = await import("nodemailer/lib/smtp-connection");
	const url = new URL(options.url);
	const secure = url.protocol === "smtps:";
	const connection = new SMTPConnection({
		host: url.hostname.replace(/^\[|\]$/g, ""),
		port: url.port === "" ? (secure ? 465 : 587) : Number(url.port),
		...{ secure, requireTLS: !secure },
		tls: { minVersion: "TLSv1.2", ...(options.ca === undefined ? {} : { ca: options.ca }) },
		...{ dnsTimeout: 5_000, connectionTimeout: 10_000, greetingTimeout: 10_000, socketTimeout: 20_000 },
	});
	const { promise, resolve } = Promise.withResolvers<SmtpFailure | undefined>();
	const envelope: Envelope = mail.envelope;
	let begun = false;
	// Read only once the server has asked for the mail itself, after it has said whom it takes it for.
	const content = Readable.from(
		(async function* () {
			const [refusal] = envelope.rejectedErrors ?? [];
			if (refusal !== undefined) {
				resolve(refusal);
				// A mail that breaks off is none; one that ends here would be an empty one.
				throw new Error("not taken for all of them");
			}
			begun = true;
			yield mail.content;
		})(),
	);
	const next = (step: () => void) => (error?: SmtpFailure | null) => (error ? resolve(error) : step());
	const limit = setTimeout(() => resolve({ code: "ETIMEDOUT" }), options.timeoutMs ?? 25_000);
	const send = () =>
		connection.send(
			envelope,
			content,
			next(() => resolve(undefined)),
		);
	connection.on("error", resolve);
	connection.connect(
		next(() => {
			if (!connection.secure) return resolve({ code: "ETLS" });
			if (options.signIn === undefined || password === undefined) return send();
			connection.login({ user: options.signIn.user, pass: password.open() }, next(send));
		}),
	);
	try {
		return smtpAnswer(await promise, begun);
	} finally {
		clearTimeout(limit);
		connection.close();
	}
}
