/** The name part of an address: how letters beyond a to z are spelled, and what a client's own rule gives. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { accountName, namePart, nameSeries, typedName } from "../../src/actions/names.ts";

describe("the name part of an address", () => {
	const of = (firstName: string, lastName: string, rule?: string) => namePart({ firstName, lastName }, rule, {});

	for (const [first, last, made] of [
		["Ada", "Lovelace", "ada.lovelace"],
		["Jörg", "Weiß", "joerg.weiss"],
		["Jo\u0308rg", "WEISS", "joerg.weiss"],
		["Änne", "Übel", "aenne.uebel"],
		["Søren", "Kjær", "soeren.kjaer"],
		["Åse", "Ångström", "aase.aangstroem"],
		["Zoë", "O'Neill-Peña", "zoe.oneillpena"],
		["Łukasz", "Żółć", "lukasz.zolc"],
		["İlkay", "Işık", "ilkay.isik"],
		["Plato", "", "plato"],
		["李", "小龙", ""],
	] as const) {
		test(`of ${first} ${last} is ${made === "" ? "nothing" : made}`, () => assert.equal(of(first, last), made));
	}

	test("goes by the client's own rule, its dots and dashes kept", () => {
		const rule = "${substring(form.firstName, 0, 1)}.${form.lastName}";
		assert.equal(of("Jörg", "Weiß", rule), "j.weiss");
	});

	test("that a person typed is taken as it is or not at all", () => {
		assert.deepEqual([typedName(" Ada.L "), typedName("jörg"), typedName(".ada")], ["ada.l", "", ""]);
	});

	test("has numbers after it when it is taken, and an account name of old keeps the number", () => {
		assert.deepEqual(nameSeries("ada").slice(0, 3), ["ada", "ada2", "ada3"]);
		assert.equal(accountName("maximiliane.hohenzollern12"), "maximiliane.hohenz12");
	});
});
