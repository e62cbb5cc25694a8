/**
 * What a person is told about their own act, to them alone: in their own chat, or in a message among others that only they
 * see. Tries for a minute, then lets it be: such words are never stored. Must never say it where others read.
 */

import { UnavailableError } from "../../base/errors.ts";
import type { Values } from "../../base/json.ts";
import { createUnderWay } from "../../base/under-way.ts";
import { RefusedPost } from "../surface.ts";
import type { Activity } from "./activity.ts";
import { mentioning } from "./message.ts";
import type { Reference, References } from "./references.ts";
import type { Speak } from "./speak.ts";

const TRIES = 6;
const MOST_WAIT_MS = 15_000;

type AsideParts = {
	readonly speak: Speak;
	readonly references: References;
	/** Resolves after a while, or at once when we stop. */
	readonly wait: (ms: number) => Promise<void>;
	readonly complain: (error: unknown) => void;
};

export type Aside = {
	/** Tells whoever an activity is from. Goes on by itself. `inPlaceOf`: the id of a message to write over, in their own chat. */
	readonly tell: (activity: Activity, message: Values, inPlaceOf?: string) => void;
	/** Resolves once nothing is on its way. */
	readonly idle: () => Promise<void>;
};

/** Makes it. */
export function createAside(parts: AsideParts): Aside {
	const { track, idle } = createUnderWay(parts.complain);
	return { tell: (activity, message, inPlaceOf) => track(tell(parts, activity, { message, inPlaceOf })), idle };
}

type What = { readonly message: Values; readonly inPlaceOf: string | undefined };

async function tell(parts: AsideParts, activity: Activity, { message, inPlaceOf }: What): Promise<void> {
	const { speak, references } = parts;
	const { from, tenant, conversation, recipient } = activity;
	const here = references.find(conversation.id);
	const there: Reference | undefined = here && { ...here, conversation: conversation.id };
	if (there !== undefined && conversation.where === "personal") {
		if (inPlaceOf !== undefined && (await tried(parts, () => speak.put(there, inPlaceOf, message))) === "edited")
			return;
		await tried(parts, () => speak.post(there, message));
		return;
	}
	if (there !== undefined && recipient.targeted) {
		const only = { ...message, recipient: { id: from.id, name: from.name, isTargeted: true } };
		await tried(parts, () => speak.post(there, only, true));
		return;
	}
	if (from.object === "") return;
	try {
		await tried(parts, async () => speak.post(await speak.open(tenant, from.object), message));
	} catch (error) {
		if (!(error instanceof RefusedPost) || there === undefined) throw error;
		await tried(parts, () => speak.post(there, mentioning(from, NOT_REACHED)));
	}
}

const NOT_REACHED =
	"the answer is for you alone, and your own chat with Sopwith is not open yet. Add Sopwith in Teams and type it there. Nothing was started.";

/** Again while Teams is busy. A lost answer counts as said: people can ask once more. */
async function tried<Done>({ wait }: AsideParts, act: () => Promise<Done>): Promise<Done | undefined> {
	for (let left = TRIES - 1; ; left -= 1) {
		try {
			return await act();
		} catch (error) {
			if (!(error instanceof UnavailableError)) throw error;
			if (error.code === "unconfirmed") return undefined;
			if (left === 0) throw error;
			await wait(Math.min(error.retryAfterMs ?? 1000, MOST_WAIT_MS));
		}
	}
}
