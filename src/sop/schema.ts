/**
 * The shape of an SOP file in the author's words, with a sentence for editors beside each. What compile checks and what
 * `sopwith schema` publishes are the same schemas. Must never transform: what goes in comes out.
 */
import { z } from "zod";
import { parseDuration } from "./duration.ts";

const describe = <T extends z.ZodType>(schema: T, text: string): T => schema.describe(text);

/** A length of time: `45m`, `2h`, `7 days`, `2 working hours`, `1 working day`. */
const duration = describe(
	z.string().refine((text) => parseDuration(text) !== undefined, {
		message: "This is not a length of time. Write it like 45m, 2h, 7 days, 2 working hours or 1 working day.",
	}),
	"A length of time: 45m, 2h, 7 days, 2 working hours, 1 working day",
);
export const idLike = z
	.string()
	.regex(/^[a-zA-Z][a-zA-Z0-9_-]{0,63}$/, "Begin with a letter, then letters, digits, - and _.");
/** A name that expressions can say. */
const word = z.string().regex(/^[a-zA-Z][a-zA-Z0-9]{0,63}$/, "Begin with a letter, then letters and digits only.");
const text = z.string().min(1, "Write something here.").max(2000, "At most 2000 characters.");
const expression = describe(
	z.union([z.string(), z.boolean(), z.number()]),
	"An expression, written bare: form.profile.laptop",
);
const values = z.record(z.string(), z.json());
const who = describe(
	z.union([z.string(), z.array(z.string()).min(1)]),
	"A role, requester, subject, manager or owner; or a list of them",
);
const expressions = describe(z.record(word, expression), "Names for expressions, usable in this step");

const overdue = z.strictObject({ after: duration, ask: who });
const remind = {
	remind: describe(duration, "Reminds after this long, again and again").optional(),
	overdue: describe(overdue, "Brings in someone else after this long").optional(),
};

/** One field of a form. */
const field = z.strictObject({
	label: describe(text.max(120), "What the field is called on the card"),
	type: describe(
		z.enum(["text", "multiline", "email", "phone", "number", "date", "time", "choice", "choices", "person", "yes-no"]),
		"What may be typed",
	),
	optional: describe(z.boolean(), "May stay empty").optional(),
	hint: describe(text.max(300), "A sentence under the field").optional(),
	max: describe(
		z.union([z.number(), z.string()]),
		"Most characters, largest number, or latest day (today+90)",
	).optional(),
	min: describe(
		z.union([z.number(), z.string()]),
		"Fewest characters, smallest number, or earliest day (today-30)",
	).optional(),
	default: describe(z.json(), "What is taken when it stays empty").optional(),
	from: describe(
		z.literal("client.profiles"),
		"The client's profiles are the choices; the value is the whole profile",
	).optional(),
	choices: describe(
		z.union([
			z
				.array(
					z.union([z.string(), z.strictObject({ key: z.string(), title: z.string(), value: z.json().optional() })]),
				)
				.min(1),
			z.record(z.string(), z.string()),
		]),
		"The choices: a list, or key: title",
	).optional(),
});
const form = describe(z.record(word, field), "Fields, in the order of the card");

const common = {
	name: describe(text.max(200), "What the step is called; holes are filled").optional(),
	id: describe(idLike, "How expressions and overlays call it; made from the name if absent").optional(),
	when: describe(expression, "Only when this is true").optional(),
	let: expressions.optional(),
	blocking: describe(z.boolean(), "false: what follows does not wait for it").optional(),
	onFailure: describe(
		z.enum(["ask", "stop", "continue", "undo"]),
		"What happens when it fails; ask is the default",
	).optional(),
	byHand: describe(duration, "What a technician would need by hand").optional(),
};
const retry = z.strictObject({
	attempts: z.int().min(1).max(20).optional(),
	first: duration.optional(),
	most: duration.optional(),
});

/** The words that make a step what it is; exactly one stands in each step. */
export const KINDS = [
	"do",
	"approve",
	"ask",
	"task",
	"tell",
	"page",
	"wait",
	"each",
	"parallel",
	"choose",
	"run",
] as const;
export type KindWord = (typeof KINDS)[number];

