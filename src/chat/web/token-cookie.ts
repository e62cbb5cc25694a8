/**
 * A cookie that holds a token of ours: 32 random bytes. Must never be one that a script can read, or that another host has
 * set: over TLS its name begins with what browsers take from this very host alone.
 * Source: https://www.rfc-editor.org/rfc/rfc6265#section-5.3, https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Set-Cookie#cookie_prefixes.
 */
import { randomBytes } from "node:crypto";
import type { Request, Response } from "express";

/** `Lax` where it has to come back with a browser that somebody else sends to us. */
type CookieKind = { readonly name: string; readonly sameSite: "Strict" | "Lax" };

export type TokenCookie = {
	readonly read: (request: Request) => string | undefined;
	/** Hands out a new token. */
	readonly give: (response: Response, seconds: number) => string;
	readonly drop: (response: Response) => void;
};

/** The cookie as it is at this address. */
export function tokenCookie(publicUrl: string, { name, sameSite }: CookieKind): TokenCookie {
	const secure = publicUrl.startsWith("https:");
	const full = secure ? `__Host-${name}` : name;
	const write = (response: Response, token: string, seconds: number): void => {
		const tls = secure ? "; Secure" : "";
		const rules = `Path=/; HttpOnly; SameSite=${sameSite}; Max-Age=${seconds}${tls}`;
		response.append("set-cookie", `${full}=${token}; ${rules}`);
	};
	return {
		read: (request) => {
			const pairs = (request.headers.cookie ?? "").split(";").map((pair) => pair.trim().split("="));
			const value = pairs.find(([each]) => each === full)?.[1];
			return value === undefined || !/^[\w-]{43}$/u.test(value) ? undefined : value;
		},
		give: (response, seconds) => {
			const token = randomBytes(32).toString("base64url");
			write(response, token, seconds);
			return token;
		},
		drop: (response) => write(response, "", 0),
	};
}
