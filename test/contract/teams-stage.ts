/**
 * The whole of Teams with a story under way, for what Teams documents and no client here shows: somebody asks, somebody is
 * asked, and what is sent beside that is seen to change nothing. Must never stand in for a part of ours.
 */
import assert from "node:assert/strict";
import type { Values } from "../../src/base/json.ts";
import type { Message } from "../chat/teams/microsoft.ts";
import { type Answered, cardIn, openTeamsWorld, textIn, type Who } from "../chat/teams/teams-world.ts";
import { HARRIET } from "../chat/world.ts";
import { until } from "../fixtures/until.ts";

export const FORM = { lastName: "Test", startDate: "2026-12-01", profile: "sales" };
export type TeamsStage = Awaited<ReturnType<typeof openTeamsStage>>;
/** Somebody who was asked for: the message that asks Mo, its card, and the run. */
export type Asked = Awaited<ReturnType<TeamsStage["asked"]>>;

export async function openTeamsStage() {
	const world = await openTeamsWorld();
	await world.say("mo", "help");
	await until(() => world.microsoft.of("chat-mo")[0]);
	/** What was answered, and to which invoke. */
	const answers: { readonly to: string; readonly answer: Answered }[] = [];
	let count = 0;
	const newest = (conversation: string, words: RegExp) =>
		until(() => world.microsoft.of(conversation).findLast((message) => words.test(textIn(cardIn(message)))));
	const send = async (who: Who, activity: Values): Promise<Answered> => {
		const answer = await world.send(world.by(who, activity));
		answers.push({ to: String(activity.name ?? ""), answer });
		return answer;
	};
	/** Every run there is, and how far each has come. */
	const runs = async () =>
		(await world.desk.list(HARRIET, {})).items.map(({ id, phase, waitingFor }) => ({ id, phase, waitingFor }));
	const standing = async () => {
		await world.poster.idle();
		return [world.microsoft.messages.length, world.heard.length, await runs()];
	};
	const handed = async (line: string, word: string): Promise<Values> => {
		await world.say("harriet", line);
		const fits = (message: Message): boolean => JSON.stringify(cardIn(message)).includes(`"value":"${word}"`);
		return cardIn(await until(() => world.microsoft.of("chat-harriet").findLast(fits)));
	};
	return {
		...{ world, answers, newest, send, handed },
		/** Does something. Fails when a message, a run or an entry of the audit came of it. */
		silently: async (act: () => Promise<unknown>): Promise<void> => {
			const before = await standing();
			await act();
			assert.deepEqual(await standing(), before);
		},
		/** Asks for somebody new. */
		asked: async () => {
			const firstName = `Person${++count}`;
			const form = await handed(`newhire ${firstName}`, firstName);
			const answer = await world.press("harriet", form, "submit", { ...FORM, firstName });
			answers.push({ to: "adaptiveCard/action", answer });
			const message = await newest("chat-mo", new RegExp(`Approve the plan.*${firstName}`, "su"));
			const run = (await world.desk.list(HARRIET, {})).items.find(({ subject }) => subject.startsWith(firstName));
			assert(run !== undefined);
			return { message, card: cardIn(message), run: run.id, subject: run.subject };
		},
		waits: async (run: string): Promise<boolean> => (await world.desk.read(HARRIET, run))?.phase === "waiting",
	};
}
