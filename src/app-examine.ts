/**
 * Examines a client, or the MSP's own sign-in, as the file stands now, whether or not it has been taken up. Must never
 * take it up itself.
 */
import type { House } from "./app-house.ts";
import { InputError } from "./base/errors.ts";
import { beware, type Finding, unwell } from "./base/finding.ts";
import { type Json, sameJson } from "./base/json.ts";
import { nearest } from "./base/nearest.ts";
import type { Clock } from "./base/time.ts";
import { CORE } from "./engine/decide.ts";
import type { Client, Definitions } from "./sop/definitions.ts";
import { examineHooks, hookKeysIn } from "./triggers/hook-keys.ts";

type Looking = Pick<House, "definitions" | "vault" | "tenantOf" | "secretOf">;
type Where = { readonly folder: string; readonly clock: Clock; readonly publicUrl?: string };

/** Proves every connection of a client. Errors: `InputError` `no-such-client`. A second call is safe. */
export async function examineAsWritten(house: Looking, where: Where, id: string): Promise<readonly Finding[]> {
	const { examineClient } = await import("./actions/examine.ts");
	const inUse = house.definitions();
	const found = await written(house, where);
	const client = clientIn(found, id);
	if (client === undefined) throw noSuchClient(found, id);
	const { vault, tenantOf } = house;
	const { clock } = where;
	const connections = await examineClient(client, { vault, sandboxOf: tenantOf, clock, env: process.env });
	const hooks = await examineHooks(client, hookKeysIn(vault));
	const signIn = await signInFindings(client, house, where);
	return [...fileFindings(client, found, inUse), ...connections, ...hooks, ...signIn];
}

/** Proves where the MSP's own people sign in. A second call is safe. */
export async function examineOwn(house: Looking, where: Where): Promise<readonly Finding[]> {
	const { msp } = await written(house, where);
	const { name, signIn } = msp;
	if (signIn !== undefined) return signInFindings({ name, signIn }, house, where);
	const words = "msp.yaml says no provider, so none of your own people can sign in to the pages";
	return [{ about: name, ...beware("Sign-in", words, "Write `signIn` there, unless it is meant so.") }];
}

/** The definitions as they are in the folder by now. */
async function written({ definitions }: Looking, { folder, clock }: Where): Promise<Definitions> {
	const [{ loadDefinitions }, { registry }] = await Promise.all([
		import("./sop/folder.ts"),
		import("./actions/registry.ts"),
	]);
	return loadDefinitions(folder, registry.known(), { clock, core: CORE, last: definitions() });
}

/** Where its people sign in; where they choose who they are, nobody comes back to an address. */
async function signInFindings(
	{ id, name, signIn }: Pick<Definitions["msp"], "name" | "signIn"> & { readonly id?: string },
	{ secretOf }: Pick<House, "secretOf">,
	{ clock, publicUrl }: Where,
): Promise<readonly Finding[]> {
	if (signIn === undefined || publicUrl === undefined) return [];
	const [{ examineSignIn }, { backOf }, { openProviders }] = await Promise.all([
		import("./chat/web/examine-sign-in.ts"),
		import("./chat/web/oidc.ts"),
		import("./chat/web/oidc-provider.ts"),
	]);
	const back = backOf(publicUrl, id);
	const secret = () => secretOf(id, signIn.secret);
	return [{ about: name, ...(await examineSignIn(signIn, { providers: openProviders(clock), secret, back })) }];
}

/** Whether what was looked at is what the file says, and what is in use. */
function fileFindings(client: Client, written: Definitions, inUse: Definitions): readonly Finding[] {
	const { id, name } = client;
	const what = "client.yaml";
	if (written.quarantined.some((one) => one.client === id && one.sop === undefined)) {
		const words = "cannot be used as it is written, so its last good version was looked at";
		return [{ about: name, ...unwell(what, words, "`sopwith check` lists every problem with its line.") }];
	}
	const used = clientIn(inUse, id);
	const isSame = (part: "connectors" | "values") => sameJson(client[part] as Json, used?.[part] as Json | undefined);
	if (isSame("connectors") && isSame("values")) return [];
	const words = "was changed, and was looked at as it is written now; the version before is still in use";
	return [{ about: name, ...beware(what, words, "`sopwith reload` takes it up.") }];
}

function clientIn({ clients }: Definitions, id: string): Client | undefined {
	return Object.hasOwn(clients, id) ? clients[id] : undefined;
}

function noSuchClient({ clients }: Definitions, id: string): InputError {
	const near = nearest(id, Object.keys(clients));
	const remedy = near === undefined ? "The clients are the folders below clients." : `Did you mean ${near}?`;
	return new InputError([{ path: "client", code: "no-such-client", message: `There is no client ${id}.`, remedy }]);
}
