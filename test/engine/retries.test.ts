/**
 * When a write is tried again by itself, after how long, and what a person is told who is asked instead.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { toMs } from "../../src/base/time.ts";
import type { Outcome } from "../../src/engine/event.ts";
import {
	approveStep,
	base,
	done,
	doStep,
	entry,
	freeStep,
	HOUR,
	make,
	never,
	planFor,
	refused,
	settle,
	size,
	sopFor,
	stays,
	type Told,
	tell,
	tellStep,
	unknown,
} from "./stage.ts";

const pause = (told: Told, path = "a") => toMs(told.wait(path).timers.again ?? "") - toMs(told.now());
const settling = (retryAfterMs?: number): Outcome => {
	const said = { kind: "refused", applied: [], code: "settling", message: "Not yet.", retryable: true } as const;
	return retryAfterMs === undefined ? said : { ...said, retryAfterMs };
};

function pauses(told: Told, path = "a"): readonly number[] {
	const found: number[] = [];
	for (;;) {
		told.ended(path, refused(true));
		if (told.wait(path).kind !== "again") return found;
		found.push(pause(told, path));
		told.fire(path, "again");
	}
}

test("pauses double from the step's first to its longest, spread by a quarter, the same on every host", () => {
	const retry = { attempts: 6, firstMs: 1000, mostMs: 4000 };
	const first = pauses(tell(sopFor([freeStep("a", { retry })])));
	assert.deepEqual(first, pauses(tell(sopFor([freeStep("a", { retry })]))));
	assert.notDeepEqual(first, pauses(tell(sopFor([freeStep("b", { retry })])), "b"));
	assert.equal(first.length, 5);
	for (const [i, ms] of first.entries()) {
		const plain = Math.min(4000, 1000 * 2 ** i);
		assert.ok(ms >= 0.75 * plain && ms <= 1.25 * plain, `${ms} about ${plain}`);
	}
});

test("the mail of a notice is tried four times", () => {
	const mail = { action: never, with: {}, timeoutMs: 1000 };
	const told = tell(sopFor([tellStep("n", mail)]), { email: "ada@home" });
	const found = pauses(told, "n");
	assert.equal(found.length, 3);
	for (const [i, ms] of found.entries()) assert.ok(ms >= 750 * 2 ** i && ms <= 1250 * 2 ** i, String(found));
	assert.deepEqual(told.wait("n").verbs, ["retry", "done", "skip", "stop", "claim"]);
});

test("what has not settled is waited for exactly as long as it says, as often as it takes, and is no failure", () => {
	const told = tell(sopFor([freeStep("a")]));
	for (let i = 0; i < 6; i += 1) {
		told.ended("a", settling(3000));
		assert.deepEqual([pause(told), told.state("a").failures], [3000, 0]);
		told.fire("a", "again");
	}
	told.ended("a", settling());
	assert.equal(pause(told), 0);
});

test("a refusal that wrote a part waits until that part has settled, one that wrote nothing does not", () => {
	const after = (outcome: Outcome, action = settle) => {
		const told = tell(sopFor([freeStep("a", { action })]));
		told.began("a", [make, size]);
		told.ended("a", outcome);
		return pause(told);
	};
	assert.equal(after(refused(true, make.id)), 5000);
	assert.ok(after(refused(true)) < 5000);
	assert.ok(after(refused(true, make.id), never) < 5000);
	assert.equal(after(unknown()), 5000);
	assert.equal(after({ ...refused(true), retryAfterMs: 7777 } as Outcome), 7777);
});

test("an unknown of what never began is tried again, even what cannot be sent twice", () => {
	const told = tell(sopFor([freeStep("a", { action: never })]));
	told.ended("a", unknown());
	assert.equal(told.wait("a").kind, "again");
	const other = tell(sopFor([freeStep("a")]));
	other.ended("a", unknown());
	assert.ok(pause(other) < 5000);
});

test("an unknown is tried again only as often as the step says; then a person is told what may have been written", () => {
	const told = tell(sopFor([freeStep("a")]));
	for (let i = 0; i < 2; i += 1) {
		told.began("a", [make, size]);
		told.ended("a", unknown(make.id));
		told.fire("a", "again");
	}
	told.began("a", [make, size]);
	told.ended("a", { ...unknown(make.id), detail: "ECONNRESET" } as Outcome);
	const problem = told.wait("a").problem;
	assert.deepEqual([told.wait("a").kind, problem?.code, problem?.detail], ["question", "cut", "ECONNRESET"]);
	assert.deepEqual([problem?.applied, problem?.doubt], [[make.id], [size.id]]);
});

test("a process that ends in the middle of a step is no failure of it the first nine times; under the second core it was", () => {
	const ended: Outcome = { kind: "unknown", applied: [], code: "host-restarted" };
	const triesOf = (core: number): number => {
		const told = tell({ ...sopFor([freeStep("a")]), core });
		for (let tries = 1; ; tries += 1) {
			told.began("a", [make, size]);
			told.ended("a", ended);
			if (told.wait("a").kind === "question") return tries;
			told.fire("a", "again");
		}
	};
	assert.deepEqual([triesOf(2), triesOf(3)], [3, 9 + 3]);
});

test("a step that fails as well as being ended is tried as often as it says, and what cannot be sent twice never", () => {
	const ended: Outcome = { kind: "unknown", applied: [], code: "host-restarted" };
	const told = tell(sopFor([freeStep("a")]));
	const kinds = [unknown(), ended, unknown(), ended, unknown()].map((outcome) => {
		told.began("a", [make]);
		told.ended("a", outcome);
		const { kind } = told.wait("a");
		if (kind === "again") told.fire("a", "again");
		return kind;
	});
	assert.deepEqual(kinds, ["again", "again", "again", "again", "question"]);
	const mail = tell(sopFor([freeStep("a", { action: never })]));
	mail.began("a", [make]);
	mail.ended("a", ended);
	assert.equal(mail.wait("a").kind, "question");
});

test("a doubt names what may have been written and not what was", () => {
	const told = tell(sopFor([freeStep("a", { action: never })]));
	told.began("a", [make, size]);
	told.ended("a", unknown(make.id));
	const problem = told.wait("a").problem;
	assert.deepEqual([problem?.applied, problem?.doubt, problem?.choices], [[make.id], [size.id], []]);
	assert.equal(problem !== undefined && "detail" in problem, false);
});

test("a refusal is asked with its words, its detail, its ways on and what was applied", () => {
	const choices = [{ id: "c", words: "C", with: {} }];
	const said = { code: "taken", message: "Taken.", detail: "HTTP 409", choices };
	const told = tell(sopFor([freeStep("a")]));
	told.began("a", [make]);
	told.ended("a", { kind: "refused", retryable: false, applied: [make.id], ...said });
	assert.deepEqual(told.wait("a").problem, { ...said, applied: [make.id], doubt: [] });
	assert.deepEqual(told.wait("a").verbs, ["retry", "choose", "done", "skip", "stop", "claim"]);
	assert.deepEqual(told.wait("a").who, ["owner"]);
	assert.deepEqual(told.state("a").last, {
		...{ kind: "refused", code: "taken", message: "Taken.", detail: "HTTP 409" },
		...{ at: told.now(), attempt: 1 },
	});
	const plain = tell(sopFor([freeStep("a")]));
	plain.ended("a", refused(false));
	assert.deepEqual(plain.wait("a").problem, { code: "no", message: "No.", choices: [], applied: [], doubt: [] });
});

test("a form that changed under a write does it again although nothing of it changed, unless it was sent", () => {
	const told = tell(sopFor([freeStep("a"), stays]));
	told.began("a", [make]);
	told.amend({ other: 1 });
	told.ended("a", done(make.id));
	assert.deepEqual([told.state("a").state, told.state("a").attempt], ["running", 2]);
});

test("what has not settled is waited for even by a step that is tried once only", () => {
	const told = tell(sopFor([freeStep("a", { retry: { attempts: 1, firstMs: 1000, mostMs: 1000 } })]));
	told.ended("a", settling(3000));
	assert.equal(told.wait("a").kind, "again");
	told.fire("a", "again");
	told.ended("a", refused(true));
	assert.equal(told.wait("a").kind, "question");
});

test("an unknown of a write that may be repeated is no reason to wait when the form has changed", () => {
	const told = tell(sopFor([freeStep("a")]));
	told.began("a", [make]);
	told.amend({ value: "v1" });
	told.ended("a", unknown());
	assert.deepEqual([told.state("a").state, told.state("a").try?.input], ["running", { value: "v1" }]);
});

test("a way on that a refusal offers changes the step's input and is tried at once, its failures counted anew", () => {
	const choices = [{ id: "other", words: "Another name", with: { value: "v9" } }];
	const told = tell(sopFor([freeStep("a")]));
	told.ended("a", { kind: "refused", applied: [], code: "taken", message: "Taken.", retryable: false, choices });
	assert.equal(told.state("a").failures, 1);
	told.answer("a", "choose", "tia", { choice: "other" });
	assert.deepEqual([told.run().overrides, told.state("a").try?.input], [{ a: { value: "v9" } }, { value: "v9" }]);
	assert.deepEqual([told.state("a").attempt, told.state("a").failures], [2, 0]);
	told.ended("a", refused(false));
	told.answer("a", "done", "tia");
	assert.equal(told.state("a").failures, 0);
});

test("a plan that was made counts its failures anew, and an approval says who gave it", () => {
	const told = tell(sopFor([approveStep(["a"]), doStep("a")]));
	told.send({ kind: "plan-failed", wait: told.wait("approve").id, problems: [], retryable: true });
	assert.equal(told.state("approve").failures, 1);
	told.fire("approve", "again");
	told.planned("approve", planFor([entry("a", [make])]));
	assert.equal(told.state("approve").failures, 0);
	told.answer("approve", "approve", "di");
	assert.deepEqual([told.state("approve").state, told.state("approve").by], ["done", "di"]);
});

test("a look that was refused looks again later and keeps its time to give up; one that cannot is asked", () => {
	const wait = { kind: "for", action: settle, with: {}, atMost: { clock: "wall", ms: HOUR }, everyMs: 5000 } as const;
	const looking = () => tell(sopFor([{ ...base, id: "s", name: "S", kind: "wait", wait }]));
	const giveUp = looking().wait("s").timers["give-up"];
	const after = (more: object) => {
		const told = looking();
		told.ended("s", { ...refused(true), ...more } as Outcome);
		const { kind, timers } = told.wait("s");
		assert.deepEqual([kind, timers["give-up"]], ["state", giveUp]);
		return toMs(timers.look ?? "") - toMs(told.now());
	};
	assert.deepEqual([after({}), after({ retryAfterMs: 9000 }), after({ retryAfterMs: 10 })], [5000, 9000, 5000]);
	const asked = looking();
	asked.ended("s", refused(false));
	assert.deepEqual(asked.wait("s").verbs, ["retry", "done", "skip", "stop", "claim"]);
	const cut = looking();
	cut.ended("s", unknown());
	assert.deepEqual([cut.wait("s").kind, Object.keys(cut.wait("s").timers)], ["again", ["again", "give-up"]]);
	cut.fire("s", "again");
	assert.deepEqual([cut.wait("s").kind, cut.wait("s").timers], ["state", { "give-up": giveUp }]);
});
