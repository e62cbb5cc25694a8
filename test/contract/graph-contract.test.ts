/** The checker of Graph requests, checked itself: what is right passes, and each thing that is wrong is said. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Json } from "../../src/base/json.ts";
import { wrongWith } from "./graph-contract.ts";

const ID = "11111111-2222-4333-8444-555555555555";
const json = { "content-type": "application/json" };

function wrong(method: string, url: string, body?: Json, headers: { readonly [name: string]: string } = json) {
	return wrongWith({ method, url: `/v1.0/${url}`, headers, body });
}

function batchOf(...requests: readonly { readonly method?: string; readonly url: string }[]): Json {
	return { requests: requests.map((request, at) => ({ id: String(at), method: "GET", ...request })) };
}

test("requests that Graph takes pass", () => {
	assert.deepEqual(wrong("POST", "$batch", batchOf({ url: "/domains" }, { url: `/users/${ID}?$select=id` })), []);
	assert.deepEqual(wrong("GET", "users?$filter=userPrincipalName%20eq%20'o''brien%40contoso.example'&$select=id"), []);
	assert.deepEqual(wrong("PATCH", `users/${ID}`, { usageLocation: "US" }), []);
	assert.deepEqual(wrong("DELETE", `groups/${ID}/members/${ID}/$ref`), []);
	assert.deepEqual(
		wrong("POST", `users/${ID}/assignLicense`, { addLicenses: [{ skuId: ID }], removeLicenses: [] }),
		[],
	);
});

const WRONG: readonly (readonly [string, readonly string[], string])[] = [
	["a link removed without $ref", wrong("DELETE", `groups/${ID}/members/${ID}`), "not an operation"],
	["a manager removed without $ref", wrong("DELETE", `users/${ID}/manager`), "not an operation"],
	["another version", wrongWith({ method: "GET", url: "/beta/users", headers: {}, body: undefined }), "/v1.0"],
	["an id that is none", wrong("GET", "groups/sales/members"), "not an operation"],
	["a guest's name cut at #", wrong("GET", "users/x"), "not an operation"],
	["a mistyped property", wrong("PATCH", `users/${ID}`, { jobTitel: "x" }), "jobTitel is not known"],
	["a country in words", wrong("PATCH", `users/${ID}`, { usageLocation: "France" }), "country"],
	["a half assignment", wrong("POST", `users/${ID}/assignLicense`, { addLicenses: [] }), "removeLicenses is missing"],
	[
		"a licence by its name",
		wrong("POST", `users/${ID}/assignLicense`, { addLicenses: [{ skuId: "SPB" }], removeLicenses: [] }),
		"guid",
	],
	["an open quote", wrong("GET", "users?$filter=displayName%20eq%20'O'Brien'"), "not closed"],
	["an unknown option", wrong("GET", "users?$top=5&$foo=1"), "$foo"],
	["too large a page", wrong("GET", "users?$top=1000"), "$top"],
	[
		"an advanced query without its header",
		wrong("GET", "users?$filter=accountEnabled%20ne%20true"),
		"ConsistencyLevel",
	],
	[
		"a body of another type",
		wrong("PATCH", `users/${ID}`, { usageLocation: "US" }, { "content-type": "text/plain" }),
		"application/json",
	],
	["a body where none is taken", wrong("DELETE", `users/${ID}`, { sure: true }), "takes no body"],
	[
		"a write in a batch",
		wrong("POST", "$batch", batchOf({ method: "DELETE", url: `/users/${ID}` })),
		"more than reads",
	],
	["a batch of 21", wrong("POST", "$batch", batchOf(...Array(21).fill({ url: "/domains" }))), "1 to 20"],
	["a wrong read in a batch", wrong("POST", "$batch", batchOf({ url: "/domains?$foo=1" })), "$foo"],
	["a reference to nowhere", wrong("PUT", `users/${ID}/manager/$ref`, { "@odata.id": ID }), "reference"],
];

for (const [name, found, words] of WRONG) {
	test(`the checker refuses ${name}`, () => {
		assert.equal(found.length >= 1 && found.some((line) => line.includes(words)), true, JSON.stringify(found));
	});
}
