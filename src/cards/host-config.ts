/**
 * How Adaptive Cards look in our own pages: a host config for the browser's renderer whose colours are the page's tokens,
 * so cards follow light and dark. Plain JSON. Must never name a colour, only a token.
 */
import type { Json } from "../base/json.ts";

const fontSizes = { small: 13, default: 15, medium: 16, large: 18, extraLarge: 22 };
const monoSizes = { small: 12, default: 14, medium: 14, large: 16, extraLarge: 18 };

export const hostConfig: Json = {
	fontFamily: "inherit",
	supportsInteractivity: true,
	imageBaseUrl: "",
	fontTypes: {
		default: { fontFamily: "inherit", fontSizes, fontWeights: { lighter: 400, default: 400, bolder: 620 } },
		monospace: {
			fontFamily: "var(--mono)",
			fontSizes: monoSizes,
			fontWeights: { lighter: 400, default: 400, bolder: 600 },
		},
	},
	lineHeights: { small: 19, default: 22, medium: 23, large: 24, extraLarge: 28 },
	spacing: { none: 0, small: 4, default: 8, medium: 14, large: 20, extraLarge: 28, padding: 16 },
	separator: { lineThickness: 1, lineColor: "var(--line)" },
	containerStyles: {
		default: container("transparent"),
		emphasis: container("var(--sunken)"),
		accent: container(tint("accent")),
		good: container(tint("done")),
		warning: container(tint("ask")),
		attention: container(tint("fail")),
	},
	textBlock: { headingLevel: 2 },
	inputs: {
		label: {
			inputSpacing: "small",
			requiredInputs: { weight: "bolder" },
			optionalInputs: { weight: "bolder" },
		},
		errorMessage: { weight: "bolder", color: "attention", size: "small", spacing: "small" },
	},
	actions: {
		maxActions: 3,
		spacing: "medium",
		buttonSpacing: 8,
		actionsOrientation: "horizontal",
		actionAlignment: "left",
		showCard: { actionMode: "inline", inlineTopMargin: 12, style: "emphasis" },
	},
};

function container(backgroundColor: string): Json {
	const foregroundColors = {
		default: colour("ink"),
		dark: colour("ink"),
		light: colour("ink-2"),
		accent: colour("accent"),
		good: colour("done"),
		warning: colour("ask"),
		attention: colour("fail"),
	};
	return { backgroundColor, borderColor: "var(--line)", foregroundColors };
}

function colour(name: string): Json {
	return {
		default: `var(--${name})`,
		subtle: `var(--${name === "ink" ? "ink-2" : name})`,
		highlightColors: { default: "transparent", subtle: "transparent" },
	};
}

function tint(name: string): string {
	return `color-mix(in srgb, var(--${name}) var(--tint), var(--bg))`;
}
