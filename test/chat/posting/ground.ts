/**
 * The store that all plays of one test process stand on, one after the other, with the journal's rows as a host writes
 * them. What a play leaves behind is swept before the next. Must never be used by two plays at once.
 */
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Secret } from "../../../src/base/secret.ts";
import type { Instant } from "../../../src/base/time.ts";
import { openStore } from "../../../src/engine/embedded/open.ts";
import { createMarks, createWebMessages } from "../../../src/engine/embedded/web-messages.ts";
import type { Model } from "./model.ts";

export type Ground = ReturnType<typeof openGround>;

const MEMORY = "/dev/shm";
const SWEPT = ["events", "heads", "runs", "posts", "old_cards", "web_messages", "post_marks"];

export function openGround() {
	const folder = mkdtempSync(join(existsSync(MEMORY) ? MEMORY : tmpdir(), "sopwith-posting-"));
	const store = openStore({ folder, key: new Secret(Buffer.alloc(32, 7).toString("base64")) });
	const { db } = store;
	// It is the process that ends here, not the machine.
	db.pragma("synchronous = OFF");
	createWebMessages(store);
	createMarks(store);
	const run = db.prepare(
		`INSERT OR IGNORE INTO runs(id, client, sop, definition, title, phase, subject, by, started_at, at, visibility,
		 waiting_for, open, in_flight) VALUES (?, 'contoso', 'newhire', '', '', '', '', '', '', '', 'all', '', 1, 0)`,
	);
	const event = db.prepare(
		`INSERT INTO events(total, run, seq, at, kind, payload, hash, key)
		 SELECT coalesce((SELECT max(total) FROM events), 0) + 1, no, ?, ?, ?, '{}', '', '' FROM runs WHERE id = ?`,
	);
	const head = db.prepare(
		`INSERT INTO heads(tick, total, at, hash)
		 SELECT coalesce((SELECT max(tick) FROM heads), 0) + 1, (SELECT max(total) FROM events), ?, ''`,
	);
	const marked = db.prepare("SELECT count(*) FROM post_marks").pluck();
	let no = 0;
	return {
		store,
		/** The name of a run on ground that nobody stood on. */
		fresh: (): string => {
			for (const table of SWEPT) db.exec(`DELETE FROM ${table}`);
			db.exec("DELETE FROM meta WHERE name = 'posts-seen'");
			return `run-${++no}`;
		},
		newId: (): string => `c${++no}`,
		journal: ({ id, run: now }: Model, { at, kind }: { readonly at: Instant; readonly kind: string }): void =>
			store.write(() => {
				run.run(id);
				event.run(now().seq, at, kind, id);
				head.run(at);
			}),
		marked: (): number => Number(marked.get()),
		close: (): void => {
			store.close();
			rmSync(folder, { recursive: true, force: true });
		},
	};
}
