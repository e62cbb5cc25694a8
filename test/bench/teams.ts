/**
 * How long Teams waits for us, beside a bare echo of Microsoft's SDK under the same load in the same run: signed activities
 * over HTTP, one at a time, to the answer 200 and to the edited card at a connector over TLS. Must never count a try whose
 * effect is not there.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { getCACertificates } from "node:tls";
import type { Json, Values } from "../../src/base/json.ts";
import { systemClock, toMs } from "../../src/base/time.ts";
import { APP, type Message, type Microsoft, openMicrosoft, TENANT } from "../chat/teams/microsoft.ts";
import { cardIn, goodToken, idOf, invoke } from "../chat/teams/teams-world.ts";
import { type Api, apiOf } from "../fault/real-app.ts";
import { until } from "../fixtures/until.ts";
import { mailOf, startBeside, writeCast } from "./beside.ts";
import { type Figures, quantile } from "./row.ts";
import type { Told } from "./teams-served.ts";

/** Each with somebody who asks and somebody who answers, in chats of their own: a chat's pace is not what is measured. */
const TRIES = 220;
const WARM = 20;
/** A tenant takes 30 calls in a second. */
const REST_MS = 180;

/** It asks whom its form names. */
const QUESTION = `sop: question
title: Question
owner: it-lead
start: [{ command: question, by: [bench] }]
subject: { name: Question, manager: "\${form.who}" }
form:
  who: { label: Whom, type: person }
steps:
  - { name: Ask them, id: ask, ask: { to: [manager], form: { ok: { label: Fine, type: yes-no } } } }
`;

/**
 * "activity": the press that answers a question, which is durable in the run's journal before the answer. "line": a typed
 * command, whose form is kept before the answer. The echo's answer comes after its words have arrived, as the SDK does it.
 */
export async function benchTeams(folder: string): Promise<Figures> {
	const place = join(folder, "teams");
	const accounts = Array.from({ length: 2 * TRIES }, (_, n) => ({ teams: `${TENANT}/${objectOf(n)}` }));
	writeCast(join(place, "definitions"), { name: "question", sop: QUESTION, accounts, asking: accounts.length });
	const others = new Set(getCACertificates("default"));
	const microsoft = await openMicrosoft();
	const ca = join(place, "ca.pem");
	writeFileSync(
		ca,
		getCACertificates("default")
			.filter((each) => !others.has(each))
			.join("\n"),
	);
	const { host, cloud } = microsoft;
	const token = goodToken(microsoft, toMs(systemClock.now()));
	const told: Told = { host, cloud };
	/** It trusts the connector's certificate as any other. */
	const serve = async (part: string) => {
		const { port, kill } = await startBeside(part, place, told, { NODE_EXTRA_CA_CERTS: ca });
		return { api: apiOf(port, token), kill };
	};
	const [ours, echo] = [await serve("serve-teams"), await serve("serve-echo")];
	try {
		return await measured({ microsoft, ours: ours.api, echo: echo.api });
	} finally {
		await ours.kill();
		await echo.kill();
		await microsoft.close();
	}
}

type Stage = { readonly microsoft: Microsoft; readonly ours: Api; readonly echo: Api };

async function measured(stage: Stage): Promise<Figures> {
	const took = { press: [], edited: [], line: [], echo: [], invoke: [] } as { [what: string]: number[] };
	const asked = await askAll(stage);
	for (const [n, ask] of asked.entries()) {
		const { answer, edited } = await answered(stage, n, ask);
		const typed = await timed(stage.ours, by(stage, n, { type: "message", text: "question" }));
		const words = await timed(stage.echo, by(stage, `echo-${n}`, { type: "message", text: "question" }));
		if (stage.microsoft.of(chatOf(`echo-${n}`)).length !== 1) throw new Error("the echo did not speak");
		const value = {
			action: { type: "Action.Execute", verb: "submit", data: { ...idOf(cardIn(ask.asked)), ok: "true" } },
		};
		const bare = await timed(stage.echo, by(stage, `echo-${n}`, invoke(value)));
		if (JSON.stringify(bare.body) !== JSON.stringify(value)) throw new Error("the echo did not answer");
		await until(() => formIn(stage, n, 2));
		if (n >= WARM) {
			took.press?.push(answer);
			took.edited?.push(edited);
			took.line?.push(typed.ms);
			took.echo?.push(words.ms);
			took.invoke?.push(bare.ms);
		}
		await sleep(REST_MS);
	}
	const of = (what: string, part: number): number => quantile(took[what] ?? [], part);
	return {
		"teams activity to answer p50": of("press", 0.5),
		"teams activity to answer p99": of("press", 0.99),
		"teams line to answer p50": of("line", 0.5),
		"teams line to answer p99": of("line", 0.99),
		"teams activity to edited card p50": of("edited", 0.5),
		"teams activity to edited card p99": of("edited", 0.99),
		"bare echo p50": of("echo", 0.5),
		"bare invoke p50": of("invoke", 0.5),
		"teams answer over bare echo p50": of("press", 0.5) / of("echo", 0.5),
		"teams answer over bare invoke p50": of("press", 0.5) / of("invoke", 0.5),
	};
}

