/**
 * What the chat's tests share: the real desk, host, store, cards and web chat over one toy procedure, with people of two
 * clients and an MSP. Must never stand in for a part of ours.
 */
import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { canonical, type Values } from "../../src/base/json.ts";
import { Secret } from "../../src/base/secret.ts";
import { type Clock, fromMs, toMs } from "../../src/base/time.ts";
import { createBot } from "../../src/chat/bot.ts";
import { createFill } from "../../src/chat/fill.ts";
import { draftsIn } from "../../src/chat/posts.ts";
import type { Drawn, Inbound, Reply } from "../../src/chat/surface.ts";
import { addressOf } from "../../src/chat/web/surface.ts";
import type { Action } from "../../src/engine/action.ts";
import { childSop } from "../../src/engine/core.ts";
import { createDesk } from "../../src/engine/create-desk.ts";
import { CORE, decide } from "../../src/engine/decide.ts";
import { createArchive } from "../../src/engine/embedded/archive.ts";
import type { Core } from "../../src/engine/embedded/core.ts";
import { createHost } from "../../src/engine/embedded/host.ts";
import { openStore } from "../../src/engine/embedded/open.ts";
import { createPeopleStore } from "../../src/engine/embedded/people-store.ts";
import { createPosts } from "../../src/engine/embedded/posts.ts";
import { createMarks, createWebMessages } from "../../src/engine/embedded/web-messages.ts";
import type { StartRequest } from "../../src/engine/event.ts";
import { pending } from "../../src/engine/pending.ts";
import { createPerformer } from "../../src/engine/performer/performer.ts";
import { phase } from "../../src/engine/phase.ts";
import type { Audit } from "../../src/engine/ports.ts";
import { runName } from "../../src/engine/run-name.ts";
import { waitingFor } from "../../src/engine/sentences.ts";
import type { Actor, Person, Roster } from "../../src/people/roster.ts";
import type { Client, Definitions } from "../../src/sop/definitions.ts";
import type { Field, Sop } from "../../src/sop/sop.ts";

export const HARRIET: Actor = { id: "harriet", client: "contoso" };
export const MO: Actor = { id: "mo", client: "contoso" };
export const DI: Actor = { id: "di", client: "contoso" };
export const TIA: Actor = { id: "tia" };
export const FINN: Actor = { id: "finn", client: "fabrikam" };

/** Their Entra object ids, as the roster lists them. `stranger` is nobody's. */
export const TEAMS_IDS = {
	harriet: "00000000-0000-4000-8000-0000000000a1",
	mo: "00000000-0000-4000-8000-0000000000a2",
	di: "00000000-0000-4000-8000-0000000000a3",
	tia: "00000000-0000-4000-8000-0000000000a4",
	stranger: "00000000-0000-4000-8000-0000000000a5",
	/** Of Fabrikam. */
	mona: "00000000-0000-4000-8000-0000000000a6",
} as const;

export type World = Awaited<ReturnType<typeof openWorld>>;

type Channels = Roster["channels"];

type Sops = Client["sops"];

/**
 * Opens a world in a folder of its own. `folder`: the same world again, after a stop. `channels`: Contoso's. `sops`: more
 * of its procedures. `people`: how each of them stands in the roster.
 */
export async function openWorld(
	more: {
		readonly folder?: string;
		readonly channels?: Channels;
		readonly sops?: Sops;
		readonly people?: (person: Person) => Person;
	} = {},
) {
	const house = listed(withMore(more.channels ?? {}, more.sops ?? {}), more.people);
	const folder = more.folder ?? mkdtempSync(join(tmpdir(), "sopwith-chat-"));
	const clock = movableClock();
	const store = openStore({ folder, clock, key: new Secret(Buffer.alloc(32, 7).toString("base64")) });
	const host = createHost(store, { core, performer: toyPerformer(clock), childSop: childIn(house) });
	const archive = createArchive(store, () => host.flush());
	const heard: Parameters<Audit["record"]>[0][] = [];
	const audit: Audit = { record: (entry) => void heard.push(entry) };
	const desk = createDesk({ definitions: () => house, host, archive, audit, clock });
	const posts = createPosts(store);
	const people = createPeopleStore(store);
	const fill = createFill({ definitions: () => house, clock, link: (path) => `http://127.0.0.1${path}` });
	const newId = () => randomUUID();
	const bot = createBot({ desk, posts, drafts: draftsIn(people), clock, audit, newId, fill });
	await host.begin();
	const parts = { folder, clock, store, host, desk, posts, people, fill, newId, bot, audit, heard };
	return {
		...parts,
		messages: createWebMessages(store),
		marks: createMarks(store),
		definitions: () => house,
		say: (actor: Actor | undefined, text: string) => bot.handle({ ...inbound(clock, actor), kind: "said", text }),
		press: (actor: Actor, card: string, verb: string, values: Values = {}) =>
			bot.handle({ ...inbound(clock, actor), kind: "pressed", card, verb, values }),
		/** Stops it; the folder stays, so that it can be opened again. */
		stop: async () => {
			await host.close();
			store.close();
		},
		end: async () => {
			await host.close();
			store.close();
			rmSync(folder, { recursive: true, force: true });
		},
	};
}

