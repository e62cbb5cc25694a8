/**
 * Who acts in these tests: a token and an API client per person, and the forms they send. People and rights are those of
 * the demo clients.
 */
import { type Answer, type Api, apiOf, type Place, tokenFor } from "./real-app.ts";

export type Crew = { readonly [person: string]: Api };

const CLIENTS: { readonly [person: string]: string | undefined } = {
	harriet: "contoso",
	mo: "contoso",
	di: "contoso",
	pat: "contoso",
	ines: "fabrikam",
	tia: undefined,
};

/** Makes tokens through the running bot; they outlive it. */
export async function hire(place: Place, people: readonly string[]): Promise<Crew> {
	const crew: { [person: string]: Api } = {};
	for (const person of people) crew[person] = apiOf(place.port, await tokenFor(place, person, CLIENTS[person]));
	return crew;
}

/** The API of one of them. */
export function as(crew: Crew, person: string): Api {
	const api = crew[person];
	if (api === undefined) throw new Error(`${person} was not hired`);
	return api;
}

export function formOf(lastName: string, more: { readonly [field: string]: string | boolean } = {}) {
	const yesterday = Temporal.Now.plainDateISO("UTC").subtract({ days: 1 }).toString();
	return { firstName: "Kim", lastName, startDate: yesterday, profile: "warehouse", manager: "sol", ...more };
}

export function startOf(
	form: object,
	client = "contoso",
): { readonly client: string; readonly sop: string; readonly form: object } {
	return { client, sop: "newhire", form };
}

export type StepSeen = {
	readonly path: string;
	readonly state: string;
	readonly wait?: { readonly id: string; readonly verbs: readonly string[]; readonly by: readonly string[] };
};
export type RunSeen = {
	readonly id: string;
	readonly phase: string;
	readonly waitingFor: string;
	readonly steps: readonly StepSeen[];
	readonly plan?: { readonly wait: string; readonly hash: string; readonly decidedBy?: readonly string[] };
};

export async function readRun(api: Api, id: string): Promise<RunSeen | undefined> {
	const { status, body } = await api(`/api/v1/runs/${id}`);
	return status === 200 ? (body as unknown as RunSeen) : undefined;
}

/** Waits until the run is as wanted, looking every 25 ms. Undefined: not within the time. */
export async function waitFor(
	api: Api,
	id: string,
	is: (run: RunSeen) => boolean,
	mostMs = 30_000,
): Promise<RunSeen | undefined> {
	const until = performance.now() + mostMs;
	while (performance.now() < until) {
		const run = await readRun(api, id);
		if (run !== undefined && is(run)) return run;
		await new Promise((resolve) => setTimeout(resolve, 25));
	}
	return undefined;
}

/** The wait of the approval, when one is open. */
export function approvalOf(run: RunSeen): { readonly wait: string; readonly plan: string } | undefined {
	const open = run.steps.find(({ wait }) => wait?.verbs.includes("approve") === true)?.wait;
	return open === undefined || run.plan === undefined ? undefined : { wait: open.id, plan: run.plan.hash };
}

export const isEnded = ({ phase }: RunSeen): boolean => phase === "done" || phase === "stopped" || phase === "failed";

/** Whether somebody who is named is asked. */
export const isAsking = ({ steps }: RunSeen): boolean => steps.some(({ wait }) => (wait?.by.length ?? 0) > 0);

export type Hired = {
	readonly displayName: string;
	readonly userPrincipalName: string;
	readonly enabled: boolean;
	readonly groups: readonly string[];
	readonly licences: readonly string[];
};

/** The tenant as `/directory/contoso` tells it to somebody who is signed in. */
export async function directoryOf(port: number, person = "contoso/di"): Promise<readonly Hired[]> {
	const anyone = apiOf(port);
	const origin = `http://127.0.0.1:${port}`;
	const cookie = await signIn(port, person);
	const { status, body, text } = await anyone("/directory/contoso", { headers: { cookie, origin } });
	if (status !== 200) throw new Error(`no directory: ${status} ${text.slice(0, 200)}`);
	return body.users as readonly Hired[];
}

/** Signs in as a browser would; the cookie. */
export async function signIn(port: number, person: string): Promise<string> {
	const body = new URLSearchParams({ person, next: "/" }).toString();
	const headers = { origin: `http://127.0.0.1:${port}`, "content-type": "application/x-www-form-urlencoded" };
	const answer: Answer = await apiOf(port)("/sign-in", { raw: body, headers });
	const [cookie] = answer.cookies;
	if (cookie === undefined) throw new Error(`no sign-in: ${answer.status} ${answer.text.slice(0, 200)}`);
	return cookie.split(";")[0] ?? "";
}
