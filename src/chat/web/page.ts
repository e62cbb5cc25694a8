/**
 * The chat page: one's conversation, and a line to type in. Filled by its script from `/chat/messages`. Must never hold an
 * inline script or style.
 */
import { html, jsonBlock } from "../../base/html.ts";
import { type Clock, zonePlace } from "../../base/time.ts";
import { hostConfig } from "../../cards/host-config.ts";
import { frame } from "../../console/frame.ts";
import { wallClock } from "../../console/reader.ts";
import type { Desk } from "../../engine/desk.ts";
import { actorKey } from "../../people/actor.ts";
import type { Actor } from "../../people/roster.ts";
import { personOf } from "../../sop/everyone.ts";
import { OWN_COMMANDS } from "../bot.ts";
import { MOST_TYPED } from "../own-words.ts";
import { zoneOf } from "./zone.ts";

/** Writes the page for its reader. `files`: the address its own files are served under. */
export async function chatPage(
	parts: { readonly desk: Desk; readonly clock: Clock; readonly files: string },
	actor: Actor,
): Promise<string> {
	const definitions = parts.desk.definitions();
	const person = personOf(definitions, actor);
	const zone = zoneOf(definitions, actor);
	const mine = parts.desk
		.startable(actor, "command")
		.flatMap(({ start }) => (start.kind === "command" ? [start.command] : []));
	const words = [...new Set([...mine, ...OWN_COMMANDS.map(({ word }) => word)])];
	const clients = Object.values(definitions.clients).filter(
		(each) => actor.client === undefined || each.id === actor.client,
	);
	const simulated = clients.filter((client) => client.values.sandbox);
	const waiting = await parts.desk.waiting(actor);
	const time = wallClock(parts.clock.now(), zone);
	const whose = actor.client === undefined ? definitions.msp.name : (clients[0]?.name ?? "");
	const body = html`<h1 class="sr">Chat with Sopwith</h1>
<div class="acts whose"><p class="meta">You are <b>${person?.name ?? actor.id}</b>, ${[person?.title, whose].filter(Boolean).join(", ")}.</p>
<form method="post" action="/sign-out" class="apart"><button class="btn quiet">Be someone else</button></form></div>
<div role="log" aria-label="Conversation" aria-live="polite"><ol class="chat" id="chat"></ol></div>
<p class="meta" id="link" role="status" hidden></p>
<div aria-live="assertive">
<section class="now" id="ended" data-state="person" aria-labelledby="ended-h" hidden><h2 id="ended-h">You are signed out</h2>
<p>A session ends after 30&nbsp;min without a word, and after 8&nbsp;h.
What you typed is still here; nothing was sent.</p>
<div class="acts"><a class="btn primary" href="/sign-in" target="_blank" rel="noopener">Sign in again</a></div>
<p class="meta">It opens beside this page. Then come back and go on.</p></section></div>
<form class="compose" id="compose"><label for="say">Say something to Sopwith</label>
<input id="say" name="say" autocomplete="off" autocapitalize="none" maxlength="${MOST_TYPED}" list="words" aria-describedby="say-h"><button class="btn primary">Send</button>
<p class="meta sr" id="say-h">For example ${words.slice(0, 1).join("")}, runs, approvals, help</p>
<datalist id="words">${words.map((word) => html`<option value="${word}"></option>`)}</datalist></form>
<noscript><p>The chat needs JavaScript. The pages do not: <a href="/runs">Runs</a>, <a href="/approvals">Approvals</a>.</p></noscript>
${jsonBlock("chat-config", { hostConfig, first: mine[0] ?? "help", zone, you: actorKey(actor) })}
<link rel="stylesheet" href="${parts.files}/chat.css">
<script src="${parts.files}/adaptivecards.min.js" defer></script>
<script src="${parts.files}/chat.js" type="module"></script>`;
	const names = simulated.map((client) => client.name);
	const banner = {
		kind: "sandbox" as const,
		strong: "Sandbox",
		rest: `${names.length > 2 ? `${names.length} clients are` : `${names.join(" and ")} ${names.length === 1 ? "is" : "are"}`} simulated here. Nothing reaches a real directory, licence or mailbox.`,
	};
	return frame({
		title: "Chat",
		actor: { id: actor.id, name: person?.name ?? actor.id, place: zonePlace(zone), time },
		current: "chat",
		counts: { approvals: waiting.filter((open) => open.step.wait?.kind === "approval").length },
		...(names.length === 0 ? {} : { banner }),
		...(simulated[0] === undefined ? {} : { directory: `/directory/${encodeURIComponent(simulated[0].id)}` }),
		narrow: true,
		body,
	});
}
