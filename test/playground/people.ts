/**
 * The people of the demo definitions as people of Teams: an Entra object id each, in a copy of the definitions. Must never
 * touch the definitions that are shipped.
 */
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Person } from "../chat/teams/playground.ts";

const CONTOSO = "clients/contoso/client.yaml";
const object = (number: number): string => `00000000-0000-4000-8000-00000000a00${number}`;

/** By their ids on the roster. */
const PEOPLE = {
	harriet: { name: "Harriet Reyes", file: CONTOSO, object: object(1) },
	mo: { name: "Mo Manager", file: CONTOSO, object: object(2) },
	di: { name: "Di Okafor", file: CONTOSO, object: object(3) },
	sol: { name: "Sol Vance", file: CONTOSO, object: object(4) },
	tia: { name: "Tia Tran", file: "msp.yaml", object: object(5) },
	sam: { name: "Sam Osei", file: "msp.yaml", object: object(6) },
} as const;

export type Who = keyof typeof PEOPLE;

/** Each has a Playground of their own, which plays a tenant of its own: so the bot speaks to each at the right one. */
export function tenantOf(who: Who): string {
	return PEOPLE[who].object.replace("a00", "b00");
}

/** Everybody, whoever's page it is first. */
export function seenBy(me: Who): readonly Person[] {
	const others = (Object.keys(PEOPLE) as Who[]).filter((who) => who !== me);
	return [me, ...others].map((who) => ({ id: who, name: PEOPLE[who].name, object: PEOPLE[who].object }));
}

/** Tells a copy of the definitions who is who in Teams. */
export function enterTeamsIds(definitions: string): void {
	for (const who of Object.keys(PEOPLE) as Who[]) {
		const path = join(definitions, PEOPLE[who].file);
		const before = readFileSync(path, "utf8");
		const teams = `${tenantOf(who)}/${PEOPLE[who].object}`;
		const after = before.replace(`- { id: ${who}, `, `- { id: ${who}, teams: "${teams}", `);
		assert.notEqual(after, before, `${who} stands in ${PEOPLE[who].file}`);
		writeFileSync(path, after);
	}
}
