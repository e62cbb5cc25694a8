/**
 * Looks at what Teams needs of the world around: the bot's sign-in, the keys that Teams signs with, the way to its
 * connector. Must never send a message, nor show a credential.
 */
import { SopwithError } from "../../base/errors.ts";
import { beware, type Finding, unwell, well } from "../../base/finding.ts";
import type { Clock } from "../../base/time.ts";
import { type BearerParts, createBearer } from "./bearer.ts";
import type { Cloud } from "./cloud.ts";
import { createKeys } from "./keys.ts";
import { WireError } from "./wire.ts";

type ExamineParts = {
	readonly app?: BearerParts["app"];
	readonly tenants: readonly string[];
	readonly cloud: Cloud;
	readonly clock: Clock;
};

const ABOUT = "Teams";
const SECRET =
	"Azure portal, App registrations, the bot's app: its id, its tenant, and under Certificates & secrets a secret that has not run out.";

/** Proves it. Errors: none; what is not well is a finding. Repeat: safe. */
export async function examineTeams(parts: ExamineParts): Promise<readonly Finding[]> {
	const { app } = parts;
	if (app === undefined) {
		const words = "the Agents Playground on this machine, without tokens";
		return [{ about: ABOUT, ...beware("Way in", words, "For people: TEAMS_APP_ID and the three beside it.") }];
	}
	const found = await Promise.all([signIn(parts, app), keys(parts)]);
	const many = parts.tenants.length === 1 ? "1 tenant" : `${parts.tenants.length} tenants`;
	return [...found, well("Allow-list", `${many}; all others are refused`)].map((each) => ({ about: ABOUT, ...each }));
}

async function signIn({ cloud, clock }: ExamineParts, app: BearerParts["app"]): Promise<Finding> {
	const what = "Sign-in of the bot";
	const { login, issuer } = cloud;
	try {
		await createBearer({ app, login, scope: `${issuer}/.default`, clock }).token();
		return well(what, "Entra gave a token");
	} catch (error) {
		const cause = error instanceof WireError ? error.cause : error;
		if (cause instanceof SopwithError) return unwell(what, cause.message, SECRET);
		const { host } = new URL(login);
		return unwell(what, `${host} did not answer`, `Let this machine reach ${host} on port 443.`);
	}
}

async function keys({ cloud, clock }: ExamineParts): Promise<Finding> {
	const what = "Keys that Teams signs with";
	const { host } = new URL(cloud.metadata);
	try {
		await createKeys({ metadata: cloud.metadata, clock }).find("");
		return well(what, `read from ${host}`);
	} catch {
		return unwell(what, `cannot be read from ${host}`, `Let this machine reach ${host} on port 443.`);
	}
}
