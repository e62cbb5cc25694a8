/**
 * What a client's channel for approvals shows of one: what would change and whom it waits for, then who decided. Pure. Must
 * never have anything to press: most who read it there are not asked.
 */
import { words } from "../base/words.ts";
import type { CardData } from "../cards/card.ts";
import type { Sop } from "../sop/sop.ts";
import type { Path } from "./event.ts";
import type { Message } from "./message.ts";
import type { Run, StepState } from "./run.ts";
import { stepParts } from "./sentences.ts";

type At = { readonly path: Path; readonly state: StepState };

/** The line about an approval. `asks`: the message that asks for it, or has asked. */
export function approvalLine(sop: Sop, run: Run, { asks, ...at }: At & { readonly asks: Message }): Message {
	const { footer: _forThem, ...said } = asks.data;
	const data: CardData = {
		...said,
		...(asks.closed ? {} : { waiting: waitingFor(sop, run, at) }),
		choices: [],
		details: [],
		buttons: [{ title: "Open the run", style: "default", url: `/runs/${run.id}` }],
	};
	return {
		key: `${asks.key}/channel`,
		to: { kind: "channel", channel: "approvals" },
		card: "notice",
		data,
		rings: 0,
		closed: asks.closed,
	};
}

function waitingFor(sop: Sop, run: Run, at: At): NonNullable<CardData["waiting"]> {
	const { strong, rest } = stepParts(sop, run, at);
	return { strong: words(...strong), rest: words(...rest), tone: "accent" };
}
