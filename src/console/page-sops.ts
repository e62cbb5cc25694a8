/**
 * The procedures of the clients a reader may come across, and what they may start. Must never offer to start what the desk
 * would refuse.
 */
import { type Html, html } from "../base/html.ts";
import { sayRole } from "../people/names.ts";
import type { ClientId, Sop } from "../sop/sop.ts";
import { clientsOf } from "./reader.ts";
import { show, type Visit } from "./shell.ts";

/** `GET /sops`. */
export async function showSops(visit: Visit): Promise<void> {
	const clients = clientsOf(visit.definitions, visit.actor);
	const count = new Set(clients.flatMap((client) => Object.keys(visit.definitions.clients[client]?.sops ?? {}))).size;
	await show(visit, {
		title: "SOPs",
		current: "sops",
		body: html`<div class="head"><h1>Standard operating procedures</h1>
<p class="lede">${count === 1 ? "1 procedure. It is" : `${count} procedures. Each is`} a numbered document, and what it says is what runs.</p></div>
${clients.map((client) => clientPart(visit, client))}
${clients.length === 0 && html`<div class="empty"><h2>No client yet</h2><p>A client’s procedures are listed here once it is defined.</p></div>`}`,
	});
}

function clientPart(visit: Visit, id: ClientId): Html | undefined {
	const client = visit.definitions.clients[id];
	if (client === undefined) return undefined;
	const held = visit.definitions.quarantined.filter((one) => one.client === id);
	const sops = Object.values(client.sops).sort((a, b) => a.title.localeCompare(b.title, "en"));
	return html`<section class="section" aria-labelledby="client-${id}"><h2 id="client-${id}">${client.name} <span class="meta num">${sops.length}</span></h2>
${held.map(
	(one) =>
		html`<div class="banner inline" data-kind="quarantined"><p><b>On hold.</b> ${one.sop ?? "The client"}: ${
			one.problems[0]?.message ?? "its file does not fit"
		} The last good version keeps serving.</p></div>`,
)}
<ul class="rows">${sops.map((sop) => sopRow(visit, id, sop))}</ul></section>`;
}

function sopRow(visit: Visit, client: ClientId, sop: Sop): Html {
	const mine = (kind: "portal" | "command") =>
		visit.parts.desk.startable(visit.actor, kind, client).find((one) => one.sop.id === sop.id)?.start;
	const command = mine("command");
	const portal = mine("portal");
	const steps = sop.steps.length;
	const start = portal !== undefined ? html`<a class="btn" href="/portal/${client}/${sop.id}">Start</a>` : undefined;
	return html`<li class="startable"><h3 class="title"><a href="/sops/${sop.id}?client=${client}">${sop.title}</a></h3>
<p class="meta">${steps === 1 ? "1 step" : `${steps} steps`} · owner ${sayRole(sop.owner)}${sop.urgency !== "routine" && ` · ${sop.urgency}`}${
		command?.kind === "command" && html` · type <code>${command.command}</code>`
	}</p>
${start}</li>`;
}
