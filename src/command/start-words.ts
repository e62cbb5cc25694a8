/**
 * What a person reads when the bot is ready: where to look, what to type, who to be. Pure. Ten lines at most.
 */
import type { Config } from "../config.ts";
import type { Client } from "../sop/definitions.ts";
import type { Sop } from "../sop/sop.ts";
import type { App } from "./app-port.ts";

/** `unwell`: why nothing is done (see `Status`). */
type Greeted = Pick<App, "url" | "definitions"> & { readonly unwell?: string };
type Served = Pick<Config, "signIn" | "teams" | "slack">;

/** Writes the lines for a bot that serves. Names people only where they are simulated and anybody may be them. */
export function startWords(app: Greeted, { signIn, teams, slack }: Served): string {
	const { clients, quarantined } = app.definitions();
	const all = Object.values(clients);
	const client = signIn === "oidc" ? undefined : all.find((one) => one.values.sandbox && first(one) !== undefined);
	const sop = client && first(client);
	const lines = [`Sopwith is ready at ${app.url}`];
	if (app.unwell !== undefined) lines[0] = `Sopwith is at ${app.url}, and nothing is done: ${app.unwell}`;
	if (teams !== undefined) lines.push(`Teams is on: its messages come to ${app.url}/api/messages.`);
	if (slack !== undefined) lines.push(slackLine(slack, app.url));
	if (signIn === "oidc") lines.push("People sign in there at their own organisation’s provider.");
	if (client !== undefined && sop !== undefined && app.unwell === undefined) {
		const { command, starters, approvers } = sop;
		lines.push(`Type ${command} in the chat there. ${client.name} is a sandbox: nothing outside this machine changes.`);
		const asks = starters === "" ? "" : `Sign in as ${starters} to ask`;
		const decides = approvers === "" ? "" : `${asks === "" ? "Sign in" : ""} as ${approvers} to approve`;
		const both = [asks, decides.trim()].filter((part) => part !== "").join(", ");
		if (both !== "") lines.push(`${both}.`);
	}
	if (quarantined.length > 0) lines.push(`${quarantined.length} on hold; the problems are listed above.`);
	lines.push("Ctrl-C stops it; open runs go on at the next start.");
	return `${lines.join("\n")}\n`;
}

function slackLine({ way }: NonNullable<Config["slack"]>, url: string): string {
	if (way.kind === "http") return `Slack is on: its requests come to ${url}/slack/events.`;
	return "Slack is on, by Socket Mode.";
}

type FirstSop = { readonly command: string; readonly starters: string; readonly approvers: string };

/** The SOP a newcomer tries first: `newhire` where there is one, else any that has a command. */
function first(client: Client): FirstSop | undefined {
	const sops = Object.values(client.sops);
	const found = [...sops.filter((sop) => sop.id === "newhire"), ...sops].find((sop) => commandOf(sop) !== undefined);
	const start = found && commandOf(found);
	if (found === undefined || start === undefined) return undefined;
	const approve = found.steps.find((step) => step.kind === "approve");
	const starter = memberOf(client, start.by, "");
	const approver = memberOf(client, approve?.kind === "approve" ? approve.by : [], starter);
	return { command: start.command, starters: starter, approvers: approver };
}

function commandOf(sop: Sop) {
	return sop.starts.find((start) => start.kind === "command");
}

/** Somebody in one of these roles who is not `except`: nobody approves what they asked for. */
function memberOf(client: Client, roles: readonly string[], except: string): string {
	const members = roles.flatMap((role) => {
		const people = client.roster.roles[role] ?? [];
		return "group" in people ? [] : people;
	});
	return members.find((id) => id !== except) ?? "";
}
