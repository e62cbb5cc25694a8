/**
 * Makes a message to people. The subject of a run is often nobody we know yet, so telling the subject is a mail, and a
 * mail is a write that an approval guards like any other.
 */
import { asRecord } from "../base/json.ts";
import { compileCall } from "./compile-action.ts";
import type { Context } from "./compile-context.ts";
import { readWho } from "./compile-context.ts";
import type { Draft, Made, Place } from "./compile-kinds.ts";
import { parseDuration } from "./duration.ts";
import { suggest } from "./report.ts";
import { checkTemplates } from "./scope.ts";
import type { Step, Templates } from "./sop.ts";

const CARDS = ["form", "plan", "approval", "progress", "question", "task", "notice", "welcome", "error", "help"];
const MAIL = "mail.send";
const TIMEOUT_MS = 30_000;
/** Where the mail goes. */
const SUBJECT_EMAIL = "$" + "{subject.email}";

export function compileTell({ written, base, at }: Draft, place: Place, context: Context): Made {
	const tell = asRecord(written.tell);
	const own = [...at, "tell"];
	const card = typeof tell.card === "string" ? tell.card : "notice";
	if (!CARDS.includes(card)) {
		context.report([...own, "card"], "no-such-card", `There is no card “${card}”.`, { remedy: suggest(card, CARDS) });
	}
	const to = readWho(tell.to, [...own, "to"], context);
	const atMost = parseDuration(tell.atMost);
	if (tell.atMost !== undefined && tell.acknowledge !== true) {
		context.report([...own, "atMost"], "not-here", "Nobody is waited for, so there is nothing to limit.", {
			remedy: "Write acknowledge: true, or remove it.",
			which: "key",
		});
	}
	const data = asRecord(written.with);
	checkTemplates(data, [...at, "with"], place.scope, context.report);
	const mail = to.includes("subject") ? compileMail({ written, base, at }, card, place, context) : {};
	return {
		step: {
			...{ ...base, kind: "tell", to, card, data, acknowledge: tell.acknowledge === true },
			...(atMost === undefined ? {} : { atMost }),
			...mail,
		} as Step,
		gives: "unknown",
	};
}

/** The mail part. Without a connector for mail, or an address, there is none. */
function compileMail({ written, at, base }: Draft, card: string, { scope }: Place, context: Context) {
	const known = Object.hasOwn(context.known, MAIL) ? context.known[MAIL] : undefined;
	if (known === undefined) return {};
	if (!scope.subject.has("email")) {
		context.report(
			[...at, "tell", "to"],
			"subject-unreachable",
			"The subject is told by mail, and this SOP knows no address.",
			{
				remedy: "Write subject: { email: … } at the top.",
			},
		);
		return {};
	}
	const takes = Object.keys(asRecord(known.inputSchema.properties));
	const given: Templates = { to: SUBJECT_EMAIL, subject: base.name, text: base.name, what: card, card };
	const fits = (one: Templates) => Object.fromEntries(Object.entries(one).filter(([key]) => takes.includes(key)));
	const call = { name: MAIL, nameAt: [...at, "tell"], written: fits(asRecord(written.with)), withAt: [...at, "with"] };
	const called = compileCall(call, scope, context, fits(given));
	if (called === undefined) return {};
	return { mail: { action: called.action, with: called.with, timeoutMs: TIMEOUT_MS } };
}
