/**
 * Draws scripts by lot and plays them; the first that goes wrong is made as small as it can be and told as a story. Must
 * give the same for the same seed.
 */
import fc from "fast-check";
import { openGround } from "./ground.ts";
import { type Counts, play } from "./play.ts";
import { type Script, scripts } from "./script.ts";

export type Tried = {
	readonly counts: Counts & { readonly runs: number };
	/** What is wrong, the smallest script for it, what happened then, and how to play it again. */
	readonly failure: string | undefined;
};

type How = { readonly seed: number; readonly runs: number; readonly path?: string };

export async function tryScripts({ seed, runs, path }: How): Promise<Tried> {
	const ground = openGround();
	const counts = { runs: 0, calls: 0, lost: 0, deaths: 0, extra: 0, copies: 0, presses: 0 };
	const tryOne = async (script: Script): Promise<void> => {
		const { wrong, story, counts: own } = await play(ground, script);
		counts.runs += 1;
		for (const name of Object.keys(own) as (keyof Counts)[]) counts[name] += own[name];
		if (wrong.length > 0) throw new Error([...wrong, "", ...story].join("\n"));
	};
	try {
		const how = { seed, numRuns: runs, ...(path === undefined ? {} : { path }) };
		const details = await fc.check(fc.asyncProperty(scripts, tryOne), how);
		return { counts, failure: details.failed ? told(details) : undefined };
	} finally {
		ground.close();
	}
}

function told({ errorInstance, counterexample, counterexamplePath, seed }: fc.RunDetails<[Script]>): string {
	const why = errorInstance instanceof Error ? (errorInstance.stack ?? errorInstance.message) : String(errorInstance);
	const again = `npm run simulate:chats -- --seed ${seed} --path ${counterexamplePath}`;
	return `${why}\n\n${JSON.stringify(counterexample?.[0])}\nreplay: ${again}`;
}
