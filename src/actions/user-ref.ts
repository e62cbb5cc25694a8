/**
 * Which person an action is about, as steps name one: an address, or what an earlier step put out. Must never guess: a
 * name that fits nobody is nobody.
 */
import { z } from "zod";
import type { Json } from "../base/json.ts";

/** `ada@contoso.example`, `ada.lovelace`, or the output of a step that made or found an account. */
export const userRef = z.union([
	z.string().min(1),
	z.looseObject({
		upn: z.exactOptional(z.string()),
		samAccountName: z.exactOptional(z.string()),
		dn: z.exactOptional(z.string()),
		objectGuid: z.exactOptional(z.string()),
		userId: z.exactOptional(z.string()),
		email: z.exactOptional(z.string()),
	}) as unknown as z.ZodType<UserFields>,
]);

type UserFields = {
	readonly upn?: string;
	readonly samAccountName?: string;
	readonly dn?: string;
	readonly objectGuid?: string;
	readonly userId?: string;
	readonly email?: string;
	readonly [name: string]: Json;
};

export type UserRef = string | UserFields;

type Names = {
	readonly address?: string;
	readonly account?: string;
	/** Of Microsoft 365. */
	readonly id?: string;
	/** Of the directory. */
	readonly guid?: string;
};

/** The names to look for. Ids are surer than names, because a name can be corrected. Never empty text. */
export function namesOf(ref: UserRef): Names {
	if (typeof ref === "string") {
		const name = ref.trim();
		if (GUID.test(name)) return { id: name.toLowerCase() };
		return name.includes("@") ? { address: name } : { account: name };
	}
	const address = ref.upn ?? ref.email;
	return {
		...(address === undefined ? {} : { address }),
		...(ref.samAccountName === undefined ? {} : { account: ref.samAccountName }),
		...(ref.userId === undefined || ref.userId === "" ? {} : { id: ref.userId.toLowerCase() }),
		...(ref.objectGuid === undefined || !GUID.test(ref.objectGuid) ? {} : { guid: ref.objectGuid.toLowerCase() }),
	};
}

/** What to call the person in a plan: the principal name where it is known. A name still to be chosen says so. */
export function sayUser(ref: UserRef): string {
	const { address, account, id } = namesOf(ref);
	return address ?? account ?? id ?? "(not named yet)";
}

/**
 * Whether an earlier step said the principal name: it then rules over the one that is shown, which may be older, so that a
 * change has the same target when it is planned and when it is made.
 */
export function isPromised(ref: UserRef): boolean {
	return typeof ref !== "string" && ref.upn !== undefined && ref.upn !== "";
}

export const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Text that may become part of a name: control characters are refused, because a directory cuts a name at a NUL. */
export const plainText = z
	.string()
	.min(1)
	.max(256)
	.regex(/^[^\p{Cc}]*$/u, "control characters cannot be part of a name");
