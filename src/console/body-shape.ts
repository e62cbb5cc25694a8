/**
 * What an API body may hold: each field's kind, and nothing that is not named. Must never stop at the first mistake.
 */
import { InputError, type Problem } from "../base/errors.ts";
import { isRecord, type Json, type Values } from "../base/json.ts";

type Kinds = { readonly text: string; readonly record: Values };
type Field = {
	readonly kind: keyof Kinds;
	readonly optional?: boolean;
	readonly oneOf?: readonly string[];
	/** Characters; 2,000 unless told. */
	readonly most?: number;
};
type Read<F extends Field> = F["optional"] extends true ? Kinds[F["kind"]] | undefined : Kinds[F["kind"]];
type Shape<S> = { readonly [N in keyof S]: S[N] extends Field ? Read<S[N]> : never };

/** Reads a body as that shape. Errors: `InputError` with every problem at its path. */
export function shaped<const S extends { readonly [name: string]: Field }>(body: Json, fields: S): Shape<S> {
	if (!isRecord(body)) throw new InputError([{ path: "", code: "not-an-object", message: "Send a JSON object." }]);
	const problems = [
		...Object.keys(body)
			.filter((name) => !Object.hasOwn(fields, name))
			.map((name) => ({ path: name, code: "unknown-field", message: known(fields) })),
		...Object.entries(fields).flatMap(([name, field]) => wrong(name, field, body[name])),
	];
	if (problems.length > 0) throw new InputError(problems);
	return body as Shape<S>;
}

function wrong(path: string, field: Field, value: Json | undefined): readonly Problem[] {
	if (value === undefined) {
		return field.optional ? [] : [{ path, code: "missing", message: "This is needed." }];
	}
	if (field.kind === "record")
		return isRecord(value) ? [] : [{ path, code: "wrong-type", message: "This is a JSON object." }];
	if (typeof value !== "string") return [{ path, code: "wrong-type", message: "This is text." }];
	if (value === "" && !field.optional) return [{ path, code: "missing", message: "This is needed." }];
	if (field.oneOf !== undefined && !field.oneOf.includes(value))
		return [{ path, code: "unknown-value", message: `This is one of ${field.oneOf.join(", ")}.` }];
	const most = field.most ?? 2000;
	return value.length > most ? [{ path, code: "too-long", message: `At most ${most} characters.` }] : [];
}

function known(fields: { readonly [name: string]: Field }): string {
	return `Nothing by this name is read here; there is ${Object.keys(fields).join(", ")}.`;
}
