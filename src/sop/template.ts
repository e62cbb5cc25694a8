/**
 * Cuts text with `${…}` holes into its parts. `\${` is a literal `${`. Must never evaluate anything.
 */

export type Part =
	| { readonly kind: "text"; readonly text: string }
	| { readonly kind: "hole"; readonly source: string };

/** Splits a template into text and holes, in order. Undefined when a hole is not closed. */
export function splitTemplate(template: string): readonly Part[] | undefined {
	const parts: Part[] = [];
	let text = "";
	let at = 0;
	while (at < template.length) {
		if (template.startsWith("\\${", at)) {
			text += "${";
			at += 3;
		} else if (template.startsWith("${", at)) {
			const end = closing(template, at + 2);
			if (end === undefined) return undefined;
			if (text !== "") parts.push({ kind: "text", text });
			text = "";
			parts.push({ kind: "hole", source: template.slice(at + 2, end).trim() });
			at = end + 1;
		} else {
			text += template[at];
			at += 1;
		}
	}
	if (text !== "") parts.push({ kind: "text", text });
	return parts;
}

/** Where the hole that begins at `from` ends; quotes and braces inside it are its own. */
function closing(template: string, from: number): number | undefined {
	let depth = 0;
	let quote = "";
	for (let at = from; at < template.length; at += 1) {
		const sign = template[at];
		if (quote !== "") {
			if (sign === "\\") at += 1;
			else if (sign === quote) quote = "";
		} else if (sign === "'" || sign === '"' || sign === "`") quote = sign;
		else if (sign === "{") depth += 1;
		else if (sign === "}") {
			if (depth === 0) return at;
			depth -= 1;
		}
	}
	return undefined;
}
