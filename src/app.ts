/**
 * The composition root: with the `app-*.ts` beside it and `main.ts` the only files that name concrete parts. Must never
 * hold a rule.
 */
import { createServer, type Server } from "node:http";
import { type House, type HouseOptions, openHouse } from "./app-house.ts";
import { type Chat, openCards, openDoors } from "./app-web.ts";
import { UnavailableError } from "./base/errors.ts";
import { systemClock } from "./base/time.ts";
import type { App } from "./command/app-port.ts";
import type { Config } from "./config.ts";

/** Opens Sopwith (see `OpenApp` in command/app-port.ts). */
export async function openApp(config: Config, options: HouseOptions): Promise<App> {
	const house = await openHouse(config, options, systemClock);
	const { office, desk, definitions, reload } = house;
	const examine = async (client?: string) => {
		const { examineAsWritten, examineOwn } = await import("./app-examine.ts");
		const { definitions: folder, publicUrl } = config;
		const where = { folder, clock: systemClock, ...(publicUrl === undefined ? {} : { publicUrl }) };
		return client === undefined ? examineOwn(house, where) : examineAsWritten(house, where, client);
	};
	const examineWorkspace = async (team: string) => {
		const { examineKept } = await import("./app-examine-slack.ts");
		return examineKept(config.slack, house, team);
	};
	const { backup, createToken, setSecret, resumeRestored, auditRows, auditVerify, planOnly } = office;
	const asked = { backup, createToken, setSecret, resumeRestored, auditRows, auditVerify, planOnly };
	const parts = { ...asked, desk, definitions, reload, examine, examineWorkspace };
	if (!options.serve) return { ...parts, url: "", status: () => office.status(""), close: house.close };
	const server = createServer();
	try {
		await listen(server, config);
	} catch (error) {
		await house.close();
		throw error;
	}
	const url = config.publicUrl ?? urlOf(server, config.host);
	let ready = false;
	const cards = openCards();
	const around = { clock: systemClock, log: options.log, redactor: options.redactor, cards };
	const chats = await openChats(config, house, around);
	const { web, poster } = openDoors(house, {
		chats,
		cards,
		url,
		clock: systemClock,
		log: options.log,
		local: config.signIn === "local",
		ready: () => ready,
	});
	server.on("request", web);
	await poster.start();
	await house.host.begin();
	ready = true;
	await Promise.all(chats.map((chat) => chat.start()));
	const { startNightly } = await import("./triggers/nightly.ts");
	const stopNightly = startNightly({ verify: office.auditVerify, tidy: office.tidy, log: options.log });
	const close = async (): Promise<void> => {
		ready = false;
		await stopNightly();
		server.close();
		server.closeAllConnections();
		await poster.close();
		await Promise.all(chats.map((chat) => chat.close()));
		await house.close();
	};
	return { ...parts, url, status: () => office.status(url), close };
}

type Around = Parameters<typeof import("./app-teams.ts").openTeams>[2] &
	Parameters<typeof import("./app-slack.ts").openSlack>[2];

/** Each is loaded where it is configured, and only there. */
async function openChats({ teams, slack }: Config, house: House, around: Around): Promise<readonly Chat[]> {
	const chats: Chat[] = [];
	if (teams !== undefined) chats.push(await (await import("./app-teams.ts")).openTeams(teams, house, around));
	if (slack !== undefined) chats.push(await (await import("./app-slack.ts")).openSlack(slack, house, around));
	return chats;
}

function listen(server: Server, { host, port }: Config): Promise<void> {
	return new Promise((resolve, reject) => {
		server.once("error", (cause: NodeJS.ErrnoException) => {
			const words = `${host}:${port} cannot be listened on (${cause.code ?? "no code"}).`;
			const advice = "Another program has the port, or it is not allowed. Set PORT to a free one.";
			reject(new UnavailableError("cannot-listen", words, { cause, advice }));
		});
		server.listen(port, host, resolve);
	});
}

function urlOf(server: Server, host: string): string {
	const address = server.address();
	const port = typeof address === "object" && address !== null ? address.port : 0;
	return `http://${host.includes(":") ? `[${host}]` : host}:${port}`;
}
