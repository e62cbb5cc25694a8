/**
 * Makes a person's account in Microsoft 365, for clients without a directory of their own. Never adopts a stranger, a guest
 * or a deleted account: a person is asked, and nothing is touched.
 */
import { z } from "zod";
import type { Values } from "../../base/json.ts";
import type { Action, Planned } from "../../engine/action.ts";
import type { Choice } from "../../engine/event.ts";
import { outcomeOf } from "../../engine/remote.ts";
import { change, check } from "../changes.ts";
import { graphOf } from "../doors.ts";
import { hole } from "../holes.ts";
import { newPassword } from "../password.ts";
import { plainText } from "../user-ref.ts";
import { type CloudUser, MARK } from "./accounts.ts";
import { type CloudAccountFacts, type Holder, lookForCloudAccount } from "./user-look.ts";
import { nameBack, nameChanges } from "./user-name.ts";

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
	plan: (input, facts: CloudAccountFacts) => choose(input, facts),
	prove(_input, { ours }: CloudAccountFacts) {
		if (ours === undefined) throw new Error("proved an account that is not there");
		const proof = [check(`The account ${ours.upn} is there, ${ours.enabled ? "open" : "closed"}`, `user ${ours.id}`)];
		return { output: outputOf(ours), proof };
	},
	async apply(made, input, world) {
		const graph = graphOf(world);
		const after = (made.after ?? {}) as Values;
		if (made.kind === "delete") {
			const id = String((made.before as Values).id);
			return outcomeOf(await graph.request({ method: "DELETE", path: ["users", id] }), made.id);
		}
		if (made.facet === "owner") {
			const body = { onPremisesExtensionAttributes: { [MARK]: after.mark === "" ? null : String(after.mark) } };
			return outcomeOf(await graph.request({ method: "PATCH", path: ["users", String(after.id)], body }), made.id);
		}
		if (made.facet === "name") {
			const { id, displayName, givenName, surname } = after;
			const body = { displayName, givenName, surname } as Values;
			return outcomeOf(await graph.request({ method: "PATCH", path: ["users", String(id)], body }), made.id);
		}
		const kept = await world.keep("initial-password", newPassword());
		const body = { ...bodyFor(input, made.target), onPremisesExtensionAttributes: { [MARK]: world.mark } };
		const password = await world.reveal(kept);
		const passwordProfile = { forceChangePasswordNextSignIn: true, password: password.open() };
		return outcomeOf(
			await graph.request({ method: "POST", path: ["users"], body: { ...body, passwordProfile } }),
			made.id,
		);
	},
	undo(made, _input, facts: CloudAccountFacts) {
		const was = (made.after ?? {}) as Values;
		const everyone = [
			...facts.marked,
			...facts.holders.flatMap((h) => (h.kind === "member" && h.user ? [h.user] : [])),
		];
		const there = everyone.find((user) => user.mark === was.mark && user.mark !== "");
		if (there === undefined) return { changes: [] };
		if (made.facet === "owner") {
			const before = String(((made.before ?? {}) as Values).mark ?? "");
			return { changes: [ownerChange(there.upn, { id: there.id, mark: there.mark }, before)] };
		}
		if (made.facet === "name") return { changes: nameBack(made, there) };
		if (facts.used.includes(there.id)) return { changes: [], obstacle: signedIn(there.upn) };
		const gone = change({
			kind: "delete",
			target: made.target,
			facet: "account",
			before: { id: there.id, mark: there.mark },
			words: `Delete the account ${there.upn}, which was never used`,
			detail: `DELETE /users/${there.id}`,
		});
		return { changes: [gone] };
	},
};

export function signedIn(upn: string) {
	const message = `${upn} has signed in, so this cannot be undone any more. Nothing changed. To take the access away, start a separation.`;
	return { code: "signed-in", message, choices: [] };
}

function outputOf(user: CloudUser): Output {
	const { upn, displayName, id, usageLocation } = user;
	return { upn, displayName, userId: id, usageLocation };
}

function bodyFor(input: CloudAccountInput, upn: string): Values {
	return {
		accountEnabled: input.enabled,
		userPrincipalName: upn,
		mailNickname: upn.split("@")[0] ?? upn,
		displayName: `${input.firstName} ${input.lastName}`,
		givenName: input.firstName,
		surname: input.lastName,
		...(input.usageLocation === undefined ? {} : { usageLocation: input.usageLocation }),
		...(input.employeeId === undefined ? {} : { employeeId: input.employeeId }),
		...(input.title === undefined ? {} : { jobTitle: input.title }),
		...(input.department === undefined ? {} : { department: input.department }),
	};
}

