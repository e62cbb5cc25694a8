/**
 * Signs in to one domain controller as a procedure would and looks at what it says of itself and of our account. Must never
 * be called before the server's certificate was found in order: it sends the password.
 */

import { Client, ResultCodeError } from "ldapts";
import { clockFinding } from "../../base/clock-finding.ts";
import { type Finding, unwell, well } from "../../base/finding.ts";
import type { Secret } from "../../base/secret.ts";
import { type Clock, toMs } from "../../base/time.ts";
import { type Account, examineAccount } from "./examine-account.ts";

export type SignIn = {
	readonly host: string;
	readonly url: string;
	readonly startTls: boolean;
	readonly servername?: string;
	readonly ca?: string;
	readonly bind: string;
	readonly password: Secret;
	/** OUs that the profiles name. */
	readonly units: readonly string[];
	readonly clock: Clock;
};

/** What a domain controller says of its domain, and of our rights in it. */
export type Domain = Pick<Account, "rights"> & { readonly namingContext?: string; readonly schema?: string };

/** `refused`: the server said no to us; asking another one would only count towards locking the account. */
type SignedIn = { readonly findings: readonly Finding[]; readonly domain?: Domain; readonly refused: boolean };

/** Looks once; changes nothing. */
export async function examineSignIn(asked: SignIn): Promise<SignedIn> {
	const { host, bind } = asked;
	const what = `Sign-in to ${host}`;
	// A fresh object each time: the library writes into it.
	const tls = () => ({
		...(asked.ca === undefined ? {} : { ca: asked.ca }),
		...(asked.servername === undefined ? {} : { servername: asked.servername }),
	});
	// With TLS options it would speak TLS from the first byte.
	const from = asked.startTls ? {} : { tlsOptions: tls() };
	const client = new Client({ url: asked.url, timeout: 10_000, connectTimeout: 5_000, ...from });
	try {
		if (asked.startTls) await client.startTLS(tls());
		try {
			await client.bind(bind, asked.password.open());
		} catch (error) {
			return { findings: [refusedSignIn(what, bind, error)], refused: error instanceof ResultCodeError };
		}
		const root = await entryAt(client, "", ["currentTime", "defaultNamingContext", "schemaNamingContext", CONTROLS]);
		const account = await examineAccount(client, asked.units);
		const domain = {
			rights: account.rights,
			...texts(root, "defaultNamingContext", "namingContext"),
			...texts(root, "schemaNamingContext", "schema"),
		};
		const findings = [
			well(what, `as ${bind}`),
			...clockFindings(host, root, asked.clock),
			...controlFindings(host, root),
			...account.findings,
		];
		return { findings, domain, refused: false };
	} catch (error) {
		return { findings: [refusedSignIn(what, bind, error)], refused: false };
	} finally {
		await client.unbind().catch(() => {});
	}
}

const CONTROLS = "supportedControl";

type Raw = { readonly [attribute: string]: unknown };

async function entryAt(client: Client, dn: string, attributes: string[]): Promise<Raw> {
	const found = await client.search(dn, { scope: "base", filter: "(objectClass=*)", attributes });
	return found.searchEntries[0] ?? {};
}

function texts<Name extends string>(raw: Raw, attribute: string, name: Name): { readonly [K in Name]?: string } {
	const value = raw[attribute];
	return (typeof value === "string" ? { [name]: value } : {}) as { readonly [K in Name]?: string };
}

/** The hexadecimal number after `data ` is the one thing of a refusal's text that is read: LDAP has no code of its own for it. */
function refusedSignIn(what: string, bind: string, error: unknown): Finding {
	if (!(error instanceof ResultCodeError)) {
		const code = error instanceof Error && "code" in error ? String(error.code) : "no answer in time";
		return unwell(what, `it stopped answering (${code})`, "Look at the Directory Service event log of that server.");
	}
	const reason = /\bdata ([0-9a-f]{3,4})\b/.exec(error.message)?.[1] ?? "";
	const [words, remedy] = (error.code === 49 ? REASONS[reason] : BY_RESULT[error.code]) ?? OTHER;
	return unwell(what, `${bind}: ${words} (LDAP ${error.code}${reason === "" ? "" : `, data ${reason}`})`, remedy);
}

type Reason = readonly [words: string, remedy: string];

const ADUC = "Active Directory Users and Computers → the account → Properties → Account";
const RESET = "Set `password` in client.yaml right (`sopwith secret set`), or reset it: the account → Reset Password.";
const OTHER: Reason = ["the sign-in was refused", `Look at the account: ${ADUC}.`];

/** Win32 codes of refused sign-ins. Source: [MS-ERREF] 2.2, in hexadecimal as `data` has them. */
const REASONS: { readonly [data: string]: Reason } = {
	"525": ["there is no such account", "Write `bind` in client.yaml as the account's user principal name."],
	"52e": ["name or password is wrong", `${RESET} Check \`bind\` as well.`],
	"530": ["the account may not sign in at this hour", `${ADUC} → Logon Hours → all hours permitted.`],
	"531": ["the account may not sign in from here", `${ADUC} → Log On To → all computers.`],
	"532": ["the password has run out", `${RESET} For a service account: Account → Password never expires.`],
	"533": ["the account is closed", "Active Directory Users and Computers → the account → Enable Account."],
	"701": ["the account itself has run out", `${ADUC} → Account expires → Never.`],
	"773": ["the password must be changed first", `${ADUC} → clear "User must change password at next logon".`],
	"775": ["the account is locked", `${ADUC} → Unlock account; then find who tries a wrong password with it.`],
};

const BY_RESULT: { readonly [code: number]: Reason } = {
	8: ["this server wants TLS or signing first", "Write `url` with ldaps://, or add startTls: true."],
	34: ["the name to sign in with is not one", "Write `bind` as sopwith@contoso.example or as a whole DN."],
};

/** `currentTime` is generalised time: `20261122152345.0Z`. */
function clockFindings(host: string, root: Raw, clock: Clock): readonly Finding[] {
	const parts = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)/.exec(String(root.currentTime ?? ""));
	if (parts === null) return [];
	const [, year, month, day, hour, minute, second] = parts;
	return [clockFinding(host, toMs(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`), clock)];
}

const PAGING = "1.2.840.113556.1.4.319";
/** The newer number and the older one. */
const POLICY_HINTS = ["1.2.840.113556.1.4.2239", "1.2.840.113556.1.4.2066"];

function controlFindings(host: string, root: Raw): readonly Finding[] {
	const known = new Set([root[CONTROLS]].flat().map(String));
	const what = `Abilities of ${host}`;
	if (!known.has(PAGING)) {
		return [
			unwell(what, "it cannot page its answers", "This is not an Active Directory; name a domain controller in `url`."),
		];
	}
	if (POLICY_HINTS.some((control) => known.has(control)))
		return [well(what, "it pages, and holds our passwords to its history")];
	return [well(what, "it pages; it does not hold passwords that are set to its history of them")];
}
