/**
 * How often a card is edited in Slack while its run changes a thousand times in a minute, at the real local Slack. Must never
 * be kinder than what is served.
 */
import { join } from "node:path";
import { openLinks } from "../../src/app-links.ts";
import { openSlack } from "../../src/app-slack.ts";
import { Secret } from "../../src/base/secret.ts";
import { createAudit } from "../../src/engine/embedded/audit.ts";
import type { Definitions } from "../../src/sop/definitions.ts";
import { definitions } from "../chat/world.ts";
import { startSlack } from "../fixtures/slack.ts";
import { APP, rosterId } from "../fixtures/slack-people.ts";
import { type Around, type EditedChat, editsIn } from "./edits.ts";
import type { Figures } from "./row.ts";

export async function benchSlackEdits(folder: string): Promise<Figures> {
	const edits = await editsIn(join(folder, "slack-edits"), inSlack(definitions), openSlackChat);
	return { "slack edits for 1,000 changes in 60 s": edits };
}

/** Surface and voice as they are served, at a local Slack. */
async function openSlackChat({ store, definitions, clock, log, redactor }: Around): Promise<EditedChat> {
	const local = await startSlack();
	const { calls, messages, dm, api } = local;
	const audit = createAudit(store);
	const { links } = openLinks({ store, definitions, clock, audit });
	const secretOf = (): Promise<Secret> => Promise.reject(new Error("there are no other workspaces"));
	const way = { kind: "socket", token: new Secret(APP.token) } as const;
	const kept = { store, definitions, audit, links, secretOf };
	const slack = await openSlack({ bot: new Secret(APP.bot), way, api }, kept, { clock, log, redactor });
	await slack.start();
	return {
		surface: slack.surface,
		cards: () =>
			messages(dm("harriet")).flatMap(({ thread_ts, blocks }) =>
				thread_ts === undefined ? [JSON.stringify(blocks ?? [])] : [],
			),
		edits: () => calls.filter(({ method }) => method === "chat.update").length,
		close: async () => {
			await slack.close();
			await local.stop();
		},
	};
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