function listed(house: Definitions, as: (person: Person) => Person = (person) => person): Definitions {
	const clients = Object.values(house.clients).map((each) => {
		return [each.id, { ...each, roster: { ...each.roster, people: each.roster.people.map(as) } }] as const;
	});
	return { ...house, msp: { ...house.msp, people: house.msp.people.map(as) }, clients: Object.fromEntries(clients) };
}

function withMore(channels: Channels, more: Sops): Definitions {
	const { contoso } = definitions.clients;
	if (contoso === undefined) throw new Error("there is no Contoso");
	const client = { ...contoso, sops: { ...contoso.sops, ...more }, roster: { ...contoso.roster, channels } };
	return { ...definitions, clients: { ...definitions.clients, contoso: client } };
}

/** The card of a reply; fails when there is none. */
export function cardOf(reply: Reply): Drawn {
	if (reply.kind !== "card") throw new Error("nothing was said");
	return reply.drawn;
}

/** Title and lead of a reply, as one text. */
export function wordsOf(reply: Reply): string {
	const { data } = cardOf(reply);
	return [data.title, ...data.lead].join(" ");
}

function inbound(clock: Clock, actor: Actor | undefined): Omit<Inbound, "kind" | "text" | "card" | "verb" | "values"> {
	return {
		at: clock.now(),
		surface: "web",
		key: randomUUID(),
		person: actor,
		identity: actor?.id ?? "29:stranger",
		place: addressOf(actor ?? { id: "nobody" }),
	};
}

/** Starts at 14:00 in London and goes on by itself; `pass` jumps. */
function movableClock() {
	const begun = process.hrtime.bigint();
	let ahead = toMs("2026-11-23T14:00:00.000Z");
	return {
		now: () => fromMs(ahead + Number((process.hrtime.bigint() - begun) / 1_000_000n)),
		pass: (ms: number) => {
			ahead += ms;
		},
	};
}

const core: Core = {
	CORE,
	decide,
	pending,
	phase: (_, run) => phase(run),
	summary: (sop, run) => ({
		subject: run.subject.name ?? "",
		title: runName({ subject: run.subject.name ?? "", title: sop.title }),
		waitingFor: waitingFor(sop, run),
		visibility: sop.visibility,
	}),
	uniqueKey: (sop, form) =>
		sop.unique.length === 0 ? undefined : canonical({ a: form.firstName ?? "", b: form.lastName ?? "" }),
};

function childIn(house: Definitions) {
	return (request: StartRequest, parent: Sop): Sop =>
		childSop(request, parent, (sop) => house.clients[request.client]?.sops[sop]);
}

/** Puts a name on a shelf; looking again finds it there. Of somebody called `Many 412` there are that many. */
function toyPerformer(clock: Clock) {
	const shelf = new Set<string>();
	const set: Action = {
		name: "toy.set",
		about: "Puts a name on a shelf.",
		input: z.object({ name: z.string() }),
		output: z.object({}),
		repeat: { kind: "settle", ms: 0 },
		writes: true,
		defaults: {},
		look: async (input) => ({ there: shelf.has(String(input.name)) }),
		plan: (input, facts) => {
			const target = String(input.name);
			const words = `Make the account of ${target}, closed`;
			const all = Array.from({ length: Number(/^Many (\d+)$/u.exec(target)?.[1] ?? 1) }, (_, at) => {
				const facet = at === 0 ? "shelf" : `shelf-${at + 1}`;
				const said = at === 0 ? words : `${words}, number ${at + 1}`;
				return { id: `create:${target}#${facet}`, kind: "create", target, facet, words: said, detail: target } as const;
			});
			return { changes: facts.there === true ? [] : all, promises: {} };
		},
		prove: (input) => ({ output: {}, proof: [{ words: `${String(input.name)} is there`, detail: "", ok: true }] }),
		apply: async (change) => {
			shelf.add(change.target);
			return { kind: "done", applied: [change.id], output: {}, proof: [] };
		},
		undo: (change) => ({
			changes: [{ ...change, id: `delete:${change.target}#shelf`, kind: "delete", words: `Delete ${change.target}` }],
		}),
	};
	return createPerformer({
		actions: { get: (name) => (name === set.name ? set : undefined), known: () => ({}) },
		worldOf: (run, _sop, step) => {
			const no = async (): Promise<never> => {
				throw new Error("there are no secrets here");
			};
			const signal = new AbortController().signal;
			const about = {
				client: run.client,
				run: run.id,
				mark: `${run.id}/${step}`,
				signal,
				lookOnly: false,
				promised: false,
			};
			return { ...about, reveal: no, keep: no, replace: no, holds: async () => false };
		},
		standing: async () => undefined,
		clock,
		wait: async (ms, signal) => {
			await sleep(ms, undefined, { signal }).catch(() => undefined);
		},
	});
}

