/**
 * Says one thing in one conversation, within Teams' limits, and puts what went wrong into the words of a surface: busy, may
 * have arrived, gone, refused for good. Must never try twice.
 */
import { UnavailableError } from "../../base/errors.ts";
import type { Values } from "../../base/json.ts";
import { type Clock, toMs } from "../../base/time.ts";
import { RefusedPost } from "../surface.ts";
import type { Pace } from "./pace.ts";
import type { Reference, References } from "./references.ts";
import type { Sdk } from "./sdk.ts";
import { WireError } from "./wire.ts";

export type SpeakParts = {
	readonly sdk: Sdk;
	readonly references: References;
	readonly pace: Pace;
	readonly clock: Clock;
	/** Told that a conversation takes nothing from us any more. */
	readonly shut: (reference: Reference, status: number) => void;
};

/** Errors of all three: `UnavailableError` `teams-busy`, `unconfirmed`; `RefusedPost` `teams-shut`, `teams-gone`, `teams-too-large`. */
export type Speak = {
	readonly post: (to: Reference, message: Values, targeted?: boolean) => Promise<string>;
	readonly put: (to: Reference, id: string, message: Values) => Promise<"edited" | "gone">;
	/** The chat with one person, opened where it is not there yet. */
	readonly open: (tenant: string, object: string) => Promise<Reference>;
};

/** Makes the voice. */
export function createSpeak(parts: SpeakParts): Speak {
	const { sdk, references } = parts;
	return {
		post: (to, message, targeted = false) =>
			once(parts, to, { again: false }, () => sdk.post(thereOf(parts, to), dressed(to, message), targeted)),
		put: async (to, id, message) => {
			const edited = async (): Promise<"edited"> => {
				await sdk.put(thereOf(parts, to), id, { ...dressed(to, message), id });
				return "edited";
			};
			return once<"edited" | "gone">(parts, to, { again: true, missing: "gone" }, edited);
		},
		open: async (tenant, object) => {
			const known = references.direct(tenant, object);
			if (known !== undefined) return known;
			const bot = references.bot(tenant) ?? { id: "", name: "" };
			const chat = {
				isGroup: false,
				bot,
				members: [{ id: references.account(tenant, object) ?? object }],
				tenantId: tenant,
				channelData: { tenant: { id: tenant } },
			};
			const fresh: Reference = { conversation: `${tenant}/${object}`, tenant, where: "personal", bot };
			const conversation = await once(parts, fresh, { again: true }, () => sdk.open(urlOf(parts, tenant), chat));
			const reference = { ...fresh, conversation };
			references.keepDirect(object, reference);
			return reference;
		},
	};
}

/** `again`: doing it twice is the same as once. `missing`: the answer where what is meant is not there. */
type How<Done> = { readonly again: boolean; readonly missing?: Done };

async function once<Done>(parts: SpeakParts, to: Reference, how: How<Done>, act: () => Promise<Done>): Promise<Done> {
	const nowMs = toMs(parts.clock.now());
	const retryAfterMs = parts.pace.take(to, nowMs);
	if (retryAfterMs > 0) throw new UnavailableError("teams-busy", "Teams takes no more just now.", { retryAfterMs });
	try {
		const done = await act();
		parts.pace.well(to.conversation);
		return done;
	} catch (error) {
		if (error instanceof WireError && error.status === 404 && how.missing !== undefined) return how.missing;
		throw trouble(parts, to, { error, again: how.again });
	}
}

function trouble(parts: SpeakParts, to: Reference, { error, again }: { error: unknown; again: boolean }): unknown {
	const nowMs = toMs(parts.clock.now());
	const late = (saidMs?: number) => ({ cause: error, retryAfterMs: parts.pace.busy(to.conversation, nowMs, saidMs) });
	if (!(error instanceof WireError)) return error;
	const { status, sent, retryAfterMs } = error;
	if (status === 404) {
		parts.references.forget(to.conversation);
		return new RefusedPost("teams-gone", "That chat of Teams is not there any more.", { cause: error });
	}
	if (status === 403) {
		parts.shut(to, status);
		return new RefusedPost("teams-shut", "Teams lets nothing from Sopwith in there.", { cause: error });
	}
	if (status === 413 || status === 400) {
		return new RefusedPost("teams-too-large", `Teams does not take this message (${status}).`, { cause: error });
	}
	if (sent && !again)
		return new UnavailableError("unconfirmed", "Teams did not say whether it arrived.", late(retryAfterMs));
	return new UnavailableError("teams-busy", "Teams is busy.", late(retryAfterMs));
}

function thereOf(parts: SpeakParts, to: Reference) {
	return { serviceUrl: urlOf(parts, to.tenant), conversation: to.conversation };
}

/** The newest: where a conversation began may have moved since. */
function urlOf({ references }: SpeakParts, tenant: string): string {
	const url = references.serviceUrl(tenant);
	if (url === undefined) throw new RefusedPost("teams-shut", "Teams has not spoken from that tenant yet.");
	return url;
}

function dressed({ bot, conversation }: Reference, message: Values): Values {
	return { ...message, from: bot, conversation: { id: conversation } };
}
