/**
 * Reads `signIn:` of client.yaml and msp.yaml: the provider of OpenID where an organisation's people sign in to the pages.
 * Must never take a provider that speaks for more organisations than this one.
 */
import { z } from "zod";
import { isRecord, type Json } from "../base/json.ts";
import type { SignInAt } from "./definitions.ts";
import type { Report } from "./report.ts";

/** As it is written. */
export const signInShape = z
	.strictObject({
		issuer: z.url({ protocol: /^https$/ }).describe("As the provider writes it, without a query"),
		clientId: z.string().min(1),
		secret: z.string().regex(/^(env|file|secret):.+$/, "Write it like secret:CLIENT/signin."),
	})
	.describe("Where its people sign in to the pages");

/** The tenants of Entra that let in people of any tenant. */
const ANY_TENANT = /^https:\/\/[^/]+\/(common|organizations|consumers)(\/|$)/i;

/** Compiles it, once `checkShape` has looked. `id`: the organisation whose vault a secret is in. */
export function compileSignIn(written: Json | undefined, id: string, report: Report): { readonly signIn?: SignInAt } {
	if (!isRecord(written)) return {};
	const { issuer, clientId, secret } = written;
	if (typeof issuer !== "string" || typeof clientId !== "string" || typeof secret !== "string") return {};
	if (ANY_TENANT.test(issuer)) {
		const remedy = "Write https://login.microsoftonline.com/TENANT-ID/v2.0.";
		report(["signIn", "issuer"], "bad-value", "Anybody of any tenant could sign in there.", { remedy });
	}
	if (secret.startsWith("secret:") && !secret.startsWith(`secret:${id}/`)) {
		const remedy = `Write secret:${id}/NAME.`;
		report(["signIn", "secret"], "bad-value", "This secret is not one of this organisation.", { remedy });
	}
	return { signIn: { issuer, clientId, secret } };
}
