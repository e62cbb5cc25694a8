/**
 * Who on the roster a provider of OpenID has vouched for. Pure. Must never go by a claim that whoever signs in can choose,
 * nor take one person for another when two would fit.
 */
import { asText } from "../../base/json.ts";
import type { Person } from "../../people/roster.ts";

/** What an ID token says, signature, audience, time and nonce already proved. */
export type Claims = { readonly [claim: string]: unknown };

/** Microsoft's issuers name one tenant in their path; there the tenant and object id are its own word. */
const ENTRA = /^https:\/\/(login\.microsoftonline\.(com|us)|login\.partner\.microsoftonline\.cn|sts\.windows\.net)\//;
const GOOGLE = "https://accounts.google.com";

/**
 * Finds the person among those of the organisation whose provider this is. At Entra by the object id that the roster lists
 * for Teams, else by a member's sign-in name, whose domain the tenant has proved. Elsewhere by an e-mail address that the
 * provider says is verified; at Google of an organisation's own domain only. Undefined: nobody, or more than one.
 * Source: https://learn.microsoft.com/entra/identity-platform/id-token-claims-reference,
 * https://openid.net/specs/openid-connect-core-1_0.html#StandardClaims.
 */
export function personOfClaims(claims: Claims, people: readonly Person[]): Person | undefined {
	const entra = ENTRA.test(asText(claims.iss));
	const known = entra ? people.filter((person) => isObject(person, claims)) : [];
	if (known.length > 0) return only(known);
	const address = entra ? memberName(claims) : verified(claims);
	if (address === "") return undefined;
	const named = people.filter((person) => person.email.toLowerCase() === address.toLowerCase());
	// Whom the roster knows by an object id is not also known by a name that can be given to another.
	return only(entra ? named.filter((person) => person.teams === undefined) : named);
}

/** An address is no longer. Source: https://www.rfc-editor.org/rfc/rfc5321#section-4.5.3.1.3 */
const MOST_LETTERS = 254;

/** How somebody nobody knows is told about: their address where there is one. What a provider writes may be of any length. */
export function identityOf(claims: Claims): string {
	const names = [claims.preferred_username, claims.email, claims.sub].map(asText);
	return names.find((name) => name !== "")?.slice(0, MOST_LETTERS) ?? "someone without a name";
}

function isObject(person: Person, { tid, oid }: Claims): boolean {
	const [first = "", second] = (person.teams ?? "").toLowerCase().split("/");
	const object = asText(oid).toLowerCase();
	if (object === "") return false;
	return second === undefined ? first === object : second === object && first === asText(tid).toLowerCase();
}

/** `idp` is where somebody was proved who they are: for a guest that is elsewhere, and so is what vouches for the name. */
function memberName({ iss, idp = iss, tid, preferred_username }: Claims): string {
	const own = idp === iss || idp === `https://sts.windows.net/${asText(tid)}/`;
	return own ? asText(preferred_username) : "";
}

function verified({ iss, email, email_verified, hd }: Claims): string {
	const ownDomain = iss !== GOOGLE || asText(hd) !== "";
	return email_verified === true && ownDomain ? asText(email) : "";
}

function only<T>(found: readonly T[]): T | undefined {
	return found.length === 1 ? found[0] : undefined;
}
