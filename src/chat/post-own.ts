/**
 * Brings a run's messages to where they should stand on pages of our own: cards and rows in one commit, so nothing is
 * written ahead and no answer can be lost. Must never leave a row of a card that does not stand, nor the other way round.
 */
import { UnavailableError } from "../base/errors.ts";
import type { PostRow } from "../engine/kept.ts";
import { drawn, stubFor } from "./post-draw.ts";
import { belowWords, delayed, giveUp, leftWords, type Send, type SendParts, type Sent } from "./post-one.ts";
import {
	asksTheSame,
	digestOf,
	goesBelow,
	isDue,
	isLoud,
	isNeeded,
	isPutAnew,
	isRungAnew,
	kept,
	LEFT,
	reserve,
	rowFor,
	rowOf,
} from "./post-row.ts";
import { dataOf } from "./posts.ts";
import type { Draw, Pen } from "./surface.ts";

type Done = "put" | "edited" | "left";
type Stroke = (pen: Pen) => Done;

/** Draws what differs, all or nothing. Errors: those of the store but a full disk, which is tried again. Repeat: safe. */
export function drawOwn(parts: SendParts, draw: Draw, jobs: readonly Send[], tries: number): Sent {
	const strokes = jobs.flatMap((job) => ready(parts, job));
	if (strokes.length === 0) return "done";
	try {
		const done = draw((pen) => strokes.map((stroke) => stroke(pen)));
		parts.counters.puts += done.filter((each) => each === "put").length;
		parts.counters.edits += done.filter((each) => each === "edited").length;
		return "done";
	} catch (error) {
		if (error instanceof UnavailableError) return delayed(parts, error, tries);
		throw error;
	}
}

/** What is to be drawn for a job. A card that cannot be is counted, logged and left until a change; it costs no other. */
function ready(parts: SendParts, job: Send): readonly Stroke[] {
	try {
		const row = rowOf(parts.posts, job);
		return isDue(row, job) ? [strokeFor(parts, job, row)] : [];
	} catch (error) {
		reserve(parts, job.run, [job]);
		giveUp(parts, job, error);
		return [];
	}
}

function strokeFor(parts: SendParts, job: Send, row: PostRow | undefined): Stroke {
	if (row !== undefined && job.leave) return leave(parts, job, row);
	if (row?.ref === undefined) return put(parts, job, row);
	const { ref } = row;
	if (!goesBelow(row, job, parts)) return edit(parts, job, { ...row, ref });
	const anew = put(parts, job, row);
	const stub = stubFor(parts, job, belowWords(job.message));
	return (pen) => {
		pen.edit(job.place.to, ref, stub);
		return anew(pen);
	};
}

function put(parts: SendParts, job: Send, row: PostRow | undefined): Stroke {
	const { place, message } = job;
	const fresh = rowFor(parts, job, { card: parts.newId(), data: { ...kept(row), putAt: parts.clock.now() } });
	const digest = digestOf(job);
	// In place of one that is gone it rings only where somebody has to act.
	const rings = isLoud(message) && (row?.ref === undefined || isRungAnew(row, message) || isNeeded(job));
	const card = drawn(parts, job, fresh.card);
	return (pen) => {
		const { ref } = pen.put(place.to, card, rings);
		parts.posts.save({ ...fresh, ref, digest });
		return "put";
	};
}

function edit(parts: SendParts, job: Send, row: PostRow & { readonly ref: string }): Stroke {
	const { ref } = row;
	const id = asksTheSame(row, job) ? row.card : parts.newId();
	const fresh = rowFor(parts, job, { card: id, data: { ...kept(row), putAt: dataOf(row).putAt } });
	const digest = digestOf(job);
	const card = drawn(parts, job, id);
	return (pen) => {
		if (pen.edit(job.place.to, ref, card) === "gone" && isPutAnew(job.message)) return put(parts, job, row)(pen);
		parts.posts.save({ ...fresh, ref, digest });
		return "edited";
	};
}

function leave(parts: SendParts, job: Send, row: PostRow): Stroke {
	const stub = stubFor(parts, job, leftWords(job));
	return (pen) => {
		if (row.ref !== undefined) pen.edit(job.place.to, row.ref, stub);
		parts.posts.save({ ...row, card: parts.newId(), closed: true, digest: LEFT });
		return "left";
	};
}
