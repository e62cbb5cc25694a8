/**
 * Brings a run's messages to where they should stand on pages of our own: cards and rows in one commit, so nothing is
 * written ahead and no answer can be lost. Must never leave a row of a card that does not stand, nor the other way round.
 */
import { UnavailableError } from "../base/errors.ts";
import { drawn, stubFor } from "./post-draw.ts";
import { ASKED_BELOW, delayed, giveUp, leftWords, type Send, type SendParts, type Sent } from "./post-one.ts";
import {
	asksTheSame,
	digestOf,
	isDue,
	isLoud,
	isNeeded,
	isOld,
	isRungAnew,
	kept,
	LEFT,
	rowFor,
	rowOf,
} from "./post-row.ts";
import { dataOf, type PostRow } from "./posts.ts";
import type { Draw, Pen } from "./surface.ts";

type Done = "put" | "edited" | "nothing";

/** Draws what differs, all or nothing. Errors: none; a card that cannot be drawn is counted and logged. Repeat: safe. */
export function drawOwn(parts: SendParts, draw: Draw, jobs: readonly Send[], tries: number): Sent {
	try {
		const done = draw((pen) => jobs.map((job) => tried(parts, pen, job)));
		parts.counters.puts += done.filter((each) => each === "put").length;
		parts.counters.edits += done.filter((each) => each === "edited").length;
		return "done";
	} catch (error) {
		if (error instanceof UnavailableError) return delayed(parts, error, tries);
		throw error;
	}
}

/** What is wrong with one card costs no other. */
function tried(parts: SendParts, pen: Pen, job: Send): Done {
	try {
		return stand(parts, pen, job);
	} catch (error) {
		if (error instanceof UnavailableError) throw error;
		giveUp(parts, job, error);
		return "nothing";
	}
}

function stand(parts: SendParts, pen: Pen, job: Send): Done {
	const row = rowOf(parts.posts, job);
	if (!isDue(row, job)) return "nothing";
	if (row !== undefined && job.leave) return leave(parts, pen, job, row);
	if (row?.ref === undefined) return put(parts, pen, job, row);
	if (isRungAnew(row, job.message)) {
		pen.edit(job.place.to, row.ref, stubFor(parts, job, ASKED_BELOW));
		return put(parts, pen, job, row);
	}
	return edit(parts, pen, job, { ...row, ref: row.ref });
}

function put(parts: SendParts, pen: Pen, job: Send, row: PostRow | undefined): Done {
	const fresh = rowFor(parts, job, { card: parts.newId(), data: { ...kept(row), putAt: parts.clock.now() } });
	// In place of one that is gone it rings only where somebody has to act.
	const rings = isLoud(job.message) && (row?.ref === undefined || row.rings < job.message.rings || isNeeded(job));
	const { ref } = pen.put(job.place.to, drawn(parts, job, fresh.card), rings);
	parts.posts.save({ ...fresh, ref, digest: digestOf(job) });
	return "put";
}

function edit(parts: SendParts, pen: Pen, job: Send, row: PostRow & { readonly ref: string }): Done {
	const { ref } = row;
	const { closed } = job.message;
	const card = asksTheSame(row, job) ? row.card : parts.newId();
	const fresh = rowFor(parts, job, { card, data: { ...kept(row), putAt: dataOf(row).putAt } });
	const isGone = !closed && isOld(row, parts);
	if (isGone || (pen.edit(job.place.to, ref, drawn(parts, job, card)) === "gone" && !closed)) {
		return put(parts, pen, job, row);
	}
	parts.posts.save({ ...fresh, ref, digest: digestOf(job) });
	return "edited";
}

function leave(parts: SendParts, pen: Pen, job: Send, row: PostRow): Done {
	if (row.ref !== undefined) pen.edit(job.place.to, row.ref, stubFor(parts, job, leftWords(job)));
	parts.posts.save({ ...row, card: parts.newId(), closed: true, digest: LEFT });
	return "nothing";
}
