/**
 * The phase of a run: derived, stored nowhere. People never read these words; programs and lists do.
 */
import type { Phase } from "./event.ts";
import type { Run } from "./run.ts";

export function phase(run: Run): Phase {
	if (run.ended !== undefined) return run.ended.phase;
	if (run.stopping !== undefined) return "stopping";
	if (run.paused !== undefined) return "paused";
	const states = Object.values(run.steps);
	if (states.some((s) => s.state === "asking")) return "asking";
	if (states.some((s) => s.try !== undefined && s.wait === undefined)) return "running";
	if (states.some((s) => s.wait?.kind === "again")) return "running";
	if (states.some((s) => s.state === "running" && s.children !== undefined)) return "running";
	if (states.some((s) => s.wait?.kind === "plan")) return "planning";
	if (states.some((s) => s.state === "waiting")) return "waiting";
	return "running";
}
