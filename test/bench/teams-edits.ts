/**
 * A thousand changes of one run in a minute of real time: how often its card is edited in Teams, by the real poster and
 * surface at a connector over TLS. Must never count a card that does not show the last state.
 */
import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { after } from "../../src/app-pause.ts";
import { openTeams } from "../../src/app-teams.ts";
import { openCards } from "../../src/app-web.ts";
import { openLog } from "../../src/base/log.ts";
import { openRedactor } from "../../src/base/redact.ts";
import { Secret } from "../../src/base/secret.ts";
import { systemClock } from "../../src/base/time.ts";
import { createFill } from "../../src/chat/fill.ts";
import { createPoster } from "../../src/chat/poster.ts";
import { createReferences } from "../../src/chat/teams/references.ts";
import { createAudit } from "../../src/engine/embedded/audit.ts";
import { createMemory } from "../../src/engine/embedded/memory.ts";
import { createPosts } from "../../src/engine/embedded/posts.ts";
import { createMarks } from "../../src/engine/embedded/web-messages.ts";
import { view } from "../../src/engine/view.ts";
import { APP, type Microsoft, openMicrosoft, TENANT } from "../chat/teams/microsoft.ts";
import { cardIn, textIn } from "../chat/teams/teams-world.ts";
import { definitions, TEAMS_IDS } from "../chat/world.ts";
import { type BenchHouse, openBenchHouse, requestOf, stepsSops } from "./noop.ts";
import type { Figures } from "./row.ts";

const CHANGES = 1000;
const EACH_MS = 60;
/** Each begins and ends. */
const STEPS = CHANGES / 2;
const CHAT = "chat-harriet";

export async function benchTeamsEdits(folder: string): Promise<Figures> {
	let changes = 0;
	let began = performance.now();
	const inTime = async (): Promise<void> => {
		await sleep(Math.max(0, began + changes * EACH_MS - performance.now()));
	};
	const house = await openBenchHouse(join(folder, "teams-edits"), inTime);
	const microsoft = await openMicrosoft();
	const teams = await openPosting(house, microsoft);
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
	await teams.idle();
	const edits = editsSeen(microsoft);
	await teams.close();
	await house.close();
	await microsoft.close();
	if (changes < CHANGES || seconds > 61) throw new Error(`${changes} changes in ${seconds} s`);
	return { "teams edits for 1,000 changes in 60 s": edits };
}

/** Errors: throws unless one card stands, and shows the end. */
function editsSeen({ of, taken }: Microsoft): number {
	const [card, second] = of(CHAT);
	const words = textIn(cardIn(card));
	if (second !== undefined || !/: done/u.test(words)) throw new Error(`not one card that is done: ${words}`);
	return taken.filter(({ method }) => method === "PUT").length;
}

/** Poster, surface and voice as they are served, in a chat that was spoken in before. */
async function openPosting({ store, host }: BenchHouse, { cloud, host: connector, serviceUrl }: Microsoft) {
	const redactor = openRedactor();
	const clock = systemClock;
	const write = (line: string): void => void process.stderr.write(line);
	const log = openLog({ level: "warn", redactor, pretty: false, colour: false, clock, write });
	const references = createReferences(createMemory(store, "teams"));
	const bot = { id: `28:${APP}`, name: "Sopwith" };
	references.learn({
		type: "message",
		id: "a1",
		name: "",
		serviceUrl,
		channelId: "msteams",
		tenant: TENANT,
		conversation: { id: CHAT, where: "personal" },
		from: { id: "29:harriet", name: "Harriet Reyes", object: TEAMS_IDS.harriet, tenant: TENANT },
		recipient: { ...bot, object: "", tenant: "", targeted: false },
		value: {},
		raw: {},
	});
	const app = { id: APP, password: new Secret("a-long-secret"), tenant: TENANT };
	const around = { clock, log, cards: openCards(), cloud, hosts: [connector] };
	const kept = { store, definitions: () => definitions, audit: createAudit(store) };
	const teams = await openTeams({ app, tenants: [TENANT] }, kept, around);
	const poster = createPoster({
		posts: createPosts(store),
		marks: createMarks(store),
		surfaces: [teams.surface],
		rosterOf: (client) => definitions.clients[client]?.roster,
		host,
		view,
		fill: createFill({ definitions: () => definitions, clock, link: (path) => `http://127.0.0.1${path}` }),
		clock,
		newId: randomUUID,
		after,
		log: (what, facts) => log.warn(facts, what),
	});
	await poster.start();
	return {
		idle: () => poster.idle(),
		close: async (): Promise<void> => {
			await poster.close();
			await teams.close();
		},
	};
}
