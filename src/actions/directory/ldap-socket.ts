/**
 * An encrypted line to one domain controller, over LDAPS or by StartTLS. StartTLS is asked for here and not by the
 * library, so that both ways end in the same line and nothing said before the encryption is ever taken for an answer. Must
 * never hand out a line whose other end was not proved.
 */
import { isIP, connect as netConnect, type Socket } from "node:net";
import { type TLSSocket, connect as tlsConnect } from "node:tls";

export type Place = {
	/** `ldaps://dc1.contoso.example`, or `ldap://…` with `startTls`. */
	readonly url: string;
	readonly startTls?: boolean;
	/** The name its certificate is made out to, when it is not the one in `url`. */
	readonly servername?: string;
	/** PEM of the authority to trust instead of the machine's. */
	readonly ca?: string;
};
/** `raw` is the line below the encryption: resetting it takes back what was not delivered yet. */
export type Line = { readonly raw: Socket; readonly secure: TLSSocket };

/** Connects and proves the other end within `ms`. Errors: throws with a `code` of Node's, `ETIMEDOUT` or `STARTTLS_REFUSED`. */
export async function openLine(place: Place, ms: number): Promise<Line> {
	const { hostname, port, protocol } = new URL(place.url);
	const host = hostname.replace(/^\[(.*)\]$/, "$1");
	const raw = netConnect({ host, port: Number(port) || (protocol === "ldaps:" ? 636 : 389) });
	const late = setTimeout(() => raw.destroy(coded("ETIMEDOUT")), ms);
	// Errors are told to whoever waits; this keeps those that come when nobody does from ending the process.
	raw.on("error", () => {});
	try {
		await heard(raw, "connect");
		raw.setNoDelay(true).setKeepAlive(true, 30_000);
		if (protocol === "ldap:") await startTls(raw);
		const named = place.servername ?? host;
		const secure = tlsConnect({
			socket: raw,
			host: named,
			...(isIP(named) === 0 ? { servername: named } : {}),
			...(place.ca === undefined ? {} : { ca: place.ca }),
		});
		secure.on("error", () => {});
		await heard(secure, "secureConnect");
		return { raw, secure };
	} catch (error) {
		raw.destroy();
		throw error;
	} finally {
		clearTimeout(late);
	}
}

function heard(socket: Socket, event: "connect" | "secureConnect"): Promise<void> {
	return new Promise((resolve, reject) => {
		socket.once(event, () => resolve());
		socket.once("error", reject);
		socket.once("close", () => reject(coded("ECONNRESET")));
	});
}

/** The extended request 1.3.6.1.4.1.1466.20037 as message 1. Source: RFC 4511 §4.14. */
const START_TLS = Buffer.from("301d02010177188016312e332e362e312e342e312e313436362e3230303337", "hex");

async function startTls(raw: Socket): Promise<void> {
	let heardSoFar = Buffer.alloc(0);
	const answered = new Promise<void>((resolve, reject) => {
		raw.on("data", (part: Buffer) => {
			heardSoFar = Buffer.concat([heardSoFar, part]);
			const said = answerOf(heardSoFar);
			if (said === "yes") resolve();
			else if (said === "no" || heardSoFar.length > 4096) reject(coded("STARTTLS_REFUSED"));
		});
		raw.once("error", reject);
		raw.once("close", () => reject(coded("ECONNRESET")));
	});
	raw.write(START_TLS);
	try {
		await answered;
	} finally {
		raw.removeAllListeners("data");
		raw.pause();
	}
}

/** Reads the one answer there may be. What follows it unencrypted is nobody's word, so then the answer is no. */
function answerOf(bytes: Buffer): "yes" | "no" | "more" {
	const message = part(bytes, 0x30);
	if (message === "more" || message === "no") return message;
	if (message.rest.length > 0) return "no";
	const id = part(message.value, 0x02);
	if (typeof id === "string" || !id.value.equals(Buffer.from([1]))) return "no";
	const answer = part(id.rest, 0x78);
	const result = typeof answer === "string" ? answer : part(answer.value, 0x0a);
	return typeof result !== "string" && result.value.equals(Buffer.from([0])) ? "yes" : "no";
}

type Part = { readonly value: Buffer; readonly rest: Buffer };

/** One tagged part of a message; lengths in up to four bytes, as Windows writes them. */
function part(bytes: Buffer, tag: number): Part | "no" | "more" {
	if (bytes.length > 0 && bytes[0] !== tag) return "no";
	const first = bytes[1];
	if (first === undefined) return "more";
	const size = first < 0x80 ? 0 : first & 0x7f;
	if (size > 4 || first === 0x80) return "no";
	if (bytes.length < 2 + size) return "more";
	const length = size === 0 ? first : bytes.readUIntBE(2, size);
	const end = 2 + size + length;
	return bytes.length < end ? "more" : { value: bytes.subarray(2 + size, end), rest: bytes.subarray(end) };
}

function coded(code: string): Error {
	return Object.assign(new Error(code), { code });
}
