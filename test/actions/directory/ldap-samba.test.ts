/**
 * The door on a real domain controller: what it answers to whatever can be wrong, and that what is written is there. Rows
 * that Windows answers in another way are in ldap.test.ts and ldap-check.test.ts.
 */
import assert from "node:assert/strict";
import { after, before, type TestContext, test } from "node:test";
import { Attribute, Change, PresenceFilter } from "ldapts";
import { below, byGuid, equal, parentOf, sameDn } from "../../../src/actions/directory/entries.ts";
import { guidText } from "../../../src/actions/guid.ts";
import { Secret } from "../../../src/base/secret.ts";
import { type Directory, got } from "../../../src/engine/remote.ts";
import { needs } from "../../fixtures/needs.ts";
import { type Samba, startSamba } from "../../fixtures/samba.ts";
import { closedUser, doorTo, said } from "./ldap-ground.ts";

const skip = needs("samba");
let samba: Samba;
let sales: string;
let left: string;

before(async () => {
	if (skip !== false) return;
	samba = await startSamba({ units: ["Sales", "Left"] });
	[sales, left] = [`OU=Sales,${samba.base}`, `OU=Left,${samba.base}`];
});
after(() => samba?.stop());

const GOOD = new Secret("Quiet-River-42");
const GHOST = "CN=Ghost,CN=Users,DC=contoso,DC=example";

/** Makes a closed account with a good password, and a name of its own. */
let made = 0;
async function person(directory: Directory, more: { readonly [name: string]: string | Secret } = {}): Promise<string> {
	const name = `person${++made}`;
	const dn = `CN=${name},${sales}`;
	got(await directory.add(dn, { ...closedUser(name), unicodePwd: GOOD, ...more }));
	return dn;
}

async function group(t: TestContext, name: string): Promise<string> {
	const dn = `CN=${name},${sales}`;
	await samba.asAdmin((client) => client.add(dn, { objectClass: "group", sAMAccountName: name }));
	t.after(() => samba.asAdmin((client) => client.del(dn)));
	return dn;
}

const set = (attribute: string, ...values: readonly (string | Secret)[]) =>
	[{ operation: "replace", attribute, values }] as const;
const add = (attribute: string, ...values: readonly string[]) => [{ operation: "add", attribute, values }] as const;
const take = (attribute: string, ...values: readonly string[]) => [{ operation: "delete", attribute, values }] as const;

async function read(directory: Directory, dn: string, ...attributes: readonly string[]) {
	const filter = new PresenceFilter({ attribute: "objectClass" });
	return got(await directory.search({ base: dn, scope: "base", filter, attributes }))[0];
}

test("what is taken already, or not there, is refused by its own name", { skip }, async (t) => {
	const directory = doorTo(t, samba);
	const dn = await person(directory, { userPrincipalName: "taken@contoso.example" });
	const other = await person(directory);
	const name = dn.slice(3, dn.indexOf(","));
	const rows: readonly (readonly [string, () => Promise<unknown>, string])[] = [
		["the same place", () => directory.add(dn, closedUser("another")), "name-taken 68"],
		["the same account name", () => directory.add(`CN=Other,${sales}`, closedUser(name)), "name-taken 68"],
		[
			"the same address",
			() => directory.modify(other, set("userPrincipalName", "taken@contoso.example")),
			"name-taken 19",
		],
		["no such place", () => directory.add(`CN=A,OU=Nowhere,${samba.base}`, closedUser("a")), "no-such-object 32"],
		["modify nobody", () => directory.modify(GHOST, set("title", "x")), "no-such-object 32"],
		["delete nobody", () => directory.remove(GHOST), "no-such-object 32"],
		["move nobody", () => directory.move(GHOST, `CN=Ghost,${sales}`), "no-such-object 32"],
		["move nowhere", () => directory.move(dn, `CN=A,OU=Nowhere,${samba.base}`), "no-such-object 80"],
		["move onto another", () => directory.move(dn, other), "name-taken 68"],
		["a manager who is not there", () => directory.modify(dn, set("manager", GHOST)), "no-such-object 19"],
		["an attribute there is not", () => directory.modify(dn, set("favouriteColour", "x")), "no-such-attribute 16"],
		["a number that is none", () => directory.modify(dn, set("countryCode", "soon")), "bad-value 21"],
		["a value that is not there", () => directory.modify(dn, take("title", "x")), "no-such-value 16"],
		["two values for one", () => directory.modify(dn, set("title", "a", "b")), "already-so 20"],
		["too long", () => directory.modify(dn, set("title", "x".repeat(200))), "bad-value 21"],
		[
			"born with it",
			() => directory.add(`CN=C,${sales}`, { ...closedUser("ccc"), favouriteColour: "x" }),
			"no-such-attribute 16",
		],
		["no class", () => directory.add(`CN=B,${sales}`, { sAMAccountName: "bbb" }), "bad-value 65"],
		["rename by attribute", () => directory.modify(dn, set("cn", "New")), "bad-name 67"],
		["not empty", () => doorTo(t, samba, { as: samba.admin }).remove(sales), "not-empty 66"],
	];
	for (const [what, ask, code] of rows) assert.equal(said((await ask()) as never), code, what);
	assert.equal((await read(directory, dn, "cn"))?.dn, dn, "nothing changed");
});

