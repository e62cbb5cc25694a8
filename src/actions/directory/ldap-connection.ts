/**
 * One signed-in connection to one domain controller. It is never used again once it was lost, so that nothing is ever
 * asked without a sign-in; must never wait for a goodbye.
 */
import { Client, NoResultError, ResultCodeError } from "ldapts";
import type { Secret } from "../../base/secret.ts";
import type { Answer } from "../../engine/remote.ts";
import { untrusted } from "../untrusted.ts";
import { type LdapOperation, ldapRefusal, signInRefusal, win32Of } from "./ldap-code.ts";
import { type Line, openLine, type Place } from "./ldap-socket.ts";

export type Connection = {
	/** Signed in and not lost. */
	usable(): boolean;
	/**
	 * Does one operation, for at most `ms`. Refused: nothing changed. Unsent: the connection was lost before. Unknown: it was
	 * sent, or may have been; what of it was not delivered by then is taken back.
	 */
	ask<T>(operation: LdapOperation, ms: number, work: (client: Client) => Promise<T>): Promise<Answer<T>>;
	/** What this server can do besides the usual, by number; asked once. Lost or refused: nothing. */
	controls(ms: number): Promise<ReadonlySet<string>>;
	/** Says goodbye and goes, without waiting. Safe to call twice. */
	end(): void;
};

const CONNECT_MS = 5_000;
const SIGN_IN_MS = 8_000;
const GOODBYE_MS = 1_000;

type SigningIn = {
	readonly bind: string;
	readonly password: Secret;
	/** When and whether that may be sent at all. */
	readonly inTurn: (signIn: () => Promise<Answer<void>>) => Promise<Answer<void>>;
};

/**
 * Connects and signs in, once. Errors: `unsent` `unreachable`, `not-trusted`; refused `not-signed-in`. Nothing else was
 * asked.
 */
export async function connect(place: Place, { bind, password, inTurn }: SigningIn): Promise<Answer<Connection>> {
	let line: Line;
	try {
		line = await openLine(place, CONNECT_MS);
	} catch (error) {
		return unreachable(place, error);
	}
	const { client, isLost, cut } = clientOn(line, place);
	const signedIn = await inTurn(async () => {
		try {
			await within(SIGN_IN_MS, cut, () => client.bind(bind, password.open()));
			return { kind: "ok", value: undefined };
		} catch (error) {
			if (!isResult(error) || AWAY.has(error.code)) return unreachable(place, error);
			return signInRefusal(error.code, error.message);
		}
	});
	if (signedIn.kind !== "ok") {
		// Not reset: nothing is to be taken back, and Node 26 crashes when that is done below encryption nobody read from yet.
		line.secure.destroy();
		line.raw.destroy();
		return signedIn;
	}
	const ask: Connection["ask"] = async (operation, ms, work) => {
		if (isLost()) return unreachable(place, undefined);
		try {
			return { kind: "ok", value: await within(ms, cut, () => work(client)) };
		} catch (error) {
			if (!isResult(error)) {
				cut();
				return { kind: "unknown", code: "connection-lost", detail: `${operation} at ${place.url}: ${codeOf(error)}` };
			}
			if (AWAY.has(error.code) || UNSIGNED.has(error.code)) cut();
			return ldapRefusal(operation, error.code, win32Of(error.message));
		}
	};
	let controls: Promise<ReadonlySet<string>> | undefined;
	const end = () => {
		client.unbind().catch(() => {});
		setTimeout(cut, GOODBYE_MS).unref();
	};
	return {
		kind: "ok",
		value: { ask, end, usable: () => !isLost(), controls: (ms) => (controls ??= controlsBy(ask, ms)) },
	};
}

/** The library's client on a line that is there already. */
function clientOn({ raw, secure }: Line, place: Place) {
	const lines = [secure];
	const client = new Client({
		url: place.url.replace(/^ldap:/, "ldaps:"),
		// Left to itself the library connects anew and asks on without having signed in: there is this line and no other.
		createSecureConnection: () => {
			const line = lines.pop();
			if (line === undefined) throw new Error("a lost connection is not made again");
			return line;
		},
	});
	const cut = () => {
		raw.resetAndDestroy();
		secure.destroy();
	};
	return { client, cut, isLost: () => raw.destroyed || secure.destroyed || secure.readableEnded };
}

/** Source: RFC 4512 §5.1, supportedControl of the root. */
async function controlsBy(ask: Connection["ask"], ms: number): Promise<ReadonlySet<string>> {
	const answer = await ask("search", ms, (client) =>
		client.search("", { scope: "base", attributes: ["supportedControl"] }),
	);
	const listed = answer.kind === "ok" ? answer.value.searchEntries[0]?.supportedControl : undefined;
	return new Set([listed ?? []].flat().map(String));
}

/** The controller is busy or going away (51, 52): another may answer. */
const AWAY: ReadonlySet<number> = new Set([51, 52]);
/** It does not know us on this connection any more. */
const UNSIGNED: ReadonlySet<number> = new Set([1, 8, 49]);

/** What the server itself said; the library also makes a result of its own when there was none. */
function isResult(error: unknown): error is ResultCodeError {
	return error instanceof ResultCodeError && !(error instanceof NoResultError);
}

async function within<T>(ms: number, cut: () => void, work: () => Promise<T>): Promise<T> {
	const late = setTimeout(cut, ms);
	try {
		return await work();
	} finally {
		clearTimeout(late);
	}
}

function unreachable(place: Place, error: unknown): Extract<Answer<never>, { kind: "unsent" }> {
	const why = error === undefined ? "the connection was lost before" : codeOf(error);
	const detail = `${place.url}: ${why}`;
	const message = isResult(error) ? undefined : untrusted(new URL(place.url).hostname, why);
	if (message === undefined) return { kind: "unsent", code: "unreachable", detail };
	return { kind: "unsent", code: "not-trusted", message, detail };
}

/** A code of Node's or of LDAP, for a technician; `no-answer` where there is none. */
export function codeOf(error: unknown): string {
	if (isResult(error)) return `LDAP result ${error.code}`;
	return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "no-answer";
}
