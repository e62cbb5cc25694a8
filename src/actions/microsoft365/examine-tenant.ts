/**
 * Looks at what the procedures will use of a tenant: the tenant itself, its domains, the profiles' licences and groups, and
 * whether passes can be given. Reads only.
 */
import { beware, type Finding, unwell, well } from "../../base/finding.ts";
import { asText, type Values } from "../../base/json.ts";
import { nearest } from "../../base/nearest.ts";
import { type Clock, toMs } from "../../base/time.ts";
import { type Answer, type Graph, got } from "../../engine/remote.ts";
import { lookedAt } from "../examine-look.ts";
import { findCloudGroups } from "./group-member.ts";
import { readStock } from "./licence-stock.ts";
import { licenceTitle } from "./licence-titles.ts";

export type TenantExam = {
	readonly graph: Graph;
	/** As client.yaml names it: an id or a domain. */
	readonly tenant: string;
	readonly portal: string;
	/** What follows the @ of new accounts, where the client's file says. */
	readonly suffix?: string;
	readonly profiles: readonly Values[];
	/** Accounts are made in a directory and have to arrive here. */
	readonly hybrid: boolean;
	readonly clock: Clock;
	/** The mailbox mail comes from, where Graph sends it. */
	readonly sender?: string;
};

/** Looks. What could not be looked at is a finding too. */
export async function examineTenant(exam: TenantExam): Promise<readonly Finding[]> {
	const listed = (name: string) =>
		[...new Set(exam.profiles.flatMap((profile) => [profile[name] ?? []].flat()))].filter(
			(one) => typeof one === "string",
		);
	const licences = listed("licences");
	const { sender } = exam;
	const looks = [
		lookedAt(`Tenant ${exam.tenant}`, () => tenantFindings(exam)),
		...(licences.length === 0 ? [] : [lookedAt("Licences", () => licenceFindings(exam, licences))]),
		...["cloudGroups", "licenceGroups"].flatMap((list) =>
			listed(list).map((name) => lookedAt(`Group ${name}`, () => groupFinding(exam, list, name))),
		),
		...(listed("firstSignIn").includes("pass") ? [lookedAt(PASS, () => passFinding(exam))] : []),
		...(sender === undefined ? [] : [lookedAt(`Sender ${sender}`, () => senderFinding(exam, sender))]),
	];
	return (await Promise.all(looks)).flat();
}

const PASS = "Temporary Access Pass";

async function tenantFindings(exam: TenantExam): Promise<readonly Finding[]> {
	const { graph, tenant, suffix, portal } = exam;
	const $select = "id,displayName,verifiedDomains,onPremisesSyncEnabled,onPremisesLastSyncDateTime";
	const query = { $select };
	const answer = await graph.list({ path: ["organization"], query });
	const what = `Tenant ${tenant}`;
	if (isHidden(answer)) return [hidden(what, "Organization.Read.All")];
	const [found] = got(answer);
	const domains = [found?.verifiedDomains ?? []].flat().map((domain) => asText((domain as Values).name).toLowerCase());
	const fits = asText(found?.id).toLowerCase() === tenant.toLowerCase() || domains.includes(tenant.toLowerCase());
	const here = `${asText(found?.displayName)}, ${asText(found?.id)}`;
	const mend = `Copy the tenant id into client.yaml: ${portal} → Overview.`;
	const sync = exam.hybrid && found !== undefined ? [syncFinding(found, exam)] : [];
	const own = fits ? well(what, `is ${here}`) : unwell(what, `the token is for another one: ${here}`, mend);
	if (suffix === undefined) return [own, ...sync];
	const domain = `Domain ${suffix}`;
	if (domains.includes(suffix.toLowerCase())) return [own, ...sync, well(domain, "is verified in the tenant")];
	const remedy = `${portal} → Settings → Domain names → Add custom domain, or mend \`upnSuffix\` in client.yaml.`;
	return [own, ...sync, unwell(domain, `is not verified in the tenant, which has ${domains.join(", ")}`, remedy)];
}

/** Entra Connect comes every 30 min; three times without it is a trouble. */
const LATE_MS = 90 * 60_000;

function syncFinding(organization: Values, { clock }: TenantExam): Finding {
	const what = "Sync from the directory";
	if (organization.onPremisesSyncEnabled !== true) {
		const remedy = "Set up Entra Connect or cloud sync, or write `identity: cloud` in client.yaml.";
		return unwell(what, "is not switched on, so new accounts would never arrive", remedy);
	}
	const last = asText(organization.onPremisesLastSyncDateTime);
	if (last === "") return well(what, "is switched on");
	const words = `came last on ${last.slice(0, 16).replace("T", " at ")} UTC`;
	if (toMs(clock.now()) - toMs(last) <= LATE_MS) return well(what, words);
	const remedy =
		"On the server with Entra Connect: `Get-ADSyncScheduler`, then `Start-ADSyncSyncCycle -PolicyType Delta`.";
	return unwell(what, words, remedy);
}

