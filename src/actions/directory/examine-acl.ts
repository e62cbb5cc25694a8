/**
 * What an access list of an OU lets somebody do with the accounts in it, where the directory computes no answer of its own:
 * deleting them, and setting their passwords. Pure; must never take a right that is not written for granted.
 * Source: [MS-DTYP] 2.4.4 to 2.4.6 for the bytes, [MS-ADTS] 5.1.3 for what they mean.
 */
import { guidText } from "../guid.ts";

/** Over accounts right below the OU. */
export type UnitRights = { readonly deletes: boolean; readonly setsPasswords: boolean };

type Entry = {
	readonly allows: boolean;
	readonly flags: number;
	readonly mask: number;
	/** The kind of object or right it is about; absent: all. */
	readonly about?: string;
	/** The class that inherits it; absent: all. */
	readonly inheritedBy?: string;
	readonly sid: string;
};

const USER = "bf967aba-0de6-11d0-a285-00aa003049e2";
const RESET_PASSWORD = "00299570-246d-11d0-a768-00aa006e0529";
const DELETE_CHILD = 0x2;
const CONTROL_ACCESS = 0x100;
const DELETE = 0x1_0000;
const GENERIC_ALL = 0x1000_0000;
const INHERITED_BY_CONTAINERS = 0x2;
const INHERIT_ONLY = 0x8;

/** `sids`: those of the account and of its groups, as hexadecimal bytes. */
export function unitRights(descriptor: Buffer, sids: readonly string[]): UnitRights {
	const ours = new Set(sids);
	const entries = entriesOf(descriptor).filter(({ sid }) => ours.has(sid));
	const here = entries.filter(({ flags }) => (flags & INHERIT_ONLY) === 0);
	const below = entries.filter(
		({ flags, inheritedBy }) => (flags & INHERITED_BY_CONTAINERS) !== 0 && (inheritedBy ?? USER) === USER,
	);
	return {
		deletes: may(here, DELETE_CHILD, USER) || may(below, DELETE, undefined),
		setsPasswords: may(below, CONTROL_ACCESS, RESET_PASSWORD),
	};
}

/** The first entry that speaks of a right decides, as the directory reads them. */
function may(entries: readonly Entry[], right: number, about: string | undefined): boolean {
	const first = entries.find(
		(entry) => (entry.mask & (right | GENERIC_ALL)) !== 0 && (entry.about === undefined || entry.about === about),
	);
	return first?.allows ?? false;
}

function entriesOf(descriptor: Buffer): readonly Entry[] {
	const start = descriptor.length < 20 ? 0 : descriptor.readUInt32LE(16);
	if (start === 0 || start + 8 > descriptor.length) return [];
	const entries: Entry[] = [];
	let at = start + 8;
	for (let left = descriptor.readUInt16LE(start + 4); left > 0 && at + 4 <= descriptor.length; left--) {
		const size = descriptor.readUInt16LE(at + 2);
		entries.push(...entryOf(descriptor.subarray(at, at + size)));
		at += size;
	}
	return entries;
}

/** Allowing and denying entries, plain (0, 1) and about objects (5, 6); others say nothing about access. */
function entryOf(bytes: Buffer): readonly Entry[] {
	const [type = 255, flags = 0] = bytes;
	if (bytes.length < 12) return [];
	const mask = bytes.readUInt32LE(4);
	const common = { flags, mask, allows: type === 0 || type === 5 };
	if (type === 0 || type === 1) return [{ ...common, sid: bytes.toString("hex", 8) }];
	if (type !== 5 && type !== 6) return [];
	const has = bytes.readUInt32LE(8);
	const guidAt = (at: number) => guidText(bytes.toString("base64", at, at + 16));
	const inheritedAt = (has & 1) === 0 ? 12 : 28;
	const sidAt = (has & 2) === 0 ? inheritedAt : inheritedAt + 16;
	return [
		{
			...common,
			...((has & 1) === 0 ? {} : { about: guidAt(12) }),
			...((has & 2) === 0 ? {} : { inheritedBy: guidAt(inheritedAt) }),
			sid: bytes.toString("hex", sidAt),
		},
	];
}
