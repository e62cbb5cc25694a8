/**
 * What a person's Slack makes of blocks: what is shown in a message or a modal. Must never show what Slack would not.
 */
import assert from "node:assert/strict";
import { isRecord, type Json, type Values } from "../../src/base/json.ts";
import { blockProblems } from "../../src/cards/blocks-limits.ts";
import { optionsOf, shownIn as valueIn } from "../fixtures/slack-fill.ts";
import { plain, type Shown, type ShownField } from "./shown.ts";

/** Reads the blocks of a message. Fails on what Slack would refuse. */
export function shownInMessage(message: Values): Shown {
	const blocks = list(message.blocks);
	if (blocks.length === 0) return { ...NOTHING, title: plain(unmarked(String(message.text))) };
	assert.deepEqual(blockProblems(message), [], "Slack would refuse it");
	return shownIn(blocks);
}

/** Reads a modal. `errors`: what stands at its inputs. Its close button counts beside one that sends it. */
export function shownInView(view: Values, errors: Values = {}): Shown {
	assert.deepEqual(blockProblems(view), [], "Slack would refuse it");
	const { submit, close } = view;
	const { title, buttons, fields, ...rest } = shownIn(list(view.blocks), errors);
	return {
		...rest,
		title: title === "" ? plain(textOf(view.title)) : title,
		fields,
		buttons: [...buttons, ...words(submit), ...(submit === undefined ? [] : words(close))],
	};
}

const NOTHING: Shown = { title: "", text: [], fields: [], buttons: [], details: [] };

function shownIn(blocks: readonly Values[], errors: Values = {}): Shown {
	const text: string[] = [];
	const fields: ShownField[] = [];
	const buttons: string[] = [];
	let title = "";
	const note = (line: string): void => {
		const last = fields.pop();
		assert(last !== undefined, `${line} stands at no field`);
		fields.push({ ...last, notes: [...last.notes, line] });
	};
	for (const block of blocks) {
		switch (block.type) {
			case "header":
				title = plain(textOf(block.text));
				break;
			case "context":
				text.push(...list(block.elements).map((element) => plain(unmarked(textOf(element)))));
				break;
			case "section":
				for (const line of linesOf(block)) {
					if (line.startsWith("✗ ") && fields.length > 0) note(line.slice(2));
					// What a list has no room for is written out above it, and stands in the list as well.
					else if (!line.startsWith("• ")) text.push(line);
				}
				break;
			case "input":
				fields.push(field(block, errors));
				break;
			case "actions":
				buttons.push(...list(block.elements).flatMap(({ text: said }) => words(said)));
				break;
			default:
				assert.equal(block.type, "divider", `nobody reads ${JSON.stringify(block)}`);
		}
	}
	return { ...NOTHING, title, text, fields, buttons };
}

/** The lines of technical detail: code, line by line. */
export function codeIn(view: Values): readonly string[] {
	return list(view.blocks)
		.slice(1)
		.flatMap((block) => linesOf(block));
}

function linesOf({ text, fields }: Values): readonly string[] {
	const lines = textOf(text).replaceAll("```", "\n").split("\n").map(unmarked).map(plain);
	const facts = list(fields).map((one) => plain(unmarked(textOf(one))));
	return [...lines, ...facts].filter((line) => line !== "");
}

function field(block: Values, errors: Values): ShownField {
	const element = isRecord(block.element) ? block.element : {};
	const options = optionsOf(element).map(({ text, description }) =>
		[text, description].flatMap((one) => words(one)).join(": "),
	);
	const error = errors[String(block.block_id)];
	const notes = [...(typeof error === "string" ? [plain(error)] : []), ...words(block.hint)];
	return { label: textOf(block.label), value: valueIn(block), options, notes };
}

/** Slack's markup as it looks: without its signs, a moment as its fallback says it. */
function unmarked(text: string): string {
	return text
		.replaceAll(/<!date\^[^|>]*\|([^>]*)>/gu, "$1")
		.replaceAll(/<(@\w+)>/gu, "$1")
		.replaceAll(/\*([^*\n]+)\*/gu, "$1")
		.replaceAll(/(?<![\p{L}\p{N}])_([^\n]+?)_(?![\p{L}\p{N}])/gu, "$1")
		.replaceAll("&lt;", "<")
		.replaceAll("&gt;", ">")
		.replaceAll("&amp;", "&");
}

function words(text: Json | undefined): readonly string[] {
	const said = plain(textOf(text));
	return said === "" ? [] : [said];
}

function textOf(text: Json | undefined): string {
	return isRecord(text) && typeof text.text === "string" ? text.text : "";
}

function list(json: Json | undefined): readonly Values[] {
	return Array.isArray(json) ? json.filter((one) => isRecord(one)) : [];
}
