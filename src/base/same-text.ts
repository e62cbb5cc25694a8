/**
 * Compares what must not be guessed: a token, a signature. Must never take longer the more of it is right.
 */
import { timingSafeEqual } from "node:crypto";

export function sameText(one: string, other: string): boolean {
	const [left, right] = [Buffer.from(one), Buffer.from(other)];
	return left.length === right.length && timingSafeEqual(left, right);
}
