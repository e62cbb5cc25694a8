/**
 * The receive side of Slack put together: guard, Bolt, de-duplication and the bot, over a socket or a route. Loaded only
 * where Slack is configured. Must never hold a rule.
 */
import type { RequestHandler } from "express";
import type { Values } from "../../base/json.ts";
import type { Log } from "../../base/log.ts";
import type { Clock } from "../../base/time.ts";
import type { Audit, Memory } from "../../engine/ports.ts";
import { createRefusals } from "../../engine/refusals.ts";
import type { Bot } from "../bot.ts";
import type { Surface } from "../surface.ts";
import type { BotParts } from "../turn.ts";
import { createAct } from "./act.ts";
import { createAside } from "./aside.ts";
import { type Bolt, openBolt, type Way } from "./bolt.ts";
import type { Hear } from "./delivery.ts";
import { type Admitted, createSignatureGuard, judge, type Refused } from "./guard.ts";
import type { PeopleParts } from "./people.ts";
import { createReceive } from "./receive.ts";
import { createSeen } from "./seen.ts";
import type { Speak } from "./speak.ts";
import type { Tell } from "./tell.ts";
import type { Workspaces } from "./workspaces.ts";

type SlackDoorParts = {
	readonly way: Way;
	/** Where the Web API is, with a slash at the end. */
	readonly base: string;
	readonly surface: Surface;
	readonly workspaces: Workspaces;
	readonly speak: Speak;
	readonly tell: Tell;
	readonly people: PeopleParts;
	/** A scope of its own. */
	readonly memory: Memory;
	readonly audit: Audit;
	readonly clock: Clock;
	readonly log: Pick<Log, "info" | "warn">;
	/** Resolves after a while, or at once when we stop. */
	readonly wait: (ms: number) => Promise<void>;
};

type SlackDoor = {
	readonly surface: Surface;
	/** The route, once there is a bot to ask; a socket needs none. */
	readonly handler: (bot: Bot, botParts: BotParts) => RequestHandler | undefined;
	/** Takes deliveries from now on. Resolves once the socket is open, or could not be opened the first time. */
	readonly start: () => Promise<void>;
	/** Resolves once everybody was told what they are to be told. */
	readonly idle: () => Promise<void>;
	/** Finishes what is under way and lets go. */
	readonly close: () => Promise<void>;
};

/** Opens it. Nothing is connected before `start`. */
export async function createSlackDoor(parts: SlackDoorParts): Promise<SlackDoor> {
	const { way, workspaces, audit, clock, log } = parts;
	const complain = (error: unknown): void => log.warn({ error }, "Something of Slack's was not answered");
	const refused = createRefusals({ audit, clock, entry: { via: "slack", what: "slack-refused" } });
	const seen = createSeen({ memory: parts.memory, clock, complain });
	const aside = createAside({ ...parts, complain });
	const bot = Promise.withResolvers<Hear>();
	const admit = async (body: Values) => {
		const judged = await judge(workspaces, body);
		if (judged.kind === "admitted") return judged.workspace;
		refused(`${judged.why} over the socket`);
		return undefined;
	};
	const bolt: Bolt = await openBolt({
		...parts,
		admit,
		hear: async (delivery) => (await bot.promise)(delivery),
		complain,
	});
	return {
		surface: parts.surface,
		handler: (asked, botParts) => {
			bot.resolve(createAct({ ...parts, ...botParts, bot: asked, aside, seen, complain }));
			if (way.kind === "socket") return undefined;
			const guard = createSignatureGuard({ signingSecret: way.signingSecret, clock });
			const judged = (body: Values): Promise<Admitted | Refused> => judge(workspaces, body);
			const limited = (team: string): void => parts.tell.shut({ team, method: "deliveries" }, "app_rate_limited");
			return createReceive({ guard, judge: judged, hand: bolt.hand, refused, limited });
		},
		start: async () => {
			await workspaces.look();
			await bolt.start();
		},
		idle: aside.idle,
		close: async () => {
			await bolt.close();
			await aside.idle();
		},
	};
}
