/**
 * The chat page: shows the conversation, sends what is typed and pressed, keeps every card as it is now. Must never show a
 * card as done before the answer came.
 */
import { draw } from "./card.js";

const list = document.getElementById("chat");
const form = document.getElementById("compose");
const line = document.getElementById("say");
const link = document.getElementById("link");
const ended = document.getElementById("ended");
const { first, zone, you } = JSON.parse(document.getElementById("chat-config").textContent);
const typed = [];
let turn = 0;
let unseen = 0;
let counting;
let day;

form.addEventListener("submit", (event) => {
	event.preventDefault();
	const text = line.value.trim();
	if (text === "") return;
	line.value = "";
	typed.push(text);
	turn = typed.length;
	say(text);
});
line.addEventListener("keydown", (event) => {
	if (event.key !== "ArrowUp" || line.value !== "" || typed.length === 0) return;
	event.preventDefault();
	turn = Math.max(0, turn - 1);
	line.value = typed[turn] ?? "";
});
document.addEventListener("visibilitychange", () => {
	if (document.hidden) return;
	notice(-unseen);
	if (!ended.hidden) comeBack();
});
window.addEventListener("focus", () => {
	if (!ended.hidden) comeBack();
});
const begun = start();

async function start() {
	const kept = await fetch("/chat/messages").then(
		(answer) => (answer.ok ? answer.json() : undefined),
		() => undefined,
	);
	if (kept === undefined) return trouble("The conversation could not be fetched. Load the page again.");
	for (const message of kept.items) put(message);
	if (kept.items.length === 0) greet();
	toEnd();
	listen(kept.last);
}

function greet() {
	const text =
		first === "help"
			? "Type help to see what you can do here."
			: `Type ${first} to begin, or help to see what you can do here.`;
	put({ ref: "greeting", time: "", label: text, said: [text] });
}

function listen(after) {
	const events = new EventSource(`/chat/stream?after=${after}`);
	let last = after;
	events.addEventListener("message", (event) => {
		last = Number(event.lastEventId) || last;
		const message = JSON.parse(event.data);
		const near = isNearEnd();
		const fresh = !find(message.ref);
		put(message);
		if (fresh && near) toEnd();
		if (fresh && document.hidden) notice(1);
		countSoon();
	});
	events.addEventListener("open", () => status(""));
	events.addEventListener("error", async () => {
		status("The connection is gone. Cards may be old until it is back; it is tried again by itself.");
		if (events.readyState !== EventSource.CLOSED) return;
		if (await isSignedOut()) signedOut(last);
		else setTimeout(() => listen(last), 5000);
	});
}

/** Whether it is the session that is over, and not the line. */
async function isSignedOut() {
	const answer = await fetch("/chat/waiting").catch(() => undefined);
	return answer?.status === 401;
}

/** Says so, and leaves everything that was typed where it is. */
function signedOut(last) {
	if (last !== undefined) ended.dataset.last = last;
	status("");
	if (!ended.hidden) return;
	ended.hidden = false;
	ended.scrollIntoView({ block: "nearest" });
}

/** Goes on where it was, once the same person has signed in again. Somebody else gets their own conversation. */
async function comeBack() {
	const answer = await fetch("/chat/waiting").catch(() => undefined);
	if (!answer?.ok || ended.hidden) return;
	if ((await answer.json()).you !== you) return location.reload();
	ended.hidden = true;
	if (ended.dataset.last !== undefined) listen(Number(ended.dataset.last));
	delete ended.dataset.last;
}

/** What is typed before the conversation is there comes after it. */
async function say(text) {
	await begun;
	const item = document.createElement("li");
	item.className = "mine";
	item.append(who("You", clock()), bubble([text]));
	list.append(item);
	toEnd();
	const answer = await post("/chat/say", { text });
	if (!ended.hidden) {
		item.remove();
		line.value ||= text;
		return;
	}
	if (answer?.kind === "card") {
		put(answer.message);
		reveal(answer.message.ref);
	}
}

async function press(slot, verb, data) {
	const { id, ...inputs } = data;
	const item = slot.closest("li");
	const from = document.activeElement?.textContent;
	busy(slot, true);
	const answer = await post("/chat/press", { id, verb, inputs });
	busy(slot, false);
	if (answer?.kind !== "card") return;
	if (answer.message.turned) return showPage(item, answer.message, from);
	if (answer.replace) {
		item.dataset.ref = answer.message.ref;
		fill(item, answer.message);
		(item.querySelector("[aria-invalid=true], input, button") ?? line).focus();
		return;
	}
	put(answer.message);
	reveal(answer.message.ref);
}

