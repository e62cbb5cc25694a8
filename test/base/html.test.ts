/**
 * Markup that escapes what it is given, wherever it stands.
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { InvariantError } from "../../src/base/errors.ts";
import { html, jsonBlock, raw, type Slot, safeUrl, toText } from "../../src/base/html.ts";

const evil = `"><script>alert('1')</script>&amp;`;

describe("markup", () => {
	it("escapes what stands in text and in quoted attributes", () => {
		assert.equal(
			toText(html`<p>${evil}</p>`),
			"<p>&quot;&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&amp;amp;</p>",
		);
		fc.assert(
			fc.property(fc.string(), (text) => {
				const made = toText(html`<a title="${text}" lang='${text}'>${text}</a>`);
				assert.equal((made.match(/[<>]/g) ?? []).length, 4);
				assert.equal((made.match(/"/g) ?? []).length, 2);
				assert.equal((made.match(/'/g) ?? []).length, 2);
			}),
		);
	});

	it("takes markup, lists and what is not there", () => {
		const items = ["<b>", "c"].map((text) => html`<li>${text}</li>`);
		assert.equal(
			toText(html`<ul>${items}</ul>${undefined}${null}${false}${0}`),
			"<ul><li>&lt;b&gt;</li><li>c</li></ul>0",
		);
		assert.equal(toText(html`${raw`<svg></svg>`}`), "<svg></svg>");
	});

	it("refuses a slot where escaping would not help", () => {
		const x = "x";
		assert.throws(() => html`<a title=${x}>`, InvariantError);
		assert.throws(() => html`<a onclick="${x}">`, InvariantError);
		assert.throws(() => html`<a style="color: ${x}">`, InvariantError);
		assert.throws(() => html`<script>${x}</script>`, InvariantError);
		assert.throws(() => html`<style>${x}</style>`, InvariantError);
		assert.equal(toText(html`<script src="/a.js"></script><p>a=${x}</p>`), '<script src="/a.js"></script><p>a=x</p>');
		assert.equal(toText(html`<a title="a" href="/${x}?a=${x}">`), '<a title="a" href="/x?a=x">');
	});

	it("refuses what is not there yet", () => {
		const later = Promise.resolve("x") as unknown as Slot;
		assert.throws(() => html`<p>${later}</p>`, InvariantError);
	});

	it("refuses data as raw markup", () => {
		const tag = raw as unknown as (strings: readonly string[], ...slots: readonly string[]) => unknown;
		assert.throws(() => tag`<b>${evil}</b>`, InvariantError);
	});

	it("gives data to scripts without letting it end the element", () => {
		const value = { text: "</script><!--\u2028", n: 1 };
		const made = toText(jsonBlock("data", value));
		assert.equal(made.indexOf("</script>"), made.length - "</script>".length);
		const inner = made.slice(made.indexOf(">") + 1, -"</script>".length);
		assert.deepEqual(JSON.parse(inner), value);
	});

	it("lets through only addresses that are safe to follow", () => {
		for (const url of [
			"https://a.example/x",
			"http://127.0.0.1:1/",
			"mailto:a@b.example",
			"/runs",
			"#top",
			"?a=1",
			"/",
		]) {
			assert.equal(safeUrl(url), url);
		}
		for (const url of [
			"javascript:alert(1)",
			"JaVaScRiPt:x",
			"data:text/html,x",
			"//evil.example",
			" javascript:x",
			"/\\evil",
		]) {
			assert.equal(safeUrl(url), "#");
		}
	});
});
