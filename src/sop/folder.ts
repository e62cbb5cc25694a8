/**
 * Reads the definitions folder: the MSP, its clients and each client's SOPs. What is broken keeps its last good version
 * and is listed; nothing else stops. The only file of the language that touches a disk. Must never throw for content.
 */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import type { Problem } from "../base/errors.ts";
import { isRecord } from "../base/json.ts";
import { type Clock, dayAt } from "../base/time.ts";
import { compileClient } from "./client-file.ts";
import { mspShape } from "./client-schema.ts";
import { compileSops } from "./client-sops.ts";
import type { SourceText } from "./compile.ts";
import type { Client, Definitions, KnownActions } from "./definitions.ts";
import { compilePeople, compileRoles } from "./people-file.ts";
import { reporter } from "./report.ts";
import { checkShape } from "./shape.ts";
import { compileSignIn } from "./sign-in-file.ts";
import { compileWorkspaces } from "./workspaces-file.ts";
import { readYaml, type Sources } from "./yaml-source.ts";

export { diffDefinitions } from "./definitions-diff.ts";

type LoadOptions = {
	/** Says which years' holidays are kept. */
	readonly clock: Clock;
	/** Number of the core that SOPs are compiled for. */
	readonly core: number;
	/** What was good before: broken files keep their version of it. */
	readonly last?: Definitions;
};
type Quarantined = Definitions["quarantined"][number];
type Msp = Definitions["msp"];

/**
 * Loads the folder. Shape: every problem of every file in `problems`, once; a broken client or SOP in `quarantined` too.
 * Without a usable `msp.yaml`, now or last, there are no clients. Repeat: safe.
 */
export function loadDefinitions(folder: string, known: KnownActions, options: LoadOptions): Definitions {
	const { last } = options;
	const problems: Problem[] = [];
	const quarantined: Quarantined[] = [];
	const names = foldersIn(join(folder, "clients"), problems) ?? Object.keys(last?.clients ?? {});
	const msp = loadMsp({ folder, clients: names }, last, problems);
	const bases = readSops(folder, problems);
	const clients: [string, Client][] = [];
	for (const name of names) {
		const found = msp === undefined ? undefined : loadClient({ folder, name, msp, bases, known, options });
		if (found === undefined) continue;
		problems.push(...found.problems);
		quarantined.push(...found.quarantined);
		if (found.client !== undefined) clients.push([name, found.client]);
	}
	return {
		msp: msp ?? { id: "msp", name: "", people: [], roles: {} },
		clients: Object.fromEntries(clients),
		problems: once(problems),
		quarantined,
	};
}

type MspPlace = { readonly folder: string; readonly clients: readonly string[] };

function loadMsp(place: MspPlace, last: Definitions | undefined, problems: Problem[]): Msp | undefined {
	const source = readText(join(place.folder, "msp.yaml"), problems);
	const before = last === undefined || last.msp.name === "" ? undefined : last.msp;
	if (source === undefined) return before;
	const sources: Sources = new WeakMap();
	const read = readYaml(source, sources);
	if (!isRecord(read.value)) {
		problems.push(...named(read.problems, source.file));
		return before;
	}
	const tree = read.value;
	const report = reporter(tree, sources, source.file);
	checkShape(mspShape, tree, [], report);
	const people = compilePeople(tree.people, "msp", [], report);
	const roles = compileRoles(tree.roles, people, report);
	const signIn = compileSignIn(tree.signIn, typeof tree.msp === "string" ? tree.msp : "", report);
	const workspaces = compileWorkspaces(tree, place.clients, report);
	const plain = Object.fromEntries(
		Object.entries(roles).flatMap(([role, ids]) => ("group" in ids ? [] : [[role, ids]])),
	);
	const found = [...read.problems, ...report.problems];
	problems.push(...found);
	if (found.length > 0 && before !== undefined) return before;
	if (typeof tree.msp !== "string" || typeof tree.name !== "string") return before;
	const surfaces = workspaces.length === 0 ? {} : { workspaces };
	return { id: tree.msp, name: tree.name, people, roles: plain, ...signIn, ...surfaces };
}

type ClientPlace = {
	readonly folder: string;
	readonly name: string;
	readonly msp: Msp;
	readonly bases: readonly SourceText[];
	readonly known: KnownActions;
	readonly options: LoadOptions;
};
type Loaded = {
	readonly client?: Client;
	readonly problems: readonly Problem[];
	readonly quarantined: readonly Quarantined[];
};

