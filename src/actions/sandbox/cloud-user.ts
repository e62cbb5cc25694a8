/**
 * Users of the simulated Microsoft 365: who can be seen, how they are shown, and what their properties may be. Must never
 * show a user before its time or a password ever.
 */
import { asList, asText, type Json, type Values } from "../../base/json.ts";
import { plusMs } from "../../base/time.ts";
import { badRequest, conflict, GraphRefusal, notFound } from "./graph-refusal.ts";
import { type CloudUser, hasCome, type Tenant } from "./tenant.ts";

/** What Graph gives when nothing is selected. Source: https://learn.microsoft.com/graph/api/user-list. */
export const USUAL = [
	"businessPhones",
	"displayName",
	"givenName",
	"jobTitle",
	"mail",
	"mobilePhone",
	"officeLocation",
	"preferredLanguage",
	"surname",
	"userPrincipalName",
	"id",
];

const TEXTS = [
	"ageGroup",
	"city",
	"companyName",
	"consentProvidedForMinor",
	"country",
	"department",
	"displayName",
	"employeeId",
	"employeeType",
	"faxNumber",
	"givenName",
	"jobTitle",
	"mailNickname",
	"mobilePhone",
	"officeLocation",
	"onPremisesImmutableId",
	"passwordPolicies",
	"postalCode",
	"preferredLanguage",
	"state",
	"streetAddress",
	"surname",
	"usageLocation",
	"userPrincipalName",
	"userType",
	"mail",
];
const OTHERS: { readonly [name: string]: (value: Json) => boolean } = {
	accountEnabled: (value) => typeof value === "boolean",
	showInAddressList: (value) => typeof value === "boolean",
	businessPhones: (value) => Array.isArray(value) && value.length <= 1,
	otherMails: Array.isArray,
	employeeHireDate: (value) => typeof value === "string",
	employeeLeaveDateTime: (value) => typeof value === "string",
	employeeOrgData: (value) => typeof value === "object",
	onPremisesExtensionAttributes: (value) => typeof value === "object",
	passwordProfile: (value) => typeof value === "object" && value !== null,
};

/** Whom a request can see: made long enough ago, not deleted. */
export function visible(tenant: Tenant): readonly CloudUser[] {
	return tenant.users.all().filter((user) => user.deletedAt === undefined && hasCome(tenant, user.visibleAt));
}

/** A user by id or sign-in name. Errors: throws 404. */
export function userAt(tenant: Tenant, key: string): CloudUser {
	const name = key.toLowerCase();
	const fits = (other: CloudUser) => String(other.properties.userPrincipalName).toLowerCase() === name;
	const user = tenant.users.get(name) ?? visible(tenant).find(fits);
	if (user === undefined || user.deletedAt !== undefined || !hasCome(tenant, user.visibleAt)) throw notFound(key);
	return user;
}

/** A user as Graph shows it, with all properties there are. */
export function shownUser(tenant: Tenant, user: CloudUser): Values {
	const skus = user.licences.filter(({ at }) => hasCome(tenant, at));
	return {
		...user.properties,
		id: user.id,
		userPrincipalName: nameOf(user),
		createdDateTime: user.createdAt,
		deletedDateTime: user.deletedAt ?? null,
		assignedLicenses: skus.map(({ sku }) => ({ skuId: sku, disabledPlans: [] })),
		licenseAssignmentStates: skus.map(({ sku, at, group }) => ({
			skuId: sku,
			disabledPlans: [],
			assignedByGroup: group ?? null,
			state: "Active",
			error: "None",
			lastUpdatedDateTime: at,
		})),
		signInActivity:
			user.signedInAt === undefined ? null : { lastSignInDateTime: user.signedInAt, lastSignInRequestId: user.id },
		...mailOf(tenant, user),
	};
}

/** A deleted user's name opens with its id, so that the name is free. Source: https://learn.microsoft.com/graph/api/directory-deleteditems-list. */
function nameOf(user: CloudUser): string {
	const name = String(user.properties.userPrincipalName);
	return user.deletedAt === undefined ? name : `${user.id.replaceAll("-", "")}${name}`;
}

