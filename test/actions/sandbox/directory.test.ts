/** The simulated directory answers as Active Directory does: results and Win32 codes, back-links, names, filters. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { AndFilter, DN, EqualityFilter, escapeFilter, FilterParser, PresenceFilter } from "ldapts";
import { guidText } from "../../../src/actions/guid.ts";
import { Secret } from "../../../src/base/secret.ts";
import type { Answer, Directory } from "../../../src/engine/remote.ts";
import { got } from "../../../src/engine/remote.ts";
import { withSandbox } from "./with-sandbox.ts";

const BASE = "DC=contoso,DC=example";
const SALES = `CN=Sales,OU=Groups,${BASE}`;
const MO = `CN=Mo Manager,OU=Staff,${BASE}`;
const ANN = `CN=Ann Lee,OU=Sales,${BASE}`;
const PERSON = { objectClass: ["top", "person", "organizationalPerson", "user"], userAccountControl: "514" };
const GOOD = new Secret("Quiet-River-42");
const ann = { ...PERSON, sAMAccountName: "ann.lee", userPrincipalName: "ann.lee@contoso.example" };

function everyone(directory: Directory, filter: string, attributes: readonly string[] = ["cn"]) {
	return directory.search({ filter: FilterParser.parseString(filter), attributes });
}

async function names(directory: Directory, filter: string): Promise<readonly string[]> {
	return got(await everyone(directory, filter)).map((entry) => String(entry.cn));
}

type Refusal = {
	readonly why: string;
	readonly act: (directory: Directory) => Promise<Answer<unknown>>;
	readonly code: string;
	readonly status: number;
	readonly win32?: string;
};

const set = (attribute: string, ...values: readonly (string | Secret)[]) =>
	({ operation: "replace", attribute, values }) as const;
const plus = (attribute: string, ...values: readonly string[]) => ({ operation: "add", attribute, values }) as const;
const minus = (attribute: string, ...values: readonly string[]) =>
	({ operation: "delete", attribute, values }) as const;

const REFUSALS: readonly Refusal[] = [
	{ why: "the same name in the same place", act: (d) => d.add(MO, ann), code: "name-taken", status: 68 },
	{
		why: "an account name that is taken elsewhere",
		act: (d) => d.add(ANN, { ...ann, sAMAccountName: "MO" }),
		code: "name-taken",
		status: 68,
		win32: "00002071",
	},
	{
		why: "a sign-in name that is taken elsewhere",
		act: (d) => d.add(ANN, { ...ann, userPrincipalName: "Mo@Contoso.Example" }),
		code: "name-taken",
		status: 19,
		win32: "0000202F",
	},
	{
		why: "an account name of 21 characters",
		act: (d) => d.add(ANN, { ...ann, sAMAccountName: "a".repeat(21) }),
		code: "bad-name",
		status: 19,
		win32: "00000523",
	},
	{
		why: "an account name with a slash",
		act: (d) => d.add(ANN, { ...ann, sAMAccountName: "a/b" }),
		code: "bad-name",
		status: 19,
	},
	{
		why: "a place that is not there",
		act: (d) => d.add(`CN=Ann Lee,OU=Nowhere,${BASE}`, ann),
		code: "no-such-object",
		status: 32,
		win32: "00002030",
	},
	{
		why: "a place of another domain",
		act: (d) => d.add("CN=Ann,DC=other,DC=example", ann),
		code: "no-such-object",
		status: 32,
	},
	{ why: "a name that is none", act: (d) => d.add("Ann Lee", ann), code: "bad-name", status: 34 },
	{ why: "an entry without a class", act: (d) => d.add(ANN, { sAMAccountName: "ann" }), code: "bad-value", status: 65 },
	{
		why: "an attribute nobody knows",
		act: (d) => d.add(ANN, { ...ann, shoeSize: "42" }),
		code: "no-such-attribute",
		status: 16,
	},
	{ why: "an empty value", act: (d) => d.modify(MO, [set("title", "")]), code: "bad-value", status: 21 },
	{
		why: "a value that is too long",
		act: (d) => d.modify(MO, [set("givenName", "x".repeat(65))]),
		code: "bad-value",
		status: 19,
	},
	{
		why: "a second value where one fits",
		act: (d) => d.modify(MO, [set("title", "a", "b")]),
		code: "already-so",
		status: 20,
	},
	{
		why: "a short password",
		act: (d) => d.modify(MO, [set("unicodePwd", new Secret("Ab1!"))]),
		code: "weak-password",
		status: 53,
		win32: "0000052D",
	},
	{
		why: "a password with the person's name in it",
		act: (d) => d.modify(MO, [set("unicodePwd", new Secret("Manager-2026"))]),
		code: "weak-password",
		status: 53,
	},
	{
		why: "an open account without a password",
		act: (d) => d.add(ANN, { ...ann, userAccountControl: "512" }),
		code: "weak-password",
		status: 53,
		win32: "0000052D",
	},
	{
		why: "a manager who is not there",
		act: (d) => d.modify(MO, [set("manager", ANN)]),
		code: "no-such-object",
		status: 19,
		win32: "000020B5",
	},
	{
		why: "a member who is not there",
		act: (d) => d.modify(SALES, [plus("member", ANN)]),
		code: "no-such-object",
		status: 32,
		win32: "00000525",
	},
	{
		why: "taking out someone who is not in",
		act: (d) => d.modify(SALES, [minus("member", MO)]),
		code: "not-member",
		status: 53,
	},
	{
		why: "a back-link written by hand",
		act: (d) => d.modify(MO, [plus("memberOf", SALES)]),
		code: "unwilling",
		status: 53,
	},
	{ why: "a change to nobody", act: (d) => d.modify(ANN, [set("title", "x")]), code: "no-such-object", status: 32 },
	{
		why: "a value that is not there to remove",
		act: (d) => d.modify(MO, [minus("title", "x")]),
		code: "no-such-value",
		status: 16,
	},
	{
		why: "a stale compare-and-set",
		act: (d) => d.modify(MO, [minus("title", "x"), plus("title", "y")]),
		code: "changed-meanwhile",
		status: 16,
	},
	{ why: "a rename by attribute", act: (d) => d.modify(MO, [set("cn", "Moritz")]), code: "bad-name", status: 67 },
	{
		why: "a move to nowhere",
		act: (d) => d.move(MO, `CN=Mo Manager,OU=Nowhere,${BASE}`),
		code: "no-such-object",
		status: 32,
	},
	{
		why: "a move onto someone else",
		act: (d) => d.move(MO, `CN=Di Owner,OU=Staff,${BASE}`),
		code: "name-taken",
		status: 68,
	},
	{ why: "removing what still holds others", act: (d) => d.remove(`OU=Staff,${BASE}`), code: "not-empty", status: 66 },
	{
		why: "a search where there is nothing",
		act: (d) => d.search({ base: ANN, filter: new PresenceFilter({ attribute: "cn" }), attributes: [] }),
		code: "no-such-object",
		status: 32,
	},
];

for (const { why, act, code, status, win32 } of REFUSALS) {
	test(`the directory refuses ${why} and changes nothing`, async (t) => {
		const { sandbox } = await withSandbox(t);
		const all = () => everyone(sandbox.directory, "(objectClass=*)", ["*"]);
		const before = await all();
		const answer = await act(sandbox.directory);
		assert.equal(answer.kind, "refused");
		if (answer.kind !== "refused") return;
		assert.deepEqual([answer.code, answer.status, answer.retryable], [code, status, false]);
		if (win32 !== undefined) assert.match(answer.detail, new RegExp(`Win32 ${win32}`));
		assert.deepEqual(await all(), before);
	});
}

test("a person is made closed, given a password, opened, put in a group and under a manager", async (t) => {
	const { sandbox } = await withSandbox(t);
	const { directory } = sandbox;
	got(await directory.add(ANN, { ...ann, displayName: "Ann Lee", manager: MO }));
	const [born] = got(await everyone(directory, "(sAMAccountName=ANN.LEE)", ["objectGUID"]));
	const at = `<GUID=${guidText(String(born?.objectGUID))}>`;
	got(await directory.modify(at, [set("unicodePwd", GOOD), set("pwdLastSet", "0")]));
	got(await directory.modify(at, [minus("userAccountControl", "514"), plus("userAccountControl", "512")]));
	got(await directory.modify(SALES, [plus("member", ANN)]));
	const wanted = ["memberOf", "manager", "objectGUID", "pwdLastSet", "userAccountControl", "telephoneNumber"];
	const [entry] = got(await everyone(directory, "(sAMAccountName=ANN.LEE)", wanted));
	assert.deepEqual(entry, {
		dn: ANN,
		memberOf: [SALES],
		manager: [MO],
		objectGUID: entry?.objectGUID,
		pwdLastSet: ["0"],
		userAccountControl: ["512"],
		telephoneNumber: [],
	});
	const hex = Buffer.from(String(entry?.objectGUID), "base64").toString("hex");
	got(await directory.modify(`<GUID=${hex}>`, [set("title", "Seller")]));
	assert.deepEqual(
		got(await everyone(directory, `(directReports=${ANN})`)).map((e) => e.dn),
		[MO],
	);
	const again = await directory.modify(SALES, [plus("member", ANN.toLowerCase())]);
	assert.deepEqual([again.kind, again.kind === "refused" && again.code], ["refused", "already-member"]);
});

test("links follow a person who moves and end with one who goes", async (t) => {
	const { sandbox } = await withSandbox(t);
	const { directory } = sandbox;
	got(await directory.add(ANN, { ...ann, manager: MO }));
	got(await directory.modify(SALES, [plus("member", ANN)]));
	const moved = `CN=Ann Lee,OU=Disabled Users,${BASE}`;
	got(await directory.move(ANN, moved));
	const [group] = got(
		await directory.search({
			base: SALES,
			scope: "base",
			filter: new PresenceFilter({ attribute: "cn" }),
			attributes: ["member"],
		}),
	);
	assert.deepEqual(group?.member, [moved]);
	got(await directory.remove(MO));
	const [entry] = got(await everyone(directory, "(cn=Ann Lee)", ["manager"]));
	assert.deepEqual(entry?.manager, []);
	got(await directory.remove(moved));
	assert.deepEqual(await names(directory, `(member=${moved})`), []);
	const gone = await directory.remove(moved);
	assert.equal(gone.kind === "refused" && gone.code, "no-such-object");
});

test("names that need escaping come back as they were given", async (t) => {
	const { sandbox } = await withSandbox(t);
	const { directory } = sandbox;
	const awkward = [
		"Lee, Ann",
		'Ann "Bo" Lee',
		"Ann\\Lee",
		"Zoë Ünïcödé 北京 🙂",
		"a+b;c<d>e",
		"#hash",
		" lead and trail ",
		"a/b=c",
	];
	for (const [index, name] of awkward.entries()) {
		const dn = `${new DN().addPairRDN("CN", name).toString()},OU=Sales,${BASE}`;
		got(await directory.add(dn, { ...PERSON, sAMAccountName: `user${index}` }));
		const filter = new AndFilter({
			filters: [new EqualityFilter({ attribute: "cn", value: name }), new PresenceFilter({ attribute: "objectGUID" })],
		});
		const [entry] = got(await directory.search({ filter, attributes: ["cn"] }));
		assert.deepEqual(entry?.cn, [name]);
		got(await directory.modify(SALES, [plus("member", dn)]));
		got(await directory.modify(SALES, [minus("member", String(entry?.dn))]));
	}
});

test("filters compare as the directory does", async (t) => {
	const { sandbox } = await withSandbox(t);
	const { directory } = sandbox;
	got(
		await directory.add(ANN, {
			...ann,
			displayName: "Ann Lee",
			proxyAddresses: ["SMTP:ann.lee@contoso.example", "smtp:al@contoso.example"],
		}),
	);
	got(await directory.modify(SALES, [plus("member", ANN)]));
	got(await directory.add(`CN=All,OU=Groups,${BASE}`, { objectClass: ["top", "group"], member: SALES }));
	const people = "(objectCategory=person)";
	assert.deepEqual(await names(directory, `(&${people}(|(userPrincipalName=nobody)(sAMAccountName=Ann.Lee)))`), [
		"Ann Lee",
	]);
	assert.deepEqual(await names(directory, "(proxyAddresses=smtp:AL@contoso.example)"), ["Ann Lee"]);
	assert.deepEqual(await names(directory, `(&${people}(displayName=a*n*ee))`), ["Ann Lee"]);
	assert.deepEqual(await names(directory, `(&${people}(userAccountControl:1.2.840.113556.1.4.803:=2))`), ["Ann Lee"]);
	assert.deepEqual(await names(directory, `(&${people}(!(userAccountControl:1.2.840.113556.1.4.803:=2))(mail=m*))`), [
		"Mo Manager",
	]);
	assert.deepEqual(await names(directory, `(memberOf=CN=All,OU=Groups,${BASE})`), ["Sales"]);
	assert.deepEqual(await names(directory, `(&${people}(memberOf:1.2.840.113556.1.4.1941:=CN=All,OU=Groups,${BASE}))`), [
		"Ann Lee",
	]);
	assert.deepEqual(await names(directory, escapeFilter`(sAMAccountName=${"*"})`), []);
	const [mo] = got(
		await directory.search({
			base: `OU=Staff,${BASE}`,
			scope: "one",
			filter: new EqualityFilter({ attribute: "manager", value: `cn=di owner, ou=staff, ${BASE}` }),
			attributes: ["cn"],
		}),
	);
	assert.deepEqual(mo?.cn, ["Mo Manager"]);
});

test("a modify is whole or not at all", async (t) => {
	const { sandbox } = await withSandbox(t);
	const answer = await sandbox.directory.modify(MO, [set("title", "Boss"), set("manager", ANN)]);
	assert.equal(answer.kind, "refused");
	const [entry] = got(await everyone(sandbox.directory, "(cn=Mo Manager)", ["title", "manager"]));
	assert.deepEqual([entry?.title, entry?.manager], [[], [`CN=Di Owner,OU=Staff,${BASE}`]]);
});

test("scripted trouble: refused, unreachable, lost before and after it was done", async (t) => {
	const { sandbox } = await withSandbox(t);
	const { directory } = sandbox;
	const on = (method: string) => ({ on: "directory", method }) as const;
	sandbox.fault({ match: on("ADD"), answer: { kind: "refused", result: 50, win32: "00002098" } });
	const denied = await directory.add(ANN, ann);
	assert.deepEqual([denied.kind, denied.kind === "refused" && denied.code], ["refused", "no-rights"]);
	sandbox.fault({ match: on("ADD"), answer: { kind: "refused", result: 51 } });
	const busy = await directory.add(ANN, ann);
	assert.equal(busy.kind === "refused" && busy.retryable, true);
	sandbox.fault({ match: on("ADD"), answer: { kind: "unreachable" } });
	assert.equal((await directory.add(ANN, ann)).kind, "unsent");
	sandbox.fault({ match: on("ADD"), answer: { kind: "dropped", applied: false } });
	assert.equal((await directory.add(ANN, ann)).kind, "unknown");
	assert.deepEqual(await names(directory, "(cn=Ann Lee)"), []);
	const script = sandbox.fault({ match: on("ADD"), answer: { kind: "dropped", applied: true } });
	assert.equal((await directory.add(ANN, ann)).kind, "unknown");
	assert.deepEqual(await names(directory, "(cn=Ann Lee)"), ["Ann Lee"]);
	assert.equal(script.met(), 1);
});
