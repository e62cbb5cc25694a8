/**
 * One part of the bench in a process of its own, so that no part pays for another's memory or warmth. Called by main.ts:
 * prints one line of JSON.
 */
import { writeSync } from "node:fs";
import { benchAnswers } from "./answers.ts";
import { benchAlone, benchEngine } from "./engine.ts";
import { park, takeUp } from "./parked.ts";
import { benchPlan } from "./plan.ts";
import { benchSlackEdits } from "./slack-edits.ts";
import { type SlackTold, serveBolt, serveSlack } from "./slack-served.ts";
import { benchTeamsEdits } from "./teams-edits.ts";
import { serveEcho, serveTeams, type Told } from "./teams-served.ts";

const [, , part = "", folder = "", run = ""] = process.argv;
const say = (line: string): void => void writeSync(1, `${line}\n`);

const parts: { readonly [name: string]: () => Promise<object | undefined> } = {
	engine: () => benchEngine(folder),
	alone: () => benchAlone(folder),
	answers: () => benchAnswers(folder),
	plan: () => benchPlan(folder),
	park: async () => void (await park(folder, say)),
	"serve-teams": async () => void (await serveTeams(folder, JSON.parse(run) as Told, say)),
	"serve-echo": async () => void (await serveEcho(JSON.parse(run) as Told, say)),
	"teams-edits": () => benchTeamsEdits(folder),
	"serve-slack": async () => void (await serveSlack(folder, JSON.parse(run) as SlackTold, say)),
	"serve-bolt": async () => void (await serveBolt(JSON.parse(run) as SlackTold, say, undefined)),
	"serve-keeping-bolt": async () => void (await serveBolt(JSON.parse(run) as SlackTold, say, folder)),
	"slack-edits": () => benchSlackEdits(folder),
	"take-up": () => takeUp(folder, run),
};
const figures = await parts[part]?.();
if (figures === undefined) throw new Error(`there is no part ${part}`);
say(JSON.stringify(figures));
