/**
 * Every story on every surface, through a real client of each, and what was shown held against the web chat: the same, or
 * an exception that is written down.
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, describe, test } from "node:test";
import { type Difference, differences } from "./differences.ts";
import { BESIDES, EXCEPTIONS } from "./exceptions.ts";
import { openHouse, SURFACES, whyNot } from "./houses.ts";
import { openScene, type Seen } from "./scene.ts";
import type { SurfaceKey } from "./seat.ts";
import { STORIES } from "./stories.ts";

const played = new Map<SurfaceKey, Map<string, readonly Seen[]>>();
const needed = new Set<(typeof EXCEPTIONS)[number]>();

describe("every story is played", { concurrency: 4 }, () => {
	for (const key of SURFACES) {
		describe(key, { concurrency: 1, skip: whyNot(key) }, () => {
			let at: Awaited<ReturnType<typeof openHouse>>;
			const seen = new Map<string, readonly Seen[]>();
			before(async () => {
				at = await openHouse(key);
			});
			after(async () => {
				played.set(key, seen);
				await at?.close();
			});
			for (const story of STORIES) {
				test(story.id, async () => {
					const scene = openScene(at.house, at.bot);
					seen.set(story.id, scene.seen);
					await story.play(scene);
				});
			}
		});
	}
});

describe("what was shown is the same as in the web chat", () => {
	for (const key of SURFACES) {
		for (const { id, basis = "web" } of STORIES) {
			if (key === "web" || key === basis) continue;
			test(`${key}: ${id}`, { skip: whyNot(key) }, () => {
				const [there, here] = [played.get(basis)?.get(id), played.get(key)?.get(id)];
				assert(there !== undefined && there.length > 0 && here !== undefined, "it was played on both");
				assert.deepEqual(
					differences(there, here).filter((one) => !isAllowed(key, id, one)),
					[],
				);
			});
		}
	}

	test("README lists every exception", () => {
		const readme = readFileSync("README.md", "utf8").replaceAll(/\s+/gu, " ");
		for (const why of [...EXCEPTIONS.map((one) => one.why), ...BESIDES]) assert(readme.includes(why), why);
	});

	test("every exception is still one", () => {
		const here = EXCEPTIONS.filter(({ surfaces }) => surfaces.some((key) => whyNot(key) === false));
		assert.deepEqual(
			here.filter((exception) => !needed.has(exception)),
			[],
		);
	});
});

function isAllowed(key: SurfaceKey, story: string, { what, part }: Difference): boolean {
	const found = EXCEPTIONS.find(
		(one) =>
			one.surfaces.includes(key) && one.seen.test(`${story}: ${what}`) && (one.part === "all" || one.part === part),
	);
	if (found !== undefined) needed.add(found);
	return found !== undefined;
}
