/**
 * When the password was last changed before our first try to set it: another time after a lost answer says that the try
 * was carried out. Must never count a try that was refused, or somebody else's change would pass for ours.
 */
import { Secret } from "../base/secret.ts";
import type { World } from "../engine/action.ts";
import type { Answer } from "../engine/remote.ts";

const BEFORE = "password-before";
const NONE = "no try that may have been carried out";

/** What was shown before the first try that may have been carried out; undefined when there was none. */
export async function shownBefore(world: World): Promise<string | undefined> {
	if (!(await world.holds(BEFORE))) return undefined;
	const held = (await world.reveal(await world.keep(BEFORE, new Secret("")))).open();
	return held === NONE ? undefined : held;
}

/** Sets the password by `write`, remembering what was shown before. A second try writes the same one, which is safe. */
export async function tryToSet<T>(world: World, shown: string, write: () => Promise<Answer<T>>): Promise<Answer<T>> {
	if ((await shownBefore(world)) === undefined) await world.replace(BEFORE, new Secret(shown));
	const answer = await write();
	if (answer.kind === "refused" || answer.kind === "unsent") await world.replace(BEFORE, new Secret(NONE));
	return answer;
}
