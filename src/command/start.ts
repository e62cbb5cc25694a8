/**
 * `sopwith start`: serves until it is told to stop. Must never leave the socket or the data folder behind in use.
 */
import { flushCompileCache } from "node:module";
import { ConfigError, type Problem, SopwithError } from "../base/errors.ts";
import type { Log } from "../base/log.ts";
import { openRedactor } from "../base/redact.ts";
import { type Config, readConfig } from "../config.ts";
import type { App } from "./app-port.ts";
import { type Command, EXIT, outJson, problemLines } from "./command.ts";
import { type ControlServer, openControl, refuseLongPath } from "./control-server.ts";
import { diskFiles } from "./disk-files.ts";
import { logFor } from "./log-for.ts";
import { offerSchemas } from "./schema.ts";
import { startWords } from "./start-words.ts";

export const start: Command = {
	name: "start",
	about: "Start the bot",
	usage: "",
	options: [],
	words: [0, 0],
	async run(call) {
		const { terminal } = call;
		const { env, cwd, home, clock } = terminal;
		const config = readConfig(env, diskFiles({ cwd, home, makesKey: true }));
		refuseLongPath(config.data);
		const redactor = openRedactor();
		const log = logFor(terminal, config.logLevel, redactor);
		const stopped = terminal.stopped();
		if (config.slack !== undefined) refuseUnfit(await call.parts.checkCards());
		const app = await call.parts.openApp(config, { log, redactor, serve: true });
		const control = await openControlOrClose(app, { config, log, clock });
		const { problems: found, clients } = app.definitions();
		const problems = config.slack === undefined ? found : [...found, ...(await call.parts.checkForms(clients))];
		if (problems.length > 0) terminal.talk(problemLines(problems));
		if (call.json) outJson(call, { url: app.url });
		else terminal.out(startWords({ ...app, ...(await app.status()) }, config));
		flushCompileCache();
		await offerSchemas(call.parts, true);
		const signal = await stopped;
		log.info({ signal }, "Stopping: what is under way ends or waits for the next start");
		await control.close();
		await app.close();
		log.info("Stopped");
		return EXIT.done;
	},
};

/** A card that could not be shown is better known now than when somebody needs it. */
function refuseUnfit(problems: readonly Problem[]): void {
	if (problems.length > 0) throw new ConfigError(problems, "bad-cards");
}

type Around = { readonly config: Config; readonly log: Log; readonly clock: { now(): string } };

async function openControlOrClose(app: App, around: Around): Promise<ControlServer> {
	try {
		return await openControl({ app, clock: around.clock }, { data: around.config.data, log: around.log });
	} catch (error) {
		await app.close();
		const advice = "Look at the rights of SOPWITH_DATA.";
		throw new SopwithError("no-control-socket", "The control socket could not be made.", { advice, cause: error });
	}
}
