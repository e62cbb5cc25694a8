/**
 * Forms and definitions that are wrong, over API, page and file: every problem at its place, nothing started, and what was
 * good before keeps serving.
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { freePort } from "../fixtures/process.ts";
import { edit, roomyDefinitions } from "./definitions.ts";
import { as, type Crew, formOf, hire, signIn, startOf } from "./people.ts";
import { type Answer, type Ask, apiOf, type Place, runCommand, startApp } from "./real-app.ts";
import { type FaultRow, type Tally, tallyOf } from "./row.ts";

type Wrong = { readonly ask: Ask; readonly status: number; readonly paths?: readonly string[] };

const MUCH = "x".repeat(300 * 1024);
const raw = (form: string): string => `{"client":"contoso","sop":"newhire","form":${form}}`;

const API: { readonly [what: string]: Wrong } = {
	"all missing": {
		ask: { body: startOf({}) },
		status: 422,
		paths: ["form.firstName", "form.lastName", "form.startDate", "form.profile", "form.manager"],
	},
	"wrong values": {
		ask: {
			body: startOf(
				formOf("x".repeat(65), { startDate: "yesterday", profile: "pirate", manager: "nobody", privateEmail: "a@" }),
			),
		},
		status: 422,
		paths: ["form.lastName", "form.startDate", "form.profile", "form.manager", "form.privateEmail"],
	},
	"unknown fields": {
		ask: { body: startOf(formOf("Unknown", { admin: true, isAdmin: "yes" })) },
		status: 422,
		paths: ["form.admin", "form.isAdmin"],
	},
	"unknown member beside the form": {
		ask: { body: { ...startOf(formOf("Beside")), as: "di" } },
		status: 422,
		paths: ["as"],
	},
	"prototype keys": { ask: { raw: raw('{"firstName":"K","__proto__":{"admin":true}}') }, status: 422 },
	"constructor key": { ask: { raw: raw('{"constructor":{"prototype":{"admin":true}}}') }, status: 422 },
	"300 kB": { ask: { raw: raw(`{"firstName":"${MUCH}"}`) }, status: 413 },
	"not JSON": { ask: { raw: "{" }, status: 400 },
	"very deep": { ask: { raw: raw(`${"[".repeat(5000)}${"]".repeat(5000)}`) }, status: 422 },
	"a list for a form": { ask: { raw: raw("[]") }, status: 422 },
	"half a character": { ask: { raw: raw('{"firstName":"\\ud800","lastName":"H"}') }, status: 422 },
	"another client's procedure": { ask: { body: startOf(formOf("Foreign"), "fabrikam") }, status: 403 },
};

export async function formFaults(folder: string): Promise<readonly FaultRow[]> {
	const data = join(folder, "data");
	mkdirSync(data);
	const definitions = roomyDefinitions(join(folder, "definitions"));
	const place: Place = { data, definitions, port: await freePort() };
	const app = await startApp(place);
	const crew = await hire(place, ["harriet"]);
	const rows = [await wrongOverApi(crew), await wrongOverPage(place, crew), await brokenDefinitions(place, crew)];
	await app.stop();
	return rows;
}

async function wrongOverApi(crew: Crew): Promise<FaultRow> {
	const tally = tallyOf("wrong forms over the API");
	for (const [what, { ask, status, paths }] of Object.entries(API)) {
		const began = performance.now();
		const answer = await as(crew, "harriet")("/api/v1/runs", { method: "POST", ...ask });
		tally.tried(performance.now() - began);
		tally.expect(
			answer.status === status,
			`${what}: ${answer.status} instead of ${status} ${answer.text.slice(0, 200)}`,
		);
		tally.expect(typeof answer.body.code === "string", `${what}: no code`);
		const named = problemsOf(answer).map(({ path }) => path);
		for (const path of paths ?? []) tally.expect(named.includes(path), `${what}: nothing is said of ${path}`);
	}
	await nothingStarted(tally, crew);
	return tally.row();
}

async function wrongOverPage(place: Place, crew: Crew): Promise<FaultRow> {
	const tally = tallyOf("wrong forms over the page");
	const headers = {
		cookie: await signIn(place.port, "contoso/harriet"),
		origin: `http://127.0.0.1:${place.port}`,
		accept: "text/html",
		"content-type": "application/x-www-form-urlencoded",
	};
	const send = async (fields: { readonly [name: string]: string }): Promise<Answer> => {
		const began = performance.now();
		const form = new URLSearchParams({ draft: `page-${began}`, ...fields }).toString();
		const answer = await apiOf(place.port)("/portal/contoso/newhire", { raw: form, headers });
		tally.tried(performance.now() - began);
		return answer;
	};
	const wrong = await send({ ...formOf("Kept & <b>kept</b>"), startDate: "never", manager: "nobody" });
	tally.expect(wrong.status === 422, `wrong values: ${wrong.status}`);
	tally.expect(wrong.text.includes("Kept &amp; &lt;b&gt;kept&lt;/b&gt;"), "what was typed is gone or not escaped");
	tally.expect((wrong.text.match(/aria-invalid="true"/g) ?? []).length >= 2, "not every wrong field is marked");
	const missing = await send({});
	tally.expect(missing.status === 422, `all missing: ${missing.status}`);
	const proto = await send({ ...formOf("Proto"), startDate: "never", constructor: "x" });
	tally.expect(proto.status === 422, `prototype names: ${proto.status}`);
	const much = await send({ firstName: MUCH });
	tally.expect(much.status === 413, `300 kB: ${much.status}`);
	const foreign = await apiOf(place.port)("/portal/contoso/newhire", {
		raw: new URLSearchParams({ ...formOf("Foreign") }).toString(),
		headers: { ...headers, origin: "https://elsewhere.example" },
	});
	tally.tried();
	tally.expect(foreign.status === 403, `a form of another site: ${foreign.status}`);
	await nothingStarted(tally, crew);
	return tally.row();
}

async function nothingStarted(tally: Tally, crew: Crew): Promise<void> {
	const { body } = await as(crew, "harriet")("/api/v1/runs?client=contoso");
	const started = (body.items as readonly unknown[]).length;
	tally.expect(started === 0, `${started} runs were started`);
}

type Found = { readonly line?: number; readonly remedy?: string; readonly path: string };

function problemsOf({ body }: Answer): readonly Found[] {
	return (body.problems ?? []) as readonly Found[];
}

/** Seven mistakes in one procedure. */
function spoil(text: string): string {
	return text
		.replace("review: 6 months", "review: often")
		.replace("urgency: routine", "urgency: panic")
		.replace("type: text, max: 64 }\n  startDate", "type: txt, max: 64 }\n  startDate")
		.replace("do: directory.user", "do: directory.usr")
		.replace("when: client.identity == 'hybrid'", "when: client.identity = = 'hybrid'")
		.replace("atMost: 45m", "atMost: soon")
		.replace("approve: { by: [it-lead, manager]", "approve: { by: [it-led, manager]");
}

