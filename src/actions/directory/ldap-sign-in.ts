/**
 * Signing in as one account, with care: a password that was refused is tried again only after a while, and each time after
 * a longer one, because every refusal counts towards locking the account. Another password is tried at once. There is one
 * of it per client, whatever the number of controllers; must never keep the password itself.
 */
import { sha256 } from "../../base/json.ts";
import type { Secret } from "../../base/secret.ts";
import { type Clock, fromMs, toMs } from "../../base/time.ts";
import { type Answer, RemoteError } from "../../engine/remote.ts";
import { type Connection, codeOf, connect } from "./ldap-connection.ts";
import type { Place } from "./ldap-socket.ts";

export type SignIn = {
	/** Who we sign in as, and the password, asked at each sign-in. */
	readonly bind: string;
	readonly password: () => Promise<Secret>;
};

type Refusal = Extract<Answer<never>, { kind: "refused" }>;
type Refused = { readonly of: string; readonly answer: Refusal; readonly times: number; readonly until: number };

const FIRST_MS = 30_000;
const MOST_MS = 600_000;

/** Opens signed-in connections. Errors: those of `connect`; what says that there is no password. */
export function signsInAs({ bind, password }: SignIn, clock: Clock): (place: Place) => Promise<Answer<Connection>> {
	let refused: Refused | undefined;
	let before: Promise<unknown> = Promise.resolve();
	/** Why that password is not sent now. */
	const held = (of: string): Refusal | undefined => {
		if (refused?.of !== of || toMs(clock.now()) >= refused.until) return undefined;
		const { answer, until } = refused;
		return { ...answer, detail: `${answer.detail}; not tried again before ${fromMs(until)}` };
	};
	const noted = (of: string, answer: Answer<void>): Answer<void> => {
		if (answer.kind === "ok") refused = undefined;
		if (answer.kind === "refused") {
			const times = (refused?.of === of ? refused.times : 0) + 1;
			const pause = Math.min(FIRST_MS * 2 ** (times - 1), MOST_MS);
			refused = { of, answer, times, until: toMs(clock.now()) + pause };
		}
		return answer;
	};
	return async (place) => {
		let secret: Secret;
		try {
			secret = await password();
		} catch (error) {
			if (error instanceof RemoteError) return error.answer;
			return { kind: "unsent", code: codeOf(error), detail: `the password of ${bind} could not be had` };
		}
		const of = sha256(secret.open());
		// One after the other, so that whoever comes next knows of a refusal: only one of them counts towards a lock.
		const inTurn = (signIn: () => Promise<Answer<void>>): Promise<Answer<void>> => {
			const turn = before.then(async () => held(of) ?? noted(of, await signIn()));
			before = turn.catch(() => {});
			return turn;
		};
		return held(of) ?? connect(place, { bind, password: secret, inTurn });
	};
}
