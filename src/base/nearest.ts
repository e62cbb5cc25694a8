/**
 * Finds the word a person probably meant. Pure; must never take long, however long the words are.
 */

/** The known word nearest to what was typed; at most so many slips: by default one in a short word, a third of a long one. */
export function nearest(
	typed: string,
	known: readonly string[],
	most = Math.max(1, Math.floor(typed.length / 3)),
): string | undefined {
	const word = typed.toLowerCase();
	let best: { readonly word: string; readonly distance: number } | undefined;
	for (const candidate of known) {
		const distance = editDistance(word, candidate.toLowerCase());
		if (distance <= most && (best === undefined || distance < best.distance)) best = { word: candidate, distance };
	}
	return best?.word;
}

/** Letters beyond this are not compared: nobody types such a word. */
const LONGEST = 40;

/** Counts the insertions, deletions, changes and swaps of neighbours between two words. Source: optimal string alignment. */
export function editDistance(one: string, other: string): number {
	const [a, b] = [one.slice(0, LONGEST), other.slice(0, LONGEST)];
	const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, column) => column)];
	for (let i = 1; i <= a.length; i += 1) {
		const row = [i];
		for (let j = 1; j <= b.length; j += 1) {
			const same = a[i - 1] === b[j - 1] ? 0 : 1;
			let least = Math.min(cell(rows, i - 1, j) + 1, (row[j - 1] ?? 0) + 1, cell(rows, i - 1, j - 1) + same);
			const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
			if (swapped) least = Math.min(least, cell(rows, i - 2, j - 2) + 1);
			row.push(least);
		}
		rows.push(row);
	}
	return cell(rows, a.length, b.length);
}

function cell(rows: readonly (readonly number[])[], row: number, column: number): number {
	return rows[row]?.[column] ?? 0;
}
