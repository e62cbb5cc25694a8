/**
 * Makes a person's account in Active Directory, closed. Never adopts a stranger: an account that is there already is ours
 * only with our mark or the same employee id; else a person is asked, and nothing is touched.
 */
import { z } from "zod";
import type { Values } from "../../base/json.ts";
import type { Action } from "../../engine/action.ts";
import type { Change } from "../../engine/event.ts";
import { type Answer, type Directory, outcomeOf } from "../../engine/remote.ts";
import { change, check } from "../changes.ts";
import { directoryOf } from "../doors.ts";
import { hole } from "../holes.ts";
import { newPassword } from "../password.ts";
import { deleteWords, signedIn } from "../signed-in.ts";
import { plainText } from "../user-ref.ts";
import { byGuid, CLOSED, NORMAL } from "./entries.ts";
import { type AccountAfter, type AddressAfter, type NameAfter, ownerChange, turnedBack } from "./user-changes.ts";
import { chooseAccount } from "./user-choose.ts";
import { type AccountFacts, lookForAccount } from "./user-look.ts";
import { whyItStays } from "./user-name.ts";
import { isClosed, outputOf, wasUsed } from "./user-plan.ts";

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
	prove(input, facts: AccountFacts) {
		const user = facts.ours;
		if (user === undefined) throw new Error("proved an account that is not there");
		const made = check(`The account ${user.upn} is there, ${isClosed(user) ? "closed at first" : "open"}`, user.dn);
		const why = user.mark === facts.mark ? whyItStays(input, facts, user) : undefined;
		const stays = check(`The address stays ${user.upn}, because ${why}`, `userPrincipalName ${user.upn}`);
		return { output: outputOf(user), proof: why === undefined ? [made] : [made, stays] };
	},
	async apply(made, input, world) {
		const directory = directoryOf(world);
		if (made.kind !== "create") return outcomeOf(await write(directory, made), made.id);
		const after = (made.after ?? {}) as AccountAfter;
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
		if (made.kind === "create") return undoCreate(made, was, facts);
		if (made.facet === "owner") {
			const there = facts.all.find((user) => user.upn.toLowerCase() === made.target && user.mark === was.mark);
			if (there === undefined) return { changes: [] };
			const before = (made.before ?? {}) as AccountAfter;
			const words = `Give the account ${there.upn} back to whom it belonged`;
			return { changes: [ownerChange(there.upn, { dn: there.dn, mark: was.mark }, before.mark ?? "", words)] };
		}
		const changes = turnedBack(made, facts.all, facts.promised);
		const used = facts.all.find((user) => user.guid === (made.after as AddressAfter).guid && wasUsed(facts, user));
		if (changes.length > 0 && made.facet === "address" && used !== undefined) {
			return { changes: [], obstacle: signedIn(used.upn) };
		}
		return { changes };
	},
};

/** Writes one change of an account that is there. It is named by the id that never changes, where that is known. */
function write(directory: Directory, made: Change): Promise<Answer<void>> {
	if (made.kind === "delete") {
		const { guid, dn } = made.before as { readonly guid?: string; readonly dn?: string };
		return directory.remove(guid === undefined ? (dn ?? "") : byGuid(guid));
	}
	const replace = (values: { readonly [attribute: string]: string | readonly string[] | undefined }) =>
		Object.entries(values).flatMap(([attribute, value]) =>
			value === undefined ? [] : [{ operation: "replace" as const, attribute, values: [value].flat().filter(Boolean) }],
		);
	switch (made.facet) {
		case "place":
			return directory.move((made.before as AccountAfter).dn, (made.after as AccountAfter).dn);
		case "name": {
			const { guid, displayName, firstName, lastName } = made.after as NameAfter;
			return directory.modify(byGuid(guid), replace({ displayName, givenName: firstName, sn: lastName }));
		}
		case "address": {
			const { guid, upn, samAccountName, mail, mailNickname, proxyAddresses } = made.after as AddressAfter;
			const names = { userPrincipalName: upn, sAMAccountName: samAccountName };
			return directory.modify(byGuid(guid), replace({ ...names, mail, mailNickname, proxyAddresses }));
		}
		default: {
			const { dn, mark } = made.after as AccountAfter;
			return directory.modify(dn, replace({ [directory.markAttribute]: mark }));
		}
	}
}

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
	if (wasUsed(facts, there)) return { changes: [], obstacle: signedIn(there.upn) };
	const gone = change({
		kind: "delete",
		target: made.target,
		facet: "account",
		before: { guid: there.guid, mark: there.mark },
		words: deleteWords(there.upn, !facts.inCloud.untold.includes(there.guid)),
		detail: `LDAP delete ${there.dn}`,
	});
	return { changes: [gone] };
}
