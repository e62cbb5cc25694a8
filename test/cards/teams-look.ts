/**
 * How Teams draws cards: what it is sent, its host configs in three themes, and a page that draws with them. Sizes and
 * colours are Teams' published ones; high contrast has one colour for all text. Must never be kinder to the eye than Teams.
 *
 * Sources: https://github.com/microsoft/AdaptiveCards/tree/main/samples/HostConfig (microsoft-teams-light.json and
 * -dark.json), and for high contrast https://github.com/MicrosoftDocs/msteams-docs/issues/13042.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import type { Json, Values } from "../../src/base/json.ts";
import { loadCards } from "../../src/cards/load.ts";
import { cardOf } from "../../src/chat/teams/message.ts";
import type { State } from "./states.ts";

export type Theme = keyof typeof THEMES;
type Ink = { readonly default: string; readonly subtle: string };

export const THEMES = {
	light: {
		back: { default: "#ffffff", emphasis: "#f9f8f7" },
		text: { default: "#252424", subtle: "#bf252424" },
		accent: { default: "#6264a7", subtle: "#8b8cc7" },
		good: { default: "#92c353", subtle: "#e592c353" },
		warning: { default: "#f8d22a", subtle: "#e5f8d22a" },
		attention: { default: "#c4314b", subtle: "#e5c4314b" },
	},
	dark: {
		back: { default: "#2d2c2c", emphasis: "#292828" },
		text: { default: "#ffffff", subtle: "#bfffffff" },
		accent: { default: "#a6a7dc", subtle: "#8b8cc7" },
		good: { default: "#92c353", subtle: "#e592c353" },
		warning: { default: "#f8d22a", subtle: "#e5f8d22a" },
		attention: { default: "#d74654", subtle: "#e5d74654" },
	},
	contrast: {
		back: { default: "#000000", emphasis: "#000000" },
		text: { default: "#ffffff", subtle: "#ffffff" },
		accent: { default: "#ffffff", subtle: "#ffffff" },
		good: { default: "#ffffff", subtle: "#ffffff" },
		warning: { default: "#ffffff", subtle: "#ffffff" },
		attention: { default: "#ffffff", subtle: "#ffffff" },
	},
} as const;

/** The host config of a theme, as the renderer takes it. */
export function teamsConfig(theme: Theme): Json {
	const { back, text, accent, good, warning, attention } = THEMES[theme];
	const inks: { readonly [name: string]: Ink } = {
		default: text,
		dark: text,
		light: text,
		accent,
		good,
		warning,
		attention,
	};
	const style = (backgroundColor: string): Json => ({ backgroundColor, foregroundColors: inks });
	const fontSizes = { small: 12, default: 14, medium: 14, large: 18, extraLarge: 24 };
	const fontWeights = { lighter: 200, default: 400, bolder: 600 };
	const font = (fontFamily: string): Json => ({ fontFamily, fontSizes, fontWeights });
	return {
		choiceSetInputValueSeparator: ",",
		supportsInteractivity: true,
		spacing: { small: 8, default: 12, medium: 16, large: 20, extraLarge: 24, padding: 16 },
		separator: { lineThickness: 1, lineColor: "#EEEEEE" },
		fontTypes: {
			default: font("'Segoe UI', Tahoma, Geneva, Verdana, sans-serif"),
			monospace: font("'Courier New', Courier, monospace"),
		},
		textBlock: { headingLevel: 2 },
		containerStyles: { default: style(back.default), emphasis: style(back.emphasis) },
		actions: {
			maxActions: 6,
			spacing: "Default",
			buttonSpacing: 8,
			showCard: { actionMode: "Inline", inlineTopMargin: 16, style: "emphasis" },
			actionsOrientation: "Horizontal",
			actionAlignment: "Left",
		},
		adaptiveCard: { allowCustomStyle: false },
	};
}

