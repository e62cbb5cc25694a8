/**
 * The sandbox's own certificate: made once, kept in its folder, trusted by nobody but the connections that are handed it.
 * Must never be offered to the machine or the process as a whole.
 */
import { X509Certificate } from "node:crypto";
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isRecord } from "../../base/json.ts";
import { systemClock, toMs } from "../../base/time.ts";

export type Certificate = { readonly key: string; readonly cert: string };

/** Reads the certificate of a folder, or makes one for 127.0.0.1 and localhost. A year long; renewed a month before. */
export async function certificateIn(folder: string): Promise<Certificate> {
	const path = join(folder, "tls.json");
	const kept = read(path);
	if (kept !== undefined && stillGood(kept.cert)) return kept;
	const { generate } = await import("selfsigned");
	const made = await generate([{ name: "commonName", value: "Sopwith sandbox" }], {
		keyType: "ec",
		curve: "P-256",
		algorithm: "sha256",
		extensions: [
			{ name: "basicConstraints", cA: true, critical: true },
			{ name: "keyUsage", digitalSignature: true, keyCertSign: true, critical: true },
			{ name: "extKeyUsage", serverAuth: true },
			{
				name: "subjectAltName",
				altNames: [
					{ type: 2, value: "localhost" },
					{ type: 7, ip: "127.0.0.1" },
				],
			},
		],
	});
	const certificate = { key: made.private, cert: made.cert };
	writeFileSync(`${path}.new`, JSON.stringify(certificate), { mode: 0o600 });
	renameSync(`${path}.new`, path);
	return certificate;
}

function read(path: string): Certificate | undefined {
	try {
		const value: unknown = JSON.parse(readFileSync(path, "utf8"));
		if (!isRecord(value) || typeof value.key !== "string" || typeof value.cert !== "string") return undefined;
		return { key: value.key, cert: value.cert };
	} catch {
		return undefined;
	}
}

/** A certificate is judged by the machine's clock, as the TLS under it does. */
function stillGood(cert: string): boolean {
	const month = 30 * 24 * 3_600_000;
	return new X509Certificate(cert).validToDate.getTime() - month > toMs(systemClock.now());
}
