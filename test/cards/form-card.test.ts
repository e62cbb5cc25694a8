/**
 * The form of an SOP as a card: what was typed stays, what is wrong stands at its field.
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { toText } from "../../src/base/html.ts";
import { filledOf } from "../../src/cards/fill.ts";
import { choicesOf, type FormCardRequest, formCard, typedText } from "../../src/cards/form-card.ts";
import { cardHtml } from "../../src/cards/html.ts";
import { specimen } from "../../src/cards/specimen.ts";
import { cardText } from "../../src/cards/text.ts";
import { nasty, nastyTexts } from "./nasty.ts";
import { newhireFields, people } from "./samples.ts";

const request: FormCardRequest = {
	sop: { title: "New employee" },
	client: { name: "Contoso", sandbox: false },
	fields: newhireFields,
	typed: {},
	problems: [],
	people,
};

describe("a form's card", () => {
	it("keeps what was typed, right or wrong, and puts each problem at its field or above all", () => {
		const made = formCard({
			...request,
			typed: { firstName: "", startDate: "31 Feb", profile: "sles" },
			problems: [
				{
					path: "form.startDate",
					code: "not-a-day",
					message: "There is no 31 February.",
					remedy: "Choose a first day.",
				},
				{ path: "form.profile.licences", code: "none-left", message: "25 of 25 in use." },
				{ path: "form", code: "closed", message: "Contoso is on hold." },
			],
		});
		const at = Object.fromEntries(made.fields.map((field) => [field.name, field]));
		assert.equal(at.startDate?.value, "31 Feb");
		assert.equal(at.startDate?.error, "There is no 31 February. Choose a first day.");
		assert.equal(at.profile?.value, "sles");
		assert.equal(at.profile?.error, "25 of 25 in use.");
		assert.equal(at.firstName?.error, undefined);
		assert.deepEqual(made.lead, ["2 things to put right.", "Contoso is on hold."]);
	});

	it("offers people by name and shows a stored profile as its key", () => {
		const sales = newhireFields[3]?.choices?.[0]?.value ?? "";
		const filled = filledOf(formCard({ ...request, typed: { profile: sales, manager: "sol" } }));
		assert.deepEqual(filled.fields[4]?.choices, [
			{ key: "sol", value: "sol", title: "Sol Vance, Sales" },
			{ key: "mo", value: "mo", title: "Mo Manager, IT" },
		]);
		assert.equal(filled.fields[3]?.value, "sales");
		assert.ok(!JSON.stringify(filled).includes("SPB"), "what a choice stands for stays behind");
	});

	it("finds a kept address among the people, and keeps one that is not offered", () => {
		const known = people.map((person) => ({ ...person, email: `${person.id}@contoso.example` }));
		const manager = (value: string) => formCard({ ...request, people: known, typed: { manager: value } }).fields[4];
		assert.equal(manager("Sol@contoso.example")?.value, "sol");
		assert.equal(manager("grace@contoso.example")?.value, "grace@contoso.example");
		assert.equal(manager("grace@contoso.example")?.choices?.[0]?.key, "grace@contoso.example");
	});

	it("asks for an address where nobody can be listed", () => {
		const filled = filledOf(formCard({ ...request, people: [], typed: {} }));
		assert.match(cardText("form", filled), /Manager: not filled in\n {2}Their e-mail address\./);
	});

	it("has one list of choices for yes and no, and none for text", () => {
		const titles = (type: "yes-no" | "text") => choicesOf({ type }, people).map((choice) => choice.title);
		assert.deepEqual(titles("yes-no"), ["Yes", "No"]);
		assert.deepEqual(titles("text"), []);
	});

	it("writes values as they are typed", () => {
		assert.equal(typedText(true), "true");
		assert.equal(typedText(["a", "b"]), "a,b");
		assert.equal(typedText({ key: "k", title: "T" }), "k");
		assert.equal(typedText(null), "");
	});

	it("says sandbox when it is one", () => {
		const made = formCard({ ...request, client: { name: "Contoso", sandbox: true }, ref: "7K2QX9" });
		assert.deepEqual(made.header, ["Contoso", "New employee", "Sandbox", "7K2QX9"]);
	});
});

describe("a card as markup", () => {
	it("escapes all that people type", () => {
		const made = toText(cardHtml("approval", nasty, "c_1"));
		assert.ok(!made.includes("<img") && !made.includes("<at>") && !made.includes("</script>"));
		assert.equal(made.split(nastyTexts[0] ?? "?").length > 5, true);
	});

	it("asks nothing: nothing can be answered there", () => {
		assert.doesNotMatch(toText(cardHtml("form", specimen, "c_1")), /<(input|select|textarea|button|form)/);
	});

	it("links to nothing but pages", () => {
		const buttons = [{ title: "Look", style: "default", url: "javascript:alert(1)" }] as const;
		assert.match(toText(cardHtml("notice", { ...specimen, buttons }, "c_1")), /href="#"/);
	});
});
