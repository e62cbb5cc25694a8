/**
 * The nightly round: it checks, it tidies, and nothing that goes wrong in it reaches anybody else.
 */
import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";
import { round, startNightly } from "../../src/triggers/nightly.ts";

function listening() {
	const said: { readonly level: string; readonly words: string }[] = [];
	const log = {
		info: (_fields: object, words: string) => void said.push({ level: "info", words }),
		error: (_fields: object, words: string) => void said.push({ level: "error", words }),
	};
	return { said, log };
}

test("a round tidies and then checks every chain", async () => {
	const { said, log } = listening();
	const order: string[] = [];
	const verify = async () => {
		order.push("verify");
		return { ok: true, runs: 2, events: 9 };
	};
	await round({ log, verify, tidy: () => void order.push("tidy") });
	deepEqual(order, ["tidy", "verify"]);
	deepEqual(said, [{ level: "info", words: "Every chain is whole" }]);
});

test("a broken chain is an error with the way on", async () => {
	const { said, log } = listening();
	await round({ log, tidy: () => {}, verify: async () => ({ ok: false, runs: 1, events: 3 }) });
	equal(said[0]?.level, "error");
	equal(said[0]?.words.includes("sopwith audit verify"), true);
});

test("a round that fails says so and throws nothing", async () => {
	const { said, log } = listening();
	const verify = async (): Promise<never> => {
		throw new Error("the disk");
	};
	await round({ log, tidy: () => {}, verify });
	equal(said.length, 1);
	equal(said[0]?.level, "error");
});

test("rounds that were started can be stopped, twice", async () => {
	const { log } = listening();
	const stop = startNightly({ log, tidy: () => {}, verify: async () => ({ ok: true, runs: 0, events: 0 }) });
	await stop();
	await stop();
});
