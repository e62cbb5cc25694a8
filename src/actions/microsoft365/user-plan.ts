/**
 * What the plans of an account in Microsoft 365 share: its outputs, whose it is, and the words that say that a name is
 * somebody else's. Pure.
 */
import type { Planned } from "../../engine/action.ts";
import type { Change, Choice } from "../../engine/event.ts";
import { localOf, otherNames, sinceWords, stop } from "../account-plan.ts";
import { change } from "../changes.ts";
import { type CloudUser, MARK } from "./accounts.ts";
import type { Holder } from "./user-look.ts";

type Output = {
	readonly upn: string;
	readonly displayName: string;
	readonly userId: string;
	readonly usageLocation: string;
};
export type Plan = Planned<Output>;

export function outputOf(user: CloudUser): Output {
	const { upn, displayName, id, usageLocation } = user;
	return { upn, displayName, userId: id, usageLocation };
}

export function ownerChange(upn: string, was: { readonly id: string; readonly mark: string }, mark: string): Change {
	return change({
		kind: "set",
		target: upn,
		facet: "owner",
		before: was,
		after: { id: was.id, mark },
		words:
			mark === "" ? `Give the account ${upn} back to whom it belonged` : `Take up the account ${upn} again, closed`,
		detail: `PATCH /users/${was.id} ${MARK}`,
	});
}

type Taken = {
	readonly address: string;
	readonly holder: Holder;
	readonly free: string | undefined;
	/** Ways on besides another name. */
	readonly more: readonly Choice[];
};

/** The address is somebody else's: the next free one, another one, or one of `more`. */
export function taken({ address, holder, free, more }: Taken): Plan {
	const name = localOf(address);
	const choices = otherNames(free && localOf(free), more);
	const so = {
		member: { code: "name-taken", message: `${name} belongs to someone else${sinceWords(holder)}` },
		guest: { code: "address-taken", message: `${address} is the address of the guest ${holder.displayName}` },
		contact: { code: "address-taken", message: `${address} is the address of the contact ${holder.displayName}` },
		deleted: {
			code: "deleted-account",
			message: `${address} belongs to a deleted account of ${holder.displayName} that can still come back`,
		},
	}[holder.kind];
	return stop({ code: so.code, message: `${so.message}. It was not touched; nothing changed.`, choices });
}
