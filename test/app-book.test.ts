/**
 * The book of definitions over restarts: what is kept is served only while nothing changed, and stands in for what broke.
 */
import assert from "node:assert/strict";
import {
	cpSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	renameSync,
	rmSync,
	statSync,
	symlinkSync,
	writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "node:test";
import { openBook } from "../src/app-book.ts";
import { ConfigError } from "../src/base/errors.ts";
import type { Clock } from "../src/base/time.ts";

const clockAt = (now: string): Clock => ({ now: () => now });
const today = clockAt("2026-11-22T08:00:00.000Z");

describe("the book of definitions", () => {
	let data = "";
	let definitions = "";
	beforeEach(() => {
		data = mkdtempSync(join(tmpdir(), "book-"));
		definitions = join(data, "definitions");
		cpSync(join(import.meta.dirname, "../sop-definitions"), definitions, { recursive: true });
	});
	afterEach(() => rmSync(data, { recursive: true }));

	const kept = () => join(data, "definitions.json");
	const edit = (file: string, from: string, to: string) => {
		const text = readFileSync(file, "utf8");
		assert.ok(text.includes(from), `${file} holds ${from}`);
		writeFileSync(file, text.replaceAll(from, to));
	};
	/** Marks what was kept, so that it shows when it is served. */
	const mark = () => edit(kept(), '"Contoso Ltd"', '"Contoso as kept"');
	const nameNow = async (clock = today) => (await openBook({ data, definitions }, clock)).clientOf("contoso")?.name;

	it("is as it was compiled when it is opened again with nothing changed", async () => {
		const first = await openBook({ data, definitions }, today);
		const again = await openBook({ data, definitions }, today);
		assert.deepEqual(again.definitions(), first.definitions());
		assert.deepEqual(first.definitions().problems, []);
		assert.equal(statSync(kept()).mode & 0o777, 0o600);
		mark();
		assert.equal(await nameNow(), "Contoso as kept");
	});

	it("is compiled anew when a file, the year or the folder is another", async () => {
		await nameNow();
		mark();
		edit(join(definitions, "newhire.yaml"), "New employee", "Another title");
		assert.equal(await nameNow(), "Contoso Ltd");
		mark();
		assert.equal(await nameNow(clockAt("2027-01-01T08:00:00.000Z")), "Contoso Ltd");
	});

	it("is compiled anew when what was kept is cut", async () => {
		await nameNow();
		writeFileSync(kept(), readFileSync(kept(), "utf8").slice(0, 1000));
		assert.equal(await nameNow(), "Contoso Ltd");
	});

	it("is compiled anew when what was kept has another shape, as one of another version may", async () => {
		await nameNow();
		const { definitions: good, edition } = JSON.parse(readFileSync(kept(), "utf8"));
		const { sops: _, ...bare } = good.clients.contoso;
		const others = [null, {}, { ...good, msp: {} }, { ...good, clients: { contoso: bare } }, { ...good, problems: 0 }];
		for (const other of others) {
			for (const named of [edition, "of another version"]) {
				writeFileSync(kept(), JSON.stringify({ edition: named, definitions: other }));
				const book = await openBook({ data, definitions }, today);
				assert.deepEqual(book.definitions(), good);
			}
		}
	});

	it("serves over a restart the last good version of what broke meanwhile, and says so", async () => {
		await nameNow();
		edit(join(definitions, "clients/contoso/client.yaml"), "timezone: America/New_York", "timezone: Nowhere");
		const book = await openBook({ data, definitions }, today);
		assert.equal(book.clientOf("contoso")?.values.timezone, "America/New_York");
		assert.deepEqual(
			book.definitions().quarantined.map(({ client }) => client),
			["contoso"],
		);
		edit(join(definitions, "clients/contoso/client.yaml"), "timezone: Nowhere", "timezone: America/Chicago");
		await book.reload();
		assert.equal(book.clientOf("contoso")?.values.timezone, "America/Chicago");
	});

	it("keeps everybody when the folder is gone, and takes up what is there once it is back", async () => {
		const book = await openBook({ data, definitions }, today);
		const before = book.definitions().clients;
		for (const gone of [definitions, join(definitions, "clients")]) {
			renameSync(gone, `${gone}-away`);
			const { diff, problems } = await book.reload();
			assert.deepEqual(diff, []);
			assert.ok(
				problems.some(({ code, file }) => code === "not-there" && file === gone),
				gone,
			);
			const again = await openBook({ data, definitions }, today);
			for (const { clients } of [book.definitions(), again.definitions()]) assert.deepEqual(clients, before);
			renameSync(`${gone}-away`, gone);
		}
		assert.deepEqual((await book.reload()).problems, []);
	});

	it("opens and reloads beside what is no file, and names a link that leads nowhere", async () => {
		mkdirSync(join(definitions, "folder.yaml"));
		symlinkSync("/nowhere/at/all", join(definitions, "link.yaml"));
		const book = await openBook({ data, definitions }, today);
		const found = book.definitions().problems.map(({ code, file }) => [code, file]);
		assert.deepEqual(found, [["not-there", join(definitions, "link.yaml")]]);
		assert.deepEqual((await book.reload()).diff, []);
	});

	it("keeps the last good version of a procedure whose file cannot be read", async () => {
		const book = await openBook({ data, definitions }, today);
		const before = book.clientOf("contoso")?.sops;
		assert.ok(Object.keys(before ?? {}).includes("newhire"));
		const file = join(definitions, "newhire.yaml");
		rmSync(file);
		symlinkSync("/nowhere/at/all", file);
		const { problems, diff, quarantined } = await book.reload();
		assert.deepEqual([problems.map(({ code }) => code), diff], [["not-there"], []]);
		assert.deepEqual(
			quarantined.map(({ client, sop }) => [client, sop]),
			[
				["contoso", "newhire"],
				["fabrikam", "newhire"],
			],
		);
		assert.deepEqual(book.clientOf("contoso")?.sops, before);
	});

	it("follows links, and sees that what they lead to changed", async () => {
		const linked = join(data, "linked");
		mkdirSync(linked);
		for (const name of readdirSync(definitions)) symlinkSync(join(definitions, name), join(linked, name));
		const first = await openBook({ data, definitions: linked }, today);
		assert.deepEqual(first.definitions().problems, []);
		assert.ok(Object.keys(first.clientOf("contoso")?.sops ?? {}).includes("newhire"));
		edit(join(definitions, "clients/contoso/client.yaml"), "timezone: America/New_York", "timezone: America/Chicago");
		const again = await openBook({ data, definitions: linked }, today);
		assert.equal(again.clientOf("contoso")?.values.timezone, "America/Chicago");
	});

	it("does not open for the first time with nothing that compiles", async () => {
		for (const file of ["newhire.yaml", "clients/fabrikam/newhire.yaml"])
			writeFileSync(join(definitions, file), "sop: [");
		await assert.rejects(
			openBook({ data, definitions }, today),
			(error) => error instanceof ConfigError && error.code === "no-definitions" && error.problems.length > 0,
		);
	});
});
