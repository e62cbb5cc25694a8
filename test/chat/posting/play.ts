/**
 * Plays a script to its end over the real poster and store, lets everything come to rest, and judges what stands. Gives
 * what is wrong and, line by line, what happened. Must give the same for the same script.
 */
import { UnavailableError } from "../../../src/base/errors.ts";
import { createTime } from "../simulated-chat.ts";
import { createFatedChat, type Put } from "./chat.ts";
import type { Ground } from "./ground.ts";
import { judge, mayRing, mayTell } from "./judge.ts";
import { beginLife, type Life } from "./life.ts";
import { createModel } from "./model.ts";
import { pressOf } from "./press.ts";
import type { Death, Fate, Script, What } from "./script.ts";

export type Played = { readonly wrong: readonly string[]; readonly story: readonly string[]; readonly counts: Counts };
export type Counts = {
	readonly calls: number;
	readonly lost: number;
	readonly deaths: number;
	readonly extra: number;
	readonly copies: number;
	readonly presses: number;
};

/** Longer than any call takes. */
const REBORN_MS = 10_000;
const REST_MS = 60_000;
const OLD_MS = 86_400_000;
const CALM: Fate = { how: "answered", ms: 10, moves: false };
/** More than all messages of a run in all places, over and over. */
const MOST_CALLS = 80;

export type Stage = ReturnType<typeof openStage>;

function openStage(ground: Ground, script: Script) {
	const time = createTime(1);
	const story: string[] = [];
	const wrong: string[] = [];
	const known = new Set<string>();
	const model = createModel(ground.fresh(), script.lookMs > 0);
	const told = { extra: 0, deaths: 0, writes: 0, full: 0, presses: 0, next: 0, fates: 0, calm: false };
	const note = (line: string): void => void story.push(`${(time.ms() - BEGUN).toString().padStart(9)} ${line}`);
	const blame = (line: string): void => {
		wrong.push(line);
		note(`WRONG: ${line}`);
	};
	const fate = (): Fate => (told.calm ? CALM : (script.fates[told.fates++] ?? CALM));
	const put = (one: Put): void => {
		const others = chats.flatMap(({ copies }) => copies.filter(({ ref }) => known.has(ref)));
		if (one.ring && !mayRing(model, one.copy, others)) blame(`${one.copy.ref} rang for an edit`);
		if (!mayTell(one, one.tried + told.deaths + told.full))
			blame(`${one.copy.ref} tells the end of what was never asked`);
	};
	const move = (): void => {
		const step = script.steps[told.next];
		if (step === undefined || told.calm) return;
		told.next += 1;
		act(step.what);
	};
	const chats = (["teams", "slack"] as const).map((name) =>
		createFatedChat(name, { time, lookMs: script.lookMs, fate, move, note, put }),
	);
	const dies = (when: Death["when"]): boolean => {
		if (when === "before") told.writes += 1;
		const now = !told.calm && script.deaths.some((each) => each.when === when && each.write === told.writes);
		if (now && when === "full") told.full += 1;
		return now;
	};
	const died = (): void => {
		told.deaths += 1;
		told.extra += life.poster.counters.extra;
		time.after(REBORN_MS, begin);
	};
	const parts = { store: ground.store, time, model, chats, newId: ground.newId, note, dies, died, known };
	const born = (): Life => beginLife({ ...parts, paceMs: script.paceMs });
	let life = born();
	const begin = (): void => {
		if (!life.alive()) {
			life = born();
			note("  the process begins anew");
		}
		const mine = life;
		mine.poster.start().catch((error: unknown) => {
			if (!mine.alive()) return;
			if (!(error instanceof UnavailableError)) throw error;
			mine.die();
		});
	};
	const act = (what: What): void => {
		note(wordsOfStep(what));
		if (what.kind === "press") return press(what.which);
		if (what.kind === "end-of-process") return life.die();
		if (what.kind === "refresh") return void life.poster.refresh(model.id).catch(() => undefined);
		const kind = model.move(what);
		if (kind === undefined) return;
		ground.journal(model, { at: time.clock.now(), kind });
		const { run, sop } = model.state();
		life.tell({ run, sop, event: { kind, at: time.clock.now() } as Parameters<Life["tell"]>[0]["event"] });
	};
	const press = (which: number): void => {
		if (!life.alive()) return;
		told.presses += 1;
		pressOf(
			presser(() => act({ kind: "decide" })),
			which,
		);
	};
	const presser = (decided: () => void) => ({
		chats,
		life,
		model,
		blame,
		clock: time.clock,
		newId: ground.newId,
		decided,
	});
	const places = (): number => new Set(chats.flatMap(({ heard }) => [...heard.keys()])).size;
	const olds = (): number => script.steps.filter(({ afterMs }) => afterMs > OLD_MS).length;
	return {
		...{ places, olds, presser, marked: ground.marked },
		...{ script, time, story, wrong, known, model, told, chats, note, blame, move, act, begin },
		life: () => life,
		dying: () => life.die(),
	};
}

