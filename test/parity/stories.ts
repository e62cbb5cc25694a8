/** The stories that must be the same everywhere. Each names its people after itself, so that none meets another's. */
import assert from "node:assert/strict";
import { day } from "../e2e/stage.ts";
import type { Typed } from "../fixtures/slack-fill.ts";
import { ODD_STORIES } from "./odd-stories.ts";
import type { Scene, Story } from "./scene.ts";
import type { Card, Way } from "./seat.ts";
import { wordsOf } from "./shown.ts";

const FORM = /New employee .* Nothing changes until Mo Manager .* approved/u;
const refOf = async ({ runOf }: Scene, subject: string): Promise<string> => (await runOf(subject)).id.slice(0, 6);

function hire(lastName: string, more: Typed = {}): Typed {
	return { firstName: "Ada", lastName, startDate: day(5), profile: "sales", manager: "sol", ...more };
}

/** Asks for somebody; gives the approval as whoever approves sees it. */
async function asked(scene: Scene, lastName: string, more: Typed = {}): Promise<Card> {
	const form = await scene.seat("harriet").say("newhire", FORM);
	const words = new RegExp(`Asked for: Ada ${lastName}`, "u");
	await scene.seat("harriet").press(form, "See the plan", { typed: hire(lastName, more), words });
	return scene.seat("mo").sees(new RegExp(`Approve the plan for Ada ${lastName}`, "u"));
}

/** Asks, and approves. */
async function approved(scene: Scene, lastName: string, more: Typed = {}): Promise<void> {
	await scene.presses("mo", await asked(scene, lastName, more), "Approve");
}

const help: Story = {
	id: "help",
	play: async ({ says }) => {
		await says("harriet", "help", /What you can type/u);
		await says("harriet", "help newhire", /Type “?newhire/u);
		await says("mo", "help", /What you can type/u);
	},
};

const unknownWord: Story = {
	id: "an unknown word",
	play: async ({ says }) => {
		await says("harriet", "newhrie", /Did you mean “newhire”\? Nothing was started/u);
		await says("harriet", "abracadabra", /There is no “abracadabra”/u);
		await says("mo", "newhire", /Nothing was started/u);
		await says("harriet", "sops", /3 procedures you can start/u);
		await says("harriet", "oncall", /Nobody is on call/u);
	},
};

const listed: Story = {
	id: "what is under way and what waits",
	play: async (scene) => {
		const { says } = scene;
		await says("tia", "approvals", /Nothing waits for you/u);
		await asked(scene, "Listed");
		await says("mo", "approvals", /1 thing waits for you.*Ada Listed/u);
		await says("harriet", "runs", /1 run is under way.*Ada Listed/u);
	},
};

const command: Story = {
	id: "the command, written in every way",
	play: async ({ seat, keep }) => {
		for (const way of ["plain", "slash", "mention"] as const) {
			keep(`${way}, with nothing`, await seat("harriet").say("newhire", FORM, way), FORM);
			const filled = await seat("harriet").say('newhire Grace "van Hopper" profile=sales', FORM, way);
			keep(`${way}, with values`, filled, FORM);
			const [first, last] = filled.shown.fields;
			assert.deepEqual([first?.value, last?.value], ["Grace", "van Hopper"]);
		}
	},
};

function mistakes(way: Way, lastName: string): Story {
	return {
		id: `a form with mistakes, ${way}`,
		play: async ({ seat, presses }) => {
			const form = await seat("harriet").say(`newhire Alan ${lastName}`, FORM, way);
			const typed = { ...hire(lastName, { firstName: "Alan" }), startDate: day(-400), privateEmail: "alan at home" };
			const again = await presses("harriet", form, "See the plan", {
				...{ typed, as: "with mistakes", words: /Enter the private e-mail as name@example\.com/u },
			});
			assert.deepEqual(
				again?.shown.fields.map(({ value }) => value),
				["Alan", lastName, day(-400), "sales", "sol", "alan at home"],
			);
			const right = { ...hire(lastName, { firstName: "Alan" }), privateEmail: "alan@example.org" };
			const words = new RegExp(`Asked for: Alan ${lastName}`, "u");
			await presses("harriet", again ?? form, "See the plan", { typed: right, as: "put right", words });
		},
	};
}