/** Shows another page of the same message, and stays on the button that turned it; at an end, on the other one. */
function showPage(item, message, from) {
	fill(item, message);
	const buttons = [...item.querySelectorAll(".ac-actionSet button")];
	(buttons.find((each) => each.textContent === from) ?? buttons[0])?.focus();
}

async function post(address, body) {
	const options = { method: "POST", headers: { "content-type": "application/json" } };
	options.body = JSON.stringify({ ...body, key: crypto.randomUUID() });
	const answer = await fetch(address, options).catch(() => undefined);
	if (answer?.status === 401) {
		signedOut();
		return undefined;
	}
	if (answer?.ok) return answer.json();
	const problem = await answer?.json().catch(() => undefined);
	trouble(problem?.title ?? "That did not get through. Pressing again cannot do it twice.");
	return undefined;
}

/** Puts a message at the end, or draws it anew where it stands. */
function put(message) {
	const known = find(message.ref);
	if (known) return fill(known, message);
	if (message.day !== undefined && day !== undefined && message.day !== day) between(message.day);
	day = message.day ?? day;
	const item = document.createElement("li");
	item.dataset.ref = message.ref;
	list.append(item);
	fill(item, message);
}

function fill(item, message) {
	item.querySelector(".who") ?? item.append(who("Sopwith", message.time));
	if (message.said) {
		item.querySelector(".card")?.remove();
		item.querySelector(".bubble")?.remove();
		item.append(bubble(message.said));
		return;
	}
	item.querySelector(".bubble")?.remove();
	let slot = item.querySelector(".card");
	if (!slot) {
		slot = document.createElement("article");
		slot.className = "card";
		item.append(slot);
	}
	slot.setAttribute("aria-label", message.label);
	draw(slot, message.card, (verb, data) => press(slot, verb, data));
}

function busy(slot, on) {
	slot.setAttribute("aria-busy", String(on));
	for (const button of slot.querySelectorAll("button")) button.disabled = on;
}

function who(name, time) {
	const p = document.createElement("p");
	p.className = "who";
	const b = document.createElement("b");
	b.textContent = name;
	p.append(b, ` ${time}`);
	return p;
}

function bubble(lines) {
	const box = document.createElement("div");
	box.className = "bubble";
	for (const text of lines) {
		const p = document.createElement("p");
		p.textContent = text;
		box.append(p);
	}
	return box;
}

function between(which) {
	const item = document.createElement("li");
	item.className = "turn";
	item.textContent = new Date(`${which}T12:00:00Z`).toLocaleDateString("en-GB", {
		weekday: "short",
		day: "numeric",
		month: "short",
		timeZone: "UTC",
	});
	list.append(item);
}

function trouble(text) {
	put({ ref: `trouble-${crypto.randomUUID()}`, time: clock(), label: text, said: [text] });
	toEnd();
}

function find(ref) {
	return [...list.children].find((item) => item.dataset.ref === ref);
}

function reveal(ref) {
	const item = find(ref);
	item?.scrollIntoView({ block: "nearest" });
	item?.querySelector(".card :is(input, select, textarea)")?.focus({ preventScroll: true });
}

function status(text) {
	link.textContent = text;
	link.hidden = text === "";
}

/** Keeps the number beside Approvals as it is, once things have calmed down. */
function countSoon() {
	clearTimeout(counting);
	counting = setTimeout(async () => {
		const answer = await fetch("/chat/waiting").catch(() => undefined);
		if (answer?.ok) showCount((await answer.json()).approvals);
	}, 800);
}

function showCount(waiting) {
	const place = document.querySelector('nav a[href="/approvals"]');
	for (const old of place?.querySelectorAll("span") ?? []) old.remove();
	if (!place || waiting === 0) return;
	const count = document.createElement("span");
	count.className = "count";
	count.textContent = waiting;
	const rest = document.createElement("span");
	rest.className = "sr";
	rest.textContent = " waiting for you";
	place.textContent = "Approvals ";
	place.append(count, rest);
}

function notice(more) {
	unseen = Math.max(0, unseen + more);
	document.title = unseen === 0 ? "Chat · Sopwith" : `(${unseen}) Chat · Sopwith`;
}

function isNearEnd() {
	return window.innerHeight + window.scrollY >= document.body.scrollHeight - 200;
}

function toEnd() {
	window.scrollTo({ top: document.body.scrollHeight });
}

function clock() {
	return new Date().toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: zone });
}
