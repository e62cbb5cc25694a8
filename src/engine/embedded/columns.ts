/**
 * Reads columns of text that several tables have.
 */
import type { Actor } from "../../people/roster.ts";

export type Row = { readonly [column: string]: string | null };

/** The text of a column that is never empty. */
export function text(value: string | null | undefined): string {
	return value ?? "";
}

/** Who is meant by `person` and `person_client`, which is empty for the MSP's staff. */
export function actorIn(row: Row): Actor {
	return row.person_client ? { id: text(row.person), client: row.person_client } : { id: text(row.person) };
}
