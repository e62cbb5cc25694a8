/**
 * What Slack says about an account: member, guest, of somebody else's workspace, bot, deactivated. Remembered for a few
 * minutes. Must never take an account that could not be looked at for a member.
 */
import { setBounded } from "../../base/bounded.ts";
import { asRecord, isRecord, type Values } from "../../base/json.ts";
import { type Clock, toMs } from "../../base/time.ts";
import { SlackNo } from "./web-api.ts";
import type { Workspaces } from "./workspaces.ts";

export type SlackUser = {
	/** The workspace that was asked. */
	readonly team: string;
	readonly user: string;
	readonly name: string;
	/** Where the scope shows it. */
	readonly email?: string;
	/** Slack has seen that the address is theirs. */
	readonly emailConfirmed: boolean;
	readonly zone?: string;
	/** Only a `member` is of the workspace itself. */
	readonly kind: "member" | "guest" | "stranger" | "bot" | "deactivated";
};

/** Errors of both: `UnavailableError` when Slack cannot say it now; `SlackNo` where an operator has something to mend. */
export type PeopleLook = {
	/** Undefined: there is no such account in that workspace. */
	readonly find: (team: string, user: string) => Promise<SlackUser | undefined>;
	/** Undefined: nobody there has that address. Never remembered. */
	readonly byEmail: (team: string, email: string) => Promise<SlackUser | undefined>;
	/** It changed: it is looked at anew. */
	readonly forget: (team: string, user: string) => void;
};

const AGE_MS = 300_000;
/** Accounts remembered at once; the one looked at longest ago is forgotten first. */
const MOST_KEPT = 10_000;

/** Makes it. */
export function createPeopleLook(parts: { readonly workspaces: Workspaces; readonly clock: Clock }): PeopleLook {
	const kept = new Map<string, { readonly user: SlackUser | undefined; readonly untilMs: number }>();
	const ask = async (team: string, method: string, body: Values): Promise<SlackUser | undefined> => {
		const { api } = await parts.workspaces.open(team);
		const answer = await api.call(method, body).catch((error: unknown): Values => {
			if (error instanceof SlackNo && NOBODY.has(error.code)) return {};
			throw error;
		});
		return isRecord(answer.user) ? userOf(team, answer.user) : undefined;
	};
	return {
		find: async (team, id) => {
			const name = `${team}/${id}`;
			const nowMs = toMs(parts.clock.now());
			const known = kept.get(name);
			if (known !== undefined && known.untilMs > nowMs) return known.user;
			const user = await ask(team, "users.info", { user: id });
			setBounded(kept, [name, { user, untilMs: nowMs + AGE_MS }], MOST_KEPT);
			return user;
		},
		byEmail: (team, email) => ask(team, "users.lookupByEmail", { email }),
		forget: (team, id) => void kept.delete(`${team}/${id}`),
	};
}

const NOBODY: ReadonlySet<string> = new Set(["user_not_found", "users_not_found", "user_not_visible"]);

/** Source: https://docs.slack.dev/reference/objects/user-object */
function userOf(team: string, user: Values): SlackUser {
	const profile = asRecord(user.profile);
	const names = [profile.real_name, user.real_name, user.name].filter(
		(name) => typeof name === "string" && name !== "",
	);
	return {
		team,
		user: String(user.id ?? ""),
		name: String(names[0] ?? ""),
		...(typeof profile.email === "string" ? { email: profile.email } : {}),
		emailConfirmed: user.is_email_confirmed === true,
		...(typeof user.tz === "string" ? { zone: user.tz } : {}),
		kind: kindOf(team, user),
	};
}

function kindOf(team: string, user: Values): SlackUser["kind"] {
	if (user.deleted === true) return "deactivated";
	if (user.is_bot === true || user.id === "USLACKBOT") return "bot";
	if (user.is_stranger === true || (typeof user.team_id === "string" && user.team_id !== team)) return "stranger";
	if (user.is_restricted === true || user.is_ultra_restricted === true) return "guest";
	return "member";
}
