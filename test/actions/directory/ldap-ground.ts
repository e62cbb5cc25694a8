/** The door to a real domain controller, as the tests of it open it. */
import type { TestContext } from "node:test";
import { type LdapOptions, openLdap } from "../../../src/actions/directory/ldap.ts";
import { Secret } from "../../../src/base/secret.ts";
import { systemClock } from "../../../src/base/time.ts";
import type { Answer, Directory } from "../../../src/engine/remote.ts";
import type { Account, Samba } from "../../fixtures/samba.ts";

type More = Partial<LdapOptions> & { readonly as?: Account };

/** Opens it; it is closed after the test. `info` holds the mark, because Samba's schema has no extension attributes. */
export function doorTo(t: TestContext, samba: Samba, { as = samba.service, ...more }: More = {}): Directory {
	const opened = openLdap({
		url: samba.url,
		servername: samba.servername,
		ca: samba.ca,
		base: samba.base,
		bind: as.user,
		password: async () => new Secret(as.password),
		markAttribute: "info",
		clock: systemClock,
		...more,
	});
	t.after(() => opened.close());
	return opened.directory;
}

/** What a closed account needs at least; `name` is its account name too. */
export function closedUser(name: string) {
	return { objectClass: "user", sAMAccountName: name, userAccountControl: "514" };
}

/** In short what was answered: `ok`, `unknown`, or the code with its result. */
export function said(answer: Answer<unknown>): string {
	if (answer.kind === "ok") return "ok";
	return answer.kind === "refused" ? `${answer.code} ${answer.status}` : `${answer.kind} ${answer.code}`;
}