const BEGUN = createTime(1).ms();

export async function play(ground: Ground, script: Script): Promise<Played> {
	const stage = openStage(ground, script);
	const { time, told, chats, story, wrong, model } = stage;
	ground.journal(model, { at: time.clock.now(), kind: "started" });
	stage.begin();
	while (told.next < script.steps.length) {
		const at = told.next;
		await time.pass(script.steps[at]?.afterMs ?? 0);
		if (told.next === at) stage.move();
	}
	await time.pass(2000);
	await rest(stage);
	if (wrong.length === 0) await judge(stage);
	if (wrong.length === 0) await startAgain(stage);
	stage.life().die();
	const sum = (of: (chat: (typeof chats)[number]) => number): number => chats.reduce((all, chat) => all + of(chat), 0);
	const counts = {
		...{ calls: sum(({ counts: { calls } }) => calls), lost: sum(({ counts: { lost } }) => lost) },
		...{ deaths: told.deaths, extra: told.extra, copies: sum(({ copies }) => copies.length), presses: told.presses },
	};
	return { wrong, story, counts };
}

/** All is well from now on: what hangs ends with the process, and whatever is owed is done. */
async function rest(stage: Stage): Promise<void> {
	const { time, told, chats, script } = stage;
	told.calm = true;
	stage.note("all is well from now on");
	if (chats.some(({ counts }) => counts.hanging > 0)) stage.dying();
	await time.pass(2 * REBORN_MS);
	if (script.last !== "nothing") stage.act({ kind: "change" });
	if (script.last === "ring") stage.act({ kind: "ring" });
	await settled(stage, "what is owed");
}

async function settled(stage: Stage, why: string): Promise<void> {
	const { time, chats } = stage;
	const calls = (): number => chats.reduce((sum, { counts }) => sum + counts.calls, 0);
	const before = calls();
	let idle = false;
	void stage
		.life()
		.poster.idle()
		.then(() => {
			idle = true;
		});
	for (let turn = 0; turn < 30 && !idle; turn++) await time.pass(REST_MS);
	await time.pass(REST_MS);
	if (!idle) stage.blame(`${why} never comes to rest`);
	if (calls() - before > MOST_CALLS) stage.blame(`${why} takes ${calls() - before} calls`);
}

/** A start when all stands calls nobody. */
async function startAgain(stage: Stage): Promise<void> {
	const { time, chats, told } = stage;
	const calls = (): number => chats.reduce((sum, { counts }) => sum + counts.calls, 0);
	stage.note("and once more");
	const before = calls();
	stage.dying();
	told.deaths -= 1;
	await time.pass(2 * REBORN_MS);
	await settled(stage, "a start when all stands");
	if (calls() > before && !isOwing(stage)) stage.blame("a start when all stands calls somebody");
}

/** A start looks again at what was refused, and at who is asked where nobody was or a change has not come since. */
function isOwing({ script, chats }: Stage): boolean {
	const isRefused = chats.some(({ heard }) => [...heard.values()].some(({ how }) => how === "refused"));
	const hasMoved = script.steps.some(({ what: { kind } }) => kind === "people" || kind === "uses");
	return isRefused || (hasMoved && script.last === "nothing");
}

function wordsOfStep({ kind, ...more }: What): string {
	const said = Object.keys(more).length === 0 ? "" : ` ${JSON.stringify(more)}`;
	return `${kind}${said}`;
}
