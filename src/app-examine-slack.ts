/**
 * Examines Slack for `sopwith doctor`: what is common, then each workspace with its own token. Must never open the vault
 * itself: whoever has it is asked about the workspaces whose tokens lie there.
 */
import { type Keeping, secretOf } from "./actions/settings.ts";
import type { House } from "./app-house.ts";
import { tokenIn } from "./app-slack-token.ts";
import { InputError, SopwithError } from "./base/errors.ts";
import { type Finding, unwell } from "./base/finding.ts";
import type { Secret } from "./base/secret.ts";
import type { Clock } from "./base/time.ts";
import { examineSlack } from "./chat/slack/examine.ts";
import { type Examined, examineWorkspace } from "./chat/slack/examine-workspace.ts";
import type { SlackConfig } from "./config-surfaces.ts";
import type { Definitions, SlackWorkspace } from "./sop/definitions.ts";

type SlackAround = {
	readonly publicUrl?: string;
	readonly definitions: Definitions;
	/** The folder of definitions, where `file:` begins. */
	readonly folder: string;
	readonly env: Keeping["env"];
	readonly clock: Clock;
	/** Asks who has the vault about a workspace whose token lies there. Errors: `SopwithError` when nobody can be asked. */
	readonly kept: (team: string) => Promise<Examined>;
};

/** Looks. Errors: none; what is not well is a finding. A second look is safe. */
export async function examineSlackOf(config: SlackConfig, around: SlackAround): Promise<readonly Finding[]> {
	const { definitions, clock, publicUrl } = around;
	const { msp } = definitions;
	const first = await examineWorkspace({
		...common(config, definitions),
		named: "SLACK_BOT_TOKEN",
		token: config.bot,
	});
	const others: Examined[] = [];
	for (const workspace of msp.workspaces ?? []) others.push(await examineOther(config, around, workspace));
	const teams = [first, ...others].flatMap(({ team }) => team ?? []);
	const { way, api: base } = config;
	const address = publicUrl === undefined ? {} : { publicUrl };
	const home = first.team === undefined ? {} : { home: first.team };
	const all = await examineSlack({ way, base, definitions, teams, clock, ...address, ...home });
	const twice = others.some(({ team }) => team !== undefined && team === first.team) ? [second(first.team ?? "")] : [];
	return [...all, ...twice, ...[first, ...others].flatMap(({ findings }) => findings)];
}

function second(team: string): Finding {
	const words = `${team} stands in msp.yaml, and SLACK_BOT_TOKEN is for it too`;
	const remedy = "Take it out of msp.yaml, or put the token of your own workspace into SLACK_BOT_TOKEN.";
	return { about: "Slack", ...unwell("Workspaces", words, remedy) };
}

/** A workspace of msp.yaml, by who has the vault. Errors: `InputError` `no-such-workspace`; `RemoteError` `no-such-secret`. */
export async function examineKept(
	config: SlackConfig | undefined,
	house: Pick<House, "definitions" | "secretOf">,
	team: string,
): Promise<Examined> {
	const definitions = house.definitions();
	const workspace = definitions.msp.workspaces?.find((one) => one.team === team);
	if (workspace !== undefined && config !== undefined) {
		return examineListed(config, { definitions, workspace, token: await tokenIn(house, workspace) });
	}
	const message = `${team} is in use by no Slack of the running bot.`;
	const remedy = "Write it into msp.yaml, `sopwith reload`, and start the bot with the variables of Slack.";
	throw new InputError([{ path: "team", code: "no-such-workspace", message, remedy }]);
}

type Listed = { readonly definitions: Definitions; readonly workspace: SlackWorkspace; readonly token: Secret };

function examineListed(config: SlackConfig, { definitions, workspace: { team }, token }: Listed): Promise<Examined> {
	return examineWorkspace({ ...common(config, definitions), named: `the token of ${team} in msp.yaml`, token, team });
}

async function examineOther(config: SlackConfig, around: SlackAround, workspace: SlackWorkspace): Promise<Examined> {
	const { team, bot } = workspace;
	const { env, definitions, folder } = around;
	try {
		if (bot.startsWith("secret:")) return await around.kept(team);
		const token = await secretOf({ env, vault: NO_VAULT }, { ...definitions.msp, folder }, bot);
		return await examineListed(config, { definitions, workspace, token });
	} catch (error) {
		if (!(error instanceof SopwithError)) throw error;
		const isMissing = error.code === "no-such-secret";
		const words = isMissing ? `${bot} is not there` : error.message.replaceAll("\n", "; ");
		const remedy = isMissing ? keepIt(bot) : (error.advice ?? "Start the bot with this msp.yaml, and run this again.");
		return { findings: [{ about: `Slack, ${team}`, ...unwell("Bot token", words, remedy) }] };
	}
}

function keepIt(bot: string): string {
	const [kind, name] = [bot.slice(0, bot.indexOf(":")), bot.slice(bot.indexOf(":") + 1)];
	if (kind === "secret") return `\`sopwith secret set ${name} < FILE\`, with the bot token of that workspace in FILE.`;
	return `Put the bot token of that workspace into the ${kind === "env" ? "variable" : "file"} ${name}.`;
}

/** A token in the vault never comes this way. */
const NO_VAULT: Keeping["vault"] = {
	reveal: async () => {
		throw new TypeError("the vault is not here");
	},
};

/** The app token says which app it is of: `xapp-1-A0123ABCD-…`. */
function common({ way, api: base }: SlackConfig, definitions: Definitions) {
	const app = way.kind === "socket" ? /^xapp-\d+-(A[A-Z0-9]+)-/.exec(way.token.open())?.[1] : undefined;
	return { base, definitions, ...(app === undefined ? {} : { app }) };
}
