/**
 * One call to Teams' connector: allowed hosts only, no redirect, no second try, and an honest word about whether it may have
 * arrived. Must never retry by itself: that is the poster's, who knows what a second message would mean.
 */
import { SopwithError } from "../../base/errors.ts";
import { isUnsent } from "../../base/unsent.ts";
import type { MaySpeakTo } from "./hosts.ts";

const PATIENCE_MS = 10_000;

/** Teams did not do it. `status` 0: no answer came; then `sent` says whether it may have arrived all the same. */
export class WireError extends SopwithError {
	readonly status: number;
	readonly sent: boolean;
	readonly retryAfterMs: number | undefined;
	constructor(status: number, more: { sent: boolean; retryAfterMs?: number | undefined; cause?: unknown }) {
		super("teams-refused", status === 0 ? "Teams did not answer." : `Teams answered ${status}.`, { cause: more.cause });
		this.status = status;
		this.sent = more.sent;
		this.retryAfterMs = more.retryAfterMs;
	}
}

/** A request, whole. */
export type Call = {
	readonly url: string;
	readonly method: string;
	readonly body?: unknown;
	readonly headers: { readonly [name: string]: string };
};

/** Sends it. Errors: `WireError` for every answer but a good one. */
export async function send(call: Call, maySpeakTo: MaySpeakTo): Promise<{ status: number; text: string }> {
	const { origin, pathname } = new URL(call.url);
	if (!maySpeakTo(`${origin}${pathname}`)) throw new WireError(0, { sent: false });
	const answer = await fetch(call.url, {
		method: call.method,
		headers: call.headers,
		redirect: "error",
		signal: AbortSignal.timeout(PATIENCE_MS),
		...(typeof call.body === "string" ? { body: call.body } : {}),
	}).catch((cause: unknown) => {
		throw new WireError(0, { sent: !isUnsent(cause), cause });
	});
	const text = await answer.text().catch((cause: unknown) => {
		throw new WireError(0, { sent: true, cause });
	});
	if (answer.ok) return { status: answer.status, text };
	const { status } = answer;
	throw new WireError(status, { sent: MAYBE.has(status), retryAfterMs: waitOf(answer.headers.get("retry-after")) });
}

/** Answers of something in between, or of a server in trouble: what they asked for may have been done. */
const MAYBE: ReadonlySet<number> = new Set([500, 502, 504]);

/** `Retry-After` in seconds, at most an hour. A date there is left to our own pace. */
function waitOf(header: string | null): number | undefined {
	return header !== null && /^\d{1,4}$/.test(header) ? Math.min(Number(header), 3600) * 1000 : undefined;
}
