/** What every action keeps to, tried on one change of it. Must never know what the action is about. */
import assert from "node:assert/strict";
import type { Values } from "../../src/base/json.ts";
import type { Stage } from "./stage.ts";

export type Once = { readonly action: string; readonly input: Values; readonly words: string };

/** Makes it, finds it made, takes it back, finds it gone, and has nothing more to take back. */
export async function changesOnce(stage: Stage, { action, input, words }: Once): Promise<void> {
	const first = await stage.attempt({ action, input, step: "it" });
	assert.deepEqual(
		first.changes?.map((change) => change.words),
		[words],
	);
	assert.equal(first.outcome?.kind, "done", JSON.stringify(first.outcome));
	const again = await stage.attempt({ action, input, step: "it", attempt: 2 });
	assert.deepEqual(again.changes, []);
	const back = { action, step: "back", input: { $undo: first.changes?.[0], $input: input } as unknown as Values };
	const undone = await stage.attempt(back);
	assert.deepEqual([undone.outcome?.kind, undone.changes?.length], ["done", 1]);
	const looked = await stage.attempt({ action, input, step: "it", attempt: 3, mode: "look" });
	assert.equal(looked.outcome?.kind, "not-yet");
	const nothing = await stage.attempt({ ...back, attempt: 2 });
	assert.deepEqual(nothing.changes, []);
}
