/**
 * Who did something in Slack, where, and how they can be answered there. Pure. Must never take an id from what a card
 * carries: only from what Slack itself says around it.
 */
import type { Values } from "../../base/json.ts";
import { type Delivery, list, record, text } from "./delivery.ts";

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
	const channel = text(body.channel_id);
	return {
		home: text(body.team_id),
		user: text(body.user_id),
		channel,
		direct: channel.startsWith("D") ? "unsure" : "no",
		...optional({ responseUrl: body.response_url, trigger: body.trigger_id }),
		id: named("command", body.trigger_id),
	};
}

function byEvent(body: Values): From {
	const event = record(body.event);
	const channel = text(event.channel);
	const isMessage = event.type === "message" || event.type === "app_mention";
	const direct = event.channel_type === "im" || event.type === "app_home_opened";
	return {
		home: text(event.user_team) || text(event.source_team) || text(event.team) || text(body.team_id),
		user: text(event.user),
		channel,
		direct: direct ? "yes" : "no",
		...optional({ thread: event.thread_ts }),
		id: isMessage && text(event.ts) !== "" ? `message:${channel}:${text(event.ts)}` : named("event", body.event_id),
	};
}

/** A button, a modal, a shortcut. */
function byHand(body: Values): From {
	const user = record(body.user);
	const container = record(body.container);
	const channel = text(record(body.channel).id) || text(container.channel_id);
	const ts = text(container.message_ts) || text(record(body.message).ts);
	const { thread_ts: thread } = record(body.message);
	const pressed = body.type === "block_actions" && ts !== "" && body.view === undefined;
	const ephemeral = container.is_ephemeral === true;
	return {
		home: text(user.team_id) || text(record(body.team).id),
		user: text(user.id),
		channel,
		direct: channel.startsWith("D") && !ephemeral ? (pressed ? "yes" : "unsure") : "no",
		...optional({
			thread: thread === ts ? undefined : thread,
			responseUrl: body.response_url,
			trigger: body.trigger_id,
		}),
		...(pressed ? { message: { ts, ephemeral } } : {}),
		...(body.view === undefined || body.view === null ? {} : { view: record(body.view) }),
		id: idOf(body),
	};
}

function idOf(body: Values): string {
	const view = text(record(body.view).id);
	switch (body.type) {
		case "block_actions": {
			const action = record(list(body.actions)[0]);
			const who = text(record(body.user).id);
			return named(`press:${who}:${text(action.action_id)}`, action.action_ts);
		}
		case "view_submission":
			return named(`sent:${view}`, body.trigger_id);
		case "view_closed":
			return named("closed", view);
		default:
			return named(text(body.type), body.trigger_id ?? body.action_ts);
	}
}

function named(kind: string, id: Values[string] | undefined): string {
	return text(id) === "" ? "" : `${kind}:${text(id)}`;
}

type Optional = "thread" | "responseUrl" | "trigger";

function optional(found: { readonly [name in Optional]?: Values[string] | undefined }) {
	const set = Object.entries(found).filter(([, value]) => typeof value === "string" && value !== "");
	return Object.fromEntries(set) as { readonly [name in Optional]?: string };
}
