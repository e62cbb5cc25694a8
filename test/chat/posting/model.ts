/**
 * A run as the test moves it: what is asked, of whom, under which plan, and the messages that follow from it. Keeps who had
 * to be reached and who may have been. Must never know what was sent.
 */
import { words } from "../../../src/base/words.ts";
import { emptyCard } from "../../../src/cards/card.ts";
import { decide } from "../../../src/engine/decide.ts";
import type { RunEvent, SurfaceName } from "../../../src/engine/event.ts";
import type { Message } from "../../../src/engine/message.ts";
import type { Run, Wait } from "../../../src/engine/run.ts";
import type { Actor, Roster } from "../../../src/people/roster.ts";
import type { Sop } from "../../../src/sop/sop.ts";
import { definitions } from "../world.ts";
import type { Name, PlanName, What } from "./script.ts";

const { contoso } = definitions.clients;
if (contoso === undefined) throw new Error("there is no Contoso");
const { roster: base, sops } = contoso;
const START = "2026-11-23T14:00:00.000Z";

/** What a card says of itself, so that whoever sees it knows what it shows. */
export type Shows = { readonly wait?: string; readonly plan?: string; readonly rings: number; readonly words: string };

/** Whom a message must have reached and whom it may have, since it rang last. */
type Reach = { readonly rings: number; readonly must: Set<string>; readonly may: Set<string> };

export type Model = ReturnType<typeof createModel>;

/** `slow`: whoever is looked for may have moved to another chat before that is done. */
export function createModel(id: string, slow: boolean) {
	const sop = sops.newhire as Sop;
	const form = { firstName: "Ada", lastName: "Lovelace", startDate: "2026-12-01", profile: "sales" };
	const request = { client: "contoso", sop: "newhire", key: id, by: "harriet", via: "web", form } as const;
	const first = decide(sop, undefined, { at: START, kind: "started", run: id, request }).run;
	let now = { seq: 1, epoch: 0, rings: 0, own: 0, version: 0, had: false, also: false, wasAlso: false, ended: false };
	let wait: { readonly id: string; readonly plan?: PlanName } | undefined;
	let people: { readonly leads: readonly Name[]; readonly owners: readonly Name[] } = { leads: ["mo"], owners: ["di"] };
	const used = new Map<string, SurfaceName>();
	const reaches = new Map<string, Reach>();

	const roster = (): Roster => ({
		...base,
		roles: { ...base.roles, "it-lead": people.leads, owner: people.owners },
		channels: { operations: { teams: "operations" } },
	});
	const parts = {
		rosterOf: (client: string): Roster | undefined => (client === base.client ? roster() : undefined),
		lastUsed: ({ id: person }: Actor): SurfaceName | undefined => used.get(person),
	};
	const run = (): Run => {
		const asked: Wait | undefined = wait && {
			...{ id: wait.id, kind: "approval", since: START, verbs: ["approve"], who: ["it-lead"], timers: {} },
			rings: now.rings,
			...(now.also ? { also: ["owner"] } : {}),
			...(wait.plan === undefined ? {} : { plan: { hash: wait.plan, entries: [], problems: [], waitsMs: 0 } }),
		};
		const step = {
			epoch: now.epoch,
			state: "waiting",
			startedAt: START,
			since: START,
			attempt: 0,
			failures: 0,
		} as const;
		const approve = { ...step, name: "Approve the plan", ...(asked === undefined ? {} : { wait: asked }) };
		const ended = now.ended ? { ended: { at: START, phase: "done" as const } } : {};
		return { ...first, seq: now.seq, steps: { approve }, ...ended };
	};
	const view = (): readonly Message[] => messagesOf(id, { ...now, ...(wait === undefined ? {} : { wait }) });

	const moved = (what: What): RunEvent["kind"] | undefined => {
		const { epoch, rings } = now;
		const begun = { ...now, seq: now.seq + 1 };
		switch (what.kind) {
			case "ask":
				if (now.ended) return undefined;
				wait = { id: `approve#${epoch + 1}`, ...(what.plan === undefined ? {} : { plan: what.plan }) };
				// Asked anew is rung anew.
				now = { ...begun, epoch: epoch + 1, had: true, also: false, rings: rings + (now.had || what.rings ? 1 : 0) };
				return "noted";
			case "replan":
				if (wait?.plan === undefined) return undefined;
				wait = { ...wait, plan: what.plan };
				now = begun;
				return "noted";
			case "people":
				people = what;
				return undefined;
			case "uses":
				used.set(what.who, what.chat);
				return undefined;
			case "ring":
			case "also":
				if (wait === undefined) return undefined;
				now = { ...begun, rings: rings + 1, ...(what.kind === "also" ? { also: true, wasAlso: true } : {}) };
				return "timer-fired";
			case "decide":
				if (wait === undefined) return undefined;
				wait = undefined;
				now = { ...begun, also: false };
				return "answered";
			case "change":
			case "loud":
				if (now.ended) return undefined;
				now = { ...begun, version: now.version + 1, own: now.own + (what.kind === "loud" ? 1 : 0) };
				return "noted";
			case "end":
				if (now.ended) return undefined;
				wait = undefined;
				now = { ...begun, ended: true, also: false };
				return "noted";
			default:
				return undefined;
		}
	};
	/** Where a message belongs by now: each person has the web, and the chat that they used last. */
	const places = (
		key: string,
		chats = (each: string): readonly string[] => [used.get(each) ?? "teams"],
	): readonly string[] => {
		if (key === "run/channel") return ["teams channel operations"];
		const who = key === "run" ? ["harriet"] : key === "approve/approve" ? people.leads : people.owners;
		return who.flatMap((each) => [
			...chats(each).map((chat) => `${chat} direct ${each}`),
			`web direct contoso/${each}`,
		]);
	};
	/** Who is meant when it rings, and all the while since then, must be reached; who is meant at some time may be. */
	const note = (): void => {
		for (const { key, rings, closed } of view()) {
			const names = places(key);
			const near = slow ? places(key, () => ["teams", "slack"]) : names;
			const known = reaches.get(key);
			if (known === undefined || (known.rings < rings && !closed)) {
				reaches.set(key, { rings, must: new Set(names), may: new Set(near) });
				continue;
			}
			for (const name of known.must) if (!names.includes(name)) known.must.delete(name);
			for (const name of near) known.may.add(name);
		}
	};
	note();
	return {
		id,
		sop,
		parts,
		run,
		view,
		reach: (key: string): Reach | undefined => reaches.get(key),
		wait: () => wait,
		state: () => ({ run: run(), sop }),
		/** Moves it. Gives what the run's journal says of that; undefined: nothing. */
		move: (what: What): RunEvent["kind"] | undefined => {
			const event = moved(what);
			note();
			return event;
		},
	};
}

