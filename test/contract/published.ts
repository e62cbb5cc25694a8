/**
 * Microsoft's published contract as a second checker of requests, where a carved copy of it lies beside the project. It
 * is data of others and no part of this repository.
 */
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { isRecord, type Json } from "../../src/base/json.ts";
import type { Request } from "./graph-contract.ts";

type Validator = {
	readonly loadSpec: () => unknown;
	readonly validate: (spec: unknown, request: Request) => { readonly ok: boolean; readonly errors: readonly string[] };
};

const FILE = new URL("../../../shared/graph-contract/validate.mjs", import.meta.url);

/** Paths that the carved copy leaves out, though Graph has them. */
const LEFT_OUT = [/^\/v1\.0\/contacts(\?|$)/, /^\/v1\.0\/policies\//];

type Contract = (request: Request) => readonly string[];
let read: Promise<Contract | undefined> | undefined;

/** What is wrong with a request, or nothing when there is no copy to hold it against. It is read once. */
export function publishedContract(): Promise<Contract | undefined> {
	read ??= readContract();
	return read;
}

async function readContract(): Promise<Contract | undefined> {
	if (!existsSync(FILE)) return undefined;
	process.env.CONNECTORS_APP = fileURLToPath(new URL("../..", import.meta.url));
	const { loadSpec, validate } = (await import(FILE.href)) as Validator;
	const spec = loadSpec();
	return (request) => {
		const known = withKnown(request);
		return known === undefined ? [] : validate(spec, known).errors;
	};
}

/** The request without what the copy leaves out; of a batch, each of its requests by itself. */
function withKnown(request: Request): Request | undefined {
	if (isLeftOut(request.url)) return undefined;
	if (!isRecord(request.body) || !Array.isArray(request.body.requests)) return request;
	const inner = (request.body.requests as readonly Json[]).filter(
		(one) => !(isRecord(one) && isLeftOut(`/v1.0${String(one.url)}`)),
	);
	return inner.length === 0 ? undefined : { ...request, body: { ...request.body, requests: inner } };
}

function isLeftOut(url: string): boolean {
	return LEFT_OUT.some((path) => path.test(url));
}
