import { html } from "../base/html.ts";
import { show, type Visit } from "./shell.ts";
export async function showSop(visit: Visit): Promise<void> {
	await show(visit, { title: "x", body: html`<h1>x</h1>` });
}
