/**
 * What a sandboxed client's world looks like from outside. A shape only.
 */
export type SandboxReadOut = {
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
	readonly groups: readonly string[] | readonly { readonly name: string }[] | readonly unknown[];
	readonly licences: readonly { readonly sku: string; readonly total: number; readonly used: number }[];
};
