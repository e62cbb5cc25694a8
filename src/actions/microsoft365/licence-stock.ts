/**
 * How many licences a tenant has, how many are in use, and what can be said when none is left. Pure.
 */
import { asRecord, asText, type Values } from "../../base/json.ts";
import type { Choice } from "../../engine/event.ts";
import { licenceTitle } from "./licence-titles.ts";

export type Stock = { readonly skuId: string; readonly sku: string; readonly total: number; readonly used: number };

export function readStock(row: Values): Stock {
	const units = asRecord(row.prepaidUnits);
	const total = typeof units.enabled === "number" ? units.enabled : 0;
	const used = typeof row.consumedUnits === "number" ? row.consumedUnits : 0;
	return { skuId: asText(row.skuId), sku: asText(row.skuPartNumber), total, used };
}

/** No licence is left, with other ways on. */
export function outOfStock(stock: readonly Stock[], sku: string, others: readonly Choice[] = []) {
	const row = stock.find((one) => one.sku === sku);
	const wait: Choice = { id: "wait", words: "Wait until one is free", with: {} };
	const message = `${licenceTitle(sku)}: ${row?.used ?? 0} of ${row?.total ?? 0} in use. No licence was given.`;
	return { code: "no-licence", message, choices: [...others, wait] };
}
