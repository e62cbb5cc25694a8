/**
 * The only file that knows Microsoft's SDK. Loaded when Teams is configured and not before; behind it stand three calls
 * that any other SDK can make. Must never let the SDK retry, print or choose a host.
 */
import { isRecord, type Values } from "../../base/json.ts";
import type { Clock } from "../../base/time.ts";
import { type Bearer, type BearerParts, createBearer } from "./bearer.ts";
import type { Cloud } from "./cloud.ts";
import { CHANNEL } from "./guard.ts";
import type { MaySpeakTo } from "./hosts.ts";
import { type Call, send, WireError } from "./wire.ts";

/** A conversation as the connector needs it. */
type There = { readonly serviceUrl: string; readonly conversation: string };

/** Calls to the connector. Errors: `WireError`. Repeat: `post` and `open` are not safe, the others are. */
export interface Sdk {
	/** Posts a message; gives its id. `targeted`: seen by its `recipient` alone. */
	post(there: There, message: Values, targeted?: boolean): Promise<string>;
	/** Writes another message in its place. */
	put(there: There, id: string, message: Values): Promise<void>;
	/** Opens the direct chat with somebody; gives its id. */
	open(serviceUrl: string, chat: Values): Promise<string>;
}

type SdkSettings = {
	/** Absent: the Agents Playground, which asks for no token and gets none. */
	readonly app?: BearerParts["app"];
	readonly cloud: Cloud;
	readonly maySpeakTo: MaySpeakTo;
	readonly clock: Clock;
};

type ServiceClientCredentialsFactory = NonNullable<
	ConstructorParameters<typeof import("botbuilder").ConfigurationBotFrameworkAuthentication>[1]
>;

/** A request as the SDK's client writes it. */
type SdkRequest = {
	readonly url: string;
	readonly method: string;
	readonly body?: unknown;
	readonly headers: { toJson(): { readonly [name: string]: string } };
};

/** What we use of the SDK's client. */
type Connector = {
	readonly conversations: {
		sendToConversation(conversation: string, message: Values): Promise<{ readonly id?: string }>;
		updateActivity(conversation: string, id: string, message: Values): Promise<unknown>;
		createConversation(chat: Values): Promise<{ readonly id?: string }>;
	};
};

/** Loads the SDK. */
export async function openSdk({ app, cloud, maySpeakTo, clock }: SdkSettings): Promise<Sdk> {
	const botbuilder = await import("botbuilder");
	const { login, issuer } = cloud;
	const bearer = app && createBearer({ app, login, scope: `${issuer}/.default`, clock });
	const wire = wireWith(maySpeakTo, bearer);
	const auth = new botbuilder.ConfigurationBotFrameworkAuthentication(
		{
			ToBotFromChannelOpenIdMetadataUrl: cloud.metadata,
			ToBotFromEmulatorOpenIdMetadataUrl: cloud.metadata,
			ToBotFromChannelTokenIssuer: issuer,
			ToChannelFromBotLoginUrl: login,
			ToChannelFromBotOAuthScope: issuer,
			OAuthUrl: issuer,
			CallerId: "",
			ValidateAuthority: true,
		},
		credentialsOf(app?.id),
		undefined,
		undefined,
		{ httpClient: clientOver(wire) } as object,
	);
	const adapter = new botbuilder.CloudAdapter(auth);
	const clients = new Map<string, Connector>();
	const at = async (serviceUrl: string): Promise<Connector> => {
		const known = clients.get(serviceUrl);
		if (known !== undefined) return known;
		const anywhere = { serviceUrl, channelId: CHANNEL, conversation: { id: "" } } as object;
		await adapter.continueConversationAsync(app?.id ?? "", anywhere, async (turn) => {
			clients.set(serviceUrl, turn.turnState.get<Connector>(adapter.ConnectorClientKey));
		});
		return at(serviceUrl);
	};
	return callsOf(at, wire);
}

type At = (serviceUrl: string) => Promise<Connector>;

function callsOf(at: At, wire: (call: Call) => Promise<{ readonly text: string }>): Sdk {
	return {
		post: async ({ serviceUrl, conversation }, message, targeted = false) => {
			if (targeted) return postTargeted(wire, { serviceUrl, conversation }, message);
			const { conversations } = await at(serviceUrl);
			const { id } = await conversations.sendToConversation(conversation, message);
			return id ?? "";
		},
		put: async ({ serviceUrl, conversation }, id, message) => {
			const { conversations } = await at(serviceUrl);
			await conversations.updateActivity(conversation, id, message);
		},
		open: async (serviceUrl, chat) => {
			const { conversations } = await at(serviceUrl);
			const { id } = await conversations.createConversation(chat);
			if (id === undefined) throw new WireError(0, { sent: true });
			return id;
		},
	};
}

/** The SDK has no word for a message that one person sees, and drops ours. */
async function postTargeted(wire: (call: Call) => Promise<{ readonly text: string }>, there: There, message: Values) {
	const base = there.serviceUrl.replace(/\/$/, "");
	const path = `/v3/conversations/${encodeURIComponent(there.conversation)}/activities?isTargetedActivity=true`;
	const headers = { "content-type": "application/json" };
	const { text } = await wire({ url: `${base}${path}`, method: "POST", headers, body: JSON.stringify(message) });
	const answer: unknown = text === "" ? {} : JSON.parse(text);
	return isRecord(answer) && typeof answer.id === "string" ? answer.id : "";
}

/** Every call there is goes through here: the token is put on, and dropped when it was refused. */
function wireWith(maySpeakTo: MaySpeakTo, bearer: Bearer | undefined) {
	return async (call: Call): Promise<{ readonly status: number; readonly text: string }> => {
		const own = bearer === undefined ? {} : { authorization: `Bearer ${(await bearer.token()).open()}` };
		return send({ ...call, headers: { ...call.headers, ...own } }, maySpeakTo).catch((error: unknown) => {
			if (error instanceof WireError && error.status === 401) bearer?.drop();
			throw error;
		});
	};
}

/** The HTTP client that the SDK is given. A bad answer is an error of ours, which it passes on without a second try. */
function clientOver(wire: (call: Call) => Promise<{ readonly status: number; readonly text: string }>) {
	const headers = { toJson: () => ({ "content-type": "application/json" }) };
	return {
		sendRequest: async (request: SdkRequest) => {
			const { url, method, body } = request;
			const { status, text } = await wire({ url, method, body, headers: request.headers.toJson() });
			return { status, bodyAsText: text === "" ? "{}" : text, headers, request };
		},
	};
}

/** The SDK is told who we are and nothing else: the token is put on where the call is made. */
function credentialsOf(id = ""): ServiceClientCredentialsFactory {
	return {
		isValidAppId: async (asked = "") => asked === id,
		isAuthenticationDisabled: async () => id === "",
		createCredentials: async () => ({ signRequest: async <Asked>(request: Asked) => request }),
	} as unknown as ServiceClientCredentialsFactory;
}
