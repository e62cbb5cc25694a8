/**
 * What is kept about people at work: forms being filled in, API tokens, signed-in sessions. Tokens and sessions are kept as
 * hashes; the secret itself must never come here.
 */
import type { Problem } from "../../base/errors.ts";
import type { Values } from "../../base/json.ts";
import type { Instant } from "../../base/time.ts";
import type { DraftStore, KeptDraft, KeptToken, SessionStore, TokenStore } from "../kept.ts";
import { actorIn, type Row, text } from "./columns.ts";
import type { Store } from "./open.ts";

export type PeopleStore = DraftStore &
	TokenStore &
	SessionStore & {
		/** Removes drafts last changed before, and sessions that ended before. */
		tidy(before: Instant): void;
	};

export function createPeopleStore(store: Store): PeopleStore {
	return { ...drafts(store), ...tokens(store), ...sessions(store), tidy: tidier(store) };
}

function drafts({ db, write }: Store): DraftStore {
	const put = db.prepare("INSERT OR REPLACE INTO drafts VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
	const get = db.prepare<[string], Row>("SELECT * FROM drafts WHERE id = ?");
	return {
		saveDraft: (d) => {
			const who = [d.person.id, d.person.client ?? null];
			const what = [JSON.stringify(d.typed), JSON.stringify(d.problems), d.state, d.run ?? null, d.at];
			write(() => put.run(d.id, d.client, d.sop, ...who, ...what));
		},
		draft: (id) => {
			const row = get.get(id);
			if (row === undefined) return undefined;
			return {
				id,
				client: text(row.client),
				sop: text(row.sop),
				person: actorIn(row),
				typed: JSON.parse(text(row.typed)) as Values,
				problems: JSON.parse(text(row.problems)) as readonly Problem[],
				state: text(row.state) as KeptDraft["state"],
				at: text(row.at),
				...(row.run ? { run: row.run } : {}),
			};
		},
	};
}

function tokens({ db, write }: Store): TokenStore {
	const put = db.prepare("INSERT INTO tokens VALUES (?, ?, ?, ?, ?, ?, ?)");
	const get = db.prepare<[string], Row>("SELECT * FROM tokens WHERE hash = ?");
	const all = db.prepare<[], Row>("SELECT * FROM tokens ORDER BY created");
	const revoke = db.prepare("UPDATE tokens SET revoked = ? WHERE hash = ? AND revoked IS NULL");
	const read = (row: Row): KeptToken => ({
		hash: text(row.hash),
		person: actorIn(row),
		expires: text(row.expires),
		created: text(row.created),
		...(row.client ? { client: row.client } : {}),
		...(row.revoked ? { revoked: row.revoked } : {}),
	});
	return {
		saveToken: (t) => {
			const who = [t.person.id, t.person.client ?? null, t.client ?? null];
			write(() => put.run(t.hash, ...who, t.expires, t.created, t.revoked ?? null));
		},
		token: (hash) => {
			const row = get.get(hash);
			return row && read(row);
		},
		tokens: () => all.all().map(read),
		revokeToken: (hash, at) => void write(() => revoke.run(at, hash)),
	};
}

function sessions({ db, write }: Store): SessionStore {
	const put = db.prepare("INSERT OR REPLACE INTO sessions VALUES (?, ?, ?, ?, ?, ?)");
	const get = db.prepare<[string], Row>("SELECT * FROM sessions WHERE hash = ?");
	const touch = db.prepare("UPDATE sessions SET seen = ? WHERE hash = ?");
	const end = db.prepare("DELETE FROM sessions WHERE hash = ?");
	return {
		saveSession: (s) => {
			const who = [s.actor.id, s.actor.client ?? null];
			write(() => put.run(s.hash, ...who, s.expires, s.seen, s.created));
		},
		session: (hash) => {
			const row = get.get(hash);
			if (row === undefined) return undefined;
			const { expires, seen, created } = row;
			return { hash, actor: actorIn(row), expires: text(expires), seen: text(seen), created: text(created) };
		},
		touchSession: (hash, seen) => void write(() => touch.run(seen, hash)),
		endSession: (hash) => void write(() => end.run(hash)),
	};
}

function tidier({ db, write }: Store): PeopleStore["tidy"] {
	const old = db.prepare("DELETE FROM drafts WHERE at < ?");
	const ended = db.prepare("DELETE FROM sessions WHERE expires < ?");
	return (before) =>
		write(() => {
			old.run(before);
			ended.run(before);
		});
}
