/**
 * What a person is told about their own act, to them alone: in their own chat with Sopwith, or where they acted in words that
 * only they see. Tries for a minute, then lets it be: such words are never stored. Must never say it where others read.
 */
import { UnavailableError } from "../../base/errors.ts";
import type { Values } from "../../base/json.ts";
import { createUnderWay, type UnderWay } from "../../base/under-way.ts";
import { RefusedPost } from "../surface.ts";
import { refusalOf } from "./refusals.ts";
import type { Speak } from "./speak.ts";
import type { Tell } from "./tell.ts";
import type { From } from "./whence.ts";
import type { Workspace } from "./workspaces.ts";

const TRIES = 6;
const MOST_TURNS = 60;
const MOST_WAIT_MS = 15_000;
const PATIENCE_MS = 5000;

type AsideParts = {
	readonly speak: Pick<Speak, "post" | "edit" | "open" | "forget">;
	/** Where the Web API is: private answers go to that host too, where it is not Slack's. */
	readonly base: string;
	/** Resolves after a while, or at once when we stop. */
	readonly wait: (ms: number) => Promise<void>;
	readonly tell: Pick<Tell, "shut" | "well">;
	readonly complain: (error: unknown) => void;
};

/** Whom, and where they acted. */
export type Spot = { readonly workspace: Workspace; readonly from: From };

export type Aside = UnderWay & {
	/** Tells them. Goes on by itself. `over`: in place of the message they pressed in, where only they see that. */
	readonly tell: (spot: Spot, message: Values, over?: boolean) => void;
};

/** Makes it. */
export function createAside(parts: AsideParts): Aside {
	const { track, idle } = createUnderWay(parts.complain);
	return { tell: (spot, message, over = false) => track(tell(parts, spot, { message, over })), track, idle };
}

type What = { readonly message: Values; readonly over: boolean };

/** The ways in order; the first that takes it is the last. */
async function tell(parts: AsideParts, spot: Spot, { message, over }: What): Promise<void> {
	const own = await isOwnChat(parts, spot);
	const ways = [...(over ? [inPlace(parts, spot, { message, own })] : []), ...(own ? [] : among(parts, spot, message))];
	for (const way of ways) if (await taken(parts, way)) return;
	await tried(parts, () => inOwnChat(parts, spot, { message, own }));
}

/** A command says only that it is a direct conversation, not with whom. */
async function isOwnChat({ speak, wait }: AsideParts, { workspace, from }: Spot): Promise<boolean> {
	if (from.direct !== "unsure") return from.direct === "yes";
	const chat = await tried({ wait }, () => speak.open(workspace.team, from.user)).catch((error: unknown) => {
		if (error instanceof RefusedPost || error instanceof UnavailableError) return undefined;
		throw error;
	});
	return chat?.channel === from.channel;
}

type Way = () => Promise<boolean>;

/** Over what was pressed, where nobody else sees that. */
function inPlace(parts: AsideParts, { workspace, from }: Spot, on: { message: Values; own: boolean }): Way {
	return async () => {
		const { message, responseUrl } = from;
		if (message === undefined || !(on.own || message.ephemeral)) return false;
		if (responseUrl !== undefined && (await respond(parts, responseUrl, { ...on.message, replace_original: true }))) {
			return true;
		}
		if (message.ephemeral) return false;
		const at = { team: workspace.team, channel: from.channel };
		return (await parts.speak.edit(at, message.ts, on.message, true)) === "edited";
	};
}

/** Where others are: words that only they see. */
function among(parts: AsideParts, { workspace, from }: Spot, message: Values): readonly Way[] {
	const { responseUrl, channel, user, thread } = from;
	const private_ = { ...message, response_type: "ephemeral", replace_original: false };
	const inThread = thread === undefined ? {} : { thread_ts: thread };
	return [
		async () => responseUrl !== undefined && respond(parts, responseUrl, private_),
		async () => {
			if (channel === "" || from.home !== workspace.team) return false;
			await whisper(parts, workspace, { ...message, ...inThread, channel, user });
			return true;
		},
	];
}

/** An operator hears of words that Slack does not take as they are; they are said another way all the same. */
async function whisper({ tell }: AsideParts, { team, api }: Workspace, body: Values): Promise<void> {
	const where = { team, method: "chat.postEphemeral" };
	try {
		await api.call(where.method, body);
		tell.well(where);
	} catch (error) {
		if (error instanceof RefusedPost && refusalOf(error.code).sort === "message") tell.shut(where, error.code);
		throw error;
	}
}

async function inOwnChat(
	{ speak }: AsideParts,
	{ workspace, from }: Spot,
	{ message, own }: { readonly message: Values; readonly own: boolean },
): Promise<void> {
	if (from.user === "") return;
	const { team } = workspace;
	const chat = own ? { team, channel: from.channel } : await speak.open(team, from.user);
	await speak.post(chat, message, own ? from.thread : undefined);
}

/** Slack takes a private answer, five times in half an hour, at an address of its own. */
async function respond({ base }: AsideParts, address: string, body: Values): Promise<boolean> {
	if (!mayAnswerAt(address, base)) return false;
	const answer = await fetch(address, {
		method: "POST",
		headers: { "content-type": "application/json" },
		body: JSON.stringify(body),
		redirect: "error",
		signal: AbortSignal.timeout(PATIENCE_MS),
	}).catch(() => undefined);
	await answer?.body?.cancel();
	return answer?.ok === true;
}

/** Slack's own hosts, or the one of another Web API. The address comes with a payload, so it is not trusted. */
function mayAnswerAt(address: string, base: string): boolean {
	if (!URL.canParse(address)) return false;
	const { protocol, hostname } = new URL(address);
	const own = new URL(base);
	if (/(^|\.)slack(-gov)?\.com$/.test(own.hostname))
		return protocol === "https:" && /^hooks\.slack(-gov)?\.com$/.test(hostname);
	return protocol === own.protocol && hostname === own.hostname;
}

/** Whether a way took it. One that is refused, or that nobody answers, is not the last. */
async function taken(parts: AsideParts, way: Way): Promise<boolean> {
	try {
		return (await tried(parts, way)) ?? true;
	} catch (error) {
		if (error instanceof RefusedPost || error instanceof UnavailableError) return false;
		throw error;
	}
}

/** Again while Slack is busy. A lost answer counts as said: people can ask once more. */
async function tried<Done>({ wait }: Pick<AsideParts, "wait">, act: () => Promise<Done>): Promise<Done | undefined> {
	let left = TRIES;
	for (let turn = 0; ; turn += 1) {
		try {
			return await act();
		} catch (error) {
			if (!(error instanceof UnavailableError)) throw error;
			if (error.code === "unconfirmed") return undefined;
			// Waiting for our own limit is no try: others are told something in the same chat.
			if (error.code !== "paced") left -= 1;
			if (left === 0 || turn === MOST_TURNS || error.code === "slack-shut") throw error;
			await wait(Math.min(error.retryAfterMs ?? 1000, MOST_WAIT_MS));
		}
	}
}
