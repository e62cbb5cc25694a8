/**
 * Loading a definitions folder: what is good serves, what is broken keeps its last good version and is named.
 */
import assert from "node:assert/strict";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import type { Definitions } from "../../src/sop/definitions.ts";
import { diffDefinitions, loadDefinitions } from "../../src/sop/folder.ts";
import { jsonSchemas } from "../../src/sop/json-schema.ts";
import { known } from "./known.ts";

const ours = new URL("../../sop-definitions", import.meta.url).pathname;
const root = mkdtempSync(join(tmpdir(), "sopwith-definitions-"));
after(() => rmSync(root, { recursive: true }));
let count = 0;

function copy(): string {
	count += 1;
	const folder = join(root, String(count));
	cpSync(ours, folder, { recursive: true });
	return folder;
}
function load(folder: string, last?: Definitions, today = "2026-11-22"): Definitions {
	const clock = { now: () => `${today}T12:00:00.000Z` };
	return loadDefinitions(folder, known, { clock, core: 1, ...(last === undefined ? {} : { last }) });
}
function edit(folder: string, file: string, from: string | RegExp, to: string): void {
	const path = join(folder, file);
	const text = readFileSync(path, "utf8");
	assert.notEqual(text.replace(from, to), text, `${file} has no ${from}`);
	writeFileSync(path, text.replace(from, to));
}
const CONTOSO = "clients/contoso/client.yaml";
const problemCodes = (found: Definitions) => found.problems.map((one) => one.code);

describe("the definitions that come with Sopwith", () => {
	const loaded = load(ours);

	it("have no problems and serve onboarding to a hybrid and a cloud client", () => {
		assert.deepEqual(loaded.problems, []);
		assert.deepEqual(loaded.quarantined, []);
		assert.deepEqual(Object.keys(loaded.clients), ["contoso", "fabrikam"]);
		assert.deepEqual(
			Object.values(loaded.clients).map((one) => [one.values.identity, one.values.sandbox, Object.keys(one.sops)]),
			[
				["hybrid", true, ["newhire"]],
				["cloud", true, ["newhire"]],
			],
		);
	});

	it("keep a client's hours, and its holidays for this year and two more", () => {
		const { calendar } = loaded.clients.contoso?.values ?? assert.fail();
		assert.deepEqual(calendar.hours["1"], [{ from: 480, to: 1080 }]);
		assert.equal(calendar.hours["6"], undefined);
		for (const day of ["2026-11-26", "2026-11-27", "2027-11-25", "2028-07-04"])
			assert.ok(calendar.holidays.includes(day), day);
		assert.ok(!calendar.holidays.some((day) => day.startsWith("2029")));
		assert.deepEqual(loaded.clients.fabrikam?.values.calendar.hours["5"], [
			{ from: 480, to: 720 },
			{ from: 780, to: 930 },
		]);
	});

	it("lay the client's overlay over the base for that client alone", () => {
		const ids = (client: string) => loaded.clients[client]?.sops.newhire?.steps.map((step) => step.id);
		assert.ok(ids("fabrikam")?.includes("badge"));
		assert.ok(!ids("contoso")?.includes("badge"));
		assert.notEqual(
			loaded.clients.contoso?.sops.newhire?.definition,
			loaded.clients.fabrikam?.sops.newhire?.definition,
		);
	});

	it("hold people, roles and approvals given in advance, the MSP's own among them", () => {
		const { roster } = loaded.clients.contoso ?? assert.fail();
		assert.deepEqual(
			roster.people.filter((one) => one.of === "msp").map((one) => one.id),
			["tia", "sam"],
		);
		assert.deepEqual([roster.roles.owner, roster.roles["service-desk"]], [["di"], ["tia", "sam"]]);
		const [standing] = roster.standing;
		assert.deepEqual(
			[standing?.atMost, standing?.spend, standing?.whenWords, standing?.until],
			[5, { licences: 1 }, "Warehouse", "2027-06-30"],
		);
		assert.deepEqual(load(ours).clients.contoso?.roster.standing, roster.standing);
	});
});

