/**
 * App Home: what waits for somebody, what is under way, what they can start. Drawn when they open it, from what the bot would
 * answer them. Must never show what typing would not.
 */
import type { Json, Values } from "../../base/json.ts";
import { type Block, cardBlocks } from "../../cards/blocks.ts";
import { plain } from "../../cards/blocks-text.ts";
import { runName } from "../../engine/run-name.ts";
import type { Bot } from "../bot.ts";
import { filledOf } from "../fill.ts";
import { type From as Handed, startables } from "../from-message.ts";
import type { Reply } from "../surface.ts";
import type { BotParts } from "../turn.ts";

/** What its buttons carry in place of a card's id; their verb says what would be typed. */
export const HOME = "home";
export const SAY = "say";
const LOOK = "look";

/** Source: https://docs.slack.dev/surfaces/app-home, "Limitations". */
const MOST_BLOCKS = 100;
/** Procedures with a button of their own; the others can be typed, as `sops` says. */
const MOST_STARTS = 20;
const IN_A_ROW = 5;
/** Characters of a button. Source: https://docs.slack.dev/reference/block-kit/block-elements/button-element */
const TITLE_MOST = 75;
/** As the bot's lists. */
const MOST_SHOWN = 10;

type HomeParts = Pick<BotParts, "desk"> & { readonly bot: Bot };

/** The view of one person. Somebody we do not know reads whom to ask. */
export async function homeOf(parts: HomeParts, from: Handed): Promise<Values> {
	const blocks = from.person === undefined ? await asked(parts, from, "help") : await known(parts, from);
	return { type: "home", callback_id: HOME, blocks: blocks.slice(0, MOST_BLOCKS) };
}

async function known(parts: HomeParts, from: Handed): Promise<readonly Block[]> {
	const { person } = from;
	if (person === undefined) return [];
	const open = await parts.desk.waiting(person);
	const under = await parts.desk.list(person, { phase: "open", most: MOST_SHOWN });
	const mine = startables(parts, person);
	const starts = mine.slice(0, MOST_STARTS).map(({ word, title }) => button(title, word));
	const rest = mine.length > MOST_STARTS ? [button("All procedures", "sops")] : [];
	return [
		...(await asked(parts, from, "approvals")),
		...rowsOf(
			"waiting",
			open.slice(0, MOST_SHOWN).map(({ run }) => shows(run)),
		),
		DIVIDER,
		...(await asked(parts, from, "runs")),
		...rowsOf(
			"under",
			under.items.map((run) => shows({ ...run, ref: run.id.slice(0, 6) })),
		),
		DIVIDER,
		...(mine.length === 0 ? [] : [header("Start something")]),
		...rowsOf("start", [...starts, ...rest]),
		...rowsOf("look", [button("Look again", "", LOOK)]),
	];
}

function shows(run: { readonly subject: string; readonly title: string; readonly ref: string }): Values {
	return button(`${runName(run)} · ${run.ref}`, `run ${run.ref}`);
}

/** What the bot says to a word, as blocks. Its buttons are links: they open the lists and the runs. */
async function asked({ bot }: HomeParts, from: Handed, word: string): Promise<readonly Block[]> {
	const reply: Reply = await bot.handle({ ...from, kind: "said", text: word });
	if (reply.kind === "none") return [];
	const { card, data, id } = reply.drawn;
	const elsewhere = word === "approvals" && data.lines.length > 0;
	const here = elsewhere ? { ...data, lead: [UNDER_MESSAGES, ...data.lead.slice(1)] } : data;
	const { blocks } = cardBlocks(card, filledOf(here), id);
	return blocks.map((block) =>
		typeof block.block_id === "string" ? { ...block, block_id: `${word}/${block.block_id}` } : block,
	);
}

const UNDER_MESSAGES = "Each has its own card under Messages.";
const DIVIDER: Block = { type: "divider" };

function header(text: string): Block {
	return { type: "header", text: plain(text, TITLE_MOST) };
}

function button(title: string, word: string, verb = SAY): Values {
	return {
		type: "button",
		action_id: verb,
		text: plain(title, TITLE_MOST),
		value: JSON.stringify({ card: HOME, text: word }),
	};
}

function rowsOf(name: string, buttons: readonly Values[]): readonly Block[] {
	return Array.from({ length: Math.ceil(buttons.length / IN_A_ROW) }, (_, row) => ({
		type: "actions",
		block_id: `${name}/${row}`,
		elements: buttons
			.slice(row * IN_A_ROW, (row + 1) * IN_A_ROW)
			.map((each, at): Json => ({ ...each, action_id: `verb/${String(each.action_id)}/${row * IN_A_ROW + at}` })),
	}));
}