function choose(input: CloudAccountInput, facts: CloudAccountFacts): Planned<Output> {
	const { ours } = facts;
	if (ours !== undefined) {
		const changes = ours.mark === facts.mark ? nameChanges(input, ours, facts.mark) : [];
		const named = changes.length === 0 ? {} : { displayName: `${input.firstName} ${input.lastName}` };
		return { changes, promises: { ...outputOf(ours), ...named } };
	}
	const [first] = facts.addresses;
	if (first === undefined) {
		const message = `No account name can be made from ${input.firstName} ${input.lastName}. Nothing changed.`;
		return stop({ code: "no-name", message, choices: [typeAnother] });
	}
	const same = facts.holders.find((h) => h.kind === "member" && isSame(input, h));
	if (same !== undefined) return input.ifTaken === "rehire" ? rehire(input, facts, same) : stop(askRehire(same));
	const holder = facts.holders.find((h) => h.address === first);
	if (holder === undefined) return make(input, facts, first);
	const free = facts.addresses.find((address) => facts.holders.every((h) => h.address !== address));
	if (input.ifTaken === "next-free-name" && free !== undefined) return make(input, facts, free);
	const canReturn = holder.kind === "member" && holder.user?.enabled === false;
	if (input.ifTaken === "rehire" && canReturn) return rehire(input, facts, holder);
	return stop(taken(first, holder, free, canReturn));
}

function isSame(input: CloudAccountInput, holder: Holder): boolean {
	return input.employeeId !== undefined && holder.user?.employeeId === input.employeeId;
}

function make(input: CloudAccountInput, facts: CloudAccountFacts, upn: string): Planned<Output> {
	const displayName = `${input.firstName} ${input.lastName}`;
	const made = change({
		kind: "create",
		target: upn,
		facet: "account",
		after: { upn: upn.toLowerCase(), displayName, mark: facts.mark, enabled: input.enabled },
		words: `Make the account ${upn.toLowerCase()}, ${input.enabled ? "open" : "closed"}`,
		detail: `POST /users; accountEnabled ${input.enabled}; usageLocation ${input.usageLocation ?? "not set"}`,
	});
	const promises = { upn: upn.toLowerCase(), displayName, usageLocation: input.usageLocation ?? "" };
	return { changes: [made], promises };
}

function rehire(input: CloudAccountInput, facts: CloudAccountFacts, holder: Holder): Planned<Output> {
	const { user } = holder;
	if (user === undefined) return { changes: [], promises: {} };
	const promises = { ...outputOf(user), displayName: `${input.firstName} ${input.lastName}` };
	const taken = ownerChange(user.upn, { id: user.id, mark: user.mark }, facts.mark);
	return { changes: [taken, ...nameChanges(input, user, facts.mark)], promises };
}

function ownerChange(upn: string, was: { readonly id: string; readonly mark: string }, mark: string) {
	return change({
		kind: "set",
		target: upn,
		facet: "owner",
		before: was,
		after: { id: was.id, mark },
		words:
			mark === "" ? `Give the account ${upn} back to whom it belonged` : `Take up the account ${upn} again, closed`,
		detail: `PATCH /users/${was.id} ${MARK}`,
	});
}

const typeAnother: Choice = { id: "another-name", words: "Type another name", with: { name: "" } };

function askRehire(holder: Holder) {
	const since = holder.since === "" ? "" : ` since ${holder.since}`;
	const message = `${holder.displayName} has an account already, ${holder.user?.upn}${since}, closed, with the same employee id. It was not touched; nothing changed.`;
	const again: Choice = { id: "rehire", words: `Take up ${holder.user?.upn} again`, with: { ifTaken: "rehire" } };
	return { code: "rehire", message, choices: [again] };
}

function taken(address: string, holder: Holder, free: string | undefined, canReturn: boolean) {
	const name = address.split("@")[0] ?? address;
	const choices: Choice[] = [];
	const other = free?.split("@")[0];
	if (other !== undefined)
		choices.push({ id: "next-free-name", words: `Use ${other}`, with: { ifTaken: "next-free-name" } });
	choices.push(typeAnother);
	if (canReturn) {
		choices.push({ id: "rehire", words: `It is ${holder.displayName}, who comes back`, with: { ifTaken: "rehire" } });
	}
	const since = holder.since === "" ? "" : ` since ${holder.since}`;
	const so = {
		member: { code: "name-taken", message: `${name} belongs to someone else${since}` },
		guest: { code: "address-taken", message: `${address} is the address of the guest ${holder.displayName}` },
		contact: { code: "address-taken", message: `${address} is the address of the contact ${holder.displayName}` },
		deleted: {
			code: "deleted-account",
			message: `${address} belongs to a deleted account of ${holder.displayName} that can still come back`,
		},
	}[holder.kind];
	return { code: so.code, message: `${so.message}. It was not touched; nothing changed.`, choices };
}

function stop(obstacle: NonNullable<Planned<Output>["obstacle"]>): Planned<Output> {
	return { changes: [], promises: {}, obstacle };
}
