/**
 * The parts behind the doors: store, definitions, host, desk. Put together once; must never listen or serve.
 */
import { join } from "node:path";
import { registry } from "./actions/registry.ts";
import { openSandboxServer, type SandboxServer } from "./actions/sandbox/sandbox.ts";
import { seedOf } from "./actions/sandbox/seed.ts";
import { secretOf } from "./actions/settings.ts";
import { createWorlds, type WorldParts } from "./actions/world.ts";
import { openBook } from "./app-book.ts";
import { openLinks } from "./app-links.ts";
import { createOffice } from "./app-office.ts";
import { pause } from "./app-pause.ts";
import { openMetrics } from "./base/metrics.ts";
import type { Clock } from "./base/time.ts";
import type { OpenOptions } from "./command/app-port.ts";
import type { Config } from "./config.ts";
import { childSop, core } from "./engine/core.ts";
import { createDesk } from "./engine/create-desk.ts";
import { createArchive } from "./engine/embedded/archive.ts";
import { type AuditStream, createAudit } from "./engine/embedded/audit.ts";
import { refusedOpening } from "./engine/embedded/faults.ts";
import { createHost } from "./engine/embedded/host.ts";
import { openStore, type Store } from "./engine/embedded/open.ts";
import { createPeopleStore } from "./engine/embedded/people-store.ts";
import { createStandingLedger } from "./engine/embedded/standing.ts";
import { createVault } from "./engine/embedded/vault.ts";
import { createPerformer } from "./engine/performer/performer.ts";
import type { Vault } from "./engine/ports.ts";
import { createStanding } from "./engine/standing.ts";
import type { Client, Definitions } from "./sop/definitions.ts";

/** `sandbox`: simulated tenants that the caller opened and closes, as tests do to set their lags and look inside. */
export type HouseOptions = OpenOptions & { readonly sandbox?: SandboxServer };
export type House = Awaited<ReturnType<typeof openHouse>>;

/**
 * Opens everything but the doors to people. Errors: those of `openStore`, `openBook` and the file system; nothing is left
 * open then.
 */
export async function openHouse(config: Config, options: HouseOptions, clock: Clock) {
	const store = openStore({ folder: config.data, key: config.key, clock, log: options.log });
	try {
		return await furnish(store, config, options);
	} catch (error) {
		store.close();
		throw refusedOpening(store.file, error) ?? error;
	}
}

async function furnish(store: Store, config: Config, { log, redactor, sandbox: lent }: HouseOptions) {
	const { clock } = store;
	const { definitions, clientOf, reload } = await openBook(config, clock);
	const rosterOf = (id: string) => clientOf(id)?.roster;
	const kept = createVault(store);
	const vault = {
		...kept,
		reveal: async (...of: Parameters<typeof kept.reveal>) => redactor.saw(await kept.reveal(...of)),
	};
	const audit = createAudit(store);
	const people = createPeopleStore(store);
	const linked = openLinks({ store, definitions, clock, audit });
	const remotes = await openRemotes(config, { clientOf, vault, clock, ...(lent === undefined ? {} : { lent }) });
	const performer = createPerformer({
		actions: registry,
		worldOf: (run, sop, step) => remotes.worlds.worldOf(run, sop, step),
		standing: createStanding({ rosterOf, ledger: createStandingLedger(store), clock }),
		clock,
		log: ({ what, run, where, error }) => log.error({ run, where, error }, what),
		wait: pause,
	});
	const metrics = openMetrics(async () => office.phases());
	const named = (request: { readonly client: string }) => (sop: string) => clientOf(request.client)?.sops[sop];
	const host = createHost(store, {
		core,
		performer,
		metrics,
		childSop: (request, parent) => childSop(request, parent, named(request)),
	});
	const archive = createArchive(store, () => host.flush());
	const desk = createDesk({ definitions, host, archive, audit, clock });
	const office = createOffice({ store, host, people, vault: kept, audit, performer, clock, definitions });
	const close = async (): Promise<void> => {
		await host.close();
		flushLast(audit, log);
		await remotes.close();
		store.close();
	};
	return {
		store,
		definitions,
		reload: () => reload().finally(linked.links.sweep),
		clientOf,
		rosterOf,
		vault: kept,
		secretOf: secretsOf(config, { definitions, clientOf, vault }),
		audit,
		people,
		...linked,
		tenantOf: remotes.tenantOf,
		metrics,
		host,
		desk,
		office,
		close,
	};
}

/** What cannot be written now is lost, and that must not keep the rest from being closed. */
function flushLast(audit: AuditStream, log: OpenOptions["log"]): void {
	try {
		audit.flush();
	} catch (problem) {
		log.error({ err: problem, code: "audit" }, "the last rows of the audit could not be written and are lost");
	}
}

type SecretParts = { readonly definitions: () => Definitions; readonly vault: Vault } & Pick<WorldParts, "clientOf">;

/** A secret that `client.yaml`, or `msp.yaml` where no client is given, names. Errors: `RemoteError` `no-such-secret`. */
function secretsOf(config: Config, { definitions, clientOf, vault }: SecretParts) {
	return (id: string | undefined, named: string) => {
		const client = id === undefined ? undefined : clientOf(id);
		const owner = client ?? {
			...definitions().msp,
			folder: config.definitions,
			clients: join(config.definitions, "clients"),
		};
		return secretOf({ vault, env: process.env }, owner, named);
	};
}

type RemoteParts = Pick<WorldParts, "clientOf" | "vault" | "clock"> & { readonly lent?: SandboxServer };

/** Opens what stands outside: the simulated tenants, and each client's doors. Connections are made when first needed. */
async function openRemotes(config: Config, { lent, ...parts }: RemoteParts) {
	const sandbox = lent ?? (await openSandboxServer({ folder: `${config.data}/sandbox`, clock: parts.clock }));
	const tenantOf = (client: Client) => sandbox.tenant(seedOf(client));
	const worlds = createWorlds({ ...parts, sandboxOf: tenantOf, env: process.env });
	return {
		tenantOf,
		worlds,
		close: async () => {
			await worlds.close();
			if (lent === undefined) await sandbox.close();
		},
	};
}
