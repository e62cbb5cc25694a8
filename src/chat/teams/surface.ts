/**
 * Teams as a surface: a person's own chat by the object id in the roster, a channel by its id. Must never look for a person
 * by anything but that id, nor keep what a card says.
 */
import type { Cards } from "../../cards/load.ts";
import type { Actor } from "../../people/roster.ts";
import type { Definitions } from "../../sop/definitions.ts";
import type { Links } from "../links.ts";
import { type Address, RefusedPost, type Surface } from "../surface.ts";
import { messageOf } from "./message.ts";
import { askedIn, teamsIdOf } from "./people.ts";
import type { Reference, References } from "./references.ts";
import type { Speak } from "./speak.ts";

type TeamsSurfaceParts = {
	readonly definitions: () => Definitions;
	readonly references: References;
	readonly speak: Speak;
	readonly cards: Cards;
	/** Accounts that belong to people beside those of the roster. */
	readonly links?: Pick<Links, "of">;
	/** The tenant the bot lives in: the MSP's own, so its staff are there. */
	readonly home?: string;
};

/** Makes the surface. A direct place is written `TENANT/OBJECT`, so it outlives the conversation behind it. */
export function createTeamsSurface(parts: TeamsSurfaceParts): Surface {
	const { cards, speak, definitions } = parts;
	return {
		name: "teams",
		directTo: async (person) => directTo(parts, person),
		put: async (to, drawn, ring) => {
			const message = messageOf(cards, drawn, { ring, asked: askedIn(definitions(), drawn.asks) });
			const post = async () => ({ ref: await speak.post(await placeOf(parts, to), message) });
			// A chat that is gone is opened anew, once.
			return post().catch((error: unknown) => {
				const again = error instanceof RefusedPost && error.code === "teams-gone" && to.kind === "direct";
				if (again) return post();
				throw error;
			});
		},
		edit: async (to, ref, drawn) => {
			const message = messageOf(cards, drawn, { asked: askedIn(definitions(), drawn.asks) });
			return speak.put(await placeOf(parts, to), ref, message);
		},
	};
}

/** The direct place of an account. */
export function directPlace(tenant: string, object: string): Address {
	return { surface: "teams", kind: "direct", ref: `${tenant}/${object}` };
}

/** Where the roster does not say the tenant: the one they are known to be in, the MSP's for its staff, or the only one. */
function directTo({ definitions, references, links, home }: TeamsSurfaceParts, person: Actor): Address | undefined {
	const listed = teamsIdOf(definitions(), person, links);
	if (listed === undefined) return undefined;
	const tenants = references.tenants();
	const { object } = listed;
	const tenant =
		listed.tenant ??
		tenants.find((each) => references.direct(each, object) !== undefined) ??
		(person.client === undefined && home !== undefined && tenants.includes(home) ? home : undefined) ??
		(tenants.length === 1 ? tenants[0] : undefined);
	const spoken = tenant !== undefined && references.serviceUrl(tenant) !== undefined;
	return spoken ? directPlace(tenant, object) : undefined;
}

async function placeOf({ references, speak }: TeamsSurfaceParts, { kind, ref }: Address): Promise<Reference> {
	if (kind === "direct") {
		const [tenant = "", object = ""] = ref.split("/");
		return speak.open(tenant, object);
	}
	const known = references.find(ref);
	if (known !== undefined) return known;
	const [tenant, second] = references.tenants();
	const bot = tenant === undefined || second !== undefined ? undefined : references.bot(tenant);
	if (tenant === undefined || bot === undefined) {
		throw new RefusedPost("teams-shut", "Sopwith has not been added to that channel.");
	}
	return { conversation: ref, tenant, where: "channel", bot };
}
