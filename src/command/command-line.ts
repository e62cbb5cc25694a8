/**
 * The command line as one function: arguments in, exit code out. Every failure is a sentence; a stack is shown for our own
 * mistakes only.
 */
import { ConfigError, InputError } from "../base/errors.ts";
import { answer } from "./answer.ts";
import { audit } from "./audit.ts";
import { backup } from "./backup.ts";
import { check } from "./check.ts";
import { type Command, EXIT, type Parts, problemLines, type Terminal, UsageError } from "./command.ts";
import { doctor } from "./doctor.ts";
import { events } from "./events.ts";
import { faultOf, inWords } from "./fault.ts";
import { manifest } from "./manifest.ts";
import { commandNamed, helpOf, helpOfAll, parseArguments } from "./parse-arguments.ts";
import { plan } from "./plan.ts";
import { reload } from "./reload.ts";
import { run } from "./run.ts";
import { runs } from "./runs.ts";
import { schema } from "./schema.ts";
import { secret } from "./secret.ts";
import { start } from "./start.ts";
import { status } from "./status.ts";
import { steer } from "./steer.ts";
import { token } from "./token.ts";

const COMMANDS: readonly Command[] = [
	start,
	check,
	plan,
	schema,
	manifest,
	run,
	status,
	runs,
	events,
	answer,
	steer,
	reload,
	backup,
	token,
	secret,
	doctor,
	audit,
];

/** Runs one command line. Returns the exit code; throws only our own mistakes. */
export async function runCommandLine(args: readonly string[], terminal: Terminal, parts: Parts): Promise<number> {
	const [name, ...rest] = args;
	const json = args.includes("--json");
	try {
		if (name === undefined || name === "-h" || name === "--help" || name === "help") {
			const asked = rest.find((word) => !word.startsWith("-"));
			const help = asked === undefined ? helpOfAll(COMMANDS) : helpOf(commandNamed(COMMANDS, asked));
			if (name === undefined) terminal.talk(help);
			else terminal.out(help);
			return name === undefined ? EXIT.misused : EXIT.done;
		}
		const command = commandNamed(COMMANDS, name);
		const given = parseArguments(command, rest);
		if (given.flags.has("help")) {
			terminal.out(helpOf(command));
			return EXIT.done;
		}
		return await command.run({ ...given, json, terminal, parts });
	} catch (error) {
		return sayWhy(error, json, terminal);
	}
}

function sayWhy(found: unknown, json: boolean, terminal: Terminal): number {
	if (found instanceof UsageError) {
		terminal.talk(`${found.message}\n`);
		return EXIT.misused;
	}
	const error = inWords(found);
	if (error === undefined) throw found;
	if (json) terminal.out(`${JSON.stringify(faultOf(error))}\n`);
	if (error instanceof InputError || error instanceof ConfigError) {
		terminal.talk(problemLines(error.problems));
		if (error.code === "held") return EXIT.held;
		return error.code.startsWith("database-") ? EXIT.failed : EXIT.misused;
	}
	terminal.talk(`${error.message}${error.advice === undefined ? "" : ` ${error.advice}`} (${error.code})\n`);
	return EXIT.failed;
}
