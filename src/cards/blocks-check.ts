/**
 * Tries our cards at their worst against Slack's limits, so that none is refused when somebody needs it. Must never depend on
 * what a run happens to say.
 */
import type { Problem } from "../base/errors.ts";
import { MOST_FIELDS } from "../sop/form.ts";
import { cardBlocks } from "./blocks.ts";
import { blockProblems } from "./blocks-limits.ts";
import { cardView, detailsView } from "./blocks-view.ts";
import type { CardName } from "./card.ts";
import type { FilledCard } from "./fill.ts";
import { partsOf } from "./parts.ts";
import { specimen } from "./specimen.ts";

/** Names people bear, markup they type, and signs that take two characters each. */
const LONG = "Ünïcödé 👩‍🚀 *bold* <!channel> & שלום ".repeat(14).slice(0, 500);
const LINES = 412;
const CHOICES = 300;
const TICKS = 50;

/** Draws every card at its worst, as message and modal. Returns every limit that one breaks. Repeat: safe. */
export function checkBlocks(): readonly Problem[] {
	const names = Object.keys(partsOf) as CardName[];
	return names.flatMap((name) => {
		const card = worst(name);
		const drawn = [cardBlocks(name, card, ID), cardView(name, card, ID), detailsView(card, ID)];
		return drawn
			.flatMap(blockProblems)
			.map((message) => ({ path: `cards/${name}`, code: "too-much-for-slack", message }));
	});
}

const ID = "c_0123456789abcdefghijklmnopqrstuvwxyz";

function many<Item>(count: number, make: (at: number) => Item): readonly Item[] {
	return Array.from({ length: count }, (_, at) => make(at));
}

/** A form has as many fields as a form may have; other cards ask for one of each kind at most. */
function worst(name: CardName): FilledCard {
	const [first] = specimen.fields;
	const plain = first === undefined || name !== "form" ? [] : many(MOST_FIELDS - specimen.fields.length, () => first);
	return {
		...crowded,
		fields: [...crowded.fields, ...plain].map((field, at) => {
			return { ...field, name: `field-${at}`, label: LONG, hint: LONG, error: LONG, value: LONG };
		}),
	};
}

const choices = many(CHOICES, (at) => {
	const key = `${LONG}${at}`;
	return { key, value: key, title: `${at} ${LONG}`, hint: LONG };
});

const crowded: FilledCard = {
	...specimen,
	header: many(4, () => LONG),
	title: LONG,
	lead: many(200, () => LONG),
	waiting: { strong: LONG, rest: LONG, tone: "warning" },
	lines: many(LINES, () => ({ sign: "+", tone: "good", text: LONG, meta: LONG })),
	facts: many(200, () => ({ title: LONG, value: LONG })),
	details: many(10, () => ({ title: LONG, lines: many(50, () => LONG) })),
	fields: specimen.fields.map((field) => ({ ...field, choices: field.choices.length === 0 ? [] : choices })),
	choices,
	checklist: many(TICKS, (at) => ({ value: String(at), title: LONG, done: at % 2 === 0 })),
	footer: LONG,
	summary: LONG,
};
