/**
 * A sandboxed client's world as it is now, for people and for programs. Must never exist for a client that is not sandboxed,
 * nor for people of another client.
 */
import { type Html, html, raw } from "../base/html.ts";
import type { ReadOut } from "../engine/read-out.ts";
import type { ClientId } from "../sop/sop.ts";
import { details, sendProblem } from "./problem.ts";
import { clientsOf } from "./reader.ts";
import { show, showNotThere, type Visit } from "./shell.ts";

type User = ReadOut["users"][number];

/** `GET /directory/:client`, as a page or as data for `Accept: application/json` and for a token. */
export async function showDirectory(visit: Visit): Promise<void> {
	const { request, response, definitions, actor, parts } = visit;
	const client = String(request.params.client);
	const only: ClientId | undefined = response.locals.only;
	const allowed = clientsOf(definitions, actor).includes(client) && (only ?? client) === client;
	const world = allowed ? await parts.sandbox(client) : undefined;
	const byToken = request.headers.authorization !== undefined;
	const asData = request.accepts(byToken ? ["json", "html"] : ["html", "json"]) === "json";
	if (world === undefined) {
		if (!asData) return showNotThere(visit);
		return sendProblem(response, details(404, "not-there", "There is nothing here."));
	}
	response.vary("accept");
	if (asData) {
		response.set("cache-control", "no-store").json(world);
		return;
	}
	const name = definitions.clients[client]?.name ?? client;
	await show(visit, {
		title: `${name}, simulated`,
		current: "directory",
		client,
		body: body(name, world, parts.licenceTitle),
	});
}

type Title = (sku: string) => string;

function body(name: string, world: ReadOut, titleOf: Title): Html {
	const names = new Map(
		world.users.flatMap((user) => [user.id, user.userPrincipalName].map((key) => [key, user.displayName] as const)),
	);
	return html`<div class="head"><h1>${name}, simulated</h1>
<p class="lede">The directory and the Microsoft 365 tenant as they are now. Lags, limits and refusals are those of the real ones.</p></div>
<div class="split"><div>
<section class="section" aria-labelledby="people"><h2 id="people">People <span class="meta num">${world.users.length}</span></h2>
<table><thead><tr><th scope="col">Person</th><th scope="col">Account</th><th scope="col">Licence</th><th scope="col">Groups</th><th scope="col">Manager</th></tr></thead>
<tbody>${world.users.map((user) => row(user, names, titleOf))}</tbody></table></section>
</div>
<aside aria-label="Tenant" class="stack"><dl class="facts">${world.licences.map((one, n) => licence(one, n, titleOf))}
<dt>Groups</dt><dd>${world.groups.length}</dd></dl></aside></div>`;
}

function row(user: User, names: ReadonlyMap<string, string>, titleOf: Title): Html {
	const manager = user.manager === undefined ? "" : (names.get(user.manager) ?? user.manager);
	return html`<tr><td><b>${user.displayName}</b><br><span class="meta">${broken(user.userPrincipalName)}</span></td>
<td data-label="Account"><span class="tag" data-state="${user.enabled ? "done" : "planned"}">${user.enabled ? "Open" : "Closed"}</span></td>
<td data-label="Licence"><span>${user.licences.length === 0 ? "none" : user.licences.map(titleOf).join(", ")}</span></td>
<td data-label="Groups"><span>${user.groups.length === 0 ? "none" : user.groups.join(", ")}</span></td>
<td data-label="Manager"><span>${manager === "" ? "none" : manager}</span></td></tr>`;
}

function licence(one: ReadOut["licences"][number], n: number, titleOf: Title): Html {
	const words = `${one.used} of ${one.total}`;
	return html`<dt id="licence-${n}">${titleOf(one.sku)}</dt><dd>${words} in use<br>
<meter aria-labelledby="licence-${n}" min="0" max="${Math.max(1, one.total)}" high="${Math.max(1, one.total - 0.5)}" value="${one.used}">${words}</meter></dd>`;
}

/** Lets a long address break after its `@`. */
function broken(address: string): Html {
	const [local, domain] = address.split("@");
	return domain === undefined ? html`${address}` : html`${local}@${raw`<wbr>`}${domain}`;
}
