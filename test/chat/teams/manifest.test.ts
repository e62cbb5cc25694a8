/** The app package of Teams: valid by Microsoft's own schema, true to the definitions, and the same whenever it is made. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { AppManifestUtils, type TeamsManifest } from "@microsoft/app-manifest";
import { unzipSync } from "fflate";
import { cut } from "../../../src/chat/menu.ts";
import { type ManifestParts, teamsManifest } from "../../../src/chat/teams/manifest.ts";
import { manifestText, teamsPackage } from "../../../src/chat/teams/package.ts";
import type { Definitions } from "../../../src/sop/definitions.ts";
import type { Sop } from "../../../src/sop/sop.ts";
import { definitions } from "../world.ts";

const APP = "11111111-2222-3333-4444-555555555555";
const FOREIGN_NAME = `${"Ünïcode 👩🏽‍💻 & Söhne ".repeat(20)}GmbH`;

type List = {
	readonly scopes: readonly string[];
	readonly triggers: readonly string[];
	readonly commands: readonly { readonly title: string; readonly description: string }[];
};

function made(more: Partial<ManifestParts> = {}) {
	return teamsManifest({ app: APP, url: "https://sopwith.example.com", version: "1.2.3", definitions, ...more });
}

function listsOf({ manifest }: ReturnType<typeof made>): readonly List[] {
	const [bot] = manifest.bots as unknown as readonly { readonly commandLists: readonly List[] }[];
	return bot?.commandLists ?? [];
}

function against({ manifest }: ReturnType<typeof made>): Promise<string[]> {
	return AppManifestUtils.validateAgainstSchema(manifest as unknown as TeamsManifest);
}

/** Contoso with so many procedures, `sop01` and on; the last one is for emergencies, all but the first two routine. */
function withMany(count: number, msp = definitions.msp): Definitions {
	const { contoso } = definitions.clients;
	assert(contoso?.sops.newhire !== undefined);
	const like = contoso.sops.newhire;
	const sops = Array.from({ length: count }, (_, at): [string, Sop] => {
		const id = `sop${String(at + 1).padStart(2, "0")}`;
		const urgency = at === count - 1 ? "emergency" : "routine";
		const starts = [{ kind: "command", command: id, by: ["hr"] } as const];
		return [id, { ...like, id, title: `${FOREIGN_NAME} ${at}`, urgency, starts }];
	});
	return { ...definitions, msp, clients: { contoso: { ...contoso, sops: Object.fromEntries(sops) } } };
}

