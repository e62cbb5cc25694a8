/**
 * One invented card of each name, as the core would write it, and a reader in London of a client in New York. Used by the
 * goldens and the browser.
 */
import { words } from "../../src/base/words.ts";
import { type CardData, type CardName, emptyCard } from "../../src/cards/card.ts";
import type { Reader } from "../../src/cards/fill.ts";
import { formCard } from "../../src/cards/form-card.ts";
import { theRole } from "../../src/people/names.ts";
import type { Field } from "../../src/sop/sop.ts";

const names: { readonly [id: string]: string } = {
	mo: "Mo Manager",
	tia: "Tia Tran",
	di: "Di Okafor",
	sam: "Sam Osei",
	harriet: "Harriet Reyes",
};
const roles: { readonly [role: string]: readonly string[] } = {
	"service-desk": ["tia", "sam", "di"],
	"it-lead": ["mo"],
	owner: ["tia", "di"],
};

export const reader: Reader = {
	now: "2026-11-23T14:20:00.000Z",
	zone: "Europe/London",
	place: "London",
	clientZone: "America/New_York",
	clientPlace: "New York",
	you: "tia",
	nameOf: (id) => names[id],
	roleName: theRole,
	resolve: (who) => [...new Set(who.flatMap((role) => roles[role] ?? []))],
};

export const header = ["Contoso", "New employee", "Sandbox", "7K2QX9"];

const planLines: CardData["lines"] = [
	{ sign: "+", tone: "good", text: "Make the account ada.lovelace@contoso.example, closed" },
	{ sign: "+", tone: "good", text: "Give 1 Business Premium licence" },
	{ sign: "+", tone: "good", text: "Join 2 groups: Sales, All Sales" },
	{ sign: "~", tone: "warning", text: words("Open the account on ", { day: "2026-12-01" }, ", 07:00 New York") },
	{ sign: "+", tone: "good", text: "Make a first sign-in pass, good for 8 h" },
];

const planDetails: CardData["details"] = [
	{
		title: "Active Directory",
		lines: ["CN=Ada Lovelace,OU=Sales,DC=contoso,DC=example", "userAccountControl 514 now, 512 on the first morning"],
	},
	{ title: "Microsoft 365", lines: ["licence SPB, usage location US; group All Sales"] },
	{ title: "", lines: ["Plan 4F9C 21AB"] },
];

const details = { title: "Details", style: "default", reveal: "details" } as const;
const openRun = { title: "Open the run", style: "default", url: "http://127.0.0.1:3978/runs/7K2QX9" } as const;

const choice = (key: string, title: string) => ({ key, title, value: { key, title, licences: ["SPB"] } });

export const newhireFields: readonly Field[] = [
	{ name: "firstName", label: "First name", type: "text", optional: false, max: 64 },
	{ name: "lastName", label: "Last name", type: "text", optional: false, max: 64 },
	{ name: "startDate", label: "First day", type: "date", optional: false },
	{
		name: "profile",
		label: "Role",
		type: "choice",
		optional: false,
		hint: "Decides licence, groups and equipment.",
		choices: [choice("sales", "Sales"), choice("finance", "Finance"), choice("warehouse", "Warehouse")],
	},
	{ name: "manager", label: "Manager", type: "person", optional: false },
	{ name: "privateEmail", label: "Private e-mail", type: "email", optional: true, hint: "An address outside Contoso." },
];

export const people = [
	{ id: "sol", name: "Sol Vance", title: "Sales" },
	{ id: "mo", name: "Mo Manager", title: "IT" },
];

