/**
 * A procedure with a field of every kind, a question and a task: whatever a card can ask for is sent to Slack. Must never do
 * anything.
 */
import type { Sop } from "../../src/sop/sop.ts";
import { definitions } from "../chat/world.ts";

const choices = (count: number) =>
	Array.from({ length: count }, (_, at) => ({ key: `k${at}`, title: `Choice ${at}`, value: `k${at}` }));
const base = { let: {}, blocking: true, onFailure: "ask" } as const;
const field = { optional: true } as const;
const ofTheClient = definitions.clients.contoso?.sops.newhire;
if (ofTheClient === undefined) throw new Error("there is no newhire");

export const SURVEY: Sop = {
	...ofTheClient,
	...{ id: "survey", definition: "2".repeat(64), title: "A survey", subject: {}, unique: [] },
	starts: [{ kind: "command", command: "survey", by: ["hr"] }],
	form: [
		{ ...field, name: "text", label: "A line", type: "text", max: 20, hint: "Short." },
		{ ...field, name: "multiline", label: "Several lines", type: "multiline", max: 200 },
		{ ...field, name: "email", label: "A private address", type: "email" },
		{ ...field, name: "phone", label: "A phone", type: "phone" },
		{ ...field, name: "number", label: "A number", type: "number", min: 1, max: 9 },
		{ ...field, name: "date", label: "A day", type: "date" },
		{ ...field, name: "time", label: "A time", type: "time" },
		{ ...field, name: "few", label: "One of a few", type: "choice", choices: choices(4) },
		{ ...field, name: "many", label: "One of many", type: "choice", choices: choices(150) },
		{ ...field, name: "several", label: "Several of some", type: "choices", choices: choices(12) },
		{ ...field, name: "lots", label: "Several of many", type: "choices", choices: choices(150) },
		{ ...field, name: "person", label: "Somebody", type: "person" },
		{ ...field, name: "yes", label: "Yes or no", type: "yes-no" },
	],
	steps: [
		{
			...{ ...base, id: "question", name: "Answer a question", kind: "ask", to: ["it-lead"] },
			form: [
				{ name: "day", label: "Which day", type: "date", optional: false },
				{ name: "why", label: "Why", type: "multiline", optional: true },
			],
		},
		{
			...{ ...base, id: "task", name: "Laptop and badge", kind: "task", to: ["it-lead"], evidence: false },
			checklist: ["Laptop imaged", "Badge printed"],
		},
	],
};