type Now = {
	readonly rings: number;
	readonly own: number;
	readonly version: number;
	readonly had: boolean;
	readonly also: boolean;
	readonly wasAlso: boolean;
	readonly ended: boolean;
	readonly wait?: { readonly id: string; readonly plan?: PlanName };
};

function messagesOf(id: string, now: Now): readonly Message[] {
	const card = (key: string, shows: Shows) => ({
		...emptyCard,
		header: [id, key],
		title: `${key} ${shows.words}`,
		lead: [words({ person: "mo" }, " and ", { person: "di" }, " for ", { person: "harriet" })],
		facts: [{ title: "shows", value: JSON.stringify(shows) }],
		summary: key,
	});
	const { wait, version, ended } = now;
	const own = (key: string, rings: number): Message => ({
		key,
		to: key === "run" ? { kind: "people", who: ["requester"] } : { kind: "channel", channel: "operations" },
		card: "progress",
		data: card(key, { rings, words: `${ended ? "ended" : (wait?.id ?? "goes on")} ${version}` }),
		rings,
		closed: ended,
	});
	const asks = (key: string, who: "it-lead" | "owner", open: boolean): Message => {
		const { rings } = now;
		const said: Shows = {
			rings,
			words: open ? `asks ${version}` : "is over",
			...(open && wait !== undefined ? shown(wait) : {}),
		};
		const buttons = open ? [{ title: "Approve", style: "primary" as const, verb: "approve" }] : [];
		const asked = open && wait !== undefined ? { wait: wait.id } : {};
		const data = { ...card(key, said), buttons };
		return { key, to: { kind: "people", who: [who] }, card: "approval", data, rings, closed: !open, ...asked };
	};
	return [
		own("run", now.own),
		own("run/channel", 0),
		...(now.had ? [asks("approve/approve", "it-lead", wait !== undefined)] : []),
		...(now.wasAlso ? [asks("approve/approve/overdue", "owner", now.also)] : []),
	];
}

function shown({ id, plan }: { readonly id: string; readonly plan?: PlanName }) {
	return { wait: id, ...(plan === undefined ? {} : { plan }) };
}
