/**
 * Who did something in Slack, where, and how they can be answered there. Pure. Must never take an id from what a card
 * carries: only from what Slack itself says around it.
 */
import { asList, asRecord, asText, type Values } from "../../base/json.ts";
import type { Delivery } from "./delivery.ts";

export type From = {
	/** Whose account: the team it is at home in, and its id there. */
	readonly home: string;
	readonly user: string;
	/** Empty where there is none: App Home, a shortcut. */
	readonly channel: string;
	/** A conversation of one person with Sopwith; `unsure` where Slack says only that it is a direct one. */
	readonly direct: "yes" | "no" | "unsure";
	/** The thread it was typed in. */
	readonly thread?: string;
	/** The message whose button was pressed. `ephemeral`: only they see it. */
	readonly message?: { readonly ts: string; readonly ephemeral: boolean };
	/** Where Slack takes a private answer, five times in half an hour. */
	readonly responseUrl?: string;
	/** Opens a modal within three seconds. */
	readonly trigger?: string;
	/** Done in a modal, not in a message. */
	readonly view?: Values;
	/** The platform's id of what was done; empty where it gives none. */
	readonly id: string;
};

/** Reads it. */
export function fromOf({ body }: Delivery): From {
	if (typeof body.command === "string") return byCommand(body);
	return body.type === "event_callback" ? byEvent(body) : byHand(body);
}

function byCommand(body: Values): From {
	const channel = asText(body.channel_id);
	return {
		home: asText(body.team_id),
		user: asText(body.user_id),
		channel,
		direct: channel.startsWith("D") ? "unsure" : "no",
		...optional({ responseUrl: body.response_url, trigger: body.trigger_id }),
		id: named("command", body.trigger_id),
	};
}

function byEvent(body: Values): From {
	const event = asRecord(body.event);
	const channel = asText(event.channel);
	const isMessage = event.type === "message" || event.type === "app_mention";
	const direct = event.channel_type === "im" || event.type === "app_home_opened";
	return {
		home: asText(event.user_team) || asText(event.source_team) || asText(event.team) || asText(body.team_id),
		user: asText(event.user),
		channel,
		direct: direct ? "yes" : "no",
		...optional({ thread: event.thread_ts }),
		id: isMessage && asText(event.ts) !== "" ? `message:${channel}:${asText(event.ts)}` : named("event", body.event_id),
	};
}

/** A button, a modal, a shortcut. */
function byHand(body: Values): From {
	const user = asRecord(body.user);
	const container = asRecord(body.container);
	const channel = asText(asRecord(body.channel).id) || asText(container.channel_id);
	const ts = asText(container.message_ts) || asText(asRecord(body.message).ts);
	const { thread_ts: thread } = asRecord(body.message);
	const pressed = body.type === "block_actions" && ts !== "" && body.view === undefined;
	const ephemeral = container.is_ephemeral === true;
	return {
		home: asText(user.team_id) || asText(asRecord(body.team).id),
		user: asText(user.id),
		channel,
		direct: channel.startsWith("D") && !ephemeral ? (pressed ? "yes" : "unsure") : "no",
		...optional({
			thread: thread === ts ? undefined : thread,
			responseUrl: body.response_url,
			trigger: body.trigger_id,
		}),
		...(pressed ? { message: { ts, ephemeral } } : {}),
		...(body.view === undefined || body.view === null ? {} : { view: asRecord(body.view) }),
		id: idOf(body),
	};
}

function idOf(body: Values): string {
	const view = asText(asRecord(body.view).id);
	switch (body.type) {
		case "block_actions": {
			const action = asRecord(asList(body.actions)[0]);
			const who = asText(asRecord(body.user).id);
			return named(`press:${who}:${asText(action.action_id)}`, action.action_ts);
		}
		case "view_submission":
			return named(`sent:${view}`, body.trigger_id);
		default:
			return named(asText(body.type), body.trigger_id ?? body.action_ts);
	}
}

function named(kind: string, id: Values[string] | undefined): string {
	return asText(id) === "" ? "" : `${kind}:${asText(id)}`;
}

type Optional = "thread" | "responseUrl" | "trigger";

function optional(found: { readonly [name in Optional]?: Values[string] | undefined }) {
	const set = Object.entries(found).filter(([, value]) => typeof value === "string" && value !== "");
	return Object.fromEntries(set) as { readonly [name in Optional]?: string };
}
