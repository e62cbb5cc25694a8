/**
 * A start while the keys of the Bot Framework cannot be read.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { openTeamsWorld } from "./teams-world.ts";

test("before any key could be read nobody is let in, and Teams is told to come again", async () => {
	const world = await openTeamsWorld();
	const { microsoft, heard } = world;
	try {
		microsoft.state.keysDown = true;
		const knock = () => world.send(world.by("harriet", { type: "typing" }));
		assert.equal((await knock()).status, 503);
		assert.equal(heard.at(-1)?.why, "no-signing-keys from 127.0.0.1");
		microsoft.state.keysDown = false;
		assert.equal((await knock()).status, 200);
	} finally {
		await world.end();
	}
});
