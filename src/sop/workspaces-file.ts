/**
 * Reads the Slack workspaces of `msp.yaml`. A workspace stands there once, for a client that is there, with a secret that
 * is the MSP's own or that client's. Must never read the secret itself.
 */
import { asList, asRecord, isRecord, type Values } from "../base/json.ts";
import type { SlackWorkspace } from "./definitions.ts";
import { type Report, suggest } from "./report.ts";
import type { ClientId } from "./sop.ts";

/** Compiles `surfaces.slack.workspaces`; everything wrong beyond its shape is reported. */
export function compileWorkspaces(
	msp: Values,
	clients: readonly ClientId[],
	report: Report,
): readonly SlackWorkspace[] {
	const slack = isRecord(msp.surfaces) ? msp.surfaces.slack : undefined;
	const list = asList(asRecord(slack).workspaces);
	const found: SlackWorkspace[] = [];
	for (const [index, one] of list.entries()) {
		if (!isRecord(one) || typeof one.team !== "string" || typeof one.bot !== "string") continue;
		const at = ["surfaces", "slack", "workspaces", index];
		const { team, bot, client } = one;
		if (found.some((other) => other.team === team)) {
			report([...at, "team"], "duplicate-workspace", `${team} stands here already.`, {
				remedy: "Write each workspace once.",
			});
		}
		if (typeof client === "string" && !clients.includes(client)) {
			report([...at, "client"], "no-such-client", `There is no client “${client}”.`, {
				remedy: suggest(client, clients),
			});
		}
		const owners = [msp.msp, client].filter((id) => typeof id === "string");
		if (bot.startsWith("secret:") && !owners.some((id) => bot.startsWith(`secret:${id}/`))) {
			report([...at, "bot"], "bad-value", "This secret is neither yours nor that client's.", {
				remedy: `Write secret:${owners[0]}/NAME, and keep it with \`sopwith secret set ${owners[0]}/NAME\`.`,
			});
		}
		found.push({ team, bot, ...(typeof client === "string" ? { client } : {}) });
	}
	return found;
}
