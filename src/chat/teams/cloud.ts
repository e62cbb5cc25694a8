/**
 * Microsoft's clouds as a bot meets them: who signs what comes in, where its keys are, where we sign in. Data alone. Must
 * never mix two clouds: what one signs counts for nothing in another.
 */

/** By the names that `TEAMS_CLOUD` has for them; a client's `microsoft365` uses the same. */
export type CloudName = "global" | "us-gov" | "us-gov-dod";

export type Cloud = {
	/** Signs what comes to us, and is whom our own token is for. */
	readonly issuer: string;
	/** The OpenID document that names the keys. */
	readonly metadata: string;
	/** Gives us tokens. */
	readonly login: string;
};

/** Source: https://learn.microsoft.com/azure/bot-service/how-to-deploy-gov-cloud-high */
const US_GOV: Cloud = {
	issuer: "https://api.botframework.us",
	metadata: "https://login.botframework.azure.us/v1/.well-known/openidconfiguration",
	login: "https://login.microsoftonline.us",
};

/** Source: https://learn.microsoft.com/azure/bot-service/rest-api/bot-framework-rest-connector-authentication */
export const CLOUDS: { readonly [name in CloudName]: Cloud } = {
	global: {
		issuer: "https://api.botframework.com",
		metadata: "https://login.botframework.com/v1/.well-known/openidconfiguration",
		login: "https://login.microsoftonline.com",
	},
	"us-gov": US_GOV,
	"us-gov-dod": US_GOV,
};
