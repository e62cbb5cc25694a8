/**
 * Scripted trouble for tests and drills: refusals, throttling, lost answers, slowness, on the requests a script picks.
 * Must never happen by itself: without a script there are no faults.
 */

/** What a fault sees of a request. In the directory `method` is `SEARCH`, `ADD`, `MODIFY`, `MOVE` or `DELETE`, `path` the DN. */
type Target = { readonly on: "graph" | "directory" | "sign-in"; readonly method: string; readonly path: string };

export type Fault = {
	readonly match:
		| ((target: Target) => boolean)
		| { readonly on?: Target["on"]; readonly method?: string; readonly path?: RegExp };
	/** How many matching requests pass unharmed first. Default 0. */
	readonly after?: number;
	/** How many are then met. Default 1. */
	readonly times?: number;
	readonly answer: FaultAnswer;
};

export type FaultAnswer =
	/**
	 * Graph only: an error. `applied`: the request is carried out all the same. `retryAfter` is the header as sent. At the
	 * token endpoint `code` is the number of Entra's error: `7000222`.
	 */
	| {
			readonly kind: "status";
			readonly status: number;
			readonly code?: string;
			readonly retryAfter?: string;
			readonly applied?: boolean;
	  }
	/** The connection is lost, before or after it was carried out. */
	| { readonly kind: "dropped"; readonly applied: boolean }
	/** Carried out and answered, but only after so long. */
	| { readonly kind: "slow"; readonly ms: number }
	/** Directory only: an LDAP result, and the Win32 code its text would open with. */
	| { readonly kind: "refused"; readonly result: number; readonly win32?: string }
	/** Directory only: the server cannot be reached. */
	| { readonly kind: "unreachable" };

export interface Faults {
	/** Scripts one. Returns how to end it and how often it was met. */
	add(fault: Fault): { readonly end: () => void; readonly met: () => number };
	/** The answer to a request that is met by a fault, or nothing. Counts. */
	meet(target: Target): FaultAnswer | undefined;
}

export function faults(): Faults {
	const scripts = new Set<{ readonly fault: Fault; seen: number; met: number }>();
	return {
		add(fault) {
			const script = { fault, seen: 0, met: 0 };
			scripts.add(script);
			return { end: () => scripts.delete(script), met: () => script.met };
		},
		meet(target) {
			for (const script of scripts) {
				if (script.met >= (script.fault.times ?? 1) || !matchesTarget(script.fault.match, target)) continue;
				script.seen++;
				if (script.seen <= (script.fault.after ?? 0)) continue;
				script.met++;
				return script.fault.answer;
			}
			return undefined;
		},
	};
}

function matchesTarget(match: Fault["match"], target: Target): boolean {
	if (typeof match === "function") return match(target);
	return (
		(match.on === undefined || match.on === target.on) &&
		(match.method === undefined || match.method === target.method) &&
		(match.path === undefined || match.path.test(target.path))
	);
}
