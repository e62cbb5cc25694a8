/**
 * Licences that come with a group: whoever joins it gets them from Microsoft, a little later. Must never take a licence for
 * given because the group was joined: it is read back.
 */
import type { Obstacle, World } from "../../engine/action.ts";
import type { Change } from "../../engine/event.ts";
import type { Graph } from "../../engine/remote.ts";
import { begunId, change, turned } from "../changes.ts";
import { refusal } from "../doors.ts";
import { approvedOrNamed, type Group, noGroup, plannedId } from "./group-member.ts";
import type { Stock } from "./licence-stock.ts";
import { outOfStock } from "./licence-stock.ts";
import { licenceTitle } from "./licence-titles.ts";

/** A group by the name it has in the profile, as it was found. */
type LicenceGroup = { readonly wanted: string; readonly found: readonly Group[] };

/** What a look knows: the groups, which the person is in, and which licences the person holds. */
export type GroupFacts = {
	readonly groups: readonly LicenceGroup[];
	readonly memberOf: readonly string[];
	readonly held: readonly string[];
	readonly stock: readonly Stock[];
};

/** Finds the groups of a profile. Errors: `RemoteError`. */
export function findLicenceGroups(
	graph: Graph,
	world: World,
	names: readonly string[],
): Promise<readonly LicenceGroup[]> {
	const find = (wanted: string) => approvedOrNamed(graph, wanted, begunId(world, `licenceGroup:${wanted}`));
	return Promise.all(names.map(async (wanted) => ({ wanted, found: await find(wanted) })));
}

/** The licences that come with the groups, as `skuPartNumber`s. */
export function givenByGroups({ groups, stock }: GroupFacts): readonly string[] {
	return groups.flatMap(({ found }) => found.flatMap((group) => skusOf(group, stock)));
}

function skusOf(group: Group, stock: readonly Stock[]): readonly string[] {
	return stock.filter(({ skuId }) => group.skuIds.includes(skuId)).map(({ sku }) => sku);
}

/** Why a group of the profile cannot be used; undefined when all can. */
export function groupObstacle(facts: GroupFacts): Obstacle | undefined {
	for (const { wanted, found } of facts.groups) {
		const [group, ...others] = found;
		if (group === undefined || others.length > 0) return noGroup(wanted, found.length).obstacle;
		if (facts.memberOf.includes(group.id)) continue;
		if (group.why !== undefined) return cannotGive("group-closed", `The group ${wanted} ${group.why}`);
		if (group.skuIds.length === 0) return cannotGive("group-without-licence", `The group ${wanted} gives no licence`);
		const missing = skusOf(group, facts.stock).find((sku) => !facts.held.includes(sku) && isOut(facts.stock, sku));
		if (missing !== undefined) return outOfStock(facts.stock, missing);
	}
	return undefined;
}

function cannotGive(code: string, what: string): Obstacle {
	const message = `${what}, so no licence can be given through it. Nothing changed. Mend licenceGroups in the profile.`;
	return { code, message, choices: [] };
}

function isOut(stock: readonly Stock[], sku: string): boolean {
	return stock.some((row) => row.sku === sku && row.used >= row.total);
}

/** What joining the groups changes, with what it costs. */
export function joinChanges(target: string, facts: GroupFacts): readonly Change[] {
	return facts.groups.flatMap(({ wanted, found: [group] }) => {
		if (group === undefined || facts.memberOf.includes(group.id)) return [];
		const fresh = skusOf(group, facts.stock).filter((sku) => !facts.held.includes(sku));
		const title = fresh.map(licenceTitle).join(" and ");
		const left = Math.min(...facts.stock.filter(({ sku }) => fresh.includes(sku)).map((row) => row.total - row.used));
		const gives = fresh.length === 0 ? "" : `, which gives 1 ${title} licence`;
		const made = change({
			kind: "add",
			target,
			facet: `licenceGroup:${wanted}`,
			after: group.id,
			words: `Join the group ${group.name}${gives}`,
			detail: `POST /groups/${group.id}/members/$ref; the group gives ${fresh.join(", ") || "nothing new"}`,
			...(fresh.length === 0 ? {} : { cost: { licence: fresh.join(", "), title, count: fresh.length, left } }),
		});
		return [made];
	});
}

/** Leaving the group again, where the person is in it. */
export function leaveChange(made: Change, { memberOf }: GroupFacts): readonly Change[] {
	const id = plannedId(made);
	if (id === undefined || !memberOf.includes(id)) return [];
	const name = made.facet.slice("licenceGroup:".length);
	const words = `Leave the group ${name}, which takes its licence back`;
	const { licence, title, count } = made.cost ?? {};
	const cost = typeof count === "number" ? { cost: { licence: licence ?? "", title: title ?? "", count: -count } } : {};
	return [{ ...turned(made, words, `DELETE /groups/${id}/members/{id}/$ref`), ...cost }];
}

/** A group that was joined and has not given its licence yet: the try has failed, and is worth another one if one is left. */
export function awaitLicences(name: string, facts: GroupFacts): void {
	for (const { found } of facts.groups) {
		const [group] = found;
		if (group === undefined || !facts.memberOf.includes(group.id)) continue;
		const missing = skusOf(group, facts.stock).find((sku) => !facts.held.includes(sku));
		if (missing === undefined) continue;
		const left = !isOut(facts.stock, missing);
		const so = `${name} is in the group ${group.name}, and its ${licenceTitle(missing)} licence has not come yet.`;
		const then = left ? "It is looked for again." : "None is left; it comes by itself when one is free.";
		throw refusal(left ? "licence-pending" : "no-licence", `${so} ${then}`, `${missing} of group ${group.id}`, left);
	}
}
