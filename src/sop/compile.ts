/**
 * Compiles an SOP: YAML, overlay and client values in, plain data out, or every problem at once with its line and what to
 * write instead. Pure. Must never throw for what an author wrote, and never let half an SOP through.
 */
import { z } from "zod";
import type { Problem } from "../base/errors.ts";
import { asList, asRecord, asText, isRecord, type Json, sha256, type Values } from "../base/json.ts";
import type { Roster } from "../people/roster.ts";
import type { Context } from "./compile-context.ts";
import { readWho } from "./compile-context.ts";
import { compileForm } from "./compile-form.ts";
import { laterIds } from "./compile-nested.ts";
import { compileSteps } from "./compile-steps.ts";
import type { KnownActions } from "./definitions.ts";
import { parseDuration } from "./duration.ts";
import { guardSteps } from "./guards.ts";
import { applyOverlay } from "./overlay.ts";
import { type Report, reporter, suggest } from "./report.ts";
import { overlayShape, sopShape } from "./schema.ts";
import { checkExpression, checkTemplates, type Scope } from "./scope.ts";
import { checkShape } from "./shape.ts";
import type { ClientValues, Sop, SopId, Start } from "./sop.ts";
import { readYaml, type Sources } from "./yaml-source.ts";

export type SourceText = { readonly file: string; readonly text: string; readonly unreadable?: Problem };
export type CompileInput = SourceText & {
	/** A client's changes to it, by step id. */
	readonly overlay?: SourceText;
	readonly client: ClientValues;
	readonly known: KnownActions;
	/** Role names that the client or the MSP defines. */
	readonly roles: readonly string[];
	/** Number of the core it is compiled for. */
	readonly core: number;
	/** SOPs that `run` may name. */
	readonly otherSops: readonly SopId[];
	/** To check that approvals can be given; absent: not checked. */
	readonly roster?: Roster;
};
type Compiled = { readonly sop?: Sop; readonly problems: readonly Problem[] };

const SOP_SHAPE = sopShape(z.unknown());
const OVERLAY_SHAPE = overlayShape(z.unknown());

/** Compiles one SOP for one client. `sop` is there only when there are no problems. */
export function compileSop(input: CompileInput): Compiled {
	const sources: Sources = new WeakMap();
	const base = readYaml(input, sources);
	const over = input.overlay === undefined ? undefined : readYaml(input.overlay, sources);
	const problems = [...base.problems, ...(over?.problems ?? [])];
	if (!isRecord(base.value)) return { problems: problems.length > 0 ? problems : [notAnSop(input.file)] };
	let tree: Values = base.value;
	if (input.overlay !== undefined && isRecord(over?.value)) {
		const report = reporter(over.value, sources, input.overlay.file);
		checkShape(OVERLAY_SHAPE, over.value, [], report);
		tree = applyOverlay(tree, over.value, sources, report);
		problems.push(...report.problems);
	}
	const report = reporter(tree, sources, input.file);
	const sop = compileTree(tree, input, report);
	const all = inOrder([...problems, ...report.problems], input.file);
	return all.length > 0 ? { problems: all } : { sop, problems: [] };
}