test("weak passwords are refused by one name, set or given at birth", { skip }, async (t) => {
	const directory = doorTo(t, samba);
	const dn = await person(directory);
	const weak = new Secret("abc");
	assert.equal(said(await directory.modify(dn, set("unicodePwd", weak))), "weak-password 19");
	assert.equal(
		said(await directory.add(`CN=Weak,${sales}`, { ...closedUser("weak"), unicodePwd: weak })),
		"weak-password 19",
	);
	assert.equal(said(await directory.modify(dn, set("unicodePwd", GOOD))), "ok");
});

test("a member joins once and leaves once; the second time has a name of its own", { skip }, async (t) => {
	const directory = doorTo(t, samba);
	const dn = await person(directory);
	const club = await group(t, "Club");
	const rows: readonly (readonly [string, () => Promise<unknown>, string])[] = [
		["join", () => directory.modify(club, add("member", dn)), "ok"],
		["join again", () => directory.modify(club, add("member", dn)), "already-member 68"],
		["leave", () => directory.modify(club, take("member", dn)), "ok"],
		["leave again", () => directory.modify(club, take("member", dn)), "not-member 53"],
		["nobody joins", () => directory.modify(club, add("member", GHOST)), "no-such-object 32"],
		[
			"leave the first group",
			() => directory.modify(`CN=Domain Users,CN=Users,${samba.base}`, take("member", dn)),
			"not-member 16",
		],
	];
	for (const [what, ask, code] of rows) assert.equal(said((await ask()) as never), code, what);
});

test("whose rights end at one unit is refused everything outside it, and changes nothing there", {
	skip,
}, async (t) => {
	const all = doorTo(t, samba);
	const narrow = doorTo(t, samba, { as: await samba.serviceOver(left) });
	const dn = await person(all);
	const club = await group(t, "Inner");
	const open = [...take("userAccountControl", "514"), ...add("userAccountControl", "512")];
	const rows: readonly (readonly [string, () => Promise<unknown>])[] = [
		["create", () => narrow.add(`CN=New,${sales}`, closedUser("new"))],
		["password", () => narrow.modify(dn, set("unicodePwd", new Secret("Other-River-43")))],
		["write", () => narrow.modify(dn, set("title", "Chief"))],
		["open", () => narrow.modify(dn, open)],
		["delete", () => narrow.remove(dn)],
		["move away", () => narrow.move(dn, `CN=Moved,${left}`)],
		["join", () => narrow.modify(club, add("member", dn))],
	];
	for (const [what, ask] of rows) assert.equal(said((await ask()) as never), "no-rights 50", what);
	const entry = await read(all, dn, "userAccountControl", "title", "memberOf");
	assert.deepEqual([entry?.userAccountControl, entry?.title, entry?.memberOf], [["514"], [], []]);
	assert.equal(said(await narrow.add(`CN=Inside,${left}`, { ...closedUser("inside"), unicodePwd: GOOD })), "ok");
});