const doing = {
	do: describe(z.string(), "The action, e.g. directory.user"),
	with: describe(values, "What the action is given; strings are templates").optional(),
	retry: retry.optional(),
	timeout: describe(duration, "How long one try may take").optional(),
	unguarded: describe(text.max(300), "Why this may be done without an approval").optional(),
};
const approve = z.strictObject({
	by: who,
	need: describe(z.int().min(1).max(9), "How many must approve").optional(),
	valid: describe(duration, "How long the approval holds; 14 days, or 24 h where something is taken away").optional(),
	...remind,
});
const task = z.strictObject({
	to: who,
	...remind,
	due: describe(duration, "How long it may take, or how long before").optional(),
	before: describe(expression, "The day or instant it must be done before").optional(),
	checklist: z.array(text.max(300)).max(50).optional(),
	evidence: describe(z.boolean(), "A sentence of proof is asked for").optional(),
});
const tell = z.strictObject({
	to: who,
	card: describe(z.string(), "The card; notice is the default").optional(),
	acknowledge: describe(z.boolean(), "Each says that they have read it").optional(),
	atMost: describe(duration, "How long it waits for them; then it goes on and names who has not").optional(),
});
const time = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'Write it like "07:00".');
const wait = z.strictObject({
	after: describe(duration, "A length of time").optional(),
	until: describe(expression, "A day or an instant").optional(),
	at: describe(time, "The time of that day, for the client").optional(),
	for: describe(z.string(), "An action that only looks").optional(),
	with: values.optional(),
	atMost: describe(duration, "Then somebody is asked; 30m is the default").optional(),
	every: describe(duration, "How often it is looked at; 5s is the default").optional(),
});
const each = {
	each: describe(expression, "A list, evaluated once, on entry; each is called item"),
	key: describe(expression, "What names an item that is not a text").optional(),
	atOnce: z.int().min(1).max(20).optional(),
	atMost: z.int().min(1).max(5000).optional(),
};

/** The shape of a step of each kind. `steps` is the schema of nested lists. */
export function stepShapes(steps: z.ZodType): { readonly [kind in KindWord]: z.ZodObject } {
	const nested = steps.optional();
	const branch = z.strictObject({ when: expression.optional(), otherwise: nested, steps: nested });
	const kinds: { readonly [kind in Exclude<KindWord, "each">]: z.ZodRawShape } = {
		do: doing,
		approve: { approve },
		ask: { ask: z.strictObject({ to: who, ...remind, form }) },
		task: { task },
		tell: { tell, with: describe(values, "What the card and the mail are given").optional() },
		page: { page: z.strictObject({ to: who, words: text.max(300) }) },
		wait: { wait },
		parallel: { parallel: steps },
		choose: { choose: z.array(branch).min(1) },
		run: { run: describe(z.string(), "Another SOP"), with: values.optional() },
	};
	const made = Object.entries(kinds).map(([kind, shape]) => [kind, z.strictObject({ ...shape, ...common })]);
	const beside: z.ZodRawShape = Object.assign({}, ...Object.values(kinds));
	const optional = Object.entries(beside).map(([key, schema]) => [key, z.optional(schema)]);
	return {
		...(Object.fromEntries(made) as { readonly [kind in Exclude<KindWord, "each">]: z.ZodObject }),
		each: z.strictObject({ ...Object.fromEntries(optional), ...each, steps: nested, ...common }),
	};
}

/** An SOP file, around its steps. */
export function sopShape(steps: z.ZodType): z.ZodObject {
	return z.strictObject({
		sop: describe(idLike, "The SOP's id; the file is named after it"),
		title: describe(text.max(120), "What people call it"),
		owner: describe(z.string(), "The role that is asked when a step is stuck"),
		review: describe(duration, "How often the owner confirms it").optional(),
		urgency: z.enum(["routine", "urgent", "emergency"]).optional(),
		visibility: describe(z.enum(["all", "involved"]), "involved: only those who take part see it").optional(),
		subject: z
			.strictObject({ name: text.optional(), manager: text.optional(), email: text.optional(), user: text.optional() })
			.optional(),
		unique: describe(z.array(z.string()), "Expressions over form; equal values are the same request").optional(),
		start: z.array(start).optional(),
		form: form.optional(),
		steps,
		outputs: values.optional(),
	});
}

const start = z.strictObject({
	command: describe(
		z.string().regex(/^[a-z][a-z0-9-]{1,31}$/, "Lower case letters, digits and dashes."),
		"What is typed in chat",
	).optional(),
	portal: describe(text.max(120), "What the portal calls it").optional(),
	webhook: describe(idLike, "The hook's name").optional(),
	by: describe(z.union([z.string(), z.array(z.string()).min(1)]), "The roles that may").optional(),
	map: describe(values, "How the hook's body becomes the form").optional(),
});

/** An overlay: changes to the steps of a base SOP, by step id. */
export function overlayShape(steps: z.ZodType): z.ZodObject {
	const base = sopShape(steps).shape;
	const rest = Object.fromEntries(Object.entries(base).map(([key, schema]) => [key, z.optional(schema as z.ZodType)]));
	return z.strictObject({ ...rest, overlay: describe(idLike, "The SOP that this changes") });
}
