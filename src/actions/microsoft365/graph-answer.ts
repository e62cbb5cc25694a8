/**
 * Sorts what Graph said into ok, refused, not sent and unknown, on status and codes alone. Must never read a message to
 * decide, and never shorten how long Graph asks us to wait.
 */
import { asList, asRecord, asRecords, isRecord, type Json } from "../../base/json.ts";
import { type Clock, fromHttpDate, toMs } from "../../base/time.ts";
import type { Code } from "../../engine/event.ts";
import type { Answer, GraphRequest } from "../../engine/remote.ts";

/** What came back from the wire, or that nothing did. */
export type Exchange =
	| { readonly kind: "answered"; readonly status: number; readonly headers: Headers; readonly body: string }
	| { readonly kind: "lost"; readonly sent: boolean; readonly code: Code; readonly detail: string };

type GraphAnswer = Answer<{ readonly [name: string]: Json }>;

/** Nothing was sent: we refuse it ourselves. */
export function refusedHere(code: Code, why: string): Extract<Answer<never>, { kind: "refused" }> {
	const message = `This was not sent to Microsoft 365: ${why}.`;
	return { kind: "refused", status: 0, code, message, retryable: false, detail: why };
}

/**
 * Turns an exchange into an answer. A write that was sent and not answered, or answered 408 or 5xx, is `unknown`: it may
 * have been done. 429 is a refusal in which nothing was done.
 * Source: https://learn.microsoft.com/graph/errors and https://learn.microsoft.com/graph/throttling.
 */
export function graphAnswer(method: GraphRequest["method"], exchange: Exchange, clock: Clock): GraphAnswer {
	if (exchange.kind === "lost") {
		const { code, detail } = exchange;
		if (exchange.sent) return { kind: "unknown", code, detail };
		return { kind: "unsent", code, detail, ...(code === "not-trusted" ? { message: NOT_TRUSTED } : {}) };
	}
	const { status, headers, body } = exchange;
	const requestId = headers.get("request-id") ?? undefined;
	const parsed = parse(body);
	if (status >= 200 && status < 300) {
		if (parsed === undefined && method === "GET") {
			return { kind: "unknown", code: "bad-answer", detail: `HTTP ${status} with a body that is not JSON` };
		}
		return { kind: "ok", value: parsed ?? {}, ...(requestId === undefined ? {} : { requestId }) };
	}
	const error = asRecord(parsed?.error);
	const detail = detailOf(status, error, headers);
	if (method !== "GET" && (status === 408 || status >= 500)) {
		return { kind: "unknown", code: STATUSES[status] ?? "server-error", detail };
	}
	const after = retryAfterMs(headers.get("retry-after"), clock);
	const code = codeOf(status, error);
	const said = typeof error.message === "string" && error.message !== "" ? error.message : `it said ${status}.`;
	const own = SENTENCES[code];
	const remedy = REMEDIES[code];
	return {
		kind: "refused",
		status,
		code,
		message: `${own ?? `Microsoft 365 refused this: ${said}`} Nothing changed.${remedy === undefined ? "" : ` ${remedy}`}`,
		retryable: PASSING.includes(status) && !hasConflict(error),
		detail: own === undefined ? detail : `${detail}: ${said}`,
		...(after === undefined ? {} : { retryAfterMs: after }),
	};
}

/**
 * Another try, with a fresh look before it, may succeed. 404 is none of them: only who knows what this run made can tell a
 * replica that lags from what is gone (see missing.ts).
 */
const PASSING: readonly number[] = [408, 409, 423, 429, 500, 502, 503, 504];

/**
 * Reads `Retry-After`, in seconds or as an HTTP date. Shape: milliseconds from now, never negative, never capped; nothing
 * for what is neither.
 */
export function retryAfterMs(header: string | null, clock: Clock): number | undefined {
	if (header === null) return undefined;
	const text = header.trim();
	if (/^\d{1,9}(\.\d+)?$/.test(text)) return Math.ceil(Number(text) * 1000);
	const at = fromHttpDate(text);
	return at === undefined ? undefined : Math.max(0, toMs(at) - toMs(clock.now()));
}

