/**
 * What Microsoft 365 knows about an account that is to be made: ours if it is there, and whoever holds one of its names:
 * a member, a guest, a contact, or an account deleted less than 30 days ago. Reads only.
 */
import { asText } from "../../base/json.ts";
import { Secret } from "../../base/secret.ts";
import type { World } from "../../engine/action.ts";
import { type Graph, got } from "../../engine/remote.ts";
import { graphOf } from "../doors.ts";
import { namePart, nameSeries, typedName } from "../names.ts";
import { usageOf } from "../signed-in.ts";
import { type CloudUser, findAccount, listAccounts, MARK, readAccount, SELECT } from "./accounts.ts";
import { odata } from "./graph.ts";
import type { CloudAccountInput } from "./user.ts";

export type Holder = {
	readonly kind: "member" | "guest" | "contact" | "deleted";
	readonly address: string;
	readonly displayName: string;
	readonly since: string;
	readonly user?: CloudUser;
};

export type CloudAccountFacts = {
	readonly mark: string;
	/** Planning on what earlier steps will have done. */
	readonly promised: boolean;
	/** Addresses to try, in order. Empty when no name can be made. */
	readonly addresses: readonly string[];
	readonly holders: readonly Holder[];
	readonly marked: readonly CloudUser[];
	readonly ours?: CloudUser;
	/** Ids of accounts of ours that were used, and of those that nobody can tell it of. */
	readonly used: readonly string[];
	readonly untold: readonly string[];
};

/** How many names are looked at in one go: Graph takes at most 15 values in a filter. */
const TRIED = 7;

/** Looks. Errors: `RemoteError` when Graph does not answer. */
export async function lookForCloudAccount(input: CloudAccountInput, world: World): Promise<CloudAccountFacts> {
	const graph = graphOf(world);
	const suffix = input.domain ?? (await defaultDomain(graph));
	const name = input.name === undefined ? namePart(input, undefined, {}) : typedName(input.name);
	const addresses =
		name === ""
			? []
			: nameSeries(name)
					.slice(0, TRIED)
					.map((part) => `${part}@${suffix}`);
	const [marked, made, same, holders] = await Promise.all([
		markedAccounts(graph, world.mark),
		madeAccount(graph, world),
		input.employeeId === undefined ? [] : listAccounts(graph, `employeeId eq ${odata(input.employeeId)}`),
		addresses.length === 0 ? [] : holdersOf(graph, addresses),
	]);
	const known = holders.find((holder) => holder.kind === "member" && holder.user?.mark === world.mark)?.user;
	const ours = made ?? marked[0] ?? known ?? same.find((user) => user.enabled && !user.guest);
	const members = [
		...(made === undefined ? [] : [made]),
		...marked,
		...holders.flatMap((h) => (h.kind === "member" && h.user?.mark ? [h.user] : [])),
	];
	const usage = await usageOf(world, [...new Set(members.map((user) => user.id))]);
	const closed = same.filter((user) => !user.enabled && !user.guest).map(memberOf);
	return {
		mark: world.mark,
		promised: world.promised,
		addresses,
		holders: [...holders, ...closed.filter((one) => holders.every((h) => h.user?.id !== one.user?.id))],
		marked,
		...usage,
		...(ours === undefined ? {} : { ours }),
	};
}

/** What an earlier try of this step asked for, or its id once that was told: found at once, unlike what a mark finds. */
export const ASKED = "account-asked";

async function madeAccount(graph: Graph, world: World): Promise<CloudUser | undefined> {
	if (!(await world.holds(ASKED))) return undefined;
	const asked = (await world.reveal(await world.keep(ASKED, new Secret("")))).open();
	const user = await findAccount(graph, asked);
	return user?.mark === world.mark ? user : undefined;
}

/** Accounts that carry a mark. Source: https://learn.microsoft.com/graph/aad-advanced-queries (extension attributes). */
async function markedAccounts(graph: Graph, mark: string): Promise<readonly CloudUser[]> {
	const answer = await graph.list({
		path: ["users"],
		query: {
			$filter: `onPremisesExtensionAttributes/${MARK} eq ${odata(mark)}`,
			$count: "true",
			$select: SELECT,
		},
		headers: { ConsistencyLevel: "eventual" },
	});
	return got(answer).map(readAccount);
}

async function holdersOf(graph: Graph, addresses: readonly string[]): Promise<readonly Holder[]> {
	const filter = (parts: readonly ((address: string) => string)[]) =>
		addresses.flatMap((address) => parts.map((part) => part(odata(address)))).join(" or ");
	const proxy = (list: readonly string[]) =>
		list.map((address) => `proxyAddresses/any(p:p eq ${odata(`smtp:${address}`)})`).join(" or ");
	const [people, proxied, deleted, contacts] = await Promise.all([
		listAccounts(graph, filter([(a) => `userPrincipalName eq ${a}`, (a) => `mail eq ${a}`])),
		listAccounts(graph, proxy(addresses)),
		deletedAccounts(graph, addresses),
		graph.list({ path: ["contacts"], query: { $filter: proxy(addresses), $select: "id,displayName,mail" } }),
	]);
	const also = proxied.filter((user) => people.every((other) => other.id !== user.id));
	return [
		...[...people, ...also].map(memberOf),
		...deleted,
		...got(contacts).map((row) => ({
			kind: "contact" as const,
			address: asText(row.mail).toLowerCase(),
			displayName: asText(row.displayName),
			since: "",
		})),
	];
}

/**
 * Accounts deleted in the last 30 days that would come back to one of these addresses. Their principal name begins with
 * their id, so the end of it is compared here.
 * Source: https://learn.microsoft.com/graph/api/directory-deleteditems-list
 */
async function deletedAccounts(graph: Graph, addresses: readonly string[]): Promise<readonly Holder[]> {
	const answer = await graph.list({
		path: ["directory", "deletedItems", "microsoft.graph.user"],
		query: { $select: "id,displayName,userPrincipalName,mail,userType,createdDateTime" },
	});
	return got(answer)
		.map(readAccount)
		.flatMap((user) => {
			const was = user.upn.toLowerCase().replace(/^[0-9a-f]{32}/, "");
			const address = addresses.find((one) => one === was || one === user.mail.toLowerCase());
			return address === undefined ? [] : [{ ...memberOf(user), kind: "deleted" as const, address }];
		});
}

function memberOf(user: CloudUser): Holder {
	const address = (user.guest ? user.mail : user.upn).toLowerCase();
	const kind = user.guest ? ("guest" as const) : ("member" as const);
	return { kind, address, displayName: user.displayName, since: user.since, user };
}

async function defaultDomain(graph: Graph): Promise<string> {
	const domains = got(await graph.list({ path: ["domains"] }));
	const chosen = domains.find((domain) => domain.isDefault === true) ?? domains[0];
	return asText(chosen?.id);
}
