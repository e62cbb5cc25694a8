/** What the machine refuses, as real system calls say it. */
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { machineFault } from "../../src/base/machine-fault.ts";

const folder = mkdtempSync(join(tmpdir(), "sopwith-machine-"));
after(() => rmSync(folder, { recursive: true }));

function toldOf(act: () => unknown): { readonly code: string; readonly words: string } {
	try {
		act();
	} catch (problem) {
		const fault = machineFault(problem);
		assert.ok(fault?.advice, String(problem));
		return { code: fault.code, words: fault.message };
	}
	throw new Error("it did not fail");
}

test("a place that cannot be used is named, and a link that leads nowhere too", () => {
	const file = join(folder, "file");
	writeFileSync(file, "");
	symlinkSync("/nowhere/at/all", join(folder, "link"));
	symlinkSync("round", join(folder, "round"));
	const acts: readonly (readonly [string, () => unknown])[] = [
		["link", () => mkdirSync(join(folder, "link"), { recursive: true })],
		["round", () => readFileSync(join(folder, "round"))],
		["file", () => mkdirSync(file, { recursive: true })],
		["file/below", () => readFileSync(join(file, "below"))],
		["none", () => readFileSync(join(folder, "none"))],
	];
	for (const [place, act] of acts) {
		const { code, words } = toldOf(act);
		assert.equal(code, "wrong-path", place);
		assert.ok(words.startsWith(`${join(folder, place)} `), words);
	}
	const moved = toldOf(() => renameSync(join(folder, "none"), join(folder, "there")));
	assert.ok(moved.words.startsWith(`${join(folder, "there")} `), moved.words);
});

test("a full disk is a full disk, though the call does not say where", () => {
	const { code, words } = toldOf(() => writeFileSync("/dev/full", "x"));
	assert.equal(code, "disk-full");
	assert.match(words, /^What was to be read or written could not be written: the disk is full \(ENOSPC\)\.$/);
});

test("a mistake of ours is none of the machine's, and a refused connection no file", () => {
	assert.equal(machineFault(new TypeError("x is not a function")), undefined);
	assert.equal(machineFault(Object.assign(new Error("no"), { code: "ECONNREFUSED", syscall: "connect" })), undefined);
	assert.equal(machineFault("ENOSPC"), undefined);
});
