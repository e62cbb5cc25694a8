/** Access lists as Active Directory writes them, byte by byte, and what they let an account do. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { unitRights } from "../../../src/actions/directory/examine-acl.ts";
import { immutableIdOf } from "../../../src/actions/guid.ts";

const USER = "bf967aba-0de6-11d0-a285-00aa003049e2";
const GROUP = "bf967a9c-0de6-11d0-a285-00aa003049e2";
const RESET = "00299570-246d-11d0-a768-00aa006e0529";
const US = "0105000000000005150000000100000002000000030000004f040000";
const OTHERS = "01050000000000051500000001000000020000000300000050040000";
const [ALLOW, DENY, ALLOW_OBJECT, DENY_OBJECT] = [0, 1, 5, 6];
const [HERE, DOWN, BELOW_ONLY] = [0, 2, 10];
const [DELETE_CHILD, CONTROL, DELETE, ALL] = [0x2, 0x100, 0x1_0000, 0x1000_0000];

type Ace = {
	readonly type: number;
	readonly flags: number;
	readonly mask: number;
	readonly about?: string;
	readonly inheritedBy?: string;
	readonly sid?: string;
};

function ace({ type, flags, mask, about, inheritedBy, sid = US }: Ace): Buffer {
	const guid = (text: string | undefined) => Buffer.from(text === undefined ? "" : immutableIdOf(text), "base64");
	const number = (value: number) => Buffer.from([value & 255, (value >> 8) & 255, (value >> 16) & 255, value >>> 24]);
	const has = (about === undefined ? 0 : 1) + (inheritedBy === undefined ? 0 : 2);
	const object = type < 5 ? [] : [number(has), guid(about), guid(inheritedBy)];
	const rest = Buffer.concat([number(mask), ...object, Buffer.from(sid, "hex")]);
	return Buffer.concat([Buffer.from([type, flags, rest.length + 4, 0]), rest]);
}

function descriptor(...aces: readonly Ace[]): Buffer {
	const head = Buffer.alloc(20);
	head.writeUInt32LE(20, 16);
	const list = Buffer.alloc(8);
	list.writeUInt16LE(aces.length, 4);
	return Buffer.concat([head, list, ...aces.map(ace)]);
}

const CASES: readonly (readonly [string, readonly Ace[], deletes: boolean, setsPasswords: boolean])[] = [
	["nothing is written", [], false, false],
	["everything is allowed, and inherited", [{ type: ALLOW, flags: DOWN, mask: ALL }], true, true],
	["everything is allowed on the OU alone", [{ type: ALLOW, flags: HERE, mask: ALL }], true, false],
	["it is for somebody else", [{ type: ALLOW, flags: DOWN, mask: ALL, sid: OTHERS }], false, false],
	["users may be deleted", [{ type: ALLOW_OBJECT, flags: DOWN, mask: DELETE_CHILD, about: USER }], true, false],
	["groups may be deleted", [{ type: ALLOW_OBJECT, flags: DOWN, mask: DELETE_CHILD, about: GROUP }], false, false],
	[
		"each user below may be deleted",
		[{ type: ALLOW_OBJECT, flags: BELOW_ONLY, mask: DELETE, inheritedBy: USER }],
		true,
		false,
	],
	[
		"passwords of users may be set",
		[{ type: ALLOW_OBJECT, flags: BELOW_ONLY, mask: CONTROL, about: RESET, inheritedBy: USER }],
		false,
		true,
	],
	[
		"passwords of groups, which have none, may be set",
		[{ type: ALLOW_OBJECT, flags: BELOW_ONLY, mask: CONTROL, about: RESET, inheritedBy: GROUP }],
		false,
		false,
	],
	[
		"it is denied before it is allowed",
		[
			{ type: DENY_OBJECT, flags: DOWN, mask: CONTROL, about: RESET },
			{ type: DENY, flags: DOWN, mask: DELETE | DELETE_CHILD },
			{ type: ALLOW, flags: DOWN, mask: ALL },
		],
		false,
		false,
	],
];

for (const [name, aces, deletes, setsPasswords] of CASES) {
	test(`rights over accounts where ${name}`, () => {
		assert.deepEqual(unitRights(descriptor(...aces), [US]), { deletes, setsPasswords });
	});
}

test("an access list that is cut off anywhere gives no right that is not written, and no error", () => {
	const whole = descriptor({ type: ALLOW_OBJECT, flags: BELOW_ONLY, mask: CONTROL, about: RESET, inheritedBy: USER });
	for (let length = 0; length < whole.length; length++) {
		assert.deepEqual(unitRights(whole.subarray(0, length), [US]), { deletes: false, setsPasswords: false });
	}
});
