/**
 * What stands before everything else: did Slack sign this, just now, for our app, about a workspace we serve? Checked here
 * and not left to Bolt, which lets future stamps and other apps pass. Must never compare a secret byte by byte.
 */
import { createHmac, timingSafeEqual } from "node:crypto";
import { asRecord, asRecords, asText, type Values } from "../../base/json.ts";
import type { Secret } from "../../base/secret.ts";
import { type Clock, toMs } from "../../base/time.ts";
import { RefusedPost } from "../surface.ts";
import type { Workspace, Workspaces } from "./workspaces.ts";

/** `why` is a word for the auditor; nothing of it reaches the caller. */
export type Refused = { readonly kind: "refused"; readonly status: 400 | 401 | 403; readonly why: string };
/** A signature that could be good: its moment is right, its bytes are not compared yet. */
type Stamp = { readonly kind: "stamped"; readonly at: string; readonly signature: Buffer };
export type Admitted = { readonly kind: "admitted"; readonly workspace: Workspace };

export type SignatureGuard = {
	/** Judges the headers alone, before a body is read. */
	readonly stamp: (headers: { readonly [name: string]: readonly string[] | undefined }) => Stamp | Refused;
	/** Compares the signature with the bytes it should be of, in constant time. */
	readonly isSigned: (stamp: Stamp, body: Buffer) => boolean;
};

/** Seconds a stamp may lie from now, before or after. Source: https://docs.slack.dev/authentication/verifying-requests-from-slack */
const WINDOW_S = 300;

/** The guard of signed requests. */
export function createSignatureGuard(parts: { readonly signingSecret: Secret; readonly clock: Clock }): SignatureGuard {
	return {
		stamp: (headers) => {
			const [at = "", more] = headers["x-slack-request-timestamp"] ?? [];
			const [signature = "", other] = headers["x-slack-signature"] ?? [];
			if (at === "" || signature === "") return refuse(401, "no-signature");
			if (more !== undefined || other !== undefined) return refuse(401, "two-signatures");
			if (!/^\d{1,12}$/.test(at) || !/^v0=[0-9a-f]{64}$/.test(signature)) return refuse(401, "no-such-signature");
			const away = Number(at) - toMs(parts.clock.now()) / 1000;
			if (away > WINDOW_S) return refuse(401, "from-the-future");
			if (away < -WINDOW_S) return refuse(401, "too-old");
			return { kind: "stamped", at, signature: Buffer.from(signature.slice(3), "hex") };
		},
		isSigned: ({ at, signature }, body) => {
			const ours = createHmac("sha256", parts.signingSecret.open()).update(`v0:${at}:`).update(body).digest();
			return timingSafeEqual(ours, signature);
		},
	};
}

/**
 * Judges what a payload says about its app and its workspace, however it came. Errors: `UnavailableError` while a workspace
 * that may be ours cannot be looked up.
 */
export async function judge(workspaces: Workspaces, body: Values): Promise<Admitted | Refused> {
	const team = teamOf(body);
	if (team === "") return refuse(403, "no-team");
	if (workspaces.find(team) === undefined && !workspaces.mayBe(team)) return refuse(403, "other-team");
	const app = asText(body.api_app_id);
	if (app === "" && !NAMELESS.has(asText(body.type))) return refuse(403, "no-app");
	const workspace = await workspaces.open(team).catch((error: unknown) => {
		if (error instanceof RefusedPost) return undefined;
		throw error;
	});
	if (workspace === undefined) return refuse(403, "other-team");
	const ours = workspaces.all().flatMap((each) => (each.app === undefined ? [] : [each.app]));
	if (app !== "" && ours.length > 0 && !ours.includes(app)) return refuse(403, "other-app");
	return { kind: "admitted", workspace };
}

/** Shortcuts do not say their app. Source: https://docs.slack.dev/reference/interaction-payloads/shortcuts-interaction-payload */
const NAMELESS: ReadonlySet<string> = new Set(["shortcut", "message_action"]);

/**
 * Where the app is installed that a payload is for: not always where the person is at home. Empty: in no workspace of its
 * own, as an installation for a whole organisation is, which is not worked with.
 */
function teamOf(body: Values): string {
	const [installed] = asRecords(body.authorizations);
	const view = asText(asRecord(body.view).app_installed_team_id);
	const own = asText(body.team_id) || asText(asRecord(body.team).id) || asText(asRecord(body.user).team_id);
	return asText(installed?.team_id) || view || own;
}

export function refuse(status: Refused["status"], why: string): Refused {
	return { kind: "refused", status, why };
}
