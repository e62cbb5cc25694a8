/**
 * The plan of `newhire` for a role with 50 groups, in a house as it is served, on the sandbox. Counts what went over to
 * the directory and to Graph.
 */
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openHouse } from "../../src/app-house.ts";
import { openLog } from "../../src/base/log.ts";
import { openRedactor } from "../../src/base/redact.ts";
import { Secret } from "../../src/base/secret.ts";
import { systemClock } from "../../src/base/time.ts";
import { ROOT } from "../fault/real-app.ts";
import { type Figures, quantile } from "./row.ts";

const GROUPS = 50;
const TIMES = 15;

export async function benchPlan(folder: string): Promise<Figures> {
	const definitions = withGroups(join(folder, "definitions"));
	const key = new Secret(Buffer.alloc(32, 7).toString("base64"));
	const redactor = openRedactor();
	const write = (line: string): void => void process.stderr.write(line);
	const log = openLog({ level: "warn", redactor, pretty: false, colour: false, clock: systemClock, write });
	const place = { host: "127.0.0.1", port: 0, signIn: "local", logLevel: "warn" } as const;
	const config = { ...place, definitions, data: join(folder, "plan"), key };
	const house = await openHouse(config, { log, redactor, serve: false }, systemClock);
	const client = house.clientOf("contoso");
	const sales = client?.values.profiles.sales;
	if (client === undefined || sales === undefined) throw new Error("no such client");
	let calls = 0;
	house.tenantOf(client).fault({
		match: () => {
			calls++;
			return false;
		},
		answer: { kind: "unreachable" },
	});
	const took: number[] = [];
	let perPlan = 0;
	for (let time = 0; time < TIMES; time++) {
		const names = { firstName: `Ada${time}`, lastName: "Lovelace", startDate: "2026-12-01", manager: "sol" };
		const before = calls;
		const began = performance.now();
		const form = { ...names, profile: { ...sales, key: "sales" } };
		const plan = await house.office.planOnly({ sop: "newhire", client: "contoso", form });
		took.push(performance.now() - began);
		perPlan = calls - before;
		const joined = plan.entries.filter(({ path }) => path.startsWith("groups[")).length;
		if (plan.problems.length > 0 || joined !== GROUPS) throw new Error(JSON.stringify(plan.problems));
	}
	await house.close();
	return { "plan of 50 groups": quantile(took.slice(1), 0.5), "plan of 50 groups remote calls": perPlan };
}

/** The definitions with 50 groups for Sales. */
function withGroups(folder: string): string {
	cpSync(join(ROOT, "sop-definitions"), folder, { recursive: true });
	const file = join(folder, "clients/contoso/client.yaml");
	const groups = Array.from({ length: GROUPS }, (_, at) => `Group ${at}`).join(", ");
	writeFileSync(file, readFileSync(file, "utf8").replace("groups: [Sales]", `groups: [${groups}]`));
	return folder;
}