test("a sign-in works by address and by domain name; a refused one says why to the technician alone", {
	skip,
}, async (t) => {
	const short = doorTo(t, samba, { as: { ...samba.service, user: "CONTOSO\\sopwith" } });
	assert.equal(said(await short.remove(GHOST)), "no-such-object 32");
	await person(doorTo(t, samba), { userPrincipalName: "closed@contoso.example" });
	const must = await person(doorTo(t, samba), { userPrincipalName: "must@contoso.example" });
	const opened = [...take("userAccountControl", "514"), ...add("userAccountControl", "512"), ...set("pwdLastSet", "0")];
	got(await doorTo(t, samba).modify(must, opened));
	const rows = [
		["sopwith@contoso.example", "wrong", "52e"],
		["nobody@contoso.example", "wrong", "52e"],
		["sopwith@contoso.example", "", "52e"],
		["closed@contoso.example", GOOD.open(), "533"],
		["must@contoso.example", GOOD.open(), "773"],
	] as const;
	for (const [user, password, data] of rows) {
		const answer = await doorTo(t, samba, { as: { user, password } }).remove(GHOST);
		assert.equal(said(answer), "not-signed-in 49", user);
		assert.ok(
			answer.kind === "refused" && answer.detail.endsWith(`Win32 80090308, on sign-in, data ${data}`),
			answer.kind,
		);
	}
});

test("our own account is not locked by us, and is refused when somebody else locked it or it ran out", {
	skip,
}, async (t) => {
	const account = await samba.serviceOver(left, "sopwith-locked");
	const domain = (attribute: string, value: string) =>
		samba.asAdmin((client) =>
			client.modify(
				samba.base,
				new Change({ operation: "replace", modification: new Attribute({ type: attribute, values: [value] }) }),
			),
		);
	await domain("lockoutThreshold", "3");
	t.after(() => domain("lockoutThreshold", "0"));
	const wrong = { user: account.user, password: "wrong" };
	const mistaken = doorTo(t, samba, { as: wrong });
	const answers = await Promise.all(Array.from({ length: 20 }, () => mistaken.remove(GHOST)));
	assert.ok(answers.every((answer) => said(answer) === "not-signed-in 49"));
	assert.equal(said(await doorTo(t, samba, { as: account }).remove(GHOST)), "no-such-object 32");
	for (let at = 0; at < 3; at++) await doorTo(t, samba, { as: wrong }).remove(GHOST);
	const locked = await doorTo(t, samba, { as: account }).remove(GHOST);
	assert.ok(locked.kind === "refused" && locked.detail.endsWith("data 775"), JSON.stringify(locked));
	const dn = `CN=sopwith-locked,CN=Users,${samba.base}`;
	const all = doorTo(t, samba, { as: samba.admin });
	got(await all.modify(dn, [...set("lockoutTime", "0"), ...set("accountExpires", "116444736000000000")]));
	const ranOut = await doorTo(t, samba, { as: account }).remove(GHOST);
	assert.ok(ranOut.kind === "refused" && ranOut.detail.endsWith("data 701"), JSON.stringify(ranOut));
});

const NASTY = [
	"Lee, Ann",
	'Ann "The" Lee',
	"back\\slash",
	"ends in \\",
	"Zoë Ünïcödé 北京 🙂",
	"a+b;c<d>e=f",
	"#hash",
	" leads",
	"trails ",
	" both, with a comma ",
	"slash/ed",
	"a*)(objectClass=*",
	"\\, both",
	"O'Brien & Sons",
];

test("any name goes all the way: made, found, joined, moved, renamed, deleted", { skip }, async (t) => {
	const directory = doorTo(t, samba);
	const club = await group(t, "Nasty");
	for (const [at, name] of NASTY.entries()) {
		const dn = below(name, sales);
		const answer = await directory.add(dn, { ...closedUser(`nasty${at}`), unicodePwd: GOOD, displayName: name });
		assert.equal(said(answer), "ok", name);
		const found = got(
			await directory.search({ filter: equal("cn", name), attributes: ["cn", "objectGUID", "displayName"] }),
		);
		assert.equal(found.length, 1, name);
		const [entry] = found;
		assert.ok(entry !== undefined && sameDn(entry.dn, dn), `${entry?.dn} is ${dn}`);
		assert.ok(sameDn(parentOf(entry.dn), sales), entry.dn);
		assert.equal(entry.displayName?.[0], name);
		assert.equal(said(await directory.modify(club, add("member", entry.dn))), "ok", name);
		assert.equal(
			got(await directory.search({ base: club, scope: "base", filter: equal("member", dn), attributes: ["cn"] }))
				.length,
			1,
			name,
		);
		assert.equal(said(await directory.modify(club, take("member", dn))), "ok", name);
		const moved = below(`${name}2`, left);
		assert.equal(said(await directory.move(entry.dn, moved)), "ok", name);
		const there = await read(directory, byGuid(guidText(String(entry.objectGUID))), "cn");
		assert.ok(there !== undefined && sameDn(there.dn, moved), `${there?.dn} is ${moved}`);
		assert.equal(said(await directory.remove(there.dn)), "ok", name);
	}
});

