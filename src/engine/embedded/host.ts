/**
 * The embedded host: one process, one SQLite file. Takes deliveries, makes them durable tick by tick, answers, then does
 * what follows. Must never answer before it is durable, and never decide anything itself.
 */
import { UnavailableError } from "../../base/errors.ts";
import type { Sop } from "../../sop/sop.ts";
import type { NewEvent, RunId, StartRequest } from "../event.ts";
import type { DeliveryKey, Host, Performer, Receipt } from "../ports.ts";
import { runIdFor } from "../run-id.ts";
import { type Alarm, createAlarm, fireDue } from "./alarm.ts";
import { createCache } from "./cache.ts";
import { canonicalPayload, sha } from "./chain.ts";
import { closeHost } from "./closing.ts";
import { createCommitter } from "./commit.ts";
import type { Core } from "./core.ts";
import { createDoing, type Doing } from "./doing.ts";
import type { Entry } from "./entry.ts";
import { createIntake, type Intake } from "./intake.ts";
import { prepareJournal } from "./journal.ts";
import { createLanes } from "./lanes.ts";
import type { Store } from "./open.ts";
import { release, restart } from "./restart.ts";
import { findEntry, type Item, quarantinedError, type StageParts } from "./stage.ts";
import { createTick, type Listener, type Metrics } from "./tick.ts";

export type HostOptions = {
	readonly core: Core;
	readonly performer: Performer;
	/** The SOP of a child run. Errors: throws when there is none; the child counts as failed then. */
	readonly childSop: (request: StartRequest, parent: Sop) => Sop;
	readonly metrics?: Metrics;
	/** Orders performed at once for one client, 8, which is what spares a tenant; in all, 1,024, which spares memory. */
	readonly perClient?: number;
	readonly total?: number;
	/** Rough bytes of runs kept in memory. Default 32 MB. */
	readonly memory?: number;
};

export type EmbeddedHost = Host & {
	/** Begins to serve: reports what was under way as unknown, then performs what is pending. */
	begin(): Promise<void>;
	/** Takes nothing more, gives what runs 10 s to end, parks the rest. The store stays open. Repeat: safe. */
	close(): Promise<void>;
	/** Looks at the clock now: for a machine that slept. */
	wake(): void;
	/** Puts a restored copy to work, or accepts a loss. */
	resume(): Promise<void>;
	/** Takes a quarantined run into service again. */
	release(run: RunId): Promise<void>;
	/** Writes summaries that wait, so that lists are exact. */
	flush(): void;
	/** Whether new work is taken, and if not, why. */
	health(): { readonly serving: boolean; readonly code?: string; readonly words?: string };
	/** Sizes now: deliveries queued, orders running and waiting, runs in memory. */
	load(): { readonly queued: number; readonly running: number; readonly waiting: number; readonly held: number };
};

/** One host's moving parts, shared by begin and close. */
export type Machine = StageParts & {
	readonly store: Store;
	readonly intake: Intake;
	readonly doing: Doing;
	readonly alarm: Alarm;
	readonly lanes: ReturnType<typeof createLanes>;
	readonly abort: AbortController;
	readonly flush: () => void;
	readonly mark: (entry: Entry) => void;
	readonly deliver: (run: RunId, event: NewEvent, key: DeliveryKey) => Promise<Receipt>;
	phase: "new" | "serving" | "stopping" | "stopped";
};

export function createHost(store: Store, options: HostOptions): EmbeddedHost {
	const listeners = new Set<Listener>();
	const machine = assemble(store, options, listeners);
	const { core } = options;
	const refuse = (): UnavailableError | undefined => refusalOf(machine);
	let closing: Promise<void> | undefined;
	return {
		start: async (request, sop) => {
			const refused = refuse();
			if (refused) throw refused;
			const run = runIdFor(store.installation, request);
			return enqueue(machine.intake, startItem({ core, run, request, sop, internal: false }));
		},
		deliver: async (run, event, key) => {
			const refused = refuse();
			if (refused) throw refused;
			return enqueue(machine.intake, { run, event, payload: canonicalPayload(event), key, internal: false });
		},
		read: async (run) => readRun(machine, run),
		onChange: (listener) => {
			listeners.add(listener);
			return () => void listeners.delete(listener);
		},
		begin: () => restart(machine),
		close: () => {
			closing ??= closeHost(machine);
			return closing;
		},
		wake: () => machine.alarm.wake(),
		resume: async () => {
			store.resume();
			if (machine.phase === "serving") await restart(machine);
		},
		release: async (run) => release(machine, run),
		flush: machine.flush,
		health: () => {
			const refused = refuse();
			return refused ? { serving: false, code: refused.code, words: refused.message } : { serving: true };
		},
		load: () => ({
			queued: machine.intake.size(),
			running: machine.lanes.running(),
			waiting: machine.lanes.waiting(),
			held: machine.cache.size(),
		}),
	};
}

