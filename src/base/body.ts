/**
 * Reads what an HTTP caller sent, within bounds: bytes, kind of content, depth, names of fields. Must never hand on a value
 * that has not been walked.
 */
import type { IncomingMessage } from "node:http";
import { InputError, type Problem, SopwithError } from "./errors.ts";
import type { Json } from "./json.ts";

/** 256 kB, for every body but an upload's; there are no uploads. */
const BODY_BYTES = 256 * 1024;
/** How many lists and records may lie inside each other. */
const BODY_DEPTH = 32;
/** How much of a body that is too large is thrown away before the connection is cut, as a multiple of the cap. */
const DRAINED = 16;
const RESERVED = new Set(["__proto__", "constructor", "prototype"]);

/** The request itself cannot be read: too large, not JSON, another kind of content. `status` is the answer's. */
export class BodyError extends SopwithError {
	readonly status: 400 | 413 | 415;
	constructor(status: 400 | 413 | 415, code: string, message: string) {
		super(code, message);
		this.status = status;
	}
}

/** Reads a JSON body. Errors: `BodyError` 415 `not-json-content`, 413 `too-large`, 400 `not-json`; `InputError`. */
export async function readJson(request: IncomingMessage, mostBytes: number = BODY_BYTES): Promise<Json> {
	const type = (request.headers["content-type"] ?? "").split(";")[0]?.trim().toLowerCase();
	if (type !== "application/json") {
		request.resume();
		throw new BodyError(415, "not-json-content", "Send JSON, with Content-Type: application/json.");
	}
	return parseJson(await readBytes(request, mostBytes));
}

/** Reads all bytes of a request. Errors: `BodyError` 413 `too-large`. */
export async function readBytes(request: IncomingMessage, mostBytes: number = BODY_BYTES): Promise<Buffer> {
	const chunks: Buffer[] = [];
	let size = 0;
	for await (const chunk of request as AsyncIterable<Buffer>) {
		size += chunk.length;
		if (size <= mostBytes) chunks.push(chunk);
		else chunks.length = 0;
		if (size > mostBytes * DRAINED) break;
	}
	if (size > mostBytes) throw new BodyError(413, "too-large", `A request holds ${mostBytes / 1024} kB at most.`);
	return Buffer.concat(chunks);
}

/** Parses UTF-8 JSON and walks it. Errors: `BodyError` 400 `not-json`; `InputError` naming each field refused. */
export function parseJson(bytes: Uint8Array): Json {
	const value = parsed(bytes);
	const problems = walk(value);
	if (problems.length > 0) throw new InputError(problems);
	return value;
}

function parsed(bytes: Uint8Array): Json {
	try {
		return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
	} catch {
		throw new BodyError(400, "not-json", "The body is not JSON in UTF-8.");
	}
}

function walk(root: Json): readonly Problem[] {
	const problems: Problem[] = [];
	const open: { readonly value: Json; readonly path: string; readonly depth: number }[] = [
		{ value: root, path: "", depth: 0 },
	];
	for (let at = open.pop(); at !== undefined && problems.length < 20; at = open.pop()) {
		const { value, path, depth } = at;
		if (typeof value === "number" && !Number.isFinite(value))
			problems.push({ path, code: "not-a-number", message: "This number is too large." });
		if (typeof value !== "object" || value === null) continue;
		if (depth === BODY_DEPTH) {
			problems.push({ path, code: "too-deep", message: `At most ${BODY_DEPTH} levels may lie inside each other.` });
			continue;
		}
		for (const [name, inner] of Object.entries(value)) {
			const below = path === "" ? name : `${path}.${name}`;
			if (!Array.isArray(value) && RESERVED.has(name))
				problems.push({ path: below, code: "reserved-name", message: "No field may have this name." });
			else open.push({ value: inner, path: below, depth: depth + 1 });
		}
	}
	return problems;
}
