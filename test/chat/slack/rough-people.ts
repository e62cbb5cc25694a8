/**
 * People before rough Slack, several at once and in several workspaces, with our whole Slack side behind real sockets: what
 * they type, press, send and close is delivered signed, and Slack's own part in each answer is played. Must never reach into
 * the bot.
 */
import assert from "node:assert/strict";
import { isRecord, type Json, type Values } from "../../../src/base/json.ts";
import { Secret } from "../../../src/base/secret.ts";
import { toMs } from "../../../src/base/time.ts";
import { buttonIn, type Slack } from "../../fixtures/slack.ts";
import { stateOf, type Typed } from "../../fixtures/slack-fill.ts";
import { bodyOf, type Kind, parsed, signed } from "../../fixtures/slack-payload.ts";
import { APP, PEOPLE, type SlackWho, TEAM } from "../../fixtures/slack-people.ts";
import { until } from "../../fixtures/until.ts";
import { HARRIET } from "../world.ts";
import { type Message, OTHER, openRoughSlack } from "./rough-slack.ts";
import { type OpenView, type Seat, shown } from "./rough-views.ts";
import { openSlackWorld } from "./slack-world.ts";

export type RoughPeople = Awaited<ReturnType<typeof openRoughPeople>>;
export type Answered = { readonly status: number; readonly body: Json };

export const seat = (who: SlackWho): Seat => ({ team: TEAM, user: PEOPLE[who].id });
/** Harriet's account in a second workspace, linked to her. */
export const HARRIET_THERE: Seat = { team: OTHER.team, user: "U77HARRIET" };
/** Where somebody speaks with Sopwith alone. */
export const chatOf = ({ user }: Seat): string => `D${user.slice(1)}`;

/** As `openSlackWorld` takes them. */
type Around = Pick<NonNullable<Parameters<typeof openSlackWorld>[0]>, "around" | "sops">;

