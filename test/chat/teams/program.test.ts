/**
 * The real program with the credentials of a bot: Teams is let in by its tokens alone, and nobody can choose who they are.
 */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { type Bot, startBot } from "../../e2e/bot.ts";
import { AS_TEAMS, ISSUER, signing, tokenOf } from "./microsoft.ts";

let bot: Bot;
before(async () => {
	bot = await startBot(() => AS_TEAMS);
});
after(() => bot.end("SIGTERM"));

describe("beside Teams", () => {
	test("an activity without a token, or with one of somebody else, is refused", async () => {
		const body = JSON.stringify({ type: "message", channelId: "msteams", text: "newhire" });
		const headers = { "content-type": "application/json" };
		assert.equal((await fetch(`${bot.url()}/api/messages`, { method: "POST", headers, body })).status, 401);
		const foreign = tokenOf(signing("k", ["msteams"]), { iss: ISSUER, aud: "another-bot", exp: 9e9 });
		const signed = { ...headers, authorization: `Bearer ${foreign}` };
		assert.equal((await fetch(`${bot.url()}/api/messages`, { method: "POST", headers: signed, body })).status, 401);
	});

	test("nobody chooses who they are, from this machine or through a proxy", async () => {
		for (const path of ["/", "/runs", "/approvals"]) {
			const answer = await fetch(`${bot.url()}${path}`, {
				redirect: "manual",
				headers: { accept: "text/html", "x-forwarded-for": "203.0.113.9" },
			});
			assert.equal(answer.status, 303, path);
			assert.equal(answer.headers.get("location"), `/sign-in?next=${encodeURIComponent(path)}`);
		}
		const page = await (await fetch(`${bot.url()}/sign-in`)).text();
		assert.match(page, /Your own organisation says it/u);
		assert.doesNotMatch(page, /contoso|fabrikam/iu);
		const body = new URLSearchParams({ person: "contoso/mo" });
		const chosen = await fetch(`${bot.url()}/sign-in`, { method: "POST", headers: { origin: bot.url() }, body });
		assert.equal(chosen.status, 422);
		assert.equal(chosen.headers.get("set-cookie"), null);
	});

	test("a program's token still works, and no credential is in the log", async () => {
		const { status } = await bot.api("mo", "/runs");
		assert.equal(status, 200);
		assert(!bot.log().includes("canary"));
	});
});
