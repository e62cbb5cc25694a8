/**
 * What others do while somebody is hired, and people who are hard to tell apart or to write: a licence that is taken, a
 * group that changes its name, a guest, a namesake, somebody who comes back. Must never touch what is not the hire's.
 */
import { randomUUID } from "node:crypto";
import { DN } from "ldapts";
import type { LdapRequest } from "../../fixtures/ldap-line.ts";
import type { Samba } from "../../fixtures/samba.ts";
import type { Tally } from "../row.ts";
import { READER } from "./graph.ts";
import type { Seen } from "./hire.ts";
import type { Case } from "./play.ts";
import { readBack } from "./read-back.ts";
import type { Hybrid, Scene } from "./scene.ts";
import { set } from "./sign-in.ts";

const joins = (request: LdapRequest) => request.operation === "modify" && request.has("member");
const noFault = () => () => true;

/** The last one goes to somebody else in the moment before it is given. */
export const licenceTaken: Case<Scene> = {
	ends: "asks",
	hurry: true,
	says: /in use/,
	strike({ cloud }) {
		let met = false;
		const { skus } = cloud.tenant;
		cloud.fault({
			match: ({ method, path }) => {
				if (method !== "POST" || !path.endsWith("/assignLicense") || met) return false;
				met = true;
				for (const sku of skus.all()) skus.put(sku.skuId, { ...sku, others: sku.total });
				return false;
			},
			answer: { kind: "dropped", applied: false },
		});
		return () => met;
	},
	mend({ cloud }) {
		const { skus } = cloud.tenant;
		for (const sku of skus.all()) skus.put(sku.skuId, { ...sku, others: 0 });
	},
};

async function rename(samba: Samba, from: string, to: string): Promise<void> {
	const at = (name: string) => `${new DN().addPairRDN("CN", name)},OU=Groups,${samba.base}`;
	await samba.asAdmin((client) => client.modifyDN(at(from), at(to)));
	await set(samba, at(to), "sAMAccountName", to);
}

/** The group that was approved is called otherwise when it is joined; with `other`, another one is called as it was. */
const renamed = (other: string | undefined): Case<Hybrid> => ({
	ends: "done",
	strike: ({ line, samba }) =>
		line.trap(joins, "before", async () => {
			await rename(samba, "Warehouse", "Warehouse Team");
			if (other !== undefined) await rename(samba, other, "Warehouse");
		}),
	others: /^LDAP CN=(Warehouse|Warehouse Team|Finance),|^Graph group .*: Warehouse/,
	async check({ scene, tally, name }) {
		await judgeGroup(scene, tally, name);
		if (other !== undefined) await rename(scene.samba, "Warehouse", other);
		await rename(scene.samba, "Warehouse Team", "Warehouse");
		await scene.sync.caughtUp();
	},
});

/** Joined is the group that was approved, and nobody is in the one that only has its name by now. */
async function judgeGroup(scene: Hybrid, tally: Tally, name: string): Promise<void> {
	const groups = (await readBack(scene)).accounts(name).flatMap((one) => one.groups);
	tally.expect(
		groups.some((group) => group.startsWith("CN=Warehouse Team,")),
		`in ${groups.join("; ")}`,
	);
	const wrong = groups.filter((group) => group.startsWith("CN=Warehouse,"));
	if (wrong.length > 0) tally.wrongTarget(`a group was joined that nobody approved: ${wrong.join()}`);
}

export const renames: readonly Case<Hybrid>[] = [renamed(undefined), renamed("Finance")];

