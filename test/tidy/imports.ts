/**
 * Who may import whom, and which package is whose.
 */
import { builtinModules } from "node:module";
import type { Source } from "./source.ts";

/** What each part may import, besides itself. The longest matching part counts. */
const MAY_IMPORT: { readonly [part: string]: readonly string[] } = {
	"src/base": [],
	"src/sop": ["src/base", "src/people"],
	"src/people": ["src/base", "src/sop"],
	"src/cards": ["src/base", "src/sop", "src/people"],
	"src/engine": ["src/base", "src/sop", "src/people", "src/cards"],
	"src/engine/embedded": ["src/base", "src/sop", "src/people", "src/cards", "src/engine"],
	"src/engine/performer": ["src/base", "src/sop", "src/people", "src/engine"],
	"src/actions": ["src/base", "src/sop", "src/people", "src/engine", "src/engine/performer", "src/actions/*"],
	"src/actions/*": ["src/base", "src/sop", "src/people", "src/cards", "src/engine", "src/actions"],
	"src/chat": ["src/base", "src/sop", "src/people", "src/cards", "src/engine", "src/chat/command"],
	"src/chat/*": ["src/base", "src/sop", "src/people", "src/cards", "src/engine", "src/chat"],
	// The web chat is a page among the console's pages: the same frame, the same guards.
	"src/chat/web": ["src/base", "src/sop", "src/people", "src/cards", "src/engine", "src/chat", "src/console"],
	"src/triggers": ["src/base", "src/sop", "src/people", "src/engine"],
	"src/console": ["src/base", "src/sop", "src/people", "src/cards", "src/engine"],
	"src/command": ["src/base", "src/sop", "src/people", "src/cards", "src/engine", "src/console", "src/config.ts"],
	"src/config.ts": ["src/base", "src/config-surfaces.ts"],
	"src/config-surfaces.ts": ["src/base"],
};
/** The sandbox imitates these, and mail by Graph goes through the same door as everything else there. */
const OPEN_DOORS = new Map([
	["src/actions/microsoft365/graph.ts", ["src/actions/mail", "src/actions/sandbox"]],
	["src/actions/directory/ldap-code.ts", ["src/actions/sandbox"]],
]);
/** They put everything together. */
const UNBOUND = /^src\/(main|app|app-[a-z-]+)\.ts$|^src\/app\/|^src\/(sopwith|own-node)\.mjs$/;
/** Packages that are a language of their own: shapes at every edge, routes in every part that serves pages. */
const SHARED_PACKAGES = new Set(["zod", "express"]);

/** Imports that point up or sideways. */
export function badImports(sources: readonly Source[]): readonly string[] {
	return product(sources).flatMap((source) => {
		const from = partOf(source.path);
		if (from === undefined)
			return UNBOUND.test(source.path) ? [] : [`${source.path}:1 belongs to no part of the house`];
		return source.imports.flatMap(({ target, line }) => {
			if (target === undefined || !target.startsWith("src/")) return [];
			const to = partOf(target);
			if (to !== undefined && mayImport(from, to)) return [];
			return [`${source.path}:${line} imports ${target}`];
		});
	});
}

/** Packages that more than one file and more than one folder import. */
export function scatteredPackages(sources: readonly Source[]): readonly string[] {
	const users = new Map<string, { readonly folder: string; readonly place: string }[]>();
	for (const source of product(sources)) {
		for (const { from, target, line, typeOnly } of source.imports) {
			const name = packageOf(from);
			if (target !== undefined || typeOnly || isBuiltin(from) || SHARED_PACKAGES.has(name)) continue;
			const folder = source.path.split("/").slice(0, -1).join("/");
			users.set(name, [...(users.get(name) ?? []), { folder, place: `${source.path}:${line}` }]);
		}
	}
	return [...users].flatMap(([name, places]) => {
		const shortest = places.map(({ folder }) => folder).sort((a, b) => a.length - b.length)[0] ?? "";
		const together = shortest !== "src" && places.every(({ folder }) => `${folder}/`.startsWith(`${shortest}/`));
		return together || places.length === 1 ? [] : places.map(({ place }) => `${place} imports ${name}, as others do`);
	});
}

/** Packages that package.json names but nobody imports, and the other way round. */
export function unlistedPackages(sources: readonly Source[]): readonly string[] {
	const listed: { readonly [name: string]: unknown } = JSON.parse(textOf(sources, "package.json")).dependencies ?? {};
	return product(sources).flatMap((source) =>
		source.imports
			.filter(({ from, target }) => target === undefined && !isBuiltin(from) && !(packageOf(from) in listed))
			.map(({ from, line }) => `${source.path}:${line} imports ${from}, which is no dependency`),
	);
}

/** The files that are the product: code under `src/` that Node runs. */
export function product(sources: readonly Source[]): readonly Source[] {
	return sources.filter(({ path }) => /^src\/.*\.(ts|mjs)$/.test(path));
}

function textOf(sources: readonly Source[], path: string): string {
	return sources.find((source) => source.path === path)?.text ?? "";
}

type Part = { readonly rule: string; readonly own: string; readonly door?: string };

function partOf(path: string): Part | undefined {
	if (OPEN_DOORS.has(path)) return { rule: "src/actions/*", own: path.split("/").slice(0, 3).join("/"), door: path };
	const parts = Object.keys(MAY_IMPORT).flatMap((rule) => {
		const pattern = new RegExp(`^${rule.replace("*", "[^/]+")}(?=/|$)`);
		const own = pattern.exec(path)?.[0];
		const deeper = rule.endsWith("*") && own !== undefined && path.slice(own.length) === "";
		return own === undefined || deeper ? [] : [{ rule, own }];
	});
	// A part named in full comes before a pattern.
	const isPattern = ({ rule }: Part) => Number(rule.endsWith("*"));
	return parts.sort((a, b) => b.own.length - a.own.length || isPattern(a) - isPattern(b))[0];
}

function mayImport(from: Part, to: Part): boolean {
	if (from.own === to.own) return true;
	if (OPEN_DOORS.get(to.door ?? "")?.includes(from.own) === true) return true;
	return (MAY_IMPORT[from.rule] ?? []).some((allowed) => allowed === to.rule || allowed === to.own);
}

function packageOf(from: string): string {
	return from
		.split("/")
		.slice(0, from.startsWith("@") ? 2 : 1)
		.join("/");
}

function isBuiltin(from: string): boolean {
	return from.startsWith("node:") || builtinModules.includes(from);
}