describe("a broken file", () => {
	it("of a client keeps its last good version, and the other clients serve", () => {
		const folder = copy();
		const good = load(folder);
		edit(folder, CONTOSO, "America/New_York", "New York");
		const now = load(folder, good);
		assert.equal(now.clients.contoso, good.clients.contoso);
		assert.deepEqual(
			now.quarantined.map(({ client, sop }) => [client, sop]),
			[["contoso", undefined]],
		);
		const [problem] = now.problems;
		assert.deepEqual([problem?.code, problem?.line, problem?.remedy], ["not-a-zone", 4, "Write America/New_York."]);
		assert.ok(now.clients.fabrikam !== undefined);
		assert.deepEqual(Object.keys(load(folder).clients), ["fabrikam"]);
	});

	it("of a client that names another client's secret, or writes one down, says where and what to write", () => {
		const folder = copy();
		const smtp = (password: string) => `mail: { use: smtp, url: "smtps://mail", user: it, password: "${password}",`;
		edit(folder, CONTOSO, "mail: { use: sandbox,", smtp("secret:fabrikam/smtp"));
		edit(folder, "clients/fabrikam/client.yaml", "mail: { use: sandbox,", smtp("hunter2"));
		const { problems } = load(folder);
		assert.deepEqual(
			problems.map(({ file, path, line, remedy }) => [file?.split("/").at(-2), path, line, remedy?.slice(0, 38)]),
			[
				["contoso", "connectors.mail.password", 23, "Write secret:contoso/NAME."],
				["fabrikam", "connectors.mail.password", 18, "Keep it with `sopwith secret set CLIEN"],
			],
		);
		assert(problems.every((one) => (one.column ?? 0) > 60 && !JSON.stringify(one).includes("hunter2")));
	});

	it("of a base SOP keeps every client's last version and is listed once", () => {
		const folder = copy();
		const good = load(folder);
		edit(folder, "newhire.yaml", "do: directory.user", "do: directory.usr");
		const now = load(folder, good);
		assert.equal(now.clients.contoso?.sops.newhire, good.clients.contoso?.sops.newhire);
		assert.deepEqual(
			now.quarantined.map(({ client, sop }) => [client, sop]),
			[
				["contoso", "newhire"],
				["fabrikam", "newhire"],
			],
		);
		assert.deepEqual(problemCodes(now), ["no-such-action"]);
		assert.deepEqual(Object.keys(load(folder).clients.contoso?.sops ?? {}), []);
	});

	it("of an overlay concerns its client alone", () => {
		const folder = copy();
		edit(folder, "clients/fabrikam/newhire.yaml", "after: hardware", "after: hardwear");
		const now = load(folder);
		assert.deepEqual(
			now.quarantined.map(({ client, sop }) => [client, sop]),
			[["fabrikam", "newhire"]],
		);
		assert.ok(now.problems[0]?.file?.endsWith("fabrikam/newhire.yaml"));
		assert.ok(now.clients.contoso?.sops.newhire !== undefined);
	});

	it("of the MSP keeps its last people; without any there are no clients", () => {
		const folder = copy();
		const good = load(folder);
		writeFileSync(join(folder, "msp.yaml"), "msp: [");
		const now = load(folder, good);
		assert.deepEqual(now.msp, good.msp);
		assert.deepEqual(Object.keys(now.clients), ["contoso", "fabrikam"]);
		assert.deepEqual(Object.keys(load(folder).clients), []);
	});

	it("never makes loading throw: neither an empty folder, nor one that is not there, nor noise", () => {
		const folder = join(root, "noise");
		mkdirSync(join(folder, "clients", "x"), { recursive: true });
		writeFileSync(join(folder, "msp.yaml"), readFileSync(join(ours, "msp.yaml")));
		for (const text of ["", "\u0000\u0001", "[", "a: &b *b", "client: 7\npeople: 3\nroles: []\n", "- 1"]) {
			writeFileSync(join(folder, "clients", "x", "client.yaml"), text);
			const found = load(folder);
			assert.ok(found.problems.length > 0, text);
			assert.deepEqual(found.clients, {});
		}
		assert.ok(problemCodes(load(join(root, "nowhere"))).includes("not-there"));
	});
});