/** `asked`: the question as it was put. `message`: the same as it stands. */
type Ask = { readonly asked: Message; readonly message: Message };

/** Half of the people type the command and send the form; the others are asked, in chats that are opened for it. */
async function askAll(stage: Stage): Promise<readonly Ask[]> {
	for (let n = 0; n < TRIES; n++) {
		await timed(stage.ours, by(stage, n, { type: "message", text: "question" }));
		const form = await until(() => formIn(stage, n, 1));
		await timed(stage.ours, by(stage, n, press(cardIn(form), { who: mailOf(answererOf(n)) })));
		await sleep(REST_MS);
	}
	const asked: Ask[] = [];
	for (let n = 0; n < TRIES; n++) {
		const message = await until(() => stage.microsoft.of(chatOf(answererOf(n))).find(({ body }) => has(body, '"ok"')));
		asked.push({ message, asked: { ...message } });
	}
	return asked;
}

/** The press, to its answer and to the edit of its own card. */
async function answered({ microsoft, ours }: Stage, n: number, { message }: Ask) {
	const who = answererOf(n);
	const activity = by({ microsoft }, who, press(cardIn(message), { ok: "true" }));
	const began = performance.now();
	const { ms, body } = await timed(ours, activity);
	if (!has(body, "Noted. The card shows it.")) throw new Error(`not taken: ${JSON.stringify(body)}`);
	const end = `/${chatOf(who)}/activities/${message.id}`;
	const put = await until(() =>
		microsoft.taken.find(({ method, path, status }) => method === "PUT" && status === 200 && path.endsWith(end)),
	);
	if (has(put.body, "Action.Execute")) throw new Error("the decision did not take the buttons away");
	return { answer: ms, edited: put.atMs - began };
}

/** Sends an activity. Errors: throws for any answer but 200. */
async function timed(bot: Api, activity: Values): Promise<{ readonly ms: number; readonly body: Json }> {
	const began = performance.now();
	const { status, body, text } = await bot("/api/messages", { body: activity });
	const ms = performance.now() - began;
	if (status !== 200) throw new Error(`answered ${status}: ${text}`);
	return { ms, body: body as Values };
}

let activities = 0;

function by({ microsoft }: Pick<Stage, "microsoft">, who: number | string, activity: Values): Values {
	return {
		id: `a${++activities}`,
		channelId: "msteams",
		serviceUrl: microsoft.serviceUrl,
		from: { id: `29:${who}`, name: `Person ${who}`, aadObjectId: typeof who === "number" ? objectOf(who) : who },
		recipient: { id: `28:${APP}`, name: "Sopwith" },
		conversation: { id: chatOf(who), conversationType: "personal", tenantId: TENANT },
		channelData: { tenant: { id: TENANT } },
		...activity,
	};
}

function press(card: Values, inputs: Values): Values {
	return invoke({ action: { type: "Action.Execute", verb: "submit", data: { ...idOf(card), ...inputs } } });
}

/** The form of the command, as often as it was typed. */
function formIn({ microsoft }: Stage, n: number, times: number): Message | undefined {
	return microsoft.of(chatOf(n)).filter(({ body }) => has(body, '"id":"who"'))[times - 1];
}

function has(value: Json, words: string): boolean {
	return JSON.stringify(value).includes(words);
}

function answererOf(n: number): number {
	return TRIES + n;
}

/** Who asks has spoken there; the chat with who answers is opened by us, and named by the connector. */
function chatOf(who: number | string): string {
	return typeof who === "number" && who >= TRIES ? `direct-${objectOf(who)}` : `chat-${who}`;
}

function objectOf(n: number): string {
	return `00000000-0000-4000-8000-${String(n).padStart(12, "0")}`;
}