export const samples: { readonly [name in CardName]: CardData } = {
	form: formCard({
		sop: { title: "New employee" },
		client: { name: "Contoso", sandbox: true },
		fields: newhireFields,
		typed: {
			firstName: "Ada",
			lastName: "Lovelace",
			startDate: "2026-12-01",
			profile: choice("sales", "Sales").value,
			manager: "sol",
			privateEmail: "ada@contoso.example",
		},
		problems: [
			{
				path: "form.privateEmail",
				code: "inside",
				message: "Enter an address outside Contoso.",
				remedy: "ada@contoso.example does not exist yet, so she could not read it.",
			},
		],
		people,
		heading: "Who is joining?",
		lead: [words("Nothing changes until ", { who: ["it-lead"] }, " has approved the plan you will see next.")],
	}),
	plan: {
		...emptyCard,
		header,
		title: "Plan for Ada Lovelace",
		lead: ["6 changes. 1 Business Premium, 3 left, no new cost. Nothing has changed yet."],
		waiting: {
			strong: words("Waiting for ", { who: ["it-lead"] }),
			rest: words(" to approve. Reminder at ", { timeAt: "2026-11-23T15:26:00.000Z" }, "."),
			tone: "warning",
		},
		lines: planLines,
		details: planDetails,
		buttons: [details, { title: "Change the form", style: "default", verb: "amend" }],
		summary: words("Plan for Ada Lovelace at Contoso: 6 changes. ", { who: ["it-lead"] }, " is asked to approve."),
	},
	approval: {
		...emptyCard,
		header,
		title: "Approve the plan for Ada Lovelace?",
		lead: [
			words(
				{ person: "harriet" },
				" asks. First day ",
				{ day: "2026-12-01" },
				". 1 Business Premium, 3 left, no new cost.",
			),
		],
		lines: planLines,
		details: planDetails,
		footer: words("Approving covers exactly these changes for ", { span: 14 * 86_400_000 }, "."),
		buttons: [
			{ title: "Approve", style: "primary", verb: "approve" },
			{ title: "Send back…", style: "default", reveal: "send-back" },
			details,
		],
		summary: "Approve the plan for Ada Lovelace at Contoso? 6 changes, no new cost.",
	},
	progress: {
		...emptyCard,
		header,
		title: words("Ada Lovelace, first day ", { day: "2026-12-01" }),
		lead: [],
		waiting: {
			strong: words("Waiting for ", { who: ["owner"] }),
			rest: words(
				" to choose a licence, ",
				{ span: 864_000 },
				". Reminder at ",
				{ timeAt: "2026-11-23T16:20:00.000Z" },
				".",
			),
			tone: "warning",
		},
		lines: [
			{
				sign: "✓",
				tone: "good",
				text: "Plan approved",
				meta: words("by ", { person: "mo" }, ", ", { at: "2026-11-23T14:02:00.000Z" }),
			},
			{ sign: "✓", tone: "good", text: "Account made, closed", meta: "read back" },
			{ sign: "✓", tone: "good", text: "Arrived in Microsoft 365", meta: words("after ", { span: 1_020_000 }) },
			{
				sign: "?",
				tone: "warning",
				text: "Licence: none free",
				meta: words({ person: "tia", first: true }, " is asked"),
			},
			{ sign: "…", tone: "accent", text: "Groups: 1 of 2", meta: "running" },
			{ sign: "○", tone: "subtle", text: "First morning", meta: words({ at: "2026-12-01T12:00:00.000Z" }) },
		],
		buttons: [openRun, { title: "Add a note…", style: "default", verb: "note" }],
		summary: words("Ada Lovelace, New employee at Contoso: waiting for ", { who: ["owner"] }, " to choose a licence."),
	},
	question: {
		...emptyCard,
		header,
		title: "No licence is free for Ada Lovelace",
		lead: [
			"Business Premium: 25 of 25 in use; the last one went to Ben Ode at 09:11. Ada’s account and groups stand, closed. Nothing else changed.",
		],
		details: [{ title: "", lines: ["POST /users/…/assignLicense", "400 Request_BadRequest, 09:20:04, try 1 of 1"] }],
		choices: [
			{ value: "retry", title: "Try again", hint: "a licence is bought or freed" },
			{ value: "done", title: "Done by hand", hint: "we look to make sure" },
			{ value: "skip", title: "Skip", hint: "no mailbox on the first day" },
			{ value: "stop", title: "Stop the run", hint: "what is done stays" },
		],
		buttons: [
			{ title: "Answer", style: "primary", verb: "choose", inputs: true },
			{ title: "I’ll take it", style: "default", verb: "claim" },
			details,
		],
		summary:
			"A choice is needed for Ada Lovelace at Contoso: no Business Premium licence is free. Nothing else changed.",
	},
	task: {
		...emptyCard,
		header,
		title: "Laptop and badge for Ada Lovelace",
		lead: [words({ who: ["service-desk"] }, " is asked. It is due ", { at: "2026-11-24T22:00:00.000Z" }, ".")],
		checklist: [
			{ value: "laptop", title: "Laptop imaged and labelled", done: true },
			{ value: "badge", title: "Badge printed", done: false },
		],
		fields: [
			{
				name: "evidence",
				label: "Serial number of the laptop",
				type: "text",
				optional: false,
				max: 200,
				hint: "It stands on the label under the battery.",
			},
		],
		facts: [
			{ title: "First day", value: words({ day: "2026-12-01" }) },
			{ title: "Desk", value: "New York, floor 3, by the window" },
		],
		buttons: [
			{ title: "All done", style: "primary", verb: "complete", inputs: true },
			{ title: "I’ll take it", style: "default", verb: "claim" },
		],
		summary: "Laptop and badge for Ada Lovelace at Contoso: 1 of 2 done.",
	},
	notice: {
		...emptyCard,
		header,
		title: "Ada Lovelace is ready to start",
		lead: ["All 6 changes were read back and are true. Nobody needs to do anything."],
		facts: [
			{
				title: "Account",
				value: words("ada.lovelace@contoso.example, open since ", { at: "2026-12-01T12:00:00.000Z" }),
			},
			{ title: "Licence", value: "1 Business Premium, 2 left" },
			{ title: "Groups", value: "Sales, All Sales" },
			{ title: "Approved by", value: words({ person: "mo" }, ", ", { at: "2026-11-23T14:02:00.000Z" }) },
			{ title: "Took", value: words({ span: 684_000_000 }, ", of which ", { span: 2_460_000 }, " waiting for people") },
		],
		footer: "Undo is possible until Ada signs in for the first time.",
		buttons: [openRun, { title: "Undo…", style: "danger", verb: "undo" }],
		summary: "Done: Ada Lovelace at Contoso can sign in. 6 of 6 changes read back.",
	},
	welcome: {
		...emptyCard,
		header: ["Contoso"],
		title: "Welcome, Ada",
		lead: [
			words("Your account opens on ", { day: "2026-12-01" }, ", 07:00 New York."),
			"Your pass for the first sign-in is shown once. Have your phone at hand.",
		],
		facts: [
			{ title: "Sign in as", value: "ada.lovelace@contoso.example" },
			{ title: "Manager", value: "Sol Vance" },
			{ title: "Questions", value: words({ who: ["it-lead"] }, ", +1 202 555 0100") },
		],
		buttons: [{ title: "Show the pass", style: "primary", url: "http://127.0.0.1:3978/handover/7K2QX9/pass" }],
		summary: "Welcome, Ada. Your first sign-in is ready.",
	},
	error: {
		...emptyCard,
		header,
		title: "You asked for this one, so someone else approves it",
		lead: [words("Nothing changed. ", { person: "di" }, " is asked now.")],
		lines: [{ sign: "✗", tone: "attention", text: "Approve the plan for Ada Lovelace", meta: "not counted" }],
		buttons: [openRun],
		summary: "You asked for this one, so someone else approves it. Nothing changed.",
	},
	help: {
		...emptyCard,
		header: ["Contoso"],
		title: "What you can type",
		lead: ["With or without a slash. Answers come to you alone."],
		facts: [
			{ title: "newhire", value: "New employee: fill in a form, see the plan, then Mo Manager approves it" },
			{ title: "runs", value: "What is under way" },
			{ title: "approvals", value: "What waits for you" },
			{ title: "run 7K2QX9", value: "One run, step by step" },
		],
		footer: "More about one: help newhire.",
		buttons: [{ title: "New employee", style: "primary", verb: "start" }],
		summary: "What you can type: newhire, runs, approvals, run.",
	},
};
