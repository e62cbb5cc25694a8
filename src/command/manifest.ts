/**
 * `sopwith manifest`: the app packages of Teams and Slack, once those surfaces are part of a release.
 */
import { type Command, EXIT } from "./command.ts";

export const manifest: Command = {
	name: "manifest",
	about: "Make the app packages of Teams and Slack",
	usage: "",
	options: [],
	words: [0, 0],
	async run(call) {
		call.terminal.talk("The app packages come with Teams and Slack, in a later release. Nothing was written.\n");
		return EXIT.failed;
	},
};
