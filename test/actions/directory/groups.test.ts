/**
 * Groups of a real Active Directory beyond one person in one list: groups in groups, in circles, primary groups, and many
 * looks at once.
 */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Attribute, Change } from "ldapts";
import { below, findGroups, findUser } from "../../../src/actions/directory/entries.ts";
import { oneSearch } from "../../../src/actions/one-search.ts";
import type { Json, Values } from "../../../src/base/json.ts";
import type { Directory } from "../../../src/engine/remote.ts";
import { needs } from "../../fixtures/needs.ts";
import { type Samba, startSamba } from "../../fixtures/samba.ts";
import type { Stage, Told } from "../stage.ts";
import { closedUser, doorTo, stageOn } from "./ldap-ground.ts";

const skip = needs("samba");
let samba: Samba;
let people = 0;

before(async () => {
	if (skip === false) samba = await startSamba({ units: ["Sales"] });
});
after(() => samba?.stop());

const SALES = "OU=Sales,DC=contoso,DC=example";

async function group(name: string, ...members: readonly string[]): Promise<string> {
	const dn = below(name, SALES);
	const listed = members.length === 0 ? {} : { member: [...members] };
	await samba.asAdmin((one) => one.add(dn, { objectClass: "group", sAMAccountName: name, ...listed }));
	return dn;
}

async function person(): Promise<{ readonly dn: string; readonly user: string }> {
	const user = `person${people++}`;
	const dn = below(user, SALES);
	const principal = { userPrincipalName: `${user}@contoso.example` };
	await samba.asAdmin((one) => one.add(dn, { ...closedUser(user), ...principal }));
	return { dn, user };
}

async function lists(name: string, dn: string): Promise<boolean> {
	const { searchEntries } = await samba.asAdmin((one) =>
		one.search(below(name, SALES), { scope: "base", filter: `(member=${dn})`, attributes: ["cn"] }),
	);
	return searchEntries.length > 0;
}

function member(stage: Stage, input: Values): Promise<Told> {
	return stage.attempt({ action: "directory.groupMember", input, step: `join-${String(input.group)}` });
}

/** What was changed, in words, and what was read back. */
function toldOf({ changes, outcome }: Told): readonly [readonly string[], string | undefined] {
	const proof = outcome?.kind === "done" ? outcome.proof[0]?.words : JSON.stringify(outcome);
	return [(changes ?? []).map(({ words }) => words), proof];
}

async function addTo(name: string, dn: string): Promise<void> {
	const modification = new Attribute({ type: "member", values: [dn] });
	await samba.asAdmin((one) => one.modify(below(name, SALES), new Change({ operation: "add", modification })));
}

test("who is in a group through another one is not listed by it, and joins it", { skip }, async (t) => {
	const stage = await stageOn(t, samba);
	const { dn, user } = await person();
	await group("Outer", await group("Inner", dn));
	const joined = await member(stage, { user, group: "Outer" });
	assert.deepEqual(toldOf(joined), [["Join the group Outer"], `${user}@contoso.example is in the group Outer`]);
	assert.deepEqual([await lists("Outer", dn), await lists("Inner", dn)], [true, true]);
	assert.deepEqual((await member(stage, { user, group: "Outer" })).changes, []);
});

test("who leaves a group and is still in it through another one: that is said, and nobody else loses anything", {
	skip,
}, async (t) => {
	const stage = await stageOn(t, samba);
	const { dn, user } = await person();
	await group("Whole", await group("Half", dn), dn);
	const still = `${user}@contoso.example is not listed in the group Whole, but still in it through another group, which is left as it is`;
	const left = await member(stage, { user, group: "Whole", member: false });
	assert.deepEqual(toldOf(left), [["Leave the group Whole"], still]);
	const again = await member(stage, { user, group: "Whole", member: false });
	assert.deepEqual(toldOf(again), [[], still]);
	assert.deepEqual([await lists("Whole", dn), await lists("Half", dn)], [false, true]);
});