const discarded: Story = {
	id: "a form thrown away",
	play: async ({ seat, presses }) => {
		const form = await seat("harriet").say("newhire Nobody Comes", FORM);
		await presses("harriet", form, "Discard", { words: /Discarded\. Nothing was started/u });
	},
};

const approval: Story = {
	id: "approval by a second person",
	play: async (scene) => {
		const { seat, keep, presses, once } = scene;
		const card = keep("who approves is asked", await asked(scene, "Approved"), /Harriet Reyes asks/u);
		scene.keepDetails("technical detail", await seat("mo").details(card), /LDAP add CN=Ada Approved/u);
		keep("the plan for who asked", await seat("harriet").sees(/Plan for Ada Approved.*left, no/u), /Business Premium/u);
		keep("the manager is asked too", await seat("sol").sees(/Approve the plan for Ada Approved/u), /Harriet Reyes/u);
		const own = /someone else approves it\. Nothing changed/u;
		await presses("harriet", card, "Approve", { as: "own approval", words: own });
		await presses("tia", card, "Approve", { as: "no authority", words: /not asked of you\. Nothing changed/u });
		assert.equal((await scene.runOf("Ada Approved")).phase, "waiting");
		// The second of two may come after the first has changed the card; it is told so, or nothing.
		const told = await Promise.all([seat("mo").press(card, "Approve"), seat("mo").press(card, "Approve")]);
		for (const one of told) assert.match(one === undefined ? "" : wordsOf(one.shown), /^$|^You approved this/u);
		const done = keep("the decision on one's own card", await seat("mo").becomes(card, /Approved by you/u), /by you/u);
		assert.deepEqual(
			done.shown.buttons.filter((button) => /approve|send back/iu.test(button)),
			[],
		);
		assert.deepEqual((await scene.runOf("Ada Approved")).plan?.decidedBy, ["mo"]);
		const other = await seat("sol").sees(/The plan for Ada Approved.*Approved by/u);
		keep("the decision on the other's card", other, /Approved by Mo Manager/u);
		await presses("mo", card, "Approve", {
			as: "pressed once more",
			words: /You approved this .*Nothing more is needed/su,
		});
		const late = /Mo Manager approved this .* before you.*Nothing more is needed/su;
		await presses("sol", card, "Approve", { as: "pressed by the other, late", words: late });
		await once("Ada Approved", "the laptop", ({ steps }) =>
			steps.some(({ wait }) => wait?.verbs.includes("complete") ?? false),
		);
		const task = keep("a task with a checklist", await seat("tia").sees(/Laptop/u), /Ada Approved/u);
		await presses("tia", task, "Done", { as: "nothing ticked", words: /Tick what is done first\. Nothing happened/u });
		const all = task.shown.fields.find(({ label }) => label === "What is done");
		await presses("tia", task, "Done", { as: "all ticked", typed: { checked: all?.options ?? [] } });
		keep("the task is done", await seat("tia").becomes(task, /By you/u), /By you/u);
	},
};

