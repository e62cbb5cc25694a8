/**
 * The rules of the house that a machine can check. Each returns its violations as `file:line what`.
 */
import { product } from "./imports.ts";
import { lineAt, type Source, topLevel } from "./source.ts";

const LINES_MAX = 300;
const FUNCTION_LINES_MAX = 60;
const LINE_CHARACTERS_MAX = 120;
/** The formatter does not wrap prose. */
const PROSE_CHARACTERS_MAX = 126;
const PROSE = /^\s*(\/\*\*|\*|\/\/)/;
const TOP_LEVEL =
	/^(package(-lock)?\.json|tsconfig\.json|biome\.json|src|cards|sop-definitions|manifest|test|README\.md|CHANGELOG\.md|LICENSE|\.(ci|github|gitignore|gitattributes|editorconfig|npmrc))$/;
/** They wait for a bounded time; all long waits are rows in a table. */
const MAY_SET_TIMERS =
	/^src\/(engine\/(embedded|performer)|chat|console|triggers|actions)\/|^src\/app-pause\.ts$|^src\/base\/(wait|backoff|stream)\.ts$/;
const MAY_PRINT = /^src\/(main\.ts|command\/)/;
const PURE = /^src\/(engine\/[^/]+\.ts|sop\/|people\/)/;
const ENTRIES = new Set(["src/main.ts", "src/sopwith.mjs", "src/own-node.mjs"]);
/** Variables that are everybody's. */
const SYSTEM = new Set(["PATH", "TERM", "USER"]);
/** Read by the browser, not by Node. */
const BROWSER = /^src\/console\/static\//;

