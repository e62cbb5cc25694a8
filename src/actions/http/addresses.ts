/**
 * Which network addresses a client's procedure may reach: public ones only. Judged on the address that is connected to,
 * never on the text of a URL. Pure.
 */
import { BlockList, isIP } from "node:net";

/** Source: https://www.iana.org/assignments/iana-ipv4-special-registry and iana-ipv6-special-registry. */
const V4 = [
	...["0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24"],
	...["192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24"],
	...["224.0.0.0/4", "240.0.0.0/4"],
];
const V6 = [
	...["::/96", "::ffff:0:0/96", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32"],
	...["2002::/16", "3fff::/20", "5f00::/16", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8"],
];

// One list per family: a single one would take every IPv4 address for its mapped form.
const closed = { ipv4: listOf("ipv4", V4), ipv6: listOf("ipv6", V6) };

function listOf(family: "ipv4" | "ipv6", ranges: readonly string[]): BlockList {
	const list = new BlockList();
	for (const range of ranges) {
		const [net = "", prefix] = range.split("/");
		list.addSubnet(net, Number(prefix), family);
	}
	return list;
}

/** Tells whether an address is on the public internet. Text that is no address is not. */
export function isPublic(address: string): boolean {
	const family = isIP(address);
	if (family === 0) return false;
	return family === 4 ? !closed.ipv4.check(address, "ipv4") : !closed.ipv6.check(address, "ipv6");
}
