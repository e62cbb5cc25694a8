/**
 * Looks whether the channels and accounts that the definitions name in one workspace are there, and are what they should
 * be. Must never ask about anything the definitions do not name.
 */
import { beware, type Finding, unwell, well } from "../../base/finding.ts";
import { asRecord, type Values } from "../../base/json.ts";
import type { Definitions } from "../../sop/definitions.ts";
import { ownPeople } from "../../sop/everyone.ts";
import { type Look, textIn } from "./examine-look.ts";
import { type Refusal, refusalOf } from "./refusals.ts";

/** One thing that a file names. `at`: where, as its author would look for it. */
type Named = { readonly id: string; readonly label: string; readonly at: string };
type Judge = (values: Values, named: Named) => Finding | undefined;

/** Slack takes about 50 calls a minute of these kinds (tier 3), and a doctor should not use them up. */
const MOST = 40;

/** Every finding that is not well, and one for all that are. */
export async function examinePlaces(
	look: Look,
	team: string,
	definitions: Pick<Definitions, "msp" | "clients">,
): Promise<readonly Finding[]> {
	const { channels, people } = namedIn(team, definitions);
	const there = await judged({
		what: "Channels",
		named: channels,
		ask: (id) => look("conversations.info", { channel: id }),
		judge: judgeChannel,
	});
	const known = await judged({
		what: "People",
		named: people,
		ask: (id) => look("users.info", { user: id }),
		judge: (values, named) => judgePerson(team, values, named),
	});
	return [...there, ...known];
}

type Kind = "channels" | "people";

function namedIn(
	team: string,
	{ msp, clients }: Pick<Definitions, "msp" | "clients">,
): { readonly [kind in Kind]: readonly Named[] } {
	const within = (ref: string | undefined) => (ref?.startsWith(`${team}/`) ? ref.slice(team.length + 1) : undefined);
	const files = [
		{ at: "msp.yaml", people: msp.people, channels: {} },
		...Object.values(clients).map((client) => ({
			at: `client.yaml of ${client.id}`,
			people: ownPeople(client),
			channels: client.roster.channels,
		})),
	];
	const people = files.flatMap(({ at, people: list }) =>
		list.flatMap(({ name, slack }) => {
			const id = within(slack);
			return id === undefined ? [] : [{ id, label: name, at }];
		}),
	);
	const channels = files.flatMap(({ at, channels: list }) =>
		Object.entries(list).flatMap(([label, { slack }]) => {
			const id = within(slack);
			return id === undefined ? [] : [{ id, label, at }];
		}),
	);
	return { channels, people };
}

type Question = {
	/** "Channels": for what is said of all at once. */
	readonly what: string;
	readonly named: readonly Named[];
	readonly ask: (id: string) => ReturnType<Look>;
	readonly judge: Judge;
};

/** Ends where Slack answers none of them any more, and says so once. */
async function judged({ what, named, ask, judge }: Question): Promise<readonly Finding[]> {
	const findings: Finding[] = [];
	for (const one of named.slice(0, MOST)) {
		const seen = await ask(one.id);
		if (seen.kind === "silent") return [...findings, unwell(what, `Slack did not answer (${seen.why})`, LATER)];
		const refusal = seen.kind === "no" ? refusalOf(seen.word) : undefined;
		if (seen.kind === "no" && refusal !== undefined && ALL.has(refusal.sort)) {
			const mend = refusal.remedy === "" ? LATER : refusal.remedy;
			return [...findings, unwell(what, `could not be looked at: ${refusal.is} (${seen.word})`, mend)];
		}
		const found = seen.kind === "said" ? judge(seen.values, one) : notSeen(one, refusal);
		if (found !== undefined) findings.push(found);
	}
	return [...findings, ...summed(what, named, findings)];
}

const LATER = "Run this again later.";
/** What is so for every question of a kind, not for one. */
const ALL: ReadonlySet<string> = new Set(["later", "perhaps", "token", "method"]);

function notSeen({ id, label, at }: Named, refusal: Refusal | undefined): Finding | undefined {
	if (refusal === undefined) return undefined;
	return unwell(`${label} (${id})`, `${refusal.is}; it stands in ${at}`, refusal.remedy);
}

function judgeChannel(values: Values, { id, label, at }: Named): Finding | undefined {
	const channel = asRecord(values.channel);
	const what = `#${textIn(channel, "name") || id}, ${label} in ${at}`;
	if (channel.is_archived === true) {
		return unwell(what, "the channel is archived", "Unarchive it in Slack, or name another channel there.");
	}
	if (channel.is_member === false) {
		return unwell(what, "Sopwith is not in that channel", "Open the channel in Slack and write `/invite @Sopwith`.");
	}
	if (channel.is_ext_shared !== true) return undefined;
	const words = "is shared with another organisation, whose people read each line about a run there too";
	return beware(what, words, "Name a channel of this workspace alone, unless it is meant so.");
}

function judgePerson(team: string, values: Values, { id, label, at }: Named): Finding | undefined {
	const user = asRecord(values.user);
	const what = `${label} (${id})`;
	const other = `In ${at}, write the account they use, or take \`slack:\` out.`;
	if (user.deleted === true) return unwell(what, "the account is deactivated, so nobody reaches them there", other);
	if (user.is_bot === true || id === "USLACKBOT") return unwell(what, "the account is a bot, not a person", other);
	const isStranger = user.is_stranger === true || (textIn(user, "team_id") !== "" && textIn(user, "team_id") !== team);
	const isGuest = user.is_restricted === true || user.is_ultra_restricted === true;
	if (!isStranger && !isGuest) return undefined;
	const words = `is ${isStranger ? "of another organisation" : "a guest"}, and let in because ${at} names exactly this account`;
	return beware(what, words, "Keep it so only where it is meant.");
}

function summed(what: string, named: readonly Named[], findings: readonly Finding[]): readonly Finding[] {
	const looked = Math.min(named.length, MOST);
	const fine = `${looked - findings.length} of ${named.length} that the definitions name are as they should be`;
	if (named.length > MOST) {
		const rest = `the other ${named.length - MOST} were not looked at: Slack takes only so many questions a minute`;
		return [beware(what, `${fine}; ${rest}`, "What they are shows when they are first used.")];
	}
	return findings.length === 0 && looked > 0 ? [well(what, `all ${looked} that the definitions name are there`)] : [];
}
