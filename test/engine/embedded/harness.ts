/**
 * A process to be killed: serves a folder, starts runs as fast as they go, and prints each confirmed one. Not a test; run by
 * crash.test.ts.
 */
import { writeSync } from "node:fs";
import { argv } from "node:process";
import type { NewEvent } from "../../../src/engine/event.ts";
import { askStep, doStep, requestOf, serve, sopOf, toyPerformer } from "./fixture.ts";

const [, , folder = "", mode = "flood", from = "0"] = argv;
const sop = sopOf("toy", [doStep("one"), askStep("ask")]);
const forever = new Promise<void>(() => {});
const performer = mode === "hang" ? toyPerformer(() => forever) : toyPerformer();
const { host } = await serve(folder, { performer });
const say = (line: string): void => void writeSync(1, `${line}\n`);

host.onChange(({ run, event }) => {
	if (mode === "hang" && event.kind === "attempt-began") say(`began ${run.id}`);
});
for (let n = Number(from); mode === "flood" || n < Number(from) + 1; n++) {
	const receipt = await host.start(requestOf(`k${n}`), sop);
	say(`run ${receipt.run} ${receipt.seq}`);
	const note: NewEvent = { kind: "noted", by: "ada", words: `note ${n}` };
	const noted = await host.deliver(receipt.run, note, "note");
	say(`run ${receipt.run} ${noted.seq}`);
}
