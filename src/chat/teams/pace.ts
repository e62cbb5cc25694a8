/**
 * Keeps to the published limits of Teams: so many calls per conversation in a second, in two, in thirty, in an hour; and
 * stands back from a conversation that was busy. Must never let a call through that would only be refused.
 */

/** Source: https://learn.microsoft.com/microsoftteams/platform/bots/how-to/rate-limit, "Send to conversation". */
const LIMITS: readonly { readonly most: number; readonly perMs: number }[] = [
	{ most: 7, perMs: 1_000 },
	{ most: 8, perMs: 2_000 },
	{ most: 60, perMs: 30_000 },
	{ most: 1_800, perMs: 3_600_000 },
];
const HOUR_MS = 3_600_000;
const MOST_WAIT_MS = 60_000;
/** Conversations counted at once; the one used longest ago is forgotten first. */
const MOST_CONVERSATIONS = 10_000;

export type Pace = {
	/** 0: go on, and it is counted. Else how long to wait, ms; nothing is counted. */
	readonly take: (conversation: string, nowMs: number) => number;
	/** It was busy. How long to stand back, ms: as it said, else longer each time, never at the same instant as others. */
	readonly busy: (conversation: string, nowMs: number, saidMs?: number) => number;
	/** It answered. */
	readonly well: (conversation: string) => void;
};

type Past = { readonly calls: number[]; untilMs: number; failures: number };

/** `random`: from 0 to 1. */
export function createPace(random: () => number): Pace {
	const all = new Map<string, Past>();
	const of = (conversation: string): Past => {
		const past = all.get(conversation) ?? { calls: [], untilMs: 0, failures: 0 };
		all.delete(conversation);
		all.set(conversation, past);
		const oldest = all.size > MOST_CONVERSATIONS ? all.keys().next().value : undefined;
		if (oldest !== undefined) all.delete(oldest);
		return past;
	};
	return {
		take: (conversation, nowMs) => {
			const past = of(conversation);
			while ((past.calls[0] ?? nowMs) <= nowMs - HOUR_MS) past.calls.shift();
			const waitMs = Math.max(0, past.untilMs - nowMs, ...LIMITS.map((limit) => roomIn(past.calls, limit, nowMs)));
			if (waitMs === 0) past.calls.push(nowMs);
			return waitMs;
		},
		busy: (conversation, nowMs, saidMs) => {
			const past = of(conversation);
			past.failures += 1;
			const ownMs = Math.min(MOST_WAIT_MS, 1000 * 2 ** Math.min(past.failures - 1, 6)) * (0.5 + random() / 2);
			const waitMs = Math.ceil(saidMs === undefined ? ownMs : saidMs + random() * 1000);
			past.untilMs = nowMs + waitMs;
			return waitMs;
		},
		well: (conversation) => {
			of(conversation).failures = 0;
		},
	};
}

/** How long until one more call fits, ms. */
function roomIn(calls: readonly number[], { most, perMs }: (typeof LIMITS)[number], nowMs: number): number {
	const edge = calls.at(-most);
	return edge === undefined ? 0 : Math.max(0, edge + perMs - nowMs);
}
