/**
 * `sopwith check`: every problem in the definitions and the cards, without starting anything. Must never write but
 * what helps an editor.
 */
import { plural } from "../base/words.ts";
import { readFolders, usesSlack } from "../config.ts";
import { type Command, EXIT, outJson, problemLines } from "./command.ts";
import { offerSchemas } from "./schema.ts";

export const check: Command = {
	name: "check",
	about: "Check every definition and list all problems",
	usage: "[FOLDER]",
	options: [],
	words: [0, 1],
	async run(call) {
		const { env, cwd } = call.terminal;
		const [named] = call.words;
		const folder = readFolders(named === undefined ? env : { ...env, SOPWITH_DEFINITIONS: named }, { cwd }).definitions;
		const { problems: found, clients } = await call.parts.loadDefinitions(folder);
		const forms = usesSlack(env) ? await call.parts.checkForms(clients) : [];
		const problems = [...found, ...forms, ...(await call.parts.checkCards())];
		await offerSchemas(call.parts);
		if (call.json) outJson(call, { problems });
		else if (problems.length > 0) call.terminal.out(problemLines(problems));
		const all = Object.values(clients);
		const sops = all.reduce((sum, client) => sum + Object.keys(client.sops).length, 0);
		call.terminal.talk(
			`${plural(problems.length, "problem")}. ${plural(all.length, "client")}, ${plural(sops, "SOP")}.\n`,
		);
		return problems.length > 0 ? EXIT.misused : EXIT.done;
	},
};
