/**
 * Templates as actions write them for their defaults. Pure.
 */
import type { Template } from "../sop/sop.ts";

/** A template that is one hole: the value keeps its type. */
export function hole(expression: string): Template {
	return `\${${expression}}`;
}
