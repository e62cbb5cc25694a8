/**
 * What happens at the start: every attempt that had begun is reported as unknown, then what is pending is done again. Looks
 * only at runs that had something under way, however many are parked. Must never do anything on a restored copy.
 */
import { splitPending } from "./entry.ts";
import type { Machine } from "./host.ts";
import { findEntry } from "./stage.ts";

const AT_ONCE = 100;

/** Resolves when all doubts are durable and every order is given. Repeat: safe. */
export async function restart(machine: Machine): Promise<void> {
	const health = machine.store.health();
	machine.phase = "serving";
	if (health.kind !== "good") {
		machine.log.warn({ code: health.code }, health.words);
		return;
	}
	const runs = machine.journal.inFlight.all();
	for (let from = 0; from < runs.length; from += AT_ONCE) {
		await Promise.all(runs.slice(from, from + AT_ONCE).map((run) => takeUp(machine, run)));
	}
	machine.flush();
	machine.alarm.wake();
}

async function takeUp(machine: Machine, run: string): Promise<void> {
	try {
		const entry = findEntry(machine, run);
		if (entry === undefined || entry.quarantined !== undefined) return;
		entry.performing++;
		try {
			await machine.doing.doubts(entry, "host-restarted");
			if (entry.wanted.size === 0) {
				entry.wanted = splitPending(machine.core.pending(entry.sop, entry.run)).wanted;
			}
			machine.mark(entry);
			machine.doing.perform(entry);
		} finally {
			entry.performing--;
		}
	} catch (problem) {
		machine.log.error({ err: problem, run, code: "quarantined" }, "the run cannot be taken up; it is quarantined");
		machine.store.write(() => machine.journal.setQuarantined.run("load", run));
	}
}

/** Takes a quarantined run into service again, as far as it can be read. */
export async function release(machine: Machine, run: string): Promise<void> {
	machine.store.write(() => machine.journal.setQuarantined.run(null, run));
	machine.cache.drop(run);
	const entry = findEntry(machine, run);
	if (entry === undefined) return;
	const { timers } = splitPending(machine.core.pending(entry.sop, entry.run));
	machine.store.write(() => {
		for (const { wait, timer, at } of timers.values()) machine.journal.putTimer.run(entry.no, wait, timer, at);
	});
	entry.timers = timers;
	await takeUp(machine, run);
	machine.alarm.wake();
}
