/**
 * Gives a person Microsoft 365 licences. Shows the stock before anything is given; never buys one, and never takes one that
 * a group gave.
 */
import { z } from "zod";
import { asText } from "../../base/json.ts";
import type { Action } from "../../engine/action.ts";
import type { Change, Choice } from "../../engine/event.ts";
import { got, outcomeOf } from "../../engine/remote.ts";
import { already, change, check } from "../changes.ts";
import { graphOf } from "../doors.ts";
import { hole } from "../holes.ts";
import { plainText, userRef } from "../user-ref.ts";
import { accountToWrite, type CloudSubject, cloudAbsence, cloudSubject } from "./accounts.ts";
import { groupsAround, plannedId, writeMember } from "./group-member.ts";
import {
	awaitLicences,
	findLicenceGroups,
	type GroupFacts,
	givenByGroups,
	groupObstacle,
	joinChanges,
	leaveChange,
} from "./licence-group.ts";
import { outOfStock, readStock } from "./licence-stock.ts";
import { licenceTitle } from "./licence-titles.ts";
import { gotOf, outcomeAt } from "./missing.ts";

const input = z.object({
	user: userRef,
	/** `skuPartNumber`s, as `subscribedSkus` lists them. */
	licences: z.array(z.string().min(1)).max(20).default([]),
	/** Groups that give licences to their members: a licence that comes with one is not given twice. */
	licenceGroups: z.exactOptional(z.array(plainText).max(10)),
	/** Two letters of ISO 3166-1; Microsoft gives no licence without it. */
	usageLocation: z.exactOptional(z.string().regex(/^[A-Z]{2}$/)),
});
type Input = z.infer<typeof input>;
const output = z.object({ licences: z.array(z.string()) });

type Facts = GroupFacts & { readonly subject: CloudSubject };

/** Gives each licence that the person does not hold yet, directly or by a group. Asking again is safe. */
export const licence: Action<Input, z.infer<typeof output>> = {
	name: "microsoft365.licence",
	about: "Gives a person Microsoft 365 licences, directly or by a group, showing how many are left",
	input,
	output,
	repeat: { kind: "settle", ms: 30_000 },
	writes: true,
	defaults: {
		user: hole("subject.user"),
		licences: hole("form.profile.licences"),
		licenceGroups: hole("form.profile.licenceGroups"),
		usageLocation: hole("form.profile.usageLocation"),
	},
	async look({ user, licenceGroups = [] }, world): Promise<Facts> {
		const graph = graphOf(world);
		const [subject, skus, groups] = await Promise.all([
			cloudSubject(graph, user, world),
			graph.list({ path: ["subscribedSkus"] }),
			findLicenceGroups(graph, world, licenceGroups),
		]);
		const stock = got(skus).map(readStock);
		if (subject.user === undefined) return { subject, stock, groups, held: [], memberOf: [] };
		const [details, memberOf] = await Promise.all([
			graph.list({ path: ["users", subject.user.id, "licenseDetails"] }),
			licenceGroups.length === 0 ? [] : groupsAround(graph, subject, world),
		]);
		const held = gotOf(world, subject.name, details).map((row) => asText(row.skuPartNumber));
		const facts = { subject, stock, groups, held, memberOf };
		if (!world.lookOnly) awaitLicences(subject.name, facts);
		return facts;
	},
	plan(wanted, facts: Facts) {
		const nobody = cloudAbsence(facts.subject);
		if (nobody !== undefined) return nobody;
		const closed = groupObstacle(facts);
		if (closed !== undefined) return { changes: [], promises: {}, obstacle: closed };
		const grouped = givenByGroups(facts);
		const promises = { licences: [...new Set([...wanted.licences, ...grouped])] };
		const missing = wanted.licences.filter((sku) => !facts.held.includes(sku) && !grouped.includes(sku));
		for (const sku of missing) {
			const obstacle = noLicence(wanted, facts, sku);
			if (obstacle !== undefined) return { changes: [], promises: {}, obstacle };
		}
		const gives = [...joinChanges(facts.subject.name, facts), ...missing.map((sku) => giveChange(sku, facts))];
		const place = gives.length > 0 ? locationChange(wanted, facts) : [];
		if (place === undefined) return { changes: [], promises: {}, obstacle: noLocation(facts) };
		return { changes: [...place, ...gives], promises };
	},
	prove(wanted, facts: Facts) {
		const licences = [...new Set([...wanted.licences, ...givenByGroups(facts)])];
		const proof = licences.map((sku) =>
			check(
				`${facts.subject.name} holds ${licenceTitle(sku)}`,
				`licenseDetails lists ${sku}`,
				facts.held.includes(sku),
			),
		);
		return { output: { licences }, proof };
	},
	async apply(made, { user }, world) {
		const graph = graphOf(world);
		const account = await accountToWrite(graph, user, world);
		if (made.facet === "usageLocation") {
			const body = { usageLocation: made.after === "" ? null : asText(made.after as string) };
			return outcomeAt(world, made, await graph.request({ method: "PATCH", path: ["users", account.id], body }));
		}
		const group = made.facet.startsWith("licenceGroup:") ? plannedId(made) : undefined;
		if (group !== undefined) return writeMember(world, made, { user: account.id, group });
		const sku = made.facet.slice("licence:".length);
		const stock = got(await graph.list({ path: ["subscribedSkus"] })).map(readStock);
		const skuId = stock.find((row) => row.sku === sku)?.skuId;
		if (skuId === undefined) return { kind: "refused", applied: [], ...unknownSku(sku) };
		if (account.skus.includes(skuId) === (made.kind === "add")) return already(made.id);
		const body =
			made.kind === "add"
				? { addLicenses: [{ skuId, disabledPlans: [] }], removeLicenses: [] }
				: { addLicenses: [], removeLicenses: [skuId] };
		const answer = await graph.request({ method: "POST", path: ["users", account.id, "assignLicense"], body });
		if (answer.kind !== "refused" || answer.code !== "bad-request" || made.kind !== "add") {
			return outcomeAt(world, made, answer);
		}
		// A licence that somebody else took meanwhile is refused like any other mistake: the stock says which it was.
		const now = got(await graph.list({ path: ["subscribedSkus"] })).map(readStock);
		const short = now.some((row) => row.sku === sku && row.used >= row.total) ? outOfStock(now, sku) : {};
		return outcomeOf({ ...answer, ...short }, made.id);
	},
	undo(made, _wanted, facts: Facts) {
		const { subject, held } = facts;
		if (made.facet === "usageLocation") return { changes: [] };
		if (made.facet.startsWith("licenceGroup:")) return { changes: leaveChange(made, facts) };
		const sku = made.facet.slice("licence:".length);
		if (subject.user === undefined || !held.includes(sku)) return { changes: [] };
		const back = change({
			kind: "remove",
			target: made.target,
			facet: made.facet,
			before: true,
			words: `Take back 1 ${licenceTitle(sku)} licence`,
			detail: `assignLicense, removing ${sku}`,
			cost: { licence: sku, title: licenceTitle(sku), count: -1 },
		});
		return { changes: [back] };
	},
};

