/**
 * A server that speaks just enough LDAP over TLS to answer as a test says, and records what it was sent as bytes. It knows
 * nothing of directories.
 */
import { once } from "node:events";
import type { Socket } from "node:net";
import type { TestContext } from "node:test";
import { createServer } from "node:tls";
import { generate } from "selfsigned";

export type Operation = "bind" | "search" | "modify" | "add" | "delete" | "rename" | "unbind";
export type Received = {
	readonly operation: Operation;
	readonly bytes: Buffer;
	/** What followed the operation, if anything. */
	readonly controls: Buffer;
	/** Which connection it came on, counted from 1. */
	readonly line: number;
};
export type Reply =
	/** Answered when `until` is. */
	| { readonly kind: "later"; readonly until: Promise<unknown> }
	| { readonly kind: "result"; readonly code: number; readonly text?: string }
	| { readonly kind: "entry"; readonly dn: string; readonly attributes: { readonly [name: string]: readonly Buffer[] } }
	| { readonly kind: "cut" }
	| { readonly kind: "silence" };

const OPERATIONS: { readonly [tag: number]: readonly [Operation, number] } = {
	96: ["bind", 97],
	99: ["search", 101],
	102: ["modify", 103],
	104: ["add", 105],
	74: ["delete", 107],
	108: ["rename", 109],
	66: ["unbind", 0],
};

/** Starts it; it ends with the test. */
export async function ldapServer(t: TestContext, answer: (request: Received) => Reply) {
	const names = [{ type: 2 as const, value: "dc1.contoso.example" }];
	const pem = await generate([{ name: "commonName", value: "dc1.contoso.example" }], {
		extensions: [
			{ name: "basicConstraints", cA: true },
			{ name: "subjectAltName", altNames: names },
		],
	});
	const received: Received[] = [];
	const sockets = new Set<Socket>();
	let lines = 0;
	const server = createServer({ key: pem.private, cert: pem.cert }, (socket) => {
		const line = ++lines;
		sockets.add(socket);
		socket.on("error", () => {});
		socket.on("close", () => sockets.delete(socket));
		let rest = Buffer.alloc(0);
		socket.on("data", (data: Buffer) => {
			rest = Buffer.concat([rest, data]);
			for (let message = element(rest); message !== undefined; message = element(rest)) {
				rest = rest.subarray(message.end);
				respond(socket, line, message.value);
			}
		});
	});
	function respond(socket: Socket, line: number, message: Buffer): void {
		const id = element(message);
		const body = id === undefined ? undefined : element(message.subarray(id.end));
		const [operation, tag] = OPERATIONS[body?.tag ?? 0] ?? [];
		if (id === undefined || body === undefined || operation === undefined || tag === undefined) return;
		const request = { operation, bytes: body.value, controls: message.subarray(id.end + body.end), line };
		received.push(request);
		if (operation === "unbind") return;
		const reply = answer(request);
		if (reply.kind === "cut") socket.destroy();
		if (reply.kind === "later") {
			reply.until.then(() => socket.write(tlv(48, tlv(2, id.value), result(tag, 0, ""))));
		}
		if (reply.kind === "entry") {
			const listed = Object.entries(reply.attributes).map(([name, values]) =>
				tlv(48, text(name), tlv(49, ...values.map((value) => tlv(4, value)))),
			);
			socket.write(tlv(48, tlv(2, id.value), tlv(100, text(reply.dn), tlv(48, ...listed))));
			socket.write(tlv(48, tlv(2, id.value), result(tag, 0, "")));
		}
		if (reply.kind === "result") socket.write(tlv(48, tlv(2, id.value), result(tag, reply.code, reply.text ?? "")));
	}
	server.listen(0, "127.0.0.1");
	await once(server, "listening");
	t.after(() => {
		for (const socket of sockets) socket.destroy();
		server.close();
	});
	const address = server.address();
	const port = typeof address === "object" && address !== null ? address.port : 0;
	return {
		url: `ldaps://127.0.0.1:${port}`,
		ca: pem.cert,
		servername: "dc1.contoso.example",
		received,
		open: () => sockets.size,
	};
}

function result(tag: number, code: number, words: string): Buffer {
	return tlv(tag, tlv(10, Buffer.from([code])), text(""), text(words));
}

function text(value: string): Buffer {
	return tlv(4, Buffer.from(value, "utf8"));
}

function tlv(tag: number, ...parts: readonly Buffer[]): Buffer {
	const value = Buffer.concat(parts);
	const size = value.length;
	const length = size < 128 ? [size] : size < 256 ? [0x81, size] : [0x82, size >> 8, size & 255];
	return Buffer.concat([Buffer.from([tag, ...length]), value]);
}

function element(data: Buffer): { readonly tag: number; readonly value: Buffer; readonly end: number } | undefined {
	if (data.length < 2) return undefined;
	const first = data[1] ?? 0;
	const bytes = first < 128 ? 0 : first & 127;
	if (data.length < 2 + bytes) return undefined;
	const size = bytes === 0 ? first : data.readUIntBE(2, bytes);
	const end = 2 + bytes + size;
	if (data.length < end) return undefined;
	return { tag: data[0] ?? 0, value: data.subarray(2 + bytes, end), end };
}
