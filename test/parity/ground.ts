/**
 * What every story is played on: the demo clients with everybody's accounts, a profile whose licences run
 * out, a procedure with a plan of several pages, and one with a long form. Must never differ from one surface to the next.
 */
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { rosterId } from "../fixtures/slack-people.ts";

const CONTOSO = "clients/contoso/client.yaml";

/** In a copy of the definitions. */
export function preparePlaces(definitions: string): void {
	writeFileSync(join(definitions, "letters.yaml"), LETTERS);
	writeFileSync(join(definitions, "notice.yaml"), NOTICE);
	edit(join(definitions, CONTOSO), (text) =>
		text
			.replace(
				"microsoft365: { use: sandbox }",
				"microsoft365: { use: sandbox, licences: { EMS: { total: 2, used: 1 }, SPB: { total: 20, used: 1 } } }",
			)
			.replace(
				"profiles:\n",
				`profiles:
  scarce:
    title: Scarce
    ou: "OU=Sales,DC=contoso,DC=example"
    groups: []
    cloudGroups: []
    licences: [EMS]
    usageLocation: US
    firstSignIn: pass
    laptop: false
`,
			),
	);
}

const LETTERS = `sop: letters
title: Letters
owner: it-lead
review: 6 months
urgency: routine
subject: { name: "\${form.about}" }
start: [{ command: letters, by: [hr] }]
form: { about: { label: About, type: text, max: 64 } }
steps:
  - name: Approve the letters
    id: approve
    approve: { by: [it-lead], remind: 2 working hours, overdue: { after: 1 working day, ask: owner } }
${Array.from({ length: 45 }, (_, at) => letter(at + 1)).join("\n")}
`;

const NOTICE = `sop: notice
title: Notice
owner: it-lead
review: 6 months
urgency: routine
subject: { name: "\${form.about}" }
start: [{ command: notice, by: [hr] }]
form:
  about: { label: About, type: text, max: 500 }
  office: { label: Office, type: choice, choices: { ${Array.from({ length: 300 }, (_, at) => `o-${at}: Office ${at}`).join(", ")} } }
steps:
  - name: Read the notice
    id: read
    tell: { to: [it-lead], acknowledge: true }
    with: { title: A notice, text: "\${form.about} sits in \${form.office}." }
`;

function letter(number: number): string {
	const to = `reader${number}@contoso.example`;
	return `  - { name: Letter ${number}, id: letter${number}, do: mail.send, with: { to: ${to}, subject: Letter ${number}, text: Hello } }`;
}

const AT_SLACK = {
	harriet: CONTOSO,
	mo: CONTOSO,
	di: CONTOSO,
	sol: CONTOSO,
	tia: "msp.yaml",
	sam: "msp.yaml",
} as const;

/** Tells a copy of the definitions who is who in Slack. */
export function enterSlackIds(definitions: string): void {
	for (const [who, file] of Object.entries(AT_SLACK) as [keyof typeof AT_SLACK, string][]) {
		const slack = `slack: "${rosterId(who)}"`;
		edit(join(definitions, file), (text) => text.replace(`- { id: ${who}, `, `- { id: ${who}, ${slack}, `));
	}
}

function edit(path: string, change: (text: string) => string): void {
	const before = readFileSync(path, "utf8");
	const after = change(before);
	assert.notEqual(after, before, `${path} was to change`);
	writeFileSync(path, after);
}
