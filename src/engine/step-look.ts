/**
 * How the state of a step looks, the same on every card, in every reply and on every page. Must never tell two states apart
 * by a colour alone: a word or a sentence stands beside each.
 */
import type { CardData, Tone } from "../cards/card.ts";
import type { StepDescription } from "./desk.ts";

/** The eight states of the pages. */
export type Shown = "done" | "running" | "person" | "time" | "asking" | "failed" | "skipped" | "planned";

type State = StepDescription["state"];

type StepLook = {
	/** On a page: its state and, where no person is named, its word. */
	readonly shown: Shown;
	readonly word: string;
	/** On a card: what its line begins with. */
	readonly sign: string;
	readonly tone: Tone;
};

export const STEP_LOOKS: { readonly [state in State]: StepLook } = {
	planned: { shown: "planned", word: "Planned", sign: "○", tone: "subtle" },
	running: { shown: "running", word: "Running", sign: "…", tone: "accent" },
	waiting: { shown: "time", word: "Waiting for time", sign: "◐", tone: "accent" },
	asking: { shown: "asking", word: "Asks a person", sign: "?", tone: "warning" },
	done: { shown: "done", word: "Done", sign: "✓", tone: "good" },
	skipped: { shown: "skipped", word: "Skipped", sign: "–", tone: "subtle" },
	failed: { shown: "failed", word: "Failed", sign: "✗", tone: "attention" },
	stopped: { shown: "skipped", word: "Stopped", sign: "–", tone: "subtle" },
};

/** The sign and the tone of a line about a step. */
export function signOf(state: State): Pick<StepLook, "sign" | "tone"> {
	const { sign, tone } = STEP_LOOKS[state];
	return { sign, tone };
}

export type StepLine = Omit<CardData["lines"][number], "sign" | "tone"> & { readonly state: State };

/** Lines about steps, and where their reader begins: at the first that runs, waits or asks, else at the first that failed. */
export function stepLines(steps: readonly StepLine[]): Pick<CardData, "lines" | "opensAt"> {
	const open = steps.findIndex(({ state }) => OPEN.has(state));
	const at = open >= 0 ? open : steps.findIndex(({ state }) => state === "failed");
	const lines = steps.map(({ state, ...said }) => ({ ...signOf(state), ...said }));
	return at > 0 ? { lines, opensAt: at } : { lines };
}

const OPEN: ReadonlySet<State> = new Set<State>(["running", "waiting", "asking"]);
