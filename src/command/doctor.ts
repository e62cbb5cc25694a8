/**
 * `sopwith doctor`: looks at the machine and the installation, or with `--client` at every connection of one client, and
 * says what is not well. Must never mend anything itself.
 */
import { existsSync, statfsSync, statSync } from "node:fs";
import { ConfigError, InputError, type SopwithError } from "../base/errors.ts";
import type { Finding } from "../base/finding.ts";
import { isRecord, type Json } from "../base/json.ts";
import { type Config, readConfig, readFolders } from "../config.ts";
import type { Definitions } from "../sop/definitions.ts";
import type { ExaminedWorkspace } from "./app-port.ts";
import { type Call, type Command, EXIT, outJson } from "./command.ts";
import { diskFiles } from "./disk-files.ts";
import { findingsText } from "./doctor-print.ts";
import { throughDoor } from "./door.ts";
import { inWords } from "./fault.ts";
import { textOf } from "./rows.ts";
import { wayOn } from "./status.ts";

const FREE_BYTES_MIN = 256 * 1_048_576;
const NODE_MIN = 26;

export const doctor: Command = {
	name: "doctor",
	about: "Look for what is not well",
	usage: "[--client ID]",
	options: [{ name: "client", value: "ID", about: "Prove every connection of this client" }],
	words: [0, 0],
	async run(call) {
		const { client } = call.options;
		const findings = client === undefined ? await installation(call) : await connections(call, client);
		if (call.json) outJson(call, { findings });
		else call.terminal.out(findingsText(findings));
		const bad = findings.filter(({ ok }) => !ok).length;
		call.terminal.talk(bad === 0 ? "All is well.\n" : `${bad} of ${findings.length} not well.\n`);
		return bad === 0 ? EXIT.done : EXIT.failed;
	},
};

async function installation(call: Call): Promise<readonly Finding[]> {
	const { config, finding } = configured(call);
	const { definitions: folder } = readFolders(call.terminal.env, call.terminal);
	const found = await call.parts.loadDefinitions(folder);
	const own = [runtime(), finding, ...dataFolder(call), ...definitions(found), ...(await database(call))];
	const chats = [...(await teamsFindings(call, config, found)), ...(await slackFindings(call, config, found))];
	return [...own, ...(await signInFindings(call, config)), ...chats];
}

/** Where the MSP's own people sign in, asked of the running bot, which has the secret. */
async function signInFindings(call: Call, config: Config | undefined): Promise<readonly Finding[]> {
	if (config?.signIn !== "oidc") return [];
	try {
		return await connections(call);
	} catch (error) {
		return [notAsked("Sign-in", error)];
	}
}

function teamsFindings(call: Call, config: Config | undefined, found: Definitions): Promise<readonly Finding[]> {
	if (config?.teams === undefined) return Promise.resolve([]);
	const { publicUrl } = config;
	const around = { definitions: found, ...(publicUrl === undefined ? {} : { publicUrl }) };
	return call.parts.examineTeams(config.teams, around);
}

async function slackFindings(call: Call, config: Config | undefined, found: Definitions): Promise<readonly Finding[]> {
	if (config?.slack === undefined) return [];
	const { publicUrl, definitions: folder } = config;
	const kept = async (team: string): Promise<ExaminedWorkspace> => {
		const examined: Json = await throughDoor(call, (door) => door("workspace", { team }));
		return examined as unknown as ExaminedWorkspace;
	};
	const address = publicUrl === undefined ? {} : { publicUrl };
	return call.parts.examineSlack(config.slack, {
		...{ definitions: found, folder, env: call.terminal.env, kept },
		...address,
	});
}

/** Asked of the running bot, which has the secrets; of one opened here when none runs. Errors: those of the door. */
async function connections(call: Call, client?: string): Promise<readonly Finding[]> {
	const whose = client === undefined ? {} : { client };
	const found: Json = await throughDoor(call, (door) => door("examine", whose));
	return found as unknown as readonly Finding[];
}

