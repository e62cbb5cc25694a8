/**
 * How an account comes to be linked: a code typed where nobody knows them, a card where they are known, and the press on
 * it. Must never link on the word of one side, nor tell the unknown side whose the code is.
 */
import { UnavailableError } from "../base/errors.ts";
import { asRecord, asText } from "../base/json.ts";
import { toMs } from "../base/time.ts";
import { words } from "../base/words.ts";
import type { KeptCode } from "../engine/kept.ts";
import { isSurface, viaWords } from "../engine/via-words.ts";
import { actorOf } from "../people/actor.ts";
import { peopleOf } from "../people/resolve.ts";
import type { Actor } from "../people/roster.ts";
import { personOf } from "../sop/everyone.ts";
import { CODE_MS } from "./link-codes.ts";
import type { Linking } from "./links.ts";
import { parse } from "./parse.ts";
import type { Draft } from "./posts.ts";
import { type Address, type Inbound, isChat, RefusedPost, type Reply } from "./surface.ts";
import { type Answer, type BotParts, reply, type Turn } from "./turn.ts";

export const NO_SUCH_CODE = "There is no such code, or its 10\u00a0min are over. Nothing was linked.";
export const TOO_OFTEN = "Too many codes were wrong. Nothing was linked. Try again in 10\u00a0min.";

/** The code somebody unknown typed; undefined: they typed something else, or where nothing can be linked. */
export function codeTyped(inbound: Inbound): string | undefined {
	if (inbound.kind !== "said" || !isChat(inbound.surface)) return undefined;
	const { word, rest } = parse(inbound.text);
	return word === "link" && rest.length > 0 ? rest.join("") : undefined;
}

/** Somebody unknown typed a code: whose it is, is asked there. */
export async function arrived(parts: BotParts, linking: Linking, at: Inbound & { code: string }): Promise<Reply> {
	const { surface, identity } = at;
	const no = (why: string, title: string, ...lead: readonly string[]): Reply => {
		parts.audit.record({ via: surface, what: "link-refused", why: `${surface} ${identity}: ${why}` });
		return reply(parts, { title, lead });
	};
	if (at.outsider === true) return no("outsider", "Guests and people of other organisations cannot be linked.", ROSTER);
	const code = linking.codes.look(at.code, `${surface} ${identity}`);
	if (code === "too-often") return reply(parts, { title: TOO_OFTEN });
	if (code === "unknown") return no("no such code", NO_SUCH_CODE);
	const isThere = personOf(parts.desk.definitions(), code.person) !== undefined;
	if (!linking.codes.use(code) || !isThere) return no("used up", NO_SUCH_CODE);
	const place = placeIn(code);
	if (place === undefined || !(await ask(parts, linking, { code, place, at }))) {
		return no("not reached", "The chat where you are known cannot be reached now. Nothing was linked.", NEW_CODE);
	}
	const lead = [
		`You arrive as ${identity}. That is what the card ${viaWords(place.surface)} says too; press “Link them” there, within 10\u00a0min.`,
		"Nothing is linked before that.",
	];
	return reply(parts, { title: "You are asked where you are known.", lead });
}

const ROSTER = "The service desk can add you to the roster. Nothing was linked.";
const NEW_CODE = "Type “link” there in a while for a new code.";

type Asking = { readonly code: KeptCode; readonly place: Address; readonly at: Inbound };

/** Puts the card that asks. False: it certainly did not arrive. */
async function ask(parts: BotParts, linking: Linking, { code, place, at }: Asking): Promise<boolean> {
	const { surface, identity } = at;
	const back = at.place.kind === "direct" ? { place: at.place } : {};
	const now = parts.clock.now();
	const typed = { surface, identity, ...back };
	const draft: Draft = { id: parts.newId(), at: now, person: code.person, purpose: "link", typed };
	parts.drafts.keep(draft);
	const title = `Someone arrives ${viaWords(surface)} as ${identity} and says it is you.`;
	const card = reply(
		{ ...parts, actor: code.person },
		{
			title,
			lead: ["They typed the code you were given. If it is you, Sopwith calls you the same over there."],
			buttons: [
				{ title: "Link them", style: "primary", verb: "link" },
				{ title: "That is not me", style: "danger", verb: "not-me" },
			],
		},
		{ id: draft.id },
	);
	return put(linking, place, card);
}

