/**
 * Whether a request that failed had left this machine: if it had not, doing it again is safe. Goes by the system's codes,
 * never by an error's text.
 */

/** Nothing had left this machine when it went wrong. */
const UNSENT: ReadonlySet<string> = new Set([
	"ECONNREFUSED",
	"ENOTFOUND",
	"EAI_AGAIN",
	"EHOSTUNREACH",
	"ENETUNREACH",
	"UND_ERR_CONNECT_TIMEOUT",
]);

/** Tells it of what `fetch` threw. What it does not know may have been sent. */
export function isUnsent(cause: unknown): boolean {
	const inner = cause instanceof Error && cause.cause instanceof Error ? cause.cause : cause;
	const code = inner instanceof Error && "code" in inner ? String(inner.code) : "";
	return UNSENT.has(code) || code.startsWith("ERR_TLS") || code.includes("CERT") || code.includes("SELF_SIGNED");
}
