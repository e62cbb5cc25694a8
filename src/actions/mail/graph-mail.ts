/**
 * Mail through Microsoft Graph, from one mailbox of the client. A sent mail is found again by its Message-ID.
 */
import type { Graph, Mail } from "../../engine/remote.ts";
import { odata } from "../microsoft365/graph.ts";

/**
 * Makes the mail door over a Graph door. Needs Mail.Send, and Mail.ReadBasic to look sent mail up; without the latter
 * `sent` answers that it cannot tell.
 * Source: https://learn.microsoft.com/graph/api/user-sendmail
 */
export function graphMail(graph: Graph, from: string): Mail {
	return {
		from,
		async send({ id, to, subject, text, html }) {
			const content =
				html === undefined ? { contentType: "text", content: text } : { contentType: "html", content: html };
			const message = {
				subject,
				body: content,
				toRecipients: to.map((address) => ({ emailAddress: { address } })),
				internetMessageId: id,
			};
			const body = { message, saveToSentItems: true };
			const answer = await graph.request({ method: "POST", path: ["users", from, "sendMail"], body });
			if (answer.kind === "refused" && answer.status === 404) return { ...answer, ...noMailbox(from) };
			return answer.kind === "ok" ? { ...answer, value: undefined } : answer;
		},
		async sent(id) {
			const query = { $filter: `internetMessageId eq ${odata(id)}`, $select: "id" };
			const answer = await graph.list({ path: ["users", from, "messages"], query });
			if (answer.kind === "refused" && answer.status === 403) return { kind: "ok", value: undefined };
			return answer.kind === "ok" ? { ...answer, value: answer.value.length > 0 } : answer;
		},
	};
}

function noMailbox(from: string) {
	const message = `${from} has no mailbox in Microsoft 365 (any more). Nothing was sent. Give it one, or name another sender in connectors.mail.from.`;
	return { code: "no-mailbox", message };
}
