/** Everyone the definitions name, each once. */
import assert from "node:assert/strict";
import { it } from "node:test";
import type { Person } from "../../src/people/roster.ts";
import type { Client, Definitions } from "../../src/sop/definitions.ts";
import { everyone } from "../../src/sop/everyone.ts";
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
