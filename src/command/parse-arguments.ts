/**
 * Takes a command line apart. Pure. A word that is nearly right gets the right one named; nothing is guessed.
 */
import { parseArgs } from "node:util";
import { nearest } from "../base/nearest.ts";
import { type Command, type Option, UsageError } from "./command.ts";

const COMMON: readonly Option[] = [
	{ name: "json", about: "print data as JSON" },
	{ name: "help", about: "say how this command is used" },
];

type Arguments = {
	readonly words: readonly string[];
	readonly options: { readonly [name: string]: string };
	readonly flags: ReadonlySet<string>;
};

/** Takes the words after a command's name apart. Errors: `UsageError` for an option or a count that does not fit. */
export function parseArguments(command: Command, args: readonly string[]): Arguments {
	const known = [...command.options, ...COMMON];
	const options = Object.fromEntries(
		known.map(({ name, value }) => {
			const short = name === "help" ? { short: "h" } : {};
			return [name, { type: value === undefined ? "boolean" : "string", ...short } as const];
		}),
	);
	const { tokens } = parseArgs({ args: [...args], options, strict: false, allowPositionals: true, tokens: true });
	const found: { words: string[]; options: { [name: string]: string }; flags: Set<string> } = {
		words: [],
		options: {},
		flags: new Set(),
	};
	for (const token of tokens) {
		if (token.kind === "positional") found.words.push(token.value);
		if (token.kind !== "option") continue;
		const option = known.find(({ name }) => name === token.name);
		if (option === undefined) throw unknownOption(command, token.rawName, known);
		if (option.value === undefined) found.flags.add(option.name);
		else if (token.value === undefined) throw new UsageError(`--${option.name} needs ${option.value}.`);
		else found.options[option.name] = token.value;
	}
	if (!found.flags.has("help")) checkCount(command, found.words);
	return found;
}

/** Says how one command is used. */
export function helpOf(command: Command): string {
	const rows = [...command.options, ...COMMON].map(({ name, value, about }) => {
		const left = `${name === "help" ? "-h, " : ""}--${name}${value === undefined ? "" : ` ${value}`}`;
		return `  ${left.padEnd(22)} ${about}\n`;
	});
	const usage = command.usage === "" ? "" : ` ${command.usage}`;
	return `${command.about}\n\nsopwith ${command.name}${usage} [options]\n\n${rows.join("")}`;
}

/** Lists all commands. */
export function helpOfAll(commands: readonly Command[]): string {
	const rows = commands.map(({ name, about }) => `  ${name.padEnd(10)} ${about}\n`);
	const exits = "Exit codes: 0 done, 1 failed, 2 wrong use or broken definitions, 3 the data folder is held.\n";
	return `Sopwith runs standard operating procedures.\n\nsopwith COMMAND [options]\n\n${rows.join("")}\n${exits}`;
}

/** Finds a command by its name. Errors: `UsageError` with the nearest name. */
export function commandNamed(commands: readonly Command[], name: string): Command {
	const found = commands.find((command) => command.name === name);
	if (found !== undefined) return found;
	const meant = nearest(
		name,
		commands.map((command) => command.name),
	);
	const hint = meant === undefined ? "`sopwith --help` lists the commands." : `Did you mean \`${meant}\`?`;
	throw new UsageError(`There is no command "${name}". ${hint}`);
}

function unknownOption(command: Command, raw: string, known: readonly Option[]): UsageError {
	const meant = nearest(
		raw.replace(/^-+/, ""),
		known.map(({ name }) => name),
	);
	const hint = meant === undefined ? `\`sopwith ${command.name} -h\` lists the options.` : `Did you mean --${meant}?`;
	return new UsageError(`\`sopwith ${command.name}\` has no option ${raw}. ${hint}`);
}

function checkCount(command: Command, words: readonly string[]): void {
	const [least, most] = command.words;
	if (words.length >= least && words.length <= most) return;
	const usage = `Used as: sopwith ${command.name} ${command.usage}`.trimEnd();
	throw new UsageError(words.length < least ? `Something is missing. ${usage}` : `Too many words. ${usage}`);
}
