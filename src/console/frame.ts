/**
 * The frame round every page: skip link, where one is, who one is, what is special about all of it, whose times these are.
 * Must never hold an inline style or script: the content policy refuses both.
 */
import { type Html, html, raw } from "../base/html.ts";

export type Place = "chat" | "runs" | "approvals" | "sops" | "directory";

export type Frame = {
	readonly title: string;
	/** Who reads it; `place` and `time` are theirs. Absent: nobody is signed in. */
	readonly actor?: { readonly id: string; readonly name: string; readonly place: string; readonly time: string };
	readonly current?: Place;
	readonly counts?: { readonly approvals: number };
	/** A client whose world is simulated, or one whose file is broken. */
	readonly banner?: {
		readonly kind: "sandbox" | "drill" | "quarantined";
		readonly strong: string;
		readonly rest: string;
	};
	/** The client's place, where its times stand beside the reader's. */
	readonly clientPlace?: string;
	/** Where the directory page is, when there is one. */
	readonly directory?: string;
	readonly narrow?: boolean;
	/** Where the page goes by itself, at once. */
	readonly onwards?: string;
	readonly body: Html;
	/** Addresses of scripts under `/static`. */
	readonly scripts?: readonly string[];
};

/** Writes a whole page. Shape: HTML, from doctype to end. */
export function frame(page: Frame): string {
	const narrow = page.narrow === true && raw` class="narrow"`;
	return `<!doctype html>\n${html`<html lang="en-GB">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
${page.onwards && html`<meta http-equiv="refresh" content="0;url=${page.onwards}">`}
<title>${page.title} · Sopwith</title>
<link rel="stylesheet" href="/static/look.css">
<link rel="icon" href="/static/mark.svg" type="image/svg+xml">
${(page.scripts ?? []).map((src) => html`<script src="${src}" type="module"></script>`)}
</head>
<body>
<a class="skip" href="#main">Skip to content</a>
${header(page)}
${page.banner && banner(page.banner)}
<main id="main"${narrow} tabindex="-1">
${page.body}
</main>
${footer(page)}
</body>
</html>
`}`;
}

function header(page: Frame): Html {
	return html`<header class="top">
<a class="mark" href="/">Sopwith</a>
${page.actor && nav(page)}
${page.actor && html`<p class="you"><b>${page.actor.name}</b><br>${page.actor.place}, ${page.actor.time}</p>`}
</header>`;
}

function nav(page: Frame): Html {
	const waiting = page.counts?.approvals ?? 0;
	const count = waiting > 0 && html` <span class="count">${waiting}</span><span class="sr"> waiting for you</span>`;
	return html`<nav aria-label="Main">
<a href="/"${on(page, "chat")}>Chat</a>
<a href="/runs"${on(page, "runs")}>Runs</a>
<a href="/approvals"${on(page, "approvals")}>Approvals${count}</a>
<a href="/sops"${on(page, "sops")}>SOPs</a>
${page.directory && html`<a href="${page.directory}"${on(page, "directory")}>Directory</a>`}
</nav>`;
}

function on(page: Frame, place: Place): Html | false {
	return page.current === place && raw` aria-current="page"`;
}

function banner({ kind, strong, rest }: NonNullable<Frame["banner"]>): Html {
	return html`<aside class="banner" data-kind="${kind}" aria-label="${strong}"><p><b>${strong}.</b> ${rest}</p></aside>`;
}

function footer(page: Frame): Html | undefined {
	if (page.actor === undefined) return undefined;
	const { place } = page.actor;
	const beside = page.clientPlace !== undefined && page.clientPlace !== place;
	return html`<footer class="foot">Times are yours (${place}).${
		beside && html` Where the client’s differ, ${page.clientPlace} time is beside them.`
	}</footer>`;
}
