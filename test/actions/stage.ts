/**
 * One client on a sandbox, with the real registry, worlds and performer. The host records what is delivered and answers
 * go; everything a test reads is what a real host would have made durable.
 */
import { tmpdir } from "node:os";
import type { TestContext } from "node:test";
import { registry } from "../../src/actions/registry.ts";
import type { Seed } from "../../src/actions/sandbox/seed.ts";
import { createWorlds } from "../../src/actions/world.ts";
import { ConflictError } from "../../src/base/errors.ts";
import type { Values } from "../../src/base/json.ts";
import type { Secret } from "../../src/base/secret.ts";
import type { Clock } from "../../src/base/time.ts";
import type { Effect } from "../../src/engine/effect.ts";
import type { Change, LedgerEntry, NewEvent, Outcome } from "../../src/engine/event.ts";
import { createPerformer, type Note } from "../../src/engine/performer/performer.ts";
import type { Host, Receipt, Vault } from "../../src/engine/ports.ts";
import type { Run, StepState } from "../../src/engine/run.ts";
import type { Client } from "../../src/sop/definitions.ts";
import type { Sop } from "../../src/sop/sop.ts";
import { plainSop } from "../fixtures/sop.ts";
import { type Stage as SandboxStage, SEED, withSandbox } from "./sandbox/with-sandbox.ts";

export type Try = {
	readonly action: string;
	readonly input: Values;
	readonly step?: string;
	readonly run?: string;
	readonly attempt?: number;
	readonly mode?: "apply" | "look";
	readonly ledger?: readonly LedgerEntry[];
	readonly timeoutMs?: number;
	readonly proveWithinMs?: number;
	readonly state?: StepState;
	/** What the host says to `attempt-began`. */
	readonly verdict?: Receipt["verdict"];
	readonly reason?: string;
};
export type Told = {
	readonly changes?: readonly Change[];
	readonly outcome?: Outcome;
	readonly events: readonly NewEvent[];
};

export type Stage = SandboxStage & {
	readonly vault: Vault & { readonly secrets: ReadonlyMap<string, Secret> };
	readonly events: readonly NewEvent[];
	readonly keys: readonly string[];
	readonly notes: readonly Note[];
	attempt(order: Try): Promise<Told>;
	/** As `attempt`, and the ledger that the host would now hold for a next try. */
	ledgerOf(order: Try, told: Told): readonly LedgerEntry[];
};

export async function onStage(
	t: TestContext,
	options: { readonly seed?: Partial<Seed>; readonly connectors?: Client["connectors"] } = {},
): Promise<Stage> {
	const sandbox = await withSandbox(t, options.seed === undefined ? {} : { seed: options.seed });
	const { clock } = sandbox;
	const vault = memoryVault();
	const client = clientOf(options.connectors ?? HYBRID);
	const worlds = createWorlds({
		clientOf: (id) => (id === client.id ? client : undefined),
		vault,
		sandboxOf: () => sandbox.sandbox,
		clock,
		env: {},
	});
	t.after(() => worlds.close());
	const events: NewEvent[] = [];
	const keys: string[] = [];
	const notes: Note[] = [];
	const performer = createPerformer({
		actions: registry,
		worldOf: (run, sop, step) => worlds.worldOf(run, sop, step),
		standing: async () => undefined,
		clock,
		log: (note) => notes.push(note),
		wait: async (ms) => clock.move(ms),
	});
	return {
		...sandbox,
		...{ vault, events, keys, notes },
		async attempt(order) {
			const from = events.length;
			const host = recorder(order, events, keys);
			const run = runOf(order, clock);
			await performer.perform({ run, sop: sopOf(client), effect: effectOf(order) }, host, AbortSignal.timeout(60_000));
			const told = events.slice(from);
			const began = told.find((event) => event.kind === "attempt-began");
			const ended = told.find((event) => event.kind === "attempt-ended");
			return {
				events: told,
				...(began === undefined ? {} : { changes: began.changes }),
				...(ended === undefined ? {} : { outcome: ended.outcome }),
			};
		},
		ledgerOf: (order, told) =>
			(told.changes ?? []).map((change) => ({
				path: order.step ?? "account",
				attempt: order.attempt ?? 1,
				action: order.action,
				input: order.input,
				change,
				state: told.outcome?.applied.includes(change.id) ? "applied" : "maybe",
				at: clock.now(),
			})),
	};
}

