/**
 * The app package of Teams as a manifest: who it is, what can be typed, what it asks for. Pure. Must never ask for a
 * permission that nothing here needs, nor name what nobody can type.
 */
import type { Values } from "../../base/json.ts";
import type { Client, Definitions } from "../../sop/definitions.ts";
import type { Sop } from "../../sop/sop.ts";
import { OWN_COMMANDS } from "../bot.ts";

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

export type MadeManifest = {
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

/** A text of at most so many characters, cut between words where there is a word to spare. */
export function cut(text: string, most: number): string {
	if (text.length <= most) return text;
	const room = [...new Intl.Segmenter("en", { granularity: "grapheme" }).segment(text)]
		.filter(({ index, segment }) => index + segment.length <= most - 1)
		.map(({ segment }) => segment)
		.join("");
	const word = room.replace(/\s+\S*$/u, "");
	return `${(word.length * 2 > most ? word : room).trimEnd()}…`;
}

type Entry = { readonly title: string; readonly description: string };

/** Procedures first: those for emergencies, then those that most clients have. Then ours, as far as there is room. */
function menuOf({ clients }: Pick<Definitions, "clients">, only: string | undefined) {
	const meant = Object.values(clients).filter(({ id }) => only === undefined || id === only);
	const typed = typedIn(meant);
	const ranked = [...typed].sort(
		([one, a], [other, b]) => rankOf(a) - rankOf(b) || b.length - a.length || (one < other ? -1 : 1),
	);
	const room = MOST.commands - ALWAYS.length;
	const procedures = ranked.slice(0, room).map(([word, [first]]) => entry(word, first?.title ?? word));
	const [always, others] = [true, false].map((is) => OWN_COMMANDS.filter(({ word }) => ALWAYS.includes(word) === is));
	const more = (others ?? []).slice(0, room - procedures.length);
	const own = [...(always ?? []), ...more].map(({ word, usage, about }) =>
		entry(word, usage === word ? about : `${usage}: ${about}`),
	);
	return { menu: [...procedures, ...own], leftOut: ranked.slice(room).map(([word]) => word) };
}

function entry(title: string, description: string): Entry {
	return { title: cut(title, MOST.title), description: cut(description, MOST.line) };
}

/** Each word that starts a procedure, with the clients' editions of it. */
function typedIn(clients: readonly Client[]): ReadonlyMap<string, readonly Sop[]> {
	const typed = new Map<string, readonly Sop[]>();
	for (const sop of clients.flatMap(({ sops }) => Object.values(sops))) {
		for (const start of sop.starts) {
			if (start.kind === "command") typed.set(start.command, [...(typed.get(start.command) ?? []), sop]);
		}
	}
	return typed;
}

function rankOf(sops: readonly Sop[]): number {
	if (sops.some(({ urgency }) => urgency === "emergency")) return 0;
	return sops.some(({ urgency }) => urgency === "urgent") ? 1 : 2;
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
