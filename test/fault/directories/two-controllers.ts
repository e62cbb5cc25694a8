/**
 * Two controllers that disagree: the second one holds what the first held before the hire, and hears of it 5 s later or not
 * at all. What only one of them knows must never be taken for what is not there.
 */
import type { LdapRequest } from "../../fixtures/ldap-line.ts";
import type { Case } from "./play.ts";
import { readBack } from "./read-back.ts";
import type { Hybrid } from "./scene.ts";

const DISAGREE_MS = 5_000;

const add = (request: LdapRequest) => request.operation === "add" && request.has("sAMAccountName");
const manager = (request: LdapRequest) => request.operation === "modify" && request.has("manager");

/** The second never heard of anybody who was hired. */
async function knowsNobody({ scene, name, tally }: Parameters<NonNullable<Case<Hybrid>["check"]>>[0]): Promise<void> {
	if (scene.second === undefined) throw new Error("there is no second controller");
	const there = (await readBack({ ...scene, controller: scene.second })).accounts(name);
	if (there.length > 0) tally.doubled(`an account of ${name} on the second controller`);
}

function goesFor(is: (request: LdapRequest) => boolean, moment: "before" | "during" | "answered"): Case<Hybrid> {
	return {
		// Back later than the last of its tries, it is a person who says when to go on.
		ends: "either",
		says: /did not answer a write, and only it can say whether that was done/,
		mend: () => {},
		strike: ({ line, samba, later }) =>
			line.trap(is, moment, async () => {
				await samba.kill();
				later(DISAGREE_MS, samba.restart);
			}),
		check: knowsNobody,
	};
}

/** The first goes, and is back after 5 s. */
export const disagreements: readonly Case<Hybrid>[] = [
	goesFor(manager, "before"),
	goesFor(add, "during"),
	goesFor(add, "answered"),
];

/** The first goes for good once the account is there; the second hears of that 5 s later. The first is then made anew. */
export const succession: Case<Hybrid> = {
	ends: "done",
	strike({ line, samba, second, house, later }) {
		if (second === undefined) throw new Error("there is no second controller");
		const off = house.host.onChange(({ run }) => {
			if (run.steps.arrival?.state !== "waiting" || run.steps.arrival.wait?.kind !== "state") return;
			off();
			later(0, () => samba.follow(second));
		});
		let made = false;
		// A read: a write whose answer is lost would bind us to the first for ever.
		const looks = (request: LdapRequest) => {
			made ||= add(request);
			return made && request.operation === "search" && request.has("sol@");
		};
		return line.trap(looks, "before", async () => {
			await samba.kill();
			later(DISAGREE_MS, () => second.follow(samba));
		});
	},
};
