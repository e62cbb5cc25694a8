/**
 * Accounts that belong to a person beside the roster's, by the real store, against what could go wrong: addresses that are
 * not theirs, people who left, accounts that were closed.
 */
import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, test } from "node:test";
import { type Account, createLinks, type Links } from "../../src/chat/links.ts";
import { createLinkStore } from "../../src/engine/embedded/links.ts";
import type { Person, Roster } from "../../src/people/roster.ts";
import type { Definitions } from "../../src/sop/definitions.ts";
import { DI, MO, openWorld, TIA, type World } from "./world.ts";

const CONTOSO: Account = {
	surface: "slack",
	identity: "T01/U02",
	standing: "member",
	email: "mo@contoso.example",
	workspace: { client: "contoso" },
};
let world: World;
let house: Definitions;
let links: Links;

beforeEach(async () => {
	world = await openWorld();
	house = world.definitions();
	links = linksOf(world);
});
afterEach(() => world.end());

function linksOf({ store, clock, audit }: World): Links {
	return createLinks({ store: createLinkStore(store), definitions: () => house, clock, audit });
}

/** The roster of Contoso becomes another one. */
function contoso(change: (people: readonly Person[]) => readonly Person[]): void {
	const { contoso: client } = house.clients;
	assert(client !== undefined);
	const roster: Roster = { ...client.roster, people: change(client.roster.people) };
	house = { ...house, clients: { ...house.clients, contoso: { ...client, roster } } };
}

function endAll(): void {
	for (const link of links.all(MO)) links.end(link, "web");
}

const heard = (what: string) => world.heard.filter((entry) => entry.what === what);

