/**
 * The part of Microsoft Graph's contract that this project uses, as a checker of requests: path, method, query options,
 * properties, types. Must never be kinder than the real one: what is not listed is a violation.
 */
import { isRecord, type Json } from "../../src/base/json.ts";

export type Request = {
	readonly method: string;
	readonly url: string;
	readonly headers: { readonly [name: string]: string };
	readonly body: Json | undefined;
};

type Shape = "text" | "flag" | "count" | "texts" | "guid" | "guids" | "instant" | "country" | "reference" | Shapes;
type Shapes = { readonly [property: string]: Shape | readonly [Shape] };
type Operation = {
	readonly options?: readonly string[];
	readonly required?: readonly string[];
	readonly body?: Shapes;
};

const LIST = ["$select", "$filter", "$top", "$count", "$orderby", "$search", "$skiptoken"];
const ONE = ["$select", "$expand"];
const EXTENSIONS = Object.fromEntries(
	Array.from({ length: 15 }, (_, at) => [`extensionAttribute${at + 1}`, "text"] as const),
);
const USER: Shapes = {
	accountEnabled: "flag",
	businessPhones: "texts",
	companyName: "text",
	department: "text",
	displayName: "text",
	employeeId: "text",
	employeeHireDate: "instant",
	givenName: "text",
	jobTitle: "text",
	mail: "text",
	mailNickname: "text",
	mobilePhone: "text",
	officeLocation: "text",
	onPremisesExtensionAttributes: EXTENSIONS,
	passwordProfile: { password: "text", forceChangePasswordNextSignIn: "flag" },
	preferredLanguage: "text",
	surname: "text",
	usageLocation: "country",
	userPrincipalName: "text",
	userType: "text",
};
const RECIPIENTS = [{ emailAddress: { address: "text", name: "text" } }] as const;
const REFERENCE: Operation = { body: { "@odata.id": "reference" }, required: ["@odata.id"] };
const PASS_POLICY = "policies/authenticationMethodsPolicy/authenticationMethodConfigurations/TemporaryAccessPass";
const PASSES = "users/{key}/authentication/temporaryAccessPassMethods";

/** By method and template; `{key}` takes an id or a sign-in name, `{id}` a GUID alone. */
const OPERATIONS: { readonly [operation: string]: Operation } = {
	"GET users": { options: LIST },
	"POST users": {
		body: USER,
		required: ["accountEnabled", "displayName", "mailNickname", "userPrincipalName", "passwordProfile"],
	},
	"GET users/{key}": { options: ONE },
	"PATCH users/{key}": { body: USER },
	"DELETE users/{key}": {},
	"GET users/{key}/manager": { options: ONE },
	"PUT users/{key}/manager/$ref": REFERENCE,
	"DELETE users/{key}/manager/$ref": {},
	"GET users/{key}/directReports": { options: LIST },
	"GET users/{key}/memberOf": { options: LIST },
	"GET users/{key}/transitiveMemberOf": { options: LIST },
	"GET users/{key}/licenseDetails": { options: LIST },
	"POST users/{key}/assignLicense": {
		body: { addLicenses: [{ skuId: "guid", disabledPlans: "guids" }], removeLicenses: "guids" },
		required: ["addLicenses", "removeLicenses"],
	},
	"POST users/{key}/revokeSignInSessions": {},
	"GET users/{key}/mailboxSettings": { options: ONE },
	"PATCH users/{key}/mailboxSettings": {
		body: { timeZone: "text", automaticRepliesSetting: { status: "text", externalAudience: "text" } },
	},
	"GET users/{key}/messages": { options: LIST },
	"POST users/{key}/sendMail": {
		body: {
			message: {
				subject: "text",
				body: { contentType: "text", content: "text" },
				toRecipients: RECIPIENTS,
				internetMessageId: "text",
			},
			saveToSentItems: "flag",
		},
		required: ["message"],
	},
	"GET users/{key}/authentication/methods": { options: LIST },
	[`GET ${PASSES}`]: { options: LIST },
	[`POST ${PASSES}`]: { body: { startDateTime: "instant", lifetimeInMinutes: "count", isUsableOnce: "flag" } },
	[`GET ${PASSES}/{id}`]: { options: ONE },
	[`DELETE ${PASSES}/{id}`]: {},
	"GET groups": { options: LIST },
	"GET groups/{id}": { options: ONE },
	"GET groups/{id}/members": { options: LIST },
	"GET groups/{id}/transitiveMembers": { options: LIST },
	"POST groups/{id}/members/$ref": REFERENCE,
	"DELETE groups/{id}/members/{id}/$ref": {},
	"GET subscribedSkus": { options: LIST },
	"GET organization": { options: LIST },
	"GET domains": { options: LIST },
	"GET contacts": { options: LIST },
	"GET applications": { options: LIST },
	[`GET ${PASS_POLICY}`]: {},
	"GET auditLogs/signIns": { options: LIST },
	"GET directory/deletedItems/microsoft.graph.user": { options: LIST },
	"POST directory/deletedItems/{id}/restore": {},
	"DELETE directory/deletedItems/{id}": {},
};

/** Collects what is wrong with every request it sees. */
export function graphContract(): {
	readonly onRequest: (request: Request) => void;
	readonly violations: readonly string[];
} {
	const violations: string[] = [];
	return {
		onRequest(request) {
			for (const wrong of wrongWith(request)) violations.push(`${request.method} ${request.url}: ${wrong}`);
		},
		violations,
	};
}

