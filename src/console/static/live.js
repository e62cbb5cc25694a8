/**
 * Shows a run's page again, in place, when the run moves. Leaves alone what somebody is typing into. Without this script the
 * page is the same, as of when it was opened.
 */
const FIELDS = "input, textarea, select";
const live = document.querySelector("[data-stream]");
const address = live?.getAttribute("data-stream");
if (live && address) follow(live, address);
focusOnTrouble();

function follow(root, url) {
	const source = new EventSource(url);
	source.addEventListener("run", (event) => {
		const next = new DOMParser().parseFromString(event.data, "text/html");
		for (const part of next.querySelectorAll("[id^='live-']")) swap(root.querySelector(`#${part.id}`), part);
	});
	source.addEventListener("error", () => {
		if (source.readyState === EventSource.CLOSED) askAnew(root, url.replace(/\/stream$/, ""));
	});
	window.addEventListener("pagehide", () => source.close());
}

/** The session has ended: the page asks who reads it, unless somebody writes here. */
async function askAnew(root, page) {
	const { status } = await fetch(page, { method: "HEAD" });
	if (status === 401 && ![...root.querySelectorAll(FIELDS)].some(touched)) location.assign(page);
}

function swap(old, fresh) {
	if (!old || old.innerHTML === fresh.innerHTML || busy(old, fresh)) return;
	const open = new Set([...old.querySelectorAll("details[open][id]")].map((one) => one.id));
	for (const one of fresh.querySelectorAll("details[id]")) one.open = open.has(one.id);
	const focused = old.contains(document.activeElement) ? document.activeElement?.id : "";
	old.replaceChildren(...document.adoptNode(fresh).childNodes);
	if (focused) document.getElementById(focused)?.focus();
}

/** Somebody writes or has chosen in here, and the question is still the same one. */
function busy(old, fresh) {
	const waits = (part) =>
		[...part.querySelectorAll("[data-wait]")].map((one) => one.getAttribute("data-wait")).join(" ");
	if (waits(old) !== waits(fresh)) return false;
	return [...old.querySelectorAll(FIELDS)].some(touched);
}

function touched(field) {
	if (field.type === "hidden") return false;
	if (field instanceof HTMLSelectElement)
		return [...field.options].some((one) => one.selected !== one.defaultSelected && one.defaultSelected);
	if (field.type === "radio" || field.type === "checkbox") return field.checked !== field.defaultChecked;
	return field.value !== field.defaultValue || field === document.activeElement;
}

/** Leads a reader who was refused to what is said about it. */
function focusOnTrouble() {
	const trouble = document.querySelector("main .summary[role='alert']");
	if (trouble instanceof HTMLElement) trouble.focus();
}
