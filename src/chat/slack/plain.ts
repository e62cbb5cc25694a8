/**
 * Slack's own writing of links, mentions and entities, as the words somebody typed. Pure. Must never add a word of its own.
 * Source: https://docs.slack.dev/messaging/formatting-message-text#retrieving-messages
 */

import { MOST_READ, typedValue } from "../parse.ts";

const ENTITIES: { readonly [name: string]: string } = { amp: "&", lt: "<", gt: ">" };

/** A user group: its handle, or its id where Slack gives no handle. Whom it stands for is nobody's to look up here. */
const GROUP = "!subteam^";

/** Writes what was typed. `nameOf`: what somebody mentioned is called. */
export function plainOf(written: string, nameOf: (user: string) => string): string {
	return written
		.slice(0, MOST_READ)
		.replaceAll(/(=?)<([^<>|]*)(?:\|([^<>]*))?>/gu, (_, is: string, target: string, label?: string) => {
			const words = said(target, label, nameOf);
			return is === "" ? words : `=${typedValue(words)}`;
		})
		.replaceAll(/&(amp|lt|gt);/gu, (_, name: string) => ENTITIES[name] ?? "")
		.replaceAll(/[^\S\n]+/gu, " ")
		.trim();
}

function said(target: string, label: string | undefined, nameOf: (user: string) => string): string {
	if (target.startsWith("@")) return nameOf(target.slice(1));
	if (target.startsWith("#")) return label === undefined ? target : `#${label}`;
	if (target.startsWith(GROUP)) return `@${(label ?? target.slice(GROUP.length)).replace(/^@/u, "")}`;
	if (target.startsWith("!")) return label ?? `@${target.slice(1)}`;
	return label ?? target.replace(/^mailto:/u, "");
}
