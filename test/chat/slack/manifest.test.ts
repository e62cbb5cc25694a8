/** The manifest of the Slack app: within Slack's limits, true to the definitions, and the same whenever it is made. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Values } from "../../../src/base/json.ts";
import { OWN_COMMANDS } from "../../../src/chat/bot.ts";
import { EVENTS } from "../../../src/chat/slack/asks.ts";
import { type ManifestParts, manifestText, slackManifest } from "../../../src/chat/slack/manifest.ts";
import { read } from "../../../src/chat/slack/read.ts";
import type { Workspace } from "../../../src/chat/slack/workspaces.ts";
import type { Definitions } from "../../../src/sop/definitions.ts";
import type { Sop } from "../../../src/sop/sop.ts";
import { definitions } from "../world.ts";
import { manifestProblems } from "./manifest-rules.ts";

const FOREIGN_NAME = `${"Ünïcode 👩🏽‍💻 & Söhne ".repeat(200)}GmbH`;
const URL = "https://sopwith.example.com";

function made(more: Partial<ManifestParts> = {}) {
	return slackManifest({ definitions, ...more });
}

/** Contoso with a procedure for each word; the last one is for emergencies. */
function withWords(words: readonly string[], msp = definitions.msp): Definitions {
	const { contoso } = definitions.clients;
	assert(contoso?.sops.newhire !== undefined);
	const like = contoso.sops.newhire;
	const sops = words.map((id, at): [string, Sop] => {
		const urgency = at === words.length - 1 ? "emergency" : "routine";
		return [id, { ...like, id, title: FOREIGN_NAME, urgency, starts: [{ kind: "command", command: id, by: ["hr"] }] }];
	});
	return { ...definitions, msp, clients: { contoso: { ...contoso, sops: Object.fromEntries(sops) } } };
}
const many = Array.from({ length: 60 }, (_, at) => `sop${String(at + 1).padStart(2, "0")}`);

describe("the manifest of Slack", () => {
	test("is within what Slack takes, by Socket Mode and over HTTP", () => {
		assert.deepEqual(manifestProblems(made().manifest), []);
		assert.deepEqual(manifestProblems(made({ url: URL }).manifest), []);
	});

	test("is the same, byte for byte, however often it is made", () => {
		assert.equal(manifestText(made().manifest), manifestText(made().manifest));
		assert.equal(JSON.parse(manifestText(made({ url: URL }).manifest)).settings.socket_mode_enabled, false);
	});

	test("names an address for everything over HTTP, and none in Socket Mode", () => {
		const socket = manifestText(made().manifest);
		assert(!socket.includes("http"), socket);
		assert.equal(made().manifest.settings?.socket_mode_enabled, true);
		const { settings, features } = made({ url: URL }).manifest;
		const called = `${URL}/slack/events`;
		assert.equal(settings?.event_subscriptions?.request_url, called);
		assert.equal(settings?.interactivity?.request_url, called);
		assert.equal(settings?.interactivity?.message_menu_options_url, called);
		assert.deepEqual([...new Set(features?.slash_commands?.map(({ url }) => url))], [called]);
	});

	test("lists each procedure with its title, then /sopwith, then what everybody can type", () => {
		const { manifest, listed } = made();
		assert.deepEqual(listed.slice(0, 4), ["lockdown", "newhire", "sopwith", "sops"]);
		assert.equal(manifest.features?.slash_commands?.[1]?.description, "New employee onboarding");
		const run = manifest.features?.slash_commands?.find(({ command }) => command === "/run");
		assert.deepEqual([run?.description, run?.usage_hint], ["How far a run is.", "ID"]);
		const own = OWN_COMMANDS.map(({ word }) => word).filter((word) => word !== "help");
		assert.deepEqual(listed.slice(3), own);
	});

	test("stays within every limit with 60 procedures and names of any length, emergencies first", () => {
		const found = made({ definitions: withWords(many, { ...definitions.msp, name: FOREIGN_NAME }), url: URL });
		assert.deepEqual(manifestProblems(found.manifest), []);
		assert.equal(found.listed.length, 50);
		assert.equal(found.listed[0], "sop60");
		assert.equal(found.listed[49], "sopwith");
		assert.deepEqual([...found.listed.slice(0, 49), ...found.leftOut].sort(), many);
	});

	test("leaves out words that are Slack's own or too long, which would have it refused whole, and says so", () => {
		const long = "a-command-of-thirty-two-letters-x";
		const found = made({ definitions: withWords(["status", "leave", long, "fine"]) });
		assert.deepEqual(manifestProblems(found.manifest), []);
		assert.equal(found.listed[0], "fine");
		assert.deepEqual([...found.leftOut].sort(), [long, "leave", "status"].sort());
	});

	test("shows one client's people only what they can type", () => {
		assert(made().listed.includes("newhire"));
		const only = { ...definitions.clients.contoso, id: "lonely", sops: withWords(["badge"]).clients.contoso?.sops };
		const both = {
			...definitions,
			clients: { ...definitions.clients, lonely: only as Definitions["clients"][string] },
		};
		assert.deepEqual(made({ definitions: both, client: "lonely" }).listed.slice(0, 2), ["badge", "sopwith"]);
	});

	test("offers a procedure from anywhere and from one message, told apart by name and id", () => {
		const found = made().manifest.features?.shortcuts?.map(
			({ type, name, callback_id: id }) => `${type}: ${name} (${id})`,
		);
		assert.deepEqual(found, ["global: Start a procedure (start)", "message: Start from this message (start-from)"]);
	});

	test("asks for nothing beyond its own conversations, mentions, and who people are", () => {
		const scopes = made().manifest.oauth_config?.scopes;
		assert.equal(scopes?.user, undefined);
		const wide = scopes?.bot?.filter((scope) => /history|write|join|manage|admin|files/.test(scope));
		assert.deepEqual(wide, ["chat:write", "im:write", "im:history"]);
	});
});

