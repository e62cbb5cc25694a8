/**
 * What a card says, before it looks like anything. One shape for all cards, so that a template arranges and never decides.
 * Texts are `words()` (holes filled per reader) or plain strings; both are data and are escaped by every renderer.
 */

import type { WordsJson } from "../base/words.ts";
import type { Field } from "../sop/sop.ts";

export type CardName =
	| "form"
	| "plan"
	| "approval"
	| "progress"
	| "question"
	| "task"
	| "notice"
	| "welcome"
	| "error"
	| "help";
export type Text = string | WordsJson;
export type Tone = "good" | "warning" | "attention" | "accent" | "default" | "subtle";

export type CardData = {
	/** "Contoso · New employee · Sandbox · 7K2QX9": empty parts are left out. */
	readonly header: readonly string[];
	readonly title: Text;
	/** What happened, what did and did not change, what is safe, who acts next. */
	readonly lead: readonly Text[];
	/** What is waited for, in bold before the rest. */
	readonly waiting?: { readonly strong: Text; readonly rest: Text; readonly tone: Tone };
	/** Plan and progress lines: a sign, a sentence, a quiet remark. Signs: + ~ − and those of a step's state (`src/engine/step-look.ts`), no emoji. */
	readonly lines: readonly { readonly sign: string; readonly tone: Tone; readonly text: Text; readonly meta?: Text }[];
	/** Which line its reader begins at, from 0: a card in pages opens there. */
	readonly opensAt?: number;
	readonly facts: readonly { readonly title: string; readonly value: Text }[];
	/** Technical detail behind a toggle. */
	readonly details: readonly { readonly title: string; readonly lines: readonly string[] }[];
	/** A form's fields, with what was typed and what is wrong with it. */
	readonly fields: readonly (Field & { readonly value?: string; readonly error?: string })[];
	/** What a question offers; the value travels back as `choice`. */
	readonly choices: readonly { readonly value: string; readonly title: string; readonly hint?: string }[];
	/** `checklist` of a task, with what is ticked. */
	readonly checklist: readonly { readonly value: string; readonly title: string; readonly done: boolean }[];
	readonly footer?: Text;
	readonly buttons: readonly Button[];
	/** One sentence for notifications, screen readers and clients that cannot show the card. */
	readonly summary: Text;
};

/** At most three on a card. `url` opens a page; `reveal` shows a hidden part (`details`, `send-back`); else `verb` comes back with the card's id. */
export type Button = {
	readonly title: string;
	readonly style: "primary" | "default" | "danger";
	readonly verb?: string;
	readonly url?: string;
	readonly reveal?: string /** send the card's inputs along */;
	readonly inputs?: boolean;
};

export const emptyCard = {
	header: [],
	lead: [],
	lines: [],
	facts: [],
	details: [],
	fields: [],
	choices: [],
	checklist: [],
	buttons: [],
} as const satisfies Omit<CardData, "title" | "summary">;
