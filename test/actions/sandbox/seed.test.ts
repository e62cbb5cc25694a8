/** A client's file says what its simulated tenant starts with. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { seedOf } from "../../../src/actions/sandbox/seed.ts";
import type { Client } from "../../../src/sop/definitions.ts";

const CLIENT: Client = {
	id: "contoso",
	name: "Contoso Ltd",
	folder: "clients/contoso",
	sops: {},
	values: {
		id: "contoso",
		name: "Contoso Ltd",
		timezone: "America/New_York",
		calendar: { hours: {}, holidays: [] },
		identity: "hybrid",
		sandbox: true,
		profiles: {
			sales: { ou: "OU=Sales,DC=contoso,DC=example", groups: ["Sales"], cloudGroups: ["All Sales"], licences: ["SPB"] },
			desk: { ou: "OU=Sales,DC=contoso,DC=example", groups: ["Sales", "Desk"], licences: ["SPB", "F1"] },
		},
	},
	roster: {
		client: "contoso",
		people: [
			{ id: "mo", name: "Mo Manager", email: "mo@contoso.example", of: "client", manager: "di" },
			{ id: "sam", name: "Sam Osei", email: "sam@msp.example", of: "msp" },
		],
		roles: {},
		channels: {},
		standing: [],
	},
	connectors: {
		directory: { use: "sandbox", base: "DC=contoso,DC=example" },
		mail: { use: "sandbox", from: "help@contoso.example" },
		microsoft365: { use: "sandbox", licences: { F1: { total: 3, used: 1 }, EXTRA: 2 } },
	},
};

test("units, groups, licences and people come from profiles and the roster, each once", () => {
	assert.deepEqual(seedOf(CLIENT), {
		client: "contoso",
		name: "Contoso Ltd",
		domain: "contoso.example",
		base: "DC=contoso,DC=example",
		zone: "America/New_York",
		identity: "hybrid",
		units: ["OU=Sales,DC=contoso,DC=example"],
		groups: [
			{ name: "Sales", where: "directory" },
			{ name: "Desk", where: "directory" },
			{ name: "All Sales", where: "cloud" },
		],
		licences: [
			{ sku: "SPB", total: 50, used: 22 },
			{ sku: "F1", total: 3, used: 1 },
			{ sku: "EXTRA", total: 2, used: 0 },
		],
		people: [{ id: "mo", name: "Mo Manager", email: "mo@contoso.example", manager: "di" }],
		mailboxes: ["help@contoso.example"],
	});
});

test("a client that names no base gets the one of its people's domain", () => {
	const seed = seedOf({ ...CLIENT, connectors: {} });
	assert.deepEqual(
		[seed.base, seed.domain, seed.mailboxes],
		["DC=contoso,DC=example", "contoso.example", ["it@contoso.example"]],
	);
});