/** They pressed: linked for good, or not, and then whoever looks after the client hears of it. */
export async function linkPressed(turn: Turn, draft: Draft, verb: string): Promise<Reply> {
	const { linking, drafts, clock, actor } = turn;
	const { surface, identity, over } = draft.typed ?? {};
	const isOld = toMs(clock.now()) - toMs(draft.at) > CODE_MS;
	if (linking === undefined || over === true || isOld) return isOver(turn);
	if (!isSurface(surface) || typeof identity !== "string") return isOver(turn);
	if (verb !== "link" && verb !== "not-me") return isOver(turn);
	drafts.keep({ ...draft, typed: { ...draft.typed, over: true } });
	const account = `${identity} ${viaWords(surface)}`;
	if (verb === "not-me") {
		const said = "Somebody had your code: give it to nobody.";
		return refused(turn, linking, { account, why: "it is not them", said });
	}
	if (linking.links.link(surface, identity, actor) === "taken") {
		const why = "it is someone else’s, or was, and only the roster gives it to another";
		return refused(turn, linking, {
			account,
			why,
			said: "It is, or was, known as someone else; only the roster changes that.",
		});
	}
	const back = placeOf(draft.typed?.place);
	const lead = ["“help” says what you can type. “unlink” ends it."];
	const name = personOf(turn.desk.definitions(), actor)?.name ?? "";
	if (back !== undefined) {
		await put(linking, back, reply(turn, { title: `You are known here as ${name} from now on.`, lead }));
	}
	return done(turn, { title: `${account} is you from now on.`, lead: ["“unlink” ends it."] });
}

function isOver(turn: Turn): Reply {
	return done(turn, { title: "This is over. Nothing was linked.", lead: ["“link” gives you a new code."] });
}

/** `why`: for the owner and the audit. `said`: for whoever pressed. */
type Refusal = { readonly account: string; readonly why: string; readonly said: string };

async function refused(turn: Turn, linking: Linking, { said, ...of }: Refusal): Promise<Reply> {
	await alarm(turn, linking, { ...of, person: turn.actor });
	return done(turn, { title: "Nothing was linked.", lead: ["Whoever looks after it is told.", said] });
}

/** A code came back from somebody who is known as another person. It is of no use to anybody any more. */
export async function refuseKnown(turn: Turn, linking: Linking, code: KeptCode): Promise<void> {
	linking.codes.use(code);
	const account = `${turn.inbound.identity} ${viaWords(turn.inbound.surface)}`;
	await alarm(turn, linking, { account, why: "it is known as someone else", person: code.person });
}

/** Tells the owners, and keeps it in the audit whether they can be reached or not. */
async function alarm(
	turn: Turn,
	linking: Linking,
	{ account, why, person }: { readonly account: string; readonly why: string; readonly person: Actor },
): Promise<void> {
	const { id, client } = person;
	const about = client === undefined ? {} : { client };
	turn.audit.record({
		person: id,
		via: turn.inbound.surface,
		...about,
		what: "link-refused",
		why: `${account}: ${why}`,
	});
	const title = words(`${account} asked to be linked to `, { person: id }, `: ${why}. Nothing was linked.`);
	const lead = ["Somebody had their code. Ask them who could have seen it."];
	for (const owner of ownersOf(turn, person)) {
		const card = reply({ ...turn, actor: owner }, { title, lead, summary: title }, about);
		for (const place of await linking.reach(owner)) await put(linking, place, card);
	}
}

/** Who looks after a person's client, or the MSP; never that person. */
function ownersOf(turn: Turn, { id, client }: Actor): readonly Actor[] {
	const { msp, clients } = turn.desk.definitions();
	const roster = client === undefined ? { ...msp, client: "", channels: {}, standing: [] } : clients[client]?.roster;
	const ids = roster === undefined ? [] : peopleOf("owner", roster);
	if (roster === undefined || typeof ids === "string") return [];
	return ids.flatMap((one): readonly Actor[] => {
		const person = roster.people.find((each) => each.id === one);
		if (person === undefined || one === id) return [];
		return [actorOf(person, client)];
	});
}

/** Posts a card outside any run. False: it certainly did not arrive; a lost answer counts as said. */
async function put({ surfaces, wait }: Linking, to: Address, answer: Reply): Promise<boolean> {
	const surface = surfaces.find(({ name }) => name === to.surface);
	if (surface === undefined || answer.kind === "none") return false;
	for (let left = TRIES - 1; ; left -= 1) {
		try {
			await surface.put(to, answer.drawn, true);
			return true;
		} catch (error) {
			if (error instanceof RefusedPost) return false;
			if (!(error instanceof UnavailableError)) throw error;
			if (error.code === "unconfirmed") return true;
			const waitMs = error.retryAfterMs ?? MOST_WAIT_MS;
			if (left === 0 || waitMs > MOST_WAIT_MS) return false;
			await wait(waitMs);
		}
	}
}

/** A place takes about one message a second; who asks is kept waiting no longer than that. */
const TRIES = 3;
const MOST_WAIT_MS = 1_500;

function placeIn({ place }: KeptCode): Address | undefined {
	return placeOf(JSON.parse(place));
}

function placeOf(kept: unknown): Address | undefined {
	const { surface, kind, ref } = asRecord(kept);
	if (!isSurface(surface) || (kind !== "direct" && kind !== "channel")) return undefined;
	return { surface, kind, ref: asText(ref) };
}

function done(turn: Turn, answer: Answer): Reply {
	return reply(turn, answer, { replace: true });
}
