/**
 * The workspaces we have a token for: which is whose, and who we are there. Each is looked up when it is first needed and
 * again after it failed. Must never let one that is shut stop another, nor the start.
 */
import { SopwithError, UnavailableError } from "../../base/errors.ts";
import { asRecord, asText, type Values } from "../../base/json.ts";
import { Secret } from "../../base/secret.ts";
import { type Clock, toMs } from "../../base/time.ts";
import { refusalOf } from "./refusals.ts";
import type { Tell } from "./tell.ts";
import { type SlackApi, SlackNo } from "./web-api.ts";

/**
 * A bot token, or how to read it anew. `team`: the workspace it is said to be of, one token each; absent for the one in the
 * environment.
 */
export type WorkspaceToken = {
	readonly token: Secret | (() => Promise<Secret>);
	readonly team?: string;
};

export type Workspace = {
	readonly team: string;
	readonly name: string;
	/** Our own user there, which mentions name. */
	readonly botUser: string;
	readonly botId: string;
	/** The app's id, where Slack says it. */
	readonly app?: string;
	/** Errors beside its own: `UnavailableError` `slack-shut` while an operator has something to mend. */
	readonly api: SlackApi;
};

export type Workspaces = {
	/** Of those that answered. */
	readonly find: (team: string) => Workspace | undefined;
	readonly all: () => readonly Workspace[];
	/** Whether a token is for it, or may be: one that did not answer yet and does not say whose it is. */
	readonly mayBe: (team: string) => boolean;
	/** Asks every token that did not answer yet, each again only after a while, from then on by itself. */
	readonly look: () => Promise<void>;
	/** Ends the asking again of those that did not answer. */
	readonly close: () => void;
	/** That workspace. Errors: `UnavailableError` `slack-shut` while its token does not work; `SlackNo` `team_not_found`. */
	readonly open: (team: string) => Promise<Workspace>;
};

type WorkspacesParts = {
	readonly tokens: () => readonly WorkspaceToken[];
	readonly open: (token: Secret) => SlackApi;
	readonly clock: Clock;
	readonly tell: Tell;
	/** Told of what should not be. */
	readonly complain: (error: unknown) => void;
	/** A timer; returns how to stop it. */
	readonly after: (ms: number, act: () => void) => () => void;
};

type Known = { readonly workspace: Workspace } | { readonly againMs: number; readonly failures: number };

/** Makes it; nothing is asked before `look` or `open`. */
export function createWorkspaces(parts: WorkspacesParts): Workspaces {
	const known = new Map<string, Known>();
	let looking: Promise<void> | undefined;
	let stopTimer: () => void = () => undefined;
	let closed = false;
	const stateOf = (token: WorkspaceToken): Known => known.get(nameOf(token)) ?? { againMs: 0, failures: 0 };
	const all = (): readonly Workspace[] =>
		parts.tokens().flatMap((token) => {
			const state = stateOf(token);
			return "workspace" in state ? [state.workspace] : [];
		});
	const find = (team: string) => all().find((each) => each.team === team);
	/** Those that did not answer yet. */
	const waiting = () =>
		parts.tokens().flatMap((token) => {
			const state = stateOf(token);
			return "workspace" in state ? [] : [{ token, ...state }];
		});
	const mayBe = (team: string): boolean =>
		find(team) !== undefined || waiting().some(({ token }) => token.team === undefined || token.team === team);
	const lookAll = async (): Promise<void> => {
		const nowMs = toMs(parts.clock.now());
		const due = waiting().filter(({ againMs }) => againMs <= nowMs);
		const looks = due.map(async ({ token, failures }) => {
			const found = await lookAt(parts, token);
			const second = typeof found === "object" && find(found.team) !== undefined;
			if (second) parts.tell.shut({ team: found.team }, "second_token");
			const afterMs = toMs(parts.clock.now());
			if (typeof found === "number") known.set(nameOf(token), { againMs: afterMs + found, failures });
			else if (found === "shut" || second) {
				known.set(nameOf(token), { againMs: afterMs + waitAfter(failures), failures: failures + 1 });
			} else known.set(nameOf(token), { workspace: found });
		});
		await Promise.all(looks);
		stopTimer();
		const nextMs = Math.min(...waiting().map(({ againMs }) => againMs - nowMs));
		if (Number.isFinite(nextMs) && !closed) stopTimer = parts.after(Math.max(SILENT_MS, nextMs), () => void look());
	};
	const look = (): Promise<void> => {
		looking ??= lookAll().finally(() => {
			looking = undefined;
		});
		return looking;
	};
	const open = async (team: string): Promise<Workspace> => {
		if (find(team) === undefined) await look();
		const found = find(team);
		if (found !== undefined) return found;
		if (!mayBe(team)) throw new SlackNo("team_not_found", "There is no token for that workspace of Slack.");
		throw new UnavailableError("slack-shut", SHUT, { retryAfterMs: FIRST_MS });
	};
	const close = (): void => {
		closed = true;
		stopTimer();
	};
	return { find, all, mayBe, look, open, close };
}

const BUSY = "Slack takes no more just now.";
const SHUT = "Slack does not take the bot token of that workspace.";
/** While nobody answers; whoever has something to say or to hear asks at once, for it may be over. */
const SILENT_MS = 2_000;
/** A token does not work: an operator has to do something first. */
const FIRST_MS = 15_000;
const MOST_MS = 300_000;

