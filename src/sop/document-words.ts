/**
 * Says expressions and templates in words where they are simple, for a document nobody needs to be a technician to read.
 */
import { parseExpression } from "./expression.ts";
import { lowerFirst } from "./form-values.ts";
import type { Expression, Sop, Template } from "./sop.ts";
import { splitTemplate } from "./template.ts";

/** "the first day", "the role’s laptop"; what is not simple stays as it is written. */
export function sayExpression(source: Expression, sop: Sop): string {
	const parts = source.split("&&");
	if (parts.length > 1) {
		const clauses = parts.map((part) => sayCondition(part, sop));
		return clauses.every((said, at) => said !== parts[at]) ? clauses.join(" and ") : source;
	}
	const same = /^\s*client\.identity\s*==\s*'(hybrid|cloud)'\s*$/.exec(source)?.[1];
	if (same !== undefined)
		return same === "hybrid" ? "accounts are made in Active Directory" : "accounts are made in Microsoft 365";
	const equal = /^\s*([\w.]+)\s*==\s*'([^']*)'\s*$/.exec(source);
	if (equal !== null) return `${sayPath(equal[1] as string, sop)} is ${equal[2]}`;
	const parsed = parseExpression(source);
	const [name] = parsed.ok ? parsed.names : [];
	return name !== undefined && name === source.trim() ? sayPath(name, sop) : source;
}

/** A condition as a clause: "the role’s laptop is set". */
export function sayCondition(source: Expression, sop: Sop): string {
	const said = sayExpression(source, sop);
	const parsed = parseExpression(source);
	return parsed.ok && parsed.names[0] === source.trim() ? `${said} is set` : said;
}

/** A template with its holes said: "Join the group …". */
export function sayTemplate(template: Template, sop: Sop): string {
	const parts = splitTemplate(template) ?? [];
	return parts.map((part) => (part.kind === "text" ? part.text : hole(part.source, sop))).join("");
}

function hole(source: string, sop: Sop): string {
	const said = sayExpression(source, sop);
	return said === source ? "…" : said;
}

function sayPath(path: string, sop: Sop): string {
	const [root, name, ...rest] = path.split(".");
	if (root === "form" && name !== undefined) {
		const label = sop.form.find((field) => field.name === name)?.label ?? name;
		const own = rest.length === 0 ? "" : `’s ${rest.map(spaced).join(" ")}`;
		return `the ${lowerFirst(label)}${own}`;
	}
	if (root === "client" && name !== undefined) return `the client’s ${[name, ...rest].map(spaced).join(" ")}`;
	return path;
}

function spaced(word: string): string {
	return word.replace(/([a-z])([A-Z])/g, "$1 $2").toLowerCase();
}
