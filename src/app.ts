/**
 * The composition root: the only file that names concrete parts and puts them together. Must never hold a rule.
 */
import { randomBytes } from "node:crypto";
import { createServer } from "node:http";
import { fileURLToPath } from "node:url";
import { registry } from "./actions/registry.ts";
import { openSandboxServer } from "./actions/sandbox/sandbox.ts";
import { seedOf } from "./actions/sandbox/seed.ts";
import { createWorlds } from "./actions/world.ts";
import { UnavailableError } from "./base/errors.ts";
import { openMetrics } from "./base/metrics.ts";
import { systemClock } from "./base/time.ts";
import { loadCards } from "./cards/load.ts";
import { createBot } from "./chat/bot.ts";
import { createFill } from "./chat/fill.ts";
import { createPoster } from "./chat/poster.ts";
import { draftsIn } from "./chat/posts.ts";
import { createWebChat } from "./chat/web/receive.ts";
import { createSignIn } from "./chat/web/sign-in.ts";
import { createWebSurface } from "./chat/web/surface.ts";
import type { App, OpenOptions } from "./command/app-port.ts";
import type { Config } from "./config.ts";
import { createApi } from "./console/api.ts";
import { sameOrigin } from "./console/guard.ts";
import { createPages } from "./console/pages.ts";
import { createWeb } from "./console/server.ts";
import { childSop, core } from "./engine/core.ts";
import { createDesk } from "./engine/create-desk.ts";
import { CORE } from "./engine/decide.ts";
import { createArchive } from "./engine/embedded/archive.ts";
import { createAudit } from "./engine/embedded/audit.ts";
import { createHost } from "./engine/embedded/host.ts";
import { openStore } from "./engine/embedded/open.ts";
import { createPeopleStore } from "./engine/embedded/people-store.ts";
import { createPosts } from "./engine/embedded/posts.ts";
import { createStandingLedger } from "./engine/embedded/standing.ts";
import { createVault } from "./engine/embedded/vault.ts";
import { createMarks, createWebMessages } from "./engine/embedded/web-messages.ts";
import { createPerformer } from "./engine/performer/performer.ts";
import { createStanding } from "./engine/standing.ts";
import { view } from "./engine/view.ts";
import { createOffice } from "./office.ts";
import type { Definitions } from "./sop/definitions.ts";
import { diffDefinitions, loadDefinitions } from "./sop/folder.ts";
import { createWebhooks } from "./triggers/webhook.ts";

const CARDS = fileURLToPath(new URL("../cards", import.meta.url));
const clock = systemClock;
const newId = (): string => randomBytes(18).toString("base64url");

