/**
 * What comes back from our blocks, read again: which card, which verb, which values. The inverse of `blocks*.ts`. Must never
 * throw at what a client may send, nor hand on more than was declared.
 */
import { asRecord, asText, isRecord, type Json, type Values } from "../base/json.ts";
import type { Reveal } from "./blocks-button.ts";
import { keyOf } from "./blocks-options.ts";

type BlockPress = { readonly card: string; readonly verb: string; readonly values: Values };

/**
 * Reads a pressed button. `state`: the card's inputs, as Slack sends them along; taken only where the button sends them.
 * Undefined: a link, something that is revealed, or no button of ours.
 */
export function pressOf(action: Json, state: Json = {}): BlockPress | undefined {
	const [kind, verb, carried] = read(action);
	if (kind !== "verb" || verb === "" || carried === undefined) return undefined;
	const { card, inputs, ...fixed } = carried;
	return { card: String(card), verb, values: inputs === true ? { ...valuesOf(state), ...fixed } : fixed };
}

/** Reads a pressed button that opens a modal. */
export function revealOf(action: Json): { readonly card: string; readonly reveal: Reveal } | undefined {
	const [kind, reveal, carried] = read(action);
	if (kind !== "reveal" || carried === undefined) return undefined;
	const known = (["details", "send-back", "inputs"] as const).find((each) => each === reveal);
	return known && { card: String(carried.card), reveal: known };
}

/** Reads a modal of ours that was sent. */
export function submittedOf(view: Json): (BlockPress & { readonly origin?: Json }) | undefined {
	if (!isRecord(view) || view.callback_id !== "card") return undefined;
	const carried = parsed(view.private_metadata);
	if (carried === undefined || typeof carried.card !== "string") return undefined;
	const { card, verb, origin } = carried;
	const state = isRecord(view.state) ? (view.state.values ?? {}) : {};
	return {
		card,
		verb: asText(verb),
		values: valuesOf(state),
		...(origin === undefined ? {} : { origin }),
	};
}

/**
 * Reads `state.values`: by field name, choices as keys, several with commas, what is empty as an empty text. A key that Slack
 * had no room for comes as its digest (see `isDigest`).
 */
export function valuesOf(state: Json): Values {
	const values: { [name: string]: string } = Object.create(null);
	for (const [blockId, inputs] of Object.entries(asRecord(state))) {
		const name = fieldOf(blockId);
		const input = asRecord(inputs).value;
		if (name === undefined || !isRecord(input)) continue;
		const value = typed(input);
		const before = values[name] ?? "";
		values[name] = before === "" || value === "" ? before + value : `${before},${value}`;
	}
	return { ...values };
}

/** The field an input's block belongs to. */
export function fieldOf(blockId: string): string | undefined {
	return /^field\/(.+)\/[^/]+$/u.exec(blockId)?.[1];
}

function typed(input: Values): string {
	const { selected_option: one, selected_options: several } = input;
	const key = (option: Json): string =>
		isRecord(option) && typeof option.value === "string" ? keyOf(option.value) : "";
	if (Array.isArray(several)) return several.map(key).join(",");
	if (isRecord(one)) return key(one);
	const said = input.value ?? input.selected_date ?? input.selected_time;
	return typeof said === "string" || typeof said === "number" ? String(said) : "";
}

function read(action: Json): readonly [kind: string, what: string, carried: Values | undefined] {
	if (!isRecord(action) || typeof action.action_id !== "string") return ["", "", undefined];
	const [, kind = "", what = ""] = /^(verb|reveal)\/([\w-]+)\/\d+$/u.exec(action.action_id) ?? [];
	const carried = parsed(action.value);
	return [kind, what, typeof carried?.card === "string" ? carried : undefined];
}

function parsed(text: Json | undefined): Values | undefined {
	try {
		const value = typeof text === "string" ? (JSON.parse(text) as Json) : undefined;
		return isRecord(value) ? value : undefined;
	} catch {
		return undefined;
	}
}
