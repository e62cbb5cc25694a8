/**
 * What the compiler makes of SOPs, and what it says about broken ones.
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it, test } from "node:test";
import fc from "fast-check";
import type { Problem } from "../../src/base/errors.ts";
import { type CompileInput, compileSop } from "../../src/sop/compile.ts";
import type { ClientValues, Sop, Step } from "../../src/sop/sop.ts";
import { known } from "./known.ts";

const client: ClientValues = {
	id: "contoso",
	name: "Contoso Ltd",
	timezone: "America/New_York",
	calendar: { hours: { "1": [{ from: 480, to: 1080 }] }, holidays: [] },
	identity: "hybrid",
	profiles: { sales: { key: "sales", title: "Sales", groups: ["Sales"], laptop: true } },
	sandbox: true,
};
const hole = (source: string) => `$${`{${source}}`}`;
const HEAD = `sop: demo
title: Demo
owner: it-lead
subject: { name: "${hole("form.firstName")}", user: "${hole("form.firstName")}", email: "${hole("form.mail")}" }
form:
  firstName: { label: First name, type: text }
  lastName: { label: Last name, type: text }
  mail: { label: Mail, type: email, optional: true }
  groups: { label: Groups, type: choices, choices: [a, b] }
`;
const APPROVE = "  - { id: ok, name: Approve, approve: { by: it-lead } }\n";

function compile(text: string, more: Partial<CompileInput> = {}) {
	return compileSop({
		file: "demo.yaml",
		text,
		client,
		known,
		roles: ["it-lead", "hr", "service-desk", "owner"],
		core: 1,
		otherSops: ["leaver"],
		...more,
	});
}
function made(steps: string, more: Partial<CompileInput> = {}): Sop {
	const { sop, problems } = compile(`${HEAD}steps:\n${steps}`, more);
	assert.deepEqual(problems, []);
	assert.ok(sop !== undefined);
	return sop;
}
function problems(steps: string, more: Partial<CompileInput> = {}): readonly Problem[] {
	const { sop, problems: found } = compile(`${HEAD}steps:\n${steps}`, more);
	assert.equal(sop, undefined);
	for (const one of found) {
		assert.ok(one.file !== undefined && (one.line ?? 0) > 0 && (one.column ?? 0) > 0, JSON.stringify(one));
		assert.match(one.message, /[.!?]$/);
	}
	return found;
}
const codes = (found: readonly Problem[]) => found.map((one) => one.code);
const byId = (sop: Sop, id: string): Step => {
	const step = sop.steps.find((one) => one.id === id);
	assert.ok(step !== undefined, `no step ${id}`);
	return step;
};

describe("a definition with seven mistakes", () => {
	const text = `sop: demo
titel: Demo
owner: it-laed
form:
  firstName: { label: First name, type: txet }
steps:
  - { name: Approve, approve: { by: [nobody] }, onFailure: continue }
  - { name: Account, id: account, do: directory.usr }
  - { name: Wait, wait: { for: microsoft365.userExists, atMost: 45 } }
  - { name: Tell, tell: { to: hr, card: wellcome } }
`;

	it("gives every one of them with its line and its remedy", () => {
		const found = compile(text).problems.map(({ line, code, remedy }) => [line, code, remedy]);
		for (const expected of [
			[2, "unknown-key", "Write “title”."],
			[3, "no-such-role", "Write “it-lead”."],
			[5, "not-a-choice", "Write “text”."],
			[7, "no-such-role", undefined],
			[7, "approval-skipped", "Write ask, stop or undo."],
			[8, "no-such-action", "Write “directory.user”."],
			[9, "wrong-type", "Write text."],
			[10, "no-such-card", "Write “welcome”."],
		]) {
			const [line, code, remedy] = expected;
			const hit = found.find((one) => one[0] === line && one[1] === code);
			assert.ok(hit !== undefined, `${line} ${code} in ${JSON.stringify(found)}`);
			if (remedy !== undefined) assert.equal(hit[2], remedy);
		}
	});

	it("gives them in the order of the file", () => {
		const lines = compile(text).problems.map((one) => one.line ?? 0);
		assert.deepEqual(
			lines,
			lines.toSorted((a, b) => a - b),
		);
	});
});

describe("steps", () => {
	it("fill in what the author leaves out", () => {
		const step = byId(made(`${APPROVE}  - { id: account, do: directory.user }\n`), "account");
		assert.ok(step.kind === "do");
		assert.equal(step.name, "Does directory.user");
		assert.deepEqual(step.retry, { attempts: 4, firstMs: 1000, mostMs: 60_000 });
		assert.deepEqual(
			[step.timeoutMs, step.proveWithinMs, step.onFailure, step.blocking],
			[30_000, 30_000, "ask", true],
		);
		assert.deepEqual(step.with, { firstName: hole("form.firstName"), lastName: hole("form.lastName") });
	});

	it("make an id from the name, and say so when two are the same", () => {
		const sop = made("  - { name: Wait a bit, wait: { after: 2h } }\n");
		assert.equal(sop.steps[0]?.id, "wait-a-bit");
		const twice = "  - { name: Wait, wait: { after: 2h } }\n  - { name: Wait, wait: { after: 1h } }\n";
		assert.deepEqual(codes(problems(twice)), ["duplicate-id"]);
	});

	it("take one kind beside each as a step named after its kind", () => {
		const list = `${APPROVE}  - { id: account, do: directory.user }
  - { name: "Join ${hole("item")}", id: groups, each: form.groups, when: "item != 'a'", do: directory.groupMember, with: { group: "${hole("item")}" }, byHand: 1m, atOnce: 2 }
`;
		const step = byId(made(list), "groups");
		assert.ok(step.kind === "each");
		assert.deepEqual(
			[step.name, step.list, step.atOnce, step.atMost, step.when],
			["Join", "form.groups", 2, 500, undefined],
		);
		const [inner] = step.steps;
		assert.ok(inner?.kind === "do");
		assert.deepEqual(
			[inner.id, inner.name, inner.when, inner.byHandMs],
			["do", `Join ${hole("item")}`, "item != 'a'", 60_000],
		);
		assert.deepEqual(inner.guard, { id: "ok", depth: 0 });
	});

	it("read waits, tasks, asks, pages and runs", () => {
		const sop = made(`  - { id: a, name: A, wait: { until: today, at: "07:00" } }
  - { id: b, name: B, task: { to: service-desk, due: 1 working day, before: today, checklist: [One], evidence: true } }
  - id: c
    name: C
    ask: { to: [manager, hr], form: { size: { label: Size, type: choice, choices: { s: Small } } }, remind: 2h }
  - { id: d, name: D, page: { to: service-desk, words: "Size ${hole("steps.c.size")}" } }
  - { id: e, name: E, run: leaver, with: { name: "${hole("form.firstName")}" } }
`);
		assert.deepEqual(
			sop.steps.map((step) => step.kind),
			["wait", "task", "ask", "page", "run"],
		);
		const [wait, task, ask] = sop.steps;
		assert.ok(wait?.kind === "wait" && task?.kind === "task" && ask?.kind === "ask");
		assert.deepEqual(wait.wait, { kind: "until", until: "today", at: "07:00" });
		assert.deepEqual([task.due, task.before, task.evidence], [{ clock: "working-days", days: 1 }, "today", true]);
		assert.deepEqual(ask.form[0]?.choices, [{ key: "s", title: "Small", value: "s" }]);
	});

	const wrong: readonly (readonly [string, string, string])[] = [
		["a step without a kind", "  - { name: X, dos: directory.user }\n", "no-kind"],
		["a step of two kinds", "  - { name: X, wait: { after: 1h }, page: { to: hr, words: Y } }\n", "two-kinds"],
		[
			"a retry on a question",
			"  - { name: X, ask: { to: hr, form: {} }, retry: { attempts: 2 } }\n",
			"nothing-to-retry",
		],
		["a timeout on an approval", "  - { name: X, approve: { by: hr }, timeout: 2h }\n", "nothing-to-retry"],
		["a write that nothing guards", "  - { id: account, do: directory.user }\n", "unguarded"],
		["an SOP that runs itself", "  - { name: X, run: demo }\n", "recursion"],
		["an SOP that is not there", "  - { name: X, run: leavr }\n", "no-such-sop"],
		["an expression that does not parse", "  - { name: X, when: '((', wait: { after: 1h } }\n", "bad-expression"],
		["an expression in braces", `  - { name: X, when: "${hole("today")}", wait: { after: 1h } }\n`, "bare-expression"],
		["a field that is not there", "  - { name: X, when: form.fistName, wait: { after: 1h } }\n", "no-such-field"],
		[
			"a step that comes later",
			"  - { name: X, when: steps.y, wait: { after: 1h } }\n  - { id: y, name: Y, wait: { after: 1h } }\n",
			"later-step",
		],
		["a step that is not there", "  - { name: X, when: steps.z, wait: { after: 1h } }\n", "no-such-step"],
		[
			"an output that is not there",
			`${APPROVE}  - { id: account, do: directory.user }\n  - { name: X, when: steps.account.mail, wait: { after: 1h } }\n`,
			"no-such-output",
		],
		["an item outside each", "  - { name: X, when: item, wait: { after: 1h } }\n", "no-such-name"],
		["a hole that is not closed", `  - { name: "X ${hole("y").slice(0, -1)}", wait: { after: 1h } }\n`, "bad-template"],
		[
			"a value the action does not take",
			`${APPROVE}  - { do: directory.user, with: { ifTaken: rehier } }\n`,
			"not-a-choice",
		],
		[
			"an input the action does not have",
			`${APPROVE}  - { do: directory.user, with: { enabeld: false } }\n`,
			"unknown-input",
		],
		["a default whose field is not there", `${APPROVE}  - { do: microsoft365.licence }\n`, "missing-input"],
		["a wait for two things", "  - { name: X, wait: { after: 1h, until: today } }\n", "what-for"],
		["a wait for something that writes", "  - { name: X, wait: { for: directory.user } }\n", "wait-writes"],
		["a number where a length of time belongs", "  - { name: X, wait: { after: 45 } }\n", "wrong-type"],
		[
			"an approval only its subject could give",
			"  - { name: X, approve: { by: [subject, requester] } }\n",
			"nobody-approves",
		],
		[
			"an otherwise that is not last",
			"  - { name: X, choose: [{ otherwise: [] }, { when: today, steps: [] }] }\n",
			"otherwise-last",
		],
	];
	for (const [what, steps, code] of wrong) {
		it(`refuse ${what}`, () => assert.ok(codes(problems(steps)).includes(code), JSON.stringify(problems(steps))));
	}

	it("name the field that a required default misses", () => {
		const [problem] = problems(`${APPROVE}  - { do: microsoft365.licence }\n`);
		assert.match(problem?.message ?? "", /takes “licences” from form\.profile/);
	});

	it("do not see their siblings in parallel, and are seen by what follows", () => {
		const both = `  - name: Both
    parallel:
      - { id: a, ask: { to: hr, form: { x: { label: X, type: text } } } }
      - { id: b, name: B, when: steps.a.x, wait: { after: 1h } }
`;
		assert.deepEqual(codes(problems(both)), ["later-step"]);
		made(`${both.replace("when: steps.a.x, ", "")}  - { name: C, when: steps.a.x, wait: { after: 1h } }\n`);
	});

	it("may write with a reason instead of an approval", () => {
		const step = byId(made("  - { id: account, do: directory.user, unguarded: The drill needs no one }\n"), "account");
		assert.ok(step.kind === "do" && step.guard === undefined);
		assert.equal(step.unguarded, "The drill needs no one");
	});
});

describe("a form", () => {
	const form = (fields: string) => `sop: demo\ntitle: Demo\nowner: it-lead\nform:\n${fields}\nsteps:\n${APPROVE}`;
	const fieldOf = (choices: string) =>
		compile(form(`  size: { label: Size, type: choices, choices: ${choices} }`)).sop?.form[0];

	it("has no more fields than every chat can show at once", () => {
		const fields = Array.from({ length: 81 }, (_, at) => `  f${at}: { label: F, type: text }`).join("\n");
		assert.ok(compile(form(fields)).problems.some(({ code }) => code === "too-many-fields"));
		assert.deepEqual(compile(form(fields.split("\n").slice(1).join("\n"))).problems, []);
	});
	it("finds a choice by its words, and by a short key where they are long or would be parted", () => {
		const long = "a ".repeat(60).trim();
		const [plain, parted, wide] = fieldOf(JSON.stringify(["S", "S, M", long]))?.choices ?? [];
		assert.deepEqual(plain, { key: "S", title: "S", value: "S" });
		for (const [choice, words] of [[parted, "S, M"] as const, [wide, long] as const]) {
			assert.match(choice?.key ?? "", /^[0-9a-f]{16}$/);
			assert.deepEqual([choice?.title, choice?.value], [words, words]);
		}
	});
});

describe("approvals", () => {
	it("guard everything after them in their own list, nested lists included, up to the next one", () => {
		const sop = made(`${APPROVE}  - { id: account, do: directory.user }
  - name: Both
    id: both
    parallel:
      - { id: groups, name: G, each: form.groups, steps: [{ id: join, do: directory.groupMember, with: { group: "${hole("item")}" } }] }
      - { id: hello, name: H, tell: { to: [subject], card: welcome } }
  - { id: again, name: Again, approve: { by: it-lead } }
  - { id: gone, do: directory.remove }
`);
		const [first, second] = [byId(sop, "ok"), byId(sop, "again")];
		assert.ok(first.kind === "approve" && second.kind === "approve");
		assert.deepEqual([first.guards, first.destructive], [["account", "groups.join", "hello"], false]);
		assert.deepEqual([second.guards, second.destructive], [["gone"], true]);
	});

	it("inside an each guard that item only, and the outer one goes on after it", () => {
		const sop = made(`${APPROVE}  - id: all
    name: All
    each: form.groups
    steps:
      - { id: mine, name: Mine, approve: { by: it-lead } }
      - { id: join, do: directory.groupMember, with: { group: "${hole("item")}", user: x } }
  - { id: account, do: directory.user }
`);
		const [outer, each, account] = [byId(sop, "ok"), byId(sop, "all"), byId(sop, "account")];
		assert.ok(outer.kind === "approve" && each.kind === "each" && account.kind === "do");
		assert.deepEqual(outer.guards, ["account"]);
		const [mine, join] = each.steps;
		assert.ok(mine?.kind === "approve" && join?.kind === "do");
		assert.deepEqual(
			[mine.guards, join.guard, account.guard],
			[["all.join"], { id: "mine", depth: 1 }, { id: "ok", depth: 0 }],
		);
	});
});

describe("telling the subject", () => {
	it("is a mail that the approval guards", () => {
		const step = byId(
			made(
				`${APPROVE}  - { id: hi, name: Welcome, tell: { to: [subject, hr], card: welcome }, with: { subject: Hi } }\n`,
			),
			"hi",
		);
		assert.ok(step.kind === "tell");
		assert.equal(step.mail?.action.name, "mail.send");
		assert.deepEqual(
			[step.mail?.with.to, step.mail?.with.subject, step.mail?.guard],
			[hole("subject.email"), "Hi", { id: "ok", depth: 0 }],
		);
	});

	it("needs an address", () => {
		const text = `${HEAD}steps:\n  - { id: hi, name: Welcome, tell: { to: subject } }\n`.replace(
			`, email: "${hole("form.mail")}"`,
			"",
		);
		assert.deepEqual(codes(compile(text).problems), ["subject-unreachable"]);
	});
});

describe("the file", () => {
	const refused: readonly (readonly [string, string, string])[] = [
		["an alias", "a: &x 1\nb: *x\n", "alias"],
		["a tag of its own", "a: !!js/function 'x'\n", "tag"],
		["a key twice", "sop: a\nsop: b\n", "duplicate-key"],
		["a key of the prototype", "__proto__: { admin: true }\n", "forbidden-key"],
		["nesting beyond the cap", `a: ${"[".repeat(40)}${"]".repeat(40)}\n`, "too-deep"],
		["nesting that no reader survives", "[".repeat(60_000), "too-deep"],
		["more than 256 kB", `a: ${"x".repeat(300_000)}\n`, "too-large"],
		["half a character", 'a: "\\ud800"\n', "bad-text"],
		["a control character", 'a: "\\0"\n', "bad-text"],
		["text that is drawn backwards", 'a: "x\\u202ey"\n', "bad-text"],
		["nothing", "", "empty"],
		["a list", "- a\n", "not-an-sop"],
		["what is not YAML", "a: [1, 2\n", "not-yaml"],
	];
	for (const [what, text, code] of refused) {
		it(`with ${what} is refused`, () => {
			const found = codes(compile(text).problems);
			assert.ok(found.includes(code) || (code === "too-deep" && found.includes("not-yaml")), found.join());
		});
	}

	it("never makes the compiler throw, whatever is cut out of or written into it", () => {
		const whole = readFileSync(new URL("../../sop-definitions/newhire.yaml", import.meta.url), "utf8");
		fc.assert(
			fc.property(
				fc.nat(whole.length),
				fc.nat(60),
				fc.string({ maxLength: 12, unit: "binary" }),
				(at, length, text) => {
					const found = compile(whole.slice(0, at) + text + whole.slice(at + length));
					assert.ok(found.sop !== undefined || found.problems.length > 0);
				},
			),
			{ numRuns: 60 },
		);
	});
});

describe("an overlay", () => {
	const base = `${HEAD}steps:
${APPROVE}  - { id: account, do: directory.user, with: { ifTaken: next-free-name } }
  - name: Both
    id: both
    parallel:
      - { id: open, do: directory.enabled }
      - { id: wait, name: Wait, wait: { after: 2h } }
`;
	const lay = (overlay: string) => compile(base, { overlay: { file: "contoso/demo.yaml", text: overlay } });

	it("changes, inserts, replaces and removes by step id, nested ones too", () => {
		const { sop, problems: found } = lay(`overlay: demo
title: Demo here
steps:
  - { id: account, with: { ifTaken: ask }, timeout: 1m }
  - { after: account, id: look, name: Look, wait: { for: microsoft365.userExists } }
  - { id: wait, replace: true, name: Wait longer, wait: { after: 4h } }
  - { id: open, remove: true }
`);
		assert.deepEqual(found, []);
		assert.ok(sop !== undefined);
		const account = byId(sop, "account");
		assert.ok(account.kind === "do");
		assert.deepEqual([sop.title, account.with.ifTaken, account.timeoutMs], ["Demo here", "ask", 60_000]);
		assert.deepEqual(
			sop.steps.map((step) => step.id),
			["ok", "account", "look", "both"],
		);
		const both = byId(sop, "both");
		assert.ok(both.kind === "parallel");
		assert.deepEqual(
			both.steps.map((step) => [step.id, step.name]),
			[["wait", "Wait longer"]],
		);
	});

	it("that names a step the base no longer has is reported in its own file", () => {
		const { problems: found } = lay("overlay: demo\nsteps:\n  - { id: acount, with: { ifTaken: ask } }\n");
		assert.deepEqual(
			found.map(({ file, line, code, remedy }) => [file, line, code, remedy]),
			[["contoso/demo.yaml", 3, "no-such-step", "Write “account”."]],
		);
	});

	it("has its mistakes shown where it was written, not in the base", () => {
		const { problems: found } = lay("overlay: demo\nsteps:\n  - id: account\n    with: { ifTaken: aks }\n");
		assert.deepEqual(
			found.map(({ file, line, code }) => [file, line, code]),
			[["contoso/demo.yaml", 4, "not-a-choice"]],
		);
	});

	it("changes the definition's hash, as does the client, and nothing else does", () => {
		const plain = compile(base).sop?.definition;
		assert.equal(compile(base).sop?.definition, plain);
		assert.equal(compile(`# a remark\n${base}`).sop?.definition, plain);
		assert.equal(compile(base, { roles: ["owner", "service-desk", "hr", "it-lead", "more"] }).sop?.definition, plain);
		assert.notEqual(lay("overlay: demo\ntitle: Other\n").sop?.definition, plain);
		assert.notEqual(compile(base, { client: { ...client, timezone: "Europe/Berlin" } }).sop?.definition, plain);
		assert.notEqual(compile(base, { core: 2 }).sop?.definition, plain);
	});
});

test("a notice waits for its readers at most so long, and only where it waits for them", () => {
	const read = "  - { id: n, name: Read, tell: { to: hr, acknowledge: true, atMost: 2h } }\n";
	const step = byId(made(read), "n");
	assert.deepEqual(step.kind === "tell" && [step.acknowledge, step.atMost], [true, { clock: "wall", ms: 7_200_000 }]);
	assert.deepEqual(codes(problems(read.replace("acknowledge: true, ", ""))), ["not-here"]);
});