/** A number: it cannot be said now, and Slack asked for so many ms. `shut`: an operator has been told what to mend. */
async function lookAt(parts: WorkspacesParts, token: WorkspaceToken): Promise<Workspace | number | "shut"> {
	const named = { team: nameOf(token) };
	try {
		const api = await openApi(parts, token);
		const who = await api.call("auth.test", {});
		const team = asText(who.team_id);
		if (isOrgInstall(who)) {
			parts.tell.shut(named, "org_install");
			return "shut";
		}
		if (token.team !== undefined && token.team !== team) {
			parts.tell.shut(named, "other_team");
			return "shut";
		}
		const botId = asText(who.bot_id);
		const app = await appOf(api, botId);
		parts.tell.well(named);
		return {
			team,
			name: asText(who.team),
			botUser: asText(who.user_id),
			botId,
			...(app === undefined ? {} : { app }),
			api: gated(parts, { team, token, api }),
		};
	} catch (error) {
		if (error instanceof UnavailableError) return error.retryAfterMs ?? 0;
		if (error instanceof SlackNo) parts.tell.shut(named, error.code);
		else parts.complain(error);
		return "shut";
	}
}

/**
 * The token of a whole organisation is of no workspace: some calls would have to name one, and to it everybody is a
 * stranger. Source: https://docs.slack.dev/reference/methods/auth.test
 */
export function isOrgInstall(who: Values): boolean {
	return who.is_enterprise_install === true;
}

/** `auth.test` does not name the app; the bot's own entry does, where the scope allows it. */
async function appOf(api: SlackApi, bot: string): Promise<string | undefined> {
	const said = await api.call("bots.info", { bot }).catch((error: unknown): Values => {
		if (error instanceof SlackNo || error instanceof UnavailableError) return {};
		throw error;
	});
	const app = asText(asRecord(said.bot).app_id);
	return app === "" ? undefined : app;
}

type Opened = { readonly team: string; readonly token: WorkspaceToken; readonly api: SlackApi };

/**
 * While Slack wants to be left alone with a method, that is not called. While a token or a scope is missing, Slack is asked
 * only now and then. Whoever calls is told to come again.
 */
function gated(parts: WorkspacesParts, at: Opened): SlackApi {
	const { clock, tell } = parts;
	const { team } = at;
	let { api } = at;
	const shut = new Map<string, { readonly untilMs: number; readonly failures: number }>();
	const busy = new Map<string, number>();
	return {
		call: async (method, body) => {
			const nowMs = toMs(clock.now());
			const busyMs = (busy.get(method) ?? 0) - nowMs;
			if (busyMs > 0) throw new UnavailableError("slack-busy", BUSY, { retryAfterMs: busyMs });
			const retryAfterMs = Math.max(...["", method].map((name) => (shut.get(name)?.untilMs ?? 0) - nowMs));
			if (retryAfterMs > 0) throw new UnavailableError("slack-shut", SHUT, { retryAfterMs });
			try {
				// An operator may have put another token in its place.
				if (shut.has("")) api = await openAgain(parts, at);
				const answer = await api.call(method, body);
				if (shut.delete("")) tell.well({ team });
				if (shut.delete(method)) tell.well({ team, method });
				return answer;
			} catch (error) {
				const saidMs = error instanceof UnavailableError ? error.retryAfterMs : undefined;
				if (saidMs !== undefined) busy.set(method, toMs(clock.now()) + saidMs);
				const sort = error instanceof SlackNo ? refusalOf(error.code).sort : undefined;
				if (!(error instanceof SlackNo) || (sort !== "token" && sort !== "method")) throw error;
				const name = sort === "token" ? "" : method;
				tell.shut(sort === "token" ? { team } : { team, method }, error.code);
				const failures = shut.get(name)?.failures ?? 0;
				const waitMs = waitAfter(failures);
				shut.set(name, { untilMs: nowMs + waitMs, failures: failures + 1 });
				throw new UnavailableError("slack-shut", error.message, { cause: error, retryAfterMs: waitMs });
			}
		},
	};
}

/** With the token as it is by now, which must be of the same workspace still. */
async function openAgain(parts: WorkspacesParts, { team, token }: Opened): Promise<SlackApi> {
	const api = await openApi(parts, token);
	if (asText((await api.call("auth.test", {})).team_id) === team) return api;
	throw new SlackNo("other_team", SHUT);
}

async function openApi({ tokens, open }: WorkspacesParts, token: WorkspaceToken): Promise<SlackApi> {
	const now = tokens().find((each) => nameOf(each) === nameOf(token)) ?? token;
	try {
		return open(now.token instanceof Secret ? now.token : await now.token());
	} catch (cause) {
		if (cause instanceof SopwithError) throw new SlackNo("not_authed", "The bot token cannot be read.", { cause });
		throw cause;
	}
}

function nameOf({ team }: WorkspaceToken): string {
	return team ?? "the workspace of SLACK_BOT_TOKEN";
}

function waitAfter(failures: number): number {
	return Math.min(MOST_MS, FIRST_MS * 2 ** Math.min(failures, 10));
}
