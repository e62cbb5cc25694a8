/**
 * What Slack sends of inputs that nobody touched, as `state.values`.
 */
import { isRecord, type Json, type Values } from "../../src/base/json.ts";

/** Every object in a payload. */
export function nodesOf(value: Json): readonly Values[] {
	if (Array.isArray(value)) return value.flatMap((item: Json) => nodesOf(item));
	return isRecord(value) ? [value, ...Object.values(value).flatMap(nodesOf)] : [];
}

/** The state of a message or view as it was drawn. */
export function stateOf(payload: Json): Values {
	const inputs = nodesOf(payload).filter(({ type }) => type === "input");
	return Object.fromEntries(
		inputs.map((input) => [String(input.block_id), { value: standing(input.element as Values) }]),
	);
}

function standing(element: Values): Values {
	const { type = "", initial_value, initial_date, initial_time, initial_option, initial_options } = element;
	const kind = String(type);
	if (kind.endsWith("input")) return { type, value: initial_value ?? null };
	if (kind === "datepicker") return { type, selected_date: initial_date ?? null };
	if (kind === "timepicker") return { type, selected_time: initial_time ?? null };
	const several = kind === "checkboxes" || kind.startsWith("multi_");
	return several
		? { type, selected_options: initial_options ?? [] }
		: { type, selected_option: initial_option ?? null };
}