test("groups that hold each other in a circle are joined and left like any other", { skip }, async (t) => {
	const stage = await stageOn(t, samba);
	const { dn, user } = await person();
	await group("Ring 1", await group("Ring 2", await group("Ring 3")));
	await addTo("Ring 3", below("Ring 1", SALES));
	assert.deepEqual(toldOf(await member(stage, { user, group: "Ring 1" }))[0], ["Join the group Ring 1"]);
	const left = await member(stage, { user, group: "Ring 3", member: false });
	assert.match(toldOf(left)[1] ?? "", /not listed in the group Ring 3, but still in it through another group/);
	assert.deepEqual(toldOf(await member(stage, { user, group: "Ring 1", member: false })), [
		["Leave the group Ring 1"],
		`${user}@contoso.example is not in the group Ring 1`,
	]);
	assert.deepEqual([await lists("Ring 1", dn), await lists("Ring 3", below("Ring 1", SALES))], [false, true]);
});

test("a primary group lists nobody whose it is: they are in it, and cannot leave it", { skip }, async (t) => {
	const stage = await stageOn(t, samba);
	const { user } = await person();
	const joined = await member(stage, { user, group: "Domain Users" });
	assert.deepEqual(toldOf(joined), [
		[],
		`Domain Users is the primary group of ${user}@contoso.example, who is in it without being listed`,
	]);
	const { outcome, changes } = await member(stage, { user, group: "Domain Users", member: false });
	assert.ok(outcome?.kind === "refused");
	assert.deepEqual([outcome.code, outcome.retryable, changes], ["primary-group", false, undefined]);
	assert.match(outcome.message, /nobody can leave\. Nothing changed\. Set another primary group/);
});

/** The door, and how often it was searched through. */
function counted(directory: Directory) {
	let searches = 0;
	const search: Directory["search"] = (query) => {
		searches++;
		return directory.search(query);
	};
	return { directory: { ...directory, search }, searches: () => searches };
}

test("looks that are begun in one go share a search, and each finds its own", { skip }, async (t) => {
	const names = Array.from({ length: 60 }, (_, at) => `Share ${at}`);
	for (const name of names) await group(name);
	await group("Zoë");
	const { dn, user } = await person();
	await addTo("Share 7", dn);
	const { directory, searches } = counted(doorTo(t, samba));
	const [one, other] = [oneSearch(directory), oneSearch(directory)];
	const found = await Promise.all(names.map((name, at) => findGroups(at % 2 ? one : other, name.toUpperCase())));
	assert.deepEqual(
		found.map((groups) => groups.map(({ name }) => name)),
		names.map((name) => [name]),
	);
	assert.equal(searches(), 2, "50 names in one search");
	const listing = await Promise.all(names.slice(0, 20).map((name) => findGroups(one, name, dn)));
	assert.deepEqual(
		listing.map((groups) => groups.length),
		names.slice(0, 20).map((name) => Number(name === "Share 7")),
	);
	const before = searches();
	const same = await Promise.all([1, 2, 3, 4].map(() => findUser(one, user)));
	assert.deepEqual([searches() - before, new Set(same.map((each) => each?.dn)).size], [1, 1]);
	const odd = await Promise.all(["Zoe", "Share 1", "none at all"].map((name) => findGroups(one, name)));
	const alone: Json[] = [];
	for (const name of ["Zoe", "Share 1", "none at all"])
		alone.push((await findGroups(one, name)).map((each) => each.dn));
	assert.deepEqual(
		odd.map((groups) => groups.map((each) => each.dn)),
		alone,
		"together they find what each finds alone",
	);
});

test("a look that is begun after a write sees it, however many looks are under way", { skip }, async (t) => {
	await group("Fresh");
	const { dn } = await person();
	const directory = doorTo(t, samba);
	const shared = oneSearch(directory);
	const early = findGroups(shared, "Fresh", dn);
	await directory.modify(below("Fresh", SALES), [{ operation: "add", attribute: "member", values: [dn] }]);
	assert.equal((await findGroups(shared, "Fresh", dn)).length, 1);
	await early;
});