function runtime(): Finding {
	const major = Number(process.versions.node.split(".")[0]);
	return { what: "Node", ok: major >= NODE_MIN, words: `${process.versions.node}, ${NODE_MIN} or later is needed` };
}

function configured(call: Call): { readonly config?: Config; readonly finding: Finding } {
	const { env, cwd, home } = call.terminal;
	const what = "Environment";
	try {
		const config = readConfig(env, diskFiles({ cwd, home, makesKey: false }));
		return { config, finding: { what, ok: true, words: "every variable is as expected" } };
	} catch (found) {
		const error = inWords(found);
		if (error === undefined) throw found;
		return { finding: { what, ok: false, ...saying(error) } };
	}
}

function dataFolder(call: Call): readonly Finding[] {
	const { data } = readFolders(call.terminal.env, call.terminal);
	const what = "Data folder";
	if (!existsSync(data)) return [{ what, ok: true, words: `${data} is made at the first start` }];
	const mode = statSync(data).mode & 0o777;
	const { bavail, bsize } = statfsSync(data);
	const free = Math.floor((bavail * bsize) / 1_048_576);
	return [
		{ what, ok: (mode & 0o077) === 0, words: `mode 0${mode.toString(8)}, 0700 is expected` },
		{ what: "Disk", ok: bavail * bsize >= FREE_BYTES_MIN, words: `${free} MB free where the data folder lies` },
	];
}

function definitions({ problems, clients }: Definitions): readonly Finding[] {
	const words = problems.length === 0 ? "no problems" : `${problems.length} problems; \`sopwith check\` lists them`;
	const connected = Object.values(clients).flatMap(({ id, name, connectors }) => {
		const real = Object.values(connectors).filter((one) => typeof one === "object" && !UNREAL.has(one.use ?? ""));
		const many = real.length === 1 ? "1 real connector" : `${real.length} real connectors`;
		const proved = `${many}; \`sopwith doctor --client ${id}\` proves ${real.length === 1 ? "it" : "them"}`;
		return real.length === 0 ? [] : [{ what: name, ok: true, words: proved }];
	});
	return [{ what: "Definitions", ok: problems.length === 0, words }, ...connected];
}

/** Connectors that reach nothing outside. */
const UNREAL: ReadonlySet<string> = new Set(["sandbox", "never"]);

/** Whether it works, and whether each chain in it is whole. */
async function database(call: Call): Promise<readonly Finding[]> {
	const what = "Journals and audit";
	try {
		return await throughDoor(call, async (door) => {
			const chains = verified(what, await door("audit", {}));
			const found = await door("status", {});
			const words = textOf(found, "unwell");
			return words === "" ? [chains] : [chains, { what: "Database", ok: false, words, remedy: wayOn(found) }];
		});
	} catch (error) {
		return [notAsked(what, error)];
	}
}

function verified(what: string, found: Json): Finding {
	const ok = isRecord(found) && found.ok === true;
	const words = `events: ${textOf(found, "events")}, runs: ${textOf(found, "runs")}`;
	return {
		what,
		ok,
		words: ok ? `${words}, as they were written` : `${words}; \`sopwith audit verify\` names the rows`,
	};
}

/** Before the first start there is nothing to ask, which is well. Errors: throws what is a mistake of ours. */
function notAsked(what: string, found: unknown): Finding {
	const error = inWords(found);
	if (error === undefined) throw found;
	return { what, ok: error.code === "never-started", ...saying(error) };
}

/** What an error says, and what mends it. */
function saying(error: SopwithError): Pick<Finding, "words" | "remedy"> {
	const problems = error instanceof ConfigError || error instanceof InputError ? error.problems : [];
	const remedies = [...problems.map(({ remedy }) => remedy), error.advice].filter((one) => one !== undefined);
	const words = error.message.replaceAll("\n", "; ");
	return remedies.length === 0 ? { words } : { words, remedy: remedies.join("; ") };
}
