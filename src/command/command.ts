/**
 * What a command is, and what it may reach. Commands print data with `out` and talk to the person with `talk`. Must never
 * touch the process itself: `main.ts` does.
 */
import type { Environment } from "../base/environment.ts";
import type { Problem } from "../base/errors.ts";
import type { Finding } from "../base/finding.ts";
import type { Json } from "../base/json.ts";
import type { Clock } from "../base/time.ts";
import type { Config } from "../config.ts";
import type { Definitions } from "../sop/definitions.ts";
import type { ExaminedWorkspace, OpenApp } from "./app-port.ts";

/** Done; failed; wrong use or broken definitions; the data folder is held by another process. */
export const EXIT = { done: 0, failed: 1, misused: 2, held: 3 } as const;

export type Option = {
	readonly name: string;
	/** What stands for its value in the help; absent: it takes none. */
	readonly value?: string;
	readonly about: string;
};

export type Command = {
	readonly name: string;
	/** One line for the list of commands. */
	readonly about: string;
	/** What follows the name: `RUN VERB`. */
	readonly usage: string;
	readonly options: readonly Option[];
	/** How many words it takes: at least, at most. */
	readonly words: readonly [number, number];
	/** Returns the exit code. Errors: anything; the caller prints it. */
	run(call: Call): Promise<number>;
};

export type Call = {
	readonly words: readonly string[];
	readonly options: { readonly [name: string]: string };
	readonly flags: ReadonlySet<string>;
	readonly json: boolean;
	readonly terminal: Terminal;
	readonly parts: Parts;
};

export interface Terminal {
	/** Data, on standard output. */
	out(text: string): void;
	/** Words for the person, on standard error. */
	talk(text: string): void;
	/** All of standard input. */
	input(): Promise<string>;
	readonly inputIsTerminal: boolean;
	/** What `talk` writes to is a terminal. */
	readonly isTerminal: boolean;
	readonly colour: boolean;
	readonly env: Environment;
	readonly cwd: string;
	readonly home: string;
	readonly clock: Clock;
	/** Resolves at the first SIGTERM or SIGINT; a second one ends the process at once. */
	readonly stopped: () => Promise<string>;
}

/** The parts commands are made of, named by `main.ts`. */
export type Parts = {
	readonly openApp: OpenApp;
	/** Compiles a definitions folder without opening anything else. */
	readonly loadDefinitions: (folder: string) => Promise<Definitions>;
	/** Proves what Teams needs of the world around, and whom it knows. Sends no message. */
	readonly examineTeams: (
		config: NonNullable<Config["teams"]>,
		around: { readonly publicUrl?: string; readonly definitions: Definitions },
	) => Promise<readonly Finding[]>;
	/**
	 * Proves what Slack needs of the world around, and whom it knows. Sends no message. `kept`: asks whoever has the vault
	 * about a workspace whose token lies there.
	 */
	readonly examineSlack: (
		config: NonNullable<Config["slack"]>,
		around: {
			readonly publicUrl?: string;
			readonly definitions: Definitions;
			readonly folder: string;
			readonly env: Environment;
			readonly kept: (team: string) => Promise<ExaminedWorkspace>;
		},
	) => Promise<readonly Finding[]>;
	/** Tries every card template. */
	readonly checkCards: () => Promise<readonly Problem[]>;
	/** Tries every form of the procedures as a modal of Slack. */
	readonly checkForms: (clients: Definitions["clients"]) => Promise<readonly Problem[]>;
	/** Puts a backup in place of what a data folder holds. Returns where the old files are, if there were any. */
	readonly restore: (file: string, folder: string) => Promise<string | undefined>;
	/** The JSON Schemas for editors, by file kind. */
	readonly schemas: () => Promise<{ readonly [kind: string]: Json }>;
	/** The app package of Teams, with its icons. */
	readonly teamsPackage: (about: TeamsApp) => Promise<TeamsPackage>;
	/** The manifest of the Slack app. */
	readonly slackManifest: (about: SlackApp) => Promise<SlackManifest>;
};

/** What the app package of Teams says of itself (see `teamsManifest`). */
export type TeamsApp = {
	readonly app: string;
	readonly url: string;
	readonly definitions: Definitions;
	readonly client?: string;
	/** Absent: our own. */
	readonly version?: string;
	readonly links: { readonly website?: string; readonly privacy?: string; readonly terms?: string };
};

/** `leftOut`: commands of procedures that the menu has no room for. */
export type TeamsPackage = {
	readonly text: string;
	readonly zip: Uint8Array;
	readonly version: string;
	readonly listed: readonly string[];
	readonly leftOut: readonly string[];
};

/** What the Slack app is made for (see `slackManifest`). Without `url`: Socket Mode. */
export type SlackApp = { readonly definitions: Definitions; readonly client?: string; readonly url?: string };

/** `leftOut`: commands of procedures that cannot be slash commands. */
export type SlackManifest = Pick<TeamsPackage, "text" | "listed" | "leftOut">;

/** The command was used wrongly: say how, and exit 2. */
export class UsageError extends Error {}

/** Writes problems one to a line, as editors and people read them: `file:line:column message. remedy (code)`. */
export function problemLines(problems: readonly Problem[]): string {
	return problems.map((problem) => `${problemLine(problem)}\n`).join("");
}

function problemLine(problem: Problem): string {
	const { file, line, column, path, message, remedy, code } = problem;
	const place = file === undefined ? path : [file, line, column].filter((part) => part !== undefined).join(":");
	return `${place}: ${message}${remedy === undefined ? "" : ` → ${remedy}`} (${code})`;
}

/** Prints data as JSON on one line. */
export function outJson(call: Call, value: unknown): void {
	call.terminal.out(`${JSON.stringify(value)}\n`);
}
