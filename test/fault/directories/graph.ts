/**
 * What Graph and the sign-in to it do to a hire: it throttles, breaks off before and after a write, does not show what it
 * made, gives no token. Waits are told and kept, on the clock of the scene; must never be cut short by the bot.
 */
import type { Fault } from "../../../src/actions/sandbox/faults.ts";
import { toMs } from "../../../src/base/time.ts";
import type { Case } from "./play.ts";
import type { Scene } from "./scene.ts";

type Match = Extract<Fault["match"], { readonly on?: unknown }>;
export type Named = { readonly [what: string]: Case<Scene> };

const CREATE = { on: "graph", method: "POST", path: /\/users$/ } as const;
const GROUP = { on: "graph", method: "POST", path: /\/members\/\$ref$/ } as const;
const LICENCE = { on: "graph", method: "POST", path: /\/assignLicense$/ } as const;
const OPEN = { on: "graph", method: "PATCH", path: /\/users\// } as const;
const PASS = { on: "graph", method: "POST", path: /temporaryAccessPassMethods$/ } as const;
const MAIL = { on: "graph", method: "POST", path: /\/sendMail$/ } as const;
const WRITES = { CREATE, LICENCE, PASS, GROUP, OPEN };

const status = (code: number, more: object = {}) => ({ kind: "status", status: code, ...more }) as const;
const meets = (fault: Fault) => (scene: Scene) => {
	const { met } = scene.cloud.fault(fault);
	return () => met() > 0;
};
const each = (answer: Fault["answer"], over: { readonly [name: string]: Match } = WRITES): readonly Case<Scene>[] =>
	Object.values(over).map((match) => ({ ends: "done", hurry: true, strike: meets({ match, answer }) }));

const LONG_MS = 315_000;

/** Told to wait for longer than anybody's patience: shown as what the run waits for, and no request until then. */
const told: Case<Scene> = {
	ends: "done",
	hurry: true,
	strike(scene) {
		let refusedAt: string | undefined;
		const early: string[] = [];
		const is = ({ method, path }: { readonly method: string; readonly path: string }) =>
			method === "POST" && LICENCE.path.test(path);
		scene.cloud.fault({
			match: (target) => {
				const now = scene.clock.now();
				if (!is(target)) return false;
				if (refusedAt !== undefined && until(refusedAt) > now) early.push(now);
				const first = refusedAt === undefined;
				refusedAt ??= now;
				return first;
			},
			answer: status(429, { retryAfter: String(LONG_MS / 1000) }),
		});
		return () => refusedAt !== undefined && early.length === 0;
	},
	check({ seen, tally }) {
		const long = seen.pauses.filter(({ ms }) => ms >= LONG_MS - 15_000);
		tally.expect(long.length > 0, `its longest pause was ${Math.max(...seen.pauses.map(({ ms }) => ms))} ms`);
		for (const { words } of long) tally.expect(/busy|asked us to wait/.test(words), `it says: ${words}`);
	},
};

/** In a tenant that shows nothing of what was made for a while. */
export const unseen: Case<Scene> = { ends: "done", strike: () => () => true };

/** It is shown, and whoever writes to it asks a replica that does not know it yet. */
export const unknownToWrites: readonly Case<Scene>[] = [LICENCE, GROUP, OPEN, PASS].map(({ method, path }) => ({
	ends: "done",
	hurry: true,
	strike({ cloud, clock }) {
		let since: number | undefined;
		const match = (one: { readonly method: string; readonly path: string }) => {
			if (one.method !== method || !path.test(one.path)) return false;
			since ??= toMs(clock.now());
			return toMs(clock.now()) < since + 20_000;
		};
		const answer = status(404, { code: "Request_ResourceNotFound" });
		const { met } = cloud.fault({ match, times: Number.POSITIVE_INFINITY, answer });
		return () => met() > 0;
	},
}));

function until(at: string): string {
	return Temporal.Instant.from(at).add({ milliseconds: LONG_MS }).toString({ fractionalSecondDigits: 3 });
}

/** By the name of their row. */
export const graphFaults: { readonly [fault: string]: readonly Case<Scene>[] } = {
	"Graph: 429 with Retry-After 315 s": [told],
	"Graph: 429 without Retry-After": Object.values(WRITES).map((match) => ({
		ends: "done",
		hurry: true,
		strike: meets({ match, times: 2, answer: status(429) }),
	})),
	"Graph: 503 before the write": each(status(503)),
	"Graph: 504 after the write": each(status(504, { applied: true })),
	"Graph: cut after the write": each({ kind: "dropped", applied: true }),
	"Graph: mail cut after it was sent": each({ kind: "dropped", applied: true }, { MAIL }).map((one) => ({
		...{ ...one, ends: "asks", says: /It may have happened once; it is not sent again by itself/, mend: () => {} },
		form: { privateEmail: "kim@private.example" },
		check: ({ scene, tally }) => {
			const sent = scene.cloud.mails().length;
			if (sent > scene.hired.size) tally.doubled(`${sent} mails to ${scene.hired.size} people`);
		},
	})),
};

/** What only the reader of these tests asks for: its token stays good. */
export const READER = "$top=999";

/** Every token that is out is worth nothing from the first licence on, and there is no other. */
function noToken(answer: Fault["answer"]): Pick<Case<Scene>, "strike" | "mend"> {
	// Several scenes may play it at once.
	const ends = new WeakMap<Scene, () => void>();
	return {
		strike(scene) {
			let begun = false;
			const graph = scene.cloud.fault({
				match: ({ method, path }) => {
					begun ||= method === "POST" && LICENCE.path.test(path);
					return begun && !path.includes(READER);
				},
				times: Number.POSITIVE_INFINITY,
				answer: status(401),
			});
			const tokens = scene.cloud.tokenFault({ match: () => begun, times: Number.POSITIVE_INFINITY, answer });
			ends.set(scene, () => {
				graph.end();
				tokens.end();
			});
			return () => tokens.met() > 0;
		},
		mend: (scene) => ends.get(scene)?.(),
	};
}

/** Of the sign-in. */
export const tokenFaults: { readonly [fault: string]: readonly Case<Scene>[] } = {
	"no token: the endpoint is down for a while": [
		{
			ends: "done",
			hurry: true,
			strike(scene) {
				const { met } = scene.cloud.tokenFault({ match: () => true, times: 2, answer: status(503) });
				return () => met() > 0;
			},
		},
	],
	"no token: the endpoint goes down in the middle": [{ ends: "either", hurry: true, ...noToken(status(503)) }],
	"no token: the secret runs out in the middle": [
		{ ends: "asks", hurry: true, says: /secret .*has run out/, ...noToken(status(401, { code: "7000222" })) },
	],
	"no token: consent is taken away in the middle": [
		{ ends: "asks", hurry: true, says: /consent/, ...noToken(status(400, { code: "65001" })) },
	],
	"no token: the tenant never consented": [
		{ ends: "asks", accounts: 0, says: /consent/, hurry: true, ...neverAToken() },
	],
};

function neverAToken(): Pick<Case<Scene>, "strike" | "mend"> {
	const ends = new WeakMap<Scene, () => void>();
	return {
		strike(scene) {
			const answer = status(400, { code: "65001" });
			const fault = scene.cloud.tokenFault({ match: () => true, times: Number.POSITIVE_INFINITY, answer });
			ends.set(scene, fault.end);
			return () => fault.met() > 0;
		},
		mend: (scene) => ends.get(scene)?.(),
	};
}
