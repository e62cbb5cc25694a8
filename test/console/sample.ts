/**
 * Runs as the pages meet them: one rich description per phase, with every kind of wait, and the definitions behind them.
 */
import { words } from "../../src/base/words.ts";
import type { RunDescription, StepDescription } from "../../src/engine/desk.ts";
import type { Plan, Verb } from "../../src/engine/event.ts";
import type { Person } from "../../src/people/roster.ts";
import type { Client, Definitions } from "../../src/sop/definitions.ts";
import type { Sop, Start } from "../../src/sop/sop.ts";

export const NOW = "2026-11-23T14:34:00.000Z";
const at = (time: string) => `2026-11-23T${time}.000Z`;

const person = (id: string, name: string, more: Partial<Person> = {}): Person => ({
	id,
	name,
	email: `${id}@contoso.example`,
	of: "client",
	...more,
});

export const tia = { id: "tia" };
export const mo = { id: "mo", client: "contoso" };
export const ada = { id: "ada", client: "contoso" };
export const sol = { id: "sol", client: "contoso" };
export const finn = { id: "finn", client: "fabrikam" };

const profile = (key: string, title: string) => ({ key, title, value: { key, title } });
const starts: readonly Start[] = [
	{ kind: "command", command: "newhire", by: ["hr"] },
	{ kind: "portal", title: "New employee", by: ["hr"] },
	{ kind: "webhook", hook: "hris", map: { firstName: "${body.person.first}", lastName: "${body.person.last}" } },
];

const values: Sop["client"] = {
	id: "contoso",
	name: "Contoso Ltd",
	timezone: "America/New_York",
	calendar: { hours: {}, holidays: [] },
	identity: "hybrid",
	profiles: {},
	sandbox: true,
};

export const newhire: Sop = {
	id: "newhire",
	title: "New employee",
	client: values,
	definition: "3f9c21ab".repeat(8),
	core: 1,
	owner: "it-lead",
	review: { clock: "wall", ms: 182 * 86_400_000 },
	urgency: "routine",
	visibility: "all",
	subject: { name: "${form.firstName} ${form.lastName}", manager: "${form.manager}" },
	unique: ["form.firstName"],
	starts,
	form: [
		{ name: "firstName", label: "First name", type: "text", optional: false, max: 64 },
		{ name: "lastName", label: "Last name", type: "text", optional: false, max: 64 },
		{
			name: "startDate",
			label: "First day",
			type: "date",
			optional: false,
			hint: "The account opens that morning at 07:00, New York",
		},
		{
			name: "profile",
			label: "Role",
			type: "choice",
			optional: false,
			hint: "Decides licence, groups and equipment",
			choices: [profile("sales", "Sales"), profile("finance", "Finance")],
		},
		{ name: "manager", label: "Manager", type: "person", optional: false },
		{
			name: "extras",
			label: "Equipment",
			type: "choices",
			optional: true,
			choices: [profile("bag", "Laptop bag"), profile("phone", "Phone")],
		},
		{ name: "remote", label: "Works from home", type: "yes-no", optional: true },
		{ name: "privateEmail", label: "Private e-mail", type: "email", optional: true },
		{ name: "remarks", label: "Remarks", type: "multiline", optional: true },
	],
	steps: [
		{
			id: "approve",
			name: "Approve the plan",
			let: {},
			blocking: true,
			onFailure: "ask",
			kind: "approve",
			by: ["it-lead", "manager"],
			need: 1,
			guards: ["account"],
			destructive: false,
			remind: { clock: "working", ms: 7_200_000 },
			overdue: { after: { clock: "working-days", days: 1 }, ask: ["owner"] },
		},
		{
			id: "account",
			name: "Make the account in Active Directory, still closed",
			let: {},
			blocking: true,
			onFailure: "ask",
			kind: "do",
			action: { name: "directory.user", repeat: { kind: "settle", ms: 5000 }, writes: true, destructive: false },
			with: {},
			retry: { attempts: 4, firstMs: 1000, mostMs: 60_000 },
			timeoutMs: 60_000,
			proveWithinMs: 30_000,
			byHandMs: 720_000,
		},
		{
			id: "laptop",
			name: "Laptop and badge",
			let: {},
			blocking: false,
			onFailure: "ask",
			kind: "task",
			to: ["service-desk"],
			checklist: ["Laptop imaged and labelled", "Badge printed"],
			evidence: false,
		},
		{
			id: "morning",
			name: "Wait for the first morning",
			let: {},
			blocking: true,
			onFailure: "ask",
			kind: "wait",
			wait: { kind: "until", until: "form.startDate", at: "07:00" },
		},
	],
	outputs: {},
};

