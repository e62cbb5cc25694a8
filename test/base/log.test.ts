/** What the log prints, and above all what it does not. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { openLog, prettyLine } from "../../src/base/log.ts";
import { openRedactor } from "../../src/base/redact.ts";
import { Secret } from "../../src/base/secret.ts";

const clock = { now: () => "2026-11-22T14:20:03.000Z" };

function openTestLog(pretty = false) {
	const lines: string[] = [];
	const redactor = openRedactor();
	const write = (line: string) => void lines.push(line);
	const log = openLog({ level: "trace", pretty, colour: false, clock, redactor, write });
	return { log, lines, redactor };
}

test("a line is JSON with the time of the clock, the level in words and the fields", () => {
	const { log, lines } = openTestLog();
	log.warn({ run: "7K2Q", tries: 2 }, "Microsoft 365 is busy");
	assert.deepEqual(JSON.parse(lines[0] ?? ""), {
		level: "warn",
		time: clock.now(),
		run: "7K2Q",
		tries: 2,
		msg: "Microsoft 365 is busy",
	});
});

test("a terminal gets one plain line", () => {
	const { log, lines } = openTestLog(true);
	log.child({ run: "7K2Q" }).info("Started");
	assert.equal(lines[0], "14:20:03Z info  Started  run=7K2Q\n");
	assert.equal(prettyLine("not json\n", true), "not json\n");
});

test("a secret that was seen is hidden wherever it turns up", () => {
	const { log, lines, redactor } = openTestLog();
	const value = 'p"4ss w\\rd&canary';
	redactor.saw(new Secret(value));
	const cause = new Error(`bind with ${value} refused`);
	log
		.child({ who: value })
		.error({ err: new Error(`it said ${value}`, { cause }), deep: [{ a: value }] }, `so ${value}`);
	log.info({ url: `https://x.example/?p=${encodeURIComponent(value)}`, [value]: 1, kept: new Secret(value) }, "sent");
	const all = lines.join("");
	assert(!all.includes("canary"), all);
	assert(lines.length === 2 && lines.every((line) => typeof JSON.parse(line) === "object"));
});

test("any secret in any field stays out of the line, and the line stays JSON", () => {
	const secret = fc.string({ minLength: 8, maxLength: 40, unit: "binary" }).filter((s) => s.trim().length >= 8);
	fc.assert(
		fc.property(secret, fc.string(), fc.string(), (value, before, after) => {
			const { log, lines, redactor } = openTestLog();
			const canary = `cnry${value}`;
			redactor.saw(new Secret(canary));
			log.info({ field: `${before}${canary}${after}`, list: [canary] }, `${before}${canary}`);
			const line = lines[0] ?? "";
			const { field, list, msg } = JSON.parse(line);
			for (const found of [field, ...list, msg]) assert(!String(found).includes(canary));
		}),
		{ numRuns: 300 },
	);
});

test("fields with telling names are hidden without their value being known", () => {
	const { log, lines } = openTestLog();
	log.info({ headers: { Authorization: "Bearer abc", cookie: ["a=b"] }, password: "x", tokens: 3, userId: "u1" }, "in");
	const { headers, password, tokens, userId } = JSON.parse(lines[0] ?? "");
	const hidden = "«secret»";
	assert.deepEqual({ headers, password }, { headers: { Authorization: hidden, cookie: hidden }, password: hidden });
	assert.deepEqual({ tokens, userId }, { tokens: 3, userId: "u1" });
});

test("what is huge, deep, circular or odd is bounded and never throws", () => {
	const { log, lines } = openTestLog();
	const circle: Record<string, unknown> = {
		list: Array.from({ length: 5_000 }, (_, i) => i),
		text: "x".repeat(100_000),
	};
	for (let i = 0; i < 50; i += 1) circle[`self${i}`] = circle;
	log.info({ big: 10n, circle, fn: () => 1, bytes: Buffer.alloc(9), nan: Number.NaN, none: undefined }, "odd");
	assert((lines[0] ?? "").length < 1_000_000);
	assert.equal(JSON.parse(lines[0] ?? "").big, "10");
});

test("the registry forgets the oldest and never grows past its bound", () => {
	const redactor = openRedactor();
	for (let i = 0; i < 2_001; i += 1) redactor.saw(new Secret(`secret-number-${i}-`));
	assert.equal(redactor.text("secret-number-0-"), "secret-number-0-");
	assert.equal(redactor.text("secret-number-2000-"), "«secret»");
	redactor.saw(new Secret("abc"));
	assert.equal(redactor.text("abc"), "abc");
});
