/**
 * The mail of a client that wants none from us. Says so in every plan; must never send anything.
 */
import type { Mail } from "../../engine/remote.ts";

/** Makes the door that stays shut. `client`: its name, as people read it. */
export function noMail(client: string): Mail {
	const never = `No mail is sent: ${client} wants none`;
	return {
		from: "nobody@invalid",
		never,
		async send() {
			return { kind: "refused", status: 0, code: "no-mail", message: `${never}.`, retryable: false, detail: "" };
		},
		sent: async () => ({ kind: "ok", value: undefined }),
	};
}
