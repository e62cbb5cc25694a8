/**
 * The manifest with its icons as the zip that Teams takes. Must give the same bytes for the same manifest, whenever and
 * wherever it is made.
 */
import type { Values } from "../../base/json.ts";

type Icons = { readonly color: Uint8Array; readonly outline: Uint8Array };

/** A zip knows no time zone: a local time comes out the same everywhere. */
const MADE = "1980-01-01T00:00:00";

/** Packs it. */
export async function teamsPackage(manifest: Values, { color, outline }: Icons): Promise<Uint8Array> {
	const { strToU8, zipSync } = await import("fflate");
	const files = { "manifest.json": strToU8(manifestText(manifest)), "color.png": color, "outline.png": outline };
	return zipSync(files, { mtime: MADE, level: 9 });
}

/** The manifest as it stands in the zip. */
export function manifestText(manifest: Values): string {
	return `${JSON.stringify(manifest, null, "\t")}\n`;
}
