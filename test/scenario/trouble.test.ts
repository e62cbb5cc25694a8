/** The world moves between the plan and the write: nothing is taken over, a person decides, and what they say holds. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { sandboxGraph } from "../../src/actions/sandbox/sandbox.ts";
import { systemClock } from "../../src/base/time.ts";
import { edit, type House, hire, isDone, openFor, openHouse } from "./house.ts";

const LICENCES = "microsoft365: { use: sandbox, licences: { SPB: { total: 2, used: 1 } } }";

describe("after the plan", () => {
	let house: House;
	before(async () => {
		house = await openHouse({
			definitions: (folder) =>
				edit(folder, "clients/contoso/client.yaml", ["microsoft365: { use: sandbox }", LICENCES]),
		});
	});
	after(() => house.close());

	test("somebody takes the name: it is not touched, and the next one is approved as a difference", async () => {
		const other = await house.start("harriet", hire("Olga", "Drift", { profile: "finance" }));
		await house.when("harriet", other, (run) => run.plan !== undefined);
		const { directory } = house.tenant("contoso");
		const taken = await directory.add("CN=Olga Drift,OU=Staff,DC=contoso,DC=example", {
			objectClass: ["top", "person", "organizationalPerson", "user"],
			sAMAccountName: "olga.drift",
			userPrincipalName: "olga.drift@contoso.example",
			userAccountControl: "514",
		});
		assert.equal(taken.kind, "ok");
		await house.answer("mo", other, "approve");
		const asks = await house.when("mo", other, (run) => run.phase === "asking");
		assert.match(asks.waitingFor, /olga\.drift belongs to someone else/);
		await house.answer("mo", other, "choose", { choice: "next-free-name" });
		const again = await house.when("mo", other, (run) => openFor(run, "approve", "mo") !== undefined);
		assert.match(JSON.stringify(again.plan?.entries), /olga\.drift2@contoso\.example/);
		assert.ok((again.plan?.entries.length ?? 0) > 5, "once for everything that follows");
		await house.answer("mo", other, "approve");
		await house.when("mo", other, isDone("licence"));
		const { users } = house.tenant("contoso").readOut();
		const stranger = users.find((user) => user.userPrincipalName === "olga.drift@contoso.example");
		assert.deepEqual([stranger?.enabled, stranger?.groups, stranger?.licences], [false, [], []]);
		assert.ok(users.some((user) => user.userPrincipalName === "olga.drift2@contoso.example"));
	});

	test("no licence is left: the plan says so and cannot be approved", async () => {
		const id = await house.start("harriet", hire("Pia", "Hand"));
		const planned = await house.when("mo", id, (run) => run.plan !== undefined);
		assert.match(JSON.stringify(planned.plan?.problems), /Business Premium: 2 of 2 in use/);
		const wait = planned.plan?.wait;
		const approval = { wait, verb: "approve", plan: planned.plan?.hash };
		assert.equal((await house.ask("mo", `/runs/${id}/answers`, approval)).status, 422);
		const cancel = await house.ask("harriet", `/runs/${id}/steer`, { verb: "cancel", words: "no licence" });
		assert.equal(cancel.status, 200);
		await house.when("harriet", id, (run) => run.phase === "stopped");
	});

	test("done by hand is believed only once it is so", async () => {
		const tenant = house.tenant("contoso");
		const connection = await sandboxGraph(tenant, { clock: systemClock });
		const graph = connection.graph();
		const skus = await graph.list({ path: ["subscribedSkus"] });
		assert(skus.kind === "ok");
		const sku = String(skus.value.find((one) => one.skuPartNumber === "SPB")?.skuId);
		const assign = (user: string, add: boolean) =>
			graph.request({
				method: "POST",
				path: ["users", user, "assignLicense"],
				body: add
					? { addLicenses: [{ skuId: sku, disabledPlans: [] }], removeLicenses: [] }
					: { addLicenses: [], removeLicenses: [sku] },
			});
		const holder = tenant.readOut().users.find((user) => user.licences.includes("SPB"))?.userPrincipalName ?? "";
		const freed = await assign(holder, false);
		assert.equal(freed.kind, "ok", JSON.stringify(freed));
		const id = await house.start("harriet", hire("Quin", "Hand"));
		const other = await house.start("harriet", hire("Rita", "First"));
		for (const run of [id, other]) await house.when("mo", run, (one) => one.plan?.problems.length === 0);
		await house.answer("mo", other, "approve");
		await house.when("mo", other, isDone("licence"));
		await house.answer("mo", id, "approve");
		await house.when("mo", id, (run) => run.phase === "asking");
		await house.answer("mo", id, "done");
		await house.when("mo", id, (run) =>
			run.steps.some((step) => step.path === "licence" && step.state === "asking" && step.attempts > 1),
		);
		assert.equal((await assign("rita.first@contoso.example", false)).kind, "ok");
		const path = ["users", "quin.hand@contoso.example"];
		assert.equal((await graph.request({ method: "PATCH", path, body: { usageLocation: "US" } })).kind, "ok");
		assert.equal((await assign("quin.hand@contoso.example", true)).kind, "ok");
		await house.answer("mo", id, "done");
		await house.when("mo", id, isDone("licence"));
		await house.when("mo", id, isDone("credential"));
		connection.close();
	});
});
