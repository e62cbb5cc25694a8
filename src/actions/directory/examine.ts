/**
 * Proves a client's Active Directory: each domain controller by itself, then what the procedures will touch. Reads only;
 * must never send the password to a server whose certificate is not in order.
 */
import type { Socket } from "node:net";
import { type Finding, unwell } from "../../base/finding.ts";
import type { Values } from "../../base/json.ts";
import type { Secret } from "../../base/secret.ts";
import type { Clock } from "../../base/time.ts";
import type { Directory } from "../../engine/remote.ts";
import type { DirectorySettings } from "../../sop/connector-schema.ts";
import { lookedAt, secretThere } from "../examine-look.ts";
import { examineTls, type TlsRemedies } from "../examine-tls.ts";
import { type Domain, examineSignIn, type SignIn } from "./examine-sign-in.ts";
import { examineTree, unitsOf } from "./examine-tree.ts";

type DirectoryExam = {
	readonly settings: Extract<DirectorySettings, { readonly use: "active-directory" }>;
	readonly profiles: readonly Values[];
	readonly ca?: string;
	readonly password: () => Promise<Secret>;
	/** The door the procedures would use. */
	readonly open: () => Promise<{ readonly directory: Directory; close(): Promise<void> }>;
	/** Nothing is ever written through it: a right to write is not missed. */
	readonly lookOnly: boolean;
	readonly clock: Clock;
};

/** Looks. Errors: what `open` throws. */
export async function examineDirectory(exam: DirectoryExam): Promise<readonly Finding[]> {
	const ways = await Promise.all([exam.settings.url].flat().map((url) => examineWay(url, exam)));
	const findings = ways.flatMap((way) => way.findings);
	const missing = await secretThere("Password of our account", exam.password);
	if (missing.length > 0) return [...findings, ...missing];
	let domain: Domain | undefined;
	// One after the other, up to the first that refuses us: each refusal counts towards locking the account.
	for (const { server } of ways) {
		if (server === undefined) continue;
		const { bind } = exam.settings;
		const units = unitsOf(exam.profiles);
		const signedIn = await examineSignIn({ ...server, bind, units, password: await exam.password() });
		findings.push(...signedIn.findings);
		if (signedIn.refused) return findings;
		domain ??= signedIn.domain;
	}
	if (domain === undefined) return findings;
	const { directory, close } = await exam.open();
	try {
		const { settings, profiles } = exam;
		const tree = { directory, domain, bind: settings.bind, profiles, lookOnly: exam.lookOnly };
		return [...findings, ...(await lookedAt(settings.base, () => examineTree(tree)))];
	} finally {
		await close();
	}
}

/** `server`: there when it may be signed in to. */
type Way = {
	readonly findings: readonly Finding[];
	readonly server?: Omit<SignIn, "bind" | "password" | "units">;
};

async function examineWay(url: string, exam: DirectoryExam): Promise<Way> {
	const { settings, clock } = exam;
	const { hostname: host, protocol, port: written } = new URL(url);
	const plain = protocol === "ldap:";
	if (plain && settings.startTls !== true) {
		const words = "the password would cross the network in the clear";
		return { findings: [unwell(`Address ${url}`, words, "Write ldaps:// in client.yaml, or add startTls: true.")] };
	}
	const common = {
		host,
		clock,
		...(settings.servername === undefined ? {} : { servername: settings.servername }),
		...(exam.ca === undefined ? {} : { ca: exam.ca }),
	};
	const port = written === "" ? (plain ? 389 : 636) : Number(written);
	const remedies = remediesFor(host, port);
	const { findings, trusted } = await examineTls({
		...common,
		port,
		remedies,
		...(plain ? { preface: askStartTls } : {}),
	});
	return trusted ? { findings, server: { ...common, url, startTls: plain } } : { findings };
}

function remediesFor(host: string, port: number): TlsRemedies {
	const renew = `On ${host}: certlm.msc → Personal → Certificates → its certificate → All Tasks → Renew.`;
	return {
		answer: `Is ${host} on? Let TCP port ${port} through from this machine to it, on both firewalls.`,
		trust:
			`Export the certificate of the authority that signed it (on ${host}: certlm.msc → Trusted Root Certification ` +
			"Authorities → Export, Base-64), put it in the client's folder and name it as `ca` in client.yaml.",
		name: "Write the name that the certificate is for as `servername` in client.yaml, or have a certificate made for this one.",
		renew,
		plain: `On ${host}, a domain controller answers LDAPS as soon as it has a certificate for server authentication: certlm.msc → Personal.`,
	};
}

/** The extended request StartTLS, as bytes, and whether the answer is success. Source: RFC 4511 4.14. */
function askStartTls(socket: Socket): Promise<boolean> {
	const name = Buffer.from("1.3.6.1.4.1.1466.20037");
	const { promise, resolve } = Promise.withResolvers<boolean>();
	socket.once("data", (answer: Buffer) => {
		// 0x78 is the extended response; result code 0 is its first member: 0a 01 00.
		const at = answer.indexOf(0x78);
		resolve(at > 0 && answer.indexOf(Buffer.from([0x0a, 0x01, 0x00]), at) > 0);
	});
	socket.once("close", () => resolve(false));
	socket.write(Buffer.concat([Buffer.from([0x30, 0x1d, 0x02, 0x01, 0x01, 0x77, 0x18, 0x80, name.length]), name]));
	return promise;
}