const root = join(import.meta.dirname, "../..");
const cards = loadCards(join(root, "cards"));
const bundle = readFileSync(join(root, "node_modules/adaptivecards/dist/adaptivecards.min.js"), "utf8");

/** A state as Teams is sent it. */
export function teamsCard({ drawn, asked }: State): Values {
	const mentions = asked.map((name, at) => ({ id: `user-${at}`, name }));
	return cardOf(cards, drawn, mentions);
}

/** Text is not read as Markdown: what Teams would read there is `inert.ts`'s. A mention stands out, as in Teams. */
const script = (theme: Theme): string => `
const { AdaptiveCard, HostConfig } = AdaptiveCards;
AdaptiveCard.onProcessMarkdown = (text, result) => {
	const paragraph = document.createElement("p");
	paragraph.textContent = text;
	result.outputHtml = paragraph.innerHTML.replaceAll(/&lt;at&gt;(.*?)&lt;\\/at&gt;/gu, '<span class="at">$1</span>');
	result.didProcess = true;
};
globalThis.draw = (payload) => {
	const card = new AdaptiveCard();
	card.hostConfig = new HostConfig(${JSON.stringify(teamsConfig(theme))});
	card.parse(payload);
	const slot = document.querySelector("main");
	slot.replaceChildren(card.render());
};
globalThis.overflow = () => document.documentElement.scrollWidth - innerWidth;
/* What comes later in the document stands lower, or on the same row further right. */
globalThis.outOfOrder = () => {
	const seen = [...document.querySelectorAll("main :is(.ac-textBlock, .ac-richTextBlock, input, select, textarea, button)")]
		.map((each) => [each, each.getBoundingClientRect()])
		.filter(([, box]) => box.width > 0 && box.height > 0);
	return seen.slice(1).flatMap(([each, box], at) => {
		const before = seen[at][1];
		const lower = box.bottom >= before.bottom - 1 && box.top >= before.top - 1;
		const right = box.left >= before.right - 1 && box.top < before.bottom;
		return lower || right ? [] : [each.textContent || each.tagName];
	});
};`;

/** Buttons and inputs as plain as Teams has them; the rest is the renderer's. */
function styleOf(theme: Theme): string {
	const { back, text, accent } = THEMES[theme];
	const [brand, edge] = theme === "contrast" ? ["#000", "#fff"] : ["#5b5fc7", "transparent"];
	return `body { margin: 0; background: ${theme === "light" ? "#f5f5f5" : back.default} }
main { margin: 8px; max-width: 700px; overflow-wrap: anywhere }
.ac-actionSet { flex-wrap: wrap; row-gap: 8px }
.ac-adaptiveCard { border: 1px solid #8884; border-radius: 4px }
.ac-pushButton { font: 600 14px 'Segoe UI', sans-serif; color: ${text.default}; background: ${back.default};
	border: 1px solid #8886; border-radius: 4px; padding: 5px 12px; max-width: 100% }
.ac-pushButton.style-positive { background: ${brand}; color: #fff; border-color: ${edge} }
.ac-pushButton.style-destructive { color: ${THEMES[theme].attention.default} }
.ac-input { font: 14px 'Segoe UI', sans-serif; color: ${text.default}; background: ${back.emphasis};
	border: 1px solid #888; padding: 5px 8px; box-sizing: border-box }
.at { color: ${accent.default}; font-weight: 600 }`;
}

/** Opens an empty page of that theme. `draw(payload)` draws a card on it. */
export async function teamsPage(browser: Browser, theme: Theme, width: number): Promise<Page> {
	const page = await browser.newPage({ viewport: { width, height: 800 } });
	await page.setContent(`<!doctype html><html lang="en"><style>${styleOf(theme)}</style><main></main></html>`);
	await page.addScriptTag({ content: bundle });
	await page.addScriptTag({ content: script(theme) });
	return page;
}

export async function drawIn(page: Page, payload: Json): Promise<void> {
	await page.evaluate(`draw(${JSON.stringify(payload)})`);
}
