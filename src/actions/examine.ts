/**
 * Proves every connection of one client, with the settings and secrets its procedures use. Reads only; what is simulated is
 * said to be so. Must never reach what the client's file does not name.
 */
import { type Finding, unwell, well } from "../base/finding.ts";
import type { Values } from "../base/json.ts";
import { type ConnectorName, isLookOnly } from "../sop/connector-schema.ts";
import type { Client } from "../sop/definitions.ts";
import { type ConnectParts, connect } from "./connect.ts";
import { lookedAt } from "./examine-look.ts";
import type { GraphExam } from "./microsoft365/examine.ts";
import { caOf, secretOf } from "./settings.ts";
import { usedActions } from "./used-actions.ts";

const TITLES: readonly (readonly [ConnectorName, string])[] = [
	["directory", "Active Directory"],
	["microsoft365", "Microsoft 365"],
	["mail", "Mail"],
	["http", "Web services"],
];

/** Looks at all connectors at once. Never throws for what is not well. A second look is safe. */
export async function examineClient(client: Client, parts: ConnectParts): Promise<readonly Finding[]> {
	const looks = TITLES.filter(([name]) => client.connectors[name] !== undefined).map(async ([name, title]) => {
		const findings = await lookedAt(title, () => examineConnector(name, client, parts));
		const about = `${client.name}, ${title}${isLookOnly(client.connectors, name) ? ", look-only" : ""}`;
		return findings.map((finding) => ({ about, ...finding }));
	});
	const found = (await Promise.all(looks)).flat();
	if (found.length > 0) return found;
	const words = "there are none, so its procedures can only ask people";
	return [{ about: client.name, ...unwell("Connectors", words, "Write `connectors:` in its client.yaml.") }];
}

async function examineConnector(name: ConnectorName, client: Client, parts: ConnectParts): Promise<readonly Finding[]> {
	if (client.connectors[name]?.use === "sandbox") return [well("Sandbox", "simulated, nothing to prove")];
	switch (name) {
		case "directory":
			return examineDirectory(client, parts);
		case "microsoft365":
			return examineMicrosoft365(client, parts);
		case "mail":
			return examineMail(client, parts);
		case "http": {
			const settings = client.connectors.http ?? {};
			if (settings.allowPrivate === true && !client.values.sandbox) return [privateHosts];
			const { examineHosts } = await import("./http/examine.ts");
			return examineHosts(settings, parts.clock);
		}
	}
}

const privateHosts = unwell(
	"Private addresses",
	"are only for a client that is a sandbox, so nothing at all is called",
	"Take `allowPrivate` out of connectors.http in client.yaml.",
);

async function examineDirectory(client: Client, parts: ConnectParts): Promise<readonly Finding[]> {
	const settings = client.connectors.directory;
	if (settings?.use !== "active-directory") return [];
	const module = await import("./directory/examine.ts");
	return module.examineDirectory({
		settings,
		profiles: profilesOf(client),
		lookOnly: isLookOnly(client.connectors, "directory"),
		...(await caOf(client, settings)),
		password: () => secretOf(parts, client, settings.password),
		async open() {
			const { door, close } = await connect(parts, { ...client, connectors: { directory: settings, lookOnly: true } });
			if (door.directory === undefined) throw new TypeError("a client with a directory has its door");
			return { directory: door.directory, close: async () => close() };
		},
		clock: parts.clock,
	});
}

async function examineMicrosoft365(client: Client, parts: ConnectParts): Promise<readonly Finding[]> {
	const { microsoft365: settings, mail, directory } = client.connectors;
	if (settings?.use !== "graph") return [];
	const { secret, certificate } = settings;
	const suffix = directory?.upnSuffix ?? (directory?.base === undefined ? undefined : domainOf(directory.base));
	const { examineGraph } = await import("./microsoft365/examine.ts");
	return examineGraph({
		settings,
		profiles: profilesOf(client),
		use: useOf(client),
		hybrid: client.values.identity === "hybrid",
		...(await caOf(client, settings)),
		...(secret === undefined ? {} : { secret: () => secretOf(parts, client, secret) }),
		...(certificate === undefined ? {} : { certificate: () => secretOf(parts, client, certificate) }),
		...(suffix === undefined ? {} : { suffix }),
		...(mail?.use === "graph" ? { sender: mail.from } : {}),
		clock: parts.clock,
	});
}

/** What the client's procedures and profiles need of Microsoft 365. */
function useOf(client: Client): GraphExam["use"] {
	const profiles = profilesOf(client);
	const passwords = profiles.some(({ firstSignIn }) => firstSignIn === "password");
	return {
		actions: usedActions(client.values, Object.values(client.sops)),
		passes: profiles.some(({ firstSignIn }) => firstSignIn !== "password"),
		// The password of a synced account is the directory's.
		passwords: passwords && client.values.identity === "cloud",
		licenceGroups: profiles.some(({ licenceGroups }) => Array.isArray(licenceGroups) && licenceGroups.length > 0),
		sends: client.connectors.mail?.use === "graph",
		lookOnly: isLookOnly(client.connectors, "microsoft365"),
	};
}

async function examineMail(client: Client, parts: ConnectParts): Promise<readonly Finding[]> {
	const settings = client.connectors.mail;
	if (settings?.use === "never") return [well("Never", "this client gets no mail from here, by its own wish")];
	if (settings?.use === "graph") return [well("Microsoft 365", `sends it for ${settings.from}, and is proved above`)];
	if (settings?.use !== "smtp") return [];
	const { password } = settings;
	const { examineSmtp } = await import("./mail/examine.ts");
	return examineSmtp({
		settings,
		...(await caOf(client, settings)),
		...(password === undefined ? {} : { password: () => secretOf(parts, client, password) }),
		clock: parts.clock,
	});
}

function profilesOf(client: Client): readonly Values[] {
	return Object.values(client.values.profiles);
}

function domainOf(base: string): string {
	return [...base.matchAll(/DC=([^,]+)/gi)].map((part) => part[1]).join(".");
}
