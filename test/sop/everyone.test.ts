/** Everyone the definitions name, each once. */
import assert from "node:assert/strict";
import { it } from "node:test";
import type { Person } from "../../src/people/roster.ts";
import type { Client, Definitions } from "../../src/sop/definitions.ts";
import { everyone, listedUnder } from "../../src/sop/everyone.ts";
import { clientOf } from "../engine/embedded/fixture.ts";

const TIA: Person = { id: "tia", name: "Tia", email: "tia@msp.example", of: "msp" };
const ADA: Person = { id: "ada", name: "Ada", email: "ada@contoso.example", of: "client" };

function client(id: string, people: readonly Person[]): Client {
	const roster = { client: id, people, roles: {}, channels: {}, standing: [] };
	return { id, name: id, values: clientOf(id), roster, connectors: {}, sops: {}, folder: "." };
}

it("names the MSP's staff once, though they stand in every client's roster, and people of one id twice", () => {
	const definitions: Pick<Definitions, "msp" | "clients"> = {
		msp: { id: "msp", name: "MSP", people: [TIA], roles: {} },
		clients: { contoso: client("contoso", [ADA, TIA]), fabrikam: client("fabrikam", [ADA, TIA]) },
	};
	assert.deepEqual(
		everyone(definitions)
			.map(({ actor, client: own }) => [actor, own?.id])
			.toArray(),
		[
			[{ id: "tia" }, undefined],
			[{ id: "ada", client: "contoso" }, "contoso"],
			[{ id: "ada", client: "fabrikam" }, "fabrikam"],
		],
	);
});

it("finds everyone listed under an account, with their home or without, and again after the roster is replaced", () => {
	const definitions = (people: readonly Person[]) => ({
		msp: { id: "msp", name: "MSP", people: [{ ...TIA, slack: "T1/U1", teams: "AB-C" }], roles: {} },
		clients: { contoso: client("contoso", people), fabrikam: client("fabrikam", [{ ...ADA, teams: "t2/ab-c" }]) },
	});
	const first = definitions([{ ...ADA, slack: "T1/U1", teams: "t1/ab-c" }]);
	const ids = (...asked: Parameters<typeof listedUnder>): readonly string[] =>
		listedUnder(...asked).map(({ actor }) => `${actor.client ?? "msp"}/${actor.id}`);
	for (let again = 0; again < 2; again++) {
		assert.deepEqual(ids(first, "slack", "T1/U1"), ["msp/tia", "contoso/ada"]);
		assert.deepEqual(ids(first, "slack", "t1/u1"), []);
		assert.deepEqual(ids(first, "slack", "T2/U1"), []);
		assert.deepEqual(ids(first, "teams", "T1/AB-C"), ["contoso/ada", "msp/tia"]);
		assert.deepEqual(ids(first, "teams", "t2/ab-c"), ["fabrikam/ada", "msp/tia"]);
		assert.deepEqual(ids(first, "teams", "t1"), []);
		assert.deepEqual(ids(first, "teams", ""), []);
	}
	assert.deepEqual(ids(definitions([]), "slack", "T1/U1"), ["msp/tia"]);
});
