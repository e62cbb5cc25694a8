/**
 * What the door says when a domain controller freezes, dies, is somebody else or does not know us; and which of several it
 * asks. On real ones, and where two must disagree, on two that share no data.
 */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { equal } from "../../../src/actions/directory/entries.ts";
import { Secret } from "../../../src/base/secret.ts";
import { type Clock, fromMs, toMs } from "../../../src/base/time.ts";
import { type Directory, got } from "../../../src/engine/remote.ts";
import type { Flaw } from "../../fixtures/certificates.ts";
import { needs } from "../../fixtures/needs.ts";
import { type Samba, startSamba } from "../../fixtures/samba.ts";
import { closedUser, doorTo, said } from "./ldap-ground.ts";

const skip = needs("samba");
let dc1: Samba;
let dc2: Samba;
let sales: string;

before(async () => {
	if (skip !== false) return;
	[dc1, dc2] = await Promise.all([startSamba({ units: ["Sales"] }), startSamba({ units: ["Sales"] })]);
	sales = `OU=Sales,${dc1.base}`;
});
after(() => Promise.all([dc1?.stop(), dc2?.stop()]));

const newcomer = (directory: Directory, name: string) =>
	directory.add(`CN=${name},${sales}`, { ...closedUser(name), unicodePwd: new Secret("Quiet-River-42") });

async function isThere(directory: Directory, name: string): Promise<boolean> {
	return got(await directory.search({ filter: equal("cn", name), attributes: ["cn"] })).length > 0;
}

/** Both stand under one authority here, so that one door may have both. */
const both = () => ({
	url: [dc1.url, dc2.url],
	ca: [dc1.ca, dc2.ca].join("\n"),
});

function movingClock(): Clock & { move(ms: number): void } {
	let now = toMs("2026-11-22T12:00:00.000Z");
	return {
		now: () => fromMs(now),
		move(ms) {
			now += ms;
		},
	};
}

test("a controller that freezes in a write leaves it in doubt, and shows then what became of it", {
	skip,
}, async (t) => {
	const directory = doorTo(t, dc1, { timeoutMs: 2000 });
	assert.equal(await isThere(directory, "frozen"), false);
	dc1.freeze();
	const lost = await newcomer(directory, "frozen");
	assert.equal(said(lost), "unknown connection-lost");
	assert.ok(!JSON.stringify(lost).includes("Quiet-River"));
	assert.equal(said(await directory.remove(sales)), "unsent unreachable", "it answers nobody");
	dc1.thaw();
	assert.equal(await isThere(directory, "frozen"), true);
	assert.equal(said(await newcomer(directory, "frozen")), "name-taken 68");
});

test("a controller that dies in a write leaves that one in doubt, and what waited behind it unsent", {
	skip,
}, async (t) => {
	const directory = doorTo(t, dc1);
	assert.equal(await isThere(directory, "killed0"), false);
	dc1.freeze();
	const names = Array.from({ length: 6 }, (_, at) => `killed${at}`);
	const writes = names.map((name) => newcomer(directory, name));
	await dc1.kill();
	const told = (await Promise.all(writes)).map(said);
	assert.deepEqual(told, ["unknown connection-lost", ...Array(5).fill("unsent unreachable")]);
	await dc1.restart();
	const there = await Promise.all(names.map((name) => isThere(directory, name)));
	assert.deepEqual(there.slice(1), Array(5).fill(false), "unsent is sure");
});

test("a controller that was started again is signed in to again, and nobody notices", { skip }, async (t) => {
	for (const more of [{}, { url: dc1.plainUrl, startTls: true }]) {
		const directory = doorTo(t, dc1, more);
		assert.equal(await isThere(directory, "nobody"), false);
		await dc1.restart();
		assert.equal(said(await directory.remove(`CN=Nobody,${sales}`)), "no-such-object 32");
	}
});

const FLAWS: readonly (readonly [Flaw, string])[] = [
	["expired", "CERT_HAS_EXPIRED"],
	["wrong-name", "ERR_TLS_CERT_ALTNAME_INVALID"],
];

test("who cannot prove to be the controller is told nothing", { skip }, async (t) => {
	const stranger = { ca: dc2.ca };
	for (const way of [{}, { url: dc1.plainUrl, startTls: true }]) {
		const answer = await doorTo(t, dc1, { ...way, ...stranger }).remove(sales);
		assert.ok(answer.kind === "unsent" && answer.detail.endsWith("UNABLE_TO_VERIFY_LEAF_SIGNATURE"), said(answer));
		assert.equal(answer.code, "not-trusted");
		assert.match(answer.message ?? "", /is from an authority that is not trusted here\. Nothing was sent\. .*`ca`/);
	}
	for (const [flaw, code] of FLAWS) {
		const flawed = await startSamba({ flaw });
		t.after(() => flawed.stop());
		for (const way of [{}, { url: flawed.plainUrl, startTls: true }]) {
			const answer = await doorTo(t, flawed, way).remove(sales);
			assert.ok(answer.kind === "unsent" && answer.detail.endsWith(code), JSON.stringify(answer));
			assert.match(answer.message ?? "", /^The certificate of \S+ (has run out|is made out to another name)\. Nothing/);
		}
	}
});

test("a controller that is down is passed over, and the next one is kept when it is back", { skip }, async (t) => {
	const directory = doorTo(t, dc1, both());
	await dc1.kill();
	assert.equal(said(await newcomer(directory, "passed")), "ok");
	await dc1.restart();
	assert.equal(await isThere(directory, "passed"), true, "dc1 does not have it");
	assert.equal(await isThere(doorTo(t, dc1), "passed"), false);
});

test("what was written is looked for where it was written, while another does not show it", { skip }, async (t) => {
	const directory = doorTo(t, dc1, both());
	got(await newcomer(directory, "fresh"));
	const looks = await Promise.all(Array.from({ length: 40 }, () => isThere(directory, "fresh")));
	assert.ok(looks.every(Boolean));
	assert.equal(await isThere(doorTo(t, dc2), "fresh"), false);
});

test("a controller that goes after a write is not replaced before others may have heard of it", {
	skip,
}, async (t) => {
	const clock = movingClock();
	const directory = doorTo(t, dc1, { ...both(), clock });
	got(await newcomer(directory, "early"));
	clock.move(20_000);
	await dc1.kill();
	const held = await directory.search({ filter: equal("cn", "early"), attributes: ["cn"] });
	assert.ok(held.kind === "unsent");
	assert.deepEqual([held.code, held.retryAfterMs], ["written-server-gone", 40_000]);
	clock.move(40_000);
	assert.equal(await isThere(directory, "early"), false, "dc2 is asked now");
	await dc1.restart();
});

test("a controller that did not answer a write is not replaced at all, until it answers again", { skip }, async (t) => {
	const clock = movingClock();
	const directory = doorTo(t, dc1, { ...both(), clock, timeoutMs: 2000 });
	assert.equal(await isThere(directory, "doubt"), false);
	dc1.freeze();
	assert.equal((await newcomer(directory, "doubt")).kind, "unknown");
	await dc1.kill();
	clock.move(3_600_000);
	assert.equal(said(await newcomer(directory, "doubt")), "unsent written-server-gone");
	assert.equal(await isThere(doorTo(t, dc2), "doubt"), false);
	await dc1.restart();
	const now = await isThere(directory, "doubt");
	assert.equal(said(await newcomer(directory, "doubt")), now ? "name-taken 68" : "ok");
	await dc1.kill();
	clock.move(60_000);
	assert.equal(await isThere(directory, "doubt"), false, "with no doubt left, dc2 is asked");
	await dc1.restart();
});
