/**
 * Finds the account of somebody who never spoke in Slack, by their confirmed address in a workspace of their own. Must never
 * find one by which they could not come in themselves, nor hold anything up while Slack is slow.
 */
import { setBounded } from "../../base/bounded.ts";
import { SopwithError } from "../../base/errors.ts";
import { type Clock, toMs } from "../../base/time.ts";
import { actorKey, isSameActor } from "../../people/actor.ts";
import type { Actor } from "../../people/roster.ts";
import { personOf } from "../../sop/everyone.ts";
import { accountOf, type PeopleParts, vouchesFor } from "./people.ts";
import type { PeopleLook } from "./people-look.ts";
import type { Workspace, Workspaces } from "./workspaces.ts";

export type FindParts = Omit<PeopleParts, "look"> & {
	readonly look: Pick<PeopleLook, "byEmail">;
	readonly workspaces: Pick<Workspaces, "all">;
	readonly clock: Clock;
	readonly wait: (ms: number) => Promise<void>;
};

const PATIENCE_MS = 2_000;
/** Somebody who is not there is looked for again after an hour; after Slack failed, nobody is for a minute. */
const GONE_MS = 3_600_000;
const REST_MS = 60_000;
const MOST_KEPT = 10_000;

/** Makes it. What is found is linked, so it is looked for once. Undefined: not there, or not known now. */
export function createFind(parts: FindParts): (person: Actor) => Promise<string | undefined> {
	const nowhere = new Map<string, number>();
	let restMs = 0;
	const look = async (person: Actor, nowMs: number): Promise<string | undefined> => {
		const name = actorKey(person);
		if (restMs > nowMs || (nowhere.get(name) ?? 0) > nowMs) return undefined;
		try {
			for (const workspace of parts.workspaces.all()) {
				const found = await lookIn(parts, workspace, person);
				if (found !== undefined) return found;
			}
			setBounded(nowhere, [name, nowMs + GONE_MS], MOST_KEPT);
		} catch (error) {
			if (!(error instanceof SopwithError)) throw error;
			restMs = nowMs + REST_MS;
		}
		return undefined;
	};
	return (person) => {
		const looking = look(person, toMs(parts.clock.now()));
		return Promise.race([looking, parts.wait(PATIENCE_MS).then(() => undefined)]);
	};
}

async function lookIn(parts: FindParts, workspace: Workspace, person: Actor): Promise<string | undefined> {
	const definitions = parts.definitions();
	const email = personOf(definitions, person)?.email;
	const { workspace: whose } = vouchesFor(definitions, workspace);
	if (email === undefined || whose === undefined || whose.client !== person.client) return undefined;
	const user = await parts.look.byEmail(workspace.team, email);
	if (user === undefined) return undefined;
	const identity = `${workspace.team}/${user.user}`;
	const ours = parts.links.recognise(accountOf(definitions, workspace, { identity, user }));
	return ours !== undefined && isSameActor(ours, person) ? identity : undefined;
}
