/**
 * The door of Slack: workspaces, voice, surface, and socket or route, put together. Loaded only where Slack is configured.
 * Must never hold a rule.
 */
import type { House } from "./app-house.ts";
import { after, pause } from "./app-pause.ts";
import { tokenIn } from "./app-slack-token.ts";
import type { Log } from "./base/log.ts";
import type { Redactor } from "./base/redact.ts";
import type { Clock } from "./base/time.ts";
import { createSlackDoor } from "./chat/slack/door.ts";
import { createFind } from "./chat/slack/find.ts";
import { createPace } from "./chat/slack/pace.ts";
import { slackIdOf } from "./chat/slack/people.ts";
import { createPeopleLook } from "./chat/slack/people-look.ts";
import { createSpeak } from "./chat/slack/speak.ts";
import { createSlackSurface } from "./chat/slack/surface.ts";
import { createTell } from "./chat/slack/tell.ts";
import { createThreads } from "./chat/slack/threads.ts";
import { createSlackApi } from "./chat/slack/web-api.ts";
import { createWorkspaces, type WorkspaceToken } from "./chat/slack/workspaces.ts";
import type { SlackConfig } from "./config-surfaces.ts";
import { createMemory } from "./engine/embedded/memory.ts";
import type { Actor } from "./people/roster.ts";

type Kept = Pick<House, "store" | "definitions" | "audit" | "links" | "secretOf">;
/** `redactor`: shown each token, so that no log has it. */
type Around = { readonly clock: Clock; readonly log: Log; readonly redactor: Redactor };

/** How long a start waits for Slack before it goes on without it; Slack is tried further on. */
const START_MS = 5_000;

/** Opens it. Nothing is connected before `start`, and nothing is sent before somebody writes or the poster starts. */
export async function openSlack(config: SlackConfig, house: Kept, { clock, log, redactor }: Around) {
	const { store, definitions, audit, links } = house;
	const { way, api: base } = config;
	redactor.saw(way.kind === "socket" ? way.token : way.signingSecret);
	const stopping = new AbortController();
	const wait = (ms: number) => pause(ms, stopping.signal);
	const complain = (error: unknown): void => log.warn({ error }, "Slack was not told something");
	const tell = createTell({ audit, log });
	const workspaces = createWorkspaces({
		tokens: () => tokensOf(config, house, redactor),
		open: (token) => createSlackApi({ token, base }),
		...{ clock, tell, complain, after },
	});
	const kept = createMemory(store, "slack");
	const speak = createSpeak({ workspaces, pace: createPace(Math.random), clock, tell, kept });
	const threads = createThreads({ speak, memory: createMemory(store, "slack-threads"), wait, complain });
	const people = { definitions, look: createPeopleLook({ workspaces, clock }), links };
	const identityOf = (person: Actor) => slackIdOf(people, person);
	const find = createFind({ ...people, workspaces, clock, wait });
	const surface = createSlackSurface({ definitions, workspaces, speak, threads, identityOf, find });
	const memory = createMemory(store, "slack-seen");
	const parts = { way, base, surface, workspaces, speak, tell, people, memory, audit, clock, log, wait };
	const door = await createSlackDoor(parts);
	return {
		surface,
		/** The route, once there is a bot to ask; a socket needs none. */
		handler: door.handler,
		/** Takes what people do from now on. Slack out of reach holds nothing up for long, and is tried further on. */
		start: async (): Promise<void> => {
			threads.start();
			const started = door.start().catch(complain);
			await Promise.race([started, pause(START_MS, stopping.signal)]);
			const [known, wanted] = [workspaces.all().length, tokensOf(config, house, redactor).length];
			const words = "Not every workspace of Slack answers; it is tried further on, and `sopwith doctor` says why";
			if (known < wanted) log.warn({ answered: known, of: wanted }, words);
		},
		close: async (): Promise<void> => {
			const told = threads.close();
			stopping.abort();
			await door.close();
			await told;
			workspaces.close();
		},
	};
}

/** The one of the environment, and those of msp.yaml as it is now. Each is read when it is needed. */
function tokensOf(config: SlackConfig, house: Kept, redactor: Redactor): readonly WorkspaceToken[] {
	const others = (house.definitions().msp.workspaces ?? []).map((workspace) => {
		return { token: async () => redactor.saw(await tokenIn(house, workspace)), team: workspace.team };
	});
	return [{ token: redactor.saw(config.bot) }, ...others];
}
