/**
 * The three spellings of one GUID: text, the directory's sixteen bytes, and what Entra keeps of them. Pure.
 */

/** A GUID as text, whether the door gave it so or as base64 of its sixteen bytes (the first three groups little-endian). */
export function guidText(value: string): string {
	if (value === "" || value.includes("-")) return value.toLowerCase();
	const hex = Buffer.from(value, "base64").toString("hex");
	if (hex.length !== 32) return value;
	const turn = (text: string) => (text.match(/../g) ?? []).reverse().join("");
	const [a, b, c] = [turn(hex.slice(0, 8)), turn(hex.slice(8, 12)), turn(hex.slice(12, 16))];
	return `${a}-${b}-${c}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** What Entra keeps of an account that was synced: base64 of the GUID's bytes. */
export function immutableIdOf(guid: string): string {
	const hex = guid.replaceAll("-", "");
	if (hex.length !== 32) return "";
	const turn = (text: string) => (text.match(/../g) ?? []).reverse().join("");
	const bytes = turn(hex.slice(0, 8)) + turn(hex.slice(8, 12)) + turn(hex.slice(12, 16)) + hex.slice(16);
	return Buffer.from(bytes, "hex").toString("base64");
}
