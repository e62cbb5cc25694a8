/**
 * Several domain controllers as one directory. A change shows on the others only after a while, so all reads and writes of
 * a client go to one controller, and it is left only when it cannot be reached:
 * - not before what was written there had time to be handed on;
 * - after a write there whose answer was lost, not at all: that controller alone knows whether it was done, and "not
 *   there" from another would make a second account. An administrator who knows that it will not come back takes it out of
 *   `url`. (Which writes were lost is not remembered over a restart.)
 * The next one is kept in the same way. Must never ask two controllers about one thing.
 */
import { type Clock, toMs } from "../../base/time.ts";
import type { Answer } from "../../engine/remote.ts";
import type { LdapOperation } from "./ldap-code.ts";
import type { Connection } from "./ldap-connection.ts";
import type { Lease, Pool, Use } from "./ldap-pool.ts";

export type Server = { readonly url: string; readonly pool: Pool };
/** With what is remembered of it, as instants in ms. `doubt`: a write there was not answered. */
type Known = Server & { wroteAt: number; failedAt: number; doubt: boolean };

/** For waiting, connecting and signing in, fail-overs included; with an operation's own time below a step's 30 s. */
const LINE_MS = 10_000;

/** Another controller may serve all the same. */
const ELSEWHERE: ReadonlySet<string> = new Set(["unreachable", "not-trusted"]);

export class Servers {
	readonly #all: readonly Known[];
	readonly #replicationMs: number;
	readonly #clock: Clock;
	#current: Known;

	/** The first is used first. `replicationMs`: how long a change may take to be on the others. */
	constructor(servers: readonly [Server, ...Server[]], replicationMs: number, clock: Clock) {
		const [first, ...others] = servers;
		const known = (server: Server): Known => ({ ...server, wroteAt: -Infinity, failedAt: -Infinity, doubt: false });
		this.#current = known(first);
		this.#all = [this.#current, ...others.map(known)];
		this.#replicationMs = replicationMs;
		this.#clock = clock;
	}

	/** Does one operation where it belongs, once. */
	async run<T>(operation: LdapOperation, work: (connection: Connection) => Promise<Answer<T>>): Promise<Answer<T>> {
		const writes = operation !== "search";
		const line = await this.#lineFor(writes ? "write" : "read");
		if (line.kind !== "ok") return line;
		const { server, lease } = line.value;
		try {
			const answer = await work(lease.connection);
			if (answer.kind === "ok" || answer.kind === "refused") server.doubt = false;
			if (writes && answer.kind === "unknown") server.doubt = true;
			if (writes && (answer.kind === "ok" || answer.kind === "unknown")) server.wroteAt = this.#now();
			return answer;
		} finally {
			lease.release();
		}
	}

	async close(): Promise<void> {
		await Promise.all(this.#all.map((server) => server.pool.close()));
	}

	/** A connection to the server in use, whichever that is when the connection is there. */
	async #lineFor(use: Use): Promise<Answer<{ readonly server: Known; readonly lease: Lease }>> {
		const end = performance.now() + LINE_MS;
		const tried = new Set<Known>();
		for (;;) {
			const server = this.#current;
			const answer = await server.pool.take(use, Math.max(0, end - performance.now()));
			if (server !== this.#current) {
				if (answer.kind === "ok") answer.value.release();
				continue;
			}
			if (answer.kind === "ok") return { kind: "ok", value: { server, lease: answer.value } };
			if (answer.kind !== "unsent" || !ELSEWHERE.has(answer.code)) return answer;
			tried.add(server);
			const stay = this.#held(server);
			if (stay !== undefined) return stay;
			const next = this.#nextAfter(tried);
			if (next === undefined) return answer;
			server.failedAt = this.#now();
			this.#current = next;
		}
	}

	/** Why this server may not be left yet; undefined when it may. */
	#held(server: Known): Answer<never> | undefined {
		const rest = server.wroteAt + this.#replicationMs - this.#now();
		if (this.#all.length === 1 || (!server.doubt && rest <= 0)) return undefined;
		const gone = { kind: "unsent", code: "written-server-gone" } as const;
		const { hostname } = new URL(server.url);
		if (!server.doubt) {
			const message = `${hostname} was written to and cannot be reached now; the other domain controllers may not show it yet. Nothing was sent.`;
			return { ...gone, message, detail: `${server.url}: written to just now`, retryAfterMs: rest };
		}
		const message = `${hostname} did not answer a write, and only it can say whether that was done. Nothing more was sent. Bring it back; when it will not come back, take it out of url in client.yaml.`;
		return { ...gone, message, detail: `${server.url}: a write was not answered` };
	}

	/** The one that failed longest ago, or never. */
	#nextAfter(tried: ReadonlySet<Known>): Known | undefined {
		const others = this.#all.filter((server) => !tried.has(server));
		return others.sort((a, b) => a.failedAt - b.failedAt)[0];
	}

	#now(): number {
		return toMs(this.#clock.now());
	}
}
