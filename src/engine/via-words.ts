/**
 * Says where somebody did something: "in Teams", "over the API". A decision stands in every chat, so each says where it was
 * made. Must never name an account or a channel.
 */
import type { Words } from "../base/words.ts";
import type { Path, SurfaceName } from "./event.ts";
import type { Run, StepState } from "./run.ts";

const VIA: { readonly [via in SurfaceName]: string } = {
	teams: "in Teams",
	slack: "in Slack",
	web: "in the web chat",
	portal: "by the form",
	api: "over the API",
	hook: "by a webhook",
	clock: "by the clock",
	cli: "on the command line",
};

/** Where, as a part of a sentence; undefined for what is no place of ours. */
export function viaWords(via: SurfaceName): string;
export function viaWords(via: string): string | undefined;
export function viaWords(via: string): string | undefined {
	return isSurface(via) ? VIA[via] : undefined;
}

/** Tells what is kept as a place of ours from anything else. */
export function isSurface(name: unknown): name is SurfaceName {
	return typeof name === "string" && Object.hasOwn(VIA, name);
}

/** The same after a name: " in Teams". */
export function whereWords(via: string | undefined): Words {
	const where = via === undefined ? undefined : viaWords(via);
	return where === undefined ? [] : [` ${where}`];
}

/** "approved by Mo Manager in Teams, 14:02 and by Di Okafor in Slack, 14:05". Undefined: it was not kept where. */
export function votesWords(run: Run, on: { readonly path: Path; readonly state: StepState }): Words | undefined {
	const { path, state } = on;
	const votes = state.via === undefined ? undefined : run.approvals.findLast((a) => a.path === path)?.votes;
	if (votes === undefined) return undefined;
	const said = votes.map((vote): Words => [{ person: vote.by }, ...whereWords(vote.via), ", ", { at: vote.at }]);
	return ["approved by ", ...said.flatMap((vote, i) => (i === 0 ? vote : [" and by ", ...vote]))];
}
