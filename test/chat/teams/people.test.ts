/**
 * Who is who, and what they typed: tenants, guests, people of two lists; three ways to write a command.
 */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Values } from "../../../src/base/json.ts";
import { type Activity, readActivity } from "../../../src/chat/teams/activity.ts";
import { speakerOf, teamsIdOf } from "../../../src/chat/teams/people.ts";
import { read } from "../../../src/chat/teams/read.ts";
import type { Actor } from "../../../src/people/roster.ts";
import type { Definitions } from "../../../src/sop/definitions.ts";
import { definitions, TEAMS_IDS } from "../world.ts";
import { TENANT } from "./microsoft.ts";

const OTHER = "cccccccc-0000-4000-8000-000000000003";
const { contoso } = definitions.clients;
assert(contoso !== undefined);

function activity(more: Values): Activity {
	const read = readActivity({
		type: "message",
		id: "1",
		serviceUrl: "https://smba.trafficmanager.net/emea/",
		channelId: "msteams",
		from: { id: "29:x", name: "Mo Manager", aadObjectId: TEAMS_IDS.mo },
		recipient: { id: "28:bot", name: "Sopwith" },
		conversation: { id: "c", conversationType: "personal", tenantId: TENANT },
		channelData: { tenant: { id: TENANT } },
		...more,
	});
	assert(read !== undefined);
	return read;
}

/** The house with Mo listed otherwise, and Contoso in a tenant of its own. */
function listing(teams: string, tenant?: string): Definitions {
	const people = contoso?.roster.people.map((person) => (person.id === "mo" ? { ...person, teams } : person)) ?? [];
	const graph = { use: "graph", tenant, app: OTHER, secret: "secret:contoso/graph" };
	const connectors = tenant === undefined ? {} : { microsoft365: graph };
	const client = { ...contoso, roster: { ...contoso?.roster, people }, connectors } as unknown as typeof contoso;
	return { ...definitions, clients: { ...definitions.clients, contoso: client } } as Definitions;
}

describe("somebody who speaks", () => {
	const from = { id: "29:x", name: "Mo Manager" };
	const rows: readonly (readonly [string, Definitions, Values, string | undefined])[] = [
		["is known by their object id", definitions, {}, "mo"],
		["is known whatever the case it is written in", listing(TEAMS_IDS.mo.toUpperCase()), {}, "mo"],
		["is not known by name or address", definitions, { from: { ...from, email: "mo@contoso.example" } }, undefined],
		["is not known by another id", definitions, { from: { ...from, aadObjectId: OTHER } }, undefined],
		["is known in their client's tenant", listing(TEAMS_IDS.mo, TENANT.toUpperCase()), {}, "mo"],
		["is not known in another client's tenant", listing(TEAMS_IDS.mo, OTHER), {}, undefined],
		["is known by tenant and id", listing(`${TENANT}/${TEAMS_IDS.mo}`, OTHER), {}, "mo"],
		["is not known by the tenant of another", listing(`${OTHER}/${TEAMS_IDS.mo}`), {}, undefined],
		[
			"is refused as a guest",
			definitions,
			{ from: { ...from, aadObjectId: TEAMS_IDS.mo, userRole: "guest" } },
			undefined,
		],
		[
			"is known as a guest who is listed as one",
			listing(`${TENANT}/${TEAMS_IDS.mo}`),
			{ from: { ...from, aadObjectId: TEAMS_IDS.mo, userRole: "guest" } },
			"mo",
		],
		[
			"is refused from a tenant beside ours",
			definitions,
			{ from: { ...from, aadObjectId: TEAMS_IDS.mo, tenantId: OTHER } },
			undefined,
		],
		[
			"is known from a tenant beside ours when they are listed with it",
			listing(`${OTHER}/${TEAMS_IDS.mo}`),
			{ from: { ...from, aadObjectId: TEAMS_IDS.mo, tenantId: OTHER } },
			"mo",
		],
		[
			"is nobody when two are listed under one id",
			listing(TEAMS_IDS.di),
			{ from: { ...from, aadObjectId: TEAMS_IDS.di } },
			undefined,
		],
		["is the MSP's own", definitions, { from: { ...from, aadObjectId: TEAMS_IDS.tia } }, "tia"],
	];
	for (const [name, house, more, expected] of rows) {
		test(name, () => assert.equal(speakerOf(house, activity(more)).ours?.id, expected));
	}

	test("is named by tenant and object id to whoever has to list them", () => {
		assert.equal(speakerOf(definitions, activity({})).identity, `${TENANT}/${TEAMS_IDS.mo}`);
	});

	test("is reached in the tenant the roster says, else in their client's", () => {
		const mo = { id: "mo", client: "contoso" };
		assert.deepEqual(teamsIdOf(listing(`${OTHER}/${TEAMS_IDS.mo}`, TENANT), mo), {
			tenant: OTHER,
			object: TEAMS_IDS.mo,
		});
		assert.deepEqual(teamsIdOf(listing(TEAMS_IDS.mo, TENANT), mo), { tenant: TENANT, object: TEAMS_IDS.mo });
		assert.deepEqual(teamsIdOf(definitions, mo), { object: TEAMS_IDS.mo });
		assert.equal(teamsIdOf(definitions, { id: "sam" }), undefined);
	});
});

