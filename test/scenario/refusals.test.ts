/** Who may not: every kind of approver who is refused, and a run that only those involved may see. */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { day, type House, hire, openHouse } from "./house.ts";

const QUIET = `sop: quiet
title: A quiet matter
owner: owner
visibility: involved
subject: { name: "\${form.who}" }
start: [{ command: quiet, by: [hr] }]
form: { who: { label: Who, type: text } }
steps:
  - { name: Ask, id: ask, ask: { to: [it-lead], form: { found: { label: What was found, type: text } } } }
`;

describe("who may not", { concurrency: true }, () => {
	let house: House;
	before(async () => {
		house = await openHouse({ definitions: (folder) => writeFileSync(join(folder, "quiet.yaml"), QUIET) });
	});
	after(() => house.close());

	test("is refused with the reason, and the run does not move", async () => {
		const form = hire("Mo", "Manager", { startDate: day(5) });
		const id = await house.start("harriet", form);
		const { plan } = await house.when("sol", id, (run) => run.plan !== undefined);
		const right = { wait: plan?.wait, verb: "approve", plan: plan?.hash };
		for (const [who, body, status, code] of [
			["harriet", right, 403, /You asked for this one/],
			["mo", right, 403, /This run is about you/],
			["di", right, 403, /Sol Vance/],
			["hanna", right, 404, /./],
			["tia", right, 403, /./],
			["sol", { ...right, wait: "approve#1" }, 409, /./],
			["sol", { ...right, plan: "0".repeat(64) }, 409, /./],
			["sol", { ...right, verb: "retry" }, 422, /./],
			["sol", { ...right, verb: "skip" }, 422, /./],
		] as const) {
			const said = await house.ask(who, `/runs/${id}/answers`, body);
			assert.equal(said.status, status, `${who}: ${JSON.stringify(said.body)}`);
			assert.match(String(said.body.title), code, who);
		}
		const still = await house.read("sol", id);
		assert.deepEqual([still.phase, still.plan?.wait], ["waiting", plan?.wait]);
		const audit = await house.app.auditVerify();
		assert.deepEqual(audit.broken, []);
		assert.equal((await house.ask("sol", `/runs/${id}/answers`, right)).status, 200);
	});

	test("does not see a run that is kept among those involved", async () => {
		const id = await house.start("harriet", { who: "Somebody" }, "contoso", "quiet");
		await house.when("mo", id, (run) => run.phase === "waiting");
		for (const outsider of ["tia", "sol", "hanna"]) {
			assert.equal((await house.ask(outsider, `/runs/${id}`)).status, 404, outsider);
			const { body } = await house.ask(outsider, "/runs");
			assert.doesNotMatch(JSON.stringify(body), /Somebody/, outsider);
		}
		assert.equal((await house.ask("di", `/runs/${id}`)).status, 200, "the client's owner does");
	});
});
