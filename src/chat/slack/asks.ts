/**
 * What the app asks of Slack, each with why: its commands, shortcuts, scopes and events. The manifest is made from it, the
 * doctor measures by it, and what comes in is told apart by it. Must never hold what nothing here uses.
 */

/** The one command that takes every other as its first word: `/sopwith runs`. */
export const COMMAND = "/sopwith";
/** Where Slack calls over HTTP: commands, presses, dialogs and events alike. */
export const ROUTE = "/slack/events";

/** Their ids come back in `callback_id`. */
export const SHORTCUTS = {
	/** From the lightning menu, anywhere. */
	start: { id: "start", type: "global", name: "Start a procedure", about: "Choose an SOP and fill in its form" },
	/** Among a message's actions: that one message comes with it. */
	startFrom: {
		id: "start-from",
		type: "message",
		name: "Start from this message",
		about: "Start an SOP from this message, with its words filled in",
	},
} as const;

/** Bot scopes. Source: https://docs.slack.dev/reference/scopes */
export const SCOPES = {
	commands: "slash commands and shortcuts",
	"chat:write": "posts and edits its own cards, where it was added; answers that one person alone sees",
	"im:write": "opens the conversation with somebody it has to ask",
	"im:history": "hears what people write to it in their own conversation with it",
	"app_mentions:read": "hears messages in channels that mention it, and no others",
	"channels:read":
		"learns that it was added to, or taken out of, a public channel; the doctor looks whether it is there",
	"groups:read": "the same for private channels it is in",
	"users:read": "tells members from guests, people of other organisations, bots and accounts that were closed",
	"users:read.email": "knows people by their confirmed address in a workspace of their own",
} as const;

/** Events. Source: https://docs.slack.dev/reference/events */
export const EVENTS = {
	app_home_opened: "draws the Home of who opened it",
	app_mention: "a command in a channel",
	"message.im": "a command in somebody's own conversation with it",
	member_joined_channel: "says hello where it was added",
	channel_left: "tells an operator that it was taken out of a channel",
	group_left: "the same for private channels",
	app_uninstalled: "tells an operator that a workspace took it out",
	tokens_revoked: "tells an operator that its token was taken away",
} as const;