function loadClient(place: ClientPlace): Loaded {
	const { folder, name, msp, bases, known, options } = place;
	const own = join(folder, "clients", name);
	const problems: Problem[] = [];
	const source = readText(join(own, "client.yaml"), problems);
	const overlays = readSops(own, problems, "client.yaml");
	const last = options.last?.clients[name];
	const broken = (all: readonly Problem[]): Loaded => {
		const found = once(all);
		return {
			...(last === undefined ? {} : { client: last }),
			problems: found,
			quarantined: [{ client: name, problems: found }],
		};
	};
	if (source === undefined) return broken(problems);
	const sources: Sources = new WeakMap();
	const read = readYaml(source, sources);
	if (!isRecord(read.value)) return broken([...problems, ...named(read.problems, source.file)]);
	const report = reporter(read.value, sources, source.file);
	const year = Number(dayAt(options.clock.now(), "UTC").slice(0, 4));
	const sops = [...new Set([...bases, ...overlays].map((one) => basename(one.file, ".yaml")))];
	const client = compileClient({ tree: read.value, name, folder: resolve(own), msp, year, sops }, report);
	const found = [...problems, ...read.problems, ...report.problems];
	if (found.length > 0) return broken(found);
	const compiled = compileSops({
		client,
		bases,
		overlays,
		known,
		core: options.core,
		...(last === undefined ? {} : { last }),
	});
	return {
		client: { ...client, sops: compiled.sops },
		problems: compiled.quarantined.flatMap((one) => one.problems),
		quarantined: compiled.quarantined,
	};
}

/** Every `*.yaml` of a folder that is an SOP or an overlay. */
function readSops(folder: string, problems: Problem[], besides = "msp.yaml"): readonly SourceText[] {
	const names = namesIn(folder, problems)?.filter((name) => name.endsWith(".yaml") && name !== besides) ?? [];
	return names.filter((name) => !isFolder(join(folder, name))).map((name) => readSop(join(folder, name), problems));
}

/** One that cannot be read is still there: its last good version stands in for it. */
function readSop(file: string, problems: Problem[]): SourceText {
	const found: Problem[] = [];
	const source = readText(file, found);
	problems.push(...found);
	return source ?? { file, text: "", unreadable: found[0] ?? missing(file, "file") };
}

/** Undefined: the folder cannot be read, which says nothing about what should be in it. */
function foldersIn(folder: string, problems: Problem[]): readonly string[] | undefined {
	return namesIn(folder, problems)?.filter((name) => !name.startsWith(".") && isFolder(join(folder, name)));
}

function namesIn(folder: string, problems: Problem[]): readonly string[] | undefined {
	try {
		return readdirSync(folder).sort();
	} catch {
		problems.push(missing(folder, "folder"));
		return undefined;
	}
}

/** Links are followed, as where a folder is mounted by them. */
function isFolder(path: string): boolean {
	try {
		return statSync(path).isDirectory();
	} catch {
		return false;
	}
}

function readText(file: string, problems: Problem[]): SourceText | undefined {
	try {
		if (statSync(file).isFile()) return { file, text: readFileSync(file, "utf8") };
		problems.push(missing(file, "file"));
		return undefined;
	} catch {
		problems.push(missing(file, "file"));
		return undefined;
	}
}

function missing(file: string, what: string): Problem {
	const message = `There is no ${what} ${file} that can be read.`;
	return {
		path: "",
		code: "not-there",
		message,
		remedy: "Make it, or set SOPWITH_DEFINITIONS.",
		file,
		line: 1,
		column: 1,
	};
}

/** A file with nothing usable in it has at least one problem. */
function named(problems: readonly Problem[], file: string): readonly Problem[] {
	if (problems.length > 0) return problems;
	return [
		{
			path: "",
			code: "wrong-type",
			message: "This file is not a mapping.",
			remedy: "Write words and values.",
			file,
			line: 1,
			column: 1,
		},
	];
}

function once(problems: readonly Problem[]): readonly Problem[] {
	const seen = new Map(
		problems.map((one): [string, Problem] => [
			JSON.stringify([one.file, one.line, one.path, one.code, one.message]),
			one,
		]),
	);
	return [...seen.values()];
}
