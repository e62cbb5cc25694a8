/**
 * All that the definitions folder says, checked: the MSP, its clients, and each client's SOPs. Replaced whole by `reload`;
 * a client or SOP that is broken keeps its last good version and is listed in `problems`.
 */
import type { Problem } from "../base/errors.ts";
import type { Values } from "../base/json.ts";
import type { Person, Roster } from "../people/roster.ts";
import type { Connectors } from "./connector-schema.ts";
import type {
	ActionFacts,
	ActionName,
	ClientId,
	ClientValues,
	PersonId,
	RoleId,
	Sop,
	SopId,
	Templates,
} from "./sop.ts";

export type Definitions = {
	readonly msp: {
		readonly id: string;
		readonly name: string;
		readonly people: readonly Person[];
		readonly roles: { readonly [role: RoleId]: readonly PersonId[] };
		/** Slack workspaces beside the one of the environment. */
		readonly workspaces?: readonly SlackWorkspace[];
		readonly signIn?: SignInAt;
	};
	readonly clients: { readonly [client: ClientId]: Client };
	/** Everything wrong, in every file. Empty when all is well. */
	readonly problems: readonly Problem[];
	/** What keeps its last good version because its file is broken now. */
	readonly quarantined: readonly {
		readonly client: ClientId;
		readonly sop?: SopId;
		readonly problems: readonly Problem[];
	}[];
};

export type SlackWorkspace = {
	/** `T0123ABCD`. */
	readonly team: string;
	/** Where its bot token is kept: `env:NAME`, `file:PATH` or `secret:MSP/NAME`. */
	readonly bot: string;
	/** Whose it is: that client's people may be known there by their confirmed e-mail. */
	readonly client?: ClientId;
};

export type Client = {
	readonly id: ClientId;
	readonly name: string;
	readonly values: ClientValues;
	readonly roster: Roster;
	readonly connectors: Connectors;
	readonly signIn?: SignInAt;
	readonly sops: { readonly [sop: SopId]: Sop };
	/** Folder that relative paths (`ca:`) start from. */
	readonly folder: string;
};

/** Where an organisation's people sign in to the pages: a provider of OpenID, and what we are called there. */
export type SignInAt = {
	/** As the provider writes it: `https://login.microsoftonline.com/TENANT/v2.0`. */
	readonly issuer: string;
	readonly clientId: string;
	/** `env:NAME`, `file:PATH` or `secret:NAME`. */
	readonly secret: string;
};

/** What compiling needs to know of an action, told by the registry so that the language imports no connector. */
export type KnownAction = ActionFacts & {
	readonly about: string;
	/** JSON Schema of `with`, for editors and for checking what is written. */
	readonly inputSchema: Values;
	/** Names of the outputs, for `steps.account.…`. */
	readonly outputs: readonly string[];
	readonly defaults: Templates;
	readonly proveWithinMs: number;
};
export type KnownActions = { readonly [name: ActionName]: KnownAction };
