/**
 * Two bots for Teams to be measured side by side, each in a process of its own: ours as it is served, and the bare echo of
 * Microsoft's SDK. Both take the same signed activities and speak to the same connector. Must never differ in more.
 */
import type { ConfigurationBotFrameworkAuthentication, TurnContext } from "botbuilder";
import express from "express";
import { openTeams } from "../../src/app-teams.ts";
import { Secret } from "../../src/base/secret.ts";
import type { Cloud } from "../../src/chat/teams/cloud.ts";
import { APP, TENANT } from "../chat/teams/microsoft.ts";
import { listening, openServed } from "./served.ts";

/** Where the connector is, with its keys and its token desk. */
export type Told = { readonly host: string; readonly cloud: Cloud };

/** Serves ours, wired as the program wires it; says its port and stays until it is killed. */
export async function serveTeams(folder: string, told: Told, say: (line: string) => void): Promise<void> {
	const app = { id: APP, password: new Secret("a-long-secret"), tenant: TENANT };
	const { cloud, host } = told;
	const { web } = await openServed(folder, (house, around) =>
		openTeams({ app, tenants: [TENANT] }, house, { ...around, cloud, hosts: [host] }),
	);
	await listening(web, say);
}

/**
 * Serves the echo: the SDK checks the token by itself, says the same words back, and answers an invoke with its own value.
 * It is spared the way to the token desk.
 */
export async function serveEcho({ cloud }: Told, say: (line: string) => void): Promise<void> {
	const botbuilder = await import("botbuilder");
	const settings = {
		ToBotFromChannelOpenIdMetadataUrl: cloud.metadata,
		ToBotFromEmulatorOpenIdMetadataUrl: cloud.metadata,
		ToBotFromChannelTokenIssuer: cloud.issuer,
		ToChannelFromBotLoginUrl: cloud.login,
		ToChannelFromBotOAuthScope: cloud.issuer,
		OAuthUrl: cloud.issuer,
		CallerId: "",
		ValidateAuthority: true,
	};
	const auth = new botbuilder.ConfigurationBotFrameworkAuthentication(settings, credentials);
	const adapter = new botbuilder.CloudAdapter(auth);
	const bot = async (turn: TurnContext): Promise<void> => {
		const { type, text, value } = turn.activity;
		if (type === "invoke") await turn.sendActivity({ type: "invokeResponse", value: { status: 200, body: value } });
		else await turn.sendActivity(text);
	};
	const web = express().use(express.json());
	web.post("/api/messages", (request, response, next) => {
		adapter.process(request, response, bot).catch(next);
	});
	await listening(web, say);
}

type Signed = { readonly headers: { set(name: string, value: string): void } };
type Credentials = NonNullable<ConstructorParameters<typeof ConfigurationBotFrameworkAuthentication>[1]>;
const credentials = {
	isValidAppId: async (id: string) => id === APP,
	isAuthenticationDisabled: async () => false,
	createCredentials: async () => ({
		signRequest: async (request: Signed) => {
			request.headers.set("authorization", "Bearer token-1");
			return request;
		},
	}),
} as unknown as Credentials;