async function brokenDefinitions(place: Place, crew: Crew): Promise<FaultRow> {
	const tally = tallyOf("a definition with 7 mistakes");
	const start = (name: string): Promise<Answer> => as(crew, "harriet")("/api/v1/runs", { body: startOf(formOf(name)) });
	const pinned = async (id: unknown) => (await as(crew, "harriet")(`/api/v1/runs/${id}`)).body.definition;
	const before = await pinned((await start("Before")).body.id);
	edit(place.definitions ?? "", "newhire.yaml", spoil);
	const began = performance.now();
	const checked = await runCommand(place, ["check", "--json"]);
	const found = (JSON.parse(checked.out) as { readonly problems: readonly Found[] }).problems;
	tally.tried(performance.now() - began);
	tally.expect(checked.code === 2, `check exits ${checked.code}`);
	const lines = new Set(found.map(({ line }) => line));
	tally.expect(lines.size >= 7, `check names ${lines.size} lines of 7: ${found.map((one) => `${one.line}`).join()}`);
	tally.expect(
		found.every(({ line, remedy }) => line !== undefined && remedy !== undefined),
		"a line or remedy is missing",
	);
	const reloaded = await runCommand(place, ["reload", "--json"]);
	tally.tried();
	const said = JSON.parse(reloaded.out) as {
		readonly problems: readonly Found[];
		readonly quarantined: readonly unknown[];
	};
	tally.expect(
		reloaded.code === 2 && said.problems.length >= 7,
		`reload exits ${reloaded.code}: ${said.problems.length}`,
	);
	tally.expect(said.quarantined.length > 0, "reload does not say what is on hold");
	const after = await start("After");
	tally.tried();
	if (after.status !== 202) tally.lost(`the last good version does not serve: ${after.text}`);
	tally.expect((await pinned(after.body.id)) === before, "another version serves");
	const status = await runCommand(place, ["status", "--json"]);
	tally.expect(
		Number((JSON.parse(status.out) as { readonly quarantined?: number }).quarantined) > 0,
		"status does not say it",
	);
	return tally.row();
}
