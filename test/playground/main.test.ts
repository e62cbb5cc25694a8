/** `npm run playground` as somebody at a terminal meets it: three addresses, and nothing left after Ctrl-C. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { test } from "node:test";

test("it shows a page for who asks and one for who approves, and Ctrl-C ends everything", async () => {
	const child = spawn(process.execPath, [join(import.meta.dirname, "main.ts"), "--json"], { stdio: "pipe" });
	let said = "";
	child.stderr.on("data", (chunk) => {
		said += String(chunk);
	});
	const [first] = await Promise.race([once(child.stdout, "data"), once(child, "exit")]);
	assert(Buffer.isBuffer(first), said);
	const { harriet, mo, web } = JSON.parse(String(first));
	const nameAt = async (page: string): Promise<string> => {
		const answer = await fetch(`${page}/_internal/v1/config`);
		return JSON.parse(await answer.text()).config.currentUser.name;
	};
	assert.deepEqual([await nameAt(harriet), await nameAt(mo)], ["Harriet Reyes", "Mo Manager"]);
	assert.equal((await fetch(`${web}/readyz`)).status, 200);
	child.kill("SIGINT");
	const [code] = await once(child, "exit");
	assert.equal(code, 0, said);
	for (const page of [harriet, mo, web]) await assert.rejects(fetch(page), `${page} is still there`);
});
