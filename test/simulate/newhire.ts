/**
 * The real `newhire`, as it is written for both demo clients, over the simulated other side: every action keeps its name and
 * its way of being repeated, and its desired state is played. Must never reach a connector.
 */
import { fileURLToPath } from "node:url";
import { registry } from "../../src/actions/registry.ts";
import type { Json, Values } from "../../src/base/json.ts";
import { CORE } from "../../src/engine/decide.ts";
import { loadDefinitions } from "../../src/sop/folder.ts";
import type { Sop, Step } from "../../src/sop/sop.ts";
import { factsOf, type Spec, text } from "./actions.ts";

const person = (input: Values): string => text(input.firstName, "Ada");
const upn = "ada@contoso.example";
const one = (key: string) => (): readonly string[] => [key];

export const specs: readonly Spec[] = [
	{
		name: "directory.user",
		does: "make",
		keys: ({ target }) => [text(target, "ad-user")],
		facets: (input) => ({
			name: `${person(input)} ${text(input.lastName, "")}`,
			ou: (input.profile as Values).ou ?? null,
		}),
		promises: () => ({ upn, samAccountName: "ada", displayName: "Ada", dn: "CN=Ada" }),
		later: ["objectGuid"],
	},
	{
		name: "directory.manager",
		does: "set",
		keys: one("ad-manager"),
		facets: ({ manager }) => ({ value: manager ?? null }),
	},
	{ name: "directory.groupMember", does: "join", keys: ({ group }) => [`ad-group/${text(group, "")}`] },
	{ name: "directory.enabled", does: "set", keys: one("ad-enabled"), facets: () => ({ value: true }) },
	{
		name: "directory.expiry",
		does: "set",
		keys: one("ad-expiry"),
		facets: ({ lastDay }) => ({ value: lastDay ?? null }),
	},
	{ name: "directory.password", does: "pass", keys: one("ad-password") },
	{
		name: "microsoft365.userExists",
		does: "seen",
		keys: () => ["ad-user", "ad-user-2"],
		promises: () => ({ upn }),
		later: ["userId"],
	},
	{
		name: "microsoft365.user",
		does: "make",
		keys: ({ target }) => [text(target, "cloud-user")],
		facets: (input) => ({ name: `${person(input)} ${text(input.lastName, "")}`, place: "DE" }),
		promises: () => ({ upn, displayName: "Ada", usageLocation: "DE" }),
		later: ["userId"],
	},
	{
		name: "microsoft365.licence",
		does: "join",
		keys: ({ licences }) =>
			(Array.isArray(licences) ? (licences as readonly Json[]) : []).map((sku) => `licence/${sku}`),
	},
	{ name: "microsoft365.groupMember", does: "join", keys: ({ group }) => [`cloud-group/${text(group, "")}`] },
	{
		name: "microsoft365.manager",
		does: "set",
		keys: one("cloud-manager"),
		facets: ({ manager }) => ({ value: manager ?? null }),
	},
	{ name: "microsoft365.enabled", does: "set", keys: one("cloud-enabled"), facets: () => ({ value: true }) },
	{ name: "microsoft365.firstCredential", does: "pass", keys: one("credential") },
	{
		name: "microsoft365.mailboxReady",
		does: "seen",
		keys: () => ["ad-user", "ad-user-2", "cloud-user", "cloud-user-2"],
		promises: () => ({ upn }),
	},
	{ name: "mail.send", does: "send", keys: ({ to }) => [text(to, "mail")] },
];

const byName = new Map(specs.map((spec) => [spec.name, spec]));
const folder = fileURLToPath(new URL("../../sop-definitions", import.meta.url));
let loaded: readonly Sop[] | undefined;

/** `newhire` of each demo client, loaded once. */
export function newhires(): readonly Sop[] {
	if (loaded !== undefined) return loaded;
	const clock = { now: () => "2026-05-01T08:00:00.000Z" };
	const { clients, problems } = loadDefinitions(folder, registry.known(), { clock, core: CORE });
	if (problems.length > 0) throw new Error(JSON.stringify(problems));
	loaded = Object.values(clients).map((client) => {
		const sop = client.sops.newhire as Sop;
		return { ...sop, steps: sop.steps.map(played) };
	});
	return loaded;
}

/** The same step, repeated as its simulated action must be: the real one settles for as long as its real remote lags. */
function played(step: Step): Step {
	if (step.kind === "do") return { ...step, action: repeated(step.action), proveWithinMs: 6000 };
	if (step.kind === "wait" && step.wait.kind === "for")
		return { ...step, wait: { ...step.wait, action: repeated(step.wait.action), everyMs: 60_000 } };
	if (step.kind === "parallel" || step.kind === "each") return { ...step, steps: step.steps.map(played) };
	if (step.kind === "choose")
		return { ...step, branches: step.branches.map((branch) => ({ ...branch, steps: branch.steps.map(played) })) };
	return step;
}

function repeated<T extends { readonly name: string }>(action: T): T {
	const spec = byName.get(action.name);
	return spec === undefined ? action : { ...action, repeat: factsOf(spec).repeat };
}

/** What HR types. */
export function newhireForm(sop: Sop, day: string): Values {
	const profile = Object.values(sop.client.profiles)[0] as Values;
	return {
		firstName: "Ada",
		lastName: "Lovelace",
		startDate: day,
		profile,
		manager: "mo",
		privateEmail: "ada@home.example",
	};
}
