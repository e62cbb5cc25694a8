/**
 * What Slack would refuse is refused by us first: each limit, one step past it and right at it.
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Json, Values } from "../../src/base/json.ts";
import { blockProblems } from "../../src/cards/blocks-limits.ts";

const words = (length: number) => "a".repeat(length);
const plain = (length: number) => ({ type: "plain_text", text: words(length), emoji: false });
const markup = (length: number) => ({ type: "mrkdwn", text: words(length), verbatim: true });
const times = <Item>(count: number, make: (at: number) => Item) => Array.from({ length: count }, (_, at) => make(at));
const section = (length: number) => ({ type: "section", text: markup(length) });
const option = (at: number, more: Values = {}) => ({ text: plain(1), value: `${at}`, ...more });
const input = (element: Values, more: Values = {}) => ({
	type: "input",
	label: plain(1),
	element: { action_id: "value", ...element },
	...more,
});
const actions = (elements: readonly Values[]) => ({ type: "actions", elements });
const button = (more: Values = {}, at = 0) => ({ type: "button", action_id: `a${at}`, text: plain(1), ...more });
const message = (...blocks: readonly Json[]) => ({ text: "Words.", blocks });
const modal = (more: Values, ...blocks: readonly Json[]) => ({
	type: "modal",
	title: plain(24),
	submit: plain(1),
	private_metadata: "{}",
	blocks,
	...more,
});
const boxes = (count: number) => input({ type: "checkboxes", options: times(count, option) });
const menu = (count: number) => input({ type: "static_select", options: times(count, option) });
const confirm = (title: number, text: number, yes: number, no: number) =>
	message(
		actions([button({ confirm: { title: plain(title), text: plain(text), confirm: plain(yes), deny: plain(no) } })]),
	);

/** What Slack takes, and what it does not any more. */
const LIMITS: readonly (readonly [what: string, well: unknown, over: unknown])[] = [
	["50 blocks of a message", message(...times(50, () => section(1))), message(...times(51, () => section(1)))],
	["100 blocks of a modal", modal({}, ...times(100, () => section(1))), modal({}, ...times(101, () => section(1)))],
	[
		"100 blocks of Home",
		{ type: "home", blocks: times(100, () => section(1)) },
		{ type: "home", blocks: times(101, () => section(1)) },
	],
	[
		"190,000 bytes of a modal",
		modal({}, ...times(61, () => section(3000))),
		modal({}, ...times(62, () => section(3000))),
	],
	[
		"190,000 bytes of Home",
		{ type: "home", blocks: times(61, () => section(3000)) },
		{ type: "home", blocks: times(62, () => section(3000)) },
	],
	["13,000 characters in all", message(...times(4, () => section(3000))), message(...times(5, () => section(2600)))],
	["3,000 characters of a section", message(section(3000)), message(section(3001))],
	["a section with words", message(section(1)), message(section(0))],
	[
		"150 characters of a header",
		message({ type: "header", text: plain(150) }),
		message({ type: "header", text: plain(151) }),
	],
	[
		"10 fields of 2,000 characters",
		message({ type: "section", fields: times(10, () => markup(1)) }),
		message({ type: "section", fields: times(11, () => markup(1)) }),
	],
	[
		"2,000 characters of a field",
		message({ type: "section", fields: [markup(2000)] }),
		message({ type: "section", fields: [markup(2001)] }),
	],
	[
		"10 elements of a context",
		message({ type: "context", elements: times(10, () => plain(1)) }),
		message({ type: "context", elements: times(11, () => plain(1)) }),
	],
	[
		"25 buttons in a row",
		message(actions(times(25, (at) => button({}, at)))),
		message(actions(times(26, (at) => button({}, at)))),
	],
	[
		"75 characters of a button",
		message(actions([button({ text: plain(75) })])),
		message(actions([button({ text: plain(76) })])),
	],
	[
		"2,000 characters of a value",
		message(actions([button({ value: words(2000) })])),
		message(actions([button({ value: words(2001) })])),
	],
	[
		"a link to a page",
		message(actions([button({ url: "https://a.example" })])),
		message(actions([button({ url: "/runs/1" })])),
	],
	["two buttons told apart", message(actions([button(), button({}, 1)])), message(actions([button(), button()]))],
	["a question before a button acts", confirm(100, 300, 30, 30), confirm(101, 300, 30, 30)],
	["its text", confirm(1, 300, 1, 1), confirm(1, 301, 1, 1)],
	["its buttons", confirm(1, 1, 30, 30), confirm(1, 1, 30, 31)],
	["10 boxes", modal({}, boxes(10)), modal({}, boxes(11))],
	["100 options", modal({}, menu(100)), modal({}, menu(101))],
	[
		"75 characters of an option",
		modal({}, input({ type: "radio_buttons", options: [option(0, { text: plain(75) })] })),
		modal({}, input({ type: "radio_buttons", options: [option(0, { text: plain(76) })] })),
	],
	[
		"75 characters of its description",
		modal({}, input({ type: "radio_buttons", options: [option(0, { description: plain(75) })] })),
		modal({}, input({ type: "radio_buttons", options: [option(0, { description: plain(76) })] })),
	],
	[
		"150 characters of its value",
		modal({}, input({ type: "radio_buttons", options: [option(0, { value: words(150) })] })),
		modal({}, input({ type: "radio_buttons", options: [option(0, { value: words(151) })] })),
	],
	[
		"options told apart",
		modal({}, input({ type: "static_select", options: [option(0), option(1)] })),
		modal({}, input({ type: "static_select", options: [option(0), option(0)] })),
	],
	[
		"a first option that is offered",
		modal({}, input({ type: "static_select", options: [option(0)], initial_option: option(0) })),
		modal({}, input({ type: "static_select", options: [option(0)], initial_option: option(1) })),
	],
	["a list to choose from", modal({}, menu(1)), modal({}, menu(0))],
	[
		"3,000 characters typed",
		modal({}, input({ type: "plain_text_input", initial_value: words(3000) })),
		modal({}, input({ type: "plain_text_input", initial_value: words(3001) })),
	],
	[
		"no more typed than may be",
		modal({}, input({ type: "plain_text_input", max_length: 5, initial_value: words(5) })),
		modal({}, input({ type: "plain_text_input", max_length: 5, initial_value: words(6) })),
	],
	["numbers in modals alone", modal({}, input({ type: "number_input" })), message(input({ type: "number_input" }))],
	[
		"a day",
		modal({}, input({ type: "datepicker", initial_date: "2026-12-01" })),
		modal({}, input({ type: "datepicker", initial_date: "soon" })),
	],
	[
		"2,000 characters of a label",
		message(input({ type: "datepicker" }, { label: plain(2000) })),
		message(input({ type: "datepicker" }, { label: plain(2001) })),
	],
	[
		"2,000 characters of a hint",
		message(input({ type: "datepicker" }, { hint: plain(2000) })),
		message(input({ type: "datepicker" }, { hint: plain(2001) })),
	],
	[
		"255 characters of an id",
		message({ ...section(1), block_id: words(255) }),
		message({ ...section(1), block_id: words(256) }),
	],
	[
		"255 characters of an action",
		message(actions([button({ action_id: words(255) })])),
		message(actions([button({ action_id: words(256) })])),
	],
	[
		"blocks told apart",
		message({ ...section(1), block_id: "a" }, { ...section(1), block_id: "b" }),
		message({ ...section(1), block_id: "a" }, { ...section(1), block_id: "a" }),
	],
	["24 characters of a title", modal({}, section(1)), modal({ title: plain(25) }, section(1))],
	["24 characters of its buttons", modal({ close: plain(24) }, section(1)), modal({ close: plain(25) }, section(1))],
	[
		"3,000 characters of what it carries",
		modal({ private_metadata: words(3000) }, section(1)),
		modal({ private_metadata: words(3001) }, section(1)),
	],
	["a button for what is asked", modal({}, boxes(1)), (({ submit: _, ...rest }) => rest)(modal({}, boxes(1)))],
	["a sentence for notifications", message(section(1)), { text: "", blocks: [section(1)] }],
	["words that stay words", message(section(1)), message({ type: "section", text: { type: "mrkdwn", text: "a" } })],
	[
		"signs that stay signs",
		message({ type: "header", text: plain(1) }),
		message({ type: "header", text: { type: "plain_text", text: ":a:" } }),
	],
	["blocks that we know", message({ type: "divider" }), message({ type: "table" })],
	["blocks at all", message(section(1)), { text: "Words." }],
];

describe("a limit of Slack's", () => {
	for (const [what, well, over] of LIMITS) {
		it(`is kept to, and said when it is passed: ${what}`, () => {
			assert.deepEqual(blockProblems(well), []);
			assert.equal(blockProblems(over).length, 1, blockProblems(over).join("; "));
		});
	}
});
