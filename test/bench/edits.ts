/**
 * A thousand changes of one run in a minute of real time: how often its card is edited in a chat, by the real poster and the
 * chat's own surface. Must never count a card that does not show the last state.
 */
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { after } from "../../src/app-pause.ts";
import { openLog } from "../../src/base/log.ts";
import { openRedactor } from "../../src/base/redact.ts";
import { systemClock } from "../../src/base/time.ts";
import { createFill } from "../../src/chat/fill.ts";
import { createPoster } from "../../src/chat/poster.ts";
import type { Surface } from "../../src/chat/surface.ts";
import { createPosts } from "../../src/engine/embedded/posts.ts";
import { createMarks } from "../../src/engine/embedded/web-messages.ts";
import { view } from "../../src/engine/view.ts";
import type { Definitions } from "../../src/sop/definitions.ts";
import { type BenchHouse, openBenchHouse, requestOf, stepsSops } from "./noop.ts";

const CHANGES = 1000;
const EACH_MS = 60;
/** Each begins and ends. */
const STEPS = CHANGES / 2;

/** `cards`: what stands in the chat, each as the words that are read. `edits`: how often any was edited. */
export type EditedChat = {
	readonly surface: Surface;
	readonly cards: () => readonly string[];
	readonly edits: () => number;
	readonly close: () => Promise<void>;
};

/** What a chat is opened around. */
export type Around = ReturnType<typeof around> & Pick<BenchHouse, "store">;

/** Counts the edits. Errors: throws unless one card stands and shows the end, and when the minute was longer. */
export async function editsIn(
	folder: string,
	definitions: Definitions,
	open: (around: Around) => Promise<EditedChat>,
): Promise<number> {
	let changes = 0;
	let began = performance.now();
	const inTime = async (): Promise<void> => {
		await sleep(Math.max(0, began + changes * EACH_MS - performance.now()));
	};
	const house = await openBenchHouse(folder, inTime);
	const parts = { ...around(definitions), store: house.store };
	const chat = await open(parts);
	const poster = posterOf(house, chat, parts);
	await poster.start();
	const ended = Promise.withResolvers<void>();
	house.host.onChange(({ run }) => {
		changes++;
		if (run.ended !== undefined) ended.resolve();
	});
	const [sop] = stepsSops(1, STEPS);
	const client = definitions.clients.contoso?.values;
	if (sop === undefined || client === undefined) throw new Error("no procedure");
	const ours = { ...sop, client };
	began = performance.now();
	await house.host.start({ ...requestOf(ours, "one"), by: "harriet" }, ours);
	await ended.promise;
	const seconds = (performance.now() - began) / 1000;
	await poster.idle();
	const [card = "", ...more] = chat.cards();
	const edits = chat.edits();
	await poster.close();
	await chat.close();
	await house.close();
	if (more.length > 0 || !/: done/u.test(card)) throw new Error(`not one card that is done: ${card}`);
	if (changes < CHANGES || seconds > 61) throw new Error(`${changes} changes in ${seconds} s`);
	return edits;
}

function around(definitions: Definitions) {
	const redactor = openRedactor();
	const clock = systemClock;
	const write = (line: string): void => void process.stderr.write(line);
	const log = openLog({ level: "warn", redactor, pretty: false, colour: false, clock, write });
	return { redactor, clock, log, definitions: () => definitions };
}

/** As it is served. */
function posterOf({ store, host }: BenchHouse, { surface }: EditedChat, { definitions, clock, log }: Around) {
	return createPoster({
		posts: createPosts(store),
		marks: createMarks(store),
		surfaces: [surface],
		rosterOf: (client) => definitions().clients[client]?.roster,
		host,
		view,
		fill: createFill({ definitions, clock, link: (path) => `http://127.0.0.1${path}` }),
		clock,
		newId: randomUUID,
		after,
		log: (what, facts) => log.warn(facts, what),
	});
}
