/** Who may not: every kind of approver who is refused, and a run that only those involved may see. */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { type House, openHouse } from "./house.ts";

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

const BADGE = `sop: badge
title: A badge
owner: it-lead
subject: { name: "\${form.who}", email: "\${form.address}" }
start: [{ command: badge, by: [hr] }]
form: { who: { label: Who, type: text }, address: { label: Address, type: text } }
steps:
  - { name: Approve the badge, id: approve, approve: { by: [it-lead, executives] } }
  - { name: Join, id: join, do: microsoft365.groupMember, with: { user: di@contoso.example, group: All Sales } }
`;

describe("who may not", { concurrency: true }, () => {
	let house: House;
	before(async () => {
		house = await openHouse({
			definitions: (folder) => {
				writeFileSync(join(folder, "quiet.yaml"), QUIET);
				writeFileSync(join(folder, "badge.yaml"), BADGE);
			},
		});
	});
	after(() => house.close());

	test("is refused with the reason, and the run does not move", async () => {
		const form = { who: "Mo Manager", address: "mo@contoso.example" };
		const id = await house.start("harriet", form, "contoso", "badge");
		const { plan } = await house.when("di", id, (run) => run.plan !== undefined);
		const right = { wait: plan?.wait, verb: "approve", plan: plan?.hash };
		for (const [who, body, status, code] of [
			["harriet", right, 403, /You asked for this one/],
			["mo", right, 403, /This run is about you/],
			["sol", right, 404, /./],
			["hanna", right, 404, /./],
			["tia", right, 403, /./],
			["di", { ...right, wait: "approve#1" }, 409, /./],
			["di", { ...right, plan: "0".repeat(64) }, 409, /./],
			["di", { ...right, verb: "retry" }, 422, /./],
			["di", { ...right, verb: "skip" }, 422, /./],
		] as const) {
			const said = await house.ask(who, `/runs/${id}/answers`, body);
			assert.equal(said.status, status, `${who}: ${JSON.stringify(said.body)}`);
			assert.match(String(said.body.title), code, who);
		}
		const still = await house.read("di", id);
		assert.deepEqual([still.phase, still.plan?.wait], ["waiting", plan?.wait]);
		const audit = await house.app.auditVerify();
		assert.deepEqual(audit.broken, []);
		assert.equal((await house.ask("di", `/runs/${id}/answers`, right)).status, 200);
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
