/** Every surface there is, each before a bot of its own on the same ground. */
import { type Bot, startBot } from "../e2e/bot.ts";
import { needs } from "../fixtures/needs.ts";
import { type Slack, startSlack } from "../fixtures/slack.ts";
import { APP } from "../fixtures/slack-people.ts";
import { enterTeamsIds } from "../playground/people.ts";
import { enterSlackIds, preparePlaces } from "./ground.ts";
import type { House, SurfaceKey } from "./seat.ts";
import { openSlackHouse } from "./slack-house.ts";
import { openTeamsHouse } from "./teams-house.ts";
import { openWebHouse } from "./web-house.ts";

type Opened = { readonly bot: Bot; readonly house: House; readonly close: () => Promise<void> };

const OPENERS: { readonly [key in SurfaceKey]: () => Promise<Omit<Opened, "close">> } = {
	web: async () => {
		const bot = await startBot((definitions) => {
			preparePlaces(definitions);
			return {};
		});
		return { bot, house: await openWebHouse(bot) };
	},
	teams: async () => {
		const bot = await startBot((definitions) => {
			preparePlaces(definitions);
			enterTeamsIds(definitions);
			return { TEAMS_PLAYGROUND: "1" };
		});
		return { bot, house: await openTeamsHouse(bot.url()) };
	},
	"slack by socket": () => slackBy("socket"),
	"slack by HTTP": () => slackBy("http"),
};

async function slackBy(way: "socket" | "http"): Promise<Omit<Opened, "close">> {
	const slack = await startSlack({ way });
	const starting = startBot((definitions) => {
		preparePlaces(definitions);
		enterSlackIds(definitions);
		return slackSettings(slack, way);
	});
	const bot = await starting.catch(async (error: unknown) => {
		await slack.stop();
		throw error;
	});
	slack.deliverTo(way === "http" ? `${bot.url()}/slack/events` : undefined);
	return { bot, house: openSlackHouse(slack, way === "socket" ? "slack by socket" : "slack by HTTP") };
}

/** What the environment says of a local Slack. */
export function slackSettings({ api }: Slack, way: "socket" | "http"): NodeJS.ProcessEnv {
	return {
		SLACK_BOT_TOKEN: APP.bot,
		SLACK_API_URL: api,
		...(way === "socket"
			? { SLACK_APP_TOKEN: APP.token }
			: { SLACK_SIGNING_SECRET: APP.signingSecret, SOPWITH_SIGNIN: "oidc" }),
	};
}

/** The web chat first: all others are held against it. */
export const SURFACES = Object.keys(OPENERS) as readonly SurfaceKey[];

/** What keeps a surface from being played here; false: nothing does. */
export function whyNot(key: SurfaceKey): string | false {
	return key.startsWith("slack") && needs("local Slack");
}
/** Opens one. */
export async function openHouse(key: SurfaceKey): Promise<Opened> {
	const { bot, house } = await OPENERS[key]();
	const close = async (): Promise<void> => {
		await bot[Symbol.asyncDispose]();
		await house.close();
	};
	return { bot, house, close };
}