const steering: Story = {
	id: "steering a run",
	play: async (scene) => {
		const { seat, says, presses, once } = scene;
		await asked(scene, "Steered");
		const ref = await refOf(scene, "Ada Steered");
		await says("harriet", `run ${ref}`, /^Ada Steered, new employee Contoso/u);
		await says("harriet", "run ZZZZ", /There is no run ZZZZ that you can see/u);
		await says("harriet", "run", /Which run/u);
		await says("harriet", `retry ${ref}`, /Nothing was done/u);
		await says("harriet", `note ${ref} Called the distributor`, /Noted with Ada Steered/u);
		const ask = await says("harriet", `note ${ref}`, /A note for Ada Steered/u);
		await presses("harriet", ask, "Keep the note", { typed: { words: "And again" }, words: /^Noted\./u });
		const amend = await says("harriet", `amend ${ref}`, /Change the form/u);
		await presses("harriet", amend, "See what changes", {
			...{ typed: { startDate: day(9) }, words: /What differs is planned now/u },
		});
		await seat("mo").sees(new RegExp(`Approve the plan for Ada Steered.*not before ${shortDay(9)}`, "u"));
		const cancel = await says("harriet", `cancel ${ref}`, /Cancel Ada Steered/u);
		await presses("harriet", cancel, "Go back", { words: /Left as it is\. Nothing was changed/u });
		const really = await seat("harriet").say(`cancel ${ref}`, /Cancel Ada Steered/u);
		await presses("harriet", really, sending(really), {
			...{ as: "cancelled", typed: { words: "Not coming" }, words: /Nothing new begins/u },
		});
		await once("Ada Steered", "the end", ({ phase }) => phase === "stopped");
		await says("harriet", `cancel ${ref}`, /has ended already\. Nothing was changed/u);
	},
};

const question: Story = {
	id: "a question with choices",
	play: async (scene) => {
		const { seat, says, keep, presses, once } = scene;
		const profile = { profile: "scarce" };
		const second = await (async () => {
			const first = await asked(scene, "Firstcome", profile);
			const late = await asked(scene, "Latecome", profile);
			await presses("mo", first, "Approve", { as: "the first is approved" });
			return late;
		})();
		await once("Ada Firstcome", "the licence", ({ steps }) =>
			steps.some(({ path, state }) => path === "access.licence" || (path === "licence" && state === "done")),
		);
		await presses("mo", second, "Approve", { as: "the second too" });
		const card = keep("asked", await seat("mo").sees(/choice is needed.*For Ada Latecome/u), /in use/u);
		await presses("mo", card, "Answer", { as: "nothing chosen", words: /Choose one of the answers first/u });
		const ref = await refOf(scene, "Ada Latecome");
		await says("mo", `claim ${ref}`, /It is yours/u);
		await says("mo", `retry ${ref}`, /It is tried again now/u);
		await once("Ada Latecome", "asking again", ({ phase, steps }) => {
			return phase === "asking" && steps.some(({ attempts }) => attempts > 1);
		});
		await says("mo", `done ${ref}`, /It is looked at now/u);
		await once("Ada Latecome", "asking once more", ({ phase }) => phase === "asking");
		await says("mo", `skip ${ref}`, /The step is skipped/u);
		await once("Ada Latecome", "going on", ({ phase }) => phase !== "asking");
	},
};

const taken: Story = {
	id: "a plan that asks",
	play: async (scene) => {
		const { seat, keep, presses, once } = scene;
		await approved(scene, "Twice");
		await once("Ada Twice", "the account", ({ steps }) =>
			steps.some(({ path, state }) => path.endsWith("account") && state === "done"),
		);
		const form = await seat("harriet").say("newhire", FORM);
		const typed = hire("Twice", { startDate: day(6) });
		await seat("harriet").press(form, "See the plan", { typed, words: /Asked for: Ada Twice/u });
		const card = keep("a name is taken", await seat("mo").sees(/ada\.twice belongs to someone else/u), /Ada Twice/u);
		const free = card.shown.fields[0]?.options.find((option) => /ada\.twice2/u.test(option)) ?? "";
		await presses("mo", card, "Answer", { as: "the next free one", typed: { choice: free } });
		keep("the new plan", await seat("mo").sees(/Approve the plan for Ada Twice.*ada\.twice2/u), /ada\.twice2/u);
	},
};

