/**
 * Moments that a chat itself writes in each reader's own zone: marked in a filled sentence, found again by the renderer that
 * can. Pure. Must never show a mark to a person: who cannot use one takes it out with `unmarked`.
 */

/** `words`: as written for whom the sentence was filled. `tail`: what goes on after a reader's own time, else nothing. */
export type Moment = {
	readonly seconds: number;
	readonly day: boolean;
	readonly words: string;
	readonly tail: string;
};

const [OPEN, PART, CLOSE] = ["\ue001", "\ue002", "\ue003"] as const;
const MARK = /\ue001(-?\d{1,12})\ue002(day|time)\ue002([^\ue001-\ue003]*)\ue002([^\ue001-\ue003]*)\ue003/gu;

/** Marks a moment. */
export function marked({ seconds, day, words, tail }: Moment): string {
	return [`${OPEN}${seconds}`, day ? "day" : "time", words, `${tail}${CLOSE}`].join(PART);
}

/** Parts a sentence into words and moments, in order. */
export function momentsIn(text: string): readonly (string | Moment)[] {
	const pieces: (string | Moment)[] = [];
	let from = 0;
	for (const match of text.matchAll(MARK)) {
		const [all, seconds, form, words = "", tail = ""] = match;
		pieces.push(bare(text.slice(from, match.index)), { seconds: Number(seconds), day: form === "day", words, tail });
		from = match.index + all.length;
	}
	return [...pieces, bare(text.slice(from))].filter((piece) => piece !== "");
}

/** Writes a sentence without marks, as it reads where they mean nothing. */
export function unmarked(text: string): string {
	return momentsIn(text)
		.map((piece) => (typeof piece === "string" ? piece : piece.words))
		.join("");
}

function bare(text: string): string {
	return text.replaceAll(/[\ue001-\ue003]/gu, "");
}
