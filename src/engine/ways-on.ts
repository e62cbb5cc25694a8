/**
 * What a question offers, in the order in which people try it: the same on its card and on the run's page. Pure. Must never
 * offer an answer that the wait does not take.
 */
import type { CardData } from "../cards/card.ts";
import type { Verb } from "./event.ts";

type WayOn = CardData["choices"][number];

type Asked = {
	readonly verbs: readonly Verb[];
	/** Ways of its own, such as another licence. */
	readonly choices: readonly { readonly id: string; readonly words: string }[];
	/** What is asked about: a plan that was sent back, one that cannot be approved as it is, or a step. */
	readonly about: "sent-back" | "plan" | "step";
};

/** Trying again first, then the question's own ways, each once, then the ways round it. */
export function waysOn({ verbs, choices, about }: Asked): readonly WayOn[] {
	const [again, ...round] = [AGAIN[about], ...ROUND].map((way) => (verbs.includes(way.value) ? [way] : []));
	const own = new Map(choices.map(({ id, words }) => [id, { value: id, title: words }]));
	return [...(again ?? []), ...own.values(), ...round.flat()];
}

type Verbal = WayOn & { readonly value: Verb };

const AGAIN: { readonly [about in Asked["about"]]: Verbal } = {
	"sent-back": { value: "retry", title: "Ask again as it is" },
	plan: { value: "retry", title: "Plan again", hint: "it was put right meanwhile" },
	step: { value: "retry", title: "Try again", hint: "what is done is not done twice" },
};

const ROUND: readonly Verbal[] = [
	{ value: "done", title: "Done by hand", hint: "we look to make sure" },
	{ value: "skip", title: "Skip this step", hint: "the run goes on without it" },
	{ value: "stop", title: "Stop the run", hint: "what is done stays" },
];
