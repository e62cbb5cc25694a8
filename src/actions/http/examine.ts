/**
 * Proves that the hosts a client's procedures may call can be reached safely. Must never call anything on them.
 */
import { lookup } from "node:dns/promises";
import { isIP } from "node:net";
import { type Finding, unwell } from "../../base/finding.ts";
import type { Clock } from "../../base/time.ts";
import type { HttpSettings } from "../../sop/connector-schema.ts";
import { examineTls } from "../examine-tls.ts";
import { isPublic } from "./addresses.ts";

/** Looks at each host of `connectors.http.allow`, all at once. `allowPrivate`: as the door has it. */
export async function examineHosts(
	{ allow = [], allowPrivate = false }: HttpSettings,
	clock: Clock,
): Promise<readonly Finding[]> {
	const found = await Promise.all(allow.map((host) => examineHost(host, { allowPrivate, clock })));
	return found.flat();
}

type Looking = { readonly allowPrivate: boolean; readonly clock: Clock };

async function examineHost(allowed: string, { allowPrivate, clock }: Looking): Promise<readonly Finding[]> {
	const { hostname, port } = new URL(`https://${allowed}`);
	const host = hostname.replace(/^\[|\]$/g, "");
	const addresses = isIP(host) === 0 ? await lookup(host, { all: true }).catch(() => []) : [{ address: host }];
	const inside = allowPrivate ? undefined : addresses.find(({ address }) => !isPublic(address));
	if (inside !== undefined) {
		const remedy = "Name a host on the internet in connectors.http.allow; what is inside is never called from here.";
		return [unwell(`Way to ${host}`, `it is ${inside.address}, which is not on the public internet`, remedy)];
	}
	const whoever = `Ask whoever runs ${host}`;
	const remedies = {
		answer: `Let TCP port ${port === "" ? 443 : port} through from this machine to ${host}.`,
		trust: `${whoever} for a certificate from a public authority, with all certificates between.`,
		name: `${whoever} for a certificate with this name, or write the right name in connectors.http.allow.`,
		renew: `${whoever} to renew its certificate.`,
		plain: `Only https:// is called. Write the port that speaks it in connectors.http.allow.`,
	};
	const { findings } = await examineTls({ host, port: port === "" ? 443 : Number(port), clock, remedies });
	return findings;
}
