/**
 * What was looked at and whether it is well, as `sopwith doctor` says it. Must never hold a secret.
 */
export type Finding = {
	/** What was looked at, in a few words: `contoso: sign-in to dc1.contoso.example`. */
	readonly what: string;
	readonly ok: boolean;
	/** What was seen. */
	readonly words: string;
	/** What an admin does about it: which page or tool, which right. Only where it is not well. */
	readonly remedy?: string;
};
