/**
 * Proves where an organisation's people sign in, for `sopwith doctor`: the provider describes itself, and the secret is
 * there. Whether the provider takes the secret shows at the first sign-in alone. Must never sign anybody in.
 */
import { SopwithError } from "../../base/errors.ts";
import { beware, type Finding, unwell } from "../../base/finding.ts";
import type { Secret } from "../../base/secret.ts";
import type { SignInAt } from "../../sop/definitions.ts";
import type { Providers } from "./oidc-provider.ts";

/** Looks. `back`: the address that the provider has to send people back to. A second call is safe. */
export async function examineSignIn(
	at: SignInAt,
	parts: { readonly providers: Providers; readonly secret: () => Promise<Secret>; readonly back: string },
): Promise<Finding> {
	const what = `Sign-in at ${new URL(at.issuer).host}`;
	const { issuer, clientId } = at;
	try {
		const secret = await parts.secret();
		await parts.providers.begin({ issuer, clientId, secret }, { back: parts.back, email: "" });
	} catch (error) {
		if (!(error instanceof SopwithError)) throw error;
		const remedy = error.code.startsWith("provider")
			? `Open ${issuer.replace(/\/$/, "")}/.well-known/openid-configuration in a browser: the \`issuer\` there has to be letter for letter the one of signIn.`
			: "Put it there: `sopwith secret set NAME`, with the name that signIn gives after `secret:`.";
		return unwell(what, error.message, remedy);
	}
	const remedy = `At the provider, ${parts.back} has to be a redirect address of ${clientId}.`;
	return beware(what, "the provider describes itself, and the secret is there", remedy);
}
