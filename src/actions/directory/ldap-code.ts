/**
 * What an LDAP server's refusal means, named once for the real directory and the simulated one. Decides on the result
 * code and the eight hexadecimal digits of the Win32 error that open the diagnostic text; must never read further.
 */
import type { Code } from "../../engine/event.ts";
import type { Answer } from "../../engine/remote.ts";

/**
 * What was being done, because the same result code means different things. `set`: a modify that takes nothing away; `swap`:
 * delete-old with add-new.
 */
export type LdapOperation =
	| "sign-in"
	| "search"
	| "add"
	| "modify"
	| "set"
	| "swap"
	| "member-add"
	| "member-remove"
	| "move"
	| "remove";

/** One modification as the port has it, as far as naming the operation needs it. */
type Modification = { readonly operation: "add" | "delete" | "replace"; readonly attribute: string };

/**
 * Says what an LDAP refusal means, as a refused answer; nothing was changed.
 * `status` is the LDAP result code; `win32` are the eight digits, upper case, when the diagnostic text opens with them.
 * Source: RFC 4511 appendix A; Win32 error codes of [MS-ERREF] 2.2.
 */
export function ldapRefusal(
	operation: LdapOperation,
	status: number,
	win32: string | undefined,
): Extract<Answer<never>, { kind: "refused" }> {
	const code = nameOf(operation, status, win32);
	return {
		kind: "refused",
		status,
		code,
		message: sentenceOf(code),
		retryable: RETRYABLE.has(code),
		detail: `LDAP result ${status}${win32 === undefined ? "" : `, Win32 ${win32}`}, on ${operation}`,
	};
}

/**
 * Says what a refused sign-in means. The number after `data` (52e wrong name or password, 532 password run out, 533 closed,
 * 701 account run out, 773 password to be changed, 775 locked) is put into the detail for the technician; nothing is
 * decided on it.
 */
export function signInRefusal(status: number, diagnostic: string): Extract<Answer<never>, { kind: "refused" }> {
	const { detail } = ldapRefusal("sign-in", status, win32Of(diagnostic));
	const data = /, data ([0-9a-f]{1,8}),/i.exec(diagnostic)?.[1];
	return {
		kind: "refused",
		status,
		code: "not-signed-in",
		message: sentenceOf("not-signed-in"),
		retryable: false,
		detail: data === undefined ? detail : `${detail}, data ${data}`,
	};
}

/** Names a modify by what it does, so that its refusal can be understood. */
export function modifyKind(changes: readonly Modification[]): LdapOperation {
	const [first, second] = changes;
	if (first === undefined) return "modify";
	if (changes.length === 1 && first.attribute.toLowerCase() === "member") {
		return first.operation === "add" ? "member-add" : "member-remove";
	}
	const same = second !== undefined && first.attribute.toLowerCase() === second.attribute.toLowerCase();
	if (same && first.operation === "delete" && second.operation === "add") return "swap";
	return changes.some(({ operation }) => operation === "delete") ? "modify" : "set";
}

/** Takes the eight digits from the start of a diagnostic text; nothing else of that text is ever looked at. */
export function win32Of(diagnostic: string): string | undefined {
	return /^([0-9A-Fa-f]{8})(?![0-9A-Fa-f])/.exec(diagnostic)?.[1]?.toUpperCase();
}

const WEAK_PASSWORD = "0000052D";
/** A manager who is not there. */
const NO_SUCH_NAME = "000020B5";
/** Of a move; some answer 32. */
const NO_SUCH_PARENT = "00002095";
const BAD_ACCOUNT_NAME = "00000523";
const UPN_TAKEN = new Set(["0000202F", "000021C8", "000021C7"]);

function nameOf(operation: LdapOperation, status: number, win32: string | undefined): Code {
	if ((status === 19 || status === 53) && win32 === WEAK_PASSWORD) return "weak-password";
	if (status === 19 && win32 !== undefined && UPN_TAKEN.has(win32)) return "name-taken";
	if (status === 19 && win32 === NO_SUCH_NAME) return "no-such-object";
	if (status === 19 && win32 === BAD_ACCOUNT_NAME) return "bad-name";
	if (operation === "member-add" && (status === 68 || status === 20)) return "already-member";
	if (operation === "member-remove" && (status === 16 || status === 53)) return "not-member";
	if ((operation === "add" || operation === "set") && (status === 16 || status === 17)) return "no-such-attribute";
	if (status === 80 && win32 === NO_SUCH_PARENT) return "no-such-object";
	if (operation === "swap" && status === 16) return "changed-meanwhile";
	return BY_RESULT[status] ?? "directory-refused";
}

const BY_RESULT: { readonly [result: number]: Code } = {
	1: "not-signed-in",
	3: "busy",
	4: "too-many",
	7: "not-signed-in",
	8: "not-signed-in",
	10: "other-domain",
	11: "too-many",
	13: "not-signed-in",
	16: "no-such-value",
	17: "bad-value",
	19: "bad-value",
	20: "already-so",
	21: "bad-value",
	32: "no-such-object",
	34: "bad-name",
	49: "not-signed-in",
	50: "no-rights",
	51: "busy",
	52: "busy",
	53: "unwilling",
	64: "bad-name",
	65: "bad-value",
	66: "not-empty",
	67: "bad-name",
	68: "name-taken",
};

const RETRYABLE: ReadonlySet<Code> = new Set(["busy"]);

/** What happened; that nothing changed is said with each, and who acts where a person must. */
const SENTENCES: { readonly [code: Code]: string } = {
	"weak-password": "The directory's password policy refused the password.",
	"name-taken": "The directory already has an entry with that name.",
	"already-member": "It is already a member of the group.",
	"not-member": "It is not a member of the group.",
	"changed-meanwhile": "Someone else changed it in the meantime.",
	"no-such-value": "The value to be removed is not there.",
	"no-such-attribute": "The directory does not know an attribute that is to be written.",
	"no-such-object": "The directory does not have that entry.",
	"no-rights": "Our directory account has no right to do this.",
	"not-signed-in": "The directory did not accept our sign-in.",
	"already-so": "The value is already there.",
	"bad-value": "The directory does not take that value.",
	"bad-name": "The directory does not take that name.",
	"not-empty": "The entry still contains others.",
	"too-many": "The directory would return more than it allows.",
	"other-domain": "The entry belongs to another domain.",
	busy: "The directory is busy.",
	unwilling: "The directory would not do this.",
};

const REMEDIES: { readonly [code: Code]: string } = {
	"weak-password":
		"Ours have 20 characters of four kinds: have the policy of that OU looked at (Group Policy Management, Password Policy, and Fine-Grained Password Policies), then try again.",
	"no-rights":
		"`sopwith doctor --client` names the right; give it (Active Directory Users and Computers, Delegate Control), then try again.",
	"not-signed-in":
		"`sopwith doctor --client` says why: a wrong password, or an account that is locked, closed or run out. Mend that, then try again.",
};

function sentenceOf(code: Code): string {
	const said = SENTENCES[code] ?? "The directory refused this.";
	const remedy = REMEDIES[code];
	return `${said} Nothing changed.${remedy === undefined ? "" : ` ${remedy}`}`;
}