describe("a line", () => {
	const bot = { type: "mention", text: "<at>Sopwith</at>", mentioned: { id: "28:bot", name: "Sopwith" } };
	const ada = { type: "mention", text: "<at>Ada Lovelace</at>", mentioned: { id: "29:ada", name: "Ada Lovelace" } };
	const rows: readonly (readonly [string, readonly Values[], string])[] = [
		["newhire Ada", [], "newhire Ada"],
		["/newhire Ada", [], "/newhire Ada"],
		["<at>Sopwith</at> newhire Ada", [bot], "newhire Ada"],
		["<at>Sopwith</at>&nbsp;/newhire Ada", [bot], "/newhire Ada"],
		["newhire <at>Sopwith</at> Ada", [bot], "newhire Ada"],
		["newhire Ada <at>Sopwith</at>", [bot], "newhire Ada"],
		["<at>Sopwith</at> newhire <at>Ada Lovelace</at>", [bot, ada], "newhire Ada Lovelace"],
		["<at>Sopwith</at> newhire manager=<at>Ada Lovelace</at> Al", [bot, ada], 'newhire manager="Ada Lovelace" Al'],
		["  newhire\u00a0 Ada\n", [], "newhire Ada"],
		["note 7K2Q R&amp;D &lt;done&gt;", [], "note 7K2Q R&D <done>"],
		["<at>Someone</at> newhire", [], "Someone newhire"],
	];
	for (const [text, entities, expected] of rows) {
		test(`${JSON.stringify(text)} means ${JSON.stringify(expected)}`, () => {
			assert.deepEqual(read(activity({ text, entities: [...entities] })), {
				kind: "said",
				text: expected,
				addressed: true,
			});
		});
	}
});

describe("a line among others", () => {
	const bot = { type: "mention", text: "<at>Sopwith</at>", mentioned: { id: "28:bot", name: "Sopwith" } };
	const group = { id: "c", conversationType: "groupChat", isGroup: true, tenantId: TENANT };
	const rows: readonly (readonly [string, Values, boolean])[] = [
		["mentions Sopwith", { text: "<at>Sopwith</at> help", entities: [bot] }, true],
		["opens with a slash", { text: "/help" }, true],
		["is for Sopwith's eyes only", { text: "help", recipient: { id: "28:bot", isTargeted: true } }, true],
		["is said to each other", { text: "help" }, false],
		[
			"mentions somebody else",
			{ text: "<at>Ada</at> help", entities: [{ ...bot, mentioned: { id: "29:ada" } }] },
			false,
		],
	];
	for (const [name, more, expected] of rows) {
		test(`that ${name} is ${expected ? "" : "not "}addressed`, () => {
			const asked = read(activity({ conversation: group, ...more }));
			assert.equal(asked.kind === "said" && asked.addressed, expected);
		});
	}
});

describe("somebody whose account is linked", () => {
	const links = (person: Actor | undefined, identity?: string) => ({ find: () => person, of: () => identity });
	const from = { id: "29:x", name: "Mo Manager", aadObjectId: OTHER };
	const sam = { id: "sam" };

	test("is known by it, after the roster; a guest is not", () => {
		assert.deepEqual(speakerOf(definitions, activity({ from }), links(sam)).ours, sam);
		assert.equal(speakerOf(definitions, activity({}), links(sam)).ours?.id, "mo");
		const guest = speakerOf(definitions, activity({ from: { ...from, userRole: "guest" } }), links(sam));
		assert.deepEqual([guest.ours, guest.outsider], [undefined, true]);
		const elsewhere = speakerOf(definitions, activity({ from: { ...from, tenantId: OTHER } }), links(sam));
		assert.deepEqual([elsewhere.ours, elsewhere.outsider], [undefined, true]);
	});

	test("is reached by it where the roster lists no other", () => {
		const linked = `${TENANT}/${OTHER}`;
		assert.deepEqual(teamsIdOf(definitions, sam, links(undefined, linked)), { tenant: TENANT, object: OTHER });
		const mo = { id: "mo", client: "contoso" };
		assert.deepEqual(teamsIdOf(definitions, mo, links(undefined, linked)), { object: TEAMS_IDS.mo });
	});
});