test("every event it subscribes to is one that means something to it", () => {
	const workspace = { team: "T01", botUser: "U00BOT" } as Workspace;
	const events: { readonly [event: string]: Values } = {
		app_mention: { type: "app_mention", user: "U01", text: "<@U00BOT> help" },
		"message.im": { type: "message", channel_type: "im", user: "U01", text: "help" },
		app_home_opened: { type: "app_home_opened", tab: "home", user: "U01" },
		member_joined_channel: { type: "member_joined_channel", user: "U00BOT", channel: "C01" },
	};
	for (const name of Object.keys(EVENTS)) {
		const body = { type: "event_callback", event: events[name] ?? { type: name } };
		const { asked } = read({ body, workspace }, (user) => user);
		assert.notEqual(asked.kind, "nothing", name);
	}
});

describe("the rules it is measured by", () => {
	const { manifest } = made({ url: URL });
	const features = manifest.features ?? {};
	const [first] = features.slash_commands ?? [];
	assert(first !== undefined);
	const withCommands = (slash_commands: readonly object[]) => ({
		...manifest,
		features: { ...features, slash_commands },
	});
	const table: readonly (readonly [string, unknown, RegExp])[] = [
		["51 commands", withCommands(Array.from({ length: 51 }, (_, at) => ({ ...first, command: `/c${at}` }))), /Too big/],
		["a command of 33 characters", withCommands([{ ...first, command: `/${"c".repeat(32)}` }]), /Too big/],
		["a command of Slack's own", withCommands([{ ...first, command: "/status" }]), /Slack's own/],
		["a command twice", withCommands([first, first]), /twice/],
		["a command without its address", withCommands([{ ...first, url: undefined }]), /needs its address/],
		["an address without TLS", withCommands([{ ...first, url: "http://s.example" }]), /Invalid/],
		["a word nobody knows", { ...manifest, surprise: 1 }, /surprise/],
		[
			"an event without its scope",
			{ ...manifest, oauth_config: { scopes: { bot: ["commands"] } } },
			/needs im:history/,
		],
	];
	for (const [name, broken, problem] of table) {
		test(`see ${name}`, () => assert.match(manifestProblems(broken).join("\n"), problem));
	}
});
