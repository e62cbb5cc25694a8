/**
 * Reads the part of OData's `$filter` that directory queries use, and asks objects whether it holds. Must never ignore
 * what it does not know: that is refused, as Graph refuses it.
 */
import { asRecord, type Json, type Values } from "../../base/json.ts";
import { GraphRefusal } from "./graph-refusal.ts";

type Predicate = (object: Values) => boolean;
type Tokens = { readonly list: readonly string[]; at: number };
type Operand = (object: Values, scope: Values) => Json | undefined;
type Test = (object: Values, scope: Values) => boolean;

/** Compiles a filter. Errors: throws `GraphRefusal` 400 for what it cannot read. */
export function odataFilter(text: string): Predicate {
	const tokens: Tokens = { list: tokenize(text), at: 0 };
	const test = either(tokens);
	if (tokens.at < tokens.list.length) throw invalid(text);
	return (object) => test(object, {});
}

/** Tells whether a filter needs `ConsistencyLevel: eventual`. */
export function isAdvanced(text: string): boolean {
	return tokenize(text).some((token) => /^(ne|not|endswith)$/i.test(token));
}

function invalid(text: string): GraphRefusal {
	return new GraphRefusal(400, "Request_BadRequest", `Invalid filter clause: ${text}`);
}

function tokenize(text: string): readonly string[] {
	const pattern = /\s*('(?:[^']|'')*'|[()\],:[]|[^\s()',:[\]]+)/gy;
	const list: string[] = [];
	let end = 0;
	for (const match of text.matchAll(pattern)) {
		list.push(match[1] ?? "");
		end = match.index + match[0].length;
	}
	if (text.slice(end).trim() !== "") throw invalid(text);
	return list;
}

function either(tokens: Tokens): Test {
	const first = both(tokens);
	if (!take(tokens, "or")) return first;
	const second = either(tokens);
	return (object, scope) => first(object, scope) || second(object, scope);
}

function both(tokens: Tokens): Test {
	const first = single(tokens);
	if (!take(tokens, "and")) return first;
	const second = both(tokens);
	return (object, scope) => first(object, scope) && second(object, scope);
}

function single(tokens: Tokens): Test {
	if (take(tokens, "not")) {
		const inner = single(tokens);
		return (object, scope) => !inner(object, scope);
	}
	if (take(tokens, "(")) {
		const inner = either(tokens);
		expect(tokens, ")");
		return inner;
	}
	const name = next(tokens);
	if (/^(startswith|endswith)$/i.test(name)) return textual(tokens, name.toLowerCase());
	if (name.endsWith("/any") || name.endsWith("/all")) return lambda(tokens, name);
	return comparison(tokens, operand(name));
}

function textual(tokens: Tokens, name: string): Test {
	expect(tokens, "(");
	const left = operand(next(tokens));
	expect(tokens, ",");
	const right = operand(next(tokens));
	expect(tokens, ")");
	return (object, scope) => {
		const [value, part] = [left(object, scope), right(object, scope)].map((v) => String(v ?? "\0").toLowerCase());
		return name === "startswith" ? (value ?? "").startsWith(part ?? "") : (value ?? "").endsWith(part ?? "");
	};
}

/** `proxyAddresses/any(x:x eq 'smtp:a@b')` */
function lambda(tokens: Tokens, name: string): Test {
	const list = operand(name.slice(0, -4));
	expect(tokens, "(");
	const variable = next(tokens);
	expect(tokens, ":");
	const inner = either(tokens);
	expect(tokens, ")");
	return (object, scope) => {
		const items = list(object, scope);
		if (!Array.isArray(items)) return false;
		const holds = (item: Json) => inner(object, { ...scope, [variable]: item });
		return name.endsWith("/any") ? items.some(holds) : items.every(holds);
	};
}

function comparison(tokens: Tokens, left: Operand): Test {
	const operator = next(tokens).toLowerCase();
	if (operator === "in") {
		expect(tokens, "(");
		const items = [operand(next(tokens))];
		while (take(tokens, ",")) items.push(operand(next(tokens)));
		expect(tokens, ")");
		return (object, scope) => items.some((item) => order(left(object, scope), item(object, scope)) === 0);
	}
	const right = operand(next(tokens));
	const holds = (test: (order: number) => boolean): Test => {
		return (object, scope) => test(order(left(object, scope), right(object, scope)));
	};
	switch (operator) {
		case "eq":
			return holds((o) => o === 0);
		case "ne":
			return holds((o) => o !== 0);
		case "gt":
			return holds((o) => o > 0);
		case "ge":
			return holds((o) => o >= 0);
		case "lt":
			return holds((o) => o < 0);
		case "le":
			return holds((o) => o <= 0);
		default:
			throw invalid(operator);
	}
}

/** Text is compared without case; what cannot be compared is not a number, so that only `ne` holds. */
function order(a: Json | undefined, b: Json | undefined): number {
	if ((a ?? null) === null || (b ?? null) === null) return (a ?? null) === (b ?? null) ? 0 : Number.NaN;
	if (typeof a !== typeof b) return Number.NaN;
	const [x, y] = [a, b].map((value) => (typeof value === "string" ? value.toLowerCase() : Number(value)));
	if (x === undefined || y === undefined) return Number.NaN;
	return x < y ? -1 : Number(x > y);
}

function operand(token: string): Operand {
	if (token.startsWith("'")) return () => token.slice(1, -1).replaceAll("''", "'");
	if (token === "true" || token === "false") return () => token === "true";
	if (token === "null") return () => null;
	if (/^-?\d+(\.\d+)?$/.test(token)) return () => Number(token);
	if (/^\d{4}-\d\d-\d\d/.test(token) || /^[0-9a-f]{8}-[0-9a-f-]{27}$/i.test(token)) return () => token;
	if (!/^[A-Za-z][A-Za-z0-9_]*(\/[A-Za-z][A-Za-z0-9_]*)*$/.test(token)) throw invalid(token);
	const steps = token.split("/");
	return (object, scope) => {
		let value: Json | undefined = steps[0] !== undefined && steps[0] in scope ? scope : object;
		for (const step of steps) value = asRecord(value)[step];
		return value;
	};
}

function next(tokens: Tokens): string {
	const token = tokens.list[tokens.at++];
	if (token === undefined) throw invalid("it ends too early");
	return token;
}

function take(tokens: Tokens, word: string): boolean {
	if (tokens.list[tokens.at]?.toLowerCase() !== word) return false;
	tokens.at++;
	return true;
}

function expect(tokens: Tokens, word: string): void {
	if (!take(tokens, word)) throw invalid(`${word} expected`);
}
