/**
 * What Slack handed over, admitted by the guard, with the workspace it is from; and what it is answered. Types and small
 * readers of untyped payloads only. Must never hold a rule.
 */
import type { Values } from "../../base/json.ts";
import type { Workspace } from "./workspaces.ts";

export type Delivery = {
	/** As Slack sent it: an event's envelope, a command, or what was pressed, sent or chosen. */
	readonly body: Values;
	readonly workspace: Workspace;
	/** Names the request itself: what it is known by when the payload has no id of its own. */
	readonly request?: string;
};

/** The body of the acknowledgement. Undefined: an empty one. */
export type Answer = Values | undefined;

/** Does what a delivery asks. Resolves once that is durable, or after two seconds. */
export type Hear = (delivery: Delivery) => Promise<Answer>;
