/**
 * Looks at one workspace with its token: whose it is, what it may, whether the channels and people that the definitions
 * name are there. Must never send a message, nor show a token.
 */
import { beware, type Finding, unwell, well } from "../../base/finding.ts";
import { asRecord } from "../../base/json.ts";
import type { Secret } from "../../base/secret.ts";
import type { Definitions } from "../../sop/definitions.ts";
import { SCOPES } from "./asks.ts";
import { type Look, lookWith, type Seen, textIn } from "./examine-look.ts";
import { examinePlaces } from "./examine-places.ts";
import { refusalOf } from "./refusals.ts";
import { isOrgInstall } from "./workspaces.ts";

type WorkspaceParts = {
	/** How its token is called: `SLACK_BOT_TOKEN`, `T02ACME in msp.yaml`. */
	readonly named: string;
	readonly token: Secret;
	readonly base: string;
	/** The workspace it is said to be of. Absent: the one in the environment. */
	readonly team?: string;
	/** The app that the app token is of, where there is one. */
	readonly app?: string;
	readonly definitions: Pick<Definitions, "msp" | "clients">;
};
/** `team`: which it turned out to be; absent: none, or not the one it is said to be of. */
export type Examined = { readonly team?: string; readonly findings: readonly Finding[] };

const TOKEN = "Bot token";
const REINSTALL =
	"Make manifest/slack.json anew (`sopwith manifest slack`), put it in at App Manifest, then Install App, Reinstall.";

/** Looks. Errors: none; what is not well is a finding. A second look is safe. */
export async function examineWorkspace(parts: WorkspaceParts): Promise<Examined> {
	const look = lookWith(parts);
	const who = await look("auth.test");
	const team = who.kind === "said" ? textIn(who.values, "team_id") : undefined;
	const name = who.kind === "said" ? textIn(who.values, "team") : (parts.team ?? "");
	const about = `Slack, ${name === "" ? parts.named : name}`;
	const found = who.kind === "said" && team !== undefined ? await signedIn(parts, look, who) : [refused(parts, who)];
	const isIts = team !== undefined && (parts.team ?? team) === team && who.kind === "said" && !isOrgInstall(who.values);
	return { ...(isIts ? { team } : {}), findings: found.map((each) => ({ about, ...each })) };
}

async function signedIn(parts: WorkspaceParts, look: Look, who: Seen & { kind: "said" }): Promise<readonly Finding[]> {
	const team = textIn(who.values, "team_id");
	if (isOrgInstall(who.values)) {
		const { is, remedy } = refusalOf("org_install");
		return [unwell(TOKEN, `${parts.named}: ${is}`, remedy)];
	}
	if (parts.team !== undefined && parts.team !== team) {
		const words = `${parts.named} is of ${textIn(who.values, "team")} (${team}), not of ${parts.team}`;
		return [unwell(TOKEN, words, `In msp.yaml, write team: ${team}, or keep the token of ${parts.team} there.`)];
	}
	if (textIn(who.values, "bot_id") === "") {
		const words = `${parts.named} speaks for a person, not for a bot`;
		return [unwell(TOKEN, words, "OAuth & Permissions: take the Bot User OAuth Token, which begins with xoxb-.")];
	}
	const own = well(TOKEN, `speaks as ${textIn(who.values, "user")} in ${textIn(who.values, "team")} (${team})`);
	return [
		own,
		...(await appFindings(parts, look, who)),
		...scopeFindings(who),
		...(await examinePlaces(look, team, parts.definitions)),
	];
}

function refused({ named, base }: WorkspaceParts, who: Seen): Finding {
	if (who.kind === "no") {
		const { is, remedy } = refusalOf(who.word);
		return unwell(
			TOKEN,
			`Slack refuses ${named}: ${is} (${who.word})`,
			remedy === "" ? "Run this again later." : remedy,
		);
	}
	const { host } = new URL(base);
	const why = who.kind === "silent" ? who.why : "";
	return unwell(TOKEN, `${host} did not answer (${why})`, `Let this machine reach ${host} on port 443.`);
}

/** Two tokens of different apps never fit together: one would hear what the other cannot answer. */
async function appFindings(
	{ app, named }: WorkspaceParts,
	look: Look,
	who: Seen & { kind: "said" },
): Promise<readonly Finding[]> {
	if (app === undefined) return [];
	const bots = await look("bots.info", { bot: textIn(who.values, "bot_id") });
	const entry = asRecord(bots.kind === "said" ? bots.values.bot : undefined);
	const there = textIn(who.values, "app_id") || textIn(entry, "app_id");
	if (there === "") return [];
	if (there === app) return [well("App", `${app}, as the app token says`)];
	const words = `${named} is of the app ${there}, and SLACK_APP_TOKEN of the app ${app}`;
	return [unwell("App", words, "Take both tokens from the pages of the same app at https://api.slack.com/apps.")];
}

function scopeFindings({ scopes }: Seen & { kind: "said" }): readonly Finding[] {
	const what = "Scopes";
	if (scopes === undefined) {
		return [beware(what, "Slack did not say which were granted", "OAuth & Permissions lists them.")];
	}
	const wanted = Object.keys(SCOPES);
	const missing = wanted.filter((scope) => !scopes.includes(scope));
	const more = scopes.filter((scope) => scope !== "" && !wanted.includes(scope));
	if (missing.length > 0) {
		const lacks = missing.map((scope) => `${scope} (${SCOPES[scope as keyof typeof SCOPES]})`).join("; ");
		return [unwell(what, `not granted: ${lacks}`, REINSTALL)];
	}
	if (more.length === 0) return [well(what, `all ${wanted.length} that are needed, and no others`)];
	const words = `all ${wanted.length} that are needed; beyond that ${more.join(", ")}`;
	return [beware(what, words, "Sopwith uses none of these: take them out at App Manifest, and install it anew.")];
}
