/**
 * Definitions to be hurt: the repository's own, with licences for thousands and a standing approval that does not run out,
 * so that a fault is met and not the end of the stock.
 */
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./real-app.ts";

const PLENTY =
	"microsoft365: { use: sandbox, licences: { SPB: { total: 999, used: 0 }, DESKLESSPACK: { total: 999, used: 0 } } }";

/** A second lead, for what only one of two may do. */
const LEAD = "{ id: pat, name: Pat Lund, email: pat@contoso.example, manager: di }";

/** Copies them to a folder and returns it. */
export function roomyDefinitions(folder: string): string {
	cpSync(join(ROOT, "sop-definitions"), folder, { recursive: true });
	edit(folder, "clients/contoso/client.yaml", (text) =>
		text
			.replace("microsoft365: { use: sandbox }", PLENTY)
			.replace("atMost: 5 per day", "atMost: 999 per day")
			.replace("roles:", `  - ${LEAD}\nroles:`)
			.replace("it-lead: [mo]", "it-lead: [mo, pat]"),
	);
	return folder;
}

export function edit(folder: string, file: string, change: (text: string) => string): void {
	const path = join(folder, file);
	const before = readFileSync(path, "utf8");
	const after = change(before);
	if (after === before) throw new Error(`${file} did not change`);
	writeFileSync(path, after);
}
