/** The door to a real domain controller, as the tests of it open it. */
import type { TestContext } from "node:test";
import { type LdapOptions, openLdap } from "../../../src/actions/directory/ldap.ts";
import { Secret } from "../../../src/base/secret.ts";
import { systemClock } from "../../../src/base/time.ts";
import type { Answer, Directory } from "../../../src/engine/remote.ts";
import type { Account, Samba } from "../../fixtures/samba.ts";
import { onStage, type Stage } from "../stage.ts";

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

/** A client whose directory it is. */
export async function stageOn(
	t: TestContext,
	samba: Samba,
	{ as = samba.service, url = samba.url } = {},
): Promise<Stage> {
	const stage = await onStage(t, {
		connectors: {
			directory: {
				...{ use: "active-directory", url, servername: samba.servername, ca: samba.caFile, base: samba.base },
				...{ bind: as.user, password: "secret:contoso/ad", markAttribute: "info" },
			},
		},
	});
	await stage.vault.keep("contoso", "contoso/ad", new Secret(as.password));
	return stage;
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
