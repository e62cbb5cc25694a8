/** How many exchanges the looks of a step make, and that what travels together is what was asked. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Values } from "../../../src/base/json.ts";
import { onStage } from "../stage.ts";

const GROUPS = Array.from({ length: 50 }, (_, at) => ({ name: `Project ${at + 1}`, where: "cloud" as const }));
const CLOUD = { identity: "cloud" as const, groups: GROUPS };
const ADA = { firstName: "Ada", lastName: "Lovelace", usageLocation: "US" };

test("making an account looks in 2 exchanges before, joining a group in 2", async (t) => {
	const stage = await onStage(t, { seed: CLOUD });
	const gets = () => stage.sandbox.log.filter(({ method, url }) => method === "GET" || url.endsWith("$batch")).length;
	const until = (write: string) => {
		const at = stage.sandbox.log.findIndex(({ method, url }) => `${method} ${url}`.startsWith(`POST /v1.0/${write}`));
		return stage.sandbox.log.slice(0, at).map(({ method, url }) => `${method} ${url.split("?")[0]}`);
	};
	const made = await stage.attempt({ action: "microsoft365.user", input: ADA });
	assert.equal(made.outcome?.kind, "done");
	assert.deepEqual(until("users"), ["GET /v1.0/domains", "POST /v1.0/$batch"]);
	const before = gets();
	const input: Values = { user: "ada.lovelace@contoso.example", group: "Project 7" };
	const joined = await stage.attempt({ action: "microsoft365.groupMember", input, step: "join" });
	assert.equal(joined.outcome?.kind, "done");
	assert.equal(gets() - before, 5, "2 to look, 1 to find the person again, 2 to read back");
});

test("a group that is renamed between plan and write is still the one that is joined, and left by undo", async (t) => {
	const stage = await onStage(t, { seed: CLOUD });
	await stage.attempt({ action: "microsoft365.user", input: ADA });
	const input: Values = { user: "ada.lovelace@contoso.example", group: "Project 1" };
	const renamed = { met: false };
	stage.sandbox.fault({
		match: ({ method, path }) => {
			if (method === "POST" && path.endsWith("/members/$ref") && !renamed.met) {
				renamed.met = true;
				stage.sandbox.renameGroup("Project 1", "Project Apollo");
				stage.sandbox.renameGroup("Project 2", "Project 1");
			}
			return false;
		},
		answer: { kind: "slow", ms: 0 },
	});
	const joined = await stage.attempt({ action: "microsoft365.groupMember", input, step: "join", proveWithinMs: 1000 });
	assert.deepEqual([renamed.met, joined.outcome?.kind, joined.outcome?.applied.length], [true, "done", 1]);
	const groups = () => stage.sandbox.readOut().users.find((user) => user.userPrincipalName === input.user)?.groups;
	assert.deepEqual(groups(), ["Project Apollo"]);
	const back = { $undo: joined.changes?.[0], $input: input } as unknown as Values;
	const undone = await stage.attempt({ action: "microsoft365.groupMember", input: back, step: "back" });
	assert.equal(undone.outcome?.kind, "done", JSON.stringify(undone.outcome));
	assert.deepEqual(groups(), []);
});
