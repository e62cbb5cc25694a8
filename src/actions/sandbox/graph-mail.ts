/**
 * Mailboxes of the simulated Graph: their settings, and mail that is taken, kept and never sent anywhere.
 */
import { randomUUID } from "node:crypto";
import { asText, isRecord, type Json, type Values } from "../../base/json.ts";
import { userAt } from "./cloud-user.ts";
import { type Call, many, one, type Reply, type Route, recordOf } from "./graph-call.ts";
import { badRequest, GraphRefusal, noMailbox } from "./graph-refusal.ts";
import { type CloudUser, hasCome, type Sent } from "./tenant.ts";

export const mailRoutes: readonly Route[] = [
	{ method: "POST", template: "users/:id/sendMail", handle: send },
	{ method: "GET", template: "users/:id/messages", handle: messages },
	{ method: "GET", template: "users/:id/mailboxSettings", handle: (call, id = "") => one(call, settingsOf(call, id)) },
	{ method: "PATCH", template: "users/:id/mailboxSettings", handle: change },
];

function mailboxOf(call: Call, id: string): CloudUser {
	const user = userAt(call.tenant, id);
	if (!hasCome(call.tenant, user.mailboxAt)) throw noMailbox();
	return user;
}

function settingsOf(call: Call, id: string): Values {
	const user = mailboxOf(call, id);
	return {
		timeZone: call.tenant.seed.zone,
		userPurpose: "user",
		automaticRepliesSetting: { status: "disabled", externalAudience: "all" },
		...user.settings,
	};
}

function change(call: Call, id = ""): Reply {
	const user = mailboxOf(call, id);
	call.tenant.users.put(user.id, { ...user, settings: { ...user.settings, ...call.body } });
	return one(call, settingsOf(call, id));
}

function send(call: Call, id = ""): Reply {
	const sender = mailboxOf(call, id);
	const message = recordOf(call.body.message ?? call.body.Message, "message");
	const to = addresses(message.toRecipients);
	if (to.length === 0) {
		throw new GraphRefusal(400, "ErrorInvalidRecipients", "At least one recipient isn't valid., Recipient is missing");
	}
	if (to.some((address) => !/^[^@\s]+@[^@\s]+$/.test(address))) {
		throw new GraphRefusal(400, "ErrorInvalidRecipients", "At least one recipient isn't valid.");
	}
	const content = isRecord(message.body) ? message.body.content : "";
	const sent: Sent = {
		id: randomUUID(),
		from: String(sender.properties.userPrincipalName),
		to: [...to, ...addresses(message.ccRecipients), ...addresses(message.bccRecipients)],
		subject: typeof message.subject === "string" ? message.subject : "",
		body: asText(content),
		messageId:
			typeof message.internetMessageId === "string"
				? message.internetMessageId
				: `<${randomUUID()}@${call.tenant.seed.domain}>`,
		at: call.tenant.clock.now(),
	};
	call.tenant.sent.put(sent.id, sent);
	return { status: 202 };
}

function addresses(list: Json | undefined): readonly string[] {
	if (list === undefined) return [];
	if (!Array.isArray(list)) throw badRequest("Invalid value specified for property 'toRecipients'.");
	return list.map((item) => {
		const address = isRecord(item) && isRecord(item.emailAddress) ? item.emailAddress.address : undefined;
		if (typeof address !== "string") throw badRequest("Invalid value specified for property 'emailAddress'.");
		return address;
	});
}

function messages(call: Call, id = ""): Reply {
	const from = String(mailboxOf(call, id).properties.userPrincipalName);
	const rows = call.tenant.sent.all().filter((mail) => mail.from === from);
	return many(call, rows.map(shownMail));
}

function shownMail(mail: Sent): Values {
	return {
		id: mail.id,
		internetMessageId: mail.messageId,
		subject: mail.subject,
		sentDateTime: mail.at,
		isDraft: false,
		toRecipients: mail.to.map((address) => ({ emailAddress: { address } })),
		body: { contentType: "html", content: mail.body },
	};
}
