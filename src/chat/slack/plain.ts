/**
 * Slack's own writing of links, mentions and entities, as the words somebody typed. Pure. Must never add a word of its own.
 * Source: https://docs.slack.dev/messaging/formatting-message-text#retrieving-messages
 */

const ENTITIES: { readonly [name: string]: string } = { amp: "&", lt: "<", gt: ">" };

/** Characters that are looked at; what is longer is refused afterwards. */
const MOST_READ = 12_000;

/** Writes what was typed. `nameOf`: what somebody mentioned is called. */
export function plainOf(written: string, nameOf: (user: string) => string): string {
	return written
		.slice(0, MOST_READ)
		.replaceAll(/<([^<>|]*)(?:\|([^<>]*))?>/gu, (_, target: string, label?: string) => said(target, label, nameOf))
		.replaceAll(/&(amp|lt|gt);/gu, (_, name: string) => ENTITIES[name] ?? "")
		.replaceAll(/[^\S\n]+/gu, " ")
		.trim();
}

function said(target: string, label: string | undefined, nameOf: (user: string) => string): string {
	if (target.startsWith("@")) return nameOf(target.slice(1));
	if (target.startsWith("#")) return label === undefined ? target : `#${label}`;
	if (target.startsWith("!")) return label ?? `@${target.slice(1)}`;
	return label ?? target.replace(/^mailto:/u, "");
}