describe("the manifest of Teams", () => {
	test("is valid by Microsoft's schema, in a version that knows slash commands", async () => {
		const found = made();
		assert.deepEqual(await against(found), []);
		assert.equal(found.manifest.manifestVersion, "1.29");
		assert.equal(found.manifest.version, "1.2.3");
	});

	test("stays within every limit with 40 procedures and names of any length", async () => {
		const msp = { ...definitions.msp, name: FOREIGN_NAME };
		const found = made({ definitions: withMany(40, msp) });
		assert.deepEqual(await against(found), []);
		const lists = listsOf(found);
		assert.equal(lists.length, 3);
		for (const { commands } of lists) assert.equal(commands.length, 12);
		assert.equal(found.leftOut.length, 32);
	});

	test("lists each procedure's command once, with its title, and then what everybody can type", () => {
		const [personal] = listsOf(made());
		const titles = personal?.commands.map(({ title }) => title);
		assert.deepEqual(titles?.slice(0, 6), ["lockdown", "newhire", "sops", "runs", "approvals", "help"]);
		assert.equal(personal?.commands[1]?.description, "New employee onboarding");
		assert.equal(personal?.commands.find(({ title }) => title === "run")?.description, "run ID: How far a run is.");
	});

	test("gives the room there is to emergencies first, and keeps the way to all the others", () => {
		const { listed, leftOut } = made({ definitions: withMany(40) });
		assert.equal(listed[0], "sop40");
		assert.deepEqual(listed.slice(8), ["sops", "runs", "approvals", "help"]);
		assert.deepEqual([...listed.slice(0, 8), ...leftOut].sort(), Object.keys(withMany(40).clients.contoso?.sops ?? {}));
	});

	test("shows one client's people only what they can type", () => {
		const only = { ...withMany(1).clients.contoso, id: "lonely" } as Definitions["clients"][string];
		const both = { ...definitions, clients: { ...definitions.clients, lonely: only } };
		assert(made({ definitions: both }).listed.includes("sop01"));
		assert(!made({ definitions: both, client: "fabrikam" }).listed.includes("sop01"));
		assert.deepEqual(made({ definitions: both, client: "lonely" }).listed.slice(0, 2), ["sop01", "sops"]);
	});

	test("offers slash commands where others read along, and a procedure from somebody's message", () => {
		const found = made();
		const offered = listsOf(found).map(({ scopes, triggers }) => `${scopes}: ${triggers}`);
		assert.deepEqual(offered, ["personal: mention", "team: mention,slash", "groupChat: mention,slash"]);
		const [bot] = found.manifest.bots as unknown as readonly { readonly supportsTargetedMessages: boolean }[];
		assert.equal(bot?.supportsTargetedMessages, true);
		const [{ commands: [start] = [] } = {}] = found.manifest.composeExtensions as unknown as readonly {
			readonly commands?: readonly { readonly context: readonly string[]; readonly fetchTask: boolean }[];
		}[];
		assert.deepEqual(start?.context, ["message"]);
		assert.equal(start?.fetchTask, true);
	});

	test("asks for no permission, and names no host but ours", () => {
		const { manifest } = made();
		assert.equal(manifest.authorization, undefined);
		assert.equal(manifest.webApplicationInfo, undefined);
		assert.deepEqual(manifest.validDomains, ["sopwith.example.com"]);
	});
});

describe("the package", () => {
	const icon = (name: string) => readFileSync(new URL(`../../../manifest/${name}.png`, import.meta.url));
	const icons = { color: icon("color"), outline: icon("outline") };

	test("holds the manifest and both icons, readable by anybody's unzip", async () => {
		const { manifest } = made();
		const files = unzipSync(await teamsPackage(manifest, icons));
		assert.deepEqual(Object.keys(files), ["manifest.json", "color.png", "outline.png"]);
		assert.equal(Buffer.from(files["manifest.json"] ?? []).toString("utf8"), manifestText(manifest));
		assert.deepEqual(Buffer.from(files["color.png"] ?? []), icons.color);
	});

	test("is the same, byte for byte, in another time zone", async () => {
		const { manifest } = made();
		const here = await teamsPackage(manifest, icons);
		const zone = process.env.TZ;
		process.env.TZ = "Pacific/Kiritimati";
		try {
			assert.deepEqual(await teamsPackage(made().manifest, icons), here);
		} finally {
			if (zone === undefined) delete process.env.TZ;
			else process.env.TZ = zone;
		}
	});

	test("has icons of the sizes Teams takes, the small one transparent", () => {
		const sizeOf = (png: Buffer) => `${png.readUInt32BE(16)}×${png.readUInt32BE(20)}, colour type ${png[25]}`;
		assert.equal(sizeOf(icons.color), "192×192, colour type 2");
		assert.equal(sizeOf(icons.outline), "32×32, colour type 6");
	});
});

describe("cutting a text", () => {
	test("leaves alone what is short enough", () => assert.equal(cut("New employee", 12), "New employee"));
	test("ends between words, with a sign that there was more", () => {
		assert.equal(cut("New employee onboarding", 20), "New employee…");
	});
	test("cuts a word where there is none to spare", () => assert.equal(cut("Onboarding", 6), "Onboa…"));
	test("keeps a character of several parts whole", () => assert.equal(cut(`a ${"👩🏽‍💻".repeat(3)}`, 12), "a 👩🏽‍💻…"));
});
