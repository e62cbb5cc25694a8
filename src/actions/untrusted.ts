/**
 * Why the certificate of another side was not taken, in words. Must never be read as "could not be reached": whoever is
 * told that looks at the network, and not at the certificate.
 */

/** What is said of a code of Node's TLS; undefined where it is none. Source: https://nodejs.org/api/tls.html#x509-certificate-error-codes */
export function untrusted(host: string, code: string): string | undefined {
	const why = REASONS[code] ?? (CHAIN.test(code) ? REASONS.CHAIN : undefined);
	return why === undefined ? undefined : `The certificate of ${host} ${why[0]}. Nothing was sent. ${why[1]}`;
}

const CHAIN = /CERT|SIGNATURE|ISSUER|CRL|^INVALID_(CA|PURPOSE)$/;

const REASONS: { readonly [code: string]: readonly [is: string, remedy: string] } = {
	CHAIN: [
		"is from an authority that is not trusted here",
		"Put that authority's certificate into the client's folder and name it as `ca` in client.yaml; `sopwith doctor --client` says more.",
	],
	CERT_HAS_EXPIRED: ["has run out", "Have it renewed there; `sopwith doctor --client` says where."],
	CERT_NOT_YET_VALID: ["does not hold yet", "Compare the clock of this machine with that of the server."],
	ERR_TLS_CERT_ALTNAME_INVALID: [
		"is made out to another name",
		"`sopwith doctor --client` says to which; mend the address, or `servername`, in client.yaml.",
	],
};