/** The same in Microsoft 365. */
export const cloudRenamed: Case<Scene> = {
	ends: "done",
	hurry: true,
	strike({ cloud }) {
		let met = false;
		cloud.fault({
			match: ({ method, path }) => {
				if (method !== "POST" || !path.endsWith("/members/$ref") || met) return false;
				met = true;
				call(cloud, "Alle Mitarbeiter", "Alle hier");
				return false;
			},
			answer: { kind: "dropped", applied: false },
		});
		return () => met;
	},
	others: /^Graph group .*: Alle hier/,
	async check({ scene, tally, name }) {
		const [one] = (await readBack(scene)).cloudAccounts(name);
		tally.expect(one?.groups.includes("Alle hier") === true, `in ${one?.groups.join()}`);
		call(scene.cloud, "Alle hier", "Alle Mitarbeiter");
	},
};

function call({ tenant }: Scene["cloud"], from: string, to: string): void {
	for (const group of tenant.groups.all()) {
		if (group.properties.displayName !== from) continue;
		tenant.groups.put(group.id, { ...group, properties: { ...group.properties, displayName: to } });
	}
}

/** Nobody here made it, so nothing is waited for. */
const told = (seen: Seen, tally: Tally): void => {
	const waited = seen.pauses.filter(({ words }) => /no group/.test(words));
	tally.expect(waited.length === 0, `a group that is gone was waited for: ${JSON.stringify(waited)}`);
};

/** Somebody deletes the group that was approved, right before it is joined. */
export const groupDeleted: Case<Hybrid> = {
	ends: "asks",
	says: /There is no group Warehouse in the directory any more\. Nothing changed\..*try again/,
	strike: ({ line, samba, sync, later }) =>
		line.trap(joins, "before", async () => {
			await samba.asAdmin((client) => client.del(`CN=Warehouse,OU=Groups,${samba.base}`));
			later(0, () => sync.caughtUp());
		}),
	async mend({ samba, sync }) {
		const group = { objectClass: "group", sAMAccountName: "Warehouse" };
		await samba.asAdmin((client) => client.add(`CN=Warehouse,OU=Groups,${samba.base}`, group));
		await sync.caughtUp();
	},
	others: /^LDAP CN=Warehouse,|^Graph group .*: (new|gone)$/,
	check: ({ seen, tally }) => told(seen, tally),
};

type CloudGroup = ReturnType<Scene["cloud"]["tenant"]["groups"]["all"]>[number];
const deleted = new WeakMap<Scene, CloudGroup>();

/** The same in Microsoft 365. */
export const cloudGroupDeleted: Case<Scene> = {
	ends: "asks",
	hurry: true,
	says: /There is no group Alle Mitarbeiter in Microsoft 365 any more\. Nothing changed\..*try again/,
	strike(scene) {
		const { groups } = scene.cloud.tenant;
		const group = groups.all().find(({ properties }) => properties.displayName === "Alle Mitarbeiter");
		if (group === undefined) throw new Error("the group of that name is part of the ground");
		let met = false;
		scene.cloud.fault({
			match: ({ method, path }) => {
				if (method !== "POST" || !path.endsWith("/members/$ref") || met) return false;
				met = true;
				deleted.set(scene, groups.get(group.id) ?? group);
				groups.drop(group.id);
				return false;
			},
			answer: { kind: "dropped", applied: false },
		});
		return () => met;
	},
	mend(scene) {
		const group = deleted.get(scene);
		if (group !== undefined) scene.cloud.tenant.groups.put(group.id, group);
	},
	check: ({ seen, tally }) => told(seen, tally),
};

/** First and last names as people have them, and as people try them. */
const NAMES: readonly (readonly [string, string])[] = [
	["Ann", "Lee, Jr."],
	['Ann "The"', "Quote"],
	["Back\\slash", "ends in \\"],
	["#Hash", "a+b;c<d>e=f"],
	["Zoë 🙂", "Ünïcödé 北京"],
	["a*)(objectClass=*", "Filter"],
	[" Leads", "and trails "],
	["Slash/ed", "O'Brien & Sons"],
];

export const names: readonly Case<Scene>[] = NAMES.map(([firstName, lastName]) => ({
	ends: "done",
	hurry: true,
	form: { firstName, lastName },
	strike: noFault,
}));

