/**
 * Pages for what is not there, not theirs or broken: what is so, what is safe, where to go. Must never tell apart a thing
 * that is not there from one that is not theirs to see.
 */
import { type Html, html } from "../base/html.ts";
import { frame } from "./frame.ts";

type Said = { readonly title: string; readonly lead: string; readonly onward: Html };

const BACK = html`<p><a href="/runs">All your runs</a> · <a href="/">Chat</a></p>`;

/** A whole page for nobody in particular. */
export function plainErrorPage(status: number, requestId: string): string {
	const { title } = saidOf(status);
	return frame({ title, narrow: true, body: errorBody(status, { requestId }) });
}

/** What the page says. `lead` takes the place of the usual sentence when more is known. */
export function errorBody(status: number, more: { readonly lead?: string; readonly requestId?: string } = {}): Html {
	const { title, lead, onward } = saidOf(status);
	return html`<div class="head"><h1>${title}</h1><p class="lede">${more.lead ?? lead}</p></div>
${onward}
${
	status >= 500 &&
	more.requestId !== undefined &&
	html`<details><summary>Technical detail</summary><pre>${status} · ${more.requestId}</pre></details>`
}`;
}

function saidOf(status: number): Said {
	switch (status) {
		case 401:
			return { title: "Say who you are", lead: "Sign in first; nothing was lost.", onward: BACK };
		case 403:
			return {
				title: "This is for someone else",
				lead: "Nothing was done. Whoever is asked can open it.",
				onward: BACK,
			};
		case 404:
			return {
				title: "There is nothing here for you",
				lead: "Either it does not exist, or it is not yours to see. Check the address, or ask the one who sent it.",
				onward: BACK,
			};
		case 409:
			return { title: "It has moved on", lead: "Nothing happened. Open the run to see what is so now.", onward: BACK };
		case 413:
		case 422:
			return {
				title: "This cannot be used as it is",
				lead: "Nothing was done. Go back and put it right.",
				onward: BACK,
			};
		case 429:
			return { title: "One moment", lead: "Nothing was done. Wait a moment and ask again.", onward: BACK };
		case 503:
			return { title: "Not just now", lead: "Nothing was done. Asking again in a moment is safe.", onward: BACK };
		default:
			return status < 500
				? { title: "This cannot be read", lead: "Nothing was done. Check the address.", onward: BACK }
				: {
						title: "This did not work here",
						lead: "What a run’s page shows is so; nothing else was done. Trying again is safe.",
						onward: BACK,
					};
	}
}