function compileTree(tree: Values, input: CompileInput, report: Report): Sop {
	checkShape(SOP_SHAPE, tree, [], report);
	const subject = asRecord(tree.subject);
	const urgency = tree.urgency === "urgent" || tree.urgency === "emergency" ? tree.urgency : "routine";
	const id = asText(tree.sop);
	const context: Context = {
		report,
		known: input.known,
		roles: new Set(input.roles),
		client: input.client,
		sop: id,
		sops: input.otherSops,
		emergency: urgency === "emergency",
		places: new WeakMap(),
		...(input.roster === undefined ? {} : { roster: input.roster }),
	};
	const form = compileForm(tree.form, ["form"], input.client, report);
	const scope: Scope = {
		fields: new Set(form.map((one) => one.name)),
		subject: new Set(Object.keys(subject)),
		steps: new Map(),
		locals: new Set(),
		later: new Set(laterIds(tree.steps)),
	};
	const drafts = compileSteps(tree.steps, ["steps"], { scope, taken: new Set() }, context);
	if (Array.isArray(tree.steps) && tree.steps.length === 0) {
		report(["steps"], "missing", "This SOP has no steps.", { remedy: "Write at least one." });
	}
	const steps = guardSteps(drafts, context);
	checkTemplates(subject, ["subject"], { ...scope, subject: new Set() }, report);
	checkTemplates(asRecord(tree.outputs), ["outputs"], scope, report);
	const review = parseDuration(tree.review);
	const made: Omit<Sop, "definition"> = {
		id,
		title: asText(tree.title),
		client: input.client,
		core: input.core,
		owner: owner(tree, context),
		...(review === undefined ? {} : { review }),
		urgency,
		visibility: tree.visibility === "involved" ? "involved" : "all",
		subject: subject as Sop["subject"],
		unique: unique(tree, scope, report),
		starts: starts(tree, context),
		form,
		steps,
		outputs: asRecord(tree.outputs),
	};
	return { ...made, definition: sha256(made as unknown as Values) };
}

function owner(tree: Values, { roles, report }: Context): string {
	const role = asText(tree.owner);
	if (role !== "" && !roles.has(role)) {
		report(["owner"], "no-such-role", `There is no role “${role}”.`, { remedy: suggest(role, [...roles]) });
	}
	return role;
}

/** `unique` is judged before a run exists, so it reads the form only. */
function unique(tree: Values, scope: Scope, report: Report): readonly string[] {
	const list = asList(tree.unique).filter((one) => typeof one === "string");
	for (const [index, source] of list.entries()) {
		const names = checkExpression(source, ["unique", index], scope, report);
		const odd = names?.find((name) => name !== "form" && !name.startsWith("form."));
		if (odd !== undefined) {
			report(["unique", index], "not-the-form", `“${odd}” is not known when a run is asked for.`, {
				remedy: "Read the form only.",
			});
		}
	}
	return list;
}

function starts(tree: Values, context: Context): readonly Start[] {
	const list = asList(tree.start);
	return list.flatMap((one, index): readonly Start[] => {
		const start = asRecord(one);
		const kinds = ["command", "portal", "webhook"].filter((word) => start[word] !== undefined);
		const [kind] = kinds;
		if (kind === undefined || kinds.length > 1) {
			context.report(["start", index], "no-kind", "This does not say one way to start.", {
				remedy: "Write command:, portal: or webhook:.",
			});
			return [];
		}
		if (kind === "webhook") return [{ kind, hook: asText(start.webhook), map: asRecord(start.map) }];
		if (start.by === undefined) {
			context.report(["start", index], "missing", "This does not say who may.", { remedy: "Write by: and the roles." });
		}
		const by = readRoles(start.by, index, context);
		return kind === "command"
			? [{ kind, command: asText(start.command), by }]
			: [{ kind: "portal", title: asText(start.portal), by }];
	});
}

function readRoles(value: Json | undefined, index: number, context: Context): readonly string[] {
	const by = readWho(value, ["start", index, "by"], context);
	const party = by.find((one) => !context.roles.has(one) && one !== "owner");
	if (party !== undefined && ["requester", "subject", "manager"].includes(party)) {
		context.report(["start", index, "by"], "no-such-role", `Nobody is the “${party}” before a run exists.`, {
			remedy: "Name roles.",
		});
	}
	return by;
}

function notAnSop(file: string): Problem {
	const remedy = "Begin with sop: and title:.";
	return { path: "", code: "not-an-sop", message: "This file is not a mapping.", remedy, file, line: 1, column: 1 };
}

/** By file, the SOP's own first, then by line. */
function inOrder(problems: readonly Problem[], first: string): readonly Problem[] {
	const rank = (one: Problem) => (one.file === first ? 0 : 1);
	return problems.toSorted(
		(a, b) => rank(a) - rank(b) || (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0),
	);
}
