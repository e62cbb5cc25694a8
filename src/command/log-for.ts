/**
 * The log of a command, on standard error: text on a terminal, JSON elsewhere.
 */
import { type Log, openLog } from "../base/log.ts";
import type { Redactor } from "../base/redact.ts";
import type { Terminal } from "./command.ts";

/** Opens the log of a command. `redactor`: what knows the secrets seen so far. */
export function logFor(terminal: Terminal, level: string, redactor: Redactor): Log {
	const { colour, clock, isTerminal } = terminal;
	return openLog({ level, pretty: isTerminal, colour, clock, redactor, write: (line) => terminal.talk(line) });
}
