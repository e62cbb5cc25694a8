/**
 * One chat's bot as it is served, in a process of its own, to be measured beside a bare one. Must never be wired otherwise
 * than the program wires it.
 */
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { type House, openHouse } from "../../src/app-house.ts";
import { type Chat, openCards, openDoors } from "../../src/app-web.ts";
import { openLog } from "../../src/base/log.ts";
import { openRedactor } from "../../src/base/redact.ts";
import { Secret } from "../../src/base/secret.ts";
import { systemClock } from "../../src/base/time.ts";

/** What a chat is opened around. */
export type Around = ReturnType<typeof around>;

/** Opens the house in its folder, with this chat as its only one, and begins. Gives it with what is to be served. */
export async function openServed(folder: string, open: (house: House, around: Around) => Promise<Chat>) {
	const parts = around();
	const { clock, log, redactor, cards } = parts;
	const place = { host: "127.0.0.1", port: 0, signIn: "oidc", logLevel: "error" } as const;
	const key = new Secret(Buffer.alloc(32, 7).toString("base64"));
	const config = { ...place, definitions: join(folder, "definitions"), data: join(folder, "data"), key };
	const house = await openHouse(config, { log, redactor, serve: true }, clock);
	const chat = await open(house, parts);
	const doors = { chats: [chat], cards, url: "http://127.0.0.1", clock, log, local: false, ready: () => true };
	const { web, poster } = openDoors(house, doors);
	await chat.start();
	await poster.start();
	await house.host.begin();
	return { house, web };
}

/** Serves; says its port and stays until it is killed. */
export async function listening(web: RequestListener, say: (line: string) => void): Promise<void> {
	const server = createServer(web);
	await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
	say(JSON.stringify({ port: (server.address() as AddressInfo).port }));
	await new Promise(() => {});
}

function around() {
	const redactor = openRedactor();
	const write = (line: string): void => void process.stderr.write(line);
	const clock = systemClock;
	const log = openLog({ level: "error", redactor, pretty: false, colour: false, clock, write });
	return { redactor, clock, log, cards: openCards() };
}