const undo: Story = {
	id: "undo",
	play: async (scene) => {
		const { seat, keep, presses, once } = scene;
		await approved(scene, "Undone");
		await once("Ada Undone", "the wait for the first morning", ({ steps }) =>
			steps.some(({ path, state }) => path === "firstMorning" && state === "waiting"),
		);
		const ref = await refOf(scene, "Ada Undone");
		const cancel = await seat("harriet").say(`cancel ${ref}`, /Cancel Ada Undone/u);
		await presses("harriet", cancel, sending(cancel), { as: "cancelled", words: /Nothing new begins/u });
		await once("Ada Undone", "the stop", ({ phase }) => phase === "stopped");
		const ask = await scene.says("harriet", `undo ${ref}`, /Undo \d+ changes\?/u);
		await presses("harriet", ask, sending(ask), { as: "undo is planned", words: /The undo is planned now/u });
		keep("and asked for", await seat("mo").sees(/Approve.*undo.*Ada Undone|undo.*Ada Undone/iu), /Ada Undone/u);
	},
};

const whole: Story = {
	id: "approved in advance, to the end",
	play: async (scene) => {
		const { seat, keep } = scene;
		const form = await seat("harriet").say("newhire", FORM);
		const typed = hire("Ended", { startDate: day(-1), profile: "warehouse", privateEmail: "ada@example.org" });
		await seat("harriet").press(form, "See the plan", { typed, words: /Asked for: Ada Ended/u });
		const progress = await seat("harriet").sees(/^(Plan for )?Ada Ended.*Contoso Ltd/u);
		const done = await seat("harriet").becomes(progress, /Ada Ended, new employee: done/u);
		keep("done, on the card that showed the progress", done, /approved in advance|read back/iu);
		keep("a credential is left", await seat("sol").sees(/first sign-in of Ada Ended/u), /shown once, to you/u);
		keep("the manager is told", await seat("sol").sees(/Ada Ended: Welcome/u), /read back and are true/u);
	},
};

const sentBack: Story = {
	id: "a plan sent back",
	play: async (scene) => {
		const { seat, keep, presses } = scene;
		const card = await asked(scene, "Sentback");
		await presses("mo", card, "Send back", { typed: { words: "Finance, I think" } });
		keep("on one's own card", await seat("mo").becomes(card, /Finance, I think/u), /Ada Sentback/u);
		keep("for who asked", await seat("harriet").sees(/was sent back.*Finance, I think/u), /Ada Sentback/u);
	},
};

const staff: Story = {
	id: "the MSP's own people say for whom",
	play: async ({ says, presses }) => {
		const which = await says("tia", "newhire Ada Staffed", /For which client\?/u);
		await presses("tia", which, "Open the form", { typed: { client: "contoso" }, words: FORM });
		await says("tia", "newhire client:contoso", FORM);
		await says("tia", "newhire client:nowhere", /There is no client “nowhere”/u);
	},
};

const long: Story = {
	id: "a long plan in pages",
	play: async (scene) => {
		const { seat, keep, presses } = scene;
		const form = await seat("harriet").say('letters "The move"', /^Letters/u);
		await seat("harriet").press(form, "See the plan", { words: /Asked for: The move/u });
		const shown = await seat("mo").sees(/Approve the plan for The move/u);
		const card = keep("the first page", shown, /Page 1 of 3.*Approving covers all/u);
		const second = await presses("mo", card, "Later ›", { words: /Page 2 of 3/u });
		await presses("mo", second ?? card, "‹ Earlier", { words: /Page 1 of 3/u });
	},
};

const stranger: Story = {
	id: "a stranger",
	// See `BESIDES`.
	basis: "teams",
	play: async ({ says }) => {
		await says("stranger", "newhire", /does not know you|Nobody is signed in/u);
	},
};

/** The button that sends a form. */
function sending({ shown }: Card): string {
	return shown.buttons.find((button) => !/^(Go back|Discard)$/u.test(button)) ?? "";
}

function shortDay(from: number): string {
	const date = Temporal.PlainDate.from(day(from));
	return `${date.toLocaleString("en-GB", { weekday: "short" })} ${date.day}`;
}

export const STORIES: readonly Story[] = [
	...[help, unknownWord, listed, command, mistakes("plain", "Turing"), mistakes("slash", "Church"), discarded],
	...[approval, steering, question, taken, undo, whole, sentBack, staff, long, stranger, ...ODD_STORIES],
];
