/** What the figures say. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { openMetrics } from "../../src/base/metrics.ts";

test("the figures count commits, events and trouble, and ask for the runs when they are read", async () => {
	let waiting = 2;
	const metrics = openMetrics(async () => ({ waiting, done: 7 }));
	metrics.recorded({ kind: "started" });
	metrics.recorded({ kind: "started" });
	metrics.committed(2, 4);
	metrics.quarantined();
	metrics.diskFull();
	waiting = 3;
	const text = await metrics.registry.metrics();
	for (const line of [
		'sopwith_events_total{kind="started"} 2',
		'sopwith_commit_seconds_bucket{le="0.005"} 1',
		"sopwith_committed_events_total 2",
		"sopwith_quarantined_runs_total 1",
		"sopwith_disk_full_total 1",
		'sopwith_runs{phase="waiting"} 3',
		'sopwith_runs{phase="done"} 7',
	]) {
		assert(text.includes(`${line}\n`), line);
	}
});
