/**
 * Tells this machine from all others by name or address. Must never resolve a name: what it means may change.
 */
/** Tells whether a host name or address reaches this machine only. */
export function isLoopback(host: string): boolean {
	const bare = host.replace(/^\[|\]$/g, "").toLowerCase();
	return bare === "localhost" || bare === "::1" || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(bare);
}
