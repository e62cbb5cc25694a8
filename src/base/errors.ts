/**
 * The errors of the house, named by what the caller does next. Connectors return outcomes instead; they throw bugs only.
 */

/** One mistake in something a person wrote: where it is, what is so, what to do. Codes are kebab-case and stable. */
export type Problem = {
	/** `form.firstName`, `steps.account.with.ou`, `connectors.directory.url`. */
	readonly path: string;
	readonly code: string;
	/** What is so, in a sentence for the person who wrote it. */
	readonly message: string;
	/** What to write or do instead. */
	readonly remedy?: string;
	/** Set for files. Lines and columns count from 1. */
	readonly file?: string;
	readonly line?: number;
	readonly column?: number;
};

/** Base of all errors that are ours. `advice` says what to do; it is shown to people. */
export class SopwithError extends Error {
	readonly code: string;
	readonly advice: string | undefined;
	constructor(code: string, message: string, more: { readonly advice?: string; readonly cause?: unknown } = {}) {
		super(message, more.cause === undefined ? undefined : { cause: more.cause });
		this.name = new.target.name;
		this.code = code;
		this.advice = more.advice;
	}
}

/** Something a person sent cannot be used: show every problem at its field; nothing was done. */
export class InputError extends SopwithError {
	readonly problems: readonly Problem[];
	constructor(problems: readonly Problem[], code = "bad-input") {
		super(code, problems.map((p) => `${p.path}: ${p.message}`).join("\n"));
		this.problems = problems;
	}
}

/** The environment or a definition cannot be used: refuse to start, listing all of it. */
export class ConfigError extends SopwithError {
	readonly problems: readonly Problem[];
	constructor(problems: readonly Problem[], code = "bad-config") {
		super(code, problems.map((p) => `${p.path}: ${p.message}`).join("\n"));
		this.problems = problems;
	}
}

/** The person may not do this: tell them privately and keep it in the audit stream. */
export class DeniedError extends SopwithError {}

/** It cannot be done now; trying again later is safe. */
export class UnavailableError extends SopwithError {
	readonly retryAfterMs: number | undefined;
	constructor(
		code: string,
		message: string,
		more: { readonly advice?: string; readonly cause?: unknown; readonly retryAfterMs?: number } = {},
	) {
		super(code, message, more);
		this.retryAfterMs = more.retryAfterMs;
	}
}

/** What is asked for contradicts what is already so (decided already, stale, key reused): show what is so. */
export class ConflictError extends SopwithError {
	/** What is so: who decided, when, which run. */
	readonly facts: { readonly [name: string]: string };
	constructor(
		code: string,
		message: string,
		more: {
			readonly advice?: string;
			readonly cause?: unknown;
			readonly facts?: { readonly [name: string]: string };
		} = {},
	) {
		super(code, message, more);
		this.facts = more.facts ?? {};
	}
}

/** A mistake of ours. The run it concerns is quarantined; nothing else stops. */
export class InvariantError extends SopwithError {
	constructor(message: string, more: { readonly advice?: string; readonly cause?: unknown } = {}) {
		super("invariant", message, more);
	}
}
