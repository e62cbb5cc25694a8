/**
 * The book of definitions: as they are now, and how to read them again. Kept in the data folder too, so that a start with
 * nothing changed compiles nothing, and one after something broke still has the last good version. Must never serve what
 * was compiled from other files or by another version of ours.
 */
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { ConfigError } from "./base/errors.ts";
import { isRecord } from "./base/json.ts";
import { type Clock, dayAt } from "./base/time.ts";
import type { Config } from "./config.ts";
import { CORE } from "./engine/decide.ts";
import type { Client, Definitions } from "./sop/definitions.ts";

/** Opens the book. Errors: `ConfigError` `no-definitions` when nothing compiles and nothing good was kept. */
export async function openBook(config: Pick<Config, "data" | "definitions">, clock: Clock) {
	const file = join(config.data, "definitions.json");
	const read = async (last: Definitions | undefined): Promise<Definitions> => {
		const [{ loadDefinitions }, { registry }] = await Promise.all([
			import("./sop/folder.ts"),
			import("./actions/registry.ts"),
		]);
		const edition = editionOf(config.definitions, clock);
		const found = loadDefinitions(config.definitions, registry.known(), {
			clock,
			core: CORE,
			...(last === undefined ? {} : { last }),
		});
		keep(file, { edition, definitions: found });
		return found;
	};
	const kept = keptIn(file);
	let now = kept?.edition === editionOf(config.definitions, clock) ? kept.definitions : await read(kept?.definitions);
	if (now.problems.length > 0 && Object.values(now.clients).every(({ sops }) => Object.keys(sops).length === 0)) {
		throw new ConfigError(now.problems, "no-definitions");
	}
	return {
		definitions: () => now,
		clientOf: (id: string): Client | undefined => (Object.hasOwn(now.clients, id) ? now.clients[id] : undefined),
		reload: async () => {
			const before = now;
			now = await read(before);
			const { diffDefinitions } = await import("./sop/folder.ts");
			return { problems: now.problems, diff: diffDefinitions(before, now), quarantined: now.quarantined };
		},
	};
}

type Kept = { readonly edition: string; readonly definitions: Definitions };

/** What was kept; nothing where the file is not there or is not whole. */
function keptIn(file: string): Kept | undefined {
	if (!existsSync(file)) return undefined;
	try {
		const found: unknown = JSON.parse(readFileSync(file, "utf8"));
		return isRecord(found) && typeof found.edition === "string" && isWhole(found.definitions)
			? (found as unknown as Kept)
			: undefined;
	} catch {
		return undefined;
	}
}

/** Whether it is shaped as this version reads it: another one may have written it. */
function isWhole(found: unknown): boolean {
	if (!isRecord(found) || !isRecord(found.msp) || !isRecord(found.clients)) return false;
	if (!Array.isArray(found.problems) || !Array.isArray(found.quarantined)) return false;
	const { name, people, roles } = found.msp;
	if (typeof name !== "string" || !Array.isArray(people) || !isRecord(roles)) return false;
	return Object.values(found.clients).every(
		(one) => isRecord(one) && [one.sops, one.values, one.roster, one.connectors].every(isRecord),
	);
}

function keep(file: string, kept: Kept): void {
	writeFileSync(`${file}.new`, JSON.stringify(kept), { mode: 0o600 });
	renameSync(`${file}.new`, file);
}

/** Names what is compiled and by what: every byte of every definition, the year of the holidays, and our own files. */
function editionOf(folder: string, clock: Clock): string {
	const hash = createHash("sha256").update(resolve(folder)).update(dayAt(clock.now(), "UTC").slice(0, 4));
	const clients = namesIn(join(folder, "clients")).map((name) => join("clients", name));
	for (const place of ["", ...clients]) {
		for (const name of namesIn(join(folder, place))) {
			const file = join(place, name);
			if (name.endsWith(".yaml")) hash.update(`\n${file}\n`).update(contentOf(join(folder, file)));
		}
	}
	const own = import.meta.dirname;
	for (const name of readdirSync(own, { recursive: true, encoding: "utf8" }).sort()) {
		if (!name.endsWith(".ts")) continue;
		const { size, mtimeMs } = statSync(join(own, name));
		hash.update(`\n${name} ${size} ${mtimeMs}`);
	}
	return hash.digest("hex");
}

/** None where the folder cannot be read: what follows from that is said where its files are compiled. */
function namesIn(folder: string): readonly string[] {
	try {
		return readdirSync(folder).sort();
	} catch {
		return [];
	}
}

/** Why, where a file cannot be read: so it is another edition once it can. */
function contentOf(file: string): string | Buffer {
	try {
		return statSync(file).isFile() ? readFileSync(file) : "no file";
	} catch (problem) {
		return String(problem);
	}
}
