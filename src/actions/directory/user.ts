/**
 * Makes a person's account in Active Directory, closed. Never adopts a stranger: an account that is there already is ours
 * only with our mark or the same employee id; else a person is asked, and nothing is touched.
 */
import { z } from "zod";
import type { Values } from "../../base/json.ts";
import type { Action } from "../../engine/action.ts";
import type { Change } from "../../engine/event.ts";
import { outcomeOf } from "../../engine/remote.ts";
import { change, check } from "../changes.ts";
import { directoryOf } from "../doors.ts";
import { hole } from "../holes.ts";
import { newPassword } from "../password.ts";
import { plainText } from "../user-ref.ts";
import { CLOSED, NORMAL, sameDn } from "./entries.ts";
import { type AccountAfter, ownerChange, placeChange } from "./user-changes.ts";
import { chooseAccount } from "./user-choose.ts";
import { type AccountFacts, lookForAccount } from "./user-look.ts";
import { type NameAfter, nameBack } from "./user-name.ts";

const accountInput = z.object({
	firstName: plainText.max(64),
	lastName: plainText.max(64),
	/** The profile of the role; its `ou` says where the account is made. */
	profile: z.exactOptional(z.looseObject({ ou: z.exactOptional(z.string()) }) as unknown as z.ZodType<Values>),
	ou: z.exactOptional(z.string()),
	/** The name part of the address, when a person chose one. */
	name: z.exactOptional(plainText.max(64)),
	employeeId: z.exactOptional(plainText.max(16)),
	title: z.exactOptional(plainText.max(128)),
	department: z.exactOptional(plainText.max(64)),
	enabled: z.boolean().default(false),
	ifTaken: z.enum(["ask", "next-free-name", "rehire"]).default("ask"),
});
export type AccountInput = z.infer<typeof accountInput>;

const output = z.object({
	upn: z.string(),
	samAccountName: z.string(),
	displayName: z.string(),
	dn: z.string(),
	objectGuid: z.string(),
});

/** Makes the account. Asking again is safe: the mark tells our own account from anybody else's. */
export const directoryUser: Action<AccountInput, z.infer<typeof output>> = {
	name: "directory.user",
	about: "Makes a person's account in Active Directory, closed",
	input: accountInput,
	output,
	repeat: { kind: "settle", ms: 5_000 },
	writes: true,
	defaults: {
		firstName: hole("form.firstName"),
		lastName: hole("form.lastName"),
		profile: hole("form.profile"),
		employeeId: hole("form.employeeId"),
	},
	look: (input, world) => lookForAccount(input, world),
	plan: (input, facts: AccountFacts) => chooseAccount(input, facts),
	prove(_input, facts: AccountFacts) {
		const user = facts.ours;
		if (user === undefined) throw new Error("proved an account that is not there");
		const closed = (user.control & CLOSED) !== 0;
		const made = check(`The account ${user.upn} is there, ${closed ? "closed" : "open"}`, user.dn);
		return {
			output: {
				upn: user.upn,
				samAccountName: user.samAccountName,
				displayName: user.displayName,
				dn: user.dn,
				objectGuid: user.guid,
			},
			proof: [made],
		};
	},
	async apply(made, input, world) {
		const directory = directoryOf(world);
		const after = (made.after ?? {}) as AccountAfter;
		if (made.kind === "delete") return outcomeOf(await directory.remove((made.before as AccountAfter).dn), made.id);
		if (made.facet === "owner") {
			const values = after.mark === "" ? [] : [after.mark];
			const mark = { operation: "replace", attribute: directory.markAttribute, values } as const;
			return outcomeOf(await directory.modify(after.dn, [mark]), made.id);
		}
		if (made.facet === "name") {
			const { dn, firstName, lastName, displayName } = made.after as NameAfter;
			const named = Object.entries({ givenName: firstName, sn: lastName, displayName });
			const changes = named.map(([attribute, value]) => ({
				operation: "replace" as const,
				attribute,
				values: [value],
			}));
			return outcomeOf(await directory.modify(dn, changes), made.id);
		}
		if (made.facet === "place") {
			return outcomeOf(await directory.move((made.before as AccountAfter).dn, after.dn), made.id);
		}
		const kept = await world.keep("initial-password", newPassword());
		const answer = await directory.add(after.dn, {
			...attributesFor(input, after),
			[directory.markAttribute]: world.mark,
			unicodePwd: await world.reveal(kept),
		});
		return outcomeOf(answer, made.id);
	},
	undo(made, _input, facts: AccountFacts) {
		const was = (made.after ?? {}) as AccountAfter;
		if (made.kind === "create") return { ...undoCreate(made, was, facts) };
		if (made.facet === "name") return { changes: nameBack(made, facts.all) };
		if (made.facet === "owner") {
			const there = facts.all.find((user) => user.upn.toLowerCase() === made.target && user.mark === was.mark);
			if (there === undefined) return { changes: [] };
			const before = (made.before ?? {}) as AccountAfter;
			const words = `Give the account ${there.upn} back to whom it belonged`;
			return { changes: [ownerChange(there.upn, { dn: there.dn, mark: was.mark }, before.mark ?? "", words)] };
		}
		const from = (made.before ?? {}) as AccountAfter;
		const moved = facts.all.find((user) => sameDn(user.dn, was.dn));
		if (moved === undefined) return { changes: [] };
		return { changes: [placeChange(moved.upn, was.dn, from.dn)] };
	},
};

function attributesFor(
	input: AccountInput,
	after: AccountAfter,
): { readonly [name: string]: string | readonly string[] } {
	return {
		objectClass: ["top", "person", "organizationalPerson", "user"],
		sAMAccountName: after.samAccountName ?? "",
		userPrincipalName: after.upn ?? "",
		givenName: input.firstName,
		sn: input.lastName,
		displayName: after.displayName ?? "",
		userAccountControl: String(input.enabled ? NORMAL : NORMAL | CLOSED),
		...(input.employeeId === undefined ? {} : { employeeID: input.employeeId }),
		...(input.title === undefined ? {} : { title: input.title }),
		...(input.department === undefined ? {} : { department: input.department }),
	};
}

function undoCreate(made: Change, was: AccountAfter, facts: AccountFacts) {
	const there = facts.all.find((user) => user.mark === was.mark && was.mark !== "");
	if (there === undefined) return { changes: [] };
	if (there.signedIn || facts.usedInCloud.includes(there.upn)) {
		return {
			changes: [],
			obstacle: {
				code: "signed-in",
				message: `${there.upn} has signed in, so this cannot be undone any more. Nothing changed. To take the access away, start a separation.`,
				choices: [],
			},
		};
	}
	const gone = change({
		kind: "delete",
		target: made.target,
		facet: "account",
		before: { dn: there.dn, mark: there.mark },
		words: `Delete the account ${there.upn}, which was never used`,
		detail: `LDAP delete ${there.dn}`,
	});
	return { changes: [gone] };
}
