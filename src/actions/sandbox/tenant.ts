/**
 * The state of one simulated tenant: its directory objects, its Microsoft 365 objects, and when each becomes visible.
 * Holds rows and clocks only; what may be done with them is said by the directory and the Graph beside it.
 */
import { createHash } from "node:crypto";
import type { Values } from "../../base/json.ts";
import { type Clock, type Instant, plusMs } from "../../base/time.ts";
import { type AdIndex, adIndex } from "./ad-index.ts";
import type { Seed } from "./seed.ts";
import type { Store, Table } from "./store.ts";

/** How late things are, in ms. All are counted on the tenant's clock. */
export type Lags = {
	/** A change in the directory until it shows in Microsoft 365. */
	readonly sync: number;
	/** A user made in Microsoft 365 until anybody can see it; a licence until it is counted. */
	readonly replication: number;
	/** A first licence until the mailbox answers. */
	readonly mailbox: number;
};

/** Short enough to watch, long enough to meet. */
export const DEMO_LAGS: Lags = { sync: 2000, replication: 1000, mailbox: 3000 };

/** An entry of the directory. `member` and `manager` hold GUIDs here and are shown as DNs. */
export type AdObject = {
	readonly guid: string;
	readonly dn: string;
	readonly kind: "user" | "contact" | "group" | "unit";
	readonly attributes: { readonly [name: string]: readonly string[] };
	readonly members: readonly string[];
	readonly manager?: string;
	readonly hasPassword: boolean;
	readonly createdAt: Instant;
	/** Set while the sync has not carried the last change over. */
	readonly dirtySince?: Instant;
	readonly deletedAt?: Instant;
};

export type Pass = {
	readonly id: string;
	readonly createdAt: Instant;
	readonly startAt: Instant;
	readonly minutes: number;
	readonly once: boolean;
	readonly used: boolean;
};

export type CloudUser = {
	readonly id: string;
	/** Graph properties as stored; what is derived (licences, sign-in) is added when shown. */
	readonly properties: Values;
	readonly visibleAt: Instant;
	readonly createdAt: Instant;
	readonly deletedAt?: Instant;
	readonly manager?: string;
	/** `group`: the group that gives it. It is shown from `at` on. */
	readonly licences: readonly { readonly sku: string; readonly at: Instant; readonly group?: string }[];
	readonly mailboxAt?: Instant;
	readonly settings?: Values;
	readonly signedInAt?: Instant;
	readonly passes: readonly Pass[];
	/** The directory entry it is synced from. */
	readonly guid?: string;
};

export type CloudGroup = {
	readonly id: string;
	readonly properties: Values;
	readonly members: readonly string[];
	readonly guid?: string;
};

export type Sku = {
	readonly skuId: string;
	readonly sku: string;
	readonly total: number;
	/** In use by people who are not simulated. */
	readonly others: number;
	readonly mailbox: boolean;
};

export type Sent = {
	readonly id: string;
	readonly from: string;
	readonly to: readonly string[];
	readonly subject: string;
	readonly body: string;
	readonly messageId: string;
	readonly at: Instant;
};

type Contact = { readonly id: string; readonly displayName: string; readonly mail: string };

export interface Tenant {
	readonly seed: Seed;
	readonly id: string;
	readonly clock: Clock;
	readonly lags: Lags;
	readonly store: Store;
	readonly objects: Table<AdObject>;
	readonly index: AdIndex;
	readonly users: Table<CloudUser>;
	readonly groups: Table<CloudGroup>;
	readonly skus: Table<Sku>;
	readonly sent: Table<Sent>;
	readonly contacts: Table<Contact>;
	readonly signIns: Table<{ readonly id: string; readonly user: string; readonly at: Instant }>;
	/** What an admin has consented to, by application; an application that is not there may do everything. */
	readonly consents: Table<{ readonly roles: readonly string[] }>;
	/** Until when an application's secret holds, where it is registered here. */
	readonly applications: Table<{ readonly id: string; readonly secretUntil: Instant }>;
	/** Ways to sign in that are switched off, by their name: `TemporaryAccessPass`. */
	readonly switchedOff: Table<true>;
}

/** Lays the tables of a tenant over its store. Nothing is written. */
export function tenantOver(options: {
	readonly seed: Seed;
	readonly store: Store;
	readonly clock: Clock;
	readonly lags: Lags;
}): Tenant {
	const { store } = options;
	const objects = store.table<AdObject>("object");
	return {
		...options,
		id: stableGuid("tenant", options.seed.client),
		objects,
		index: adIndex(objects),
		users: store.table("user"),
		groups: store.table("group"),
		skus: store.table("sku"),
		sent: store.table("sent"),
		contacts: store.table("contact"),
		signIns: store.table("signIn"),
		consents: store.table("consent"),
		applications: store.table("application"),
		switchedOff: store.table("switchedOff"),
	};
}

/** A GUID that is the same for the same words: tenants and licences keep theirs over a fresh data folder. */
export function stableGuid(...words: readonly string[]): string {
	const hex = createHash("sha256").update(words.join("\n")).digest("hex");
	return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** Tells whether an instant has come, by the tenant's clock. */
export function hasCome(tenant: Tenant, at: Instant | undefined): boolean {
	return at !== undefined && at <= tenant.clock.now();
}

export function inMs(tenant: Tenant, ms: number): Instant {
	return plusMs(tenant.clock.now(), ms);
}

/** How many of a licence are in use. `settled`: only those that have had time to be counted. */
export function inUse(tenant: Tenant, sku: Sku, settled = false): number {
	const until = plusMs(tenant.clock.now(), settled ? -tenant.lags.replication : 0);
	const holders = tenant.users
		.all()
		.filter((user) => user.deletedAt === undefined)
		.filter((user) => user.licences.some((licence) => licence.sku === sku.skuId && licence.at <= until));
	return sku.others + holders.length;
}
