/**
 * The app package of Teams, with our version and the icons of this installation, and the manifest of the Slack app. Must
 * never read a credential.
 */
import { readFileSync } from "node:fs";
import { slackManifest, manifestText as slackText } from "./chat/slack/manifest.ts";
import { teamsManifest } from "./chat/teams/manifest.ts";
import { manifestText, teamsPackage } from "./chat/teams/package.ts";
import type { SlackApp, SlackManifest, TeamsApp, TeamsPackage } from "./command/command.ts";

/** Makes it. Repeat: safe; the same definitions give the same bytes. */
export async function packTeams(about: TeamsApp): Promise<TeamsPackage> {
	const version = about.version ?? String(JSON.parse(ours("package.json").toString("utf8")).version);
	const { manifest, listed, leftOut } = teamsManifest({ ...about, version });
	const icons = { color: ours("manifest/color.png"), outline: ours("manifest/outline.png") };
	return { text: manifestText(manifest), zip: await teamsPackage(manifest, icons), version, listed, leftOut };
}

/** Writes it as text. Repeat: safe; the same definitions give the same bytes. */
export async function writeSlackManifest(about: SlackApp): Promise<SlackManifest> {
	const { manifest, listed, leftOut } = slackManifest(about);
	return { text: slackText(manifest), listed, leftOut };
}

function ours(file: string): Buffer {
	return readFileSync(new URL(`../${file}`, import.meta.url));
}
