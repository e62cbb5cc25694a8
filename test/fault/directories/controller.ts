/**
 * What a domain controller does to a hire: it freezes in the middle of a write, dies at one of six points, is followed by
 * one that lags behind. The points are requests on the line, never moments on a clock.
 */
import type { LdapRequest, Moment } from "../../fixtures/ldap-line.ts";
import type { Case } from "./play.ts";
import type { Hybrid } from "./scene.ts";

type Point = { readonly is: (request: LdapRequest) => boolean; readonly moment: Moment };

const writes = (operation: LdapRequest["operation"], attribute: string) => (request: LdapRequest) =>
	request.operation === operation && request.has(attribute);
const add = writes("add", "sAMAccountName");
const manager = writes("modify", "manager");
const member = writes("modify", "member");
const enable = writes("modify", "userAccountControl");
const password = writes("modify", "unicodePwd");

/** Where it dies: what was asked is sure, or was sent, or was done and not answered. */
const DEATHS: { readonly [where: string]: Point } = {
	"before the account is made": { is: add, moment: "before" },
	"while the account is made": { is: add, moment: "during" },
	"after the account is made": { is: add, moment: "answered" },
	"between the account and its manager": { is: manager, moment: "before" },
	"after the group is joined": { is: member, moment: "answered" },
	"while the account is opened": { is: enable, moment: "during" },
	"after the password is set": { is: password, moment: "answered" },
};

/** It is killed there, and there again as soon as it can be. */
export const deaths: readonly Case<Hybrid>[] = Object.values(DEATHS).map(({ is, moment }) => ({
	ends: "done",
	strike: ({ line, samba }) =>
		line.trap(is, moment, async () => {
			await samba.kill();
			await samba.restart();
		}),
}));

/** Longer than an operation may take, and then longer than all tries of a look that follow at once. */
const FROZEN_MS = [17_000, 24_000] as const;

const freezes = (point: Point, ms: number): Case<Hybrid> => ({
	ends: "done",
	strike: ({ line, samba, later }) =>
		line.trap(point.is, point.moment, () => {
			samba.freeze();
			later(ms, samba.thaw);
		}),
});

/** It stands still in the middle of a write, longer than we wait for an answer, and goes on where it was. */
export const frozen: readonly Case<Hybrid>[] = [
	freezes({ is: add, moment: "during" }, FROZEN_MS[0]),
	freezes({ is: enable, moment: "during" }, FROZEN_MS[0]),
	freezes({ is: add, moment: "during" }, FROZEN_MS[1]),
	freezes({ is: member, moment: "during" }, FROZEN_MS[0]),
	freezes({ is: add, moment: "answered" }, FROZEN_MS[0]),
];
