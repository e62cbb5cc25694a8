/**
 * Proves that the application gets a token of its tenant, that it will still get one next month, and that an admin has
 * consented to what it needs. Must never show a token, a secret or any part of one.
 */
import { X509Certificate } from "node:crypto";
import { beware, type Finding, unwell, well } from "../../base/finding.ts";
import { asRecords, type Values } from "../../base/json.ts";
import type { Secret } from "../../base/secret.ts";
import { type Clock, fromMs, type Instant, toMs } from "../../base/time.ts";
import { type Graph, RemoteError } from "../../engine/remote.ts";
import { odata } from "./graph.ts";
import { grantedBy, type Need, neededFor, type Use, worthHaving } from "./permissions.ts";
import type { TokenGiver } from "./token.ts";
import { tokenTrouble } from "./token-refusal.ts";

export type Application = { readonly tenant: string; readonly app: string; readonly portal: string };

const DAY_MS = 86_400_000;
const SOON_MS = 30 * DAY_MS;

/** A token, or the finding that says why there is none. */
export async function tokenOrWhy(giver: TokenGiver, about: Application): Promise<string | Finding> {
	const what = `Token for ${about.tenant}`;
	try {
		return await giver();
	} catch (error) {
		if (!(error instanceof RemoteError)) throw error;
		const { detail, kind, code } = error.answer;
		if (kind !== "refused") {
			return unwell(what, `none was given now (${code})`, "Look at status.cloud.microsoft, and run this again later.");
		}
		// Our own detail, in which each number of Entra's answer stands as AADSTS and digits.
		const numbers = [...detail.matchAll(/AADSTS(\d+)/g)].map((match) => Number(match[1]));
		const { words, remedy } = tokenTrouble(numbers, about);
		if (code === "bad-certificate") return unwell(what, error.answer.message, "Mend the PEM that client.yaml names.");
		return unwell(what, `${words} (${numbers.map((number) => `AADSTS${number}`).join(", ") || detail})`, remedy);
	}
}

/** What the token says an admin has consented to, against what the client's procedures use. */
export function permissionFindings(token: string, use: Use, { portal, app }: Application): readonly Finding[] {
	const granted = grantedBy(token);
	const what = "Permissions";
	const page = `${portal} → App registrations → ${app} → API permissions`;
	if (granted === undefined)
		return [beware(what, "this token does not say which it has", `Compare them by hand: ${page}.`)];
	const has = new Set(granted);
	const needed = neededFor(use);
	const lacking = (need: Need) => !need.some((one) => has.has(one));
	const missing = needed.filter(lacking);
	const remedy = (least: string) =>
		`${page} → Add a permission → Microsoft Graph → Application permissions → ${least}, then Grant admin consent.`;
	const all =
		missing.length > 0 ? [] : [well(what, `consent was given to all ${needed.length} that the procedures use`)];
	const needless = worthHaving(use).filter(({ need }) => lacking(need));
	return [
		...all,
		...missing.map(([least]) => {
			const lacks = use.lookOnly && WRITES.test(least) ? beware : unwell;
			return lacks(`Permission ${least}`, "no admin has consented to it", remedy(least));
		}),
		...needless.map(({ need: [least], why }) =>
			beware(`Permission ${least}`, `without it we cannot tell ${why}`, remedy(least)),
		),
	];
}

/** A permission that nothing which only looks has to have. */
const WRITES = /ReadWrite|EnableDisable|Send/;

/** Until when the certificate holds. A PEM that is none gives no finding: the token says so already. */
export function certificateFinding(pem: Secret, clock: Clock, { portal, app }: Application): readonly Finding[] {
	try {
		const until = fromMs(new X509Certificate(pem.open()).validToDate.getTime());
		const page = `Make a new one, and upload it: ${portal} → App registrations → ${app} → Certificates & secrets → Certificates.`;
		return [expiry("Certificate of the application", until, clock, page)];
	} catch {
		return [];
	}
}

/** Until when the client secret holds, where the application is registered in this tenant and shown to us. */
export async function secretFinding(
	graph: Graph,
	secret: Secret,
	parts: Application & { readonly clock: Clock },
): Promise<Finding> {
	const what = "Secret of the application";
	const page = `${parts.portal} → App registrations → ${parts.app} → Certificates & secrets`;
	const query = { $filter: `appId eq ${odata(parts.app)}`, $select: "id,passwordCredentials" };
	const answer = await graph.list({ path: ["applications"], query });
	const registered = answer.kind === "ok" ? answer.value[0] : undefined;
	const listed = registered?.passwordCredentials;
	const ours = asRecords(listed).filter((one) => isOurs(one, secret));
	const ends = ours.map((one) => one.endDateTime).filter((end) => typeof end === "string");
	const [first] = ends.toSorted();
	if (first === undefined) {
		const words = "Microsoft took it; until when it holds is not shown to us";
		return beware(what, words, `Look when it runs out, and note the day: ${page}.`);
	}
	return expiry(what, first, parts.clock, `Make a new one before, and keep it where client.yaml says: ${page}.`);
}

/** Microsoft keeps the first three characters of each secret, for telling them apart. */
function isOurs({ hint }: Values, secret: Secret): boolean {
	return typeof hint !== "string" || secret.open().startsWith(hint);
}

function expiry(what: string, until: Instant, clock: Clock, remedy: string): Finding {
	const left = toMs(until) - toMs(clock.now());
	const day = until.slice(0, 10);
	if (left <= 0) return unwell(what, `it ran out on ${day}`, remedy);
	return left < SOON_MS
		? beware(what, `it holds until ${day}: ${Math.floor(left / DAY_MS)} days left`, remedy)
		: well(what, `it holds until ${day}`);
}
