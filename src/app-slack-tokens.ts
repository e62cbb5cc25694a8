/**
 * The bot token of a workspace in `msp.yaml`, wherever it is kept. Must never give one client's secret to another.
 */
import { type Keeping, secretOf } from "./actions/settings.ts";
import type { Secret } from "./base/secret.ts";
import type { Definitions, SlackWorkspace } from "./sop/definitions.ts";

/** Reads it anew. Errors: `RemoteError` `no-such-secret`. */
export function workspaceToken(
	keeping: Keeping,
	{ msp, folder }: { readonly msp: Definitions["msp"]; readonly folder: string },
	{ bot }: SlackWorkspace,
): Promise<Secret> {
	const [, owner = msp.id] = /^secret:([^/]+)\//.exec(bot) ?? [];
	return secretOf(keeping, { id: owner, name: msp.name, folder }, bot);
}