const hours = { "1": [{ from: 480, to: 1080 }] };
const calendar = { hours, holidays: [] };
const profiles = { sales: { key: "sales", title: "Sales" }, finance: { key: "finance", title: "Finance" } };

function person(id: string, name: string, more: Partial<Person> = {}): Person {
	return { id, name, email: `${id}@contoso.example`, of: "client", ...more };
}

const STAFF: readonly Person[] = [
	person("tia", "Tia Tran", { of: "msp", teams: TEAMS_IDS.tia, zone: "Europe/London", title: "Service desk" }),
	person("sam", "Sam Osei", { of: "msp" }),
];

const FORM: readonly Field[] = [
	{ name: "firstName", label: "First name", type: "text", optional: false, max: 64 },
	{ name: "lastName", label: "Last name", type: "text", optional: false, max: 64 },
	{ name: "startDate", label: "First day", type: "date", optional: false },
	{
		name: "profile",
		label: "Role",
		type: "choice",
		optional: false,
		choices: Object.values(profiles).map((value) => ({ key: value.key, title: value.title, value })),
	},
	{ name: "manager", label: "Manager", type: "person", optional: true },
];

const base = { let: {}, blocking: true, onFailure: "ask" } as const;

function newhire(client: Sop["client"], by: readonly string[]): Sop {
	return {
		id: "newhire",
		title: "New employee onboarding",
		client,
		definition: "1".repeat(64),
		core: CORE,
		owner: "owner",
		urgency: "routine",
		visibility: "all",
		subject: { name: "${form.firstName} ${form.lastName}" },
		unique: ["form.firstName", "form.lastName"],
		starts: [{ kind: "command", command: "newhire", by }],
		form: FORM,
		steps: [
			{
				...base,
				id: "approve",
				name: "Approve the plan",
				kind: "approve",
				by: ["it-lead"],
				need: 1,
				guards: ["account"],
				destructive: false,
			},
			{
				...base,
				id: "account",
				name: "Make the account",
				kind: "do",
				action: { name: "toy.set", repeat: { kind: "settle", ms: 0 }, writes: true, destructive: false },
				with: { name: "${form.firstName} ${form.lastName}" },
				retry: { attempts: 2, firstMs: 10, mostMs: 20 },
				timeoutMs: 5000,
				proveWithinMs: 1000,
				guard: { id: "approve", depth: 0 },
			},
		],
		outputs: {},
	};
}

function client(id: string, name: string, roster: Pick<Roster, "people" | "roles">): Client {
	const values = {
		id,
		name,
		timezone: "America/New_York",
		calendar,
		identity: "cloud",
		profiles,
		sandbox: true,
	} as const;
	const lockdown: Sop = { ...newhire(values, ["it-lead"]), id: "lockdown", title: "Lock-down", unique: [] };
	const sops = {
		newhire: newhire(values, ["hr", "service-desk"]),
		lockdown: { ...lockdown, starts: [{ kind: "command", command: "lockdown", by: ["it-lead"] }] as const },
	};
	const people = [...roster.people, ...STAFF];
	const roles = { "service-desk": ["tia", "sam"], ...roster.roles };
	return {
		id,
		name,
		values,
		roster: { client: id, people, roles, channels: {}, standing: [] },
		connectors: {},
		sops,
		folder: ".",
	};
}

export const definitions: Definitions = {
	msp: { id: "msp", name: "Northwind IT", people: STAFF, roles: { "service-desk": ["tia", "sam"] } },
	clients: {
		contoso: client("contoso", "Contoso Ltd", {
			people: [
				person("harriet", "Harriet Reyes", { title: "HR", teams: TEAMS_IDS.harriet }),
				person("mo", "Mo Manager", { title: "IT lead", zone: "Europe/London", teams: TEAMS_IDS.mo }),
				person("di", "Di Okafor", { teams: TEAMS_IDS.di }),
			],
			roles: { hr: ["harriet"], "it-lead": ["mo"], owner: ["di"] },
		}),
		fabrikam: client("fabrikam", "Fabrikam", {
			people: [person("finn", "Finn Berg"), person("mo", "Mona Berg", { teams: TEAMS_IDS.mona })],
			roles: { hr: ["finn"], "it-lead": ["mo"], owner: ["finn"] },
		}),
	},
	problems: [],
	quarantined: [],
};
