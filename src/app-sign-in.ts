/**
 * How people sign in to the pages: by choosing who they are, on one machine alone, or at their organisation's own
 * provider. Must never hold a rule.
 */
import type { House } from "./app-house.ts";
import type { Clock } from "./base/time.ts";
import { createOidc, type Organisation } from "./chat/web/oidc.ts";
import { openProviders } from "./chat/web/oidc-provider.ts";
import type { SignIn } from "./chat/web/session.ts";
import { createSignIn } from "./chat/web/sign-in.ts";
import type { Definitions } from "./sop/definitions.ts";
import { ownPeople } from "./sop/everyone.ts";

/** Opens the way in. `url`: what links start with, and where a provider sends people back to. */
export function openSignIn(
	house: House,
	by: { readonly url: string; readonly clock: Clock; readonly local: boolean },
): SignIn {
	const { definitions, audit, people, secretOf } = house;
	const parts = { sessions: people, definitions, clock: by.clock, audit, publicUrl: by.url };
	if (by.local) return createSignIn(parts);
	return createOidc({
		...parts,
		providers: openProviders(by.clock),
		organisations: () => organisationsOf(definitions()),
		secretOf: ({ client, at }) => secretOf(client, at.secret),
	});
}

function organisationsOf({ msp, clients }: Definitions): readonly Organisation[] {
	const own = msp.signIn === undefined ? [] : [{ people: msp.people, at: msp.signIn }];
	const others = Object.values(clients).flatMap((client) => {
		const { id, signIn } = client;
		return signIn === undefined ? [] : [{ client: id, people: ownPeople(client), at: signIn }];
	});
	return [...own, ...others];
}
