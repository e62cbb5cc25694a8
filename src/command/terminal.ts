/**
 * The process as a terminal: streams, environment, signals. Must never end the process but at a second signal.
 */
import { homedir } from "node:os";
import { systemClock } from "../base/time.ts";
import { type Terminal, UsageError } from "./command.ts";

/** A terminal repeats Ctrl-C to every process it started: within this time two signals are one. */
const SAME_SIGNAL_MS = 500;
const INPUT_BYTES_MAX = 1_048_576;
/** What a shell reports for a process that was interrupted. */
const EXIT_INTERRUPTED = 130;

/** Opens the terminal of this process. */
export function openTerminal(): Terminal {
	const isTerminal = process.stderr.isTTY === true;
	let serves = false;
	/** Whoever reads may stop reading, as `head` does; that is no failure, and no reason for a bot to stop. */
	const onUnread = (error: NodeJS.ErrnoException): void => {
		if (serves) return;
		if (error.code !== "EPIPE") throw error;
		process.exit(0);
	};
	for (const stream of [process.stdout, process.stderr]) stream.on("error", onUnread);
	return {
		out: (text) => void process.stdout.write(inert(text)),
		talk: (text) => void process.stderr.write(inert(text)),
		input: readInput,
		inputIsTerminal: process.stdin.isTTY === true,
		isTerminal,
		colour: isTerminal && !process.env.NO_COLOR && process.env.TERM !== "dumb",
		env: process.env,
		cwd: process.cwd(),
		home: homedir(),
		clock: systemClock,
		stopped: () => {
			serves = true;
			return stopped();
		},
	};
}

/** What would move the cursor, rename the window or turn the reading direction. */
const ALIVE = /[^\P{Cc}\n\t](?:\[\d{0,2}m)?|[\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/gu;

/** Spells out what a terminal would act on, but our own colours: words come from outside. JSON means the same still. */
function inert(text: string): string {
	return text.replaceAll(ALIVE, (found) => {
		if (found.startsWith("\u001b[")) return found;
		return `\\u${found.charCodeAt(0).toString(16).padStart(4, "0")}${found.slice(1)}`;
	});
}

async function readInput(): Promise<string> {
	const kept: Buffer[] = [];
	let bytes = 0;
	for await (const chunk of process.stdin as AsyncIterable<Buffer>) {
		bytes += chunk.length;
		if (bytes <= INPUT_BYTES_MAX) kept.push(chunk);
	}
	if (bytes > INPUT_BYTES_MAX) throw new UsageError(`Standard input holds ${INPUT_BYTES_MAX / 1024} kB at most.`);
	try {
		return new TextDecoder("utf-8", { fatal: true }).decode(Buffer.concat(kept));
	} catch {
		throw new UsageError("Standard input is not text in UTF-8. Nothing was done. Save it as such, and try again.");
	}
}

function stopped(): Promise<string> {
	return new Promise((resolve) => {
		let firstAt: number | undefined;
		const onSignal = (signal: string) => {
			const at = performance.now();
			if (firstAt !== undefined && at - firstAt > SAME_SIGNAL_MS) process.exit(EXIT_INTERRUPTED);
			firstAt ??= at;
			resolve(signal);
		};
		for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) process.on(signal, onSignal);
	});
}