function giveChange(sku: string, facts: Facts): Change {
	const row = facts.stock.find((stock) => stock.sku === sku);
	const left = row === undefined ? 0 : row.total - row.used;
	return change({
		kind: "add",
		target: facts.subject.name,
		facet: `licence:${sku}`,
		after: true,
		words: `Give 1 ${licenceTitle(sku)} licence`,
		detail: `assignLicense ${sku}; ${row?.used ?? 0} of ${row?.total ?? 0} in use`,
		cost: { licence: sku, title: licenceTitle(sku), count: 1, left },
	});
}

/** Where the person works, which Microsoft asks for first; undefined when nobody said. */
function locationChange(wanted: Input, { subject }: Facts): readonly Change[] | undefined {
	const promised = typeof wanted.user === "string" ? undefined : wanted.user.usageLocation;
	const was = subject.user?.usageLocation ?? asText(promised);
	if (wanted.usageLocation === undefined) return was !== "" ? [] : undefined;
	if (was !== "") return [];
	const place = change({
		kind: "set",
		target: subject.name,
		facet: "usageLocation",
		before: was,
		after: wanted.usageLocation,
		words: `Set the place of use to ${wanted.usageLocation}`,
		detail: `PATCH /users/{id} usageLocation ${wanted.usageLocation}`,
		stays: true,
	});
	return [place];
}

function noLocation({ subject }: Facts) {
	const message = `Microsoft gives no licence to ${subject.name} without a place of use. Nothing changed. Say usageLocation in the profile.`;
	return { code: "no-usage-location", message, choices: [] };
}

function noLicence(wanted: Input, facts: Facts, sku: string) {
	const row = facts.stock.find((stock) => stock.sku === sku);
	if (row !== undefined && row.used < row.total) return undefined;
	const others = facts.stock.filter((stock) => stock.sku !== sku && stock.used < stock.total);
	const choices: readonly Choice[] = others.map((other) => ({
		id: `licence-${other.sku}`,
		words: `${licenceTitle(other.sku)} (${other.total - other.used} left)`,
		with: { licences: wanted.licences.map((wantedSku) => (wantedSku === sku ? other.sku : wantedSku)) },
	}));
	return row === undefined ? { ...unknownSku(sku), choices } : outOfStock(facts.stock, sku, choices);
}

function unknownSku(sku: string) {
	const message = `This client has no ${licenceTitle(sku)} licences. No licence was given.`;
	return { code: "no-such-licence", message, retryable: false };
}
