/** Holds what was seen on one surface against another, part by part. Pure. */
import { isDeepStrictEqual } from "node:util";
import type { Seen } from "./scene.ts";
import { comparable, isPassing } from "./shown.ts";

export type Difference = {
	readonly what: string;
	readonly part: string;
	readonly there: unknown;
	readonly here: unknown;
};
/** Every part that differs. One that is seen on one side only differs as a whole. */
export function differences(there: readonly Seen[], here: readonly Seen[]): readonly Difference[] {
	const names = new Set([...there, ...here].map(({ what }) => what));
	return [...names].flatMap((what) => {
		const shown = [there, here].map((seen) => seen.find((each) => each.what === what));
		const loosely = shown.some((each) => each?.shown !== undefined && isPassing(each.shown));
		const [one = {}, other = {}] = shown.map((each): { readonly [part: string]: unknown } =>
			each?.shown === undefined ? { nothing: each !== undefined } : comparable(each.shown, loosely),
		);
		const parts = new Set([...Object.keys(one), ...Object.keys(other)]);
		return [...parts].flatMap((part) =>
			isDeepStrictEqual(one[part], other[part]) ? [] : [{ what, part, there: one[part], here: other[part] }],
		);
	});
}
