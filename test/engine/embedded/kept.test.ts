/**
 * The small stores: audit, standing approvals, posts, people at work, memory.
 */
import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, test } from "node:test";
import { createAudit } from "../../../src/engine/embedded/audit.ts";
import { createMemory } from "../../../src/engine/embedded/memory.ts";
import { openStore, type Store } from "../../../src/engine/embedded/open.ts";
import { createPeopleStore } from "../../../src/engine/embedded/people-store.ts";
import { createPosts } from "../../../src/engine/embedded/posts.ts";
import { createStandingLedger } from "../../../src/engine/embedded/standing.ts";
import type { PostRow } from "../../../src/engine/kept.ts";
import { key, removeFolder, tempFolder } from "./fixture.ts";

const AT = "2026-11-22T12:00:00.000Z";
let folder: string;
let store: Store;
const reopen = (): void => {
	store.close();
	store = openStore({ folder, key });
};
beforeEach(() => {
	folder = tempFolder();
	store = openStore({ folder, key });
});
afterEach(() => {
	store.close();
	removeFolder(folder);
});

describe("the audit stream", () => {
	test("is chained, capped, and names the first row that was changed", () => {
		const audit = createAudit(store, 10);
		for (let i = 0; i < 25; i++) audit.record({ via: "web", what: "refused", person: `p${i}` });
		assert.deepEqual(audit.verify(), { rows: 10 });
		const page = audit.list({ most: 4 });
		assert.deepEqual(
			page.items.map((r) => r.entry.person),
			["p24", "p23", "p22", "p21"],
		);
		assert.equal(audit.list({ most: 4, cursor: page.cursor ?? "" }).items[0]?.entry.person, "p20");
		store.db.exec(`UPDATE audit SET entry = replace(entry, 'p20', 'p99') WHERE n = 21`);
		assert.deepEqual(audit.verify(), { rows: 5, broken: 21 });
	});

	test("survives the end of the process", () => {
		const audit = createAudit(store);
		audit.record({ via: "web", what: "signed-in", person: "mo" });
		audit.flush();
		reopen();
		const again = createAudit(store);
		again.record({ via: "web", what: "signed-out", person: "mo" });
		assert.deepEqual(again.verify(), { rows: 2 });
	});
});

describe("standing approvals", () => {
	test("are counted once per run and wait, and end when the day's are used up", async () => {
		const ledger = createStandingLedger(store);
		assert.deepEqual(await ledger.reserve("sales", "2026-11-22", 2, "A", "w#1"), { used: 1 });
		assert.deepEqual(await ledger.reserve("sales", "2026-11-22", 2, "A", "w#1"), { used: 1 });
		assert.deepEqual(await ledger.reserve("sales", "2026-11-22", 2, "B", "w#1"), { used: 2 });
		assert.equal(await ledger.reserve("sales", "2026-11-22", 2, "C", "w#1"), undefined);
		assert.deepEqual(await ledger.reserve("sales", "2026-11-23", 2, "C", "w#1"), { used: 1 });
	});
});

describe("posts", () => {
	const row: PostRow = {
		run: "R",
		key: "run",
		addressee: "mo",
		surface: "web",
		kind: "direct",
		place: "mo",
		card: "c1",
		digest: "d1",
		rings: 0,
		closed: false,
		data: { a: 1 },
		at: AT,
	};
	test("are found by message, by card and by run, and an old card is still known", () => {
		const posts = createPosts(store);
		posts.save(row);
		assert.deepEqual(posts.find("R", "run", "mo"), row);
		const second = { ...row, card: "c2", ref: "m1", wait: "ask#1", rings: 1 };
		posts.save(second);
		assert.equal(posts.byCard("c1"), undefined);
		assert.deepEqual(posts.oldCard("c1"), { run: "R", at: AT, now: "c2" });
		assert.deepEqual(posts.byCard("c2"), second);
		reopen();
		assert.deepEqual(createPosts(store).ofRun("R"), [second]);
		const again = createPosts(store);
		again.save({ ...row, addressee: "di", card: "c3" }, { ...row, addressee: "pat", card: "c4" });
		assert.deepEqual(
			again.ofRun("R").map(({ card }) => card),
			["c2", "c3", "c4"],
		);
	});
});

describe("people at work", () => {
	test("drafts keep what was typed, tokens and sessions their hashes and ends", () => {
		const people = createPeopleStore(store);
		const draft = {
			id: "d",
			client: "contoso",
			sop: "newhire",
			person: { id: "mo", client: "contoso" },
			typed: { firstName: "Ada" },
			problems: [{ path: "form.lastName", code: "missing", message: "Last name is needed." }],
			state: "open",
			at: AT,
		} as const;
		people.saveDraft(draft);
		people.saveDraft({ ...draft, state: "sent", run: "R" });
		assert.deepEqual(people.draft("d"), { ...draft, state: "sent", run: "R" });
		const token = { hash: "h", person: { id: "tia" }, client: "contoso", expires: "2027", created: AT } as const;
		people.saveToken(token);
		people.revokeToken("h", AT);
		assert.deepEqual(people.token("h"), { ...token, revoked: AT });
		assert.equal(people.tokens().length, 1);
		const session = {
			hash: "s",
			actor: { id: "mo", client: "contoso" },
			expires: "2027",
			seen: AT,
			created: AT,
		} as const;
		people.saveSession(session);
		people.touchSession("s", "2026-12");
		assert.deepEqual(people.session("s"), { ...session, seen: "2026-12" });
		people.tidy("2028");
		assert.equal(people.session("s"), undefined);
		assert.equal(people.draft("d"), undefined);
	});
});

describe("memory", () => {
	test("a name is first only once, and scopes do not meet", () => {
		const seen = createMemory(store, "hooks");
		assert.equal(seen.first("id-1"), true);
		assert.equal(seen.first("id-1"), false);
		assert.equal(createMemory(store, "other").first("id-1"), true);
		seen.set("ref", { url: "x" });
		reopen();
		const again = createMemory(store, "hooks");
		assert.deepEqual(again.get("ref"), { url: "x" });
		assert.equal(again.first("id-1"), false);
		again.forgetBefore("2999");
		assert.deepEqual(again.all(), []);
	});
});
