/**
 * An error of ours as JSON and back, so that the command line says the same whether the bot runs or not. Must never carry
 * a stack or a cause.
 */
import { ConfigError, ConflictError, InputError, type Problem, SopwithError } from "../base/errors.ts";
import { isRecord, type Json } from "../base/json.ts";
import { machineFault } from "../base/machine-fault.ts";

/** An error that has words for people: ours, or what the machine refused. Undefined: a mistake of ours. */
export function inWords(error: unknown): SopwithError | undefined {
	return error instanceof SopwithError ? error : machineFault(error);
}

/** Writes an error down. */
export function faultOf(error: SopwithError): Json {
	const problems = error instanceof InputError || error instanceof ConfigError ? error.problems : undefined;
	return {
		code: error.code,
		message: error.message,
		...(error.advice === undefined ? {} : { advice: error.advice }),
		...(problems === undefined ? {} : { problems: problems.map((problem) => ({ ...problem })) }),
		...(error instanceof ConflictError ? { facts: error.facts } : {}),
	};
}

/** Makes the error again from what was written down. */
export function errorOf(fault: Json): SopwithError {
	if (!isRecord(fault)) return new SopwithError("bad-answer", "The answer could not be read.");
	const code = typeof fault.code === "string" ? fault.code : "bad-answer";
	if (Array.isArray(fault.problems)) return new InputError(fault.problems as unknown as readonly Problem[], code);
	if (typeof fault.message !== "string") {
		const advice = "Use the command line of its version, or start the bot again with this one.";
		return new SopwithError(code, "The running bot did not understand this.", { advice });
	}
	return new SopwithError(code, fault.message, typeof fault.advice === "string" ? { advice: fault.advice } : {});
}