/** The address a mailbox brings. */
function mailOf(tenant: Tenant, user: CloudUser): Values {
	if (!hasCome(tenant, user.mailboxAt)) return {};
	const address = String(user.properties.mail ?? user.properties.userPrincipalName);
	const listed = user.properties.proxyAddresses;
	return { mail: address, proxyAddresses: Array.isArray(listed) && listed.length > 0 ? listed : [`SMTP:${address}`] };
}

/** Checks the properties of a create or update. Errors: throws 400. */
export function checkProperties(body: Values): void {
	for (const [name, value] of Object.entries(body)) {
		const rule = OTHERS[name];
		if (rule === undefined && !TEXTS.includes(name)) throw badRequest(`Invalid property '${name}'.`);
		const fits = value === null || (rule === undefined ? typeof value === "string" && value !== "" : rule(value));
		if (!fits) throw badRequest(`Invalid value specified for property '${name}' of resource 'User'.`);
	}
	const place = body.usageLocation;
	if (typeof place === "string" && !/^[A-Z]{2}$/.test(place)) {
		throw badRequest("Invalid value specified for property 'usageLocation' of resource 'User'.");
	}
}

/** Errors: throws 400 when somebody else, seen or not yet seen, has the name or an address like it. */
export function checkFree(tenant: Tenant, name: string, except?: string): void {
	const lower = name.toLowerCase();
	const domain = lower.split("@")[1] ?? "";
	if (!verified(tenant).includes(domain) && !lower.includes("#ext#")) {
		throw badRequest(
			"The domain portion of the userPrincipalName property is invalid. You must use one of the verified domain names in your organization.",
		);
	}
	for (const user of others(tenant, except)) {
		if (String(user.properties.userPrincipalName).toLowerCase() === lower) throw conflict("userPrincipalName");
		const proxies = user.properties.proxyAddresses;
		if (Array.isArray(proxies) && proxies.some((p) => String(p).toLowerCase() === `smtp:${lower}`)) {
			throw conflict("proxyAddresses");
		}
	}
	if (tenant.contacts.all().some((contact) => contact.mail.toLowerCase() === lower)) throw conflict("proxyAddresses");
}

/** Errors: throws 400 when a mail address, which becomes a proxy address, is somebody else's already. */
export function checkMailFree(tenant: Tenant, mail: string, except: string): void {
	const lower = mail.toLowerCase();
	const held = others(tenant, except).some((user) => {
		const { userPrincipalName, mail: own, proxyAddresses } = shownUser(tenant, user);
		const proxies = asList(proxyAddresses);
		return [`smtp:${userPrincipalName}`, `smtp:${own}`, ...proxies].some(
			(p) => String(p).toLowerCase() === `smtp:${lower}`,
		);
	});
	const contact = tenant.contacts.all().some((other) => other.mail.toLowerCase() === lower);
	if (held || contact) throw conflict("proxyAddresses");
}

function others(tenant: Tenant, except: string | undefined): readonly CloudUser[] {
	return tenant.users.all().filter((user) => user.deletedAt === undefined && user.id !== except);
}

export function verified(tenant: Tenant): readonly string[] {
	return [tenant.seed.domain.toLowerCase(), `${tenant.seed.client.toLowerCase()}.onmicrosoft.com`];
}

/** Errors: throws 400 for a password that Entra refuses. Source: entra password policies, 8 to 256, three of four kinds. */
export function checkCloudPassword(profile: Values): void {
	const password = profile.password;
	const text = asText(password);
	const kinds = [/[A-Z]/, /[a-z]/, /\d/, /[^A-Za-z\d]/].filter((kind) => kind.test(text)).length;
	if (text.length < 8 || text.length > 256 || kinds < 3) {
		const detail = { code: "PasswordComplexity", message: "Password does not comply.", target: "password" };
		const message = "The specified password does not comply with password complexity requirements.";
		throw new GraphRefusal(400, "Request_BadRequest", message, [detail]);
	}
}

/** The mailbox that a first licence with mail brings, some time after. */
export function withMailbox(tenant: Tenant, user: CloudUser): CloudUser {
	const brings = user.licences.some(({ sku }) => tenant.skus.get(sku)?.mailbox === true);
	if (!brings || user.mailboxAt !== undefined) return user;
	return { ...user, mailboxAt: plusMs(tenant.clock.now(), tenant.lags.mailbox) };
}
