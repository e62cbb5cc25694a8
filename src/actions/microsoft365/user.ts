/**
 * Makes a person's account in Microsoft 365, for clients without a directory of their own. Never adopts a stranger, a guest
 * or a deleted account: a person is asked, and nothing is touched.
 */
import { z } from "zod";
import { asText, type Values } from "../../base/json.ts";
import { Secret } from "../../base/secret.ts";
import type { Action } from "../../engine/action.ts";
import { outcomeOf } from "../../engine/remote.ts";
import { displayOf } from "../account-plan.ts";
import { already, change, check } from "../changes.ts";
import { graphOf } from "../doors.ts";
import { hole } from "../holes.ts";
import { newPassword } from "../password.ts";
import { deleteWords, signedIn } from "../signed-in.ts";
import { plainText } from "../user-ref.ts";
import { MARK } from "./accounts.ts";
import { outcomeAt } from "./missing.ts";
import { chooseCloudAccount } from "./user-choose.ts";
import { ASKED, type CloudAccountFacts, lookForCloudAccount } from "./user-look.ts";
import { turnedBack, whyItStays } from "./user-name.ts";
import { outputOf, ownerChange } from "./user-plan.ts";

const cloudAccountInput = z.object({
	firstName: plainText.max(64),
	lastName: plainText.max(64),
	/** The name part of the address, when a person chose one. */
	name: z.exactOptional(plainText.max(64)),
	/** Default: the tenant's default domain. */
	domain: z.exactOptional(plainText),
	usageLocation: z.exactOptional(z.string().regex(/^[A-Z]{2}$/)),
	employeeId: z.exactOptional(plainText.max(16)),
	title: z.exactOptional(plainText.max(128)),
	department: z.exactOptional(plainText.max(64)),
	enabled: z.boolean().default(false),
	ifTaken: z.enum(["ask", "next-free-name", "rehire"]).default("ask"),
});
export type CloudAccountInput = z.infer<typeof cloudAccountInput>;

const output = z.object({
	upn: z.string(),
	displayName: z.string(),
	userId: z.string(),
	/** Told on, so that a later licence knows that the place of use is set. */
	usageLocation: z.string(),
});
type Output = z.infer<typeof output>;

/** Makes the account. Asking again is safe: the mark tells our own account from anybody else's. */
export const cloudUser: Action<CloudAccountInput, Output> = {
	name: "microsoft365.user",
	about: "Makes a person's account in Microsoft 365, closed",
	input: cloudAccountInput,
	output,
	repeat: { kind: "settle", ms: 30_000 },
	writes: true,
	defaults: {
		firstName: hole("form.firstName"),
		lastName: hole("form.lastName"),
		usageLocation: hole("form.profile.usageLocation"),
		employeeId: hole("form.employeeId"),
	},
	look: (input, world) => lookForCloudAccount(input, world),
	plan: (input, facts: CloudAccountFacts) => chooseCloudAccount(input, facts),
	prove(input, facts: CloudAccountFacts) {
		const { ours } = facts;
		if (ours === undefined) throw new Error("proved an account that is not there");
		const made = check(
			`The account ${ours.upn} is there, ${ours.enabled ? "open" : "closed at first"}`,
			`user ${ours.id}`,
		);
		const why = ours.mark === facts.mark ? whyItStays(input, facts, ours) : undefined;
		const stays = check(`The address stays ${ours.upn}, because ${why}`, `userPrincipalName ${ours.upn}`);
		return { output: outputOf(ours), proof: why === undefined ? [made] : [made, stays] };
	},
	async apply(made, input, world) {
		const graph = graphOf(world);
		const after = (made.after ?? {}) as Values;
		if (made.kind === "delete") {
			const id = String((made.before as Values).id);
			const answer = await graph.request({ method: "DELETE", path: ["users", id] });
			const isGone = answer.kind === "refused" && answer.status === 404 && world.isNew?.(made.target) !== true;
			return isGone ? already(made.id) : outcomeAt(world, made, answer);
		}
		if (made.facet === "owner") {
			const body = { onPremisesExtensionAttributes: { [MARK]: after.mark === "" ? null : String(after.mark) } };
			return outcomeAt(world, made, await graph.request({ method: "PATCH", path: ["users", String(after.id)], body }));
		}
		if (made.facet === "name" || made.facet === "address") {
			const { id, mark: _mark, ...body } = after;
			return outcomeAt(world, made, await graph.request({ method: "PATCH", path: ["users", String(id)], body }));
		}
		const kept = await world.keep("initial-password", newPassword());
		const body = { ...bodyFor(input, made.target), onPremisesExtensionAttributes: { [MARK]: world.mark } };
		const password = await world.reveal(kept);
		const passwordProfile = { forceChangePasswordNextSignIn: true, password: password.open() };
		await world.replace(ASKED, new Secret(made.target));
		const answer = await graph.request({ method: "POST", path: ["users"], body: { ...body, passwordProfile } });
		if (answer.kind === "ok") await world.replace(ASKED, new Secret(asText(answer.value.id)));
		return outcomeOf(answer, made.id);
	},
	undo(made, _input, facts: CloudAccountFacts) {
		const was = (made.after ?? {}) as Values;
		const everyone = [
			...facts.marked,
			...facts.holders.flatMap((h) => (h.kind === "member" && h.user ? [h.user] : [])),
		];
		if (made.facet === "name" || made.facet === "address") {
			const changed = everyone.find((user) => user.id === was.id);
			const changes = changed === undefined ? [] : turnedBack(made, changed, facts.promised);
			if (changes.length > 0 && made.facet === "address" && facts.used.includes(String(was.id))) {
				return { changes: [], obstacle: signedIn(String(was.upn)) };
			}
			return { changes };
		}
		const there = everyone.find((user) => user.mark === was.mark && user.mark !== "");
		if (there === undefined) return { changes: [] };
		if (made.facet === "owner") {
			const before = String(((made.before ?? {}) as Values).mark ?? "");
			return { changes: [ownerChange(there.upn, { id: there.id, mark: there.mark }, before)] };
		}
		if (facts.used.includes(there.id)) return { changes: [], obstacle: signedIn(there.upn) };
		const gone = change({
			kind: "delete",
			target: made.target,
			facet: "account",
			before: { id: there.id, mark: there.mark },
			words: deleteWords(there.upn, !facts.untold.includes(there.id)),
			detail: `DELETE /users/${there.id}`,
		});
		return { changes: [gone] };
	},
};

function bodyFor(input: CloudAccountInput, upn: string): Values {
	return {
		accountEnabled: input.enabled,
		userPrincipalName: upn,
		mailNickname: upn.split("@")[0] ?? upn,
		displayName: displayOf(input),
		givenName: input.firstName,
		surname: input.lastName,
		...(input.usageLocation === undefined ? {} : { usageLocation: input.usageLocation }),
		...(input.employeeId === undefined ? {} : { employeeId: input.employeeId }),
		...(input.title === undefined ? {} : { jobTitle: input.title }),
		...(input.department === undefined ? {} : { department: input.department }),
	};
}
