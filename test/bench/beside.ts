/**
 * What two bots measured side by side share on the measuring side: the procedure and the people, and how a bot is started in
 * a process of its own. Must never measure.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { parseDocument, type YAMLSeq } from "yaml";
import { ROOT } from "../fault/real-app.ts";

const PART = fileURLToPath(new URL("part.ts", import.meta.url));

/** `accounts`: who each person is in the chat. `asking`: how many of them, from the first on, have the role `bench`. */
export type Cast = {
	readonly name: string;
	readonly sop: string;
	readonly accounts: readonly { readonly teams?: string; readonly slack?: string }[];
	readonly asking: number;
};

/** Writes the definitions of the bench: the house's own, this procedure, and Contoso with these people. */
export function writeCast(definitions: string, { name, sop, accounts, asking }: Cast): void {
	mkdirSync(definitions, { recursive: true });
	cpSync(join(ROOT, "sop-definitions"), definitions, { recursive: true });
	writeFileSync(join(definitions, `${name}.yaml`), sop);
	const path = join(definitions, "clients/contoso/client.yaml");
	const file = parseDocument(readFileSync(path, "utf8"));
	for (const [n, account] of accounts.entries()) {
		const person = { id: `bench-${n}`, name: `Person ${n}`, email: mailOf(n), ...account };
		(file.get("people") as YAMLSeq).add(file.createNode(person));
	}
	const role = accounts.slice(0, asking).map((_, n) => `bench-${n}`);
	file.setIn(["roles", "bench"], role);
	writeFileSync(path, file.toString());
}

export function mailOf(n: number): string {
	return `bench-${n}@contoso.example`;
}

/** Starts a bot in a process of its own. Gives its port, and how to end it. */
export async function startBeside(part: string, place: string, told: object, env: NodeJS.ProcessEnv = {}) {
	const child = spawn(process.execPath, [PART, part, place, JSON.stringify(told)], {
		stdio: ["ignore", "pipe", "inherit"],
		env: { ...process.env, ...env },
	});
	const gone = once(child, "exit");
	const first = once(createInterface({ input: child.stdout }), "line") as Promise<[string]>;
	const line = await Promise.race([first, gone.then(() => undefined)]);
	if (line === undefined) throw new Error(`${part} ended before it served`);
	const { port } = JSON.parse(line[0]) as { readonly port: number };
	const kill = async (): Promise<void> => {
		child.kill("SIGKILL");
		await gone;
	};
	return { port, kill };
}
