/**
 * Tries our cards at their worst against Slack's limits, so that none is refused when somebody needs it. Must never depend on
 * what a run happens to say.
 */
import type { Problem } from "../base/errors.ts";
import type { Definitions } from "../sop/definitions.ts";
import { MOST_FIELDS } from "../sop/form.ts";
import { longestOf } from "../sop/form-values.ts";
import type { Sop } from "../sop/sop.ts";
import { cardBlocks } from "./blocks.ts";
import { blockProblems } from "./blocks-limits.ts";
import { cardView, detailsView } from "./blocks-view.ts";
import type { CardName } from "./card.ts";
import { type FilledCard, filledOf } from "./fill.ts";
import { formCard } from "./form-card.ts";
import { partsOf } from "./parts.ts";
import { specimen } from "./specimen.ts";

/** Names people bear, markup they type, and signs that take two characters each. */
const LONG = "Ünïcödé 👩‍🚀 *bold* <!channel> & שלום ".repeat(14).slice(0, 500);
const LINES = 60;
/** Searched, the longest menu, boxes, and so few that only their titles take room. */
const CHOICES = [300, 100, 10, 2];
const TICKS = 50;

/** Draws every card at its worst, as message and modal. Returns every limit that one breaks. Repeat: safe. */
export function checkBlocks(): readonly Problem[] {
	const names = Object.keys(partsOf) as CardName[];
	return names.flatMap((name) => {
		const asks = partsOf[name].some((part) => part === "fields" || part === "choices");
		const [card, ...others] = (asks ? CHOICES : [0]).map((count) => worst(name, count));
		if (card === undefined) return [];
		const drawn = [cardBlocks(name, card, ID), cardView(name, card, ID), detailsView(card, ID)];
		// A message without room for its inputs has them behind a button, so their number is nothing to it.
		drawn.push(...others.map((other) => cardView(name, other, ID)));
		const found = new Set(drawn.flatMap(blockProblems));
		return [...found].map((message) => ({ path: `cards/${name}`, code: "too-much-for-slack", message }));
	});
}

/**
 * Opens the form of each SOP at its worst: everything wrong, and everything typed that fits into its fields. Says of each
 * that Slack would not open what to shorten. Repeat: safe.
 */
export function checkForms(clients: Definitions["clients"]): readonly Problem[] {
	return Object.entries(clients).flatMap(([client, { sops }]) =>
		Object.values(sops).flatMap((sop) => {
			const found = blockProblems(cardView("form", filledOf(worstForm(sop)), ID));
			if (found.length === 0) return [];
			const message = `Slack cannot open this form when everything in it is filled in: ${found.join("; ")}.`;
			const remedy = 'Ask for less: fewer fields, shorter labels, or a smaller "max" for long texts.';
			return [{ path: `${client}.${sop.id}.form`, code: "too-much-for-slack", message, remedy }];
		}),
	);
}

function worstForm({ title, form }: Pick<Sop, "title" | "form">) {
	const brim = (field: Sop["form"][number]) => (["text", "multiline"].includes(field.type) ? longestOf(field) : 0);
	return formCard({
		sop: { title },
		client: { name: LONG, sandbox: true },
		fields: form,
		typed: Object.fromEntries(form.map((field) => [field.name, "x".repeat(brim(field))])),
		problems: form.map(({ name }) => ({ path: `form.${name}`, code: "too-long", message: LONG })),
		people: [],
	});
}

const ID = "c_0123456789abcdefghijklmnopqrstuvwxyz";

function many<Item>(count: number, make: (at: number) => Item): readonly Item[] {
	return Array.from({ length: count }, (_, at) => make(at));
}

/** A form has as many fields as a form may have, all of them lists; other cards ask for one of each kind at most. */
function worst(name: CardName, count: number): FilledCard {
	const choices = many(count, (at) => {
		const key = `${LONG}${at}`;
		return { key, value: key, title: `${at} ${LONG}`, hint: LONG };
	});
	const lists = specimen.fields.filter((field) => field.choices.length > 0);
	const more = name === "form" ? many(MOST_FIELDS - specimen.fields.length, (at) => lists[at % lists.length]) : [];
	const fields = [...specimen.fields, ...more].flatMap((field) => field ?? []);
	return {
		...crowded,
		choices,
		fields: fields.map((field, at) => ({
			...field,
			...{ name: `field-${at}`, label: LONG, hint: LONG, error: LONG, value: LONG },
			choices: field.choices.length === 0 ? [] : choices,
		})),
	};
}

const crowded: FilledCard = {
	...specimen,
	header: many(4, () => LONG),
	title: LONG,
	lead: many(200, () => LONG),
	waiting: { strong: LONG, rest: LONG, tone: "warning" },
	lines: many(LINES, () => ({ sign: "+", tone: "good", text: LONG, meta: LONG })),
	facts: many(200, () => ({ title: LONG, value: LONG })),
	details: many(10, () => ({ title: LONG, lines: many(50, () => LONG) })),
	checklist: many(TICKS, (at) => ({ value: String(at), title: LONG, done: at % 2 === 0 })),
	footer: LONG,
	summary: LONG,
};