/** A guest of the same name and address elsewhere, with `#EXT#` in the sign-in name. */
export const guest: Case<Scene> = {
	ends: "done",
	hurry: true,
	strike({ cloud }, lastName) {
		const id = randomUUID();
		const local = `kim.${lastName.toLowerCase()}`;
		const at = cloud.tenant.clock.now();
		const properties = {
			...{ id, displayName: `Kim ${lastName} (guest)`, userType: "Guest", accountEnabled: true },
			...{ mail: `${local}@partner.example`, userPrincipalName: `${local}_partner.example#EXT#@fabrikam.example` },
		};
		cloud.tenant.users.put(id, { id, properties, visibleAt: at, createdAt: at, licences: [], passes: [] });
		return () => true;
	},
	others: /^Graph Kim \w+ \(guest\) [^:]+: new$/,
};

/** Somebody has that address: a stranger who is at work, or the person themselves from earlier, closed. */
const taken = (who: "stranger" | "former"): Omit<Case<Hybrid>, "ends"> => ({
	accounts: who === "former" ? 1 : 0,
	async strike({ samba }, lastName) {
		const local = `kim.${lastName.toLowerCase()}`;
		const name = who === "former" ? `Kim ${lastName}` : `Kimberley ${lastName}`;
		await samba.asAdmin((client) =>
			client.add(`CN=${name},OU=Staff,${samba.base}`, {
				...{ objectClass: "user", sAMAccountName: local, displayName: name, mail: `${local}@${samba.domain}` },
				...{ userPrincipalName: `${local}@${samba.domain}`, userAccountControl: who === "former" ? "546" : "544" },
			}),
		);
		return () => true;
	},
	others: /Kimberley \w+[^:]*: new$/,
	mend: () => {},
	verb: "choose",
	values: ({ choices }) => ({ choice: choices.find((id) => id === WAYS[who]) ?? choices.join() }),
});
const WAYS = { stranger: "next-free-name", former: "rehire" } as const;

export const namesakes: readonly Case<Hybrid>[] = [
	{ ...taken("stranger"), ends: "asks", says: /belongs to someone else.*It was not touched; nothing changed/ },
	{ ...taken("former"), ends: "asks", says: /It was not touched; nothing changed/ },
];

/** So many groups in one profile: made here, joined by the hire. */
export function manyGroups(many: number): { readonly names: readonly string[]; readonly case: Case<Hybrid> } {
	const groups = Array.from({ length: many }, (_, at) => `Group ${String(at).padStart(3, "0")}`);
	let before = 0;
	return {
		names: groups,
		case: {
			ends: "done",
			async strike({ samba, line }) {
				await samba.asAdmin(async (client) => {
					for (const name of groups)
						await client.add(`CN=${name},OU=Groups,${samba.base}`, { objectClass: "group", sAMAccountName: name });
				});
				before = line.requests();
				return () => true;
			},
			others: /^(LDAP CN=Group \d+,.*|Graph group .*): new$/,
			async check({ scene, tally, name }) {
				const own = scene.cloud.log.filter(({ url }) => !url.includes(READER));
				tally.calls(scene.line.requests() - before + own.length);
				const [one] = (await readBack(scene)).accounts(name);
				tally.expect(one?.groups.length === many, `in ${one?.groups.length} groups of ${many}`);
			},
		},
	};
}

/** The mail is taken and the line cut before that is said. */
export const mailCut: Case<Hybrid> = {
	ends: "asks",
	form: { privateEmail: "kim@private.example" },
	says: /It may have happened once; it is not sent again by itself/,
	strike({ smtp }) {
		const before = smtp.mails.length;
		smtp.cutNext();
		return () => smtp.mails.length > before;
	},
	check({ scene, tally }) {
		const times = scene.smtp.mails.length;
		if (times > scene.hired.size) tally.doubled(`${times} mails for ${scene.hired.size} people`);
	},
};
