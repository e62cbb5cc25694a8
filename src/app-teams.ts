/**
 * The door of Teams: guard, SDK, surface and route, put together. Loaded only where Teams is configured. Must never hold a
 * rule.
 */
import { Router } from "express";
import { pause } from "./app-pause.ts";
import type { Log } from "./base/log.ts";
import type { Clock } from "./base/time.ts";
import type { Cards } from "./cards/load.ts";
import type { Bot } from "./chat/bot.ts";
import type { Links } from "./chat/links.ts";
import type { Surface } from "./chat/surface.ts";
import { createAct } from "./chat/teams/act.ts";
import { createAside } from "./chat/teams/aside.ts";
import { CLOUDS, type Cloud } from "./chat/teams/cloud.ts";
import { createConversations } from "./chat/teams/conversations.ts";
import { examineTeams } from "./chat/teams/examine.ts";
import { examineReach, type ReachParts } from "./chat/teams/examine-reach.ts";
import { createGuard, playgroundGuard } from "./chat/teams/guard.ts";
import { loopbackHosts, teamsHosts } from "./chat/teams/hosts.ts";
import { createKeys } from "./chat/teams/keys.ts";
import { createPace } from "./chat/teams/pace.ts";
import { createReceive } from "./chat/teams/receive.ts";
import { createReferences } from "./chat/teams/references.ts";
import { openSdk } from "./chat/teams/sdk.ts";
import { createSpeak, type SpeakParts } from "./chat/teams/speak.ts";
import { createTeamsSurface } from "./chat/teams/surface.ts";
import type { BotParts } from "./chat/turn.ts";
import type { TeamsConfig } from "./config-surfaces.ts";
import { loopbackOnly } from "./console/guard.ts";
import { createMemory } from "./engine/embedded/memory.ts";
import type { Store } from "./engine/embedded/open.ts";
import type { Audit } from "./engine/ports.ts";
import type { Definitions } from "./sop/definitions.ts";

/** What it needs of the house. */
type Kept = {
	readonly store: Store;
	readonly definitions: () => Definitions;
	readonly audit: Audit;
	readonly links?: Links;
};
type Around = { readonly clock: Clock; readonly log: Log; readonly cards: Cards };
/** `hosts`, `cloud`: a connector and keys of one's own, as the tests have them. */
type TeamsOptions = { readonly hosts?: readonly string[]; readonly cloud?: Cloud };

function cloudOf({ cloud }: TeamsConfig): Cloud {
	return CLOUDS[cloud ?? "global"];
}

/** Proves what it needs of the world around, for `sopwith doctor`. */
export function examineTeamsOf(config: TeamsConfig, clock: Clock, cloud: Cloud = cloudOf(config)) {
	const { app, tenants } = config;
	return examineTeams({ ...(app === undefined ? {} : { app }), tenants, cloud, clock });
}

/** Proves who can reach it and whom it knows, for `sopwith doctor`. The Agents Playground needs none of that. */
export async function examineReachOf(
	config: TeamsConfig,
	around: Pick<ReachParts, "publicUrl" | "definitions">,
	cloud: Cloud = cloudOf(config),
) {
	const { app, tenants } = config;
	return app === undefined ? [] : examineReach({ ...around, home: app.tenant, tenants, login: cloud.login });
}

/** Opens it. Nothing is sent before somebody writes or the poster starts. */
export async function openTeams(config: TeamsConfig, house: Kept, around: Around & TeamsOptions) {
	const { app } = config;
	const { clock, log, cards, cloud = cloudOf(config) } = around;
	const maySpeakTo = app === undefined ? loopbackHosts() : teamsHosts(config.cloud ?? "global", around.hosts);
	const sdk = await openSdk({ ...(app === undefined ? {} : { app }), cloud, maySpeakTo, clock });
	const references = createReferences(createMemory(house.store, "teams"));
	const stopping = new AbortController();
	const wait = (ms: number) => pause(ms, stopping.signal);
	const complain = (error: unknown): void => log.warn({ error }, "Teams was not told something");
	const shut = Promise.withResolvers<SpeakParts["shut"]>();
	const speak = createSpeak({
		sdk,
		references,
		pace: createPace(Math.random),
		clock,
		shut: (reference, status) => void shut.promise.then((tell) => tell(reference, status)),
	});
	const surface: Surface = createTeamsSurface({
		definitions: house.definitions,
		references,
		speak,
		cards,
		...(house.links === undefined ? {} : { links: house.links }),
		...(app === undefined ? {} : { home: app.tenant.toLowerCase() }),
	});
	const aside = createAside({ speak, references, wait, complain });
	return {
		surface,
		/** The route, once there is a bot to ask. */
		handler: (bot: Bot, parts: BotParts) => {
			const conversations = createConversations({ ...parts, bot, cards, references, aside, speak, log, complain });
			shut.resolve(conversations.shut);
			const act = createAct({ ...parts, bot, cards, aside, conversations, wait, complain });
			const guard =
				app === undefined
					? playgroundGuard({ tenants: config.tenants, maySpeakTo })
					: createGuard({
							issuer: cloud.issuer,
							appId: app.id,
							tenants: config.tenants,
							maySpeakTo,
							keys: createKeys({ metadata: cloud.metadata, clock }),
							clock,
						});
			const router = Router();
			if (app === undefined) router.use("/api/messages", loopbackOnly());
			return router.use(createReceive({ guard, references, act, audit: house.audit, clock }));
		},
		/** Nothing to open: Teams comes by the route. */
		start: async (): Promise<void> => undefined,
		close: async (): Promise<void> => {
			stopping.abort();
			await aside.idle();
		},
	};
}
