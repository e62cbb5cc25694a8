/**
 * The figures that `/metrics` shows. Must never name a client, a person or a run: figures leave the house.
 */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";

type Metrics = {
	readonly registry: Registry;
	/** One commit: how many events, and how long it took in ms. */
	committed(events: number, ms: number): void;
	recorded(event: { readonly kind: string }): void;
	quarantined(): void;
	diskFull(): void;
};

/** Opens the figures. `phases`: how many runs stand in each phase, asked for when the figures are read. */
export function openMetrics(phases: () => Promise<{ readonly [phase: string]: number }>): Metrics {
	const registry = new Registry();
	const registers = [registry];
	collectDefaultMetrics({ register: registry, prefix: "sopwith_" });
	const counter = (name: string, help: string) => new Counter({ name: `sopwith_${name}_total`, help, registers });
	const kinds = { name: "sopwith_events_total", help: "Events made durable", labelNames: ["kind"], registers };
	const events = new Counter(kinds);
	const commits = new Histogram({
		name: "sopwith_commit_seconds",
		help: "How long a commit took",
		buckets: [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 2],
		registers,
	});
	const together = counter("committed_events", "Events written, over all commits");
	const quarantines = counter("quarantined_runs", "Runs put on hold by a mistake of ours");
	const full = counter("disk_full", "Commits refused because the disk was full");
	showRuns(registry, phases);
	return {
		registry,
		committed: (count, ms) => {
			commits.observe(ms / 1_000);
			together.inc(count);
		},
		recorded: ({ kind }) => events.inc({ kind }),
		quarantined: () => quarantines.inc(),
		diskFull: () => full.inc(),
	};
}

function showRuns(registry: Registry, phases: () => Promise<{ readonly [phase: string]: number }>): void {
	new Gauge({
		name: "sopwith_runs",
		help: "Runs by phase",
		labelNames: ["phase"],
		registers: [registry],
		async collect() {
			this.reset();
			for (const [phase, count] of Object.entries(await phases())) this.set({ phase }, count);
		},
	});
}
