/**
 * All faults of real directories as jobs that can be done at once, each on remotes of its own, and the row each counts for.
 * A job that needs what the machine lacks must never be left out in silence.
 */
import { join } from "node:path";
import { atOnce } from "../../fixtures/at-once.ts";
import { needs } from "../../fixtures/needs.ts";
import { type FaultRow, type Tally, tallyOf } from "../row.ts";
import { deaths, frozen } from "./controller.ts";
import { graphFaults, tokenFaults, unknownToWrites, unseen } from "./graph.ts";
import { killOnDirectories } from "./kill-real.ts";
import {
	cloudGroupDeleted,
	cloudRenamed,
	groupDeleted,
	guest,
	licenceTaken,
	mailCut,
	manyGroups,
	names,
	namesakes,
	renames,
} from "./meanwhile.ts";
import { type Case, play } from "./play.ts";
import { type Hybrid, type HybridOptions, openCloud, openHybrid, type Scene, type SceneOptions } from "./scene.ts";
import { accountFaults, certificateFaults, passwordFaults, rightsFaults } from "./sign-in.ts";
import { disagreements, succession } from "./two-controllers.ts";

type Job = { readonly fault: string; readonly run: (folder: string, tally: Tally) => Promise<void> };
type More = Omit<HybridOptions, "folder">;

/** Most of a job is waiting. */
const AT_ONCE = 8;
/** What is tried of each row of Graph when it has to be quick. */
const MOST_QUICK = 3;

/** `only`: a part of the name of the faults that are tried. */
export async function directoryFaults(
	folder: string,
	{ quick, only = "" }: { readonly quick: boolean; readonly only?: string },
): Promise<readonly FaultRow[]> {
	const lacking = needs("samba");
	const jobs = [...(lacking === false ? onController(quick) : []), ...onGraph(quick)].filter(({ fault }) =>
		fault.includes(only),
	);
	if (lacking !== false) process.stderr.write(`not tried: ${lacking}\n`);
	const tallies = new Map(jobs.map(({ fault }) => [fault, tallyOf(fault, { targets: true })]));
	await atOnce(AT_ONCE, jobs, async ({ fault, run }, at) => {
		const tally = tallies.get(fault) as Tally;
		// What breaks a job is a finding of its row, so that the others are told all the same.
		await run(join(folder, String(at)), tally).catch((error: unknown) => tally.wrong(String(error)));
	});
	return [...tallies.values()].map((tally) => tally.row());
}

/** Where it is waited for something that never comes, the scene's clock goes so much faster than the world's. */
const PACE = 5;
let people = 0;

/** These cases one after the other in one scene, so often. */
function jobIn<S extends Scene>(
	open: (folder: string) => Promise<S>,
	{ fault, cases, times }: { readonly fault: string; readonly cases: readonly Case<S>[]; readonly times: number },
): Job {
	return {
		fault,
		async run(folder, tally) {
			const scene = await open(folder);
			try {
				for (let time = 0; time < times; time++)
					for (const one of cases) await play(scene, one, { tally, lastName: `Fault${people++}` });
			} finally {
				await scene.close();
			}
		},
	};
}

function hybrid(fault: string, cases: readonly Case<Hybrid>[], times: number, more: More = {}): Job {
	return jobIn((folder) => openHybrid({ folder, ...more }), { fault, cases, times });
}

function cloud(
	fault: string,
	cases: readonly Case<Scene>[],
	times: number,
	more: Omit<SceneOptions, "folder"> = {},
): Job {
	return jobIn((folder) => openCloud({ folder, ...more }), { fault, cases, times });
}

/** Every try in a scene of its own: a token that was given once is kept. */
function anew(
	times: number,
	faults: { readonly [fault: string]: readonly Case<Scene>[] },
	job: (fault: string, cases: readonly Case<Scene>[], times: number) => Job,
): readonly Job[] {
	const each = Object.entries(faults).map(([fault, cases]) => job(fault, cases, 1));
	return Array.from({ length: times }, () => each).flat();
}

function onGraph(quick: boolean): readonly Job[] {
	const times = quick ? 1 : 5;
	const all = {
		...graphFaults,
		"the last licence is taken by another": [licenceTaken],
		"names hard to write, in Microsoft 365": names,
		"a guest of the same name": [guest],
	};
	return [
		cloud("Graph: 404 for 20 s after the account is made", [unseen], 1, {
			lags: { replication: 20_000 },
			pace: quick ? PACE : 1,
		}),
		cloud("Graph: 404 for 20 s to writes after the create", unknownToWrites, times),
		cloud("a group of Microsoft 365 is deleted meanwhile", [cloudGroupDeleted], times),
		cloud("a group of Microsoft 365 is renamed meanwhile", [cloudRenamed], 1, { pace: PACE }),
		...Object.entries(all).map(([fault, cases]) => cloud(fault, quick ? cases.slice(0, MOST_QUICK) : cases, times)),
		...anew(times, tokenFaults, cloud),
	];
}

function onController(quick: boolean): readonly Job[] {
	const times = quick ? 1 : 5;
	return [
		...frozen.slice(0, quick ? 2 : undefined).map((one) => hybrid("the controller frozen in a write", [one], times)),
		{
			fault: "SIGKILL of the real process on real directories",
			run: (folder, tally) => killOnDirectories(folder, tally, quick ? 6 : 40),
		},
		...twoControllers(quick),
		...renames.map((one) => hybrid("a group is renamed meanwhile", [one], times, { pace: PACE })),
		hybrid("a group is deleted meanwhile", [groupDeleted], times),
		hybrid("the controller killed at a point of the hire", deaths.slice(0, 4), times),
		hybrid("the controller killed at a point of the hire", deaths.slice(4), times),
		...Object.entries(accountFaults).map(([fault, cases]) => hybrid(fault, cases, times)),
		...Object.entries(certificateFaults).map(([fault, cases]) => hybrid(fault, cases, 1, { direct: true })),
		...Object.entries(rightsFaults).map(([unit, one]) =>
			hybrid("our account has no rights in one place", [one], times, {
				account: (samba) => samba.serviceOver(`OU=${unit},${samba.base}`),
			}),
		),
		hybrid("the password policy refuses", passwordFaults, times),
		hybrid("names hard to write", names, 1),
		hybrid("a namesake, and somebody who comes back", namesakes, times),
		hybrid("mail cut after it was sent, by SMTP", [mailCut], times),
		hybrid("the last licence is taken by another", [licenceTaken], times),
		...anew(times, tokenFaults, hybrid).filter(({ fault }) => !quick || fault.endsWith("in the middle")),
		groups(quick ? 60 : 400),
	];
}

/** A controller that was written to is stayed with for a minute: the clock goes faster here. */
function twoControllers(quick: boolean): readonly Job[] {
	const more = { second: true, pace: quick ? PACE : 1 } as const;
	const open = async (folder: string): Promise<Hybrid> => {
		const scene = await openHybrid({ folder, ...more });
		return { ...scene, ...(scene.second === undefined ? {} : { controller: scene.second }) };
	};
	const succeeded = "one of two controllers goes for good";
	return [
		...disagreements.map((one) => hybrid("two controllers disagree for 5 s", [one], quick ? 1 : 3, more)),
		...(quick ? [] : [jobIn(open, { fault: succeeded, cases: [succession], times: 1 })]),
	];
}

function groups(many: number): Job {
	const made = manyGroups(many);
	const client: SceneOptions["client"] = (file) => file.setIn(["profiles", "warehouse", "groups"], made.names);
	return hybrid(`a profile of ${many} groups`, [made.case], 1, { client });
}
