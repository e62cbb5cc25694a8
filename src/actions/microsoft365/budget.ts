/**
 * How fast one tenant may be asked, per service of Graph, so that we wait before Microsoft refuses instead of after. Must
 * never send anything, and never forget how long a service asked to be left alone.
 */
import { type Clock, toMs } from "../../base/time.ts";
import type { GraphRequest } from "../../engine/remote.ts";

/** What a request counts against. `alone`: a service that is paced, so that its requests do not travel in a batch. */
export type Service = {
	readonly name: string;
	readonly rate?: { readonly many: number; readonly perMs: number };
	readonly atOnce?: number;
	readonly alone: boolean;
};

export interface Budget {
	/** Books a start, and tells in how many ms it is; or that it would be later than `withinMs`, and books nothing. */
	book(service: Service, withinMs: number): { readonly kind: "booked" | "later"; readonly ms: number };
	/** Waits for one of the places of a service that takes only so many at once. Call what it gives when done. */
	enter(service: Service): Promise<() => void>;
	/** The service asked to be left alone for so long. */
	hold(service: Service, ms: number): void;
}

const MAILBOX = /^(messages|mailfolders|sendmail|mailboxsettings|events|calendar\w*|inferenceclassification)$/;

/**
 * Finds the service of a request.
 * Source: https://learn.microsoft.com/graph/throttling-limits: Identity Protection and Conditional Access take 1 request a
 * second per tenant for all applications together, without Retry-After; sign-in and audit reports 5 in 10 s; identity
 * 3,000 writes in 2.5 min; a mailbox 4 at once.
 */
export function serviceOf({ method, path }: Pick<GraphRequest, "method" | "path">): Service {
	const [first = "", second = "", third = ""] = path.map((segment) => segment.toLowerCase());
	if (["identityprotection", "policies"].includes(first) || (first === "identity" && second === "conditionalaccess")) {
		return { name: "protection", rate: { many: 1, perMs: 1000 }, alone: true };
	}
	if (first === "auditlogs") return { name: "reports", rate: { many: 5, perMs: 10_000 }, alone: true };
	if (first === "users" && MAILBOX.test(third)) return { name: `mailbox ${second}`, atOnce: 4, alone: true };
	if (method === "GET" || first === "$batch") return { name: "identity", alone: false };
	return { name: "identity", rate: { many: 3000, perMs: 150_000 }, alone: true };
}

/** Makes the budget of one connection. It is kept in memory: a second process has one of its own. */
export function createBudget(clock: Clock): Budget {
	const starts = new Map<string, number[]>();
	const held = new Map<string, number>();
	const queues = new Map<string, { inside: number; readonly waiting: (() => void)[] }>();
	return {
		book(service, withinMs) {
			const now = toMs(clock.now());
			const { many = 0, perMs = 0 } = service.rate ?? {};
			const booked = (starts.get(service.name) ?? []).filter((at) => at > now - perMs);
			const full = booked.length >= many ? booked.at(-many) : undefined;
			const free = many === 0 || full === undefined ? now : full + perMs;
			const until = held.get(service.name) ?? 0;
			if (until <= now) held.delete(service.name);
			const at = Math.max(now, free, until);
			if (at - now > withinMs) return { kind: "later", ms: at - now };
			if (many > 0) starts.set(service.name, [...booked, at]);
			return { kind: "booked", ms: at - now };
		},
		async enter({ name, atOnce }) {
			if (atOnce === undefined) return () => {};
			const queue = queues.get(name) ?? { inside: 0, waiting: [] };
			queues.set(name, queue);
			if (queue.inside < atOnce) queue.inside++;
			else await new Promise<void>((resolve) => queue.waiting.push(resolve));
			return () => {
				const next = queue.waiting.shift();
				if (next !== undefined) return next();
				queue.inside--;
				if (queue.inside === 0) queues.delete(name);
			};
		},
		hold({ name }, ms) {
			held.set(name, Math.max(held.get(name) ?? 0, toMs(clock.now()) + ms));
		},
	};
}