type Banned = {
	readonly pattern: RegExp;
	readonly why: string;
	readonly where: (path: string) => boolean;
	/** Also in comments. */
	readonly inProse?: true;
};
const isCode = (path: string) => /^(src|test)\/.*\.(ts|mjs)$/.test(path) && !path.startsWith("test/tidy");
const isProduct = (path: string) => path.startsWith("src/") && isCode(path) && !BROWSER.test(path);
const BANNED: readonly Banned[] = [
	{ pattern: /\bDate\.now\b|\bnew Date\b/, why: "time comes from a Clock", where: isProduct },
	{
		pattern: /\bconsole\./,
		why: "only the command line prints",
		where: (p) => isProduct(p) && !MAY_PRINT.test(p),
	},
	{ pattern: /\b(TODO|FIXME|XXX)\b/, why: "nothing half done merges", where: isCode, inProse: true },
	{ pattern: /\bas any\b|: any\b|<any>|@ts-ignore|@ts-expect-error/, why: "no escape from types", where: isCode },
	{
		pattern: /\bset(Timeout|Interval)\(/,
		why: "waits are rows in a table",
		where: (p) => isProduct(p) && !MAY_SET_TIMERS.test(p),
	},
	{ pattern: /\bMath\.random\b/, why: "the core is pure", where: (p) => PURE.test(p) },
	{ pattern: /\beval\(|new Function\(/, why: "no code in definitions", where: isProduct },
	{ pattern: /^export default\b/, why: "named exports only", where: isCode },
	{ pattern: /^export (\*|type \*)/, why: "no barrels", where: isProduct },
	{ pattern: /^(export )?(const )?enum |^(export )?namespace /, why: "erasable syntax only", where: isCode },
	{ pattern: /\.message\.(includes|match|startsWith)|\.test\(\w+\.message\)/, why: "match on codes", where: isProduct },
];
/** The project speaks of itself alone. */
const WORKPLACE = /\/[w]ork\/|\/tmp\/bash_[j]obs|\/[f]arm\/|registry\.[n]pmjs|deb\.[d]ebian\.org|sub[a]gent/;

export function bannedWords(sources: readonly Source[]): readonly string[] {
	return sources.flatMap((source) => {
		const rules = BANNED.filter(({ where }) => where(source.path));
		return source.lines.flatMap((line, at) =>
			rules
				.filter(({ pattern, inProse }) => pattern.test(line) && (inProse === true || !PROSE.test(line)))
				.map(({ pattern, why }) => `${source.path}:${at + 1} ${pattern.exec(line)?.[0]}: ${why}`),
		);
	});
}

export function workplaceNames(sources: readonly Source[]): readonly string[] {
	return sources.flatMap((source) =>
		source.lines.flatMap((line, at) =>
			WORKPLACE.test(line) ? [`${source.path}:${at + 1} ${line.trim().slice(0, 80)}`] : [],
		),
	);
}

export function missingHeads(sources: readonly Source[]): readonly string[] {
	return product(sources)
		.filter(({ text, path }) => !BROWSER.test(path) && !/^(#!.*\n)?\/\*\*/.test(text))
		.map(({ path }) => `${path}:1 does not open with what it is for and what it must never do`);
}

export function longThings(sources: readonly Source[]): readonly string[] {
	const code = sources.filter(({ path }) => isCode(path));
	return code.flatMap((source) => {
		const { path, lines } = source;
		const file = path.startsWith("src/") && lines.length - 1 > LINES_MAX ? [`${path}:1 ${lines.length - 1} lines`] : [];
		const wide = lines.flatMap((line, at) => {
			const width = line.replaceAll("\t", "  ").length;
			const most = PROSE.test(line) ? PROSE_CHARACTERS_MAX : LINE_CHARACTERS_MAX;
			return width > most && !/https?:|`|"/.test(line) ? [`${path}:${at + 1} ${width} characters`] : [];
		});
		return [...file, ...wide, ...(path.startsWith("src/") ? longFunctions(source) : [])];
	});
}

/** The formatter puts a function's last brace under the start of its first line. */
function longFunctions({ path, lines }: Source): readonly string[] {
	const opens =
		/^(\t*)(?:export )?(?:async )?(?:function\b|const \w+ = (?:async )?\(|(?:async )?\*?\[?[\w.]+\]?\().*[{(]$/;
	return lines.flatMap((line, at) => {
		const indent = opens.exec(line)?.[1];
		if (indent === undefined || /^\t*(if|for|while|switch|return|await|describe|test)\b/.test(line)) return [];
		const length = lines.slice(at + 1).findIndex((next) => next.startsWith(`${indent}}`)) + 2;
		return length > FUNCTION_LINES_MAX ? [`${path}:${at + 1} a function of ${length} lines`] : [];
	});
}

/** Files and exports that no other file takes. */
export function deadThings(sources: readonly Source[]): readonly string[] {
	const imports = sources.flatMap(({ imports }) => imports);
	return product(sources).flatMap((source) => {
		// Declarations that stand in for a vendor's are named by tsconfig.json alone.
		if (BROWSER.test(source.path) || source.path.endsWith(".d.ts")) return [];
		const taken = imports.filter(({ target }) => target === source.path);
		if (taken.length === 0) return ENTRIES.has(source.path) ? [] : [`${source.path}:1 nobody imports this file`];
		return deadExports(source, new Set(taken.flatMap(({ names }) => names)));
	});
}

function deadExports({ path, text }: Source, taken: ReadonlySet<string>): readonly string[] {
	const declared = /^export (?:async )?(?:function\*?|const|class|type|interface) ([\w$]+)/gm;
	return [...text.matchAll(declared)]
		.filter(([, name = ""]) => !taken.has(name))
		.map(({ 1: name, index }) => `${path}:${lineAt(text, index)} nobody else imports ${name}`);
}

export function strayTopLevel(): readonly string[] {
	return topLevel()
		.filter((name) => !TOP_LEVEL.test(name))
		.map((name) => `${name}:1 does not belong at the top level`);
}

export function brokenJson(sources: readonly Source[]): readonly string[] {
	return sources.flatMap(({ path, text }) => {
		if (!/^(cards|manifest|test)\/.*\.json$/.test(path)) return [];
		try {
			JSON.parse(text);
			return [];
		} catch {
			return [`${path}:1 is not JSON`];
		}
	});
}

/** Every code our own code gives a name to must stand in README's table, in backticks. */
export function undocumentedCodes(sources: readonly Source[]): readonly string[] {
	const documented = new Set(documentedIn(sources, "Errors and remedies").map(({ name }) => name));
	return codesOf(sources)
		.filter(({ code }) => !documented.has(code))
		.map(({ code, place }) => `${place} ${code}`);
}

/** A code of README's table that our code does not have as a word of its own. */
export function bygoneCodes(sources: readonly Source[]): readonly string[] {
	const words = new Set(
		product(sources).flatMap(({ text }) => text.match(/(?<=["'`])[\w-]+(?=["'`])|(?<=[\s{])[\w-]+(?=: )/g) ?? []),
	);
	return documentedIn(sources, "Errors and remedies")
		.filter(({ name }) => !words.has(name))
		.map(({ name, place }) => `${place} nothing says ${name}`);
}

/** The variables that are read, and those of README's table. */
export function variablesApart(sources: readonly Source[]): readonly string[] {
	const config = product(sources).filter(({ path }) => /^src\/config/.test(path));
	const named = config.flatMap(({ text }) => text.match(/(?<=")[A-Z]+(?:_[A-Z]+)*(?=")/g) ?? []);
	const taken = product(sources).flatMap(({ text }) => text.match(/(?<=\benv\.)[A-Z_]+\b/g) ?? []);
	const read = new Set([...named, ...taken].filter((name) => !SYSTEM.has(name)));
	const documented = documentedIn(sources, "Environment").filter(({ name }) => /^[A-Z_]+$/.test(name));
	const missing = [...read].filter((one) => !documented.some(({ name }) => name === one));
	return [
		...missing.map((name) => `README.md:1 ${name} is read and not in its table`),
		...documented.filter(({ name }) => !read.has(name)).map(({ name, place }) => `${place} nothing reads ${name}`),
	];
}

/** What the first cells of a section's tables in README hold in backticks. */
function documentedIn(sources: readonly Source[], heading: string) {
	const lines = sources.find(({ path }) => path === "README.md")?.lines ?? [];
	const from = lines.indexOf(`## ${heading}`) + 1;
	const to = lines.findIndex((line, at) => at > from && line.startsWith("## "));
	return lines.slice(from, to).flatMap((line, at) => {
		const cell = /^\| (`[^|]*)\|/.exec(line)?.[1] ?? "";
		return [...cell.matchAll(/`([^`]+)`/g)].map(([, name = ""]) => ({ name, place: `README.md:${from + at + 1}` }));
	});
}

/** Where each code is given its name: in a problem or outcome, an error, a report or a refusal. */
const NAMED: readonly RegExp[] = [
	/\bcode: "([a-z][a-z0-9-]*)"/g,
	/\w+Error\(\s*"([a-z][a-z0-9]*(?:-[a-z0-9]+)+)"/g,
	/\]\s*,\s*"([a-z]+(?:-[a-z]+)+)"\)/g,
	/\breport\([^;]*?[,\s]"([a-z]+(?:-[a-z]+)+)",/g,
	/\b(?:refused?|obstacle|conflict|denied)\(\s*"([a-z]+(?:-[a-z]+)*)"/g,
];

/** Every place in the product where a code is given its name. */
export function codesOf(sources: readonly Source[]): readonly { readonly code: string; readonly place: string }[] {
	return product(sources).flatMap(({ path, text }) =>
		NAMED.flatMap((pattern) =>
			[...text.matchAll(pattern)].map((match) => ({
				code: match[1] ?? "",
				place: `${path}:${lineAt(text, match.index)}`,
			})),
		),
	);
}
