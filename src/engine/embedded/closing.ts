/**
 * A calm end: nothing more is taken, what runs has 10 s to end, then its signal says stop; the rest stays pending in the
 * journal. Must never lose a delivery that was taken.
 */
import { UnavailableError } from "../../base/errors.ts";
import type { Machine } from "./host.ts";

const PATIENCE_MS = 10_000;
const AFTER_ABORT_MS = 2_000;

export async function closeHost(machine: Machine): Promise<void> {
	if (machine.phase === "serving") machine.phase = "stopping";
	machine.lanes.stop();
	await within(machine.alarm.stop(), AFTER_ABORT_MS);
	if (!(await within(machine.lanes.idle(), PATIENCE_MS))) {
		machine.abort.abort();
		await within(machine.lanes.idle(), AFTER_ABORT_MS);
	}
	machine.doing.stop();
	machine.abort.abort();
	await within(machine.intake.idle(), AFTER_ABORT_MS);
	machine.phase = "stopped";
	const words = "Sopwith is stopping. Nothing was started. Try again in a minute.";
	machine.intake.stop(new UnavailableError("stopping", words, { retryAfterMs: 60_000 }));
	try {
		machine.flush();
	} catch (problem) {
		machine.log.warn(
			{ err: problem, code: "summaries" },
			"summaries could not be written; they are made anew at the start",
		);
	}
}

/** Whether it came in time. */
async function within(work: Promise<void>, ms: number): Promise<boolean> {
	let handle: NodeJS.Timeout | undefined;
	const late = new Promise<boolean>((resolve) => {
		handle = setTimeout(() => resolve(false), ms);
	});
	const inTime = await Promise.race([work.then(() => true), late]);
	clearTimeout(handle);
	return inTime;
}
