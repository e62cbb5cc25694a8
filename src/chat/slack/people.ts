/**
 * Who speaks: the account that Slack vouches for, looked up in the roster, then among what is linked. Must never go by a
 * name, nor let a guest, a bot or somebody of another organisation in whom the roster does not list by that very account.
 */
import type { Actor } from "../../people/roster.ts";
import type { Definitions } from "../../sop/definitions.ts";
import { listedUnder, personOf } from "../../sop/everyone.ts";
import type { Account, Links } from "../links.ts";
import type { PeopleLook, SlackUser } from "./people-look.ts";
import type { From } from "./whence.ts";
import type { Workspace } from "./workspaces.ts";

/** `ours` undefined: nobody we know in this way. `outsider`: never to be linked. */
type Speaker = { readonly identity: string; readonly ours: Actor | undefined; readonly outsider: boolean };

export type PeopleParts = {
	readonly definitions: () => Definitions;
	readonly look: Pick<PeopleLook, "find">;
	readonly links: Pick<Links, "recognise" | "of">;
};

/**
 * Says who it is. The roster's own listing needs nobody else's word; all others have to be members of the workspace now.
 * Errors: `UnavailableError` while Slack cannot say what kind of account it is.
 */
export async function speakerOf(parts: PeopleParts, workspace: Workspace, from: From): Promise<Speaker> {
	const identity = `${from.home}/${from.user}`;
	if (from.user === "") return { identity, ours: undefined, outsider: true };
	const listed = listedAs(parts.definitions(), identity);
	if (listed !== "nobody") return { identity, ours: listed === "several" ? undefined : listed, outsider: false };
	const account = from.home === workspace.team ? await parts.look.find(workspace.team, from.user) : undefined;
	const seen = accountOf(parts.definitions(), workspace, { identity, user: account });
	return { identity, ours: parts.links.recognise(seen), outsider: seen.standing !== "member" };
}

/** An account as the links take it. */
export function accountOf(
	definitions: Definitions,
	workspace: Workspace,
	{ identity, user }: { readonly identity: string; readonly user: SlackUser | undefined },
): Account {
	const standing = user === undefined ? "outsider" : STANDING[user.kind];
	const email = user?.emailConfirmed === true && user.email !== undefined ? { email: user.email } : {};
	return { surface: "slack", identity, standing, ...email, ...vouchesFor(definitions, workspace) };
}

const STANDING: { readonly [kind in SlackUser["kind"]]: "member" | "outsider" | "gone" } = {
	member: "member",
	guest: "outsider",
	stranger: "outsider",
	bot: "outsider",
	deactivated: "gone",
};

/** Under which `TEAM/USER` somebody can be reached in Slack. */
export function slackIdOf(parts: Pick<PeopleParts, "definitions" | "links">, actor: Actor): string | undefined {
	return personOf(parts.definitions(), actor)?.slack ?? parts.links.of(actor, "slack");
}

/** What somebody who is mentioned is called: their name in the roster, else what Slack calls the account. */
export function nameIn(definitions: Definitions, team: string, user: string): string {
	const [id = user] = user.split("|");
	const known = listedUnder(definitions, "slack", `${team}/${id}`).at(0);
	return known?.person.name ?? `@${id}`;
}

/** One person; an account that two of the roster share names neither. */
function listedAs(definitions: Definitions, identity: string): Actor | "nobody" | "several" {
	const [only, second] = listedUnder(definitions, "slack", identity);
	if (only === undefined) return "nobody";
	return second === undefined ? only.actor : "several";
}

/**
 * A workspace vouches for addresses: a client’s for its people; the MSP’s own, that of the environment, for its staff. One of
 * msp.yaml that is said to be nobody’s vouches for none: whoever runs it could be anybody of the MSP.
 */
export function vouchesFor({ msp }: Definitions, { team }: Workspace): Pick<Account, "workspace"> {
	const listed = msp.workspaces?.find((each) => each.team === team);
	if (listed === undefined) return { workspace: {} };
	return listed.client === undefined ? {} : { workspace: { client: listed.client } };
}
