/**
 * Stories that must be the same everywhere about what is long, strange or somebody else's: names, lists, notices, accounts.
 * Must never need a house of its own.
 */
import assert from "node:assert/strict";
import type { Scene, Story } from "./scene.ts";
import { inPassing, wordsOf } from "./shown.ts";

/** 500 characters: emoji made of several, right-to-left, and whatever might be markup. */
const STRANGE =
	"👩‍👩‍👧‍👦 שָׁלוֹם العربية <!channel> <@U02MO> <https://evil.example|bank> *b* _i_ ~s~ `c` &lt; :tada: > q @here ";
const LONG = [...`Zoë ${STRANGE.repeat(9)}`].slice(0, 499).join("").concat("!");

const notice: Story = {
	id: "a name of 500 characters, one of 300 offices, a notice to acknowledge",
	play: async ({ seat, keep, presses, once }) => {
		const form = keep("the form", await seat("harriet").say("notice", /^Notice/u), /^Notice/u);
		const typed = { about: LONG, office: "o-287" };
		const tooLong = { typed: { ...typed, about: `${LONG}!` }, words: /has 501 characters; 500 are the most/u };
		const again = await presses("harriet", form, "See the plan", { ...tooLong, as: "one character too many" });
		const words = /Asked for: Zoë 👩‍👩‍👧‍👦 שָׁלוֹם العربية <!channel> .*<https:\/\/evil\.example\|bank> \*b\*/u;
		await presses("harriet", again ?? form, "See the plan", { typed, words, as: "500 characters" });
		const said = /^A notice .*@here .* sits in o-287/u;
		const card = keep("the notice", await seat("mo").sees(said), said);
		await presses("mo", card, "I have read it");
		keep("it is read", await seat("mo").becomes(card, /Mo Manager|you/iu), said);
		const run = await once(LONG, "the end", ({ phase }) => phase === "done");
		assert.equal(run.by, "harriet");
	},
};

/** What differs by who the roster lists where stands below what is said, and is left out. */
async function saysOnly({ seat, seen }: Scene, line: string, words: RegExp): Promise<void> {
	const { shown } = await seat("harriet").say(line, words);
	const [found = assert.fail(wordsOf(shown))] = words.exec(wordsOf(shown)) ?? [];
	seen.push({ what: line, shown: inPassing([found.replaceAll(/\b[0-9A-Z]{5}-[0-9A-Z]{5}\b/gu, "CODE")]) });
}

const linking: Story = {
	id: "a code to be known elsewhere",
	play: async (scene) => {
		await saysOnly(scene, "link", /Your code: [0-9A-Z]{5}-[0-9A-Z]{5}.*Give the code to nobody\./u);
		await saysOnly(scene, "link AAAAA-AAAAA", /There is no such code.*Nothing was linked\./u);
		await saysOnly(scene, "unlink", /No such account is linked to you\. Nothing was changed\./u);
	},
};

const outsiders: Story = {
	id: "a guest, and a code that a stranger makes up",
	// See `BESIDES`.
	basis: "teams",
	play: async ({ says }) => {
		await says("guest", "newhire", /does not know you here|Nobody is signed in/u);
		await says(
			"guest",
			"link AAAAA-AAAAA",
			/Guests and people of other organisations cannot be linked|Nobody is signed/u,
		);
		await says("stranger", "link AAAAA-AAAAA", /There is no such code.*Nothing was linked|Nobody is signed in/u);
	},
};

export const ODD_STORIES: readonly Story[] = [notice, linking, outsiders];
