/**
 * A real command line over the definitions of the project, pointed at the ground: `doctor` runs as a process of its own,
 * on a client file that a test may change first. The file is as before afterwards.
 */
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import type { Finding } from "../../src/base/finding.ts";
import { pointAtGround } from "../fixtures/definitions.ts";
import type { Ground } from "../fixtures/ground.ts";
import { ended, stopped } from "../fixtures/process.ts";

const ROOT = join(import.meta.dirname, "../..");

type Settings = { [name: string]: unknown };
/** `client.yaml` as a test may change it. */
export type ClientFile = {
	connectors: { directory: Settings; microsoft365: Settings; mail: Settings; http?: Settings };
	profiles: { [profile: string]: Settings };
};
export type Examined = { readonly code: number | null; readonly findings: readonly Finding[] };

/** `start` first: then `doctor` asks the running bot, which is quicker; before, each opens the database itself. */
export function openShop(ground: Ground) {
	const folder = mkdtempSync(join(tmpdir(), "sopwith-doctor-"));
	const definitions = join(folder, "definitions");
	const data = join(folder, "data");
	cpSync(join(ROOT, "sop-definitions"), definitions, { recursive: true });
	mkdirSync(data, { mode: 0o700 });
	const { env, vault } = pointAtGround(definitions, ground);
	const key = randomBytes(32).toString("base64");
	const contoso = (name: string) => join(definitions, "clients/contoso", name);
	const file = contoso("client.yaml");
	const open = (args: readonly string[]) => {
		const own = { HOME: folder, SOPWITH_DATA: data, SOPWITH_DEFINITIONS: definitions, SOPWITH_KEY: key, PORT: "0" };
		const { PATH = "" } = process.env;
		return spawn(process.execPath, [join(ROOT, "src/main.ts"), ...args], {
			cwd: folder,
			env: { PATH, ...own, ...env },
		});
	};
	const run = (args: readonly string[], input = "") => ended(open(args), input);
	let bot: ReturnType<typeof open> | undefined;
	return {
		run,
		/** What an admin would keep by `sopwith secret set`. */
		vault,
		async start(): Promise<void> {
			const started = open(["start"]);
			bot = started;
			await new Promise<void>((done, fail) => {
				started.stdout.on("data", (chunk) => /Ctrl-C/.test(String(chunk)) && done());
				started.once("exit", () => fail(new Error("the bot did not start")));
			});
		},
		/** Writes a file beside the client's; gives its name. */
		put(name: string, body: string): string {
			writeFileSync(contoso(name), body);
			return name;
		},
		async doctor(change: (client: ClientFile) => void = () => {}): Promise<Examined> {
			const before = readFileSync(file, "utf8");
			const client = parse(before) as ClientFile;
			change(client);
			writeFileSync(file, stringify(client));
			try {
				const { code, out, said } = await run(["doctor", "--client", "contoso", "--json"]);
				if (!out.startsWith("{")) throw new Error(`doctor said: ${out}${said}`);
				return { code, findings: (JSON.parse(out) as { readonly findings: readonly Finding[] }).findings };
			} finally {
				writeFileSync(file, before);
			}
		},
		async close(): Promise<void> {
			if (bot !== undefined) await stopped(bot);
			rmSync(folder, { recursive: true, force: true });
		},
	};
}