export async function openRoughPeople(more: Around = {}) {
	const slack = await openRoughSlack();
	slack.users.set(HARRIET_THERE.user, { id: HARRIET_THERE.user, team_id: OTHER.team, name: "harriet" });
	// It is asked for no more than where it is.
	const played = { api: slack.base, deliverTo: () => undefined } as unknown as Slack;
	const tokens = [{ token: new Secret(APP.bot) }, { token: new Secret(OTHER.token), team: OTHER.team }];
	const world = await openSlackWorld({ ...more, way: "http", slack: played, tokens });
	assert.equal(world.links.link("slack", `${HARRIET_THERE.team}/${HARRIET_THERE.user}`, HARRIET), "linked");
	const { views } = slack;
	const deliveries: { readonly kind: Kind; readonly payload: Values; answer: Answered | undefined }[] = [];
	let count = 0;
	const stamp = (): string => `1700000100.${String(++count).padStart(6, "0")}`;

	const deliver = async (kind: Kind, payload: Values): Promise<Answered> => {
		const delivery: (typeof deliveries)[number] = { kind, payload, answer: undefined };
		deliveries.push(delivery);
		const [body, type] = bodyOf(kind, payload);
		const second = Math.floor(toMs(world.clock.now()) / 1000);
		const answer = await world.post(body, { "content-type": type, ...signed(body, second) });
		delivery.answer = { status: answer.status, body: parsed(answer.body) };
		return delivery.answer;
	};
	const event = (team: string, inner: Values): Promise<Answered> =>
		deliver("events_api", {
			...{ token: "unused", team_id: team, api_app_id: APP.id, type: "event_callback", event_id: `Ev${stamp()}` },
			...{ event_time: 1_700_000_100, is_ext_shared_channel: false, event_context: "4-x" },
			event: { event_ts: stamp(), ...inner },
			authorizations: [
				{ enterprise_id: null, team_id: team, user_id: APP.botUser, is_bot: true, is_enterprise_install: false },
			],
		});
	const by = ({ team, user }: Seat): Values => ({
		...{ team: { id: team, domain: "x" }, user: { id: user, username: "x", name: "x", team_id: team } },
		...{ api_app_id: APP.id, token: "unused", enterprise: null, is_enterprise_install: false },
	});
	/** Does something, and gives the modal that opened of it. */
	const opened = async (who: Seat, act: () => Promise<unknown>): Promise<OpenView> => {
		const before = new Set(views.of(who));
		await act();
		return until(() => views.of(who).find((view) => !before.has(view)));
	};

	return {
		...{ world, slack, deliver, event, deliveries, opened },
		/** Types a line to Sopwith alone, or in a channel. */
		say: (who: Seat, text: string, more: Values = {}): Promise<Answered> => {
			const own = { channel: chatOf(who), channel_type: "im" };
			return event(who.team, {
				...{ type: "message", user: who.user, team: who.team, ts: stamp(), text, ...own },
				...more,
			});
		},
		command: (who: Seat, command: string, text = "", channel = chatOf(who)): Promise<Answered> =>
			deliver("slash_commands", {
				...{ token: "unused", team_id: who.team, team_domain: "x", user_id: who.user, user_name: "x" },
				...{ channel_id: channel, channel_name: "x", command, text, api_app_id: APP.id },
				...{ is_enterprise_install: "false", trigger_id: views.trigger(who), response_url: slack.respondAt(stamp()) },
			}),
		/** A shortcut of the app, from a message or from anywhere. */
		shortcut: (who: Seat, callback: string, message?: Values): Promise<Answered> =>
			deliver("interactive", {
				...{ ...by(who), callback_id: callback, action_ts: stamp(), trigger_id: views.trigger(who) },
				...(message === undefined
					? { type: "shortcut" }
					: {
							...{ type: "message_action", message, message_ts: stamp(), response_url: slack.respondAt(stamp()) },
							channel: { id: "C02LOUNGE", name: "lounge" },
						}),
			}),
		press: (who: Seat, { channel, ts, body }: Message, button: string, typed: Typed = {}): Promise<Answered> => {
			const blocks = (body.blocks ?? []) as readonly Values[];
			return deliver("interactive", {
				...{
					...by(who),
					type: "block_actions",
					trigger_id: views.trigger(who),
					response_url: slack.respondAt(stamp()),
				},
				container: { type: "message", message_ts: ts, channel_id: channel, is_ephemeral: false },
				channel: { id: channel, name: "directmessage" },
				message: { type: "message", ts, user: APP.botUser, bot_id: "B01", ...body },
				state: { values: stateOf(blocks, typed) },
				actions: [{ ...buttonIn(blocks, button), action_ts: stamp() }],
			});
		},
		pressIn: (who: Seat, view: OpenView, button: string, typed: Typed = {}): Promise<Answered> => {
			const blocks = (view.body.blocks ?? []) as readonly Values[];
			return deliver("interactive", {
				...{ ...by(who), type: "block_actions", trigger_id: views.trigger(who, view) },
				...{ container: { type: "view", view_id: view.id }, view: shown(view, stateOf(blocks, typed)) },
				actions: [{ ...buttonIn(blocks, button), action_ts: stamp() }],
			});
		},
		/** Types into a list that is loaded as one types. */
		suggest: (who: Seat, view: OpenView, block: Values, typed: string): Promise<Answered> => {
			const element = isRecord(block.element) ? block.element : {};
			return deliver("interactive", {
				...{ ...by(who), type: "block_suggestion", value: typed, view: shown(view) },
				...{ container: { type: "view", view_id: view.id }, block_id: block.block_id ?? "" },
				action_id: element.action_id ?? "",
			});
		},
		/** Sends a modal with what is typed in it; Slack then does what it was answered. */
		submit: async (who: Seat, view: OpenView, typed: Typed = {}): Promise<Answered> => {
			assert(views.isOpen(view), "the modal is not open any more");
			const state = stateOf((view.body.blocks ?? []) as readonly Values[], typed);
			const answer = await deliver("interactive", {
				...{ ...by(who), type: "view_submission", trigger_id: views.trigger(who, view), response_urls: [] },
				view: shown(view, state),
			});
			const body = isRecord(answer.body) ? answer.body : {};
			if (answer.status !== 200 || body.response_action === "errors") return answer;
			if (body.response_action === "update") views.replace(view, body.view as Values);
			else if (body.response_action === "push") views.put(who, body.view as Values, view);
			else views.close(view, body.response_action === "clear");
			return answer;
		},
		/** Closes a modal. The bot hears of it where it asked to. */
		close: async (who: Seat, view: OpenView): Promise<Answered | undefined> => {
			views.close(view);
			if (view.body.notify_on_close !== true) return undefined;
			return deliver("interactive", { ...by(who), type: "view_closed", view: shown(view), is_cleared: false });
		},
		end: async (): Promise<void> => {
			await world.end();
			await slack.close();
		},
	};
}
