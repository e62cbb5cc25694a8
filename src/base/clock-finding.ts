/**
 * Compares another machine's clock with ours. Must never set one.
 */
import { type Finding, unwell, well } from "./finding.ts";
import { type Clock, toMs } from "./time.ts";

/**
 * Above five minutes Kerberos refuses sign-ins, Entra signed ones, and what Slack signs is too old. Sources: [MS-KILE] 3.3.5,
 * https://docs.slack.dev/authentication/verifying-requests-from-slack
 */
const MOST_MS = 5 * 60_000;

/** `thereMs`: the time the other machine says it is, in ms since 1970. */
export function clockFinding(host: string, thereMs: number, clock: Clock): Finding {
	const off = thereMs - toMs(clock.now());
	const what = `Clock of ${host}`;
	if (Math.abs(off) <= MOST_MS) return well(what, "agrees with ours");
	const words = `it is ${Math.round(Math.abs(off) / 60_000)} min ${off > 0 ? "ahead of" : "behind"} ours`;
	return unwell(what, words, "Set this machine's by a time server: `timedatectl`; on Windows `w32tm /resync`.");
}
