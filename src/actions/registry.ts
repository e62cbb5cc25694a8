/**
 * All actions there are, by name. The language learns from here what may be written after `do:`; the performer what to run.
 */
import { z } from "zod";
import type { Values } from "../base/json.ts";
import { isRecord } from "../base/json.ts";
import type { Action } from "../engine/action.ts";
import type { Registry } from "../engine/performer/performer.ts";
import type { KnownAction } from "../sop/definitions.ts";
import { directoryEnabled } from "./directory/enabled.ts";
import { directoryExpiry } from "./directory/expiry.ts";
import { directoryGroupMember } from "./directory/group-member.ts";
import { directoryManager } from "./directory/manager.ts";
import { directoryPassword } from "./directory/password.ts";
import { directoryUser } from "./directory/user.ts";
import { httpRequest } from "./http/request.ts";
import { mailSend } from "./mail/send.ts";
import { cloudEnabled } from "./microsoft365/enabled.ts";
import { firstCredential } from "./microsoft365/first-credential.ts";
import { cloudGroupMember } from "./microsoft365/group-member.ts";
import { licence } from "./microsoft365/licence.ts";
import { mailboxReady } from "./microsoft365/mailbox-ready.ts";
import { cloudManager } from "./microsoft365/manager.ts";
import { cloudUser } from "./microsoft365/user.ts";
import { userExists } from "./microsoft365/user-exists.ts";

const actions: readonly Action[] = [
	directoryUser,
	directoryEnabled,
	directoryGroupMember,
	directoryManager,
	directoryExpiry,
	directoryPassword,
	userExists,
	cloudUser,
	cloudEnabled,
	licence,
	cloudGroupMember,
	cloudManager,
	firstCredential,
	mailboxReady,
	mailSend,
	httpRequest,
];

const byName = new Map(actions.map((action) => [action.name, action]));
const known = Object.fromEntries(actions.map((action) => [action.name, describe(action)]));

/** All actions of this version. */
export const registry: Registry = { get: (name) => byName.get(name), known: () => known };

function describe(action: Action): KnownAction {
	const output = z.toJSONSchema(action.output, { io: "output", unrepresentable: "any" });
	return {
		name: action.name,
		about: action.about,
		repeat: action.repeat,
		writes: action.writes,
		destructive: action.destructive === true,
		inputSchema: z.toJSONSchema(action.input, { io: "input", unrepresentable: "any" }) as unknown as Values,
		outputs: isRecord(output.properties) ? Object.keys(output.properties) : [],
		defaults: action.defaults,
		proveWithinMs: action.proveWithinMs ?? 30_000,
	};
}