test("an entry is known by its id through a move and a rename", { skip }, async (t) => {
	const directory = doorTo(t, samba);
	got(await directory.add(`CN=Roamer,${sales}`, { ...closedUser("roamer"), unicodePwd: GOOD }));
	const born = await read(directory, `CN=Roamer,${sales}`, "objectGUID");
	const id = byGuid(guidText(String(born?.objectGUID)));
	got(await directory.move(`CN=Roamer,${sales}`, `CN=Rover,${left}`));
	assert.equal(said(await directory.modify(id, set("title", "Rover"))), "ok");
	assert.deepEqual((await read(directory, id, "title"))?.title, ["Rover"]);
	assert.equal(said(await directory.remove(id)), "ok");
	assert.equal(said(await directory.remove(id)), "no-such-object 32");
});

test("a change that names the old value is made once, and refused when it is stale", { skip }, async (t) => {
	const directory = doorTo(t, samba);
	const dn = await person(directory);
	got(await directory.modify(dn, set("title", "Clerk")));
	const turn = (from: string, to: string) => directory.modify(dn, [...take("title", from), ...add("title", to)]);
	assert.equal(said(await turn("Clerk", "Chief")), "ok");
	assert.equal(said(await turn("Clerk", "Queen")), "changed-meanwhile 16");
	assert.deepEqual((await read(directory, dn, "title"))?.title, ["Chief"]);
	const control = [...take("userAccountControl", "512"), ...add("userAccountControl", "546")];
	assert.equal(said(await directory.modify(dn, control)), "changed-meanwhile 16");
});

test("what is read is whole: 1,100 entries in pages, and as many members in parts", { skip }, async (t) => {
	const directory = doorTo(t, samba);
	const place = await samba.ou("Many");
	const names = Array.from({ length: 1100 }, (_, at) => `CN=c${at},${place}`);
	await samba.asAdmin(async (client) => {
		for (let at = 0; at < names.length; at += 8) {
			await Promise.all(names.slice(at, at + 8).map((dn) => client.add(dn, { objectClass: "contact" })));
		}
		await client.add(`CN=Crowd,${place}`, { objectClass: "group", sAMAccountName: "crowd", member: names });
	});
	const contacts = got(
		await directory.search({ base: place, filter: equal("objectClass", "contact"), attributes: ["cn"] }),
	);
	assert.equal(contacts.length, 1100);
	const crowd = await read(directory, `CN=Crowd,${place}`, "member;range=0-499");
	assert.equal(crowd?.member?.length, 1100);
	assert.equal(new Set(crowd?.member).size, 1100);
});

test("values never become a filter, and control characters never go out", { skip }, async (t) => {
	const directory = doorTo(t, samba);
	for (const value of ["*", "*)(objectClass=*", "\\2a", ")(|(cn=*"]) {
		const found = got(await directory.search({ filter: equal("sAMAccountName", value), attributes: ["cn"] }));
		assert.deepEqual(found, [], value);
	}
	const dn = `CN=Ada\\00\\, CN=Evil,${sales}`;
	assert.equal(said(await directory.add(dn, { ...closedUser("nul"), unicodePwd: GOOD })), "bad-name 0");
	assert.equal(said(await directory.add(`CN=A\u0000B,${sales}`, closedUser("nul"))), "bad-name 0");
	const odd = { ...closedUser("bell"), displayName: "Ring\u0007", unicodePwd: GOOD };
	assert.equal(said(await directory.add(`CN=Bell,${sales}`, odd)), "bad-name 0");
	assert.deepEqual(got(await directory.search({ filter: equal("sAMAccountName", "nul"), attributes: ["cn"] })), []);
});

test("StartTLS and LDAPS are one door; without either nothing is said", { skip }, async (t) => {
	const upgraded = doorTo(t, samba, { url: samba.plainUrl, startTls: true });
	const dn = await person(upgraded);
	assert.equal((await read(upgraded, dn, "cn"))?.dn, dn);
	assert.equal((await read(doorTo(t, samba), dn, "cn"))?.dn, dn);
	assert.equal(said(await doorTo(t, samba, { url: samba.plainUrl }).remove(dn)), "unsent no-tls");
	assert.equal((await read(upgraded, dn, "cn"))?.dn, dn);
});
