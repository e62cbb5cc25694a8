/**
 * A house for measuring: the real store, host, core and performer, and one action that finds
 * everything as it should be. Must never leave out what a real run pays for but the remote itself.
 */
import { z } from "zod";
import { Secret } from "../../src/base/secret.ts";
import { systemClock } from "../../src/base/time.ts";
import type { Action } from "../../src/engine/action.ts";
import { core } from "../../src/engine/core.ts";
import { createHost, type EmbeddedHost } from "../../src/engine/embedded/host.ts";
import { openStore, type Store } from "../../src/engine/embedded/open.ts";
import type { StartRequest } from "../../src/engine/event.ts";
import { createPerformer, type Registry } from "../../src/engine/performer/performer.ts";
import type { Sop, Step } from "../../src/sop/sop.ts";
import { plainSop } from "../fixtures/sop.ts";

const NAME = "bench.noop";
const REPEAT = { kind: "replace" } as const;

/** It is already so: nothing is written, and yet the attempt begins and ends in the journal as any other. */
const noopAction = (onLook: (run: string) => unknown): Action => ({
	name: NAME,
	about: "Changes nothing",
	input: z.object({ step: z.string() }),
	output: z.object({}),
	repeat: REPEAT,
	writes: true,
	defaults: {},
	look: async (_input, { run }) => {
		await onLook(run);
		return {};
	},
	plan: () => ({ changes: [], promises: {} }),
	prove: () => ({ output: {}, proof: [{ words: "It is so.", detail: "bench", ok: true }] }),
	apply: async () => ({ kind: "done", applied: [], output: {}, proof: [] }),
});
const never = new AbortController().signal;

export type BenchHouse = { readonly store: Store; readonly host: EmbeddedHost; readonly close: () => Promise<void> };

/** Opens a house on a folder. It serves when this returns. `onLook`: told when a step's first line runs, and waited for. */
export async function openBenchHouse(folder: string, onLook: (run: string) => unknown = () => {}): Promise<BenchHouse> {
	const noop = noopAction(onLook);
	const registry: Registry = { get: (name) => (name === NAME ? noop : undefined), known: () => ({}) };
	const key = new Secret(Buffer.alloc(32, 7).toString("base64"));
	const store = openStore({ folder, key });
	const performer = createPerformer({
		actions: registry,
		worldOf: (run, _sop, step) => ({
			client: run.client,
			run: run.id,
			mark: `${run.id}/${step}`,
			signal: never,
			lookOnly: false,
			promised: false,
			reveal: () => Promise.reject(new Error("no secrets here")),
			keep: () => Promise.reject(new Error("no secrets here")),
			replace: () => Promise.reject(new Error("no secrets here")),
			holds: async () => false,
		}),
		standing: async () => undefined,
		clock: systemClock,
		wait: async () => {},
	});
	const childSop = (): Sop => {
		throw new Error("no children here");
	};
	const host = createHost(store, { core, performer, childSop });
	await host.begin();
	const close = async (): Promise<void> => {
		await host.close();
		store.close();
	};
	return { store, host, close };
}

const base = { let: {}, blocking: true, onFailure: "ask" } as const;

function doStep(id: string): Step {
	return {
		...base,
		id,
		name: `Do ${id}`,
		kind: "do",
		action: { name: NAME, repeat: REPEAT, writes: true, destructive: false },
		with: { step: id },
		retry: { attempts: 3, firstMs: 1000, mostMs: 60_000 },
		timeoutMs: 30_000,
		proveWithinMs: 30_000,
		unguarded: "it changes nothing",
	};
}

function askStep(id: string): Step {
	const overdue = { after: { clock: "wall", ms: 3 * 86_400_000 }, ask: ["owner"] } as const;
	return { ...base, id, name: `Ask ${id}`, kind: "ask", to: ["owner"], form: [], overdue };
}

/** `clients` procedures of `steps` no-op steps, one per client: a client has only so many orders performed at once. */
export function stepsSops(clients: number, steps: number): readonly Sop[] {
	return Array.from({ length: clients }, (_, n) =>
		sopOf(
			`bench-${n}`,
			Array.from({ length: steps }, (_, at) => doStep(`s${at}`)),
		),
	);
}

/** A procedure that waits for a person, for three days at most, and then does one thing. */
export function askSop(client = "bench-0"): Sop {
	return sopOf(client, [askStep("ask"), doStep("after")]);
}

function sopOf(client: string, steps: readonly Step[]): Sop {
	const calendar = { hours: { "1": [{ from: 0, to: 1440 }] }, holidays: [] };
	return {
		...plainSop,
		id: "bench",
		title: "Measure",
		client: { id: client, name: client, timezone: "UTC", calendar, identity: "cloud", profiles: {}, sandbox: true },
		definition: `${client}${steps.map(({ id }) => id).join("")}`.padEnd(64, "0"),
		steps,
	};
}

export function requestOf(sop: Sop, key: string): StartRequest {
	const form = { firstName: "Ada", lastName: "Lovelace", startDate: "2026-12-01" };
	return { client: sop.client.id, sop: sop.id, key, by: "ada", via: "api", form };
}
