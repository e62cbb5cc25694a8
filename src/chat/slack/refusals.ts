/**
 * Slack's words for "no", and what each means for what was to be said: not there any more, not now, perhaps done, not
 * until an operator mends something. Goes by the word alone. Must never take a word it does not know for a passing one.
 */

/**
 * `gone`: the message, or the moment of a modal; say it anew. `later`: not done; again soon. `perhaps`: may have been done. `token`: nothing goes in
 * that workspace. `method`: this call does not, others may. `place`, `person`: nothing goes there. `message`: not as it is.
 */
type Sort = "gone" | "later" | "perhaps" | "token" | "method" | "place" | "person" | "message";

/** What a word means. `is`: what is so, as the end of a sentence about it; `remedy`: what mends it. */
export type Refusal = { readonly sort: Sort; readonly is: string; readonly remedy: string };

/** Reads a word of Slack's. A word we do not know is about the message: refused for good, and told. */
export function refusalOf(word: string): Refusal {
	const known = Object.hasOwn(TABLE, word) ? TABLE[word] : undefined;
	if (known === undefined) return { sort: "message", is: `Slack said "${word}"`, remedy: LOOK_UP };
	const [sort, is, remedy] = known;
	return { sort, is, remedy: remedy ?? "" };
}

type Row = readonly [Sort, string, string?];

const TOKEN = "Slack app settings, Install App: install it again, and give Sopwith the new bot token (xoxb-).";
const REINSTALL =
	"Slack app settings: upload manifest/slack.json again, then install the app again, which grants its scopes.";
const ADMIN = "Ask an administrator of that workspace to let the app in, or to lift what holds it back.";
const INVITE =
	"Open the channel in Slack and write /invite with the app's name, or change the channel in the client's file.";
const CHANNEL =
	"Write the id of a channel that is there (Slack, channel details, at the bottom) into the client's file.";
const PERSON = "Change that person's `slack:` in the roster to WORKSPACE/MEMBER of an account that is there.";
const OURS = "Nobody can mend this in Slack: report it with this line. The run's page shows what could not be posted.";
const LOOK_UP =
	"Look the word up in Slack's documentation of its methods; the run's page shows what could not be posted.";

