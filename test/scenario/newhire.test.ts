/** A new hire from the form to the proof and back, at both clients, and HR's second thoughts. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { day, type House, hire, isDone, openFor, openHouse } from "./house.ts";

describe("a new hire", { concurrency: true }, () => {
	let house: House;
	before(async () => {
		house = await openHouse();
	});
	after(() => house.close());
	const people = (client: string) => house.tenant(client).readOut().users;
	const named = (client: string, name: string) => people(client).filter((user) => user.displayName === name);

	test("at a client with its own directory is made, proved, undone", async () => {
		const before = people("contoso").length;
		const id = await house.start("harriet", hire("Ada", "Lovelace"));
		await house.when("harriet", id, (run) => run.plan !== undefined);
		assert.equal(named("contoso", "Ada Lovelace").length, 0, "nothing before the approval");
		await house.answer("mo", id, "approve");
		await house.answer("tia", id, "complete", { checked: ["0", "1"] });
		const run = await house.when("harriet", id, (one) => one.phase === "done");
		assert.deepEqual(
			run.steps.filter((step) => step.attempts > 1).map(({ path }) => path),
			[],
			"without lags every step is done at the first try",
		);
		const [made] = named("contoso", "Ada Lovelace");
		assert.deepEqual([made?.enabled, made?.groups, made?.licences], [true, ["All Sales", "Sales"], ["SPB"]]);
		const undo = await house.ask("harriet", "/runs", { undo: id });
		assert.equal(undo.status, 202);
		assert.equal((await house.ask("harriet", "/runs", { undo: id })).status, 409, "one undo");
		await house.answer("mo", String(undo.body.id), "approve");
		await house.when("harriet", String(undo.body.id), (one) => one.phase === "done");
		assert.deepEqual(named("contoso", "Ada Lovelace"), []);
		assert.ok(people("contoso").length >= before);
	});

	test("at a client in the cloud goes by its own people and its extra step", async () => {
		const form = hire("Jörg", "Weiß", { profile: "office", manager: "otto" });
		const id = await house.start("hanna", form, "fabrikam");
		assert.equal((await house.ask("harriet", `/runs/${id}`)).status, 404);
		await house.answer("ines", id, "approve");
		await house.answer("hanna", id, "complete", { checked: ["0", "1"] });
		await house.answer("tia", id, "complete", { checked: ["0", "1"] });
		const run = await house.when("hanna", id, (one) => one.phase === "done");
		assert.ok(run.steps.some((step) => step.path === "badge" && step.state === "done"));
		const [made] = named("fabrikam", "Jörg Weiß");
		assert.deepEqual([made?.enabled, made?.licences], [true, ["SPB"]]);
	});

	test("moves with its first day, and only what differs is asked again", async () => {
		const id = await house.start("harriet", hire("Eve", "Movd", { startDate: day(10) }));
		await house.answer("mo", id, "approve");
		const waits = (run: { steps: readonly { path: string; state: string }[] }) =>
			run.steps.some((step) => step.path === "firstMorning" && step.state === "waiting");
		await house.when("harriet", id, waits);
		const moved = await house.ask("harriet", `/runs/${id}/amend`, { values: { startDate: day(12) } });
		assert.equal(moved.status, 200);
		await house.when("harriet", id, (run) => waits(run) && isDone("approve")(run));
		await house.ask("harriet", `/runs/${id}/amend`, { values: { lastName: "Moved" } });
		const asked = await house.when("mo", id, (run) => openFor(run, "approve", "mo") !== undefined);
		const words = asked.plan?.entries.flatMap((entry) => entry.changes.map((change) => change.words)) ?? [];
		assert.match(words.join("\n"), /Change the name Eve Movd to Eve Moved/);
		await house.answer("mo", id, "approve");
		await house.when("harriet", id, (run) => waits(run) && named("contoso", "Eve Moved").length === 1);
		assert.deepEqual(named("contoso", "Eve Movd"), []);
	});

	test("asked for twice is the first run, whoever asks", async () => {
		const form = hire("Twice", "Asked", { startDate: day(4) });
		const id = await house.start("harriet", form);
		assert.equal(await house.start("harriet", form), id);
		assert.equal(await house.start("tia", { ...form, profile: "finance" }), id);
	});

	test("that is routine passes with nobody awake, as often as was said", async () => {
		const ids: string[] = [];
		for (const name of ["Un", "Deux", "Trois", "Quatre", "Cinq", "Six"])
			ids.push(await house.start("harriet", hire(name, "Routine", { profile: "warehouse", manager: "di" })));
		const runs = await Promise.all(
			ids.map((id) =>
				house.when("harriet", id, (run) => run.phase === "done" || openFor(run, "approve", "mo") !== undefined),
			),
		);
		assert.equal(runs.filter((run) => run.plan?.standing?.by === "di").length, 5);
		assert.equal(runs.filter((run) => run.phase === "waiting").length, 1, "the sixth of a day is asked for");
	});

	test("keeps one card, which lists no branch that is not taken and is not asked twice", async () => {
		const cookie = await house.signIn("/sam");
		const id = await house.start("harriet", hire("Card", "Reader"));
		await house.answer("mo", id, "approve");
		await house.when("harriet", id, isDone("credential"));
		const read = async (as: string) =>
			JSON.stringify(await (await fetch(`${house.app.url}/chat/messages`, { headers: { cookie: as } })).json());
		const hers = await read(await house.signIn("contoso/harriet"));
		assert.match(hers, /Card Reader, new employee/);
		assert.match(hers, /Open the account in Active Directory/);
		assert.doesNotMatch(hers, /Open the account in Microsoft 365/);
		assert.doesNotMatch(await read(cookie), /Asked again below/);
	});
});
