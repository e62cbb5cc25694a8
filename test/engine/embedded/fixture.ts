/**
 * What the tests of the embedded host share: a real store in a folder of its own, the real core, and a performer that
 * writes nothing anywhere. Must never stand in for a part of the host.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { canonical } from "../../../src/base/json.ts";
import { Secret } from "../../../src/base/secret.ts";
import type { Clock, Instant } from "../../../src/base/time.ts";
import { CORE, decide } from "../../../src/engine/decide.ts";
import type { Core } from "../../../src/engine/embedded/core.ts";
import { createHost, type EmbeddedHost, type HostOptions } from "../../../src/engine/embedded/host.ts";
import { openStore, type Store } from "../../../src/engine/embedded/open.ts";
import type { NewEvent, StartRequest } from "../../../src/engine/event.ts";
import { pending } from "../../../src/engine/pending.ts";
import { phase } from "../../../src/engine/phase.ts";
import type { Performer } from "../../../src/engine/ports.ts";
import type { Sop, Step } from "../../../src/sop/sop.ts";
import { plainSop } from "../../fixtures/sop.ts";

export const key = new Secret(Buffer.alloc(32, 7).toString("base64"));

export const core: Core = {
	CORE,
	decide,
	pending,
	phase: (_, run) => phase(run),
	summary: (sop, run) => ({
		subject: String(run.form.name ?? ""),
		title: sop.title,
		waitingFor: Object.values(run.steps).map((s) => s.state),
		visibility: sop.visibility,
	}),
	uniqueKey: (sop, form) => (sop.unique.length === 0 ? undefined : canonical(form)),
};

const base = { let: {}, blocking: true, onFailure: "ask" } as const;
const wall = (ms: number) => ({ clock: "wall", ms }) as const;

export function doStep(id: string): Step {
	const action = { name: "toy.set", repeat: { kind: "settle", ms: 0 }, writes: true, destructive: false } as const;
	const retry = { attempts: 3, firstMs: 10, mostMs: 20 };
	return {
		...base,
		id,
		name: `Set ${id}`,
		kind: "do",
		action,
		with: { name: id },
		retry,
		timeoutMs: 5000,
		proveWithinMs: 1000,
		unguarded: "a toy",
	};
}

export function askStep(id: string): Step {
	return { ...base, id, name: `Ask ${id}`, kind: "ask", to: ["owner"], form: [] };
}

export function waitStep(id: string, ms: number): Step {
	return { ...base, id, name: `Wait ${id}`, kind: "wait", wait: { kind: "after", after: wall(ms) } };
}

export function runStep(id: string, sop: string): Step {
	return { ...base, id, name: `Run ${sop}`, kind: "run", sop, with: {} };
}

export function sopOf(id: string, steps: readonly Step[], more: Partial<Sop> = {}): Sop {
	return {
		...plainSop,
		id,
		title: `Procedure ${id}`,
		client: clientOf("contoso"),
		definition: `${id}-${steps.map((s) => s.id).join("-")}`.padEnd(64, "0"),
		steps,
		...more,
	};
}

export function clientOf(id: string): Sop["client"] {
	const hours = { "1": [{ from: 0, to: 1440 }] };
	const calendar = { hours, holidays: [] };
	return { id, name: id, timezone: "UTC", calendar, identity: "cloud", profiles: {}, sandbox: true };
}

export function requestOf(keyed: string, sop = "toy", client = "contoso", form = {}): StartRequest {
	return { client, sop, key: keyed, by: "ada", via: "api", form };
}

/** Begins, then ends well, every attempt. `held` may keep it from ending. */
export function toyPerformer(
	held: (run: string, step: string) => Promise<void> | undefined = () => undefined,
): Performer {
	return {
		perform: async ({ run, effect }, host) => {
			if (effect.kind !== "attempt") return;
			const { step, attempt, input } = effect;
			const changes = [
				{ id: `set:${run.id}.${step}#v`, kind: "set", target: step, facet: "v", words: "Sets", detail: "set" },
			] as const;
			const began: NewEvent = { kind: "attempt-began", step, attempt, changes, input };
			const go = await host.deliver(run.id, began, `began:${step}/${attempt}`);
			if (go.verdict !== "go") return;
			await held(run.id, step);
			const outcome = { kind: "done", applied: [changes[0].id], output: {}, proof: [] } as const;
			await host.deliver(run.id, { kind: "attempt-ended", step, attempt, outcome }, `ended:${step}/${attempt}`);
		},
		plan: async () => ({ hash: "", entries: [], problems: [], waitsMs: 0 }),
	};
}

/** A clock that stands still until it is moved. */
export function handClock(start: Instant): Clock & { set(at: Instant): void } {
	let now = start;
	return {
		now: () => now,
		set: (at) => {
			now = at;
		},
	};
}

export function tempFolder(): string & { readonly __temp?: never } {
	return mkdtempSync(join(tmpdir(), "sopwith-host-"));
}

export function removeFolder(folder: string): void {
	rmSync(folder, { recursive: true, force: true });
}

export type Rig = { readonly store: Store; readonly host: EmbeddedHost; stop(): Promise<void> };

/** A host that serves, on a folder. `stop` closes host and store, in this order. */
export async function serve(
	folder: string,
	options: Partial<HostOptions> & { readonly clock?: Clock } = {},
): Promise<Rig> {
	const store = openStore({ folder, key, ...(options.clock === undefined ? {} : { clock: options.clock }) });
	const host = createHost(store, {
		core,
		performer: toyPerformer(),
		childSop: (request) => {
			throw new Error(`no procedure ${request.sop}`);
		},
		...options,
	});
	await host.begin();
	return {
		store,
		host,
		stop: async () => {
			await host.close();
			store.close();
		},
	};
}

/** Resolves when the run satisfies the condition, told by the host itself. */
export function until(
	rig: Pick<Rig, "host">,
	run: string,
	is: (state: import("../../../src/engine/run.ts").Run) => boolean,
) {
	return new Promise<void>((resolve) => {
		const off = rig.host.onChange((change) => {
			if (change.run.id !== run || !is(change.run)) return;
			off();
			resolve();
		});
		void rig.host.read(run).then((found) => {
			if (found === undefined || !is(found.run)) return;
			off();
			resolve();
		});
	});
}