function parse(body: string): { readonly [name: string]: Json } | undefined {
	if (body === "") return {};
	try {
		const value: unknown = JSON.parse(body);
		return isRecord(value) ? value : { value: value as Json };
	} catch {
		return undefined;
	}
}

/** The innermost code says most; `details` names the conflict that `Request_BadRequest` hides. */
function codeOf(status: number, error: { readonly [name: string]: Json }): Code {
	if (hasConflict(error)) return "already-exists";
	const code = typeof error.code === "string" ? error.code : "";
	return CODES[code] ?? STATUSES[status] ?? (code === "" ? `http-${status}` : kebab(code));
}

function hasConflict(error: { readonly [name: string]: Json }): boolean {
	const details = asList(error.details);
	return details.some((d) => isRecord(d) && (d.code === "ObjectConflict" || d.code === "ConflictingObjects"));
}

const CODES: { readonly [code: string]: Code } = {
	Request_ResourceNotFound: "not-found",
	ResourceNotFound: "not-found",
	ErrorItemNotFound: "not-found",
	MailboxNotEnabledForRESTAPI: "no-mailbox",
	Request_MultipleObjectsWithSameKeyValue: "already-exists",
	Authorization_RequestDenied: "no-rights",
	ErrorAccessDenied: "no-rights",
	InvalidAuthenticationToken: "not-signed-in",
	Directory_QuotaExceeded: "quota-exceeded",
	Request_UnsupportedQuery: "bad-request",
	Request_BadRequest: "bad-request",
};

const STATUSES: { readonly [status: number]: Code } = {
	401: "not-signed-in",
	403: "no-rights",
	404: "not-found",
	408: "timeout",
	409: "conflict",
	429: "throttled",
	500: "server-error",
	502: "server-error",
	503: "unavailable",
	504: "gateway-timeout",
};

/** What people read; Microsoft's own words are the technician's then. */
const SENTENCES: { readonly [code: Code]: string } = {
	"no-rights": "Our application has no right to do this in Microsoft 365.",
	"not-signed-in": "Microsoft 365 did not accept our sign-in.",
	"not-found": "Microsoft 365 does not have what this is about.",
	"no-mailbox": "Microsoft 365 shows no mailbox for this account yet.",
	"already-exists": "Microsoft 365 has something with this name or address already.",
	"quota-exceeded": "This tenant holds as much as it may.",
	conflict: "Somebody else changed it at the same moment in Microsoft 365.",
	throttled: "Microsoft 365 is busy and asked us to wait.",
	timeout: "Microsoft 365 did not answer in time.",
	"server-error": "Microsoft 365 has a trouble of its own just now.",
	unavailable: "Microsoft 365 is not available just now.",
	"gateway-timeout": "Microsoft 365 did not answer in time.",
};

const NOT_TRUSTED =
	"The certificate that was shown for Microsoft 365 is not trusted here. Nothing was sent. Where a proxy opens TLS, name its authority as `ca` in client.yaml; `sopwith doctor --client` says more.";

const REMEDIES: { readonly [code: Code]: string } = {
	"no-rights":
		"`sopwith doctor --client` names the permission; give consent to it (Entra admin centre, App registrations), then try again.",
	"not-signed-in": "`sopwith doctor --client` says why. Mend that, then try again.",
};

function kebab(code: string): Code {
	const words = code.replaceAll(/([a-z0-9])([A-Z])/g, "$1-$2").replaceAll(/[^A-Za-z0-9]+/g, "-");
	return words.toLowerCase().replaceAll(/^-|-$/g, "");
}

/** What Microsoft's support asks for: the codes, the request's id and when it was. */
function detailOf(status: number, error: { readonly [name: string]: Json }, headers: Headers): string {
	const code = typeof error.code === "string" ? ` ${error.code}` : "";
	const details = asRecords(error.details);
	const targets = details.flatMap((d) => (typeof d.target === "string" ? [d.target] : []));
	return [
		`HTTP ${status}${code}`,
		...(targets.length > 0 ? [`about ${targets.join(", ")}`] : []),
		...["request-id", "date"].flatMap((name) => (headers.has(name) ? [`${name} ${headers.get(name)}`] : [])),
	].join(", ");
}
