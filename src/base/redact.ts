/**
 * Keeps secrets out of text: by value, wherever one that was seen turns up, and by the names of fields. Must never print
 * what it knows, and never grow without bound.
 */
import type { Json } from "./json.ts";
import { MASK, Secret } from "./secret.ts";

/** The oldest is forgotten first; the vault shows a secret anew each time it is used. */
const VALUES_MAX = 2_000;
/** Shorter ones would cut ordinary words to pieces. */
const VALUE_CHARACTERS_MIN = 6;
const TEXT_CHARACTERS_MAX = 8_192;
const ITEMS_MAX = 100;
const DEPTH_MAX = 8;
const VALUES_LOGGED_MAX = 1_000;
const SECRET_NAME =
	/pass(word|wd|phrase)|secret|token|authori[sz]ation|cookie|signature|credential|(api|private|encryption)_?key|^key$/i;

export type Redactor = {
	/** Remembers a value that must not be printed. Repeat: safe, and makes it the newest. */
	saw(secret: Secret): Secret;
	/** The text with each remembered value hidden, also as written inside JSON or an address. */
	text(text: string): string;
};

/** Opens an empty registry of values. */
export function openRedactor(): Redactor {
	const known = new Set<string>();
	let pattern: RegExp | undefined;
	const saw = (secret: Secret): Secret => {
		const value = secret.open();
		if (value.length < VALUE_CHARACTERS_MIN) return secret;
		const fresh = !known.delete(value);
		known.add(value);
		if (known.size > VALUES_MAX) known.delete([...known][0] ?? "");
		if (fresh) pattern = undefined;
		return secret;
	};
	const text = (found: string): string => {
		if (known.size === 0) return found;
		pattern ??= patternOf(known);
		return found.replace(pattern, MASK);
	};
	return { saw, text };
}

/** Copies what is logged as bounded plain data, with fields of telling names hidden. Never throws. */
export function loggable(value: unknown): Json {
	return copied(value, { depth: 0, budget: { left: VALUES_LOGGED_MAX } });
}

/** Where in a value the copy stands; the budget is shared by all of it, so that a knot of references stays small. */
type Spot = { readonly depth: number; readonly budget: { left: number } };

function copied(value: unknown, spot: Spot): Json {
	spot.budget.left -= 1;
	if (spot.budget.left < 0) return "…";
	if (value === null || typeof value === "boolean") return value;
	if (typeof value === "number") return Number.isFinite(value) ? value : String(value);
	if (typeof value === "string") return clipped(value);
	if (typeof value === "bigint") return value.toString();
	if (typeof value !== "object") return typeof value;
	if (spot.depth >= DEPTH_MAX) return "…";
	const below: Spot = { depth: spot.depth + 1, budget: spot.budget };
	if (value instanceof Secret) return MASK;
	if (ArrayBuffer.isView(value)) return `${value.byteLength} bytes`;
	if (Array.isArray(value)) return value.slice(0, ITEMS_MAX).map((item) => copied(item, below));
	if (value instanceof Error) return errorFields(value, below);
	return fields(value, below);
}

function fields(value: object, below: Spot): { readonly [name: string]: Json } {
	const entries = Object.entries(value).slice(0, ITEMS_MAX);
	return Object.fromEntries(
		entries.map(([name, inner]) => {
			const plain = typeof inner === "boolean" || typeof inner === "number" || inner === null || inner === undefined;
			return [name, SECRET_NAME.test(name) && !plain ? MASK : copied(inner, below)];
		}),
	);
}

function errorFields(error: Error, below: Spot): Json {
	const cause = error.cause === undefined ? {} : { cause: copied(error.cause, below) };
	const base = { type: error.name, message: clipped(error.message), stack: clipped(error.stack ?? "") };
	return { ...fields(error, below), ...base, ...cause };
}

function clipped(text: string): string {
	return text.length <= TEXT_CHARACTERS_MAX
		? text
		: `${text.slice(0, TEXT_CHARACTERS_MAX)}… (${text.length} characters)`;
}

/** Longest first, so that a secret that begins with another is hidden whole. */
function patternOf(values: ReadonlySet<string>): RegExp {
	const forms = [...values].flatMap((value) => [value, JSON.stringify(value).slice(1, -1), encodeURIComponent(value)]);
	const sorted = [...new Set(forms)].sort((a, b) => b.length - a.length);
	return new RegExp(sorted.map((form) => RegExp.escape(form)).join("|"), "g");
}
