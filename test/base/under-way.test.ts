/** Whoever ends waits for what goes on by itself. */
import assert from "node:assert/strict";
import { it } from "node:test";
import { createUnderWay } from "../../src/base/under-way.ts";

it("waits for what was begun meanwhile too, and hears of what failed", async () => {
	const heard: unknown[] = [];
	const { track, idle } = createUnderWay((error) => heard.push(error));
	const [first, second] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
	track(first.promise.then(() => track(second.promise)));
	let isIdle = false;
	const idling = idle().then(() => {
		isIdle = true;
	});
	first.resolve();
	await new Promise((next) => setImmediate(next));
	assert.equal(isIdle, false);
	second.reject(new Error("lost"));
	await idling;
	assert.deepEqual(heard.map(String), ["Error: lost"]);
});

it("is idle at once where nothing was begun", async () => {
	await createUnderWay((error) => assert.fail(String(error))).idle();
});
