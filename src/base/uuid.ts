/**
 * Ids as Microsoft gives them to applications and tenants. Must never be taken for the names that people read.
 */
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** One that stands for any, in what tells people how it is written. */
export const UUID_EXAMPLE = "11111111-2222-3333-4444-555555555555";

export function isUuid(text: string): boolean {
	return UUID.test(text);
}