describe("a link", () => {
	test("holds over a restart, and says where a person is to be reached", async () => {
		assert.equal(links.link("slack", "T01/U02", MO), "linked");
		assert.deepEqual(links.find("slack", "T01/U02"), MO);
		const { folder } = world;
		await world.stop();
		world = await openWorld({ folder });
		links = linksOf(world);
		assert.deepEqual(links.find("slack", "T01/U02"), MO);
		assert.equal(links.of(MO, "slack"), "T01/U02");
		assert.equal(links.of(MO, "teams"), undefined);
	});

	test("is one person's: nobody else gets it, and the same again changes nothing", () => {
		assert.equal(links.link("slack", "T01/U02", MO), "linked");
		assert.equal(links.link("slack", "T01/U02", DI), "taken");
		assert.equal(links.link("slack", "T01/U02", MO), "linked");
		assert.deepEqual(links.find("slack", "T01/U02"), MO);
		assert.equal(heard("linked").length, 1);
	});

	test("to an account the roster lists for someone else is refused", () => {
		contoso((people) => people.map((each) => (each.id === "di" ? { ...each, slack: "T01/U02" } : each)));
		assert.equal(links.link("slack", "T01/U02", MO), "taken");
		assert.equal(links.find("slack", "T01/U02"), undefined);
	});

	test("ends for good when the person leaves the roster, also for somebody who gets their id", () => {
		links.link("slack", "T01/U02", MO);
		const before = house;
		contoso((people) => people.filter((each) => each.id !== "mo"));
		assert.equal(links.find("slack", "T01/U02"), undefined);
		house = before;
		assert.equal(links.find("slack", "T01/U02"), undefined);
		links.link("slack", "T01/U02", MO);
		contoso((people) =>
			people.map((each) => (each.id === "mo" ? { ...each, name: "Moira", email: "moira@contoso.example" } : each)),
		);
		assert.equal(links.find("slack", "T01/U02"), undefined);
		assert.equal(heard("link-ended").length, 2);
	});

	test("of a client whose file is on hold is not used, and not ended either", () => {
		links.link("slack", "T01/U02", MO);
		const before = house;
		house = { ...house, clients: {} };
		links.sweep();
		assert.equal(links.find("slack", "T01/U02"), undefined);
		house = before;
		assert.deepEqual(links.find("slack", "T01/U02"), MO);
	});

	test("ends at the next look when the roster lists the account for someone else", () => {
		links.link("slack", "T01/U02", MO);
		contoso((people) => people.map((each) => (each.id === "di" ? { ...each, slack: "T01/U02" } : each)));
		links.sweep();
		assert.equal(links.find("slack", "T01/U02"), undefined);
	});

	describe("that is over is nobody else’s while the first person is there:", () => {
		for (const [what, over] of [
			["they ended it", endAll],
			["the account was closed", () => links.recognise({ ...CONTOSO, standing: "gone" })],
		] as const) {
			test(`${what}; neither a code nor an address gives it to another, and their own code gives it back`, () => {
				links.link("slack", "T01/U02", MO);
				over();
				assert.equal(links.find("slack", "T01/U02"), undefined);
				assert.equal(links.link("slack", "T01/U02", DI), "taken");
				assert.equal(links.recognise({ ...CONTOSO, email: "di@contoso.example" }), undefined);
				links = linksOf(world);
				assert.equal(links.link("slack", "T01/U02", DI), "taken");
				assert.equal(links.link("slack", "T01/U02", MO), "linked");
				assert.deepEqual(links.find("slack", "T01/U02"), MO);
			});
		}

		test("not while their client’s file is on hold either", () => {
			links.link("slack", "T01/U02", MO);
			const before = house;
			house = { ...house, clients: {} };
			assert.equal(links.link("slack", "T01/U02", TIA), "taken");
			house = before;
			assert.deepEqual(links.find("slack", "T01/U02"), MO);
		});

		test("it is once they left the roster", () => {
			links.link("slack", "T01/U02", MO);
			endAll();
			contoso((people) => people.filter((each) => each.id !== "mo"));
			assert.equal(links.link("slack", "T01/U02", DI), "linked");
		});

		test("and once the roster listed it for the other", () => {
			links.link("slack", "T01/U02", MO);
			endAll();
			contoso((people) => people.map((each) => (each.id === "di" ? { ...each, slack: "T01/U02" } : each)));
			links.sweep();
			assert.equal(links.link("slack", "T01/U02", MO), "taken");
			assert.equal(links.link("slack", "T01/U02", DI), "linked");
		});
	});

	test("that was ended by the person does not come back by their address, but by a code", () => {
		assert.deepEqual(links.recognise(CONTOSO), MO);
		const [link] = links.all(MO);
		assert(link !== undefined);
		links.end(link, "teams");
		assert.equal(links.find("slack", "T01/U02"), undefined);
		assert.equal(links.recognise(CONTOSO), undefined);
		assert.deepEqual(links.all(MO), []);
		assert.equal(links.link("slack", "T01/U02", MO), "linked");
		assert.deepEqual(links.recognise(CONTOSO), MO);
	});

	test("does not help a guest or an account of others, and ends with the account", () => {
		links.link("slack", "T01/U02", MO);
		assert.equal(links.recognise({ ...CONTOSO, standing: "outsider" }), undefined);
		assert.deepEqual(links.recognise(CONTOSO), MO);
		assert.equal(links.recognise({ ...CONTOSO, standing: "gone" }), undefined);
		assert.equal(links.find("slack", "T01/U02"), undefined);
	});
});

