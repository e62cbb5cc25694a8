/**
 * What was looked at and whether it is well, as `sopwith doctor` says it. Must never hold a secret.
 */
export type Finding = {
	/** What it belongs to, as a heading: `Contoso Ltd, Active Directory`. Absent: this installation. */
	readonly about?: string;
	/** What was looked at, in a few words: `Sign-in to dc1.contoso.example`. */
	readonly what: string;
	readonly ok: boolean;
	/** What was seen. */
	readonly words: string;
	/** What an admin does about it: which page or tool, which right. With `ok`, what is worth doing before it is not well. */
	readonly remedy?: string;
};

/** It is as it should be. */
export function well(what: string, words: string): Finding {
	return { what, ok: true, words };
}

/** It works, and something should be done about it all the same. */
export function beware(what: string, words: string, remedy: string): Finding {
	return { what, ok: true, words, remedy };
}

/** It is not well, and this is what mends it. */
export function unwell(what: string, words: string, remedy: string): Finding {
	return { what, ok: false, words, remedy };
}