const people = [
	person("ada", "Harriet Reyes", { title: "HR", zone: "America/New_York" }),
	person("mo", "Mo Manager", { title: "IT lead", zone: "America/New_York" }),
	person("sol", "Sol Vance", { title: "Sales", zone: "America/New_York" }),
	person("di", "Di Okafor", { title: "Owner", zone: "America/New_York" }),
];
const msp = [
	person("tia", "Tia Tran", { zone: "Europe/London", of: "msp" }),
	person("sam", "Sam Osei", { zone: "Europe/London", of: "msp" }),
];

const contoso: Client = {
	id: "contoso",
	name: "Contoso Ltd",
	values,
	roster: {
		client: "contoso",
		people: [...people, ...msp],
		roles: { hr: ["ada"], "it-lead": ["mo"], owner: ["di"], "service-desk": ["tia"] },
		channels: {},
		standing: [],
	},
	connectors: {},
	sops: { newhire },
	folder: "/nowhere",
};
const fabrikam: Client = {
	...contoso,
	id: "fabrikam",
	name: "Fabrikam Inc",
	values: { ...values, id: "fabrikam", name: "Fabrikam Inc", timezone: "Europe/Berlin", sandbox: false },
	roster: { ...contoso.roster, client: "fabrikam", people: [person("finn", "Finn Fabrikam")] },
	sops: {},
};

export const definitions: Definitions = {
	msp: { id: "northwind", name: "Northwind IT", people: msp, roles: { "service-desk": ["tia", "sam"] } },
	clients: { contoso, fabrikam },
	problems: [],
	quarantined: [
		{
			client: "fabrikam",
			problems: [
				{
					path: "timezone",
					code: "unknown-zone",
					message: "line 14, “Berlin” is not a time zone, write Europe/Berlin.",
				},
			],
		},
	],
};

const step = (path: string, name: string, more: Partial<StepDescription> = {}): StepDescription => ({
	path,
	name,
	kind: "do",
	depth: 0,
	state: "planned",
	attempts: 0,
	words: words(""),
	...more,
});
const done = (path: string, name: string, more: Partial<StepDescription> = {}): StepDescription =>
	step(path, name, {
		state: "done",
		attempts: 1,
		words: words("2 s"),
		startedAt: at("14:02:07"),
		since: at("14:02:09"),
		...more,
	});

const wait = (id: string, kind: string, more: Partial<NonNullable<StepDescription["wait"]>>) => ({
	id,
	kind,
	verbs: [] as readonly Verb[],
	words: words(""),
	who: [],
	by: [],
	choices: [],
	...more,
});

export const plan: Plan & { readonly wait: string } = {
	hash: "9f3ac2",
	wait: "approve#1",
	waitsMs: 0,
	problems: [],
	entries: [
		{
			path: "account",
			name: "Make the account",
			action: "directory.user",
			input: {},
			unknown: false,
			destructive: false,
			changes: [
				{
					id: "create:user#account",
					kind: "create",
					target: "user",
					facet: "account",
					words: "Make the account ada.lovelace@contoso.example, closed",
					detail: "CN=Ada Lovelace,OU=Sales,DC=contoso,DC=example\nuserAccountControl 514",
				},
			],
		},
		{
			path: "licence",
			name: "Give the licence",
			action: "microsoft365.licence",
			input: {},
			unknown: false,
			destructive: false,
			changes: [
				{
					id: "add:user#licence",
					kind: "add",
					target: "user",
					facet: "licence",
					words: "Give 1 Business Premium licence",
					detail: "POST /users/…/assignLicense",
					cost: { licence: "SPB", title: "Business Premium", count: 1, left: 3 },
				},
			],
		},
		{
			path: "groups[Sales].join",
			name: "Join the group Sales",
			action: "directory.groupMember",
			input: {},
			unknown: false,
			destructive: false,
			changes: [
				{
					id: "add:Sales#member",
					kind: "add",
					target: "Sales",
					facet: "member",
					words: "Join the group Sales",
					detail: "CN=Sales",
				},
			],
		},
		{
			path: "open",
			name: "Open the account",
			action: "directory.enabled",
			input: {},
			unknown: false,
			destructive: false,
			when: "2026-12-01T12:00:00.000Z",
			changes: [
				{
					id: "set:user#enabled",
					kind: "set",
					target: "user",
					facet: "enabled",
					words: "Open the account",
					detail: "userAccountControl 512",
				},
			],
		},
		{
			path: "first",
			name: "Make a first sign-in pass",
			action: "microsoft365.firstCredential",
			input: {},
			unknown: true,
			destructive: false,
			changes: [],
		},
	],
};