/** Source: the errors listed at https://docs.slack.dev/reference/methods of each method we call. */
const TABLE: { readonly [word: string]: Row } = {
	message_not_found: ["gone", "the message is not there any more"],
	cant_update_message: ["gone", "the message cannot be edited by this app"],
	edit_window_closed: ["gone", "the message is too old to be edited"],
	block_mismatch: ["gone", "the message cannot become this one"],
	thread_not_found: ["gone", "the thread is not there any more"],
	expired_trigger_id: ["gone", "the moment to open it has passed"],
	exchanged_trigger_id: ["gone", "something else was opened in its place"],
	invalid_trigger_id: ["gone", "Slack does not know what it was opened from"],
	trigger_exchanged: ["gone", "something else was opened in its place"],
	trigger_expired: ["gone", "the moment to open it has passed"],
	not_found: ["gone", "the modal is not there any more"],
	push_limit_reached: ["gone", "three modals lie over each other already"],
	hash_conflict: ["gone", "the modal has changed meanwhile"],

	ratelimited: ["later", "Slack is busy"],
	rate_limited: ["later", "Slack is busy"],
	message_limit_exceeded: ["later", "the workspace has reached its limit of messages"],
	service_unavailable: ["later", "Slack is not available"],
	request_timeout: ["later", "Slack did not get the whole request"],
	update_failed: ["later", "Slack could not edit the message"],
	streaming_state_conflict: ["later", "the message is being written to"],
	external_channel_migrating: ["later", "the channel is being moved"],
	team_added_to_org: ["later", "the workspace is being moved to an organisation"],
	org_login_required: ["later", "the workspace is being moved to an organisation"],
	accesslimited: ["later", "Slack does not take calls from this network just now"],

	internal_error: ["perhaps", "Slack failed in between"],
	fatal_error: ["perhaps", "Slack failed in between"],

	invalid_auth: ["token", "the bot token is not accepted", TOKEN],
	not_authed: ["token", "the bot token is not where it should be", TOKEN],
	account_inactive: ["token", "the bot's account is closed", TOKEN],
	token_revoked: ["token", "the bot token was revoked", TOKEN],
	tokens_revoked: ["token", "the bot token was revoked", TOKEN],
	token_expired: ["token", "the bot token has expired", TOKEN],
	app_uninstalled: ["token", "the app was uninstalled", TOKEN],
	other_team: [
		"token",
		"the bot token belongs to another workspace",
		"Give each workspace in msp.yaml its own bot token.",
	],
	second_token: ["token", "two bot tokens are for this workspace", "Leave one of them out in msp.yaml."],
	org_install: [
		"token",
		"the bot token is of an installation for a whole organisation, which Sopwith cannot work with",
		"Install the app in the workspace itself, not for the organisation, and give Sopwith that workspace's bot token.",
	],
	two_factor_setup_required: ["token", "two-factor sign-in is to be set up first", ADMIN],
	access_denied: ["token", "the workspace refuses the app", ADMIN],
	ekm_access_denied: ["token", "administrators have suspended posting", ADMIN],
	enterprise_is_restricted: ["token", "the organisation refuses the app", ADMIN],
	team_access_not_granted: ["token", "the app has no access to the workspace", ADMIN],

	missing_scope: ["method", "the app lacks a scope", REINSTALL],
	not_allowed_token_type: ["method", "this kind of token is not taken", TOKEN],
	no_permission: ["method", "the app lacks a permission", REINSTALL],
	method_deprecated: ["method", "Slack does not offer this call any more", OURS],
	deprecated_endpoint: ["method", "Slack does not offer this call any more", OURS],
	unknown_method: ["method", "there is no such call", OURS],

	app_rate_limited: [
		"method",
		"Slack hands over no more for a while, after 30,000 deliveries in an hour",
		"It goes on by itself. Look in Slack for what writes to Sopwith so often.",
	],

	not_in_channel: ["place", "Sopwith is not in that channel", INVITE],
	member_left_channel: ["place", "Sopwith was taken out of that channel", INVITE],
	channel_left: ["place", "Sopwith was taken out of that channel", INVITE],
	channel_not_found: [
		"place",
		"there is no such channel, or Sopwith cannot see it",
		`${CHANNEL} In a private channel, invite the app first.`,
	],
	channel_deleted: ["place", "the channel was deleted", CHANNEL],
	is_archived: ["place", "the channel is archived", `Unarchive it in Slack, or: ${CHANNEL}`],
	channel_archive: ["place", "the channel was archived", `Unarchive it in Slack, or: ${CHANNEL}`],
	is_inactive: ["place", "the channel is archived, frozen or deleted", `Unarchive it in Slack, or: ${CHANNEL}`],
	team_not_found: ["place", "the workspace of that channel is not there", CHANNEL],
	restricted_action: ["place", "the workspace does not let apps post there", ADMIN],
	restricted_action_read_only_channel: ["place", "the channel is read-only", ADMIN],
	restricted_action_thread_only_channel: ["place", "the channel takes replies only", CHANNEL],
	restricted_action_non_threadable_channel: ["place", "the channel takes no replies", CHANNEL],
	method_not_supported_for_channel_type: ["place", "that is no channel to post in", CHANNEL],
	messages_tab_disabled: ["place", "the app takes no direct messages", REINSTALL],

	user_not_found: ["person", "there is no such account", PERSON],
	users_not_found: ["person", "there is no such account", PERSON],
	user_disabled: ["person", "the account is deactivated", PERSON],
	user_not_visible: ["person", "Sopwith cannot see that account", PERSON],
	user_not_in_channel: [
		"person",
		"they are not in that channel",
		"Invite them, or let them write to Sopwith directly.",
	],
	cannot_dm_bot: ["person", "the account is a bot", PERSON],
	invalid_user_combination: ["person", "the account is of another organisation", PERSON],
	not_enough_users: ["person", "there is no such account", PERSON],

	view_too_large: ["message", "the modal is too large", OURS],
	msg_too_long: ["message", "the message is too long", OURS],
	msg_blocks_too_long: ["message", "the message is too long", OURS],
	no_text: ["message", "the message has no words", OURS],
	invalid_blocks: ["message", "the message is not drawn as Slack wants it", OURS],
	invalid_blocks_format: ["message", "the message is not drawn as Slack wants it", OURS],
	invalid_attachments: ["message", "the message is not drawn as Slack wants it", OURS],
	too_many_attachments: ["message", "the message has too many parts", OURS],
	invalid_arguments: ["message", "the call is not as Slack wants it", OURS],
	invalid_arg_name: ["message", "the call is not as Slack wants it", OURS],
	invalid_array_arg: ["message", "the call is not as Slack wants it", OURS],
	invalid_charset: ["message", "the call is not as Slack wants it", OURS],
	invalid_form_data: ["message", "the call is not as Slack wants it", OURS],
	invalid_post_type: ["message", "the call is not as Slack wants it", OURS],
	missing_post_type: ["message", "the call is not as Slack wants it", OURS],
	invalid_metadata_format: ["message", "the call is not as Slack wants it", OURS],
	invalid_metadata_schema: ["message", "the call is not as Slack wants it", OURS],
	metadata_too_large: ["message", "the message is too long", OURS],
	cannot_reply_to_message: ["message", "that message takes no replies", OURS],
};
