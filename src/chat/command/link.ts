/**
 * `link` and `unlink`: where a person is known, and how they come to be known in another chat too. Must never link anything:
 * only the press on the card that asks them does (see linking.ts).
 */
import { words } from "../../base/words.ts";
import type { CardData } from "../../cards/card.ts";
import type { SurfaceName } from "../../engine/event.ts";
import type { Linked } from "../../engine/kept.ts";
import { viaWords } from "../../engine/via-words.ts";
import { isSameActor } from "../../people/actor.ts";
import { personOf } from "../../sop/everyone.ts";
import { NO_SUCH_CODE, refuseKnown, TOO_OFTEN } from "../linking.ts";
import type { Linking } from "../links.ts";
import type { Said } from "../parse.ts";
import type { Reply } from "../surface.ts";
import { reply, say, type Turn } from "../turn.ts";
import type { Command } from "./command.ts";

export const link: Command = {
	word: "link",
	usage: "link",
	about: "Be known in another chat too, and see where you are.",
	run: (turn, said) => {
		const { linking } = turn;
		if (linking === undefined) return say(turn, NOT_HERE);
		return said.rest.length === 0 ? hand(turn, linking) : typedWhereKnown(turn, linking, said);
	},
};

export const unlink: Command = {
	word: "unlink",
	usage: "unlink [what]",
	about: "End that an account is yours.",
	run: (turn, said) => {
		const { linking } = turn;
		if (linking === undefined) return say(turn, NOT_HERE);
		const what = (said.rest[0] ?? "").toLowerCase();
		const all = linking.links.all(turn.actor);
		const meant = all.filter(
			({ surface, identity }) => what === "" || [surface, identity.toLowerCase()].includes(what),
		);
		const [only] = meant;
		if (only === undefined) return nothingLinked(turn);
		if (meant.length > 1) return whichOne(turn, meant);
		linking.links.end(only, turn.inbound.surface);
		return say(turn, `${only.identity} ${viaWords(only.surface)} is not linked to you any more.`);
	},
};

const NOT_HERE = "Accounts cannot be linked here. Nothing was changed.";

/** Hands out a code, with where they are known by now. */
async function hand(turn: Turn, { codes, reach }: Linking): Promise<Reply> {
	const { place, surface } = turn.inbound;
	const own = await reach(turn.actor);
	const ask = place.kind === "direct" ? place : (own.find((each) => each.surface === surface) ?? own[0]);
	if (ask === undefined) return say(turn, "Write “link” in your own chat with Sopwith.", "Nothing was changed.");
	const code = codes.hand(turn.actor, JSON.stringify(ask));
	const facts = accountsOf(turn);
	if (code === undefined) {
		const lead = ["You had many codes in the last 10\u00a0min. Try again in a while."];
		return reply(turn, { title: "There is no new code now.", lead, facts });
	}
	turn.audit.record({ ...about(turn), what: "link-code", why: turn.inbound.identity });
	return reply(turn, {
		title: `Your code: ${code}`,
		lead: [
			`Within 10\u00a0min, type “link ${code}” in the chat where Sopwith does not know you yet.`,
			"You are asked here before anything is linked. Give the code to nobody.",
		],
		facts,
		summary: "Your code to be known in another chat too.",
	});
}

/** They type a code where they are known already: their own is of no use here, and another's is not theirs to use. */
async function typedWhereKnown(turn: Turn, linking: Linking, said: Said): Promise<Reply> {
	const { surface, identity } = turn.inbound;
	const code = linking.codes.look(said.rest.join(""), `${surface} ${identity}`);
	if (code === "too-often") return say(turn, TOO_OFTEN);
	if (code === "unknown") return say(turn, NO_SUCH_CODE);
	if (!isSameActor(code.person, turn.actor)) await refuseKnown(turn, linking, code);
	return say(turn, "You are known here already. Nothing was linked.", "Type the code where Sopwith does not know you.");
}

function whichOne(turn: Turn, links: readonly Linked[]): Reply {
	return reply(turn, {
		title: `${links.length} accounts are linked to you. Nothing was changed.`,
		lead: ["Name the one you mean: “unlink ACCOUNT”."],
		facts: links.map(factOf),
	});
}

function nothingLinked(turn: Turn): Reply {
	const facts = accountsOf(turn);
	const lead = facts.length === 0 ? [] : ["What stands in the roster is the service desk’s to change."];
	return reply(turn, { title: "No such account is linked to you. Nothing was changed.", lead, facts });
}

/** Where they are known: by the roster, then by links. */
function accountsOf(turn: Turn): CardData["facts"] {
	const { teams, slack } = personOf(turn.desk.definitions(), turn.actor) ?? {};
	const listed = (surface: SurfaceName, account: string | undefined) =>
		account === undefined ? [] : [{ title: titleOf(surface), value: `${account}, by the roster` }];
	const linked = turn.linking?.links.all(turn.actor) ?? [];
	return [...listed("teams", teams), ...listed("slack", slack), ...linked.map(factOf)];
}

function factOf({ surface, identity, how, at }: Linked): CardData["facts"][number] {
	const by = how === "code" ? "linked" : "by its address,";
	return { title: titleOf(surface), value: words(`${identity}, ${by} `, { at }) };
}

/** Only the two chats have accounts to link. */
function titleOf(surface: SurfaceName): string {
	return surface === "slack" ? "Slack" : "Teams";
}

function about({ actor, inbound }: Turn) {
	return { person: actor.id, via: inbound.surface, ...(actor.client === undefined ? {} : { client: actor.client }) };
}
