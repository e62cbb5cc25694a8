/**
 * Slack as a surface: a person's own chat by `TEAM/USER`, a channel by `TEAM/CHANNEL`. Must never look for a person by
 * anything but what they are known by, nor keep what a card says.
 */
import { actorOf } from "../../people/actor.ts";
import type { Actor } from "../../people/roster.ts";
import type { Definitions } from "../../sop/definitions.ts";
import type { Address, Drawn, Surface } from "../surface.ts";
import { messageOf } from "./message.ts";
import type { Place, Speak } from "./speak.ts";
import type { Threads } from "./threads.ts";
import { SlackNo } from "./web-api.ts";
import type { Workspaces } from "./workspaces.ts";

type SlackSurfaceParts = {
	readonly definitions: () => Definitions;
	readonly workspaces: Pick<Workspaces, "mayBe">;
	readonly speak: Speak;
	readonly threads: Pick<Threads, "want">;
	/** Under which `TEAM/USER` somebody is known. */
	readonly identityOf: (person: Actor) => string | undefined;
	/** Looks for the account of somebody who is known by none yet. */
	readonly find?: (person: Actor) => Promise<string | undefined>;
};

/** More than a few are a role, and the card says which. */
const MOST_NAMED = 5;

/** Makes the surface. A message's reference is `CHANNEL/TS`. */
export function createSlackSurface(parts: SlackSurfaceParts): Surface {
	const { speak } = parts;
	return {
		name: "slack",
		directTo: async (person) => {
			const { team, id } = partsOf(parts.identityOf(person) ?? (await parts.find?.(person)) ?? "");
			return id !== "" && parts.workspaces.mayBe(team) ? directPlace(team, id) : undefined;
		},
		put: async (to, drawn, ring) => {
			// A mention in a new message rings; in an edited one it does not.
			const message = messageOf(drawn, ring ? askedIn(parts, to, drawn.asks) : []);
			const place = await placeOf(parts, to);
			const post = async (at: Place) => ({ at, ts: await speak.post(at, message) });
			const { at, ts } = await post(place).catch(async (error: unknown) => {
				if (!isGoneChat(to, error)) throw error;
				// A chat that is gone is opened anew, once.
				const { team, id } = partsOf(to.ref);
				speak.forget(team, id);
				return post(await placeOf(parts, to));
			});
			detail(parts, { to, at, ts }, drawn);
			return { ref: `${at.channel}/${ts}` };
		},
		edit: async (to, ref, drawn) => {
			const [channel = "", ts = ""] = ref.split("/");
			const at = { team: partsOf(to.ref).team, channel };
			const message = messageOf(drawn, askedIn(parts, to, drawn.asks));
			const done = await speak.edit(at, ts, message, drawn.closed === true);
			if (done === "edited") detail(parts, { to, at, ts }, drawn);
			return done;
		},
	};
}

/** The direct place of an account. */
export function directPlace(team: string, user: string): Address {
	return { surface: "slack", kind: "direct", ref: `${team}/${user}` };
}

/** `TEAM/ID`: of a user or a channel there. */
function partsOf(ref: string): { readonly team: string; readonly id: string } {
	const [team = "", id = ""] = ref.split("/");
	return { team, id };
}

async function placeOf({ speak }: SlackSurfaceParts, { kind, ref }: Address): Promise<Place> {
	const { team, id } = partsOf(ref);
	return kind === "direct" ? speak.open(team, id) : { team, channel: id };
}

function isGoneChat(to: Address, error: unknown): boolean {
	return to.kind === "direct" && error instanceof SlackNo && GONE_CHAT.has(error.code);
}

const GONE_CHAT: ReadonlySet<string> = new Set(["channel_not_found", "not_in_channel", "is_archived", "is_inactive"]);

/** In a channel as steps end. In somebody's own chat a reply rings, so it comes with the end, which rings anyway. */
function detail({ threads }: SlackSurfaceParts, on: { to: Address; at: Place; ts: string }, drawn: Drawn): void {
	if (drawn.detail === undefined || (on.to.kind === "direct" && drawn.closed !== true)) return;
	threads.want(on.at, on.ts, drawn.detail);
}

/** Who is asked, as that workspace can name them: an id of another one means nobody there. The card names them in words. */
function askedIn({ definitions, identityOf }: SlackSurfaceParts, to: Address, asks: Drawn["asks"]): readonly string[] {
	if (asks === undefined || asks.people.length > MOST_NAMED) return [];
	const people = definitions().clients[asks.client]?.roster.people ?? [];
	return asks.people.flatMap((id) => {
		const person = people.find((each) => each.id === id);
		if (person === undefined) return [];
		const known = partsOf(identityOf(actorOf(person, asks.client)) ?? "");
		return known.team === partsOf(to.ref).team ? [known.id] : [];
	});
}
