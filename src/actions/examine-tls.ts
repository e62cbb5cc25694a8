/**
 * Looks at the way to a server: name, port, certificate. Says nothing secret on it: it is looked at even when it is not to
 * be trusted. Must never send a password or a token.
 */
import type { X509Certificate } from "node:crypto";
import { connect, isIP, type Socket } from "node:net";
import { checkServerIdentity, type PeerCertificate, type TLSSocket, connect as tlsConnect } from "node:tls";
import { beware, type Finding, unwell, well } from "../base/finding.ts";
import { type Clock, fromMs, toMs } from "../base/time.ts";

type TlsTarget = {
	readonly host: string;
	readonly port: number;
	/** What the certificate must be for, when it is not the host. */
	readonly servername?: string;
	/** PEM of the authority to trust instead of the usual ones. */
	readonly ca?: string;
	readonly clock: Clock;
	/** What is said before TLS begins, e.g. StartTLS. False: the other side does not offer TLS. */
	readonly preface?: (socket: Socket) => Promise<boolean>;
	/** What an admin does about each thing that can be wrong. */
	readonly remedies: TlsRemedies;
};

export type TlsRemedies = {
	/** Nobody answers. */
	readonly answer: string;
	/** The authority is not the one we trust. */
	readonly trust: string;
	/** The certificate is for other names. */
	readonly name: string;
	readonly renew: string;
	/** There is no TLS on this port. */
	readonly plain: string;
};

/** `trusted`: whether a password may be sent there. */
export type TlsSeen = { readonly findings: readonly Finding[]; readonly trusted: boolean };

const ANSWER_MS = 5_000;
const DAY_MS = 86_400_000;
const SOON_DAYS = 30;

/** Looks once. Never throws: what went wrong is a finding. */
export async function examineTls(target: TlsTarget): Promise<TlsSeen> {
	const { host, port, remedies } = target;
	const socket = await reached(target);
	if ("ok" in socket) return { findings: [socket], trusted: false };
	const answers = well(`Way to ${host}`, `it answers at ${socket.remoteAddress ?? host}, port ${port}`);
	let silent = false;
	const limit = setTimeout(() => {
		silent = true;
		socket.destroy();
	}, ANSWER_MS);
	try {
		const offered = target.preface === undefined || (await target.preface(socket));
		const secure = offered ? await secured(target, socket) : undefined;
		if (silent) {
			const words = `it takes the connection, and then says nothing for ${ANSWER_MS / 1000} s`;
			return { findings: [unwell(`Way to ${host}`, words, remedies.answer)], trusted: false };
		}
		if (secure === undefined) {
			const words = target.preface === undefined ? "it does not speak TLS there" : "it does not offer STARTTLS";
			return { findings: [answers, unwell(`TLS of ${host}`, words, remedies.plain)], trusted: false };
		}
		const found = certificateFindings(target, secure);
		return { findings: [answers, ...found], trusted: found.every(({ ok }) => ok) };
	} finally {
		clearTimeout(limit);
		socket.destroy();
	}
}

/** A connection, or why there is none. */
function reached({ host, port, remedies }: TlsTarget): Promise<Socket | Finding> {
	const { promise, resolve } = Promise.withResolvers<Socket | Finding>();
	const socket = connect({ host: host.replace(/^\[|\]$/g, ""), port, timeout: ANSWER_MS });
	const failed = (code: string) => {
		socket.destroy();
		const noName = ["ENOTFOUND", "EAI_AGAIN", "EAI_FAIL", "EAI_NODATA"].includes(code);
		const asked = `Ask the name server yourself: \`nslookup ${host}\`. Mend the name in client.yaml, or let this machine`;
		const lookUp = `${asked} ask a name server that knows it.`;
		const words = noName
			? "no name server knows this name"
			: code === "timeout"
				? `no answer on port ${port} within ${ANSWER_MS / 1000} s`
				: `nothing listens on port ${port} (${code})`;
		resolve(unwell(`Way to ${host}`, words, noName ? lookUp : remedies.answer));
	};
	socket.once("timeout", () => failed("timeout"));
	socket.once("connect", () => {
		socket.setTimeout(0);
		resolve(socket);
	});
	socket.on("error", (error: NodeJS.ErrnoException) => failed(error.code ?? error.name));
	return promise;
}

