/**
 * `sopwith doctor` for Slack: every misconfiguration an admin is likely to make, planted one at a time, and named by a real
 * process together with what mends it, and nothing else. Then the real local Slack.
 */
import assert from "node:assert/strict";
import { after, before, beforeEach, describe, test } from "node:test";
import { needs } from "../fixtures/needs.ts";
import { type Slack, startSlack } from "../fixtures/slack.ts";
import { APP, CHANNELS, TEAM as LOCAL_TEAM, PEOPLE } from "../fixtures/slack-people.ts";
import { CONTOSO, type Edit, type Environment, MSP, openShop } from "./doctor-slack-shop.ts";
import { names, type Wanted } from "./not-well.ts";
import { APP_TOKEN, BOT, openAnswers, SECOND, type State, TEAM, wellState } from "./slack-answers.ts";

describe("doctor, for Slack", () => {
	let shop: ReturnType<typeof openShop>;
	let slack: Awaited<ReturnType<typeof openAnswers>>;
	let socket: Environment;
	before(async () => {
		slack = await openAnswers();
		shop = openShop();
		socket = { SLACK_BOT_TOKEN: BOT, SLACK_APP_TOKEN: APP_TOKEN, SLACK_API_URL: slack.base };
		shop.edit([CONTOSO, "title: HR,", `title: HR, slack: "${TEAM}/U01",`]);
		shop.edit([CONTOSO, "title: IT lead,", `title: IT lead, slack: "${TEAM}/U02",`]);
		shop.edit([CONTOSO, "roles:\n", `channels: { operations: { slack: "${TEAM}/C01" } }\nroles:\n`]);
		shop.edit([MSP, "title: Service desk }", `title: Service desk, slack: "${TEAM}/U05" }`]);
	});
	after(async () => {
		shop.close();
		await slack.close();
	});
	beforeEach(() => {
		slack.at.state = wellState();
		slack.at.calls.length = 0;
	});

	test("is content where all is well, says whom it does not know, and changes nothing", async () => {
		const { code, findings } = await shop.doctor(socket);
		names({ code, findings }, []);
		const said = findings.map(({ about, what, words }) => `${about}: ${what}: ${words}`);
		const host = new URL(slack.base).host;
		for (const line of [
			`Slack: Web API: ${host} answers`,
			"Slack: Clock of 127.0.0.1: agrees with ours",
			"Slack: Way in: Socket Mode: Slack offers a connection",
			"Slack: Northwind IT: 1 of 2 people of the roster are known in Slack; not Sam Osei, unless they have a confirmed address in T01",
			"Slack: Contoso Ltd: 2 of 4 people of the roster are known in Slack; not Di Okafor, Sol Vance",
			"Slack, Northwind IT: Bot token: speaks as sopwith in Northwind IT (T01)",
			"Slack, Northwind IT: App: A01SOPWITH, as the app token says",
			"Slack, Northwind IT: Scopes: all 9 that are needed, and no others",
			"Slack, Northwind IT: Channels: all 1 that the definitions name are there",
			"Slack, Northwind IT: People: all 3 that the definitions name are there",
		])
			assert(said.includes(line), `${line}\nin\n${said.join("\n")}`);
		assert.deepEqual(
			slack.at.calls.filter((method) => /open|post|update|join|invite/.test(method)),
			["apps.connections.open"],
		);
	});

	const change = (how: (state: State) => void) => () => how(slack.at.state);
	const saysNo = (to: string, word: string) => change(({ no }) => void Object.assign(no, { [to]: word }));
	const user = (flags: object) => change(({ users }) => void Object.assign(users.U02 ?? {}, flags));
	const channel = (flags: object) => change(({ channels }) => void Object.assign(channels.C01 ?? {}, flags));
	const faults: readonly (readonly [name: string, plant: () => void, wanted: Wanted])[] = [
		[
			"a bot token of nobody",
			saysNo(BOT, "invalid_auth"),
			[
				[/Bot token/, /refuses SLACK_BOT_TOKEN: .* \(invalid_auth\)/, /Install App/],
				[/Contoso Ltd/, /T01, and no token/, /msp\.yaml/],
				[/Northwind IT/, /T01, and no token/, /msp\.yaml/],
			],
		],
		[
			"a bot whose app was taken out",
			saysNo(BOT, "account_inactive"),
			[
				[/Bot token/, /account is closed/, /Install App/],
				[/Contoso Ltd/, /no token/, /msp\.yaml/],
				[/Northwind IT/, /no token/, /msp\.yaml/],
			],
		],
		[
			"a token that speaks for a person",
			change(({ installs }) => void Object.assign(installs[BOT]?.who ?? {}, { bot_id: null })),
			[[/Bot token/, /for a person, not for a bot/, /Bot User OAuth Token/]],
		],
		[
			"a token of a whole organisation",
			change(
				({ installs }) => void Object.assign(installs[BOT]?.who ?? {}, { is_enterprise_install: true, team_id: "E1" }),
			),
			[
				[/Bot token/, /SLACK_BOT_TOKEN: .*a whole organisation/, /Install the app in the workspace itself/],
				[/Contoso Ltd/, /no token/, /msp\.yaml/],
				[/Northwind IT/, /no token/, /msp\.yaml/],
			],
		],
		[
			"scopes that were never granted",
			change(({ installs }) => void installs[BOT]?.scopes?.splice(1, 1)),
			[[/Scopes/, /not granted: chat:write \(posts and edits/, /App Manifest, then Install App, Reinstall/]],
		],
		[
			"tokens of two apps",
			change(({ installs }) => void Object.assign(installs[BOT] ?? {}, { app: "A99OTHER" })),
			[[/App/, /of the app A99OTHER, and SLACK_APP_TOKEN of the app A01SOPWITH/, /same app/]],
		],
		[
			"an app token without its scope",
			saysNo("apps.connections.open", "missing_scope"),
			[[/Way in/, /no connection to SLACK_APP_TOKEN \(missing_scope\)/, /App-Level Tokens: .*connections:write/]],
		],
		[
			"a channel without Sopwith",
			channel({ is_member: false }),
			[[/#operations, operations in client\.yaml of contoso/, /not in that channel/, /\/invite @Sopwith/]],
		],
		["a channel that was archived", channel({ is_archived: true }), [[/#operations/, /archived/, /Unarchive/]]],
		[
			"a channel that is not there",
			change(({ channels }) => void delete channels.C01),
			[
				[
					/operations \(C01\)/,
					/no such channel, or Sopwith cannot see it; it stands in client\.yaml of contoso/,
					/invite the app/,
				],
			],
		],
		[
			"an account that was deactivated",
			user({ deleted: true }),
			[[/Mo Manager \(U02\)/, /deactivated/, /In client\.yaml of contoso/]],
		],
		[
			"an account that is not there",
			change(({ users }) => void delete users.U05),
			[[/Tia Tran \(U05\)/, /no such account; it stands in msp\.yaml/, /WORKSPACE\/MEMBER/]],
		],
		["an account that is a bot", user({ is_bot: true }), [[/Mo Manager/, /a bot, not a person/, /slack:/]]],
		[
			"a clock that is off",
			change((state) => void Object.assign(state, { ahead: 9 })),
			[[/Clock of 127\.0\.0\.1/, /9 min ahead of ours/, /timedatectl/]],
		],
		[
			"a scope for people that is missing",
			saysNo("users.info", "missing_scope"),
			[[/^People$/, /could not be looked at: the app lacks a scope \(missing_scope\)/, /install/]],
		],
	];
	for (const [name, plant, wanted] of faults) {
		test(`names ${name}`, async () => {
			plant();
			names(await shop.doctor(socket), wanted);
		});
	}

	test("names an API that does not answer, and whom a token is missing for", async () => {
		slack.at.state.no = { "api.test": "silent", "auth.test": "silent", "apps.connections.open": "silent" };
		names(await shop.doctor(socket), [
			[/Web API/, /127\.0\.0\.1:\d+ did not answer/, /SLACK_API_URL/],
			[/Way in/, /offered no connection/, /slack\.com on port 443/],
			[/Bot token/, /did not answer/, /on port 443/],
			[/Contoso Ltd/, /names Harriet Reyes, Mo Manager, the channel operations in T01/, /msp\.yaml/],
			[/Northwind IT/, /names Tia Tran in T01/, /msp\.yaml/],
		]);
	});

	test("says what works and should be looked at: guests, shared channels, scopes beyond what is needed", async () => {
		Object.assign(slack.at.state.users.U02 ?? {}, { is_restricted: true });
		Object.assign(slack.at.state.users.U05 ?? {}, { team_id: "T99", is_stranger: true });
		Object.assign(slack.at.state.channels.C01 ?? {}, { is_ext_shared: true });
		slack.at.state.installs[BOT]?.scopes?.push("files:write");
		const examined = await shop.doctor(socket);
		names(examined, []);
		const said = examined.findings
			.filter(({ remedy }) => remedy !== undefined)
			.map(({ what, words }) => `${what}: ${words}`);
		for (const pattern of [
			/Mo Manager .*a guest, and let in because/,
			/Tia Tran .*of another organisation/,
			/shared with another organisation/,
			/beyond that files:write/,
		])
			assert(
				said.some((line) => pattern.test(line)),
				`${pattern} in ${said.join("\n")}`,
			);
	});

	test("takes an https address over HTTP, and asks for no app token", async () => {
		const { SLACK_APP_TOKEN: _, ...rest } = socket;
		const way = { SLACK_SIGNING_SECRET: "0123456789abcdef0123456789abcdef", SOPWITH_SIGNIN: "oidc" };
		const http = { ...rest, ...way };
		const local = await shop.doctor(http);
		names(local, []);
		assert.match(local.findings.find(({ what }) => what === "Way in")?.words ?? "", /from this machine alone/);
		assert(!slack.at.calls.includes("apps.connections.open"));
		names(await shop.doctor({ ...http, PUBLIC_URL: "http://127.0.0.1:3978" }), [
			[/Way in/, /PUBLIC_URL names no https address, so Slack has none to call/, /PUBLIC_URL=https:/],
		]);
	});

	const listed = (workspace: string): Edit => [
		MSP,
		"name: Northwind IT\n",
		`name: Northwind IT\nsurfaces: { slack: { workspaces: [${workspace}] } }\n`,
	];

	test("looks at each further workspace with its own token, wherever that is kept", async () => {
		const second = [listed('{ team: T02, bot: "env:TWO", client: contoso }')];
		const { code, findings } = await shop.doctor({ ...socket, TWO: SECOND }, second);
		names({ code, findings }, []);
		assert(findings.some(({ about, what }) => about === "Slack, Contoso Ltd" && what === "Bot token"));
		const contoso = findings.find(({ about, what }) => about === "Slack" && what === "Contoso Ltd");
		assert.match(contoso?.words ?? "", /not Di Okafor, Sol Vance, unless they have a confirmed address in T02$/);
		names(await shop.doctor(socket, second), [[/Bot token/, /env:TWO is not there/, /into the variable TWO/]]);
		names(await shop.doctor({ ...socket, TWO: BOT }, second), [
			[/Bot token/, /the token of T02 in msp\.yaml is of Northwind IT \(T01\), not of T02/, /write team: T01/],
		]);
	});

	test("names a workspace that two tokens are for", async () => {
		names(await shop.doctor({ ...socket, TWO: BOT }, [listed('{ team: T01, bot: "env:TWO" }')]), [
			[/^Workspaces$/, /T01 stands in msp\.yaml, and SLACK_BOT_TOKEN is for it too/, /Take it out of msp\.yaml/],
		]);
	});

	test("asks who has the vault about a token that lies there, and says how one is put there", async () => {
		const kept = [listed('{ team: T02, bot: "secret:northwind/slack" }')];
		names(await shop.doctor(socket, kept), [[/Bot token/, /Nothing was started/, /npm start/]]);
		shop.makeData();
		names(await shop.doctor(socket, kept), [
			[/Bot token/, /^secret:northwind\/slack is not there$/, /`sopwith secret set northwind\/slack < FILE`/],
		]);
		const { code, said } = await shop.run(["secret", "set", "northwind/slack"], socket, SECOND);
		assert.equal(code, 0, said);
		const examined = await shop.doctor(socket, kept);
		names(examined, []);
		const second = examined.findings.find(({ about, what }) => about === "Slack, Contoso Ltd" && what === "Bot token");
		assert.equal(second?.words, "speaks as sopwith in Contoso Ltd (T02)");
	});

	test("asks Slack no more than it should of a large roster, and says whom it left out", async () => {
		const many = Array.from({ length: 60 }, (_, at) => `U${100 + at}`);
		for (const id of many) slack.at.state.users[id] = { ...slack.at.state.users.U01, id };
		const lines = many.map(
			(id) => `  - { id: ${id.toLowerCase()}, name: P ${id}, email: ${id}@contoso.example, slack: "${TEAM}/${id}" }`,
		);
		const examined = await shop.doctor(socket, [[CONTOSO, "people:\n", `people:\n${lines.join("\n")}\n`]]);
		names(examined, []);
		const { words } = examined.findings.find(({ what }) => what === "People") ?? assert.fail();
		assert.equal(
			words,
			"40 of 63 that the definitions name are as they should be; the other 23 were not looked at: Slack takes only so many questions a minute",
		);
		assert.equal(slack.at.calls.filter((method) => method === "users.info").length, 40);
	});
});

describe("doctor, against a real local Slack", { skip: needs("local Slack") }, () => {
	let shop: ReturnType<typeof openShop>;
	let slack: Slack;
	before(async () => {
		slack = await startSlack();
		shop = openShop();
		shop.edit([CONTOSO, "title: HR,", `title: HR, slack: "${LOCAL_TEAM}/${PEOPLE.harriet.id}",`]);
		shop.edit([
			CONTOSO,
			"roles:\n",
			`channels: { operations: { slack: "${LOCAL_TEAM}/${CHANNELS.operations}" } }\nroles:\n`,
		]);
	});
	after(async () => {
		shop.close();
		await slack.stop();
	});

	test("is content, and sees a deactivated account and a channel that is not there", async () => {
		const env = { SLACK_BOT_TOKEN: APP.bot, SLACK_APP_TOKEN: APP.token, SLACK_API_URL: slack.api };
		const { code, findings } = await shop.doctor(env);
		names({ code, findings }, []);
		assert(findings.some(({ words }) => words === "Socket Mode: Slack offers a connection"));
		const edits: readonly Edit[] = [
			[CONTOSO, PEOPLE.harriet.id, PEOPLE.gone.id],
			[CONTOSO, CHANNELS.operations, "C99NOWHERE"],
			[CONTOSO, "channels: {", `channels: { approvals: { slack: "${LOCAL_TEAM}/C98NOWHERE" },`],
		];
		names(await shop.doctor(env, edits), [
			[/Harriet Reyes/, /deactivated/, /client\.yaml/],
			[/approvals \(C98NOWHERE\)/, /no such channel/, /invite/],
			[/operations \(C99NOWHERE\)/, /no such channel/, /invite/],
		]);
		assert.equal(slack.line.sockets(), 0, "it took no connection");
	});
});