describe("mistakes in a client's file", () => {
	const rows: readonly (readonly [string, string | RegExp, string, string])[] = [
		["a word that is not known", "timezone:", "timzone:", "unknown-key"],
		["a person who is not there", "hr: [harriet]", "hr: [hariet]", "no-such-person"],
		["a person defined twice", "id: sol,", "id: mo,", "duplicate-person"],
		["an id that one of the MSP has", "id: sol,", "id: tia,", "duplicate-person"],
		["hours that end before they begin", '"08:00-18:00"', '"18:00-08:00"', "bad-hours"],
		["a weekday that is none", "mon-fri", "mon-fry", "not-a-weekday"],
		["a country that is none", "country: US", "country: XX", "no-such-country"],
		["a region that is none", "region: ny", "region: nowhere", "no-such-region"],
		["an approval for no SOP", "sop: newhire,", "sop: newhier,", "no-such-sop"],
		["an approval by nobody", "by: di, until", "by: tia, until", "no-such-person"],
		["a condition that does not parse", "== 'warehouse'", "== 'warehouse", "bad-expression"],
		["a limit without its day", "5 per day", "5 a day", "bad-value"],
		[
			"a rule for names that does not parse",
			'base: "DC=',
			`names: "${"$"}{toLwr(form.firstName)}", base: "DC=`,
			"bad-template",
		],
		["no owner", "owner: [di]", "boss: [di]", "missing"],
		["another client's id", "client: contoso", "client: fabrikam", "wrong-folder"],
		["an approval that nobody holds", "it-lead: [mo]", "it-lead: []", "nobody-approves"],
	];
	for (const [what, from, to, code] of rows) {
		it(`are found: ${what}`, () => {
			const folder = copy();
			edit(folder, CONTOSO, from, to);
			if (code === "nobody-approves") edit(folder, "newhire.yaml", "by: [it-lead, manager]", "by: [it-lead]");
			const { problems } = load(folder);
			assert.ok(
				problems.some((one) => one.code === code && (one.line ?? 0) > 0),
				JSON.stringify(problems),
			);
		});
	}
});

describe("an approval that needs two people", () => {
	const TWO = "by: [it-lead], need: 2";
	const withTwo = (mo: string, tia: string) => {
		const folder = copy();
		edit(folder, "newhire.yaml", "by: [it-lead, manager]", TWO);
		edit(folder, CONTOSO, "it-lead: [mo]", "it-lead: [mo, tia]");
		edit(folder, CONTOSO, "title: IT lead,", `title: IT lead, ${mo}`);
		edit(folder, "msp.yaml", "title: Service desk }", `title: Service desk, ${tia} }`);
		return { problems: load(folder).problems.filter(({ file }) => file?.endsWith("newhire.yaml")), folder };
	};

	it("is refused where two entries of two rosters are one person, at its own line, by their ids", () => {
		const { problems, folder } = withTwo('teams: "TENANT-1/ab-1",', "teams: AB-1");
		const lines = readFileSync(join(folder, "newhire.yaml"), "utf8").split("\n");
		const about = problems.filter(({ message }) => message.includes("mo and tia"));
		assert.deepEqual(
			about.map(({ code, message, line }) => [code, message, lines[(line ?? 0) - 1]?.includes(TWO)]),
			[
				[
					"nobody-approves",
					"This approval needs 2 people, and only 1 can give it: mo and tia are one person, by one address or account.",
					true,
				],
			],
		);
	});

	it("is taken where they are two", () => {
		const { problems } = withTwo("teams: ab-1,", "teams: ab-2");
		assert.deepEqual(
			problems.filter(({ message }) => message.includes("mo")),
			[],
		);
	});
});