describe("a confirmed address", () => {
	test("is known in the client's own workspace, in any case of letters, and links the account", () => {
		assert.deepEqual(links.recognise({ ...CONTOSO, email: "MO@Contoso.example" }), MO);
		assert.equal(links.of(MO, "slack"), "T01/U02");
		assert.equal(heard("linked").length, 1);
	});

	test("says nothing in a workspace that msp.yaml gives to nobody, or to another client", () => {
		const { workspace: _, ...nobodys } = CONTOSO;
		assert.equal(links.recognise(nobodys), undefined);
		const harriet = { ...CONTOSO, email: "harriet@contoso.example" };
		assert.equal(links.recognise({ ...harriet, workspace: { client: "fabrikam" } }), undefined);
		assert.equal(links.recognise({ ...CONTOSO, workspace: {} }), undefined);
		assert.equal(links.recognise({ ...CONTOSO, workspace: { client: "__proto__" } }), undefined);
	});

	test("of the MSP's staff counts in the MSP's own workspace alone", () => {
		const tia = { ...CONTOSO, email: "tia@contoso.example" };
		assert.equal(links.recognise(tia), undefined);
		assert.deepEqual(links.recognise({ ...tia, workspace: {} }), TIA);
	});

	test("that is not confirmed, or not there, says nothing", () => {
		const { email: _, ...none } = CONTOSO;
		assert.equal(links.recognise(none), undefined);
		assert.equal(links.recognise({ ...CONTOSO, email: "" }), undefined);
	});

	test("of two people of the roster names neither", () => {
		contoso((people) => people.map((each) => (each.id === "di" ? { ...each, email: "Mo@contoso.example" } : each)));
		assert.equal(links.recognise(CONTOSO), undefined);
	});

	test("of somebody the roster lists by another account in that workspace is not theirs", () => {
		contoso((people) => people.map((each) => (each.id === "mo" ? { ...each, slack: "T01/U77" } : each)));
		assert.equal(links.recognise(CONTOSO), undefined);
		contoso((people) => people.map((each) => (each.id === "mo" ? { ...each, slack: "T09/U77" } : each)));
		assert.deepEqual(links.recognise(CONTOSO), MO);
	});

	test("of somebody who showed by a code which account there is theirs is not theirs, until they end that", () => {
		links.link("slack", "T01/U77", MO);
		assert.equal(links.recognise(CONTOSO), undefined, "whoever runs the workspace gave the address to another account");
		assert.equal(links.of(MO, "slack"), "T01/U77");
		const [shown] = links.all(MO);
		assert(shown !== undefined);
		links.end(shown, "slack");
		assert.deepEqual(links.recognise(CONTOSO), MO);
	});

	test("that changes takes the link with it, and makes nobody else of the account", () => {
		assert.deepEqual(links.recognise(CONTOSO), MO);
		assert.equal(links.recognise({ ...CONTOSO, email: "di@contoso.example" }), undefined);
		assert.equal(links.of(MO, "slack"), undefined);
		assert.equal(links.recognise({ ...CONTOSO, email: "eve@elsewhere.example" }), undefined);
		assert.equal(links.find("slack", "T01/U02"), undefined);
		assert.deepEqual(links.recognise(CONTOSO), MO, "it is theirs again once it has their address again");
	});

	describe("that somebody was known by, given to a second account of that workspace", () => {
		const SECOND: Account = { ...CONTOSO, identity: "T01/U66" };
		const refused = /^slack T01\/U66: it has the address of mo, who is known there by T01\/U02$/u;

		test("is not theirs, and that is in the audit", () => {
			assert.deepEqual(links.recognise(CONTOSO), MO);
			assert.equal(links.recognise(SECOND), undefined);
			assert.deepEqual(links.recognise(CONTOSO), MO);
			const [entry] = heard("link-refused");
			assert.deepEqual([entry?.person, entry?.client, refused.test(entry?.why ?? "")], ["mo", "contoso", true]);
		});

		for (const [what, first] of [
			["lost the address", { email: "away@contoso.example" }],
			["was closed", { standing: "gone" }],
			["was given the address of somebody else", { email: "di@contoso.example" }],
		] as const) {
			test(`is not theirs when the first ${what}, over a restart too`, () => {
				assert.deepEqual(links.recognise(CONTOSO), MO);
				assert.equal(links.recognise({ ...CONTOSO, ...first }), undefined);
				assert.equal(links.of(MO, "slack"), undefined);
				links = linksOf(world);
				assert.equal(links.recognise(SECOND), undefined);
				assert.equal(heard("link-refused").length, 1);
				assert.equal(links.of(MO, "slack"), undefined);
			});
		}

		test("is theirs once they show it by a code, or the roster has another address for them", () => {
			assert.deepEqual(links.recognise(CONTOSO), MO);
			assert.equal(links.recognise({ ...CONTOSO, standing: "gone" }), undefined);
			assert.equal(links.link("slack", "T01/U66", MO), "linked");
			assert.deepEqual(links.recognise(SECOND), MO);
			assert.equal(links.recognise(CONTOSO), undefined, "and then the first is not, whatever its address");
			contoso((people) => people.map((each) => (each.id === "mo" ? { ...each, email: "m@contoso.example" } : each)));
			assert.deepEqual(links.recognise({ ...CONTOSO, identity: "T01/U88", email: "m@contoso.example" }), MO);
		});

		test("is theirs in another workspace of theirs, and after they ended the first themselves", () => {
			assert.deepEqual(links.recognise(CONTOSO), MO);
			assert.deepEqual(links.recognise({ ...CONTOSO, identity: "T09/U66" }), MO);
			const first = links.all(MO).find(({ identity }) => identity === "T01/U02") ?? assert.fail();
			links.end(first, "web");
			assert.deepEqual(links.recognise(SECOND), MO);
		});
	});
});