/** The same connection under TLS, trusted or not; undefined when the other side does not speak it. */
function secured({ host, servername, ca }: TlsTarget, socket: Socket): Promise<TLSSocket | undefined> {
	const { promise, resolve } = Promise.withResolvers<TLSSocket | undefined>();
	const name = servername ?? host.replace(/^\[|\]$/g, "");
	const secure = tlsConnect({
		socket,
		rejectUnauthorized: false,
		checkServerIdentity: () => undefined,
		...(isIP(name) === 0 ? { servername: name } : {}),
		...(ca === undefined ? {} : { ca }),
	});
	secure.once("secureConnect", () => resolve(secure));
	secure.on("error", () => resolve(undefined));
	socket.once("close", () => resolve(undefined));
	return promise;
}

function certificateFindings(target: TlsTarget, secure: TLSSocket): readonly Finding[] {
	const { host, remedies, clock } = target;
	const what = `Certificate of ${host}`;
	const shown: X509Certificate | undefined = secure.getPeerX509Certificate();
	if (shown === undefined) return [unwell(what, "it shows no certificate", remedies.renew)];
	const now = toMs(clock.now());
	const [from, until] = [shown.validFromDate.getTime(), shown.validToDate.getTime()];
	const name = target.servername ?? host.replace(/^\[|\]$/g, "");
	const dated = until < now || from > now;
	const chain = chainCode(secure);
	const untrusted = chain !== undefined && !DATES.has(chain);
	const misnamed = checkServerIdentity(name, secure.getPeerCertificate() as PeerCertificate) !== undefined;
	const problems = [
		...(untrusted ? [unwell(what, `its authority is not the one we trust (${chain})`, remedies.trust)] : []),
		...(misnamed ? [unwell(what, `it is for ${namesOf(shown)}, not for ${name}`, remedies.name)] : []),
		...(until < now ? [unwell(what, `it ran out on ${dayOf(until)}`, remedies.renew)] : []),
		...(from > now ? [unwell(what, `it only holds from ${fromMs(from)} on`, CLOCK)] : []),
		...(!dated && chain !== undefined && DATES.has(chain)
			? [unwell(what, `a certificate above it has run out, or does not hold yet (${chain})`, remedies.trust)]
			: []),
	];
	if (problems.length > 0) return problems;
	const left = Math.floor((until - now) / DAY_MS);
	const words = `for ${name}, from an authority we trust, until ${dayOf(until)}`;
	return [left < SOON_DAYS ? beware(what, `${words}: ${left} days left`, remedies.renew) : well(what, words)];
}

const CLOCK =
	"Compare the clock of this machine with that of the server: `timedatectl` here, `w32tm /query /status` there.";
const DATES: ReadonlySet<string> = new Set(["CERT_HAS_EXPIRED", "CERT_NOT_YET_VALID"]);

/** What OpenSSL has against the chain; undefined when it has nothing. Declared as an error, but it is the code. */
function chainCode(secure: TLSSocket): string | undefined {
	const found: unknown = secure.authorizationError;
	if (found instanceof Error) return "code" in found && typeof found.code === "string" ? found.code : found.name;
	return typeof found === "string" ? found : undefined;
}

function namesOf(shown: X509Certificate): string {
	const listed = shown.subjectAltName?.replaceAll(/(DNS|IP Address):/g, "");
	return listed ?? shown.subject.replaceAll("\n", ", ");
}

function dayOf(ms: number): string {
	return fromMs(ms).slice(0, 10);
}
