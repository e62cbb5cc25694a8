/** The house inside this process, as it serves, with nobody to log to. Must never leave out what the program has. */
import { type House, openHouse } from "../../src/app-house.ts";
import { openLog } from "../../src/base/log.ts";
import { openRedactor } from "../../src/base/redact.ts";
import { Secret } from "../../src/base/secret.ts";
import { type Clock, systemClock } from "../../src/base/time.ts";

/** Opens it on these folders, and begins. */
export async function openQuietHouse(
	place: { readonly definitions: string; readonly data: string },
	clock: Clock = systemClock,
): Promise<House> {
	const redactor = openRedactor();
	const write = (): void => {};
	const log = openLog({ level: "fatal", redactor, pretty: false, colour: false, clock: systemClock, write });
	const key = new Secret(Buffer.alloc(32, 7).toString("base64"));
	const config = { host: "127.0.0.1", port: 0, signIn: "local", logLevel: "fatal", ...place, key } as const;
	const house = await openHouse(config, { log, redactor, serve: true }, clock);
	await house.host.begin();
	return house;
}
