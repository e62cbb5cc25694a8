/**
 * What Slack takes as a manifest, written out from its published schema and pages, since it has no validator that works
 * without an account. Must never be kinder than they are.
 *
 * Sources: https://github.com/slackapi/manifest-schema (schemas/manifest.schema.2.0.0.json) for members, lengths and counts;
 * https://docs.slack.dev/reference/app-manifest for what belongs together; https://docs.slack.dev/reference/events for the
 * scope that each event needs; https://docs.slack.dev/interactivity/implementing-slash-commands for names.
 */
import { z } from "zod";

const text = (least: number, most: number) => z.string().min(least).max(most);
const address = (most: number) => z.url({ protocol: /^https$/ }).max(most);

const command = z.strictObject({
	command: text(2, 32).regex(/^\/[a-z0-9][a-z0-9_-]*$/),
	url: address(3000).optional(),
	description: text(1, 2000),
	usage_hint: text(1, 1000).optional(),
	should_escape: z.boolean().optional(),
});
const shortcut = z.strictObject({
	name: text(1, 24),
	type: z.enum(["message", "global"]),
	callback_id: text(1, 255),
	description: text(1, 150),
});
const names = z.array(text(1, 50)).max(100);

const shape = z.strictObject({
	_metadata: z.strictObject({ major_version: z.literal(2), minor_version: z.int() }),
	display_information: z.strictObject({
		name: text(1, 35),
		description: text(1, 140),
		long_description: text(175, 4000),
		background_color: z.string().regex(/^#[0-9a-fA-F]{3}([0-9a-fA-F]{3})?$/),
	}),
	features: z.strictObject({
		app_home: z.strictObject({
			home_tab_enabled: z.boolean(),
			messages_tab_enabled: z.boolean(),
			messages_tab_read_only_enabled: z.boolean(),
		}),
		bot_user: z.strictObject({ display_name: text(1, 80), always_online: z.boolean() }),
		shortcuts: z.array(shortcut).min(1).max(10),
		slash_commands: z.array(command).min(1).max(50),
	}),
	oauth_config: z.strictObject({ scopes: z.strictObject({ bot: z.array(text(1, 50)).max(255) }) }),
	settings: z.strictObject({
		event_subscriptions: z.strictObject({ request_url: address(3500).optional(), bot_events: names }),
		interactivity: z.strictObject({
			is_enabled: z.boolean(),
			request_url: address(3500).optional(),
			message_menu_options_url: address(3500).optional(),
		}),
		org_deploy_enabled: z.boolean(),
		socket_mode_enabled: z.boolean(),
		token_rotation_enabled: z.boolean(),
	}),
});

/** The scopes of which an event needs one; empty: none. */
const NEEDS: { readonly [event: string]: readonly string[] } = {
	app_home_opened: [],
	app_mention: ["app_mentions:read"],
	"message.im": ["im:history"],
	member_joined_channel: ["channels:read", "groups:read"],
	channel_left: ["channels:read"],
	group_left: ["groups:read"],
	channel_archive: ["channels:read"],
	group_archive: ["groups:read"],
	app_uninstalled: [],
	tokens_revoked: [],
	user_change: ["users:read"],
	team_join: ["users:read"],
};
/** Words that a manifest was refused for. Source: https://slack.com/help/articles/201259356-Slash-commands-in-Slack */
const BUILT_IN =
	"archive away call collapse dm dnd expand feed help invite join leave me msg mute open remind remove rename search shrug status topic who".split(
		" ",
	);

/** Everything Slack would refuse it for, in words. Empty: it is taken. */
export function manifestProblems(manifest: unknown): readonly string[] {
	const read = shape.safeParse(manifest);
	if (!read.success) return read.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
	const { features, oauth_config, settings } = read.data;
	const { event_subscriptions: events, interactivity, socket_mode_enabled: isSocket } = settings;
	const commands = features.slash_commands.map((one) => one.command);
	const scopes = oauth_config.scopes.bot;
	const called = [events.request_url, interactivity.request_url, ...features.slash_commands.map(({ url }) => url)];
	return [
		...twice(commands).map((one) => `${one} stands there twice`),
		...twice(features.shortcuts.map((one) => one.callback_id)).map((one) => `the shortcut ${one} stands there twice`),
		...twice([...scopes, ...events.bot_events]).map((one) => `${one} is asked for twice`),
		...commands.filter((one) => BUILT_IN.includes(one.slice(1))).map((one) => `${one} is Slack's own`),
		...events.bot_events.flatMap((event) => lacking(event, scopes)),
		...(isSocket || called.every((url) => url !== undefined) ? [] : ["without Socket Mode each needs its address"]),
		...(scopes.includes("commands") ? [] : ["slash commands and shortcuts need the scope commands"]),
	];
}

function lacking(event: string, scopes: readonly string[]): readonly string[] {
	const needed = NEEDS[event];
	if (needed === undefined) return [`nothing is known of the event ${event}`];
	const isGiven = needed.length === 0 || needed.some((scope) => scopes.includes(scope));
	return isGiven ? [] : [`the event ${event} needs ${needed.join(" or ")}`];
}

function twice(all: readonly string[]): readonly string[] {
	return all.filter((one, index) => all.indexOf(one) !== index);
}
