/**
 * The settings of a client's connectors, in the author's words, each checked whole. Must never take a password as it is:
 * a secret is named, and kept somewhere else.
 */
import { z } from "zod";

const email = z
	.string()
	.regex(/^[^\s@<>,;"]+@[^\s@<>,;"]+\.[^\s@<>,;"]+$/, "Write an address like it@contoso.example.");
const line = z
	.string()
	.min(1, "Write something here.")
	.max(300, "At most 300 characters.")
	.regex(/^[^\p{Cc}]*$/u, "Write one line, without control characters.");
const host = line.regex(/^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$/, "Write a host name like dc1.contoso.example.");
const dn = line.regex(
	/^[A-Za-z][\w-]*=([^,=\\]|\\.)+(,\s*[A-Za-z][\w-]*=([^,=\\]|\\.)+)*$/,
	"Write it like DC=contoso,DC=example.",
);
const attribute = line.regex(/^[A-Za-z][A-Za-z0-9-]*$/, "Write the name of one attribute, like extensionAttribute15.");
const id = line.regex(
	/^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$/,
	"Write the id from the portal, like 5d1f3c2e-0b7a-4c57-9a53-0c8f3f1d2b4a.",
);

/** What only several words together show to be wrong. */
function mistake(context: z.RefinementCtx, path: (string | number)[], message: string): void {
	const kind = "custom";
	context.addIssue({ code: kind, path, message });
}

/** Where a secret is kept; what is written here must not be one. */
export const secret = z
	.string()
	.max(300, "At most 300 characters.")
	.regex(
		/^(env:[A-Za-z_][A-Za-z0-9_]*|file:[^\p{Cc}]+|secret:[^\s\p{Cc}]+)$/u,
		"A secret does not belong in this file. Keep it with `sopwith secret set CLIENT/NAME`, and write secret:CLIENT/NAME here; env:VARIABLE and file:PATH are read too.",
	)
	.describe("Where the secret is kept: env:NAME, file:PATH or secret:CLIENT/NAME");
const ca = line.describe("PEM file of the authority to trust, from the client's folder");
const lookOnly = z.boolean().describe("true: nothing is ever written through it; plans are shown all the same");

const ldapAddress = z
	.string()
	.refine((text) => isAddress(text, ["ldaps:", "ldap:"]), "Write an address like ldaps://dc1.contoso.example.");
const naming = {
	upnSuffix: z.exactOptional(host.describe("What follows the @ of new accounts")),
	names: z.exactOptional(line.describe("The rule for account names, as a template over form")),
	markAttribute: z.exactOptional(attribute.describe("The attribute that holds our mark")),
	groupBase: z.exactOptional(dn.describe("Where groups are looked up")),
};
const activeDirectory = z
	.strictObject({
		use: z.literal("active-directory"),
		url: z
			.union([ldapAddress, z.array(ldapAddress).min(1, "Write at least one.").max(8, "At most 8.")])
			.describe("Write an address like ldaps://dc1.contoso.example, or a list of them"),
		startTls: z.exactOptional(z.boolean().describe("Begins plain and turns to TLS before anything is sent")),
		servername: z.exactOptional(host.describe("The name in the certificate, where it is not the one in the address")),
		ca: z.exactOptional(ca),
		base: dn.describe("Where the domain begins"),
		bind: line.describe("Who we sign in as"),
		password: secret,
		...naming,
		connections: z.exactOptional(z.int().min(1, "At least 1.").max(16, "At most 16.").describe("How many at once; 4")),
		lookOnly: z.exactOptional(lookOnly),
	})
	.superRefine((written, context) => {
		[written.url].flat().forEach((url, index) => {
			const path = Array.isArray(written.url) ? ["url", index] : ["url"];
			if (!written.startTls && !url.startsWith("ldaps:")) {
				const message = "Passwords would travel in the open. Write ldaps://, or add startTls: true.";
				mistake(context, path, message);
			}
			if (written.startTls && url.startsWith("ldaps:")) {
				const message = "This address is encrypted from the start. Take startTls out, or write ldap://.";
				mistake(context, path, message);
			}
		});
	});
const sandboxDirectory = z.strictObject({
	use: z.literal("sandbox"),
	base: z.exactOptional(dn.describe("Where the domain begins")),
	...naming,
	lookOnly: z.exactOptional(lookOnly),
});

const graph = z
	.strictObject({
		use: z.literal("graph"),
		tenant: line
			.regex(/^[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*$/, "Write the tenant's id, or its domain.")
			.refine(
				(text) => !["common", "organizations", "consumers"].includes(text),
				"Write one tenant: its id, or its domain.",
			)
			.describe("The tenant's id"),
		app: id.describe("The application's client id"),
		secret: z.exactOptional(secret),
		certificate: z.exactOptional(secret.describe("Where the PEM of the certificate and its key is kept")),
		cloud: z.exactOptional(z.enum(["global", "us-gov", "us-gov-dod", "china"]).describe("Microsoft's cloud")),
		authority: z.exactOptional(
			z.string().refine((text) => isAddress(text, ["https:"]), "Write it like https://login.microsoftonline.com."),
		),
		endpoint: z.exactOptional(
			z
				.string()
				.refine(
					(text) => text.endsWith("/v1.0") && isAddress(text.slice(0, -"/v1.0".length), ["https:"]),
					"Write it like https://graph.microsoft.com/v1.0.",
				),
		),
		ca: z.exactOptional(ca),
		lookOnly: z.exactOptional(lookOnly),
	})
	.superRefine((written, context) => {
		if ((written.secret === undefined) === (written.certificate === undefined)) {
			const so = written.secret === undefined ? "It has no way to sign in." : "It has two ways to sign in.";
			mistake(context, [], `${so} Write secret or certificate, one of them.`);
		}
		for (const name of ["authority", "endpoint"] as const) {
			if (written.cloud === undefined || written[name] === undefined) continue;
			const message = `The cloud says where this is. Take cloud or ${name} out.`;
			mistake(context, [name], message);
		}
	});
const count = z.int().min(0, "At least 0.");
const sandboxGraph = z.strictObject({
	use: z.literal("sandbox"),
	licences: z.exactOptional(
		z
			.record(
				z.string(),
				z.union([
					count,
					z.strictObject({
						total: z.exactOptional(count),
						used: z.exactOptional(count),
						mailbox: z.exactOptional(z.boolean()),
					}),
				]),
			)
			.describe("How many licences there are: SPB: { total: 25, used: 22 }"),
	),
	lookOnly: z.exactOptional(lookOnly),
});

const sender = z
	.string()
	.max(200, "At most 200 characters.")
	.refine(
		(text) => senderOf(text) !== undefined,
		"Write it like it@contoso.example, or Contoso IT <it@contoso.example>.",
	)
	.describe("Who mails come from");
const smtp = z
	.strictObject({
		use: z.literal("smtp"),
		url: z
			.string()
			.refine((text) => isAddress(text, ["smtps:", "smtp:"]), "Write an address like smtps://mail.contoso.example.")
			.describe("smtps://, or smtp:// where TLS is begun by STARTTLS, which is then required"),
		from: sender,
		user: z.exactOptional(line.describe("Who we sign in as")),
		password: z.exactOptional(secret),
		ca: z.exactOptional(ca),
		lookOnly: z.exactOptional(lookOnly),
	})
	.superRefine((written, context) => {
		if ((written.user === undefined) === (written.password === undefined)) return;
		const lacks = written.user === undefined ? "user" : "password";
		mistake(context, [], `A sign-in needs both. Write ${lacks} too.`);
	});
const mailByGraph = z.strictObject({
	use: z.literal("graph"),
	from: email.describe("The mailbox mails come from"),
	lookOnly: z.exactOptional(lookOnly),
});
const mailNever = z.strictObject({ use: z.literal("never") });
const mailSandbox = z.strictObject({
	use: z.literal("sandbox"),
	from: z.exactOptional(email.describe("The mailbox mails come from")),
	lookOnly: z.exactOptional(lookOnly),
});

const http = z.strictObject({
	use: z.exactOptional(z.literal("sandbox")),
	allow: z.exactOptional(
		z
			.array(
				line.regex(
					/^[A-Za-z0-9.-]+(:\d{1,5})?$|^\[[0-9A-Fa-f:.]+\](:\d{1,5})?$/,
					"Write a host like psa.example, or psa.example:8443.",
				),
			)
			.describe("Hosts that http.request may reach, exactly"),
	),
	allowPrivate: z.exactOptional(z.boolean().describe("Lets private addresses be reached; for a sandbox only")),
	lookOnly: z.exactOptional(lookOnly),
});

/** All connectors of one client. */
export const connectorsShape = z
	.strictObject({
		lookOnly: z.exactOptional(lookOnly),
		directory: z.exactOptional(z.discriminatedUnion("use", [activeDirectory, sandboxDirectory])),
		microsoft365: z.exactOptional(z.discriminatedUnion("use", [graph, sandboxGraph])),
		mail: z.exactOptional(z.discriminatedUnion("use", [smtp, mailByGraph, mailNever, mailSandbox])),
		http: z.exactOptional(http),
	})
	.superRefine(({ mail, microsoft365 }, context) => {
		if (mail?.use !== "graph" || microsoft365 !== undefined) return;
		const message = "There is no Microsoft 365 to send it. Write a microsoft365 connector too, or use: smtp.";
		mistake(context, ["mail", "use"], message);
	});

export type DirectorySettings = Readonly<z.infer<typeof activeDirectory>> | Readonly<z.infer<typeof sandboxDirectory>>;
export type GraphSettings = Readonly<z.infer<typeof graph>> | Readonly<z.infer<typeof sandboxGraph>>;
export type SmtpSettings = Readonly<z.infer<typeof smtp>>;
export type MailSettings =
	| SmtpSettings
	| Readonly<z.infer<typeof mailByGraph>>
	| Readonly<z.infer<typeof mailNever>>
	| Readonly<z.infer<typeof mailSandbox>>;
export type HttpSettings = Readonly<z.infer<typeof http>>;
/** A client's connectors, checked. What is absent the client has not. */
export type Connectors = {
	/** Counts for all of them. */
	readonly lookOnly?: boolean;
	readonly directory?: DirectorySettings;
	readonly microsoft365?: GraphSettings;
	readonly mail?: MailSettings;
	readonly http?: HttpSettings;
};
export type ConnectorName = Exclude<keyof Connectors, "lookOnly">;

/** The connectors as checked; none when something in them is wrong, which `checkShape` has then reported. */
export function readConnectors(written: unknown): Connectors {
	const read = connectorsShape.safeParse(written ?? {});
	return read.success ? read.data : {};
}

/** Whether nothing may be written through it. Mail that goes through Microsoft 365 is bound by that as well. */
export function isLookOnly(connectors: Connectors, name: ConnectorName): boolean {
	const settings = connectors[name];
	if (connectors.lookOnly === true) return true;
	if (settings !== undefined && "lookOnly" in settings && settings.lookOnly === true) return true;
	return name === "mail" && connectors.mail?.use === "graph" && isLookOnly(connectors, "microsoft365");
}

/** Whether a connector is simulated: then the whole client is one to play with. */
export function isSandbox(connectors: Connectors): boolean {
	const { directory, microsoft365, mail, http: calls } = connectors;
	return [directory, microsoft365, mail, calls].some((one) => one?.use === "sandbox");
}

/** `Contoso IT <it@contoso.example>` in its parts; without a name the address alone; nothing when it is neither. */
export function senderOf(text: string): { readonly name: string; readonly address: string } | undefined {
	const [, name = "", inside = text] = /^([^<>"\p{Cc}]{1,100}) <([^<>]+)>$/u.exec(text) ?? [];
	return email.safeParse(inside).success && !/\p{Cc}/u.test(inside)
		? { name: name.trim(), address: inside }
		: undefined;
}

/** A host, and a port perhaps: no user, no path, nothing else that would be left out without a word. */
function isAddress(text: string, protocols: readonly string[]): boolean {
	const url = URL.canParse(text) ? new URL(text) : undefined;
	if (url === undefined || !protocols.includes(url.protocol) || url.hostname === "") return false;
	return /^[a-z]+:\/\/[^/?#@\s\\]+\/?$/i.test(text);
}
