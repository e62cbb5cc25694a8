/**
 * The house's own round, once a night: every chain is checked from its first link, and what nobody needs is put away.
 * node-cron only wakes it; a night that is missed is made up for by the next. Must never touch a run.
 */
import cron from "node-cron";

type NightlyParts = {
	/** Walks every chain; what is broken stops new work by itself. */
	readonly verify: () => Promise<{ readonly ok: boolean; readonly runs: number; readonly events: number }>;
	/** Removes drafts and sessions that ended long ago. */
	readonly tidy: () => void;
	readonly log: { info(fields: object, words: string): void; error(fields: object, words: string): void };
};

const AT = "17 3 * * *";

/** Starts the rounds. Returns how to stop them. A round that is still going is not started again. */
export function startNightly(parts: NightlyParts): () => Promise<void> {
	const task = cron.schedule(AT, () => round(parts), { name: "nightly", noOverlap: true });
	return async () => {
		await task.destroy();
	};
}

/** One round. Never throws. */
export async function round(parts: NightlyParts): Promise<void> {
	const { log } = parts;
	try {
		parts.tidy();
		const { ok, runs, events } = await parts.verify();
		if (ok) log.info({ runs, events }, "Every chain is whole");
		else
			log.error({ runs, events }, "A chain is broken: nothing new is accepted. `sopwith audit verify` names the row");
	} catch (error) {
		log.error({ error }, "The nightly round could not be finished; it is tried again tomorrow");
	}
}
