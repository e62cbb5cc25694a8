/**
 * How often a card is edited in Teams while its run changes a thousand times in a minute, at a connector over TLS. Must never
 * be kinder than what is served.
 */
import { join } from "node:path";
import { openTeams } from "../../src/app-teams.ts";
import { openCards } from "../../src/app-web.ts";
import { Secret } from "../../src/base/secret.ts";
import { createReferences } from "../../src/chat/teams/references.ts";
import { createAudit } from "../../src/engine/embedded/audit.ts";
import { createMemory } from "../../src/engine/embedded/memory.ts";
import { APP, openMicrosoft, TENANT } from "../chat/teams/microsoft.ts";
import { cardIn, textIn } from "../chat/teams/teams-world.ts";
import { definitions, TEAMS_IDS } from "../chat/world.ts";
import { type Around, type EditedChat, editsIn } from "./edits.ts";
import type { Figures } from "./row.ts";

const CHAT = "chat-harriet";

export async function benchTeamsEdits(folder: string): Promise<Figures> {
	const edits = await editsIn(join(folder, "teams-edits"), definitions, openTeamsChat);
	return { "teams edits for 1,000 changes in 60 s": edits };
}

/** Surface and voice as they are served, in a chat that was spoken in before. */
async function openTeamsChat({ store, definitions, clock, log }: Around): Promise<EditedChat> {
	const microsoft = await openMicrosoft();
	const { cloud, host, serviceUrl, of, taken } = microsoft;
	const bot = { id: `28:${APP}`, name: "Sopwith" };
	createReferences(createMemory(store, "teams")).learn({
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
	const around = { clock, log, cards: openCards(), cloud, hosts: [host] };
	const kept = { store, definitions, audit: createAudit(store) };
	const teams = await openTeams({ app, tenants: [TENANT] }, kept, around);
	return {
		surface: teams.surface,
		cards: () => of(CHAT).map((message) => textIn(cardIn(message))),
		edits: () => taken.filter(({ method }) => method === "PUT").length,
		close: async () => {
			await teams.close();
			await microsoft.close();
		},
	};
}
