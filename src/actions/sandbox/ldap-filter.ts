/**
 * Asks an entry whether a search filter holds for it, with the directory's own rules of comparison. Reads ldapts' filter
 * objects by their shape. Must never guess: a filter it does not know matches nothing.
 */
import type { Filter } from "ldapts";
import { fold, parseDn, sameDn } from "../dn.ts";

/** What a filter may ask of an entry. */
export interface Filterable {
	values(attribute: string): readonly string[];
	/** Names of all groups it is in, directly or through others. */
	chain(attribute: string): readonly string[];
}

type Shape = {
	readonly type: number;
	readonly attribute?: string;
	readonly value?: string | Buffer;
	readonly filters?: readonly Filter[];
	readonly filter?: Filter;
	readonly initial?: string;
	readonly any?: readonly string[];
	readonly final?: string;
	readonly rule?: string;
	readonly matchType?: string;
};

/** Tells whether the filter holds. Source: RFC 4511 §4.5.1.7; matching rules of [MS-ADTS] 3.1.1.3.4.4. */
export function matches(filter: Filter, entry: Filterable): boolean {
	const shape = filter as unknown as Shape;
	const attribute = shape.attribute ?? "";
	switch (shape.type) {
		case 0xa0:
			return (shape.filters ?? []).every((inner) => matches(inner, entry));
		case 0xa1:
			return (shape.filters ?? []).some((inner) => matches(inner, entry));
		case 0xa2:
			return shape.filter !== undefined && !matches(shape.filter, entry);
		case 0xa3:
		case 0xa8:
			return entry.values(attribute).some((value) => equals(attribute, value, shape.value ?? ""));
		case 0xa4:
			return entry.values(attribute).some((value) => contains(shape, value));
		case 0xa5:
			return entry.values(attribute).some((value) => order(value, String(shape.value)) >= 0);
		case 0xa6:
			return entry.values(attribute).some((value) => order(value, String(shape.value)) <= 0);
		case 0x87:
			return entry.values(attribute).length > 0;
		case 0xa9:
			return extensible(shape, entry);
		default:
			return false;
	}
}

const DN_VALUED = new Set(["member", "memberof", "manager", "directreports", "distinguishedname"]);
const BIT_AND = "1.2.840.113556.1.4.803";
const BIT_OR = "1.2.840.113556.1.4.804";
const IN_CHAIN = "1.2.840.113556.1.4.1941";

function equals(attribute: string, value: string, asked: string | Buffer): boolean {
	const name = attribute.toLowerCase();
	if (name === "objectguid") {
		const bytes = typeof asked === "string" ? Buffer.from(asked, "latin1") : asked;
		return Buffer.from(value, "base64").equals(bytes);
	}
	const text = typeof asked === "string" ? asked : asked.toString("utf8");
	if (DN_VALUED.has(name)) return sameName(value, text);
	return fold(value) === fold(text);
}

function sameName(a: string, b: string): boolean {
	const one = parseDn(a);
	const other = parseDn(b);
	return one !== undefined && other !== undefined && sameDn(one, other);
}

function contains(shape: Shape, value: string): boolean {
	let rest = fold(value);
	const initial = fold(shape.initial ?? "");
	if (!rest.startsWith(initial)) return false;
	rest = rest.slice(initial.length);
	for (const part of shape.any ?? []) {
		const at = rest.indexOf(fold(part));
		if (at < 0) return false;
		rest = rest.slice(at + fold(part).length);
	}
	return rest.endsWith(fold(shape.final ?? ""));
}

function order(a: string, b: string): number {
	const numbers = /^-?\d+$/.test(a) && /^-?\d+$/.test(b);
	if (numbers) return Number(BigInt(a) - BigInt(b));
	return fold(a) < fold(b) ? -1 : Number(fold(a) > fold(b));
}

function extensible(shape: Shape, entry: Filterable): boolean {
	const attribute = shape.matchType ?? "";
	const asked = String(shape.value ?? "");
	if (shape.rule === IN_CHAIN) return entry.chain(attribute).some((name) => sameName(name, asked));
	if (!/^\d+$/.test(asked)) return false;
	const mask = BigInt(asked);
	return entry.values(attribute).some((value) => {
		if (!/^-?\d+$/.test(value)) return false;
		const bits = BigInt.asUintN(64, BigInt(value)) & mask;
		return shape.rule === BIT_AND ? bits === mask : shape.rule === BIT_OR && bits !== 0n;
	});
}