async function licenceFindings({ graph, portal }: TenantExam, wanted: readonly string[]): Promise<readonly Finding[]> {
	const query = { $select: "skuId,skuPartNumber,consumedUnits,prepaidUnits" };
	const answer = await graph.list({ path: ["subscribedSkus"], query });
	if (isHidden(answer)) return [hidden("Licences", "LicenseAssignment.Read.All")];
	const stock = got(answer).map(readStock);
	const names = stock.map(({ sku }) => sku);
	return wanted.map((name) => {
		const what = `Licence ${name}`;
		const sku = stock.find((one) => one.sku === name);
		if (sku === undefined) {
			const near = nearest(name, names);
			const meant = near === undefined ? `The tenant has ${names.join(", ")}.` : `Did you mean ${near}?`;
			return unwell(
				what,
				"the tenant has no such licence",
				`Write its part number in \`licences\`, or buy it. ${meant}`,
			);
		}
		const { total, used } = sku;
		const words = `${licenceTitle(name)}: ${used} of ${total} in use`;
		const remedy = `Buy more, or take some back: ${portal} → Billing → Licenses → All products.`;
		return used < total ? well(what, `${words}, ${total - used} left`) : unwell(what, words, remedy);
	});
}

/** `list`: where client.yaml names it. A group of `licenceGroups` must give its members a licence. */
async function groupFinding({ graph, portal }: TenantExam, list: string, name: string): Promise<Finding> {
	const what = `Group ${name}`;
	const page = `${portal} → Groups → All groups`;
	const [group, ...others] = await findCloudGroups(graph, name);
	if (group === undefined) return unwell(what, "is not in the tenant", `${page} → New group, or mend \`${list}\`.`);
	if (others.length > 0) {
		return unwell(what, `is there ${others.length + 1} times`, `Write the group's object id in \`${list}\`.`);
	}
	if (group.why !== undefined) {
		const remedy = `Take it out of \`${list}\`: nobody can be put into it from here, and every run would leave it as it is.`;
		return unwell(what, group.why, remedy);
	}
	if (list === "licenceGroups" && group.skuIds.length === 0) {
		const give = "Microsoft 365 admin centre → Billing → Licenses → the licence → Groups → Assign licenses.";
		return unwell(what, "gives its members no licence", give);
	}
	return well(what, "is there, and takes people one by one");
}

/** Source: https://learn.microsoft.com/graph/api/temporaryaccesspassauthenticationmethodconfiguration-get. */
async function passFinding({ graph, portal }: TenantExam): Promise<Finding> {
	const what = PASS;
	const kinds = ["policies", "authenticationMethodsPolicy", "authenticationMethodConfigurations"];
	const answer = await graph.request({ method: "GET", path: [...kinds, "TemporaryAccessPass"] });
	if (isHidden(answer)) return hidden(what, "Policy.Read.AuthenticationMethod");
	if (got(answer).state === "enabled") return well(what, "the tenant lets people sign in with one");
	const page = `${portal} → Protection → Authentication methods → Policies → Temporary Access Pass`;
	return unwell(
		what,
		"the tenant does not let people sign in with one",
		`${page} → Enable. Or write firstSignIn: password.`,
	);
}

async function senderFinding({ graph }: TenantExam, sender: string): Promise<Finding> {
	const what = `Sender ${sender}`;
	const query = { $select: "id,mail,userPrincipalName" };
	const answer = await graph.request({ method: "GET", path: ["users", sender], query });
	if (isHidden(answer)) return hidden(what, "User.Read.All");
	if (answer.kind === "refused" && answer.status === 404) {
		const remedy =
			"Microsoft 365 admin centre → Teams & groups → Shared mailboxes → Add, or mend mail.from in client.yaml.";
		return unwell(what, "there is no such mailbox", remedy);
	}
	return well(what, `is there as ${asText(got(answer).userPrincipalName)}`);
}

/** We may not see it. That alone keeps no procedure from working. */
function isHidden(answer: Answer<unknown>): boolean {
	return answer.kind === "refused" && (answer.status === 403 || answer.code === "no-rights");
}

function hidden(what: string, permission: string): Finding {
	return beware(
		what,
		"is not shown to us, so it was not looked at",
		`To have it looked at too, consent to ${permission}.`,
	);
}
