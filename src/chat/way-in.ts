/**
 * Looks at our own address as a chat would call it, but without what proves the chat: there is one right answer to that.
 * Must never send a credential.
 */
import { beware, type Finding, unwell, well } from "../base/finding.ts";

/** `without`: what a stranger lacks: "a token". */
type Caller = { readonly chat: string; readonly path: string; readonly without: string };

const PATIENCE_MS = 5_000;
const WHAT = "Way in";
/** What a proxy says when nobody answers it. */
const BEHIND: ReadonlySet<number> = new Set([502, 503, 504]);

/** Calls once. `publicUrl`: what others reach the bot by; absent: only this machine does. */
export async function wayIn({ chat, path, without }: Caller, publicUrl: string | undefined): Promise<Finding> {
	if (publicUrl?.startsWith("https:") !== true) {
		const words = `PUBLIC_URL names no https address, so ${chat} has none to call, and links lead to this machine`;
		return unwell(WHAT, words, "PUBLIC_URL=https://HOST, with TLS taken by a proxy before Sopwith.");
	}
	const address = `${publicUrl}${path}`;
	const headers = { "content-type": "application/json" };
	const answer = await asked(address, { method: "POST", headers, body: "{}" });
	if (typeof answer !== "number") return notReached(chat, address, answer);
	if (answer === 401) return well(WHAT, `${address} answers, and lets in nobody without ${without}`);
	if (BEHIND.has(answer)) {
		const words = `${address} answers ${answer}: something stands there, and reaches no Sopwith behind it`;
		return beware(WHAT, words, "Start the bot, and let the proxy pass requests on to HOST and PORT.");
	}
	const words = `${address} answers ${answer}, where 401 was expected`;
	return unwell(WHAT, words, `Let the proxy pass POST ${path} on to Sopwith as it came, its headers too.`);
}

/** A certificate that we do not trust, the chat does not either; all else may be so from this machine alone. */
function notReached(chat: string, address: string, { code }: { readonly code: string }): Finding {
	if (/CERT|SELF_SIGNED|VERIFY|TLS|SSL/.test(code)) {
		const words = `the certificate of ${address} is not one that ${chat} would take (${code})`;
		return unwell(WHAT, words, "Take one from a public authority, for that name, with the whole chain.");
	}
	const words = `${address} cannot be reached from this machine (${code})`;
	return beware(WHAT, words, `From outside, \`curl -X POST ${address}\` has to answer 401.`);
}

/** The status, or why there is none. */
export async function asked(address: string, request: RequestInit): Promise<number | { readonly code: string }> {
	const limit = { redirect: "manual", signal: AbortSignal.timeout(PATIENCE_MS) } as const;
	try {
		const answer = await fetch(address, { ...request, ...limit });
		await answer.body?.cancel();
		return answer.status;
	} catch (error) {
		return { code: codeOf(error) };
	}
}

/** Why `fetch` failed, as a word: `ECONNREFUSED`, `TimeoutError`. */
export function codeOf(error: unknown): string {
	const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
	if (cause instanceof Error && "code" in cause && typeof cause.code === "string") return cause.code;
	return cause instanceof Error && cause.name !== "Error" ? cause.name : "no answer";
}
