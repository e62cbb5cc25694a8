/** People who act are told apart by their client too. */
import assert from "node:assert/strict";
import { it } from "node:test";
import { actorKey, actorOf, isSameActor } from "../../src/people/actor.ts";

const ADA = { id: "ada", of: "client" } as const;
const TIA = { id: "tia", of: "msp" } as const;

it("the MSP's staff are of no client, whichever roster they stand in", () => {
	assert.deepEqual([actorOf(TIA, "contoso"), actorOf(TIA, undefined)], [{ id: "tia" }, { id: "tia" }]);
	assert.deepEqual(actorOf(ADA, "contoso"), { id: "ada", client: "contoso" });
});

it("two clients may have people of one id", () => {
	const [here, there] = [actorOf(ADA, "contoso"), actorOf(ADA, "fabrikam")];
	assert.equal(isSameActor(here, there), false);
	assert.equal(isSameActor(here, { ...here }), true);
	assert.deepEqual([here, there, actorOf(TIA, "contoso")].map(actorKey), ["contoso/ada", "fabrikam/ada", "/tia"]);
});
