/**
 * The only file that knows Microsoft's SDK. Loaded when Teams is configured and not before; behind it stand four calls
 * that any other SDK can make. Must never let the SDK retry, print or choose a host.
 */
import type { Values } from "../../base/json.ts";
import type { Secret } from "../../base/secret.ts";
import type { Activity } from "./activity.ts";
import { CHANNEL } from "./guard.ts";
import type { MaySpeakTo } from "./hosts.ts";
import { type Call, send, WireError } from "./wire.ts";

/** A conversation as the connector needs it. */
export type There = { readonly serviceUrl: string; readonly conversation: string };

/** Calls to the connector. Errors: `WireError`. Repeat: `post` and `open` are not safe, the others are. */
export interface Sdk {
	/** The SDK's own look at who calls, after ours: a second lock, made by somebody else. */
	admits(activity: Activity, authorization: string): Promise<boolean>;
	/** Posts a message; gives its id. `targeted`: seen by its `recipient` alone. */
	post(there: There, message: Values, targeted?: boolean): Promise<string>;
	/** Writes another message in its place. */
	put(there: There, id: string, message: Values): Promise<void>;
	/** Opens the direct chat with somebody; gives its id. */
	open(serviceUrl: string, chat: Values): Promise<string>;
}

export type SdkSettings = {
	/** Absent: the Agents Playground, which asks for no token and gets none. */
	readonly app?: { readonly id: string; readonly password: Secret; readonly tenant: string };
	readonly cloud: Cloud;
	readonly maySpeakTo: MaySpeakTo;
};

/** Where Microsoft keeps keys and hands out tokens. */
export type Cloud = {
	readonly issuer: string;
	readonly metadata: string;
	/** Absent: Microsoft's own. */
	readonly login?: string;
};

/** Source: https://learn.microsoft.com/azure/bot-service/rest-api/bot-framework-rest-connector-authentication */
export const PUBLIC_CLOUD: Cloud = {
	issuer: "https://api.botframework.com",
	metadata: "https://login.botframework.com/v1/.well-known/openidconfiguration",
};

/** What we use of the SDK's client. */
type Connector = {
	readonly conversations: {
		sendToConversation(conversation: string, message: Values, options: object): Promise<{ readonly id?: string }>;
		updateActivity(conversation: string, id: string, message: Values): Promise<unknown>;
		createConversation(chat: Values): Promise<{ readonly id?: string }>;
	};
};

const SCOPE = "https://api.botframework.com";

/** Loads the SDK. */
export async function openSdk(settings: SdkSettings): Promise<Sdk> {
	const { app, cloud, maySpeakTo } = settings;
	const botbuilder = await import("botbuilder");
	const httpClient = { sendRequest: (request: Call) => answered(request, maySpeakTo) };
	const credentials = new botbuilder.ConfigurationServiceClientCredentialFactory({
		MicrosoftAppId: app?.id ?? "",
		MicrosoftAppPassword: app?.password.open() ?? "",
		MicrosoftAppTenantId: app?.tenant ?? "",
		MicrosoftAppType: app === undefined ? "MultiTenant" : "SingleTenant",
	});
	const auth = new botbuilder.ConfigurationBotFrameworkAuthentication(
		{ ToBotFromChannelOpenIdMetadataUrl: cloud.metadata, ToBotFromChannelTokenIssuer: cloud.issuer, ...loginOf(cloud) },
		credentials,
		undefined,
		undefined,
		{ httpClient } as object,
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
	return {
		admits: (activity, authorization) =>
			auth.authenticateRequest(activity.raw as never, authorization).then(
				() => true,
				() => false,
			),
		...callsOf(at),
	};
}

function callsOf(at: (serviceUrl: string) => Promise<Connector>): Omit<Sdk, "admits"> {
	return {
		post: async ({ serviceUrl, conversation }, message, targeted = false) => {
			const { conversations } = await at(serviceUrl);
			const options = targeted ? { customHeaders: { [TARGETED]: "true" } } : {};
			const { id } = await conversations.sendToConversation(conversation, message, options);
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

/** Tells our own HTTP client what the SDK has no word for. Never sent. */
const TARGETED = "x-sopwith-targeted";

/** Sends what the SDK wrote. A bad answer is an error of ours, which the SDK passes on without a second try. */
async function answered(request: Call, maySpeakTo: MaySpeakTo) {
	const { [TARGETED]: targeted, ...headers } = request.headers.toJson();
	const url = targeted === undefined ? request.url : `${request.url}?isTargetedActivity=true`;
	const { method, body } = request;
	const { status, text } = await send({ url, method, body, headers: { toJson: () => headers } }, maySpeakTo);
	const none = { toJson: () => ({ "content-type": "application/json" }) };
	return { status, bodyAsText: text === "" ? "{}" : text, headers: none, request };
}

function loginOf({ login }: Cloud) {
	return login === undefined ? {} : { ToChannelFromBotLoginUrl: login, ToChannelFromBotOAuthScope: SCOPE };
}
