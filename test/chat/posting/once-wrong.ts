/**
 * Scripts that once ended wrong, each as small as it could be made, under what must be so. Must never be changed to fit
 * the poster: a script that does not fit any more is another one.
 */
import type { Fate, Script, Step, What } from "./script.ts";

const DAYS_31 = 31 * 86_400_000;
const CALM = { paceMs: 0, lookMs: 0, fates: [], deaths: [], last: "nothing" } as const;
const ASK: What = { kind: "ask", plan: "p", rings: false };
const NOBODY: What = { kind: "people", leads: [], owners: [] };
const BOTH: What = { kind: "people", leads: ["mo", "di"], owners: [] };
const DI: What = { kind: "people", leads: ["di"], owners: [] };
const SLACK: What = { kind: "uses", who: "mo", chat: "slack" };
const MO: What = { kind: "people", leads: ["mo"], owners: [] };

function after(afterMs: number, what: What): Step {
	return { afterMs, what };
}

/** All is well for so many calls; then this. */
function fates(well: number, ...then: readonly Partial<Fate>[]): readonly Fate[] {
	const answered: Fate = { how: "answered", ms: 0, moves: false };
	return [...Array<Fate>(well).fill(answered), ...then.map((each) => ({ ...answered, ...each }))];
}

export const ONCE_WRONG: { readonly [must: string]: Script } = {
	"what was refused counts as no post that may be there": {
		...CALM,
		steps: [after(0, ASK)],
		fates: fates(0, { how: "refused" }),
	},
	"what was refused and is over before it was asked is no news": {
		...CALM,
		steps: [after(2500, ASK), after(40_000, { kind: "decide" })],
		fates: fates(4, { how: "refused" }),
	},
	"what stands is told how it ended, where the next ring could not be put in time": {
		...CALM,
		steps: [after(2500, ASK), after(40_000, { kind: "ring" }), after(0, { kind: "decide" })],
		fates: fates(5, { how: "busy", moves: true }),
	},
	"what goes on below an old message rings no more when the chat was busy": {
		...CALM,
		steps: [after(2500, { kind: "loud" }), after(DAYS_31, { kind: "change" })],
		fates: fates(5, { how: "busy" }),
	},
	"what goes on below an old message rings no more when the process ended": {
		...CALM,
		steps: [after(2500, { kind: "loud" }), after(DAYS_31, { kind: "change" }), after(40_000, { kind: "change" })],
		fates: fates(5, { how: "dies" }),
	},
	"an edit whose answer the process did not live to hear is made up for, though all is as it was before": {
		...CALM,
		steps: [after(2500, ASK), after(0, { kind: "decide" })],
		fates: fates(2, { how: "dies-done" }),
	},
	"who is asked after nobody was, is asked": {
		...CALM,
		steps: [after(0, ASK), after(2500, NOBODY), after(0, { kind: "ring" }), after(2500, MO)],
		last: "ring",
	},
	"whoever was asked before is not rung anew before it is found who is asked now": {
		...CALM,
		lookMs: 50,
		steps: [after(40_000, ASK), after(0, NOBODY), after(0, ASK)],
	},
	"who is asked again after somebody else was, is asked, though the process ended before it was their turn": {
		...CALM,
		paceMs: 2000,
		steps: [
			after(2500, ASK),
			after(40_000, DI),
			after(0, { kind: "ring" }),
			after(2100, BOTH),
			after(0, { kind: "ring" }),
			after(700, { kind: "end-of-process" }),
		],
		fates: fates(6, { ms: 1500 }),
	},
	"who is asked elsewhere keeps no button, though the process ended twice": {
		...CALM,
		steps: [after(0, BOTH), after(2500, ASK), after(40_000, { kind: "ring" }), after(0, SLACK), after(40_000, SLACK)],
		fates: fates(6, { how: "dies" }, {}, {}, { how: "dies" }),
	},
	"what could not be written down as the disk was full is looked at again": {
		...CALM,
		steps: [after(0, ASK)],
		deaths: [{ write: 8, when: "full" }],
	},
	"a run of which one message could not be written down is not settled by another": {
		...CALM,
		steps: [after(DAYS_31, { kind: "replan", plan: "p" })],
		deaths: [
			{ write: 1, when: "before" },
			{ write: 4, when: "full" },
		],
	},
};
