/**
 * Reads a run's journal over the API and checks its chain with nothing but what is published about it. Must never import
 * the product's own hashing: this is the independent check.
 */
import { createHash } from "node:crypto";
import type { Api } from "./real-app.ts";

export type JournalRow = {
	readonly run: string;
	readonly seq: number;
	readonly at: string;
	readonly kind: string;
	readonly payload: unknown;
	readonly payloadHash: string;
	readonly prev: string;
	readonly hash: string;
};

/** The whole journal; undefined when it could not be read. */
export async function journalOf(api: Api, run: string): Promise<readonly JournalRow[] | undefined> {
	const rows: JournalRow[] = [];
	let cursor: unknown = "";
	while (typeof cursor === "string") {
		const query = cursor === "" ? "" : `?cursor=${encodeURIComponent(cursor)}`;
		const { status, body } = await api(`/api/v1/runs/${run}/events${query}`);
		if (status !== 200) return undefined;
		rows.push(...(body.items as readonly JournalRow[]));
		cursor = body.cursor;
	}
	return rows;
}

/** What is wrong with a chain, or undefined. */
export function chainProblem(run: string, rows: readonly JournalRow[]): string | undefined {
	let prev = "0".repeat(64);
	for (const [at, row] of rows.entries()) {
		if (row.seq !== at + 1) return `event ${at + 1} of ${run} is missing`;
		const payloadHash = sha(canonical(row.payload));
		if (payloadHash !== row.payloadHash) return `the payload of event ${row.seq} of ${run} is not the one hashed`;
		const hash = sha([prev, run, row.seq, row.at, row.kind, payloadHash].join("\n"));
		if (row.prev !== prev || row.hash !== hash) return `event ${row.seq} of ${run} does not hang on the one before`;
		prev = row.hash;
	}
	return undefined;
}

/** RFC 8785 for what a journal holds: names sorted by UTF-16 units, numbers and texts as ECMAScript writes them. */
function canonical(value: unknown): string {
	if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
	if (typeof value !== "object" || value === null) return JSON.stringify(value);
	const fields = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
	return `{${fields.map(([name, inner]) => `${JSON.stringify(name)}:${canonical(inner)}`).join(",")}}`;
}

function sha(text: string): string {
	return createHash("sha256").update(text).digest("hex");
}
