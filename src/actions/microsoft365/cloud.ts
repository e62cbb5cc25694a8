/**
 * Microsoft's clouds: where each gives tokens, where its Graph is and where its admins work. Must never guess: a cloud that
 * is not listed here has no address.
 */
type Cloud = {
	/** Where tokens are asked for: `https://login.microsoftonline.com`. */
	readonly authority: string;
	/** Where Graph is: `https://graph.microsoft.com/v1.0`. */
	readonly endpoint: string;
	/** Where an admin looks after applications: `https://entra.microsoft.com`. */
	readonly portal: string;
};

/** The clouds by the name they have in `client.yaml`. Source: https://learn.microsoft.com/graph/deployments. */
export const CLOUDS: { readonly [name: string]: Cloud } = {
	global: {
		authority: "https://login.microsoftonline.com",
		endpoint: "https://graph.microsoft.com/v1.0",
		portal: "https://entra.microsoft.com",
	},
	"us-gov": {
		authority: "https://login.microsoftonline.us",
		endpoint: "https://graph.microsoft.us/v1.0",
		portal: "https://entra.microsoft.us",
	},
	"us-gov-dod": {
		authority: "https://login.microsoftonline.us",
		endpoint: "https://dod-graph.microsoft.us/v1.0",
		portal: "https://entra.microsoft.us",
	},
	china: {
		authority: "https://login.chinacloudapi.cn",
		endpoint: "https://microsoftgraph.chinacloudapi.cn/v1.0",
		portal: "https://entra.microsoftonline.cn",
	},
};

/** The cloud of that name; without a name the worldwide one, and nothing for a name that is not known. */
export function cloudOf(name: string | undefined): Cloud | undefined {
	return Object.hasOwn(CLOUDS, name ?? "global") ? CLOUDS[name ?? "global"] : undefined;
}

/** The portal for admins of whoever gives tokens at that authority; the worldwide one for an authority of one's own. */
export function portalOf(authority: string): string {
	const found = Object.values(CLOUDS).find((cloud) => cloud.authority === authority);
	return found?.portal ?? "https://entra.microsoft.com";
}
