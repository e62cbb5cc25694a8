/**
 * Decides what an account in Microsoft 365 will be called and whether it may be made at all. Pure; must never choose
 * another name, or take over an account, unless a person or the procedure said so.
 */
import { askRehire, comesBack, displayOf, nameless, stop } from "../account-plan.ts";
import { change } from "../changes.ts";
import type { CloudAccountInput } from "./user.ts";
import type { CloudAccountFacts, Holder } from "./user-look.ts";
import { corrected, nameChanges } from "./user-name.ts";
import { outputOf, ownerChange, type Plan, taken } from "./user-plan.ts";

export function chooseCloudAccount(input: CloudAccountInput, facts: CloudAccountFacts): Plan {
	const { ours } = facts;
	if (ours !== undefined) {
		// Only what carries our mark follows the form; the same employee id alone makes it no account of this run.
		return ours.mark === facts.mark ? corrected(input, facts, ours) : { changes: [], promises: outputOf(ours) };
	}
	const [first] = facts.addresses;
	if (first === undefined) return nameless(input);
	const same = facts.holders.find((h) => h.kind === "member" && isSame(input, h));
	if (same !== undefined)
		return input.ifTaken === "rehire" ? rehire(input, facts, same) : stop(askRehire(same, same.user?.upn));
	const holder = facts.holders.find((h) => h.address === first);
	if (holder === undefined) return make(input, facts, first);
	const free = facts.addresses.find((address) => facts.holders.every((h) => h.address !== address));
	if (input.ifTaken === "next-free-name" && free !== undefined) return make(input, facts, free);
	const canReturn = holder.kind === "member" && holder.user?.enabled === false;
	if (input.ifTaken === "rehire" && canReturn) return rehire(input, facts, holder);
	const more = canReturn ? [comesBack(holder.displayName)] : [];
	return taken({ address: first, holder, free, more });
}

function isSame(input: CloudAccountInput, holder: Holder): boolean {
	return input.employeeId !== undefined && holder.user?.employeeId === input.employeeId;
}

function make(input: CloudAccountInput, facts: CloudAccountFacts, address: string): Plan {
	const displayName = displayOf(input);
	const upn = address.toLowerCase();
	const made = change({
		kind: "create",
		target: upn,
		facet: "account",
		after: { upn, displayName, mark: facts.mark, enabled: input.enabled },
		words: `Make the account ${upn}, ${input.enabled ? "open" : "closed"}`,
		detail: `POST /users; accountEnabled ${input.enabled}; usageLocation ${input.usageLocation ?? "not set"}`,
	});
	return { changes: [made], promises: { upn, displayName, usageLocation: input.usageLocation ?? "" } };
}

/** Takes over the account of someone who comes back: it gets our mark and the name of today. Its address stays. */
function rehire(input: CloudAccountInput, facts: CloudAccountFacts, holder: Holder): Plan {
	const { user } = holder;
	if (user === undefined) return { changes: [], promises: {} };
	const taken = ownerChange(user.upn, { id: user.id, mark: user.mark }, facts.mark);
	const promises = { ...outputOf(user), displayName: displayOf(input) };
	return { changes: [taken, ...nameChanges(input, facts.mark, user)], promises };
}