export const HYBRID: Client["connectors"] = {
	directory: { use: "sandbox" },
	microsoft365: { use: "sandbox" },
	mail: { use: "sandbox", from: "it@contoso.example" },
};

function recorder(order: Try, events: NewEvent[], keys: string[]): Pick<Host, "deliver" | "read"> {
	return {
		async deliver(run, event, key) {
			events.push(event);
			keys.push(key);
			const verdict = event.kind === "attempt-began" ? (order.verdict ?? "go") : "accepted";
			const reason = order.reason === undefined ? {} : { reason: { code: order.reason, words: "" } };
			return { run, seq: events.length, outcome: "accepted", verdict, ...reason };
		},
		read: async () => undefined,
	};
}

function effectOf(order: Try): Effect {
	return {
		kind: "attempt",
		step: order.step ?? "account",
		attempt: order.attempt ?? 1,
		action: order.action,
		input: order.input,
		mode: order.mode ?? "apply",
		timeoutMs: order.timeoutMs ?? 10_000,
		proveWithinMs: order.proveWithinMs ?? 30_000,
	};
}

export function runOf(order: Try, clock: Clock): Run {
	const at = clock.now();
	return {
		id: order.run ?? "7k2q",
		client: "contoso",
		sop: "newhire",
		definition: "d",
		core: 1,
		seq: 1,
		request: { client: "contoso", sop: "newhire", key: "k", by: "hr", via: "web", form: {} },
		startedAt: at,
		at,
		form: {},
		subject: { manager: "mo" },
		steps: order.state === undefined ? {} : { [order.step ?? "account"]: order.state },
		overrides: {},
		ledger: order.ledger ?? [],
		approvals: [],
		notes: [],
		outputs: {},
	};
}

export function sopOf(client: Client): Sop {
	return {
		...plainSop,
		id: "newhire",
		title: "New employee onboarding",
		client: client.values,
		definition: "d",
	};
}

export function clientOf(connectors: Client["connectors"]): Client {
	const values = {
		id: "contoso",
		name: "Contoso Ltd",
		timezone: "America/New_York",
		calendar: { hours: {}, holidays: [] },
		identity: "hybrid" as const,
		profiles: {},
		sandbox: true,
	};
	const people = SEED.people.map((person) => ({ ...person, of: "client" as const }));
	const roster = { client: "contoso", people, roles: {}, channels: {}, standing: [] };
	return { id: "contoso", name: "Contoso Ltd", values, roster, connectors, sops: {}, folder: tmpdir() };
}

/** A vault in memory, with the rules of the port: kept once, and no other client's secret is there. */
export function memoryVault(): Vault & { readonly secrets: ReadonlyMap<string, Secret> } {
	const secrets = new Map<string, Secret>();
	const own = (client: string, name: string) => {
		if (!name.startsWith(`${client}/`)) throw new ConflictError("no-such-secret", "There is no such secret.");
		return name;
	};
	return {
		secrets,
		async keep(client, name, value) {
			if (!secrets.has(own(client, name))) secrets.set(name, value);
			return { $secret: name };
		},
		async replace(client, name, value) {
			secrets.set(own(client, name), value);
			return { $secret: name };
		},
		holds: async (client, name) => secrets.has(own(client, name)),
		async reveal(client, ref) {
			const value = secrets.get(own(client, ref.$secret));
			if (value === undefined) throw new ConflictError("no-such-secret", "There is no such secret.");
			return value;
		},
		take: async () => undefined,
		taken: async () => undefined,
	};
}
