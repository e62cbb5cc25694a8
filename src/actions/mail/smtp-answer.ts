/**
 * Says what became of a mail by SMTP: sent, refused, not sent, or not known. Decides on codes and on how far the mail came;
 * must never read a server's words. Pure.
 */
import type { Answer, Mail } from "../../engine/remote.ts";

/** What ended a try: nodemailer's code and the command it was at, and the server's number, where it gave one. */
export type SmtpFailure = {
	readonly code?: string | undefined;
	/** The system's own code, where nodemailer's stands before it: `SELF_SIGNED_CERT_IN_CHAIN`. */
	readonly originalCode?: string | undefined;
	readonly command?: string | undefined;
	readonly responseCode?: number | undefined;
};

type Refused = Extract<Answer<never>, { kind: "refused" }>;

/** `begun`: the mail itself had begun to leave. Without a failure the server has taken it. */
export function smtpAnswer(failure: SmtpFailure | undefined, begun: boolean): Answer<void> {
	if (failure === undefined) return { kind: "ok", value: undefined };
	const { responseCode, command = "", code = "" } = failure;
	const detail = [command, responseCode, failure.originalCode ?? code].filter((part) => part !== undefined).join(" ");
	if (begun && (responseCode === undefined || command !== "DATA")) {
		return { kind: "unknown", code: code === "ETIMEDOUT" ? "timeout" : "connection-lost", detail };
	}
	if (command === "STARTTLS" && responseCode !== undefined) {
		return refused("no-tls", "The mail server takes no encrypted connection.", { status: responseCode, detail });
	}
	if (responseCode !== undefined) return refusedBy(failure, responseCode, detail);
	if (code === "EAUTH") return refused("sign-in-refused", SIGN_IN, { status: 0, detail });
	if (code === "EMESSAGE")
		return refused("mail-refused", "The mail server takes no mail of this size.", { status: 0, detail });
	if (code === "EENVELOPE") return refused("recipient-refused", RECIPIENT, { status: 0, detail });
	if (isTlsFailure(failure)) {
		return refused("not-trusted", "The certificate of the mail server is not trusted.", { status: 0, detail });
	}
	if (code === "ETIMEDOUT") return { kind: "unsent", code: "timeout", detail };
	return { kind: "unsent", code: code === "EDNS" ? "unknown-host" : "unreachable", detail };
}

const SIGN_IN = "The mail server did not take our sign-in.";
const RECIPIENT = "The mail server does not take mail for this address.";

/** The server answered with a number: 4xx may pass, 5xx does not. Source: RFC 5321 §4.2.1. */
function refusedBy({ command = "" }: SmtpFailure, status: number, detail: string): Refused {
	if (command.startsWith("AUTH")) return refused("sign-in-refused", SIGN_IN, { status, detail });
	if (command === "RCPT TO") return refused("recipient-refused", RECIPIENT, { status, detail });
	if (command === "MAIL FROM") {
		return refused("sender-refused", "The mail server does not let us send as this sender.", { status, detail });
	}
	return refused("mail-refused", "The mail server did not take the mail.", { status, detail });
}

function refused(code: string, what: string, { status, detail }: { readonly status: number; readonly detail: string }) {
	const retryable = status >= 400 && status < 500;
	return { kind: "refused", status, code, message: `${what} Nothing was sent.`, retryable, detail } as const;
}

/** Nothing was sent: we refuse it ourselves. */
export function refusedHere(code: string, why: string): Refused {
	return refused(code, `This mail cannot go out: ${why.replace(/\.$/, "")}.`, { status: 0, detail: "" });
}

/** Whether it was TLS that failed. Source: https://nodejs.org/api/tls.html#x509-certificate-error-codes */
function isTlsFailure({ code, originalCode = "" }: SmtpFailure): boolean {
	return code === "ETLS" || /CERT|TLS|SSL|SIGNATURE|CRL|^HOSTNAME_MISMATCH$|^INVALID_(CA|PURPOSE)$/.test(originalCode);
}

/** Whether nothing in a mail's head could begin another line, or another address. */
export function isWellFormed({ id, to, subject }: Parameters<Mail["send"]>[0]): boolean {
	const control = /[\p{Cc}\u2028\u2029]/u;
	return (
		/^<[^<>\s@]+@[^<>\s@]+>$/.test(id) &&
		!control.test(subject) &&
		to.length > 0 &&
		to.every((address) => /^[^\s@<>,;:"()[\]\\]+@[^\s@<>,;:"()[\]\\]+$/.test(address) && !control.test(address))
	);
}
