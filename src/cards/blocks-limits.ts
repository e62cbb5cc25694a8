/**
 * Slack's limits, for messages, modals and the Home tab: what Slack would refuse, said in words before it is sent. Knows the
 * blocks that our cards use and no others. Must never let a payload pass that a limit below forbids.
 */
import { asList, asRecord, isRecord, type Json, type Values } from "../base/json.ts";
import { elementProblems, textProblems } from "./blocks-elements.ts";

/** Source: https://docs.slack.dev/reference/block-kit/blocks */
export const MESSAGE_BLOCKS = 50;
const VIEW_BLOCKS = 100;
/** Of a whole view as JSON. Slack takes 250 kB (https://docs.slack.dev/reference/methods/views.open, `view_too_large`). */
const VIEW_BYTES = 190_000;
/** Of a message's blocks as JSON; not documented. Source: https://github.com/slackapi/bolt-js/issues/2509 */
export const MESSAGE_CHARACTERS = 13_000;
/** Source: https://docs.slack.dev/reference/methods/chat.postMessage */
const TEXT_MOST = 4000;
/** Source: https://docs.slack.dev/reference/views/modal-views */
const TITLE_MOST = 24;
const METADATA_MOST = 3000;
const CALLBACK_MOST = 255;
const ID_MOST = 255;

/** Characters of blocks as they are sent. */
export function sizeOf(blocks: readonly Json[]): number {
	return JSON.stringify(blocks).length;
}

/** Whether a view has room for them, and for what is carried beside them. */
export function fitsView(blocks: readonly Json[]): boolean {
	return blocks.length <= VIEW_BLOCKS && bytesOf(blocks) <= VIEW_BYTES - BESIDE_BYTES;
}

/** Title, buttons, and what is carried: `METADATA_MOST` characters, as JSON within JSON. */
const BESIDE_BYTES = 10_000;

function bytesOf(payload: unknown): number {
	return Buffer.byteLength(JSON.stringify(payload));
}

/** Everything Slack would refuse in a message (`text`, `blocks`) or a view (`type` modal or home). Pure. */
export function blockProblems(payload: unknown): readonly string[] {
	if (!isRecord(payload as Json) || !Array.isArray((payload as Values).blocks)) return ["there are no blocks"];
	const { blocks, type } = payload as Values & { readonly blocks: readonly Json[] };
	const isView = type === "modal" || type === "home";
	const most = isView ? VIEW_BLOCKS : MESSAGE_BLOCKS;
	return [
		...(blocks.length > most ? [`${blocks.length} blocks; ${most} are the most`] : []),
		...(blocks.length === 0 ? ["a card without blocks"] : []),
		...(type === "modal" ? modalProblems(payload as Values, blocks) : []),
		...(isView ? sizeProblems(payload) : messageProblems(payload as Values, blocks)),
		...twice(blocks.map((block) => asRecord(block).block_id)).map((id) => `two blocks are ${id}`),
		...blocks.flatMap((block, at) => blockIn(block, isView).map((problem) => `block ${at}: ${problem}`)),
	];
}

function sizeProblems(view: unknown): readonly string[] {
	const bytes = bytesOf(view);
	return bytes > VIEW_BYTES ? [`${bytes} bytes; ${VIEW_BYTES} are the most`] : [];
}

function messageProblems({ text }: Values, blocks: readonly Json[]): readonly string[] {
	const size = sizeOf(blocks);
	return [
		...(size > MESSAGE_CHARACTERS ? [`${size} characters of blocks; ${MESSAGE_CHARACTERS} are the most`] : []),
		...(typeof text !== "string" || text === "" ? ["no text for notifications"] : []),
		...(typeof text === "string" && text.length > TEXT_MOST ? [`the text has ${text.length} characters`] : []),
	];
}

function modalProblems(view: Values, blocks: readonly Json[]): readonly string[] {
	const asks = blocks.some((block) => isRecord(block) && block.type === "input");
	const over = (name: string, most: number): readonly string[] => {
		const value = view[name];
		return typeof value === "string" && value.length > most ? [`${name} has ${value.length} characters`] : [];
	};
	return [
		...textProblems(view.title, "title", { most: TITLE_MOST, plain: true }),
		...["submit", "close"].flatMap((name) =>
			view[name] === undefined ? [] : textProblems(view[name], name, { most: TITLE_MOST, plain: true }),
		),
		...(asks && view.submit === undefined ? ["inputs, and no button to send them"] : []),
		...over("private_metadata", METADATA_MOST),
		...over("callback_id", CALLBACK_MOST),
	];
}

function blockIn(block: Json, isView: boolean): readonly string[] {
	if (!isRecord(block)) return ["is not a block"];
	const { block_id: id } = block;
	const named =
		typeof id === "string" && (id === "" || id.length > ID_MOST) ? [`block_id has ${id.length} characters`] : [];
	return [...named, ...byType(block, isView)];
}

function byType(block: Values, isView: boolean): readonly string[] {
	const elements = asList(block.elements);
	switch (block.type) {
		case "header":
			return textProblems(block.text, "header", { most: 150, plain: true });
		case "section":
			return sectionProblems(block);
		case "context":
			return [
				...count(elements, 10, "context"),
				...elements.flatMap((text) => textProblems(text, "context", { most: 3000 })),
			];
		case "actions":
			return [
				...count(elements, 25, "actions"),
				...twice(elements.map((one) => asRecord(one).action_id)).map((id) => `two elements are ${id}`),
				...elements.flatMap((one) => elementProblems(one, { isView, within: "actions" })),
			];
		case "input":
			return inputProblems(block, isView);
		case "divider":
			return [];
		default:
			return [`"${String(block.type)}" is no block of ours`];
	}
}

function sectionProblems({ text, fields }: Values): readonly string[] {
	const all = asList(fields);
	return [
		...(text === undefined && all.length === 0 ? ["a section says nothing"] : []),
		...(text === undefined ? [] : textProblems(text, "section", { most: 3000 })),
		...(all.length > 10 ? [`${all.length} fields; 10 are the most`] : []),
		...all.flatMap((field) => textProblems(field, "field", { most: 2000 })),
	];
}

function inputProblems(block: Values, isView: boolean): readonly string[] {
	return [
		...textProblems(block.label, "label", { most: 2000, plain: true }),
		...(block.hint === undefined ? [] : textProblems(block.hint, "hint", { most: 2000, plain: true })),
		...elementProblems(block.element, { isView, within: "input" }),
	];
}

function count(items: readonly Json[], most: number, where: string): readonly string[] {
	if (items.length === 0) return [`${where} without elements`];
	return items.length > most ? [`${items.length} elements in ${where}; ${most} are the most`] : [];
}

function twice(ids: readonly (Json | undefined)[]): readonly string[] {
	return ids.filter((id, at): id is string => typeof id === "string" && ids.indexOf(id) !== at);
}
