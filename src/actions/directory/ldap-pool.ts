/**
 * The connections to one domain controller: at most so many, opened when they are needed and closed when idle. Reads share
 * a connection, a write has one to itself: whatever cuts a connection leaves at most one write in doubt. Must never sign
 * in several times at once before it is known that a sign-in is taken.
 */
import type { Answer } from "../../engine/remote.ts";
import type { Connection } from "./ldap-connection.ts";

export type Use = "read" | "write";
export type Lease = { readonly connection: Connection; release(): void };

type Slot = { readonly connection: Connection; readers: number; writing: boolean; idle?: NodeJS.Timeout };
type Waiter = { readonly use: Use; readonly answer: (lease: Answer<Lease>) => void };

const READS_AT_ONCE = 8;
/** Well below what firewalls and domain controllers allow (15 min). */
const IDLE_MS = 60_000;
const CLOSING_MS = 5_000;

const BUSY = {
	kind: "unsent",
	code: "busy",
	message: "Active Directory is busy: no connection to it was free in time. Nothing was sent.",
	detail: "all connections of this client are in use",
} as const;
const CLOSING = { kind: "unsent", code: "unreachable", detail: "the connections are being closed" } as const;

/** Opens nothing before it is needed. */
export class Pool {
	readonly #open: () => Promise<Answer<Connection>>;
	readonly #most: number;
	readonly #slots = new Set<Slot>();
	readonly #waiters: Waiter[] = [];
	readonly #emptied = Promise.withResolvers<void>();
	#opening = 0;
	#closed = false;

	/** `most`: connections at once. */
	constructor(open: () => Promise<Answer<Connection>>, most: number) {
		this.#open = open;
		this.#most = most;
	}

	/** A connection to use. Errors: `unsent` `unreachable`, or `busy` when none was free for `ms`; refused `not-signed-in`. */
	take(use: Use, ms: number): Promise<Answer<Lease>> {
		if (this.#closed) return Promise.resolve(CLOSING);
		const { promise, resolve } = Promise.withResolvers<Answer<Lease>>();
		const waiter: Waiter = {
			use,
			answer(lease) {
				clearTimeout(late);
				resolve(lease);
			},
		};
		const late = setTimeout(() => {
			this.#waiters.splice(this.#waiters.indexOf(waiter), 1);
			resolve(BUSY);
		}, ms);
		this.#waiters.push(waiter);
		this.#serve();
		return promise;
	}

	/** Takes no more work, lets what runs end for a while, then closes. Safe to call twice. */
	async close(): Promise<void> {
		this.#closed = true;
		this.#tell(CLOSING, () => true);
		this.#serve();
		const late = setTimeout(() => this.#emptied.resolve(), CLOSING_MS);
		await this.#emptied.promise;
		clearTimeout(late);
		for (const slot of this.#slots) this.#drop(slot);
	}

	/** First come, first served: reads that overtook a write might keep it waiting for ever. */
	#serve(): void {
		for (const slot of this.#slots) {
			if (isFree(slot) && (this.#closed || !slot.connection.usable())) this.#drop(slot);
		}
		for (let first = this.#waiters[0]; first !== undefined; first = this.#waiters[0]) {
			const slot = this.#slotFor(first.use);
			if (slot === undefined) break;
			this.#waiters.shift();
			first.answer({ kind: "ok", value: this.#lend(slot, first.use) });
		}
		// The first sign-in goes alone: a wrong password must not count as many.
		const room = this.#slots.size === 0 ? 1 : this.#most - this.#slots.size;
		const wanted = Math.min(room, this.#waiters.length) - this.#opening;
		for (let more = wanted; more > 0; more--) void this.#widen();
		if (this.#closed && this.#slots.size + this.#opening === 0) this.#emptied.resolve();
	}

	async #widen(): Promise<void> {
		const asked = new Set(this.#waiters);
		this.#opening++;
		const answer = await this.#open();
		this.#opening--;
		if (answer.kind === "ok") {
			this.#slots.add({ connection: answer.value, readers: 0, writing: false });
			return this.#serve();
		}
		// As long as another connection lives, or may, whoever waits has a chance; who came later has a try of their own.
		if (this.#slots.size + this.#opening > 0) return;
		this.#tell(answer, (waiter) => asked.has(waiter));
		this.#serve();
	}

	/** A connection that does nothing; for a read also one that only reads, once no more may be opened. */
	#slotFor(use: Use): Slot | undefined {
		const usable = [...this.#slots].filter((slot) => slot.connection.usable() && !slot.writing);
		const free = usable.find(isFree);
		if (free !== undefined || use === "write" || this.#slots.size + this.#opening < this.#most) return free;
		const shared = usable.filter((slot) => slot.readers < READS_AT_ONCE);
		return shared.sort((a, b) => a.readers - b.readers)[0];
	}

	#lend(slot: Slot, use: Use): Lease {
		clearTimeout(slot.idle);
		if (use === "write") slot.writing = true;
		else slot.readers++;
		const release = () => {
			if (use === "write") slot.writing = false;
			else slot.readers--;
			if (isFree(slot)) slot.idle = setTimeout(() => this.#drop(slot), IDLE_MS).unref();
			this.#serve();
		};
		return { connection: slot.connection, release };
	}

	#drop(slot: Slot): void {
		clearTimeout(slot.idle);
		this.#slots.delete(slot);
		slot.connection.end();
	}

	#tell(answer: Answer<never>, which: (waiter: Waiter) => boolean): void {
		for (const waiter of this.#waiters.splice(0)) {
			if (which(waiter)) waiter.answer(answer);
			else this.#waiters.push(waiter);
		}
	}
}

function isFree(slot: Slot): boolean {
	return slot.readers === 0 && !slot.writing;
}
