/**
 * What an administrator does to our account and to the controller's certificate while somebody is hired: another password, a
 * lock, an end, too few rights, a harder policy. Nothing is guessed or tried round: a person is told which it was.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { Attribute, Change, Client } from "ldapts";
import type { Flaw } from "../../fixtures/certificates.ts";
import type { LdapRequest } from "../../fixtures/ldap-line.ts";
import type { Samba } from "../../fixtures/samba.ts";
import type { Case } from "./play.ts";
import type { Hybrid } from "./scene.ts";

const modifies = (attribute: string) => (request: LdapRequest) =>
	request.operation === "modify" && request.has(attribute);
/** A refused sign-in is not tried again for so long. */
const REFUSED_MS = 31_000;

/** Changes one attribute as the administrator. */
export function set(samba: Samba, dn: string, attribute: string, value: string | Buffer): Promise<void> {
	const modification = new Attribute({ type: attribute, values: [value] as string[] });
	return samba.asAdmin((client) => client.modify(dn, new Change({ operation: "replace", modification })));
}

const ours = ({ base }: Samba) => `CN=sopwith,CN=Users,${base}`;
const quoted = (password: string) => Buffer.from(`"${password}"`, "utf16le");

type Trouble = { readonly make: (samba: Samba) => Promise<unknown>; readonly mend: (samba: Samba) => Promise<unknown> };

const TROUBLES: { readonly [what: string]: Trouble } = {
	"our account: another password": {
		// The one before the last is still taken for an hour.
		async make(samba) {
			for (const one of ["Another-River-43", "Another-River-44"])
				await set(samba, ours(samba), "unicodePwd", quoted(one));
		},
		mend: (samba) => set(samba, ours(samba), "unicodePwd", quoted(samba.service.password)),
	},
	"our account: locked": {
		async make(samba) {
			await set(samba, samba.base, "lockoutThreshold", "3");
			for (let at = 0; at < 4; at++) {
				const client = new Client({ url: samba.url, tlsOptions: { ca: samba.ca }, connectTimeout: 10_000 });
				await client.bind(samba.service.user, "wrong").catch(() => {});
				await client.unbind();
			}
		},
		async mend(samba) {
			await set(samba, samba.base, "lockoutThreshold", "0");
			await set(samba, ours(samba), "lockoutTime", "0");
		},
	},
	"our account: run out": {
		make: (samba) => set(samba, ours(samba), "accountExpires", "116444736000000000"),
		mend: (samba) => set(samba, ours(samba), "accountExpires", "0"),
	},
};

/** The connection is cut with it: a controller does not end the ones that are there. */
const atManager = ({ make, mend }: Trouble): Case<Hybrid> => ({
	ends: "asks",
	says: /did not accept our sign-in/,
	strike: ({ line, samba }) =>
		line.trap(modifies("manager"), "before", async () => {
			await make(samba);
			line.cut();
		}),
	async mend({ samba, clock }) {
		await mend(samba);
		clock.skip(REFUSED_MS);
	},
	others: /^LDAP (CN=sopwith,|DC=contoso,DC=example: )/,
});

/** By the name of their row. */
export const accountFaults: { readonly [fault: string]: readonly Case<Hybrid>[] } = Object.fromEntries(
	Object.entries(TROUBLES).map(([fault, trouble]) => [fault, [atManager(trouble)]]),
);

/** The controller comes back with another certificate while Graph is at work. */
const recertified = (flaw: Flaw | undefined, code: string, says: RegExp): Case<Hybrid> => {
	let good: readonly (readonly [string, string])[] = [];
	return {
		ends: "asks",
		says,
		strike({ cloud, samba, later }) {
			let met = false;
			const renew = async () => {
				const files = [samba.caFile, samba.certFile, samba.keyFile];
				good = files.map((file) => [file, readFileSync(file, "utf8")] as const);
				await samba.newCertificate(flaw);
				await samba.restart();
			};
			cloud.fault({
				match: ({ path }) => {
					if (!path.endsWith("/assignLicense")) return false;
					met = true;
					later(0, renew);
					return true;
				},
				answer: { kind: "slow", ms: 3_000 },
			});
			return () => met;
		},
		check: ({ seen, tally }) => {
			const details = Object.values(seen.run.steps).map(({ last }) => last?.detail ?? "");
			tally.expect(
				details.some((detail) => detail.includes(code)),
				`no detail names ${code}: ${details.join(" ")}`,
			);
		},
		async mend({ samba }) {
			for (const [file, text] of good) writeFileSync(file, text);
			await samba.restart();
		},
	};
};

/** On the controller's own certificate, without the line. */
export const certificateFaults: { readonly [fault: string]: readonly Case<Hybrid>[] } = {
	"the controller's certificate is another authority's": [
		recertified(
			undefined,
			"CERT_SIGNATURE_FAILURE",
			/is from an authority that is not trusted here\. Nothing was sent/,
		),
	],
	"the controller's certificate has run out": [
		recertified("expired", "CERT_HAS_EXPIRED", /The certificate of \S+ has run out\. Nothing was sent/),
	],
};

const weak = (samba: Samba, length: number) => set(samba, samba.base, "minPwdLength", String(length));
const harder: Omit<Case<Hybrid>, "strike"> = {
	ends: "asks",
	says: /password policy refused the password/,
	mend: ({ samba }) => weak(samba, 7),
};

/** Refused in the add, and later where it is set anew. */
export const passwordFaults: readonly Case<Hybrid>[] = [
	{
		...harder,
		accounts: 0,
		async strike({ samba }) {
			await weak(samba, 99);
			return () => true;
		},
	},
	{
		...harder,
		strike: ({ line, samba }) => line.trap(modifies("userAccountControl"), "before", () => weak(samba, 99)),
	},
];

/** Our account may not do it there: before anything is made, and where half of it stands. */
export const rightsFaults: { readonly [where: string]: Case<Hybrid> } = {
	Sales: { ends: "asks", accounts: 0, says: /no right/, strike: () => () => true },
	Warehouse: { ends: "asks", says: /no right/, strike: () => () => true },
};