/** Says everything that is wrong with a request. Empty: it keeps the contract. */
export function wrongWith(request: Request): readonly string[] {
	const [path = "", search = ""] = request.url.split("?");
	if (!path.startsWith("/v1.0/")) return ["not under /v1.0"];
	const segments = path.slice("/v1.0/".length).split("/");
	if (!segments.every(isText)) return ["not an address"];
	if (path === "/v1.0/$batch") return batchWrong(request);
	const operation = operationOf(request.method, segments);
	if (operation === undefined) return ["not an operation that is used"];
	return [
		...segments.flatMap((segment) => (segment === encoded(segment) ? [] : [`segment ${segment} is not encoded`])),
		...queryWrong(operation, new URLSearchParams(search), request),
		...bodyWrong(operation, request),
	];
}

/** At most twenty, each with an id of its own and right by itself; ours hold nothing but reads. */
function batchWrong({ method, body }: Request): readonly string[] {
	const inner = isRecord(body) && Array.isArray(body.requests) ? body.requests.filter(isRecord) : [];
	const ids = new Set(inner.map(({ id }) => id).filter((id) => typeof id === "string"));
	return [
		...(method === "POST" && inner.length >= 1 && inner.length <= 20 ? [] : ["is not a batch of 1 to 20"]),
		...(ids.size === inner.length ? [] : ["two requests of a batch have one id"]),
		...inner.flatMap(({ method: verb, url, headers, body: written }) => {
			if (verb !== "GET" || typeof url !== "string" || !url.startsWith("/")) return ["a batch holds more than reads"];
			const given = Object.entries(isRecord(headers) ? headers : {});
			const lower = Object.fromEntries(given.map(([name, value]) => [name.toLowerCase(), String(value)]));
			return wrongWith({ method: verb, url: `/v1.0${url}`, headers: lower, body: written });
		}),
	];
}

const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

function operationOf(method: string, segments: readonly string[]): Operation | undefined {
	const fits = ([name]: readonly [string, Operation]) => {
		const [verb = "", template = ""] = name.split(" ");
		const parts = template.split("/");
		if (verb !== method || parts.length !== segments.length) return false;
		return parts.every((part, at) => {
			const segment = decodeURIComponent(segments[at] ?? "");
			if (part === "{id}") return GUID.test(segment);
			return part === "{key}" ? GUID.test(segment) || /^[^@\s/]+@[^@\s/]+$/.test(segment) : part === segment;
		});
	};
	return Object.entries(OPERATIONS).find(fits)?.[1];
}

/** Whether a segment's escapes are UTF-8. */
function isText(segment: string): boolean {
	try {
		return decodeURIComponent(segment).isWellFormed();
	} catch {
		return false;
	}
}

function encoded(segment: string): string {
	const plain = decodeURIComponent(segment);
	return plain.startsWith("$") ? plain : encodeURIComponent(plain);
}

function queryWrong(operation: Operation, query: URLSearchParams, request: Request): readonly string[] {
	const filter = query.get("$filter") ?? "";
	const bare = filter.replaceAll(/'(?:[^']|'')*'/g, "''");
	const advanced = query.has("$search") || query.has("$count") || /\b(ne|not|endswith)\b/i.test(bare);
	const top = Number(query.get("$top") ?? "1");
	return [
		...[...query.keys()].flatMap((name) => (operation.options?.includes(name) ? [] : [`${name} is not taken here`])),
		...(bare.replaceAll("''", "").includes("'") ? ["a quote in $filter is not closed"] : []),
		...(top >= 1 && top <= 999 ? [] : ["$top is not 1 to 999"]),
		...(advanced && request.headers.consistencylevel !== "eventual" ? ["needs ConsistencyLevel: eventual"] : []),
	];
}

function bodyWrong(operation: Operation, request: Request): readonly string[] {
	const { body, headers } = request;
	const empty = body === undefined || (isRecord(body) && Object.keys(body).length === 0);
	if (operation.body === undefined) return empty ? [] : ["takes no body"];
	if (!isRecord(body)) return ["needs a body"];
	return [
		...(headers["content-type"]?.startsWith("application/json") ? [] : ["is not sent as application/json"]),
		...(operation.required ?? []).flatMap((name) => (body[name] === undefined ? [`${name} is missing`] : [])),
		...shapeWrong("body", operation.body, body),
	];
}

function shapeWrong(at: string, shape: Shape | readonly [Shape], value: Json): readonly string[] {
	if (Array.isArray(shape)) {
		if (!Array.isArray(value)) return [`${at} is not a list`];
		return value.flatMap((item, index) => shapeWrong(`${at}[${index}]`, shape[0] as Shape, item));
	}
	if (typeof shape === "string") return value === null || fits(shape, value) ? [] : [`${at} is not a ${shape}`];
	if (!isRecord(value)) return [`${at} is not an object`];
	return Object.entries(value).flatMap(([name, inner]) => {
		const known = (shape as Shapes)[name];
		return known === undefined ? [`${at}.${name} is not known`] : shapeWrong(`${at}.${name}`, known, inner);
	});
}

function fits(shape: Exclude<Shape, Shapes>, value: Json): boolean {
	switch (shape) {
		case "text":
			return typeof value === "string" && value !== "";
		case "flag":
			return typeof value === "boolean";
		case "count":
			return Number.isInteger(value);
		case "texts":
			return Array.isArray(value) && value.every((item) => typeof item === "string");
		case "guid":
			return typeof value === "string" && GUID.test(value);
		case "guids":
			return Array.isArray(value) && value.every((item) => typeof item === "string" && GUID.test(item));
		case "instant":
			return typeof value === "string" && /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(value);
		case "country":
			return typeof value === "string" && /^[A-Z]{2}$/.test(value);
		case "reference":
			return typeof value === "string" && /^https:\/\/[^/]+\/v1\.0\/(users|directoryObjects)\/[^/]+$/.test(value);
	}
}
