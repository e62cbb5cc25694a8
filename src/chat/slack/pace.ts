/**
 * Keeps to the published limits of Slack: about one message a second in a channel, so many calls of a kind per workspace in
 * a minute; and stands back where Slack says so, or where something is wrong. Must never hold back a decision for a guess of
 * ours, only for Slack's word.
 */
import { setBounded } from "../../base/bounded.ts";

type Limit = { readonly most: number; readonly perMs: number };

/** Source: https://docs.slack.dev/apis/web-api/rate-limits, "posting messages". */
const PER_CHANNEL: readonly Limit[] = [{ most: 1, perMs: 1_000 }];
/**
 * Per workspace. Posts: "several hundred a minute". Edits are of tier 3, "50+ a minute": a fifth of them is left to what is
 * urgent. Chats are opened within tier 3 too.
 */
const PER_WORKSPACE: { readonly [method in Call["method"]]: readonly Limit[] } = {
	"chat.postMessage": [
		{ most: 10, perMs: 1_000 },
		{ most: 200, perMs: 60_000 },
	],
	"chat.update": [{ most: 20, perMs: 30_000 }],
	"conversations.open": [{ most: 25, perMs: 30_000 }],
};
const LONGEST_MS = 60_000;
const MOST_WAIT_MS = 60_000;
/** Places that want room come again spread over at most this long, so that they do not all ask at each call that is free. */
const SPREAD_MS = 60_000;
/** A place that is shut is tried for a day: whoever lets us in again within it finds the last state there. */
const SHUT_FIRST_MS = 15_000;
const SHUT_MOST_MS = 300_000;
const SHUT_MS = 86_400_000;
/** Places counted at once; the one used longest ago is forgotten first. */
const MOST_PLACES = 10_000;

/** A call, and where it goes. `urgent`: a decision, which no limit of ours holds back. */
export type Call = {
	readonly team: string;
	readonly channel: string;
	readonly method: "chat.postMessage" | "chat.update" | "conversations.open";
	readonly urgent?: boolean;
};

export type Pace = {
	/** How long to wait, ms; 0: go on, and it is counted. `ours`: only for our own limits and guesses. */
	readonly take: (call: Call, nowMs: number) => { readonly waitMs: number; readonly ours: boolean };
	/** It was busy. How long to stand back, ms: as Slack said, for that method in all the workspace; else longer each time. */
	readonly busy: (call: Call, nowMs: number, saidMs?: number) => number;
	/** Nothing is taken there until an operator mends it. How long to stand back, ms; undefined: it was long enough. */
	readonly shut: (call: Call, nowMs: number) => number | undefined;
	/** It answered. */
	readonly well: (call: Call) => void;
};

type Past = {
	readonly calls: number[];
	untilMs: number;
	failures: number;
	shutMs: number | undefined;
	/** Calls that were told to wait and did not go yet, about. */
	waiting: number;
};

/** `random`: from 0 to 1. */
export function createPace(random: () => number): Pace {
	const kept = new Map<string, Past>();
	const of = (name: string): Past => {
		const past = kept.get(name) ?? { calls: [], untilMs: 0, failures: 0, shutMs: undefined, waiting: 0 };
		setBounded(kept, [name, past], MOST_PLACES);
		return past;
	};
	return {
		take: (call, nowMs) => {
			const [here, all] = [of(channelOf(call)), of(workspaceOf(call))];
			const saidMs = all.untilMs - nowMs;
			if (saidMs > 0) return { waitMs: saidMs, ours: false };
			const ownMs = call.urgent === true ? 0 : Math.max(here.untilMs - nowMs, roomHere(call, here, nowMs));
			if (ownMs > 0) return { waitMs: ownMs, ours: true };
			const roomMs = call.urgent === true ? 0 : roomIn(all.calls, PER_WORKSPACE[call.method], nowMs);
			if (roomMs > 0) {
				const spreadMs = Math.min(SPREAD_MS, all.waiting * gapOf(PER_WORKSPACE[call.method]));
				all.waiting += 1;
				return { waitMs: Math.ceil(roomMs + random() * spreadMs), ours: true };
			}
			all.waiting = Math.max(0, all.waiting - 1);
			for (const past of [here, all]) count(past, nowMs);
			return { waitMs: 0, ours: false };
		},
		busy: (call, nowMs, saidMs) => {
			if (saidMs !== undefined) {
				const waitMs = Math.ceil(saidMs + random() * 1000);
				const all = of(workspaceOf(call));
				all.untilMs = Math.max(all.untilMs, nowMs + waitMs);
				return waitMs;
			}
			const here = of(channelOf(call));
			here.failures += 1;
			const waitMs = Math.ceil(
				Math.min(MOST_WAIT_MS, 1000 * 2 ** Math.min(here.failures - 1, 6)) * (0.5 + random() / 2),
			);
			here.untilMs = nowMs + waitMs;
			return waitMs;
		},
		shut: (call, nowMs) => {
			const here = of(channelOf(call));
			here.shutMs ??= nowMs;
			if (nowMs - here.shutMs > SHUT_MS) return undefined;
			const waitMs = Math.min(SHUT_MOST_MS, SHUT_FIRST_MS * 2 ** Math.min(here.failures, 10));
			here.failures += 1;
			here.untilMs = nowMs + waitMs;
			return waitMs;
		},
		well: (call) => {
			const here = of(channelOf(call));
			here.failures = 0;
			here.shutMs = undefined;
		},
	};
}

function channelOf({ team, channel, method }: Call): string {
	return `${method} ${team}/${channel}`;
}

function workspaceOf({ team, method }: Call): string {
	return `${method} ${team}`;
}

function count({ calls }: Past, nowMs: number): void {
	while ((calls[0] ?? nowMs) <= nowMs - LONGEST_MS) calls.shift();
	calls.push(nowMs);
}

function roomHere({ method }: Call, { calls }: Past, nowMs: number): number {
	return method === "chat.postMessage" ? roomIn(calls, PER_CHANNEL, nowMs) : 0;
}

/** How long until one more call fits, ms. */
function roomIn(calls: readonly number[], limits: readonly Limit[], nowMs: number): number {
	const waits = limits.map(({ most, perMs }) => {
		const edge = calls.at(-most);
		return edge === undefined ? 0 : edge + perMs - nowMs;
	});
	return Math.max(0, ...waits);
}

/** Time between two calls at the slowest of the limits, ms. */
function gapOf(limits: readonly Limit[]): number {
	return Math.max(...limits.map(({ most, perMs }) => perMs / most));
}