/** Opens Sopwith (see `OpenApp` in command/app-port.ts). */
export async function openApp(config: Config, options: OpenOptions): Promise<App> {
	const { log, redactor } = options;
	const store = openStore({ folder: config.data, key: config.key, clock, log });
	const read = (last?: Definitions): Definitions =>
		loadDefinitions(config.definitions, registry.known(), {
			clock,
			core: CORE,
			...(last === undefined ? {} : { last }),
		});
	let definitions = read();
	const clientOf = (id: string) => (Object.hasOwn(definitions.clients, id) ? definitions.clients[id] : undefined);
	const rosterOf = (id: string) => clientOf(id)?.roster;

	const kept = createVault(store);
	const vault = {
		...kept,
		reveal: async (...of: Parameters<typeof kept.reveal>) => redactor.saw(await kept.reveal(...of)),
	};
	const audit = createAudit(store);
	const people = createPeopleStore(store);
	const posts = createPosts(store);
	const messages = createWebMessages(store);

	const sandbox = await openSandboxServer({ folder: `${config.data}/sandbox`, clock });
	const worlds = createWorlds({
		clientOf,
		vault,
		sandboxOf: (client) => sandbox.tenant(seedOf(client)),
		clock,
		env: process.env,
	});
	const performer = createPerformer({
		actions: registry,
		worldOf: (run, sop, step) => worlds.worldOf(run, sop, step),
		standing: createStanding({ rosterOf, ledger: createStandingLedger(store), clock }),
		clock,
		log: ({ what, run, where, error }) => log.error({ run, where, error }, what),
		wait: pause,
	});
	const metrics = openMetrics(async () => office.phases());
	const host = createHost(store, {
		core,
		performer,
		metrics,
		childSop: (request, parent) => childSop(request, parent, (sop) => clientOf(request.client)?.sops[sop]),
	});
	const archive = createArchive(store, () => host.flush());
	const desk = createDesk({ definitions: () => definitions, host, archive, audit, clock });
	const office = createOffice({
		store,
		host,
		people,
		vault: kept,
		audit,
		performer,
		clock,
		definitions: () => definitions,
	});
	const rest = {
		desk,
		definitions: () => definitions,
		reload: async () => {
			const before = definitions;
			definitions = read(before);
			return {
				problems: definitions.problems,
				diff: diffDefinitions(before, definitions),
				quarantined: definitions.quarantined,
			};
		},
		backup: office.backup,
		createToken: office.createToken,
		setSecret: office.setSecret,
		resumeRestored: office.resumeRestored,
		auditVerify: office.auditVerify,
		planOnly: office.planOnly,
	};
	const closeParts = async (): Promise<void> => {
		await host.close();
		audit.flush();
		await worlds.close();
		await sandbox.close();
		store.close();
	};
	if (!options.serve) return { ...rest, url: "", status: () => office.status(""), close: closeParts };

	const server = createServer();
	await listen(server, config);
	const url = config.publicUrl ?? urlOf(server, config.host);
	const surface = createWebSurface({ messages, definitions: () => definitions, clock, newId });
	const fill = createFill({ definitions: () => definitions, clock, link: (path) => new URL(path, url).href });
	const poster = createPoster({
		posts,
		surfaces: [surface],
		rosterOf,
		marks: createMarks(store),
		host,
		view,
		fill,
		clock,
		newId,
		after,
		log: (what, facts) => log.warn(facts, what),
	});
	const bot = createBot({
		desk,
		posts,
		drafts: draftsIn(people),
		clock,
		audit,
		newId,
		fill,
		refresh: (run) => void poster.refresh(run),
	});
	const signIn = createSignIn({ sessions: people, definitions: () => definitions, clock, audit, publicUrl: url });
	let ready = false;
	const web = createWeb({
		clock,
		registry: metrics.registry,
		ready: () => ready && host.health().serving,
		publicUrl: url,
		loopback: config.signIn === "local",
		mounts: [
			{ at: "/", handler: createWebhooks({ desk, clock, audit, key: office.hookKey }) },
			{ at: "/", handler: signIn.router },
			{
				at: "/",
				handler: createWebChat({
					bot,
					desk,
					cards: loadCards(CARDS),
					surface,
					messages,
					signIn,
					clock,
					newId,
					publicUrl: url,
				}),
			},
			{
				at: "/api/v1",
				handler: (request, response, next) => {
					response.locals.actor = signIn.actorOf(request);
					next();
				},
			},
			{ at: "/api/v1", handler: createApi({ desk, tokens: office.tokens, clock }) },
			{
				at: "/",
				handler: createPages({
					desk,
					clock,
					vault: kept,
					audit,
					requireActor: signIn.requireActor,
					sameOrigin: sameOrigin(url),
					sandbox: async (id) => {
						const client = clientOf(id);
						return client?.values.sandbox === true ? sandbox.tenant(seedOf(client)).readOut() : undefined;
					},
					changes: (listener) => host.onChange(({ run }) => listener(run.id)),
				}),
			},
		],
		complain: (error, { requestId, method }) =>
			log.error({ error, requestId, method }, "A request met a mistake of ours"),
	});
	server.on("request", web);
	await poster.start();
	await host.begin();
	ready = true;
	return {
		...rest,
		url,
		status: () => office.status(url),
		close: async () => {
			ready = false;
			server.close();
			server.closeAllConnections();
			await poster.close();
			await closeParts();
		},
	};
}

function listen(server: ReturnType<typeof createServer>, config: Config): Promise<void> {
	return new Promise((resolve, reject) => {
		server.once("error", (cause: NodeJS.ErrnoException) =>
			reject(
				new UnavailableError(
					"cannot-listen",
					`${config.host}:${config.port} cannot be listened on (${cause.code ?? "unknown"}).`,
					{ cause, advice: "Another program has the port, or it is not allowed. Set PORT to a free one." },
				),
			),
		);
		server.listen(config.port, config.host, resolve);
	});
}

function urlOf(server: ReturnType<typeof createServer>, host: string): string {
	const address = server.address();
	const port = typeof address === "object" && address !== null ? address.port : 0;
	return `http://${host.includes(":") ? `[${host}]` : host}:${port}`;
}

/** Resolves after a while, or at once when the signal stops. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
	return new Promise((resolve) => {
		const timer = setTimeout(done, Math.min(ms, 3_600_000));
		function done(): void {
			clearTimeout(timer);
			signal.removeEventListener("abort", done);
			resolve();
		}
		if (signal.aborted) done();
		else signal.addEventListener("abort", done, { once: true });
	});
}

function after(ms: number, act: () => void): () => void {
	const timer = setTimeout(act, Math.min(ms, 3_600_000));
	timer.unref();
	return () => clearTimeout(timer);
}
