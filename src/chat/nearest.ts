/**
 * Finds the word somebody probably meant. Pure. Must never act on a guess: it is only offered.
 */

/** The known word that is nearest, when it is near enough: one slip in a short word, a third of a long one. */
export function nearest(word: string, known: readonly string[]): string | undefined {
	let best: string | undefined;
	let least = Number.POSITIVE_INFINITY;
	for (const candidate of known) {
		const away = distance(word, candidate);
		if (away < least) [best, least] = [candidate, away];
	}
	return best !== undefined && least <= Math.max(1, Math.floor(word.length / 3)) ? best : undefined;
}

/** How many slips apart: a letter more, less or other, or two neighbours swapped (optimal string alignment). */
function distance(a: string, b: string): number {
	let before: number[] = [];
	let last = Array.from({ length: b.length + 1 }, (_, j) => j);
	for (let i = 1; i <= a.length; i++) {
		const row = [i];
		for (let j = 1; j <= b.length; j++) {
			const same = a[i - 1] === b[j - 1];
			let cost = Math.min(at(last, j) + 1, at(row, j - 1) + 1, at(last, j - 1) + (same ? 0 : 1));
			const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
			if (swapped) cost = Math.min(cost, at(before, j - 2) + 1);
			row.push(cost);
		}
		[before, last] = [last, row];
	}
	return at(last, b.length);
}

function at(row: readonly number[], index: number): number {
	return row[index] ?? Number.POSITIVE_INFINITY;
}