describe("Slack in the definitions", () => {
	const withWorkspaces = (list: string) => {
		const folder = copy();
		edit(
			folder,
			"msp.yaml",
			"name: Northwind IT\n",
			`name: Northwind IT\nsurfaces: { slack: { workspaces: ${list} } }\n`,
		);
		return load(folder);
	};

	it("names workspaces, each with where its token is kept and whose it is", () => {
		const found = withWorkspaces(
			'[{ team: T01, bot: "secret:northwind/slack" }, { team: T02, bot: "secret:contoso/slack", client: contoso }]',
		);
		assert.deepEqual(found.problems, []);
		assert.deepEqual(found.msp.workspaces, [
			{ team: "T01", bot: "secret:northwind/slack" },
			{ team: "T02", bot: "secret:contoso/slack", client: "contoso" },
		]);
		for (const bot of ["env:SLACK_TWO", "file:./two"])
			assert.deepEqual(withWorkspaces(`[{ team: T01, bot: "${bot}" }]`).problems, []);
	});

	it("points at what is wrong with a workspace, and never repeats a token", () => {
		const rows: readonly (readonly [string, string, RegExp])[] = [
			['{ team: acme, bot: "env:A" }', "surfaces.slack.workspaces.0.team bad-value", /like T0123ABCD/],
			['{ team: T01, bot: "xoxb-canary" }', "surfaces.slack.workspaces.0.bot bad-value", /sopwith secret set/],
			[
				'{ team: T01, bot: "secret:other/slack" }',
				"surfaces.slack.workspaces.0.bot bad-value",
				/secret:northwind\/NAME/,
			],
			['{ team: T01, bot: "secret:contoso/slack" }', "surfaces.slack.workspaces.0.bot bad-value", /northwind/],
			['{ team: T01, bot: "env:A", client: contosso }', "surfaces.slack.workspaces.0.client no-such-client", /contoso/],
			['{ team: T01, bot: "env:A", token: x }', "surfaces.slack.workspaces.0.token unknown-key", /There is bot/],
			["{ team: T01 }", "surfaces.slack.workspaces.0.bot missing", /text/],
			[
				'{ team: T01, bot: "env:A" }, { team: T01, bot: "env:B" }',
				"surfaces.slack.workspaces.1.team duplicate-workspace",
				/once/,
			],
		];
		for (const [workspace, place, remedy] of rows) {
			const { problems } = withWorkspaces(`[${workspace}]`);
			assert.deepEqual(
				problems.map(({ path, code }) => `${path} ${code}`),
				[place],
				workspace,
			);
			const problem = problems[0] ?? assert.fail();
			assert.ok(problem.file?.endsWith("msp.yaml"));
			assert.equal(problem.line, 4);
			assert.match(problem.remedy ?? "", remedy);
			assert.ok(!JSON.stringify(problems).includes("canary"));
		}
	});

	it("takes a person and a channel with their workspace, and says how to write them otherwise", () => {
		const folder = copy();
		edit(folder, CONTOSO, "title: HR,", 'title: HR, slack: "T01/U02HR",');
		edit(folder, CONTOSO, "roles:\n", 'channels: { approvals: { slack: "T01/C01APPROVE" } }\nroles:\n');
		const good = load(folder);
		assert.deepEqual(good.problems, []);
		assert.equal(good.clients.contoso?.roster.people.find(({ id }) => id === "harriet")?.slack, "T01/U02HR");
		edit(folder, CONTOSO, "T01/U02HR", "@harriet");
		edit(folder, CONTOSO, "T01/C01APPROVE", "#approvals");
		assert.deepEqual(
			load(folder).problems.map(({ path, code, line, remedy }) => [path, code, line, remedy]),
			[
				[
					"channels.approvals.slack",
					"bad-value",
					13,
					'Write the workspace and the channel ID, like "T0123ABCD/C0456EFGH".',
				],
				["people.harriet.slack", "bad-value", 9, 'Write the workspace and the member ID, like "T0123ABCD/U0456EFGH".'],
			],
		);
	});

	it("takes a channel for approvals and one for runs, and notices a name that is meant to be one", () => {
		const folder = copy();
		edit(folder, CONTOSO, "roles:\n", 'channels: { aprovals: { slack: "T01/C01APPROVE" } }\nroles:\n');
		assert.deepEqual(
			load(folder).problems.map(({ path, code, line, remedy }) => [path, code, line, remedy]),
			[["channels.aprovals", "unknown-key", 13, "Write “approvals”."]],
		);
	});

	it("is one person's alone", () => {
		const folder = copy();
		edit(folder, CONTOSO, "title: HR,", 'title: HR, slack: "T01/U02",');
		edit(folder, CONTOSO, "title: IT lead,", 'title: IT lead, slack: "T01/U02",');
		assert.deepEqual(problemCodes(load(folder)), ["duplicate-person"]);
	});

	it("is offered to editors as it is checked", () => {
		const { msp, client } = jsonSchemas(known);
		const text = JSON.stringify(msp);
		for (const word of ["surfaces", "workspaces", "env:NAME, file:PATH or secret:MSP/NAME"])
			assert.ok(text.includes(word), word);
		assert.match(JSON.stringify(client), /WORKSPACE\/MEMBER: their profile in Slack/);
	});

	it("is told by a reload where workspaces change", () => {
		const before = withWorkspaces("[]");
		const now = withWorkspaces('[{ team: T01, bot: "env:A" }]');
		assert.deepEqual(diffDefinitions(before, now), ["Northwind IT: Slack workspaces changed."]);
		assert.deepEqual(diffDefinitions(load(ours), before), []);
	});
});

