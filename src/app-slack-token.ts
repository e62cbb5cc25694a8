/**
 * The bot token of a workspace in `msp.yaml`, wherever it is kept. Must never give one client's secret to another.
 */
import type { House } from "./app-house.ts";
import type { Secret } from "./base/secret.ts";
import type { SlackWorkspace } from "./sop/definitions.ts";

/** Reads it anew. Errors: `RemoteError` `no-such-secret`. */
export function tokenIn({ secretOf }: Pick<House, "secretOf">, { bot, client }: SlackWorkspace): Promise<Secret> {
	const isTheirs = client !== undefined && bot.startsWith(`secret:${client}/`);
	return secretOf(isTheirs ? client : undefined, bot);
}
