/**
 * The words that `msp.yaml` and `client.yaml` take: none is taken that nothing reads, and none is read over. By text alone,
 * so a word that also stands for something else passes.
 */
import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { asRecord, isRecord, type Json, type Values } from "../../src/base/json.ts";
import { jsonSchemas } from "../../src/sop/json-schema.ts";
import { known } from "./known.ts";

const SRC = join(import.meta.dirname, "../../src");
/** Taken for a later release, and said to be so in the guide. */
const RESERVED: readonly string[] = ["msp.onCall"];
/** Whatever an author writes there is theirs: expressions and actions read it by its name. */
const THEIRS: readonly string[] = ["client.profiles.*.*", ...RESERVED];

const { client, msp } = jsonSchemas(known);
const found = { words: new Map<string, string>(), anything: new Set<string>() };
for (const [file, schema] of Object.entries({ client, msp })) walk(schema, file, asRecord(schema.$defs));

/** Every word with where it may stand, and every place where anything may. */
function walk(schema: Json | undefined, at: string, defs: Values): void {
	if (!isRecord(schema)) return;
	const { properties, additionalProperties: more, items, $ref, anyOf, oneOf, allOf } = schema;
	for (const [word, within] of Object.entries(asRecord(properties))) {
		found.words.set(`${at}.${word}`, word);
		walk(within, `${at}.${word}`, defs);
	}
	if (isRecord(properties) && more !== false) found.anything.add(at);
	if (properties === undefined && isRecord(more)) walk(more, `${at}.*`, defs);
	if (typeof $ref === "string") found.anything.add(at);
	walk(items, `${at}[]`, defs);
	for (const one of [anyOf, oneOf, allOf].flatMap((list) => (Array.isArray(list) ? (list as Json[]) : []))) {
		walk(one, at, defs);
	}
}

/** All code but the shapes themselves, without comments. */
const code = globSync("**/*.ts", { cwd: SRC })
	.filter((file) => !/(client|connector)-schema\.ts$/u.test(file))
	.map((file) => readFileSync(join(SRC, file), "utf8").replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gmu, ""))
	.join("\n");

test("no word is taken that nothing reads", () => {
	assert(found.words.size > 80, `${found.words.size} words`);
	const unread = [...found.words].filter(([, word]) => {
		return !new RegExp(`\\.${word}\\b|[{,]\\s*${word}\\s*(?:[:=][^,}]*)?[,}]|"${word}"`, "u").test(code);
	});
	assert.deepEqual(
		unread.map(([at]) => at),
		RESERVED,
	);
});

test("a word that is not known is refused wherever words are ours", () => {
	assert.deepEqual([...found.anything].sort(), [...THEIRS].sort());
});
