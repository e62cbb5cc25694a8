/**
 * What a process is told from outside. Must never be read but at the start: nothing else may hang on it.
 */

export type Environment = { readonly [name: string]: string | undefined };

/** A variable's value. An empty one counts as not set: `PORT= npm start` means the default. */
export function variable(env: Environment, name: string): string | undefined {
	return env[name]?.trim() || undefined;
}
