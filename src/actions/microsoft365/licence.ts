/**
 * Gives a person Microsoft 365 licences. Shows the stock before anything is given; never buys one, and never takes one that
 * a group gave.
 */
import { z } from "zod";
import type { Values } from "../../base/json.ts";
import { isRecord } from "../../base/json.ts";
import type { Action } from "../../engine/action.ts";
import type { Change, Choice } from "../../engine/event.ts";
import { got, outcomeOf } from "../../engine/remote.ts";
import { already, change, check } from "../changes.ts";
import { graphOf } from "../doors.ts";
import { hole } from "../holes.ts";
import { userRef } from "../user-ref.ts";
import { type CloudSubject, cloudAbsence, cloudSubject, text } from "./accounts.ts";
import { licenceTitle } from "./licence-titles.ts";

const input = z.object({
	user: userRef,
	/** `skuPartNumber`s, as `subscribedSkus` lists them. */
	licences: z.array(z.string().min(1)).max(20),
	/** Two letters of ISO 3166-1; Microsoft gives no licence without it. */
	usageLocation: z.exactOptional(z.string().regex(/^[A-Z]{2}$/)),
});
type Input = z.infer<typeof input>;
const output = z.object({ licences: z.array(z.string()) });

export type Stock = { readonly skuId: string; readonly sku: string; readonly total: number; readonly used: number };
type Facts = { readonly subject: CloudSubject; readonly stock: readonly Stock[]; readonly held: readonly string[] };

/** Gives each licence that the person does not hold yet. Asking again is safe. */
export const licence: Action<Input, z.infer<typeof output>> = {
	name: "microsoft365.licence",
	about: "Gives a person Microsoft 365 licences, showing how many are left",
	input,
	output,
	repeat: { kind: "replace" },
	writes: true,
	defaults: {
		user: hole("subject.user"),
		licences: hole("form.profile.licences"),
		usageLocation: hole("form.profile.usageLocation"),
	},
	async look({ user }, world): Promise<Facts> {
		const graph = graphOf(world);
		const [subject, skus] = await Promise.all([
			cloudSubject(graph, user, world),
			graph.list({ path: ["subscribedSkus"] }),
		]);
		const details = subject.user && (await graph.list({ path: ["users", subject.user.id, "licenseDetails"] }));
		const held = details === undefined ? [] : got(details).map((row) => text(row.skuPartNumber));
		return { subject, stock: got(skus).map(readStock), held };
	},
	plan(wanted, facts: Facts) {
		const nobody = cloudAbsence(facts.subject);
		if (nobody !== undefined) return nobody;
		const promises = { licences: wanted.licences };
		const missing = wanted.licences.filter((sku) => !facts.held.includes(sku));
		for (const sku of missing) {
			const obstacle = noLicence(wanted, facts, sku);
			if (obstacle !== undefined) return { changes: [], promises: {}, obstacle };
		}
		const place = missing.length > 0 ? locationChange(wanted, facts) : [];
		if (place === undefined) return { changes: [], promises: {}, obstacle: noLocation(facts) };
		return { changes: [...place, ...missing.map((sku) => giveChange(sku, facts))], promises };
	},
	prove(wanted, { subject, held }: Facts) {
		const proof = wanted.licences.map((sku) =>
			check(`${subject.name} holds ${licenceTitle(sku)}`, `licenseDetails lists ${sku}`, held.includes(sku)),
		);
		return { output: { licences: wanted.licences }, proof };
	},
	async apply(made, { user }, world) {
		const graph = graphOf(world);
		const { user: account } = await cloudSubject(graph, user, world);
		if (account === undefined) return { kind: "refused", applied: [], ...notShown(made.target) };
		if (made.facet === "usageLocation") {
			const body = { usageLocation: made.after === "" ? null : text(made.after as string) };
			return outcomeOf(await graph.request({ method: "PATCH", path: ["users", account.id], body }), made.id);
		}
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
		return outcomeOf(answer, made.id);
	},
	undo(made, _wanted, { subject, held }: Facts) {
		if (made.facet === "usageLocation") return { changes: [] };
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
	const was = subject.user?.usageLocation ?? text(promised);
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
	if (row === undefined) return { ...unknownSku(sku), choices };
	const wait: Choice = { id: "wait", words: "Wait until one is free", with: {} };
	const message = `${licenceTitle(sku)}: ${row.used} of ${row.total} in use. No licence was given.`;
	return { code: "no-licence", message, choices: [...choices, wait] };
}

function unknownSku(sku: string) {
	const message = `This client has no ${licenceTitle(sku)} licences. No licence was given.`;
	return { code: "no-such-licence", message, retryable: false };
}

export function notShown(name: string) {
	return { code: "no-such-user", message: `Microsoft 365 does not show ${name} any more.`, retryable: true };
}
		stays: true,

function readStock(row: Values): Stock {
	const units = isRecord(row.prepaidUnits) ? row.prepaidUnits : {};
	const total = typeof units.enabled === "number" ? units.enabled : 0;
	const used = typeof row.consumedUnits === "number" ? row.consumedUnits : 0;
	return { skuId: text(row.skuId), sku: text(row.skuPartNumber), total, used };
}
