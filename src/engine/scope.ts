/**
 * What expressions can see at a step: the form, the client's values, earlier outputs, the items and names around it, and
 * the event's own time. Must never show people, connectors or secrets, and never reads a clock.
 */
import type { Json, Values } from "../base/json.ts";
import { dayAt, type Instant } from "../base/time.ts";
import { evaluate, fill, fillAll } from "../sop/expression.ts";
import type { Expression, Sop, Step, Template, Templates } from "../sop/sop.ts";
import type { Path } from "./event.ts";
import { keyOf, type Place, placeOf, placesOf, scopesOf } from "./path.ts";
import type { Run } from "./run.ts";

/** A place to evaluate from. Build it once per step and event; it works its values out when first asked. */
type Scope = { readonly values: () => Values };

type Mutable = { [name: string]: Json };

/** The scope of a step. `at` gives `today` and `now` in the client's zone. */
export function scopeFor(sop: Sop, run: Run, here: { readonly path: Path; readonly at: Instant }): Scope {
	let built: Values | undefined;
	return {
		values: () => {
			built ??= build(sop, run, here);
			return built;
		},
	};
}

function build(sop: Sop, run: Run, here: { readonly path: Path; readonly at: Instant }): Values {
	const parent = run.request.parent;
	const values: Mutable = {
		...(parent?.scope ?? {}),
		form: run.form,
		client: clientValues(sop),
		steps: outputsAt(run, here.path),
		today: dayAt(here.at, sop.client.timezone),
		now: here.at,
		requester: run.request.by,
		run: { id: run.id },
	};
	if (parent?.item !== undefined) {
		values.item = parent.item.value;
		values.key = parent.item.key;
	}
	if (run.request.undo !== undefined) values.undo = run.request.undo.entries;
	values.subject = subjectValues(sop, run, values);
	const place = placeOf(sop, here.path);
	if (place !== undefined) bindAround(sop, run, { place, path: here.path, values });
	return values;
}

function clientValues(sop: Sop): Values {
	const { id, name, timezone, identity, profiles } = sop.client;
	return { id, name, timezone, identity, profiles };
}

function subjectValues(sop: Sop, run: Run, values: Values): Values {
	const user = sop.subject.user === undefined ? undefined : fill(sop.subject.user, values);
	return { ...run.subject, ...(user === undefined ? {} : { user }) };
}

/** Outputs by step id: those of the top level, then those of each scope around the path, the nearest winning. */
function outputsAt(run: Run, path: Path): Values {
	const scopes = scopesOf(path);
	const outputs: Mutable = { ...(run.request.parent?.scope?.steps as Values | undefined) };
	for (const prefix of ["", ...scopes]) {
		for (const [at, state] of Object.entries(run.steps)) {
			if (state.output === undefined || !at.startsWith(prefix)) continue;
			const id = at.slice(prefix.length);
			if (!id.includes("[")) outputs[id] = state.output;
		}
	}
	return outputs;
}

/** Binds items and `let` names of the containers around a step, outermost first, then the step's own. */
function bindAround(
	sop: Sop,
	run: Run,
	around: { readonly place: Place; readonly path: Path; readonly values: Mutable },
): void {
	const { place, path, values } = around;
	const scopes = scopesOf(path);
	const places = placesOf(sop);
	for (const id of place.within) {
		const outer = places.get(id);
		if (outer === undefined) continue;
		bindLets(outer.step, values);
		if (outer.step.kind !== "each") continue;
		const scope = scopes[outer.depth];
		const at = (outer.depth === 0 ? "" : (scopes[outer.depth - 1] ?? "")) + outer.step.id;
		const key = scope === undefined ? undefined : keyOf(scope);
		const list = run.steps[at];
		const item = list?.items?.find((i) => i.key === key) ?? list?.gone?.find((i) => i.key === key);
		if (item === undefined) continue;
		values.item = item.value;
		values.key = item.key;
	}
	bindLets(place.step, values);
}

function bindLets(step: Step, values: Mutable): void {
	for (const [name, expression] of Object.entries(step.let)) {
		const value = evaluate(expression, values);
		if (value !== undefined) values[name] = value;
	}
}

/** The value of an expression here; undefined when something in it is missing. */
export function resultOf(expression: Expression, scope: Scope): Json | undefined {
	return evaluate(expression, scope.values());
}

/** A template as text. A template without holes is itself. */
export function textOf(template: Template, scope: Scope): string {
	if (!template.includes("${")) return template;
	const value = fill(template, scope.values());
	return typeof value === "string" ? value : value === undefined ? "" : JSON.stringify(value);
}

/** A step's name here. That of an `each` speaks of its items once they are known: "Join the group Sales, Finance". */
export function nameOf(step: Step, scope: Scope, keys: readonly string[] = []): string {
	const inner = step.kind === "each" && step.steps.length === 1 ? step.steps[0]?.name : undefined;
	if (keys.length === 0 || inner === undefined || !ITEM.test(inner)) return tidied(textOf(step.name, scope));
	// The items fill the hole as values; what they hold is never read as a template.
	const listed = keys.length <= KEYS_SHOWN ? keys.join(", ") : `${keys.length} of them`;
	return tidied(textOf(inner, { values: () => ({ ...scope.values(), item: listed, key: listed }) }));
}

function tidied(name: string): string {
	return name.replace(/\s+/g, " ").trim();
}

const ITEM = /\$\{\s*(?:item|key)\s*\}/;
const KEYS_SHOWN = 3;

/** Templates with every hole filled; a name whose hole is missing is left out. */
export function filled(templates: Templates, scope: Scope): Values {
	return hasHole(templates) ? fillAll(templates, scope.values()) : templates;
}

const holes = new WeakMap<Templates, boolean>();

function hasHole(templates: Templates): boolean {
	let found = holes.get(templates);
	if (found === undefined) {
		found = JSON.stringify(templates).includes("${");
		holes.set(templates, found);
	}
	return found;
}
