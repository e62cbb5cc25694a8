/**
 * The log: pino's lines, each redacted as a whole before it is written. JSON for machines, one plain line on a terminal.
 * Must never write a line that has not gone through the redactor.
 */
import { type Logger, pino } from "pino";
import { isRecord, type Json } from "./json.ts";
import { loggable, type Redactor } from "./redact.ts";
import type { Clock } from "./time.ts";

/** Pino's logger: fields first, then a sentence. */
export type Log = Logger;

type LogOptions = {
	readonly level: string;
	/** Text for a person instead of JSON. */
	readonly pretty: boolean;
	/** Colours, on a terminal that wants them. */
	readonly colour: boolean;
	readonly clock: Clock;
	readonly redactor: Redactor;
	/** Takes one line with its line break. */
	write(line: string): void;
};

/** Opens a log. Its fields are copied, bounded and redacted; a child's too. */
export function openLog(options: LogOptions): Log {
	const { level, clock, redactor, pretty, colour } = options;
	const write = (line: string) => {
		const safe = redactor.text(line);
		options.write(pretty ? prettyLine(safe, colour) : safe);
	};
	const formatters = {
		level: (label: string) => ({ level: label }),
		bindings: (fields: Record<string, unknown>) => copy(fields),
		log: (fields: Record<string, unknown>) => copy(fields),
	};
	// pino's own serialisers are off: `loggable` has made plain data of errors already.
	const serializers = { err: (value: unknown) => value, error: (value: unknown) => value };
	return pino({ level, base: null, timestamp: () => `,"time":"${clock.now()}"`, formatters, serializers }, { write });
}

/** Writes one JSON line as a person reads it: `14:20:03 warn  Microsoft 365 is busy  run=7K2Q`. Pure. */
export function prettyLine(line: string, colour: boolean): string {
	const record = parsed(line);
	if (record === undefined) return line;
	const { level, time, msg, ...rest } = record;
	const name = String(level ?? "info");
	const clock = typeof time === "string" ? `${time.slice(11, 19)}Z` : "";
	const paint = (code: number, text: string) => (colour ? `\u001b[${code}m${text}\u001b[0m` : text);
	const tone = name === "error" || name === "fatal" ? 31 : name === "warn" ? 33 : 36;
	const head = `${paint(2, clock)} ${paint(tone, name.padEnd(5))} ${String(msg ?? "")}`;
	const fields = Object.entries(rest).map(([key, value]) => paint(2, `${key}=${shown(value)}`));
	return `${[head, ...fields].join("  ")}\n`;
}

function copy(fields: Record<string, unknown>): Record<string, unknown> {
	const copied = loggable(fields);
	return isRecord(copied) ? { ...copied } : {};
}

function parsed(line: string): { readonly [name: string]: Json } | undefined {
	try {
		const value: unknown = JSON.parse(line);
		return isRecord(value) ? value : undefined;
	} catch {
		return undefined;
	}
}

/** An error's stack is worth its lines on a terminal; everything else stays on one. */
function shown(value: Json): string {
	if (isRecord(value) && typeof value.stack === "string" && value.stack !== "") return value.stack;
	return typeof value === "string" ? value : JSON.stringify(value);
}
