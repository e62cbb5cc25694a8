/**
 * Every page there is, as somebody opens it.
 */
import type { Page } from "playwright-core";
import { asking, handing, question, runs, waiting } from "./sample.ts";

export type ToSee = {
	readonly name: string;
	readonly path: string;
	readonly as: string;
	readonly act?: (page: Page) => Promise<void>;
};

const press = (words: string) => async (page: Page) => {
	await page.getByRole("button", { name: words }).click();
	await page.waitForLoadState();
};

export const pagesToSee: readonly ToSee[] = [
	{ name: "runs", path: "/runs", as: "tia" },
	{ name: "runs-filtered", path: "/runs?phase=open&client=contoso", as: "tia" },
	{ name: "run-asking", path: `/runs/${asking.id}`, as: "tia" },
	{ name: "run-approval", path: `/runs/${waiting.id}`, as: "mo" },
	{ name: "run-form", path: `/runs/${question.id}`, as: "sol" },
	{ name: "run-waiting", path: `/runs/${waiting.id}`, as: "tia" },
	...runs.slice(3).map((run) => ({ name: `run-${run.phase}`, path: `/runs/${run.id}`, as: "tia" })),
	{ name: "cancel", path: `/runs/${asking.id}/cancel`, as: "tia" },
	{ name: "undo", path: `/runs/${handing.id}/undo`, as: "tia" },
	{ name: "amend", path: `/runs/${asking.id}/amend`, as: "tia" },
	{ name: "approvals", path: "/approvals", as: "mo" },
	{ name: "approvals-none", path: "/approvals", as: "ada" },
	{ name: "sops", path: "/sops", as: "tia" },
	{ name: "sop", path: "/sops/newhire?client=contoso", as: "ada" },
	{ name: "directory", path: "/directory/contoso", as: "tia" },
	{ name: "portal", path: "/portal/contoso/newhire", as: "ada" },
	{ name: "portal-wrong", path: "/portal/contoso/newhire", as: "ada", act: press("See the plan") },
	{ name: "handover", path: `/handover/${handing.id}/first`, as: "sol" },
	{ name: "handover-opened", path: `/handover/${handing.id}/first`, as: "sol", act: press("Show it") },
	{ name: "handover-other", path: `/handover/${handing.id}/first`, as: "ada" },
	{ name: "not-there", path: "/runs/NOSUCHRUN", as: "ada" },
	{ name: "nowhere", path: "/nowhere", as: "ada" },
];
