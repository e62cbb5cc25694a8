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
	const closers = [house.close];
	let ready = false;
	const close = async (): Promise<void> => {
		ready = false;
		server.close();
		server.closeAllConnections();
		for (const one of closers.splice(0).reverse()) await one();
	};
	const serving = { ...options, config, server, closers, isReady: () => ready };
	try {
		await listen(server, config);
		const begun = (): void => {
			ready = true;
		};
		const url = await openToPeople(house, { ...serving, begun });
		return { ...parts, url, status: () => office.status(url), close };
	} catch (error) {
		await close();
		throw error;
	}
}

type Serving = HouseOptions & {
	readonly config: Config;
	readonly server: Server;
	/** What was opened, each to be closed before what stands before it. */
	readonly closers: (() => Promise<void>)[];
	readonly isReady: () => boolean;
	/** Called once the host takes work. */
	readonly begun: () => void;
};

/** Opens the pages and the chats, then lets the host begin. Returns where the pages are. */
async function openToPeople(house: House, serving: Serving): Promise<string> {
	const { config, server, closers, isReady, log, redactor } = serving;
	const url = config.publicUrl ?? urlOf(server, config.host);
	const cards = openCards();
	const around = { clock: systemClock, log, redactor, cards };
	const chats = await openChats(config, house, around);
	closers.push(...chats.map((chat) => chat.close));
	const local = config.signIn === "local";
	const { web, poster } = openDoors(house, { chats, cards, url, clock: systemClock, log, local, ready: isReady });
	closers.push(poster.close);
	server.on("request", web);
	await poster.start();
	await house.host.begin();
	serving.begun();
	await Promise.all(chats.map((chat) => chat.start()));
	const { startNightly } = await import("./triggers/nightly.ts");
	const { auditVerify: verify, tidy } = house.office;
	closers.push(startNightly({ verify, tidy, log }));
	return url;
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

const NOT_HERE: ReadonlySet<string> = new Set(["EADDRNOTAVAIL", "ENOTFOUND", "EAI_AGAIN"]);

function listen(server: Server, { host, port }: Config): Promise<void> {
	return new Promise((resolve, reject) => {
		server.once("error", (cause: NodeJS.ErrnoException) => {
			const words = `${host}:${port} cannot be listened on (${cause.code ?? "no code"}).`;
			const advice = NOT_HERE.has(cause.code ?? "")
				? "HOST is no address of this machine. Set it to one that is, such as 127.0.0.1."
				: "Another program has the port, or it is not allowed. Set PORT to a free one.";
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
