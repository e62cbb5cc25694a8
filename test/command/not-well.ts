/** What `sopwith doctor` found that is not well, held against what should have been found. */
import assert from "node:assert/strict";
import type { Finding } from "../../src/base/finding.ts";

export type Wanted = readonly (readonly [what: RegExp, words: RegExp, remedy: RegExp])[];

/** Exactly these are not well, in any order; each with words and a remedy. */
export function names(
	{ code, findings }: { readonly code: number | null; readonly findings: readonly Finding[] },
	wanted: Wanted,
): void {
	const bad = findings.filter(({ ok }) => !ok);
	const shown = JSON.stringify(bad, null, 1);
	assert.equal(bad.length, wanted.length, shown);
	for (const [what, words, remedy] of wanted) {
		const found = bad.filter((one) => what.test(one.what) && words.test(one.words));
		assert.equal(found.length, 1, `${what} ${words} in ${shown}`);
		assert.match(found[0]?.remedy ?? "", remedy);
	}
	assert.equal(code, wanted.length === 0 ? 0 : 1);
}