describe("several SOPs", () => {
	const sop = (id: string, command: string, run: string) =>
		`sop: ${id}\ntitle: T\nowner: it-lead\nstart: [{ command: ${command}, by: hr }]\nsteps: [{ name: Next, run: ${run} }]\n`;

	it("may not run each other in a circle, and the others serve", () => {
		const folder = copy();
		for (const [id, run] of [
			["a", "b"],
			["b", "c"],
			["c", "a"],
			["d", "a"],
		] as const) {
			writeFileSync(join(folder, `${id}.yaml`), sop(id, `start-${id}`, run));
		}
		const found = load(folder);
		const contoso = found.quarantined.filter((one) => one.client === "contoso");
		assert.deepEqual(
			contoso.map((one) => [one.sop, one.problems[0]?.code]),
			[
				["a", "recursion"],
				["b", "recursion"],
				["c", "recursion"],
			],
		);
		assert.match(contoso[0]?.problems[0]?.message ?? "", /a runs b runs c runs a/);
	});

	it("may not answer to one command", () => {
		const folder = copy();
		writeFileSync(join(folder, "zed.yaml"), sop("zed", "newhire", "newhire"));
		assert.deepEqual(
			load(folder).quarantined.map((one) => [one.client, one.sop, one.problems[0]?.code]),
			[
				["contoso", "zed", "taken"],
				["fabrikam", "zed", "taken"],
			],
		);
	});

	it("may be one client's own, and an overlay without its base is reported", () => {
		const folder = copy();
		writeFileSync(join(folder, "clients/contoso/badge.yaml"), sop("badge", "badge", "newhire"));
		writeFileSync(join(folder, "clients/contoso/leaver.yaml"), "# changes\noverlay: leaver\nsteps: []\n");
		const found = load(folder);
		assert.deepEqual(Object.keys(found.clients.contoso?.sops ?? {}), ["newhire", "badge"]);
		assert.deepEqual(Object.keys(found.clients.fabrikam?.sops ?? {}), ["newhire"]);
		assert.deepEqual(
			found.problems.map(({ code, line }) => [code, line]),
			[["no-such-sop", 2]],
		);
	});

	it("are named after their files", () => {
		const folder = copy();
		writeFileSync(join(folder, "other.yaml"), sop("zed", "zed", "newhire"));
		assert.ok(problemCodes(load(folder)).includes("wrong-file"));
	});
});

describe("diffDefinitions", () => {
	it("says nothing when nothing differs, and what differs otherwise, without its secrets", () => {
		const folder = copy();
		const old = load(folder);
		assert.deepEqual(diffDefinitions(old, load(folder)), []);
		edit(folder, CONTOSO, "name: Sol Vance", "name: Sol Vance-Adler");
		edit(folder, CONTOSO, "executives: [di]", "executives: [di, mo]");
		edit(
			folder,
			CONTOSO,
			"mail: { use: sandbox,",
			'mail: { use: smtp, url: "smtp://mail", user: it, password: "env:HUNTER2",',
		);
		edit(folder, "newhire.yaml", "title: New employee", "title: New colleague");
		const lines = diffDefinitions(old, load(folder));
		assert.deepEqual(lines, [
			"Contoso Ltd: what is known of Sol Vance-Adler changed.",
			"Contoso Ltd: roles changed.",
			"Contoso Ltd: connectors changed.",
			"Contoso Ltd: newhire changed; open runs keep what they began with.",
			"Fabrikam GmbH: newhire changed; open runs keep what they began with.",
		]);
	});
});
