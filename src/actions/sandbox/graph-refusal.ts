/**
 * Microsoft Graph's errors, in the shape and with the words it uses itself. Thrown inside the simulated Graph, never out
 * of it.
 */
import { randomUUID } from "node:crypto";
import type { Values } from "../../base/json.ts";

export class GraphRefusal extends Error {
	readonly status: number;
	readonly code: string;
	readonly details: readonly Values[];
	constructor(status: number, code: string, message: string, details: readonly Values[] = []) {
		super(message);
		this.status = status;
		this.code = code;
		this.details = details;
	}
}

export function notFound(id: string): GraphRefusal {
	const words = "does not exist or one of its queried reference-property objects are not present.";
	return new GraphRefusal(404, "Request_ResourceNotFound", `Resource '${id}' ${words}`);
}

export function badRequest(message: string): GraphRefusal {
	return new GraphRefusal(400, "Request_BadRequest", message);
}

export function conflict(property: string): GraphRefusal {
	const message = `Another object with the same value for property ${property} already exists.`;
	const detail = { code: "ObjectConflict", message, target: property };
	return new GraphRefusal(400, "Request_BadRequest", message, [detail]);
}

export function mastered(): GraphRefusal {
	return badRequest(
		"Unable to update the specified properties for on-premises mastered Directory Sync objects or objects currently undergoing migration.",
	);
}

export function noMailbox(): GraphRefusal {
	return new GraphRefusal(
		404,
		"MailboxNotEnabledForRESTAPI",
		"The mailbox is either inactive, soft-deleted, or is hosted on-premise.",
	);
}

/** The body of an error. */
export function errorReply(
	status: number,
	code: string,
	message: string,
	details: readonly Values[] = [],
): { readonly status: number; readonly body: Values } {
	const ids = { "request-id": randomUUID(), "client-request-id": randomUUID() };
	return {
		status,
		body: { error: { code, message, ...(details.length > 0 ? { details } : {}), innerError: ids } },
	};
}
