/**
 * Keeps to the published limits of Teams: so many calls per conversation in a second, in two, in thirty, in an hour, so many
 * per tenant in a second; and stands back from a conversation that was busy. Must never let a call through that would only
 * be refused.
 */
import { setBounded } from "../../base/bounded.ts";

/** Source: https://learn.microsoft.com/microsoftteams/platform/bots/how-to/rate-limit, "Send to conversation". */
const LIMITS: readonly { readonly most: number; readonly perMs: number }[] = [
	{ most: 7, perMs: 1_000 },
	{ most: 8, perMs: 2_000 },
	{ most: 60, perMs: 30_000 },
	{ most: 1_800, perMs: 3_600_000 },
];
/** Over all conversations of a tenant. The newer documents say 50, the older ones 30. */
const TENANT_LIMITS: typeof LIMITS = [{ most: 30, perMs: 1_000 }];
const HOUR_MS = 3_600_000;
const SECOND_MS = 1_000;
const MOST_WAIT_MS = 60_000;
/** Conversations counted at once; the one used longest ago is forgotten first. */
const MOST_CONVERSATIONS = 10_000;

export type Pace = {
	/** 0: go on, and it is counted. Else how long to wait, ms; nothing is counted. */
	readonly take: (to: { readonly conversation: string; readonly tenant: string }, nowMs: number) => number;
	/** It was busy. How long to stand back, ms: as it said, else longer each time, never at the same instant as others. */
	readonly busy: (conversation: string, nowMs: number, saidMs?: number) => number;
	/** It answered. */
	readonly well: (conversation: string) => void;
};

type Past = { readonly calls: number[]; untilMs: number; failures: number };

/** `random`: from 0 to 1. */
export function createPace(random: () => number): Pace {
	const kept = new Map<string, Past>();
	const of = (conversation: string): Past => {
		const past = kept.get(conversation) ?? { calls: [], untilMs: 0, failures: 0 };
		setBounded(kept, [conversation, past], MOST_CONVERSATIONS);
		return past;
	};
	return {
		take: ({ conversation, tenant }, nowMs) => {
			const [here, all] = [of(conversation), of(`tenant ${tenant}`)];
			while ((here.calls[0] ?? nowMs) <= nowMs - HOUR_MS) here.calls.shift();
			while ((all.calls[0] ?? nowMs) <= nowMs - SECOND_MS) all.calls.shift();
			const mine = LIMITS.map((limit) => roomIn(here.calls, limit, nowMs));
			const ours = TENANT_LIMITS.map((limit) => roomIn(all.calls, limit, nowMs));
			const waitMs = Math.max(0, here.untilMs - nowMs, ...mine, ...ours);
			if (waitMs > 0) return waitMs;
			here.calls.push(nowMs);
			all.calls.push(nowMs);
			return 0;
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