const base: RunDescription = {
	id: "7K2QX9DXZ0000000000000000A",
	ref: "7K2QX9",
	client: "contoso",
	clientName: "Contoso Ltd",
	sop: "newhire",
	title: "New employee",
	definition: newhire.definition,
	phase: "running",
	waitingFor: words("Making the account"),
	by: "ada",
	via: "web",
	subject: "Ada Lovelace",
	form: {
		firstName: "Ada",
		lastName: "Lovelace",
		startDate: "2026-12-01",
		profile: { key: "sales", title: "Sales" },
		manager: "sol",
	},
	startedAt: at("13:24:50"),
	at: at("14:34:02"),
	sandbox: true,
	steps: [],
	notes: [{ at: at("13:40:00"), by: "mo", words: "Laptop is on its way <script>alert(1)</script>" }],
	undoable: plan.entries.flatMap((entry) => entry.changes.map((change) => change.words)),
	may: ["note", "pause", "cancel", "amend"],
};
const decided = { ...plan, decidedBy: ["mo"], decidedAt: at("14:02:00") };
const approved = done("approve", "Approve the plan", {
	kind: "approve",
	words: words("approved by ", { person: "mo" }, ", after ", { span: 2_160_000 }, ", in Teams"),
});
const later = [
	step("morning", "Wait for the first morning", { kind: "wait", words: words({ at: "2026-12-01T12:00:00.000Z" }) }),
	step("open", "Open the account"),
	step("first", "First sign-in", { words: words("a pass, good for 8 h, to ", { person: "sol" }) }),
];

export const asking: RunDescription = {
	...base,
	phase: "asking",
	waitingFor: words("Waiting for ", { person: "tia" }, " to choose a licence"),
	plan: decided,
	steps: [
		approved,
		done("account", "Make the account in Active Directory, still closed", {
			proof: [
				{
					words: "The account exists in Sales and is closed",
					detail: "userAccountControl 514",
					ok: true,
					at: at("14:02:09"),
				},
			],
			detail: "CN=Ada Lovelace,OU=Sales,DC=contoso,DC=example",
		}),
		done("arrive", "See it arrive in Microsoft 365", {
			kind: "wait",
			words: words("waited ", { span: 1_020_000 }),
			proof: [{ words: "Microsoft 365 shows the account", detail: "id 8d1c", ok: true, at: at("14:19:31") }],
		}),
		step("both", "Licence, groups and mailbox", {
			kind: "parallel",
			state: "running",
			words: words("3 at the same time, 1 done"),
		}),
		step("licence", "Give the licence", {
			depth: 1,
			state: "asking",
			attempts: 1,
			since: at("14:20:04"),
			words: words({ span: 840_000 }, ", none free"),
			detail: "POST /users/8d1c/assignLicense\n400 Request_BadRequest",
			wait: wait("licence#3", "question", {
				verbs: ["retry", "choose", "done", "skip", "stop", "claim"],
				who: ["service-desk"],
				by: ["tia"],
				words: words(
					"Business Premium has no free licence: 25 of 25 are in use. Ada’s account and 1 group stand, closed; nothing else changed.",
				),
				due: at("16:20:00"),
				choices: [{ id: "standard", words: "Use Business Standard instead: 3 left, no new cost" }],
			}),
		}),
		done("groups[Sales].join", "Join the group Sales", {
			depth: 1,
			proof: [{ words: "Ada is a member of Sales", detail: "CN=Sales", ok: true, at: at("14:20:05") }],
		}),
		step("mailbox", "See the mailbox", {
			depth: 1,
			kind: "wait",
			state: "waiting",
			words: words("looks again at ", { timeAt: at("14:36:00") }),
			wait: wait("mailbox#2", "state", {}),
		}),
		step("laptop", "Laptop and badge", {
			kind: "task",
			state: "waiting",
			since: at("14:03:00"),
			words: words("1 of 2 done"),
			wait: wait("laptop#1", "task", {
				verbs: ["complete", "claim"],
				who: ["service-desk"],
				by: ["tia", "sam", "mo"],
				words: words("A laptop and a badge for Ada, before her first day."),
				due: "2026-11-24T23:00:00.000Z",
				checklist: [
					{ value: "0", title: "Laptop imaged and labelled", done: true },
					{ value: "1", title: "Badge printed", done: false },
				],
				fields: [{ name: "evidence", label: "What shows that it is done", type: "multiline", optional: false }],
			}),
		}),
		step("parcel", "Send a parcel home", { state: "skipped", words: words("the role Sales has a desk in the office") }),
		step("list", "Add to the printed phone list", {
			state: "failed",
			attempts: 3,
			words: words("the mail server refused the address. The run goes on without it."),
		}),
		...later,
	],
};

