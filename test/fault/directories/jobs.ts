/**
 * All faults of real directories as jobs that can be done at once, each on remotes of its own, and the row each counts for.
 * A job that needs what the machine lacks must never be left out in silence.
 */
import { join } from "node:path";
import { needs } from "../../fixtures/needs.ts";
import { type FaultRow, type Tally, tallyOf } from "../row.ts";
import { deaths, frozen } from "./controller.ts";
import { type Case, play } from "./play.ts";
import { type Hybrid, type HybridOptions, openHybrid } from "./scene.ts";

type Job = { readonly fault: string; readonly run: (folder: string, tally: Tally) => Promise<void> };
type More = Omit<HybridOptions, "folder">;

/** Most of a job is waiting. */
const AT_ONCE = 5;

/** `only`: a part of the name of the faults that are tried. */
export async function directoryFaults(
	folder: string,
	{ quick, only = "" }: { readonly quick: boolean; readonly only?: string },
): Promise<readonly FaultRow[]> {
	const lacking = needs("samba");
	const jobs = [...(lacking === false ? onController(quick) : [])].filter(({ fault }) => fault.includes(only));
	if (lacking !== false) process.stderr.write(`not tried: ${lacking}\n`);
	const tallies = new Map(jobs.map(({ fault }) => [fault, tallyOf(fault, { targets: true })]));
	let next = 0;
	const worker = async (): Promise<void> => {
		while (next < jobs.length) {
			const at = next++;
			const { fault, run } = jobs[at] as Job;
			const tally = tallies.get(fault) as Tally;
			// What breaks a job is a finding of its row, so that the others are told all the same.
			await run(join(folder, String(at)), tally).catch((error: unknown) => tally.wrong(String(error)));
		}
	};
	await Promise.all(Array.from({ length: AT_ONCE }, worker));
	return [...tallies.values()].map((tally) => tally.row());
}

let people = 0;

/** These cases one after the other in one scene, so often. */
function hybrid(fault: string, cases: readonly Case<Hybrid>[], times = 1, more: More = {}): Job {
	return {
		fault,
		async run(folder, tally) {
			const scene = await openHybrid({ folder, ...more });
			try {
				for (let time = 0; time < times; time++)
					for (const one of cases) await play(scene, one, { tally, lastName: `Fault${people++}` });
			} finally {
				await scene.close();
			}
		},
	};
}

function onController(quick: boolean): readonly Job[] {
	const times = quick ? 1 : 5;
	return [
		...frozen.slice(0, quick ? 2 : undefined).map((one) => hybrid("the controller frozen in a write", [one], times)),
		hybrid("the controller killed at a point of the hire", deaths.slice(0, 4), times),
		hybrid("the controller killed at a point of the hire", deaths.slice(4), times),
	];
}
