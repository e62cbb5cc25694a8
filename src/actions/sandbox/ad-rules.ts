/**
 * What Active Directory allows in an entry: which attributes there are, how long, how many, and what passwords and names
 * must be like. Pure; answers with LDAP results, never with words.
 */
import { type Instant, toMs } from "../../base/time.ts";
import { fold } from "../dn.ts";

/** An LDAP result and the Win32 code that opens its diagnostic text. Thrown inside the directory, never out of it. */
export class LdapResult extends Error {
	readonly result: number;
	readonly win32: string | undefined;
	constructor(result: number, win32?: string) {
		super(`LDAP ${result} ${win32 ?? ""}`);
		this.result = result;
		this.win32 = win32;
	}
}

/** Longest value by single-valued attribute; the others may hold many values. Source: [MS-ADA1], [MS-ADA3]. */
const SINGLE: { readonly [name: string]: number } = {
	accountexpires: 20,
	c: 3,
	cn: 64,
	company: 64,
	co: 128,
	department: 64,
	displayname: 256,
	employeeid: 16,
	employeenumber: 512,
	employeetype: 256,
	facsimiletelephonenumber: 64,
	givenname: 64,
	grouptype: 12,
	homedirectory: 2048,
	homephone: 64,
	info: 1024,
	initials: 6,
	ipphone: 64,
	l: 128,
	lockouttime: 20,
	mail: 256,
	mailnickname: 64,
	manager: 1024,
	middlename: 64,
	mobile: 64,
	msexchhidefromaddresslists: 5,
	name: 255,
	ou: 64,
	pager: 64,
	personaltitle: 64,
	physicaldeliveryofficename: 128,
	postalcode: 40,
	preferredlanguage: 64,
	pwdlastset: 20,
	samaccountname: 256,
	scriptpath: 512,
	sn: 64,
	st: 128,
	streetaddress: 1024,
	telephonenumber: 64,
	title: 128,
	useraccountcontrol: 11,
	userprincipalname: 1024,
	userworkstations: 1024,
	wwwhomepage: 2048,
	...Object.fromEntries(Array.from({ length: 15 }, (_, at) => [`extensionattribute${at + 1}`, 1024])),
};
const MANY: { readonly [name: string]: number } = {
	description: 1024,
	member: 1024,
	objectclass: 256,
	otherhomephone: 64,
	othermailbox: 256,
	othermobile: 64,
	othertelephone: 64,
	proxyaddresses: 1123,
	url: 4096,
	memberof: 1024,
};
/** Written by the directory alone. */
const READ_ONLY = new Set([
	"lastlogon",
	"lastlogontimestamp",
	"logoncount",
	"memberof",
	"directreports",
	"objectguid",
	"objectsid",
	"distinguishedname",
	"whencreated",
]);
const NUMERIC = new Set(["accountexpires", "lockouttime", "pwdlastset", "useraccountcontrol", "grouptype"]);

/** Throws the result with which the directory refuses these values of an attribute. */
export function checkValues(attribute: string, values: readonly string[]): void {
	const name = attribute.toLowerCase();
	if (READ_ONLY.has(name)) throw new LdapResult(53, "00002035");
	const longest = SINGLE[name] ?? MANY[name];
	if (longest === undefined) throw new LdapResult(16, "00000057");
	if (name in SINGLE && values.length > 1) throw new LdapResult(20, "00002081");
	if (new Set(values.map(fold)).size < values.length) throw new LdapResult(20, "00002083");
	for (const value of values) {
		if (value === "" || value.includes("\0")) throw new LdapResult(21, "00000057");
		if ([...value].length > longest) throw new LdapResult(19, "00002082");
		if (NUMERIC.has(name) && !/^-?\d{1,20}$/.test(value)) throw new LdapResult(21, "00000057");
	}
	if (name === "pwdlastset" && !["0", "-1", undefined].includes(values[0])) throw new LdapResult(53, "00000057");
	if (name === "samaccountname") checkAccountName(values[0] ?? "");
}

/** For users: at most 20 characters, none of those Windows keeps for itself. */
function checkAccountName(name: string): void {
	if ([...name].length > 20 || /["/\\[\]:;|=,+*?<>@]/.test(name) || name.endsWith(".")) {
		throw new LdapResult(19, "00000523");
	}
}

/**
 * Throws `0000052D` for a password that the default domain policy refuses: seven characters, three of four kinds, not
 * holding the account's name or a part of the display name.
 */
export function checkPassword(password: string, accountName: string, displayName: string): void {
	const kinds = [/\p{Lu}/u, /\p{Ll}/u, /\d/, /[^\p{L}\d]/u].filter((kind) => kind.test(password)).length;
	const parts = displayName.split(/[\s,.\-_#]+/).filter((part) => part.length >= 3);
	const names = [...(accountName.length >= 3 ? [accountName] : []), ...parts].map(fold);
	const named = names.some((name) => fold(password).includes(name));
	if ([...password].length < 7 || kinds < 3 || named) throw new LdapResult(53, "0000052D");
}

/** An instant as the directory counts: steps of 100 ns since 1601. Source: [MS-DTYP] 2.3.3. */
export function fileTime(at: Instant): string {
	return String(BigInt(toMs(at)) * 10_000n + 116_444_736_000_000_000n);
}

export const DISABLED = 2;
const NO_PASSWORD_NEEDED = 32;

/** Throws when an account would be open without a password. */
export function checkOpen(userAccountControl: string | undefined, hasPassword: boolean): void {
	const bits = Number(userAccountControl ?? "546");
	if ((bits & DISABLED) === 0 && (bits & NO_PASSWORD_NEEDED) === 0 && !hasPassword) {
		throw new LdapResult(53, "0000052D");
	}
}
