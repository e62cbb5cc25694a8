/**
 * The modals and Homes that are open in rough Slack: of several people and workspaces at once, each with its stack, its hash
 * and the triggers that open it. Must never open anything by a trigger that is old, used, or another workspace's.
 * Source: https://docs.slack.dev/surfaces/modals and https://docs.slack.dev/reference/methods/views.open
 */
import { isRecord, type Values } from "../../../src/base/json.ts";

/** Whose account in which workspace. */
export type Seat = { readonly team: string; readonly user: string };
export type OpenView = Seat & {
	readonly id: string;
	/** The first of its stack, and the one below it. */
	readonly root: string;
	readonly previous: string | null;
	hash: string;
	body: Values;
};

const MOST_IN_A_STACK = 3;

export function createViews() {
	const triggers = new Map<string, Seat & { used: boolean; readonly over: string | undefined }>();
	const homes = new Map<string, Values>();
	let open: OpenView[] = [];
	let count = 0;
	const next = (sign: string): string => `${sign}${String(++count).padStart(8, "0")}`;
	const said = (view: OpenView): Values => ({ ok: true, view: shown(view) });
	const put = (at: Seat, body: Values, below?: OpenView): OpenView => {
		const id = next("V");
		const view = { ...at, id, root: below?.root ?? id, previous: below?.id ?? null, hash: next("1700000000.h"), body };
		open.push(view);
		return view;
	};
	const replace = (view: OpenView, body: Values): OpenView => {
		view.body = body;
		view.hash = next("1700000000.h");
		return view;
	};
	const begin = (method: string, team: string, body: Values): Values => {
		const trigger = triggers.get(String(body.trigger_id));
		if (trigger === undefined || trigger.team !== team) return { ok: false, error: "expired_trigger_id" };
		if (trigger.used) return { ok: false, error: "exchanged_trigger_id" };
		if (!isRecord(body.view)) return { ok: false, error: "invalid_arguments" };
		const below = method === "views.push" ? open.find(({ id }) => id === trigger.over) : undefined;
		if (method === "views.push" && below === undefined) return { ok: false, error: "not_found" };
		const stack = open.filter(({ root }) => root === below?.root);
		if (stack.length >= MOST_IN_A_STACK) return { ok: false, error: "push_limit_reached" };
		trigger.used = true;
		const { user } = trigger;
		return said(put({ team, user }, body.view, below));
	};
	const update = (team: string, body: Values): Values => {
		const view = open.find((each) => each.id === body.view_id && each.team === team);
		if (view === undefined || !isRecord(body.view)) return { ok: false, error: "not_found" };
		if (body.hash !== undefined && body.hash !== view.hash) return { ok: false, error: "hash_conflict" };
		return said(replace(view, body.view));
	};
	return {
		call: (method: string, team: string, body: Values): Values => {
			if (method === "views.update") return update(team, body);
			if (method !== "views.publish") return begin(method, team, body);
			if (!isRecord(body.view)) return { ok: false, error: "invalid_arguments" };
			homes.set(`${team}/${String(body.user_id)}`, body.view);
			return { ok: true, view: body.view };
		},
		/** Opens one modal, once. `over`: the view it was pressed in. */
		trigger: ({ team, user }: Seat, over?: OpenView): string => {
			const id = next("trigger.");
			triggers.set(id, { team, user, used: false, over: over?.id });
			return id;
		},
		/** What somebody has open, oldest first. */
		of: ({ team, user }: Seat): readonly OpenView[] => open.filter((each) => each.team === team && each.user === user),
		homeOf: ({ team, user }: Seat) => homes.get(`${team}/${user}`),
		/** Slack's own part in an answer to a modal that was sent. */
		put,
		replace,
		/** Takes away a view, or with all of its stack. */
		close: (view: OpenView, all = false): void => {
			open = open.filter((each) => (all ? each.root !== view.root : each !== view));
		},
		isOpen: (view: OpenView): boolean => open.includes(view),
	};
}

/** As Slack names a view in what it answers and delivers. Source: https://docs.slack.dev/reference/interaction-payloads/view-interactions-payload */
export function shown(view: OpenView, state: Values = {}): Values {
	const { id, team, root, previous, hash, body } = view;
	return {
		...{ id, team_id: team, hash, root_view_id: root, previous_view_id: previous, app_installed_team_id: team },
		...{ external_id: "", clear_on_close: false, app_id: "A01SOPWITH", bot_id: "B01" },
		...body,
		state: { values: state },
	};
}
