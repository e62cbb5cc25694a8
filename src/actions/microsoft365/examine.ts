/**
 * Proves a client's Microsoft 365: the way there, the token, the permissions, and what the procedures will use of the tenant.
 * Reads only.
 */
import { clockFinding } from "../../base/clock-finding.ts";
import { type Finding, unwell, well } from "../../base/finding.ts";
import type { Secret } from "../../base/secret.ts";
import { type Clock, fromHttpDate, toMs } from "../../base/time.ts";
import type { GraphSettings } from "../../sop/connector-schema.ts";
import { secretThere } from "../examine-look.ts";
import { examineTls, type TlsRemedies, type TlsSeen } from "../examine-tls.ts";
import { CLOUDS, cloudOf, portalOf } from "./cloud.ts";
import {
	type Application,
	certificateFinding,
	permissionFindings,
	secretFinding,
	tokenOrWhy,
} from "./examine-sign-in.ts";
import { examineTenant, type TenantExam } from "./examine-tenant.ts";
import { connectGraph } from "./graph.ts";
import type { Use } from "./permissions.ts";
import { tokenGiver } from "./token.ts";
import { openWire } from "./wire.ts";

export type GraphExam = Pick<TenantExam, "profiles" | "suffix" | "sender" | "hybrid" | "clock"> & {
	readonly settings: Extract<GraphSettings, { readonly use: "graph" }>;
	readonly ca?: string;
	readonly secret?: () => Promise<Secret>;
	readonly certificate?: () => Promise<Secret>;
	readonly use: Use;
};

/** Looks. What is not there is a finding too. */
export async function examineGraph(exam: GraphExam): Promise<readonly Finding[]> {
	const { settings, clock } = exam;
	const { tenant, app } = settings;
	const cloud = cloudOf(settings.cloud);
	const authority = settings.authority ?? cloud?.authority ?? "";
	const endpoint = settings.endpoint ?? cloud?.endpoint ?? "";
	const mixed = mixedClouds(authority, endpoint);
	if (mixed !== undefined) return [mixed];
	const trust: Trust = { clock, ...(exam.ca === undefined ? {} : { ca: exam.ca }) };
	const way = await examineWay([authority, endpoint], trust);
	if (!way.trusted) return way.findings;
	const about: Application = { tenant, app, portal: portalOf(authority) };
	const clocks = await clockFindings(`${authority}/${encodeURIComponent(tenant)}`, trust);
	return [...way.findings, ...clocks, ...(await examineApplication(exam, { authority, endpoint, about, trust }))];
}

/** Whoever asks waits: when Graph says to come back much later, that is what was found. */
const LOOK_MS = 30_000;

type Place = {
	readonly authority: string;
	readonly endpoint: string;
	readonly about: Application;
	readonly trust: Trust;
};

async function examineApplication(exam: GraphExam, place: Place): Promise<readonly Finding[]> {
	const { authority, endpoint, about, trust } = place;
	const { secret, certificate } = exam;
	const missing = await secretThere("Secret of the application", async () => (certificate ?? secret)?.());
	if (missing.length > 0) return missing;
	const proof = certificate === undefined ? { ...(secret === undefined ? {} : { secret }) } : { certificate };
	const scope = `${new URL(endpoint).origin}/.default`;
	const giver = tokenGiver({ authority, tenant: about.tenant, app: about.app, scope, ...trust, ...proof });
	const holds = certificate === undefined ? [] : certificateFinding(await certificate(), trust.clock, about);
	const token = await tokenOrWhy(giver, about);
	if (typeof token !== "string") return [...holds, token];
	const connection = await connectGraph({ endpoint, token: giver, ...trust });
	const graph = connection.graph(AbortSignal.timeout(LOOK_MS));
	const until = async () =>
		secret === undefined ? [] : [await secretFinding(graph, await secret(), { ...about, clock: trust.clock })];
	try {
		return [
			well(`Token for ${about.tenant}`, "Microsoft gives one"),
			...holds,
			...(await until()),
			...permissionFindings(token, exam.use, about),
			...(await examineTenant({ ...exam, graph, tenant: about.tenant, portal: about.portal })),
		];
	} finally {
		connection.close();
	}
}

/** Tokens of one cloud open no other. */
function mixedClouds(authority: string, endpoint: string): Finding | undefined {
	const all = Object.entries(CLOUDS);
	const gives = all.filter(([, cloud]) => cloud.authority === authority).map(([name]) => name);
	const takes = all.filter(([, cloud]) => cloud.endpoint === endpoint).map(([name]) => name);
	if (gives.length === 0 || takes.length === 0 || gives.some((name) => takes.includes(name))) return undefined;
	const words = `${authority} belongs to ${gives.join(" and ")}, ${endpoint} to ${takes.join(" and ")}`;
	return unwell("Cloud", words, `Write \`cloud: ${takes[0]}\` in client.yaml instead of authority and endpoint.`);
}

type Trust = { readonly ca?: string; readonly clock: Clock };

async function examineWay(urls: readonly string[], trust: Trust): Promise<TlsSeen> {
	const hosts = [...new Map(urls.map((url) => [new URL(url).host, new URL(url)])).values()];
	const seen = await Promise.all(
		hosts.map(({ hostname: host, port }) =>
			examineTls({ ...trust, host, port: port === "" ? 443 : Number(port), remedies: remediesFor(host) }),
		),
	);
	return { findings: seen.flatMap((one) => one.findings), trusted: seen.every(({ trusted }) => trusted) };
}

/** Every answer says what time it is there, and this one needs no token. */
async function clockFindings(tenant: string, trust: Trust): Promise<readonly Finding[]> {
	const wire = openWire(trust);
	try {
		const url = `${tenant}/v2.0/.well-known/openid-configuration`;
		const exchange = await wire.send({ method: "GET", url, headers: {}, signal: AbortSignal.timeout(10_000) });
		const date = exchange.kind === "answered" ? exchange.headers.get("date") : null;
		const there = fromHttpDate(date ?? "");
		return there === undefined ? [] : [clockFinding(new URL(tenant).hostname, toMs(there), trust.clock)];
	} finally {
		wire.close();
	}
}

function remediesFor(host: string): TlsRemedies {
	const proxy = "Something between here and Microsoft answers in its place.";
	return {
		answer: `Let TCP port 443 through from this machine to ${host}, and look at its proxy.`,
		trust: `${proxy} Leave ${host} out of the inspection of TLS on the firewall, or name its authority as \`ca\` in client.yaml.`,
		name: `${proxy} Check \`authority\` and \`endpoint\` in client.yaml, and what the name server says about ${host}.`,
		renew: `${proxy} Leave ${host} out of the inspection of TLS on the firewall.`,
		plain: `Write https:// and the right port for ${host} in client.yaml.`,
	};
}
