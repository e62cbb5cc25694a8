/**
 * What a simulated tenant looks like now: the sandbox makes it, its page draws it. A shape only.
 */
export type ReadOut = {
	readonly users: readonly {
		readonly id: string;
		readonly displayName: string;
		readonly userPrincipalName: string;
		readonly sAMAccountName?: string;
		readonly enabled: boolean;
		readonly groups: readonly string[];
		readonly licences: readonly string[];
		readonly manager?: string;
	}[];
	readonly groups: readonly { readonly name: string; readonly members: readonly string[] }[];
	readonly licences: readonly { readonly sku: string; readonly total: number; readonly used: number }[];
};
