/**
 * What whoever runs the installation may ask: tokens, secrets, backups, the state of the house. Must never act for a person
 * of a roster, and never shows a secret it was given.
 */
import { randomBytes } from "node:crypto";
import { InputError } from "./base/errors.ts";
import { sha256 } from "./base/json.ts";
import { type Clock, plusMs } from "./base/time.ts";
import type { App, MadeToken, Status, TokenRequest, Verified } from "./command/app-port.ts";
import { actorOf } from "./command/office.ts";
import type { Tokens } from "./console/token.ts";
import type { AuditStream } from "./engine/embedded/audit.ts";
import { backup } from "./engine/embedded/backup.ts";
import type { EmbeddedHost } from "./engine/embedded/host.ts";
import type { Store } from "./engine/embedded/open.ts";
import type { PeopleStore } from "./engine/embedded/people-store.ts";
import { verifyStore } from "./engine/embedded/verify.ts";
import type { Plan } from "./engine/event.ts";
import { planOnly } from "./engine/plan-only.ts";
import type { Performer, Vault } from "./engine/ports.ts";
import type { Definitions } from "./sop/definitions.ts";
import { hookKeysIn } from "./triggers/hook-keys.ts";

type Parts = {
	readonly store: Store;
	readonly host: EmbeddedHost;
	readonly people: PeopleStore;
	readonly vault: Vault;
	readonly audit: AuditStream;
	readonly performer: Performer;
	readonly clock: Clock;
	readonly definitions: () => Definitions;
};

export function createOffice(parts: Parts) {
	const { store, host, vault, clock, definitions } = parts;
	const since = clock.now();
	const counts = store.db.prepare<[], { phase: string; n: number }>(
		"SELECT phase, count(*) AS n FROM runs GROUP BY phase",
	);
	const phases = (): { readonly [phase: string]: number } => {
		host.flush();
		return Object.fromEntries(counts.all().map(({ phase, n }) => [phase, n]));
	};
	return {
		phases,
		status: async (url: string): Promise<Status> => {
			const health = store.health();
			return {
				url,
				since,
				runs: phases(),
				restored: health.kind === "copy",
				...(health.kind === "good" ? {} : { unwell: health.words }),
				problems: definitions().problems.length,
				quarantined: definitions().quarantined.length,
			};
		},
		backup: async (file: string) => {
			const { bytes } = await backup(store, file, () => host.flush());
			return { file, bytes };
		},
		createToken: async (request: TokenRequest): Promise<MadeToken> => createToken(parts, request),
		tokens: tokensOf(parts),
		setSecret: async ({ client, name, value }: Parameters<App["setSecret"]>[0]): Promise<void> => {
			await vault.replace(client, name, value);
		},
		hookKey: hookKeysIn(vault),
		tidy: () => parts.people.tidy(plusMs(clock.now(), -KEPT_MS)),
		resumeRestored: async () => {
			const resumed = store.health().kind !== "good";
			await host.resume();
			return { resumed };
		},
		auditRows: async (query: Parameters<App["auditRows"]>[0]) => parts.audit.list(query),
		auditVerify: () => verifyAll(parts),
		planOnly: (wanted: Parameters<App["planOnly"]>[0]) => planFor(parts, wanted),
	};
}

/** Walks every chain: journals, heads and the audit stream. */
async function verifyAll(parts: Parts): Promise<Verified> {
	const runs = await verifyStore(parts.store);
	const audit = parts.audit.verify();
	const found = runs.finding;
	const broken = [
		...(found === undefined ? [] : [{ chain: found.run ?? "heads", seq: found.seq ?? 0, words: found.words }]),
		...(audit.broken === undefined
			? []
			: [{ chain: "audit", seq: audit.broken, words: "This row of the audit stream is not as it was written." }]),
	];
	return { ok: broken.length === 0, runs: runs.runs, events: runs.events, broken };
}

async function planFor(parts: Parts, { sop, client, form }: Parameters<App["planOnly"]>[0]): Promise<Plan> {
	const { clients } = parts.definitions();
	const found = Object.hasOwn(clients, client) ? clients[client] : undefined;
	const wanted = found !== undefined && Object.hasOwn(found.sops, sop) ? found.sops[sop] : undefined;
	if (found === undefined || wanted === undefined)
		throw new InputError([
			{
				path: found === undefined ? "client" : "sop",
				code: "no-such-sop",
				message: `There is no ${found === undefined ? `client ${client}` : `procedure ${sop} for ${client}`}.`,
			},
		]);
	return planOnly(parts, { client: found, sop: wanted, form });
}

const TOKEN_BYTES = 32;
/** Drafts and ended sessions are kept for 30 days. */
const KEPT_MS = 30 * 86_400_000;

function createToken(parts: Parts, request: TokenRequest): MadeToken {
	const actor = actorOf({ definitions: parts.definitions } as App, { as: request.person, client: request.client });
	const token = `sopwith_${randomBytes(TOKEN_BYTES).toString("base64url")}`;
	const created = parts.clock.now();
	const expires = plusMs(created, request.expiresMs);
	const hash = sha256(token);
	const client = request.client === undefined ? {} : { client: request.client };
	parts.people.saveToken({ hash, person: actor, created, expires, ...client });
	return { token, person: request.person, expires, ...client };
}

function tokensOf({ people }: Parts): Tokens {
	return {
		find: async (hash) => {
			const found = people.token(hash);
			if (found === undefined || found.revoked !== undefined) return undefined;
			const { person, client, expires } = found;
			return { hash, actor: person, expires, ...(client === undefined ? {} : { client }) };
		},
	};
}
