/**
 * The words a person may answer with. One list for the core, authority and every surface; must never hold what steers a run.
 */
export const VERBS = [
	"approve",
	"send-back",
	"submit",
	"complete",
	"retry",
	"skip",
	"done",
	"stop",
	"choose",
	"claim",
	"acknowledge",
] as const;

export type Verb = (typeof VERBS)[number];
