/**
 * The token we speak to Teams with: asked for when it is needed, kept until shortly before it ends, dropped when it was
 * refused. Must never go into a log, nor to a host that is not on the list.
 */
import { SopwithError } from "../../base/errors.ts";
import { asRecord } from "../../base/json.ts";
import { Secret } from "../../base/secret.ts";
import { type Clock, toMs } from "../../base/time.ts";
import { WireError } from "./wire.ts";

export type Bearer = {
	/** Errors: `WireError` 0 `sent: false` while no token can be had. Repeat: safe. */
	readonly token: () => Promise<Secret>;
	/** It was refused: the next one is fetched anew. */
	readonly drop: () => void;
};

export type BearerParts = {
	readonly app: { readonly id: string; readonly password: Secret; readonly tenant: string };
	/** `https://login.microsoftonline.com`. */
	readonly login: string;
	readonly scope: string;
	readonly clock: Clock;
};

const EARLY_MS = 5 * 60_000;
const PATIENCE_MS = 10_000;

type Kept = { readonly token: Secret; readonly untilMs: number };

/** Makes it. Two who ask at once share one question. */
export function createBearer(parts: BearerParts): Bearer {
	let kept: Promise<Kept> | undefined;
	const fresh = (): Promise<Kept> => {
		const asked = ask(parts).catch((cause: unknown) => {
			if (kept === asked) kept = undefined;
			throw new WireError(0, { sent: false, cause });
		});
		kept = asked;
		return asked;
	};
	return {
		token: async () => {
			const known = await (kept ?? fresh());
			return known.untilMs > toMs(parts.clock.now()) ? known.token : (await fresh()).token;
		},
		drop: () => {
			kept = undefined;
		},
	};
}

/** Source: https://learn.microsoft.com/azure/bot-service/rest-api/bot-framework-rest-connector-authentication */
async function ask({ app, login, scope, clock }: BearerParts): Promise<Kept> {
	const askedMs = toMs(clock.now());
	const answer = await fetch(`${login}/${encodeURIComponent(app.tenant)}/oauth2/v2.0/token`, {
		method: "POST",
		redirect: "error",
		signal: AbortSignal.timeout(PATIENCE_MS),
		body: new URLSearchParams({
			grant_type: "client_credentials",
			client_id: app.id,
			client_secret: app.password.open(),
			scope,
		}),
	});
	const found: unknown = await answer.json();
	const { access_token: token, expires_in: seconds, error_codes: numbers } = asRecord(found);
	if (!answer.ok || typeof token !== "string") {
		const number = Array.isArray(numbers) ? ` with AADSTS${numbers.join(", AADSTS")}` : "";
		throw new SopwithError("no-token", `Entra answered ${answer.status}${number}.`);
	}
	const lifeMs = Number(seconds ?? 0) * 1000;
	return { token: new Secret(token), untilMs: askedMs + Math.max(0, lifeMs - EARLY_MS) };
}
