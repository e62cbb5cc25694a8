/**
 * A thousand changes of one run in a minute of real time: how often its card is edited in Slack, by the real poster and
 * surface at the real local Slack. Must never count a card that does not show the last state.
 */
import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { openLinks } from "../../src/app-links.ts";
import { after } from "../../src/app-pause.ts";
import { openSlack } from "../../src/app-slack.ts";
import { openLog } from "../../src/base/log.ts";
import { openRedactor } from "../../src/base/redact.ts";
import { Secret } from "../../src/base/secret.ts";
import { systemClock } from "../../src/base/time.ts";
import { createFill } from "../../src/chat/fill.ts";
import { createPoster } from "../../src/chat/poster.ts";
import { createAudit } from "../../src/engine/embedded/audit.ts";
import { createPosts } from "../../src/engine/embedded/posts.ts";
import { createMarks } from "../../src/engine/embedded/web-messages.ts";
import { view } from "../../src/engine/view.ts";
import type { Definitions } from "../../src/sop/definitions.ts";
import { definitions } from "../chat/world.ts";
import { type Slack, startSlack } from "../fixtures/slack.ts";
import { APP, rosterId } from "../fixtures/slack-people.ts";
import { type BenchHouse, openBenchHouse, requestOf, stepsSops } from "./noop.ts";
import type { Figures } from "./row.ts";

const CHANGES = 1000;
const EACH_MS = 60;
/** Each begins and ends. */
const STEPS = CHANGES / 2;

export async function benchSlackEdits(folder: string): Promise<Figures> {
	let changes = 0;
	let began = performance.now();
	const inTime = async (): Promise<void> => {
		await sleep(Math.max(0, began + changes * EACH_MS - performance.now()));
	};
	const house = await openBenchHouse(join(folder, "slack-edits"), inTime);
	const local = await startSlack();
	const slack = await openPosting(house, local);
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
	await slack.idle();
	const edits = editsSeen(local);
	await slack.close();
	await house.close();
	await local.stop();
	if (changes < CHANGES || seconds > 61) throw new Error(`${changes} changes in ${seconds} s`);
	return { "slack edits for 1,000 changes in 60 s": edits };
}

/** Errors: throws unless one card stands, and shows the end. */
function editsSeen({ calls, messages, dm }: Slack): number {
	const [card, second] = messages(dm("harriet")).filter(({ thread_ts }) => thread_ts === undefined);
	const words = JSON.stringify(card?.blocks ?? []);
	if (second !== undefined || !/: done/u.test(words)) throw new Error(`not one card that is done: ${words}`);
	return calls.filter(({ method }) => method === "chat.update").length;
}

/** The roster of the tests, with Harriet in Slack. */
function inSlack({ clients, ...rest }: Definitions): Definitions {
	const { contoso } = clients;
	if (contoso === undefined) throw new Error("there is no Contoso");
	const people = contoso.roster.people.map((person) => {
		return person.id === "harriet" ? { ...person, slack: rosterId("harriet") } : person;
	});
	return { ...rest, clients: { ...clients, contoso: { ...contoso, roster: { ...contoso.roster, people } } } };
}

/** Poster, surface and voice as they are served. */
async function openPosting({ store, host }: BenchHouse, { api }: Slack) {
	const redactor = openRedactor();
	const clock = systemClock;
	const write = (line: string): void => void process.stderr.write(line);
	const log = openLog({ level: "warn", redactor, pretty: false, colour: false, clock, write });
	const house = inSlack(definitions);
	const audit = createAudit(store);
	const { links } = openLinks({ store, definitions: () => house, clock, audit });
	const secretOf = (): Promise<Secret> => Promise.reject(new Error("there are no other workspaces"));
	const way = { kind: "socket", token: new Secret(APP.token) } as const;
	const kept = { store, definitions: () => house, audit, links, secretOf };
	const slack = await openSlack({ bot: new Secret(APP.bot), way, api }, kept, { clock, log, redactor });
	const poster = createPoster({
		posts: createPosts(store),
		marks: createMarks(store),
		surfaces: [slack.surface],
		rosterOf: (client) => house.clients[client]?.roster,
		host,
		view,
		fill: createFill({ definitions: () => house, clock, link: (path) => `http://127.0.0.1${path}` }),
		clock,
		newId: randomUUID,
		after,
		log: (what, facts) => log.warn(facts, what),
	});
	await slack.start();
	await poster.start();
	return {
		idle: () => poster.idle(),
		close: async (): Promise<void> => {
			await poster.close();
			await slack.close();
		},
	};
}
