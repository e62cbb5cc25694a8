/**
 * A bot in another of Microsoft's clouds: the same story against that cloud's issuer, and not a word across the border.
 */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { AuthenticationConstants, GovernmentConstants } from "botframework-connector";
import { toMs } from "../../../src/base/time.ts";
import { CLOUDS } from "../../../src/chat/teams/cloud.ts";
import { teamsHosts } from "../../../src/chat/teams/hosts.ts";
import { until } from "../../fixtures/until.ts";
import { ISSUER, tokenOf } from "./microsoft.ts";
import { cardIn, claimsOf, openTeamsWorld, type TeamsWorld, textIn } from "./teams-world.ts";

describe("a bot of the US Government", () => {
	let world: TeamsWorld;
	before(async () => {
		world = await openTeamsWorld({ issuer: CLOUDS["us-gov"].issuer });
	});
	after(() => world.end());

	test("takes what that cloud signs, signs in there, and answers", async () => {
		assert.equal((await world.say("harriet", "help")).status, 200);
		const told = await until(() => world.microsoft.of("chat-harriet").at(-1));
		assert.match(textIn(cardIn(told)), /^What you can type/u);
		assert.equal(world.microsoft.taken.at(-1)?.authorization, "Bearer token-1");
	});

	test("takes nothing that the worldwide cloud signs, with a key it knows", async () => {
		const [key] = world.microsoft.keys;
		assert(key !== undefined);
		const claims = { ...claimsOf(world.microsoft, toMs(world.clock.now())), iss: ISSUER };
		const answer = await world.send(world.by("harriet", { type: "message", text: "help" }), tokenOf(key, claims));
		assert.equal(answer.status, 401);
		assert.match(String(world.heard.at(-1)?.why), /^other-issuer/u);
	});
});

test("each cloud is where Microsoft's own SDK has it", () => {
	const { global, "us-gov": gov, "us-gov-dod": dod } = CLOUDS;
	const rows = [
		[global, AuthenticationConstants],
		[gov, GovernmentConstants],
		[dod, GovernmentConstants],
	] as const;
	for (const [cloud, theirs] of rows) {
		assert.equal(cloud.issuer, theirs.ToBotFromChannelTokenIssuer);
		assert.equal(cloud.issuer, theirs.ToChannelFromBotOAuthScope);
		assert.equal(cloud.metadata, theirs.ToBotFromChannelOpenIdMetadataUrl);
		assert.equal(`${cloud.login}/`, theirs.ToChannelFromBotLoginUrlPrefix);
	}
});

test("our token goes to no host of another cloud", () => {
	const rows = [
		["https://smba.trafficmanager.net/emea/", ["global"]],
		["https://smba.infra.gcc.teams.microsoft.com/gcc/", ["global"]],
		["https://europe.api.botframework.com/", ["global"]],
		["https://smba.infra.gov.teams.microsoft.us/gov/", ["us-gov"]],
		["https://smba.infra.dod.teams.microsoft.us/dod/", ["us-gov-dod"]],
		["https://api.botframework.us/", ["us-gov", "us-gov-dod"]],
		["https://smba.infra.gov.teams.microsoft.us:8443/", []],
		["http://smba.infra.gov.teams.microsoft.us/", []],
		["https://smba.infra.gov.teams.microsoft.us.evil.example/", []],
		["https://evilbotframework.us/", []],
	] as const;
	for (const [address, expected] of rows) {
		const clouds = (["global", "us-gov", "us-gov-dod"] as const).filter((cloud) => teamsHosts(cloud)(address));
		assert.deepEqual(clouds, expected, address);
	}
});
