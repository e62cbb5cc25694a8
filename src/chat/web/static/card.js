/**
 * Draws one Adaptive Card in the page's own look and gives its inputs and buttons back. Must never read Markdown or markup
 * out of data.
 */
const config = JSON.parse(document.getElementById("chat-config").textContent);
const { AdaptiveCard, HostConfig } = globalThis.AdaptiveCards;

AdaptiveCard.onProcessMarkdown = (text, result) => {
	const p = document.createElement("p");
	p.textContent = text;
	result.outputHtml = p.innerHTML;
	result.didProcess = true;
};

const look = new HostConfig(config.hostConfig);
/* What is optional says so in its label, so nothing is starred. The renderer forgets an empty suffix. */
look.inputs.label.requiredInputs.suffix = "";

/** Draws a payload into a slot. `act(verb, data)` is told about buttons. What was typed and where one was stays. */
export function draw(slot, payload, act) {
	const before = remember(slot);
	const card = new AdaptiveCard();
	card.hostConfig = look;
	card.parse(payload);
	card.onExecuteAction = (action) => pressed(action, act);
	slot.replaceChildren(card.render());
	/* The article around it carries the name. */
	slot.querySelector(".ac-adaptiveCard")?.removeAttribute("tabindex");
	slot.card = card;
	for (const link of slot.querySelectorAll("a")) link.rel = "noopener";
	breakAddresses(slot);
	recall(slot, before);
	if (!slot.dataset.mended) mend(slot);
}

/** Lets an address that stands alone break after its @, rather than anywhere. */
function breakAddresses(slot) {
	const walker = document.createTreeWalker(slot, NodeFilter.SHOW_TEXT);
	const texts = [];
	while (walker.nextNode()) if (/^\S+@\S+$/.test(walker.currentNode.data)) texts.push(walker.currentNode);
	for (const text of texts) {
		if (text.parentElement.closest("select, textarea")) continue;
		const parts = text.data.split(/(?<=\S@)(?=\S)/);
		text.replaceWith(...parts.flatMap((part, at) => (at === 0 ? [part] : [document.createElement("wbr"), part])));
	}
}

function pressed(action, act) {
	const kind = action.getJsonTypeName();
	if (kind === "Action.OpenUrl") {
		open(action.url);
		return;
	}
	if (kind === "Action.Execute" || kind === "Action.Submit") act(action.verb ?? action.data?.verb, action.data ?? {});
}

/** Our own pages open here, others beside. */
function open(address) {
	const url = new URL(address, location.href);
	if (!/^https?:$/.test(url.protocol)) return;
	if (url.origin === location.origin) location.assign(url);
	else window.open(url, "_blank", "noopener");
}

/** The renderer says on the box that it is open; it belongs on the button. It also ends clicks before they bubble. */
function mend(slot) {
	slot.dataset.mended = "yes";
	slot.addEventListener("click", () => queueMicrotask(() => setTimeout(() => expanded(slot))), true);
}

function expanded(slot) {
	for (const box of slot.querySelectorAll("div[aria-expanded]")) {
		for (const button of slot.querySelectorAll("button[aria-controls]")) {
			if (!button.getAttribute("aria-controls").split(" ").includes(box.id)) continue;
			button.setAttribute("aria-expanded", box.getAttribute("aria-expanded"));
		}
		box.removeAttribute("aria-expanded");
	}
}

function fieldsOf(slot) {
	const inputs = slot.card?.getAllInputs(true) ?? [];
	return inputs.map((input) => [input.id, input]);
}

function remember(slot) {
	const typed = new Map();
	for (const [id, input] of fieldsOf(slot)) if (input.isDirty?.()) typed.set(id, input.value);
	const active = slot.contains(document.activeElement) ? document.activeElement : undefined;
	const field = active && fieldsOf(slot).find(([, input]) => input.renderedElement?.contains(active))?.[0];
	return { typed, field, button: active?.tagName === "BUTTON" ? active.textContent : undefined };
}

/** Chooses again what was chosen. A list of several gives its keys with commas; one alone may hold a comma itself. */
function recheck(input, value) {
	for (const box of input.renderedElement?.querySelectorAll("input[type=radio], input[type=checkbox]") ?? []) {
		const isToggle = input.getJsonTypeName() === "Input.Toggle";
		const several = box.type === "checkbox" && !isToggle;
		box.checked = isToggle
			? value === input.valueOn
			: several
				? value.split(",").includes(box.value)
				: box.value === value;
	}
}

function recall(slot, { typed, field, button }) {
	for (const [id, input] of fieldsOf(slot)) {
		const control = input.renderedElement?.querySelector("input:not([type=radio], [type=checkbox]), textarea, select");
		if (control && typed.has(id)) control.value = typed.get(id);
		if (typed.has(id)) recheck(input, typed.get(id));
		if (id === field) control?.focus();
	}
	if (button === undefined) return;
	const same = [...slot.querySelectorAll("button")].find((each) => each.textContent === button);
	(same ?? slot.querySelector("button"))?.focus();
}
