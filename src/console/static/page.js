/**
 * Small comforts of a page: print, copy, clear. Every page does its work without them.
 */
for (const button of document.querySelectorAll("[data-do]")) {
	button.hidden = false;
	button.addEventListener("click", () => act(button, button.getAttribute("data-do")));
}
const trouble = document.querySelector("main .summary[role='alert']");
if (trouble instanceof HTMLElement) trouble.focus();
/* What was shown once must not come back out of the browser's memory of the page. */
if (document.querySelector(".secret")) window.addEventListener("pagehide", clear);

async function act(button, what) {
	if (what === "print") window.print();
	if (what === "clear") clear();
	if (what === "copy") {
		await navigator.clipboard.writeText(document.querySelector(".secret")?.textContent ?? "");
		button.textContent = "Copied";
	}
}

function clear() {
	const secret = document.querySelector(".secret");
	if (secret) secret.textContent = "Cleared from this page";
}
