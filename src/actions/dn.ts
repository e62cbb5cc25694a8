/**
 * Distinguished names, read and compared as a directory does it: by their parts, whatever their spelling. Must never
 * compare two names as text.
 */

type Rdn = { readonly attribute: string; readonly value: string };
/** From the leaf to the root. */
export type Dn = readonly Rdn[];

/** Reads a name. Nothing when it is none. Source: RFC 4514 §3. */
export function parseDn(text: string): Dn | undefined {
	const parts: Rdn[] = [];
	let at = 0;
	while (at <= text.length) {
		const equals = text.indexOf("=", at);
		if (equals < 0) return undefined;
		const attribute = text.slice(at, equals).trim();
		if (!/^[A-Za-z][A-Za-z0-9-]*$/.test(attribute)) return undefined;
		const read = readValue(text, equals + 1);
		if (read === undefined || read.value === "") return undefined;
		parts.push({ attribute: attribute.toUpperCase(), value: read.value });
		if (read.end === text.length) return parts;
		at = read.end + 1;
	}
	return undefined;
}

/**
 * Writes a name, escaped so that whoever cuts it at a comma cuts it right: no quotes, and no comma after a backslash that
 * is part of a value. Source: RFC 4514 §2.4.
 */
export function formatDn(dn: Dn): string {
	return dn.map(({ attribute, value }) => `${attribute}=${escapeValue(value)}`).join(",");
}

export function sameDn(a: Dn, b: Dn): boolean {
	return a.length === b.length && isUnder(a, b);
}

/** Tells whether a name is that name or below it. */
export function isUnder(dn: Dn, base: Dn): boolean {
	const skip = dn.length - base.length;
	return (
		skip >= 0 &&
		base.every((rdn, index) => {
			const other = dn[index + skip];
			return other?.attribute === rdn.attribute && fold(other.value) === fold(rdn.value);
		})
	);
}

/** How the directory compares text: case does not matter. */
export function fold(text: string): string {
	return text.normalize("NFC").toLowerCase();
}

function readValue(text: string, from: number): { readonly value: string; readonly end: number } | undefined {
	const bytes: number[] = [];
	const push = (part: string) => bytes.push(...Buffer.from(part, "utf8"));
	let at = from;
	while (text[at] === " ") at++;
	if (text[at] === '"') return readQuoted(text, at + 1);
	/** Up to here trailing spaces belong to the value. */
	let kept = 0;
	while (at < text.length && text[at] !== ",") {
		const char = String.fromCodePoint(text.codePointAt(at) ?? 0);
		if (char === "\0" || '+"<>;'.includes(char)) return undefined;
		if (char !== "\\") {
			push(char);
			if (char !== " ") kept = bytes.length;
			at += char.length;
			continue;
		}
		const hex = /^[0-9A-Fa-f]{2}/.exec(text.slice(at + 1))?.[0];
		const next = text[at + 1];
		if (hex !== undefined) bytes.push(Number.parseInt(hex, 16));
		else if (next !== undefined && ' "#+,;<=>\\/'.includes(next)) push(next);
		else return undefined;
		kept = bytes.length;
		at += hex === undefined ? 2 : 3;
	}
	return { value: Buffer.from(bytes.slice(0, kept)).toString("utf8"), end: at };
}

/** The older way of writing a value, which some libraries still use for spaces at the ends. Source: RFC 2253 §4. */
function readQuoted(text: string, from: number): { readonly value: string; readonly end: number } | undefined {
	const inner = /^((?:[^"\\]|\\.)*)" *(?=,|$)/s.exec(text.slice(from));
	if (inner === null) return undefined;
	const value = (inner[1] ?? "").replaceAll(/\\(.)/gs, "$1");
	return { value, end: from + inner[0].length };
}

function escapeValue(value: string): string {
	const inner = value
		.replaceAll("\\", "\\5C")
		.replaceAll(/[",+<>;=]/g, (char) => `\\${char}`)
		.replace(/^[ #]/, (char) => `\\${char}`);
	return value.length > 1 ? inner.replace(/ $/, "\\ ") : inner;
}