export const waiting: RunDescription = {
	...base,
	id: "9RT4MB1DXZ000000000000000B",
	ref: "9RT4MB",
	phase: "waiting",
	waitingFor: words("Waiting for ", { person: "mo" }, " to approve, reminder ", { at: at("16:26:00") }),
	plan,
	steps: [
		step("approve", "Approve the plan", {
			kind: "approve",
			state: "waiting",
			since: at("13:58:00"),
			words: words({ span: 2_160_000 }),
			wait: wait("approve#1", "approval", {
				verbs: ["approve", "send-back"],
				who: ["it-lead", "manager"],
				by: ["mo", "sol"],
				plan: plan.hash,
				words: words("New employee at Contoso, first day ", { day: "2026-12-01" }, "."),
			}),
		}),
		step("account", "Make the account in Active Directory, still closed"),
		...later,
	],
};

export const question: RunDescription = {
	...base,
	id: "4QKA0DXZ00000000000000000C",
	ref: "4QKA0D",
	phase: "waiting",
	waitingFor: words("Waiting for ", { person: "sol" }, " to answer"),
	steps: [
		step("ask", "Which desk will Ada have?", {
			kind: "ask",
			state: "waiting",
			since: at("14:00:00"),
			wait: wait("ask#1", "ask", {
				verbs: ["submit"],
				who: ["manager"],
				by: ["sol"],
				words: words("The service desk needs to know where the screen goes."),
				fields: [newhire.form[3], newhire.form[6], newhire.form[8]].filter((one) => one !== undefined),
			}),
		}),
	],
};

export const handing: RunDescription = {
	...base,
	id: "HAND0DXZ00000000000000000D",
	ref: "HAND0D",
	phase: "done",
	waitingFor: words("Ada Lovelace is ready to start. All 6 changes were read back and are true."),
	endedAt: at("14:30:00"),
	may: ["note", "undo"],
	plan: decided,
	steps: [
		approved,
		done("account", "Make the account in Active Directory, still closed", {
			proof: [{ words: "The account is open", detail: "512", ok: true, at: at("14:29:00") }],
		}),
		done("first", "First sign-in", {
			output: { credential: { $secret: "contoso/HAND/first" }, user: "ada.lovelace@contoso.example" },
			handover: { to: ["sol"] },
		}),
	],
};

const plain = (id: string, phase: RunDescription["phase"], sentence: string): RunDescription => ({
	...base,
	id: `${id}DXZ00000000000000000E`,
	ref: id,
	phase,
	waitingFor: words(sentence),
	steps: [approved, ...later],
	...(["done", "stopped", "failed"].includes(phase) ? { endedAt: at("14:10:00"), may: ["note", "undo"] } : {}),
	...(phase === "paused" ? { may: ["note", "resume", "cancel", "amend"] } : {}),
});

/** One of each phase. */
export const runs: readonly RunDescription[] = [
	asking,
	waiting,
	question,
	handing,
	plain("PLAN01", "planning", "Looking at what there is, then the plan is shown"),
	plain("RUNN01", "running", "Giving the licence and joining 2 groups"),
	plain("STOP01", "stopping", "What is under way ends first; nothing new begins"),
	plain("PAUS01", "paused", "Paused by Mo Manager; nothing new begins until it is resumed"),
	plain("HALT01", "stopped", "Stopped by Harriet Reyes: “starts in March instead”. Nothing had changed."),
	plain("FAIL01", "failed", "The report could not be sent: the mail server refused the address. Nothing else changed."),
];
