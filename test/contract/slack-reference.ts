/**
 * What Slack's reference says of the methods we call: the arguments each takes, the scopes of which one is needed, its own
 * words for "no". Facts only. Must never name a method that nothing here calls.
 * Source: https://docs.slack.dev/reference/methods, of each method
 */

export type Reference = {
	readonly required: readonly string[];
	readonly optional?: readonly string[];
	/** One of these. None: any token will do. */
	readonly scopes: readonly string[];
	/** The type of its arguments in Slack's own library. */
	readonly type: string;
	/** Words of its own, but for those about arguments that we never send. */
	readonly errors?: readonly string[];
};

const SHOWN = ["attachments", "blocks", "text", "markdown_text", "link_names", "parse"];
const AUTHOR = ["as_user", "icon_emoji", "icon_url", "username"];

export const METHODS: { readonly [method: string]: Reference } = {
	"api.test": { required: [], optional: ["error", "foo"], scopes: [], type: "APITestArguments" },
	"apps.connections.open": { required: [], scopes: ["connections:write"], type: "AppsConnectionsOpenArguments" },
	"auth.test": { required: [], scopes: [], type: "AuthTestArguments" },
	"bots.info": { required: [], optional: ["bot", "team_id"], scopes: ["users:read"], type: "BotsInfoArguments" },
	"chat.postEphemeral": {
		...{ required: ["channel", "user"], optional: [...SHOWN, ...AUTHOR, "thread_ts"], scopes: ["chat:write"] },
		type: "ChatPostEphemeralArguments",
		errors: words(`cannot_reply_to_message channel_not_found invalid_attachments invalid_blocks invalid_blocks_format
			is_archived message_limit_exceeded messages_tab_disabled msg_too_long no_text not_in_channel restricted_action
			too_many_attachments user_not_in_channel`),
	},
	"chat.postMessage": {
		required: ["channel"],
		optional: [...SHOWN, ...AUTHOR, ...words("metadata mrkdwn reply_broadcast thread_ts unfurl_links unfurl_media")],
		scopes: ["chat:write"],
		type: "ChatPostMessageArguments",
		errors: words(`channel_not_found invalid_blocks invalid_blocks_format is_archived msg_blocks_too_long msg_too_long
			no_text not_in_channel rate_limited restricted_action restricted_action_non_threadable_channel
			restricted_action_read_only_channel restricted_action_thread_only_channel team_not_found too_many_attachments`),
	},
	"chat.update": {
		...{ required: ["channel", "ts"], optional: [...SHOWN, "as_user", "file_ids", "metadata", "reply_broadcast"] },
		...{ scopes: ["chat:write"], type: "ChatUpdateArguments" },
		errors: words(`block_mismatch cant_update_message channel_not_found edit_window_closed external_channel_migrating
			invalid_attachments invalid_blocks invalid_blocks_format is_inactive message_not_found msg_too_long no_text
			streaming_state_conflict team_not_found too_many_attachments update_failed`),
	},
	"conversations.info": {
		...{ required: ["channel"], optional: ["include_locale", "include_num_members"] },
		...{ scopes: ["channels:read", "groups:read", "im:read", "mpim:read"], type: "ConversationsInfoArguments" },
		errors: ["channel_not_found", "team_not_found"],
	},
	"conversations.open": {
		...{ required: [], optional: ["channel", "users", "return_im", "prevent_creation"] },
		...{ scopes: ["channels:manage", "groups:write", "im:write", "mpim:write"], type: "ConversationsOpenArguments" },
		errors: words(`channel_not_found invalid_user_combination method_not_supported_for_channel_type not_enough_users
			user_disabled user_not_found user_not_visible`),
	},
	"users.info": {
		...{ required: ["user"], optional: ["include_locale"], scopes: ["users:read"], type: "UsersInfoArguments" },
		errors: ["user_not_found", "user_not_visible"],
	},
	"users.lookupByEmail": {
		...{ required: ["email"], scopes: ["users:read.email"], type: "UsersLookupByEmailArguments" },
		errors: ["users_not_found"],
	},
	"views.open": { required: ["view", "trigger_id"], scopes: [], type: "ViewsOpenArguments" },
	"views.publish": {
		...{ required: ["user_id", "view"], optional: ["hash"], scopes: [], type: "ViewsPublishArguments" },
	},
	"views.push": { required: ["view", "trigger_id"], scopes: [], type: "ViewsPushArguments" },
	"views.update": {
		...{ required: ["view"], optional: ["view_id", "external_id", "hash"], scopes: [], type: "ViewsUpdateArguments" },
	},
};

/** Words that every method may answer. */
export const ERRORS_OF_ALL = words(`access_denied accesslimited account_inactive deprecated_endpoint ekm_access_denied
	enterprise_is_restricted fatal_error internal_error invalid_arg_name invalid_arguments invalid_array_arg invalid_auth
	invalid_charset invalid_form_data invalid_post_type method_deprecated missing_post_type missing_scope no_permission
	not_allowed_token_type not_authed org_login_required ratelimited request_timeout service_unavailable
	team_access_not_granted team_added_to_org token_expired token_revoked two_factor_setup_required`);

function words(text: string): readonly string[] {
	return text.split(/\s+/u);
}
