/**
 * A mail server that answers as a test says: with any number, with silence, or by hanging up, at any point. It keeps every
 * line it was sent, so that a test sees what left and what did not.
 */
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { createServer as createTlsServer } from "node:tls";
import { certificateFiles } from "../../fixtures/certificates.ts";

/** `cut`: hangs up without an answer. `silence`: says nothing and stays. */
export type Reply = string | "cut" | "silence";
/** By the first word of what is sent; `hello` is the greeting, `end` follows the mail's last line. */
export type Script = { readonly [command: string]: Reply | ((line: string) => Reply) };

export type RoughServer = {
	readonly url: string;
	readonly ca: string;
	readonly caFile: string;
	/** Commands, in order; the lines of a mail are not among them. */
	readonly lines: readonly string[];
	/** Mails of which the last line arrived, whatever was answered to it. */
	readonly mails: readonly string[];
};

const USUAL: Script = {
	hello: "220 rough.example ready",
	EHLO: "250-rough.example\r\n250-AUTH PLAIN\r\n250 SIZE 1000000",
	AUTH: "235 welcome",
	MAIL: "250 sender taken",
	RCPT: "250 recipient taken",
	DATA: "354 go on",
	end: "250 taken",
	QUIT: "221 bye",
};

/** Starts one over TLS, or in the open where a client should turn away. It ends with the test. */
export async function roughServer(t: TestContext, script: Script = {}, open = false): Promise<RoughServer> {
	const folder = mkdtempSync(join(tmpdir(), "sopwith-rough-"));
	const files = await certificateFiles({ folder, names: ["localhost"], address: "127.0.0.1" });
	const [lines, mails, sockets]: [string[], string[], Set<Socket>] = [[], [], new Set()];
	const talk = (socket: Socket) => {
		sockets.add(socket);
		socket.on("error", () => {});
		converse(socket, { ...USUAL, ...script }, { lines, mails });
	};
	const tls = { key: readFileSync(files.keyFile), cert: readFileSync(files.certFile) };
	const server: Server = open ? createServer(talk) : createTlsServer(tls, talk);
	server.on("tlsClientError", () => {});
	server.listen(0, "127.0.0.1");
	await once(server, "listening");
	t.after(() => {
		for (const socket of sockets) socket.destroy();
		server.close();
		rmSync(folder, { recursive: true, force: true });
	});
	const { port } = server.address() as AddressInfo;
	return { url: `${open ? "smtp" : "smtps"}://127.0.0.1:${port}`, ca: files.ca, caFile: files.caFile, lines, mails };
}

function converse(socket: Socket, script: Script, heard: { readonly lines: string[]; readonly mails: string[] }): void {
	let mail: string[] | undefined;
	let rest = "";
	const say = (command: string, line: string) => {
		const reply = script[command] ?? "502 not known here";
		const said = typeof reply === "string" ? reply : reply(line);
		if (said === "cut") socket.destroy();
		else if (said !== "silence") socket.write(`${said}\r\n`);
		if (command === "DATA" && said.startsWith("354")) mail = [];
	};
	const hear = (line: string) => {
		if (mail === undefined) {
			heard.lines.push(line);
			return say(line.split(/[ :]/)[0]?.toUpperCase() ?? "", line);
		}
		if (line !== ".") return mail.push(line.replace(/^\./, ""));
		heard.mails.push(mail.join("\r\n"));
		mail = undefined;
		return say("end", line);
	};
	socket.on("data", (chunk) => {
		const parts = (rest + chunk.toString("utf8")).split("\r\n");
		rest = parts.pop() ?? "";
		for (const line of parts) hear(line);
	});
	say("hello", "");
}
