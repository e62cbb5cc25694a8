/**
 * What we refuse before anything is sent, because one directory takes it and another does not, or cuts it short. Pure; must
 * refuse at least what Windows does, with the codes it would have.
 */
import { Secret } from "../../base/secret.ts";
import type { Answer } from "../../engine/remote.ts";
import { formatDn, parseDn } from "../dn.ts";
import { type LdapOperation, ldapRefusal } from "./ldap-code.ts";

type Refused = Extract<Answer<never>, { kind: "refused" }>;
type Value = string | Secret;
/** What an operation says, as far as it is checked. */
export type Said = {
	readonly operation: LdapOperation;
	readonly names: readonly string[];
	readonly values?: readonly { readonly attribute: string; readonly values: readonly Value[] }[];
};

/** The refusal, or undefined when it may be sent. */
export function refusedUpFront({ operation, names, values = [] }: Said): Refused | undefined {
	if (names.some((name) => spelled(name) === undefined))
		return badName(operation, "a name in the directory cannot be read");
	for (const { attribute, values: list } of values) {
		if (list.some((value) => typeof value === "string" && CONTROL.test(value))) {
			return badName(operation, `control characters in ${attribute}`);
		}
		if (attribute.toLowerCase() === "samaccountname" && !list.every((value) => isAccountName(value))) {
			return badName(operation, "sAMAccountName: 1 to 20 characters, none that Windows keeps for itself");
		}
	}
	// A directory that lets this pass has an account that anybody may open.
	if (operation === "add" && isOpen(values) && !values.some(isPassword)) return notSent(ldapRefusal("add", 53, WEAK));
	return undefined;
}

/** The name in the one spelling that is sent; undefined when it is none. `<GUID=…>` stays, and so does the root, which is "". */
export function spelled(name: string): string | undefined {
	if (name === "" || /^<GUID=[0-9a-f-]{32,36}>$/i.test(name)) return name;
	const dn = parseDn(name);
	return dn === undefined || dn.some(({ value }) => CONTROL.test(value)) ? undefined : formatDn(dn);
}

const CONTROL = /\p{Cc}/u;
const WEAK = "0000052D";
const CLOSED = 0x2;

/** Source: https://learn.microsoft.com/windows/win32/adschema/a-samaccountname; the rules of user accounts. */
function isAccountName(value: Value): boolean {
	const name = value instanceof Secret ? "" : value;
	return name !== "" && [...name].length <= 20 && !/["/\\[\]:;|=,+*?<>@]/.test(name) && !/^[ .]+$|\.$/.test(name);
}

type Listed = { readonly attribute: string; readonly values: readonly Value[] };

function isPassword({ attribute }: Listed): boolean {
	return attribute.toLowerCase() === "unicodepwd";
}

function isOpen(values: readonly Listed[]): boolean {
	const control = values.find(({ attribute }) => attribute.toLowerCase() === "useraccountcontrol")?.values[0];
	return typeof control === "string" && (Number(control) & CLOSED) === 0;
}

function badName(operation: LdapOperation, detail: string): Refused {
	return { ...notSent(ldapRefusal(operation, 34, undefined)), detail: `${detail}; not sent` };
}

function notSent(refused: Refused): Refused {
	return { ...refused, status: 0, detail: `${refused.detail}; not sent` };
}
