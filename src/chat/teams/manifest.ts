/**
 * The app package of Teams as a manifest: who it is, what can be typed, what it asks for. Pure. Must never ask for a
 * permission that nothing here needs, nor name what nobody can type.
 */
import type { Values } from "../../base/json.ts";
import type { Definitions } from "../../sop/definitions.ts";
import { OWN_COMMANDS } from "../bot.ts";
import { cut, typedWords } from "../menu.ts";

export type ManifestParts = {
	/** The bot's application id, a GUID. It is also the id of the app in Teams. */
	readonly app: string;
	/** What links start with: `https://sopwith.example.com`. */
	readonly url: string;
	/** Semantic version; Teams takes a package as an update only when it rises. */
	readonly version: string;
	readonly definitions: Pick<Definitions, "msp" | "clients">;
	/** Only what this client's people can type. Absent: everybody's. */
	readonly client?: string;
	/** Pages of the MSP's own that the app's card in Teams links to. Absent: `url`. */
	readonly links?: { readonly website?: string; readonly privacy?: string; readonly terms?: string };
};

type MadeManifest = {
	readonly manifest: Values;
	/** The commands in Teams' menu, first to last. */
	readonly listed: readonly string[];
	/** Commands of procedures that the menu has no room for. They are typed all the same. */
	readonly leftOut: readonly string[];
};

/** The first one that knows slash commands. */
const SCHEMA = "1.29";
/** Limits of that schema. Source: https://learn.microsoft.com/microsoft-365/extensibility/schema/root */
const MOST = { commands: 12, title: 128, developer: 32, full: 100, brief: 80, about: 4000, line: 128 } as const;
/** Commands of ours that stand in the menu however many procedures there are. */
const ALWAYS: readonly string[] = ["sops", "runs", "approvals", "help"];
const INTRODUCTION =
	"You see every change and its cost before anything happens, the right people approve, and each step is read back " +
	"and shown as true.";

/** Makes the manifest. Two calls with the same parts give the same. */
export function teamsManifest(parts: ManifestParts): MadeManifest {
	const { app, url, version, definitions, links = {} } = parts;
	const { menu, leftOut } = menuOf(definitions, parts.client);
	const msp = definitions.msp.name;
	const manifest = {
		$schema: `https://developer.microsoft.com/en-us/json-schemas/teams/v${SCHEMA}/MicrosoftTeams.schema.json`,
		manifestVersion: SCHEMA,
		version,
		id: app,
		developer: {
			name: cut(msp, MOST.developer),
			websiteUrl: links.website ?? url,
			privacyUrl: links.privacy ?? url,
			termsOfUseUrl: links.terms ?? url,
		},
		name: { short: "Sopwith", full: cut(`Sopwith, the procedures of ${msp}`, MOST.full) },
		description: {
			short: cut(`Starts, approves and follows the procedures of ${msp}.`, MOST.brief),
			full: cut(`Type what is to be done, such as ${menu[0]?.title}. ${INTRODUCTION}`, MOST.about),
		},
		icons: { color: "color.png", outline: "outline.png" },
		accentColor: "#2B49CC",
		bots: [
			{
				botId: app,
				scopes: ["personal", "team", "groupChat"],
				isNotificationOnly: false,
				supportsFiles: false,
				supportsTargetedMessages: true,
				commandLists: listsOf(menu),
			},
		],
		composeExtensions: [extension(app)],
		validDomains: [new URL(url).hostname],
		defaultInstallScope: "personal",
		defaultGroupCapability: { team: "bot", groupchat: "bot" },
	};
	return { manifest, listed: menu.map(({ title }) => title), leftOut };
}

type Entry = { readonly title: string; readonly description: string };

/** Procedures first. Then ours, as far as there is room. */
function menuOf(definitions: Pick<Definitions, "clients">, only: string | undefined) {
	const ranked = typedWords(definitions, only);
	const room = MOST.commands - ALWAYS.length;
	const procedures = ranked.slice(0, room).map(({ word, title }) => entry(word, title));
	const [always, others] = [true, false].map((is) => OWN_COMMANDS.filter(({ word }) => ALWAYS.includes(word) === is));
	const more = (others ?? []).slice(0, room - procedures.length);
	const own = [...(always ?? []), ...more].map(({ word, usage, about }) =>
		entry(word, usage === word ? about : `${usage}: ${about}`),
	);
	return { menu: [...procedures, ...own], leftOut: ranked.slice(room).map(({ word }) => word) };
}

function entry(title: string, description: string): Entry {
	return { title: cut(title, MOST.title), description: cut(description, MOST.line) };
}

/** A list for each scope. In a chat of one's own everything is private already, so a slash adds nothing there. */
function listsOf(commands: readonly Entry[]): Values["list"] {
	return [
		{ scopes: ["personal"], triggers: ["mention"], commands },
		{ scopes: ["team"], triggers: ["mention", "slash"], commands },
		{ scopes: ["groupChat"], triggers: ["mention", "slash"], commands },
	];
}

/** "Start a procedure" beside somebody's message. */
function extension(botId: string): Values {
	const title = "Start a procedure";
	const description = "Start an SOP from this message, with its words filled in";
	const command = { id: "start", type: "action", context: ["message"], title, description, fetchTask: true };
	return { botId, commands: [command] };
}
