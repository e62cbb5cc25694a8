/**
 * Somebody presses a button that they see, through the real way from a press to an answer. The desk here is the test's: it
 * takes what is asked now and refuses all else, as the real one does. Must never let a card decide what it does not show.
 */
import { ConflictError } from "../../../src/base/errors.ts";
import type { Clock } from "../../../src/base/time.ts";
import { pressed } from "../../../src/chat/press.ts";
import type { Reply } from "../../../src/chat/surface.ts";
import type { Turn } from "../../../src/chat/turn.ts";
import { asks, type Copy, type FatedChat, showsOf } from "./chat.ts";
import type { Life } from "./life.ts";
import type { Model } from "./model.ts";

type PressParts = {
	readonly chats: readonly Pick<FatedChat, "copies" | "name">[];
	readonly life: Life;
	readonly model: Model;
	readonly clock: Clock;
	readonly newId: () => string;
	readonly blame: (line: string) => void;
	readonly decided: () => void;
};

type Asked = Parameters<Turn["desk"]["answer"]>[0];

/** Presses one of the buttons that can be seen. */
export function pressOf(parts: PressParts, which: number): void {
	const seen = parts.chats.flatMap(({ copies }) => copies.filter(({ drawn }) => asks(drawn)));
	const copy = seen[which % Math.max(1, seen.length)];
	if (copy !== undefined) void pressOn(parts, copy);
}

/** Gives whether it decided. */
export async function pressOn(parts: PressParts, copy: Copy): Promise<boolean> {
	const { model, blame } = parts;
	const shows = showsOf(copy.drawn);
	let taken = false;
	const answer = (asked: Asked): void => {
		const now = model.wait();
		const isShown = asked.wait === shows.wait && asked.plan === shows.plan;
		taken = now !== undefined && asked.wait === now.id && asked.plan === now.plan;
		if (taken && !isShown)
			blame(`${copy.ref} shows ${shows.wait} plan ${shows.plan} and decided ${asked.wait} plan ${asked.plan}`);
		if (!taken) throw new ConflictError("stale", "This is from before; the question has moved on. Nothing happened.");
		parts.decided();
	};
	const reply = await pressed(turnOf(parts, copy, answer), { card: copy.drawn.id, verb: "approve", values: {} });
	if (!taken && !isFromBefore(reply)) blame(`${copy.ref} was pressed and nothing was said`);
	return taken;
}

function isFromBefore(reply: Reply): boolean {
	return reply.kind === "card" && JSON.stringify(reply.drawn.data.title).includes("the question has moved on");
}

function turnOf({ life, model, clock, newId }: PressParts, copy: Copy, answer: (asked: Asked) => void): Turn {
	const actor = { id: copy.to, client: "contoso" };
	const { run } = model.state();
	const steps = Object.values(run.steps).map(({ wait }) => (wait === undefined ? {} : { wait: { ...wait, by: [] } }));
	const desk = {
		definitions: () => ({ clients: {} }),
		read: async () => ({ id: run.id, client: run.client, by: "harriet", steps }),
		answer: async (asked: Asked) => answer(asked),
	};
	return {
		...{ desk, actor, clock, newId, posts: life.posts, fill: life.fill },
		drafts: { find: () => undefined, keep: () => undefined },
		audit: { record: () => undefined },
		inbound: { surface: "teams", kind: "pressed", identity: copy.to, at: clock.now() },
	} as unknown as Turn;
}
