/**
 * Sopwith in Microsoft's Agents Playground, to be used by hand: `npm run playground -- [--json]`. A page each for Harriet,
 * who asks, and Mo, who approves, before a bot on fresh data with the sandbox clients. Must never leave a process behind.
 */
import { type AddressInfo, createServer } from "node:net";
import { parseArgs } from "node:util";
import { openPlayground } from "../chat/teams/playground.ts";
import { startBot } from "../e2e/bot.ts";
import { enterTeamsIds, seenBy, tenantOf, type Who } from "./people.ts";

const PORTS = { bot: 3978, harriet: 56150, mo: 56151 } as const;

const { values } = parseArgs({ options: { json: { type: "boolean", default: false } } });
await main();

async function main(): Promise<void> {
	const stopped = new Promise<void>((done) => {
		for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => done());
	});
	const port = process.env.PORT ?? String(await orAnyFree(PORTS.bot));
	await using bot = await startBot((definitions) => {
		enterTeamsIds(definitions);
		return { TEAMS_PLAYGROUND: "1", PORT: port };
	});
	await using harriet = await pageOf("harriet", bot.url());
	await using mo = await pageOf("mo", bot.url());
	const pages = { harriet: harriet.url, mo: mo.url, web: bot.url() };
	if (values.json) process.stdout.write(`${JSON.stringify(pages)}\n`);
	else process.stdout.write(wordsOf(pages));
	await stopped;
	if (!values.json) process.stdout.write("\nStopped. What was done is gone with its folder.\n");
}

async function pageOf(who: Exclude<keyof typeof PORTS, "bot"> & Who, bot: string) {
	const at = { port: await orAnyFree(PORTS[who]), tenant: tenantOf(who), mark: `-${who}` };
	const playground = await openPlayground(`${bot}/api/messages`, seenBy(who), at);
	return { url: playground.url.replace("127.0.0.1", "localhost"), [Symbol.asyncDispose]: playground.close };
}

/** The usual port; another one where somebody has it already. */
async function orAnyFree(usual: number): Promise<number> {
	for (const port of [usual, 0]) {
		const server = createServer();
		const found = await new Promise<number | undefined>((done) => {
			server.once("error", () => done(undefined));
			server.listen(port, () => done((server.address() as AddressInfo).port));
		});
		await new Promise((done) => server.close(done));
		if (found !== undefined) return found;
	}
	throw new Error("no port is free");
}

function wordsOf({ harriet, mo, web }: { harriet: string; mo: string; web: string }): string {
	return `
Open both pages before you begin: a page that is loaded anew begins empty.

  Harriet Reyes, HR      ${harriet}   type newhire, or newhire Ada Lovelace
  Mo Manager, IT lead    ${mo}   approves on the card that comes
  everybody else         ${web}    the web chat: sign in as tia for the laptop

In a group or a channel mention Sopwith: @Sopwith newhire. Its answer comes to your own chat.
Other machines of your network can reach the two pages. Ctrl-C stops everything.
`;
}