function assemble(store: Store, options: HostOptions, listeners: ReadonlySet<Listener>): Machine {
	const { core, performer, childSop } = options;
	const journal = prepareJournal(store);
	const cache = createCache(options.memory ?? 32_000_000);
	let no = journal.lastNo.get() ?? 0;
	const parts: StageParts = { core, journal, cache, log: store.log, nextNo: () => ++no };
	const committer = createCommitter({ store, core, journal, log: store.log });
	const lanes = createLanes({ perClient: options.perClient ?? 8, total: options.total ?? 1024 });
	const abort = new AbortController();
	const find = (run: RunId): Entry | undefined => findEntry(parts, run);
	const deliver = async (run: RunId, event: NewEvent, key: DeliveryKey): Promise<Receipt> =>
		enqueue(intake, { run, event, payload: canonicalPayload(event), key, internal: true });
	const startChild = async (run: RunId, request: StartRequest, sop: Sop): Promise<Receipt> =>
		enqueue(intake, startItem({ core, run, request, sop, internal: true }));
	const inner: Pick<Host, "deliver" | "read"> = { deliver, read: async (run) => readRun(parts, run) };
	const { log } = store;
	const allowed = (): boolean => store.health().kind === "good";
	const doing = createDoing({
		performer,
		lanes,
		log,
		inner,
		find,
		startChild,
		childSop,
		signal: abort.signal,
		allowed,
	});
	const alarm = createAlarm({
		clock: store.clock,
		nextDue: () => journal.nextDue.get() ?? undefined,
		fire: (now) => fireDue(machine, now),
	});
	const retry = (items: readonly Item[]): void => intake.retry(items);
	const metrics = options.metrics;
	const tick = createTick({
		...parts,
		store,
		committer,
		doing,
		alarm,
		listeners,
		retry,
		...(metrics === undefined ? {} : { metrics }),
	});
	const intake = createIntake(tick.run);
	const { flush } = tick;
	const { mark } = committer;
	const machine: Machine = { ...parts, store, intake, doing, alarm, lanes, abort, flush, mark, deliver, phase: "new" };
	return machine;
}

function enqueue(intake: Intake, item: Omit<Item, "resolve" | "reject" | "since" | "told">): Promise<Receipt> {
	return new Promise((resolve, reject) =>
		intake.push({ ...item, resolve, reject, since: performance.now(), told: false }),
	);
}

function startItem(of: {
	readonly core: Core;
	readonly run: RunId;
	readonly request: StartRequest;
	readonly sop: Sop;
	readonly internal: boolean;
}): Omit<Item, "resolve" | "reject" | "since" | "told"> {
	const { run, request, sop, internal, core } = of;
	const event: NewEvent = { kind: "started", run, request };
	const alone = request.undo !== undefined || request.parent !== undefined || request.drill === true;
	const same = alone ? undefined : core.uniqueKey(sop, request.form);
	const uniq = same === undefined ? undefined : sha(same);
	return { run, event, payload: canonicalPayload(event), key: "start", start: { sop, uniq }, internal };
}

function refusalOf(machine: Machine): UnavailableError | undefined {
	const health = machine.store.health();
	if (health.kind !== "good") return new UnavailableError(health.code, health.words);
	switch (machine.phase) {
		case "serving":
			return undefined;
		case "new":
			return new UnavailableError("starting", "Sopwith is starting. Try again in a moment.", { retryAfterMs: 1000 });
		case "stopping":
		case "stopped":
			return new UnavailableError("stopping", "Sopwith is stopping. Nothing was started. Try again in a minute.", {
				retryAfterMs: 60_000,
			});
	}
}

/** Errors: `UnavailableError` `quarantined` for a run whose journal cannot be trusted. */
function readRun(parts: StageParts, run: RunId): Awaited<ReturnType<Host["read"]>> {
	try {
		const entry = findEntry(parts, run);
		return entry && { run: entry.run, sop: entry.sop };
	} catch (problem) {
		parts.log.error({ err: problem, run, code: "quarantined" }, "the run cannot be read");
		throw quarantinedError(run);
	}
}
