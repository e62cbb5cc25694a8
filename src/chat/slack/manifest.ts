/**
 * The manifest that an admin makes the Slack app from: what can be typed, what it asks for, how it is reached. Pure. Must
 * never ask for a scope that nothing here needs, nor hold a token.
 */
import type { webApi } from "@slack/bolt";
import type { Definitions } from "../../sop/definitions.ts";
import { OWN_COMMANDS } from "../bot.ts";
import { cut, typedWords } from "../menu.ts";
import { COMMAND, EVENTS, ROUTE, SCOPES, SHORTCUTS } from "./asks.ts";

/** As Slack's own library has it. */
type Manifest = webApi.AppsManifestCreateArguments["manifest"];
type Asked = NonNullable<NonNullable<Manifest["features"]>["slash_commands"]>[number];

export type ManifestParts = {
	readonly definitions: Pick<Definitions, "msp" | "clients">;
	/** Only what this client's people can type. Absent: everybody's. */
	readonly client?: string;
	/** Where Slack calls over HTTP: `https://sopwith.example.com`. Absent: Socket Mode, which needs no address. */
	readonly url?: string;
};

type MadeManifest = {
	readonly manifest: Manifest;
	/** The slash commands, without their slash, first to last. */
	readonly listed: readonly string[];
	/** Commands of procedures that cannot be slash commands. They are typed after `/sopwith` all the same. */
	readonly leftOut: readonly string[];
};

/** Source: https://github.com/slackapi/manifest-schema, schemas/manifest.schema.2.0.0.json */
const MOST = { commands: 50, command: 32, about: 2000, hint: 1000, brief: 140, full: 4000 } as const;
/**
 * Slack's own words, which no app can have: a manifest with one of them is refused whole.
 * Source: https://slack.com/help/articles/201259356-Slash-commands-in-Slack
 */
const TAKEN: ReadonlySet<string> = new Set(
	[
		"active add apps archive away call canvas collapse deprioritize dm dnd expand feed feedback giphy help huddle invite",
		"invite_people join keys kick leave list me msg mute open part people poll prefs pro remind remove rename search",
		"section share shortcuts shrug star starred status topic unarchive unmute who workflow",
	].flatMap((line) => line.split(" ")),
);
const INTRODUCTION =
	"You see every change and its cost before anything happens, the right people approve, and each step is read back " +
	"and shown as true. Sopwith answers when it is written to or mentioned, and reads nothing else.";

/** Makes the manifest. Two calls with the same parts give the same. */
export function slackManifest({ definitions, client, url }: ManifestParts): MadeManifest {
	const address = url === undefined ? undefined : `${url}${ROUTE}`;
	const { menu, leftOut } = menuOf(definitions, client);
	const at = address === undefined ? {} : { url: address };
	const called = address === undefined ? {} : { request_url: address };
	const asked = address === undefined ? {} : { request_url: address, message_menu_options_url: address };
	const msp = definitions.msp.name;
	const manifest: Manifest = {
		_metadata: { major_version: 2, minor_version: 1 },
		display_information: {
			name: "Sopwith",
			description: cut(`Starts, approves and follows the procedures of ${msp}.`, MOST.brief),
			long_description: cut(`Type what is to be done, such as ${menu[0]?.command}. ${INTRODUCTION}`, MOST.full),
			background_color: "#2B49CC",
		},
		features: {
			app_home: { home_tab_enabled: true, messages_tab_enabled: true, messages_tab_read_only_enabled: false },
			bot_user: { display_name: "Sopwith", always_online: true },
			shortcuts: Object.values(SHORTCUTS).map(({ id, type, name, about }) => ({
				name,
				type,
				callback_id: id,
				description: about,
			})),
			// People, groups, channels and links come by their ids, as in messages: a handle alone names nobody.
			slash_commands: menu.map((command) => ({ ...command, ...at, should_escape: true })),
		},
		oauth_config: { scopes: { bot: keysOf(SCOPES) } },
		settings: {
			event_subscriptions: { ...called, bot_events: keysOf(EVENTS) },
			interactivity: { is_enabled: true, ...asked },
			org_deploy_enabled: false,
			socket_mode_enabled: url === undefined,
			token_rotation_enabled: false,
		},
	};
	return { manifest, listed: menu.map(({ command }) => command.slice(1)), leftOut };
}

/** The manifest as Slack's form for it takes it. */
export function manifestText(manifest: Manifest): string {
	return `${JSON.stringify(manifest, null, "\t")}\n`;
}

/** The procedures, then the one that takes every word, then ours as far as there is room. */
function menuOf(definitions: Pick<Definitions, "clients">, only: string | undefined) {
	const typed = typedWords(definitions, only);
	const possible = typed.filter(({ word }) => canBeSlash(word));
	const procedures = possible.slice(0, MOST.commands - 1);
	const listed = new Set(procedures.map(({ word }) => word));
	const own = OWN_COMMANDS.filter(({ word }) => canBeSlash(word)).map(({ word, usage, about }) =>
		entry(word, about, usage.slice(word.length).trim()),
	);
	const all = entry(COMMAND.slice(1), "Do anything Sopwith can do; help lists it.", "help");
	const menu = [...procedures.map(({ word, title }) => entry(word, title, "[name=value …]")), all, ...own];
	return {
		menu: menu.slice(0, MOST.commands),
		leftOut: typed.map(({ word }) => word).filter((word) => !listed.has(word)),
	};
}

function canBeSlash(word: string): boolean {
	return word.length < MOST.command && !TAKEN.has(word) && `/${word}` !== COMMAND;
}

function entry(word: string, about: string, hint: string): Asked {
	const usage = hint === "" ? {} : { usage_hint: cut(hint, MOST.hint) };
	return { command: `/${word}`, description: cut(about, MOST.about), ...usage };
}

function keysOf<Key extends string>(table: { readonly [key in Key]: unknown }): Key[] {
	return Object.keys(table) as Key[];
}
