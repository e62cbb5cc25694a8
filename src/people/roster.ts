/**
 * Who there is, for one client: its people and roles together with the MSP's own. Never pinned to a run, never readable
 * from an expression; loaded afresh with the definitions.
 */

import type { Zone } from "../base/time.ts";
import type { ClientId, Duration, Expression, PersonId, RoleId, Who } from "../sop/sop.ts";

export type Person = {
	readonly id: PersonId;
	readonly name: string;
	readonly email: string;
	readonly teams?: string;
	readonly slack?: string;
	readonly phone?: string;
	readonly manager?: PersonId;
	readonly zone?: Zone;
	readonly title?: string;
	/** Whose staff: a client's, or the MSP's own. */
	readonly of: "client" | "msp";
};

/** Someone acting: the MSP's own staff when `client` is not there, else a person of that client. Ids are unique within both. */
export type Actor = { readonly id: PersonId; readonly client?: ClientId };

/** The client's channels: for what is to be approved, and for each run. */
export type ChannelName = "approvals" | "operations";

export type Roster = {
	readonly client: ClientId;
	readonly people: readonly Person[];
	/** A role defined in both files is the client's. A group is resolved by a connector, later. */
	readonly roles: { readonly [role: RoleId]: readonly PersonId[] | { readonly group: string } };
	readonly channels: { readonly [name in ChannelName]?: { readonly teams?: string; readonly slack?: string } };
	readonly standing: readonly StandingApproval[];
};

export type StandingApproval = {
	readonly id: string;
	readonly sop: string;
	readonly when?: Expression;
	readonly whenWords: string;
	readonly atMost: number;
	readonly per: "day";
	readonly spend?: { readonly licences: number };
	readonly by: PersonId;
	readonly until: string;
};

/** What the run knows of its own people, to resolve `requester`, `subject`, `manager`, `owner`. Ids or e-mail addresses. */
export type Involved = {
	readonly requester: PersonId;
	readonly subject?: string;
	readonly manager?: string;
	readonly owner: RoleId;
};

export type { Duration, Who };
