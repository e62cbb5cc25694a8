/**
 * Compiles `client.yaml` into a client without its SOPs. Must never read another client's file.
 */
import { asList, asRecord, isRecord, type Json, sha256, type Values } from "../base/json.ts";
import type { Person, Roster, StandingApproval } from "../people/roster.ts";
import { compileCalendar, isZone, zoneRemedy } from "./calendar.ts";
import { clientShape } from "./client-schema.ts";
import { isSandbox, readConnectors } from "./connector-schema.ts";
import type { Client, Definitions } from "./definitions.ts";
import { holesOf, parseExpression } from "./expression.ts";
import { compileChannels, compilePeople, compileRoles } from "./people-file.ts";
import { type Report, suggest } from "./report.ts";
import { checkShape } from "./shape.ts";
import { compileSignIn } from "./sign-in-file.ts";
import type { ClientValues, SopId } from "./sop.ts";

type ClientInput = {
	readonly tree: Values;
	/** The folder's name, which the client's id must be. */
	readonly name: string;
	readonly folder: string;
	readonly msp: Definitions["msp"];
	/** The first year holidays are kept for. */
	readonly year: number;
	/** SOPs that standing approvals may name. */
	readonly sops: readonly SopId[];
};

/** Compiles a client; everything wrong is reported. */
export function compileClient(input: ClientInput, report: Report): Client {
	const { tree, msp } = input;
	checkShape(clientShape, tree, [], report);
	const id = text(tree.client, input.name);
	if (id !== input.name) {
		report(["client"], "wrong-folder", `This client is “${id}” and its folder is “${input.name}”.`, {
			remedy: `Write client: ${input.name}.`,
		});
	}
	const people = compilePeople(tree.people, "client", msp.people, report);
	const everyone = [...people, ...msp.people];
	const roles = { ...msp.roles, ...compileRoles(tree.roles, everyone, report) };
	if (!Object.hasOwn(roles, "owner")) {
		report(["roles"], "missing", "Nobody owns this client.", { remedy: "Write roles: { owner: [id] }." });
	}
	const values = clientValues(tree, id, input.year, report);
	checkNames(tree, report);
	checkSecrets(tree, id, report);
	return {
		id,
		name: values.name,
		values,
		roster: {
			client: id,
			people: everyone,
			roles,
			channels: compileChannels(tree.channels),
			standing: compileStanding(tree, { ...input, id, people, values }, report),
		},
		connectors: readConnectors(tree.connectors),
		...compileSignIn(tree.signIn, id, report),
		sops: {},
		folder: input.folder,
	};
}

function clientValues(tree: Values, id: string, year: number, report: Report): ClientValues {
	const connectors = readConnectors(tree.connectors);
	const zone = text(tree.timezone, "UTC");
	const known = isZone(zone);
	if (!known) report(["timezone"], "not-a-zone", `“${zone}” is not a time zone.`, { remedy: zoneRemedy(zone) });
	const profiles = Object.entries(asRecord(tree.profiles)).flatMap(([key, value]) =>
		isRecord(value) ? [[key, { title: titleOf(key), ...value, key }] as const] : [],
	);
	const identity = tree.identity === "hybrid" || tree.identity === "cloud" ? tree.identity : undefined;
	return {
		id,
		name: text(tree.name, id),
		timezone: known ? zone : "UTC",
		calendar: compileCalendar(tree.hours, tree.holidays, year, report),
		identity: identity ?? (connectors.directory === undefined ? "cloud" : "hybrid"),
		profiles: Object.fromEntries(profiles),
		sandbox: isSandbox(connectors),
	};
}

function titleOf(key: string): string {
	return key.slice(0, 1).toUpperCase() + key.slice(1).replaceAll("-", " ");
}

/** The rule for account names is a template, so it must be one. */
function checkNames(tree: Values, report: Report): void {
	const rule = readConnectors(tree.connectors).directory?.names;
	if (rule === undefined) return;
	const at = ["connectors", "directory", "names"];
	for (const hole of holesOf(rule) ?? ["("]) {
		const parsed = parseExpression(hole);
		const odd = parsed.ok ? parsed.names.find((name) => !name.startsWith("form.")) : hole;
		if (odd === undefined) continue;
		const message = parsed.ok ? `“${odd}” is not known when a name is made.` : parsed.message;
		report(at, "bad-template", message, { remedy: "Use form.firstName and form.lastName." });
	}
}

/** A secret of the vault is one client's; its name begins with the client's id. */
function checkSecrets(tree: Values, id: string, report: Report): void {
	const connectors = Object.entries(asRecord(tree.connectors));
	for (const [connector, settings] of connectors) {
		for (const [name, value] of Object.entries(asRecord(settings))) {
			if (typeof value !== "string" || !value.startsWith("secret:") || value.startsWith(`secret:${id}/`)) continue;
			const message = "This secret is not one of this client.";
			report(["connectors", connector, name], "bad-value", message, { remedy: `Write secret:${id}/NAME.` });
		}
	}
}

type StandingContext = ClientInput & {
	readonly id: string;
	readonly people: readonly Person[];
	readonly values: ClientValues;
};

function compileStanding(tree: Values, context: StandingContext, report: Report): Roster["standing"] {
	const list = asList(tree.standingApprovals);
	return list.flatMap((one, index) => (isRecord(one) ? [standing(one, index, context, report)] : []));
}

function standing(one: Values, index: number, context: StandingContext, report: Report): StandingApproval {
	const at = ["standingApprovals", index];
	const [sop, by, when] = [text(one.sop, ""), text(one.by, ""), typeof one.when === "string" ? one.when : undefined];
	if (!context.sops.includes(sop)) {
		report([...at, "sop"], "no-such-sop", `There is no SOP “${sop}”.`, { remedy: suggest(sop, context.sops) });
	}
	const ids = context.people.map((person) => person.id);
	if (!ids.includes(by)) {
		report([...at, "by"], "no-such-person", `There is no person “${by}” at this client.`, { remedy: suggest(by, ids) });
	}
	const parsed = when === undefined ? undefined : parseExpression(when);
	if (parsed?.ok === false)
		report([...at, "when"], "bad-expression", parsed.message, { remedy: "Write it like form.profile.key == 'sales'." });
	const spend = Number.parseInt(text(one.spend, "0"), 10);
	return {
		id: `${context.id}-${sha256({ sop, when: when ?? "", by, until: text(one.until, "") }).slice(0, 10)}`,
		sop,
		...(when === undefined || parsed?.ok === false ? {} : { when }),
		whenWords: typeof one.words === "string" ? one.words : whenWords(when, context.values),
		atMost: Number.parseInt(text(one.atMost, "0"), 10) || 0,
		per: "day",
		...(spend > 0 ? { spend: { licences: spend } } : {}),
		by,
		until: text(one.until, "0000-00-00"),
	};
}

/** "Sales" for `form.profile.key == 'sales'`; "every run" without a condition; else the condition itself. */
function whenWords(when: string | undefined, values: ClientValues): string {
	if (when === undefined) return "every run";
	const key = /^\s*form\.profile\.key\s*==\s*['"]([\w-]+)['"]\s*$/.exec(when)?.[1];
	const title = key === undefined ? undefined : values.profiles[key]?.title;
	return typeof title === "string" ? title : when;
}

function text(value: Json | undefined, fallback: string): string {
	return typeof value === "string" ? value : fallback;
}
