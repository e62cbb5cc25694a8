/**
 * What a person signs in with the first time: a Temporary Access Pass, or a password. Kept before anybody is told that it
 * exists; must never be in a change, a check or a log.
 */
import { z } from "zod";
import { asText, type Values } from "../../base/json.ts";
import { Secret } from "../../base/secret.ts";
import type { Action, World } from "../../engine/action.ts";
import type { Change, Outcome } from "../../engine/event.ts";
import { type Answer, type Graph, got, outcomeOf } from "../../engine/remote.ts";
import { parseDuration } from "../../sop/duration.ts";
import { change, check } from "../changes.ts";
import { graphOf, refusal } from "../doors.ts";
import { hole } from "../holes.ts";
import { isKept, nobodyOpens, type Opening, openingOf, toOpen } from "../openers.ts";
import { newPassword } from "../password.ts";
import { shownBefore, tryToSet } from "../password-try.ts";
import { hasSignedIn, signedIn } from "../signed-in.ts";
import { userRef } from "../user-ref.ts";
import { accountToWrite, type CloudSubject, cloudAbsence, cloudSubject } from "./accounts.ts";
import { gotOf, outcomeAt } from "./missing.ts";

const secretRef = z.object({ $secret: z.string() });
const input = z.object({
	user: userRef,
	/** `pass`: shown once by Microsoft, no password needed. `password`: to be changed at the first sign-in. */
	kind: z.enum(["pass", "password"]).default("pass"),
	/** How long a pass can be used, 10 min to 30 days: `8h`. */
	lifetime: z.string().default("8h"),
	to: toOpen,
});
type Input = z.infer<typeof input>;
const output = z.object({
	secret: secretRef,
	kind: z.enum(["pass", "password"]),
	lifetimeMinutes: z.number(),
	upn: z.string(),
	to: z.array(z.string()),
});

type Openers = NonNullable<Opening["openers"]>;
type Pass = { readonly id: string; readonly usable: boolean; readonly why: string };
type Facts = {
	readonly subject: CloudSubject;
	readonly passes: readonly Pass[];
	/** What we keep of a pass that is there, or of a password that was written. */
	readonly secret?: { readonly $secret: string };
	readonly opening: Opening;
	readonly used: boolean;
	/** An earlier try of this step asked for a pass: one that is there and not held is its own, with the answer lost. */
	readonly begun: boolean;
};

const BEGUN = "pass-begun";
const PASSWORD = "password";

/**
 * Makes the first credential. The password of a synced account is not ours to make: the sync overwrites what is set here
 * (https://github.com/microsoftgraph/microsoft-graph-docs/issues/7301). A second try replaces what the first one made, unless
 * we hold it for the same people.
 */
export const firstCredential: Action<Input, z.infer<typeof output>> = {
	name: "microsoft365.firstCredential",
	about: "Makes what a person signs in with the first time, kept for its audience",
	input,
	output,
	repeat: { kind: "replace" },
	writes: true,
	defaults: { user: hole("subject.user"), kind: hole("form.profile.firstSignIn") },
	async look(wanted, world): Promise<Facts> {
		minutesOf(wanted.lifetime);
		const graph = graphOf(world);
		const subject = await cloudSubject(graph, wanted.user, world);
		const opening = openingOf(wanted.to, world);
		if (subject.user === undefined) return { subject, opening, passes: [], used: false, begun: false };
		const used = (await hasSignedIn(world, subject.user.id)) === true;
		if (wanted.kind === "password") {
			const secret = await heldPassword(subject.user.passwordChanged, opening, world);
			return { subject, opening, passes: [], used, begun: false, ...(secret === undefined ? {} : { secret }) };
		}
		const passes = gotOf(world, subject.name, await passesOf(graph, subject.user.id));
		const secret = await heldPass(passes, opening, world);
		const begun = await world.holds(BEGUN);
		return { subject, opening, passes, used, begun, ...(secret === undefined ? {} : { secret }) };
	},
	plan(wanted, { subject, opening: { openers }, passes, secret, begun }: Facts) {
		const nobody = cloudAbsence(subject);
		if (nobody !== undefined) return nobody;
		if (openers === undefined) return { changes: [], promises: {}, obstacle: nobodyOpens(subject.name) };
		const lifetimeMinutes = minutesOf(wanted.lifetime);
		const promises = { kind: wanted.kind, lifetimeMinutes, upn: subject.name, to: [...openers.to] };
		if (secret !== undefined) return { changes: [], promises };
		if (wanted.kind === "password" && subject.user?.synced === true) {
			const message = `${subject.name} is synced from the directory and gets its password there. Nothing changed.`;
			return { changes: [], promises: {}, obstacle: { code: "synced-account", message, choices: [] } };
		}
		if (wanted.kind === "password") return { changes: [passwordChange(subject.name, openers)], promises };
		const before = passes.length === 0 ? "none" : begun ? "ours" : "other";
		return { changes: [passChange(subject.name, wanted.lifetime, { before, openers })], promises };
	},
	prove(wanted, { subject, opening, passes, secret }: Facts) {
		const lifetimeMinutes = minutesOf(wanted.lifetime);
		const what = wanted.kind === "pass" ? "A first sign-in pass" : "A new password";
		const detail = wanted.kind === "pass" ? `pass ${passes[0]?.id ?? ""}` : `changed ${subject.user?.passwordChanged}`;
		return {
			output: {
				secret: secret ?? { $secret: "" },
				kind: wanted.kind,
				lifetimeMinutes,
				upn: subject.name,
				to: [...(opening.openers?.to ?? [])],
			},
			proof: [check(`${what} for ${subject.name} is there and kept`, detail, secret !== undefined)],
		};
	},
	async apply(made, wanted, world) {
		const graph = graphOf(world);
		const user = await accountToWrite(graph, wanted.user, world);
		const at: Place = { graph, world, user: user.id };
		if (made.facet === "password") return writePassword(at, made, user.passwordChanged);
		if (made.kind === "delete") return deletePasses(at, made);
		return makePass(at, made, minutesOf(wanted.lifetime));
	},
	undo(made, _wanted, { subject, passes, used }: Facts) {
		if (made.facet === "password" || subject.user === undefined || passes.length === 0) return { changes: [] };
		if (used) return { changes: [], obstacle: signedIn(subject.name) };
		const gone = change({
			kind: "delete",
			target: made.target,
			facet: "pass",
			before: true,
			words: `Delete the first sign-in pass of ${subject.name}`,
			detail: "DELETE /users/{id}/authentication/temporaryAccessPassMethods/{id}",
		});
		return { changes: [gone] };
	},
};

type Place = { readonly graph: Graph; readonly world: World; readonly user: string };

/** `ours`: made by a try whose answer was lost, so that replacing it is the same change. `other`: it was there before. */
function passChange(
	name: string,
	lifetime: string,
	{ before, openers }: { readonly before: "none" | "ours" | "other"; readonly openers: Openers },
): Change {
	const verb = before === "none" ? "Make a" : "Replace the";
	return change({
		kind: before === "other" ? "set" : "create",
		target: name,
		facet: "pass",
		...(before === "other" ? { before: "a pass we do not hold" } : {}),
		after: { lifetime, to: [...openers.to] },
		shown: true,
		words: `${verb} first sign-in pass of ${name}, good for ${spoken(lifetime)}, to be opened by ${openers.words}`,
		detail: `POST /users/{id}/authentication/temporaryAccessPassMethods, ${minutesOf(lifetime)} min, once`,
	});
}

function passwordChange(name: string, { to, words }: Openers): Change {
	return change({
		kind: "set",
		target: name,
		facet: "password",
		after: { password: "new, to be changed at the first sign-in", to: [...to] },
		words: `Replace the password of ${name}, to be opened by ${words}`,
		detail: "PATCH /users/{id} passwordProfile; the value is kept in the vault first",
	});
}

/** Source: https://learn.microsoft.com/graph/api/authentication-post-temporaryaccesspassmethods (10 to 43,200 minutes). */
function minutesOf(lifetime: string): number {
	const length = parseDuration(lifetime);
	const minutes = length?.clock === "wall" ? Math.round(length.ms / 60_000) : Number.NaN;
	if (minutes >= 10 && minutes <= 43_200) return minutes;
	throw refusal("bad-input", "A pass is good for 10 min to 30 days. Nothing changed.", `lifetime ${lifetime}`);
}

/** `8h` as people read it, on one line: 8 h. */
function spoken(lifetime: string): string {
	const unit: { readonly [letter: string]: string } = { m: "min", h: "h", d: "days" };
	return lifetime.replace(/^(\d+) ?([mhd])$/, (_, number, letter) => `${number}\u00a0${unit[letter]}`);
}

async function passesOf(graph: Graph, user: string): Promise<Answer<readonly Pass[]>> {
	const answer = await graph.list({ path: ["users", user, "authentication", "temporaryAccessPassMethods"] });
	if (answer.kind !== "ok") return answer;
	const passes = answer.value.map((row) => ({
		id: asText(row.id),
		usable: row.isUsable === true,
		why: asText(row.methodUsabilityReason),
	}));
	return { ...answer, value: passes };
}

/** A pass that is kept counts while it can be used, or once it was; one that ran out unused does not. */
async function heldPass(passes: readonly Pass[], opening: Opening, world: World) {
	for (const pass of passes) {
		const serves = pass.usable || pass.why === "OneTimeUsed" || pass.why === "NotYetValid";
		const name = passName(pass.id);
		if (serves && (await isKept(name, opening, world))) return world.keep(name, new Secret(""));
	}
	return undefined;
}

function passName(id: string): string {
	return `pass-${id}`;
}

/** The password we keep counts once Microsoft shows another time of change than before our first try. */
async function heldPassword(changed: string, opening: Opening, world: World) {
	const before = await shownBefore(world);
	if (before === undefined || before === changed || !(await isKept(PASSWORD, opening, world))) return undefined;
	return world.keep(PASSWORD, new Secret(""));
}

async function writePassword(at: Place, made: Change, changed: string): Promise<Outcome> {
	const ref = await at.world.keep(PASSWORD, newPassword());
	const password = await at.world.reveal(ref);
	const passwordProfile = { forceChangePasswordNextSignIn: true, password: password.open() };
	const request = { method: "PATCH", path: ["users", at.user], body: { passwordProfile } } as const;
	return outcomeAt(at.world, made, await tryToSet(at.world, changed, () => at.graph.request(request)));
}

/** The answer is the only place where the pass is ever shown: it is kept before anything else is done with it. */
async function makePass(at: Place, made: Change, lifetimeInMinutes: number): Promise<Outcome> {
	const path = ["users", at.user, "authentication", "temporaryAccessPassMethods"];
	const body = { lifetimeInMinutes, isUsableOnce: true };
	await at.world.keep(BEGUN, new Secret("yes"));
	const answer = await at.graph.request({ method: "POST", path, body });
	if (answer.kind === "refused" && [400, 403].includes(answer.status)) {
		return outcomeOf({ ...answer, ...(await passPolicy(at.graph, lifetimeInMinutes)) }, made.id);
	}
	if (answer.kind !== "ok") return outcomeAt(at.world, made, answer);
	const { id, temporaryAccessPass } = answer.value as Values;
	if (typeof id !== "string" || typeof temporaryAccessPass !== "string") {
		return { kind: "unknown", applied: [made.id], code: "no-pass", detail: "the answer did not show the pass" };
	}
	await at.world.replace(passName(id), new Secret(temporaryAccessPass));
	return outcomeOf(answer, made.id);
}

/**
 * Why the tenant refused a pass, where its policy says so; nothing where the policy is not shown to us or allows it.
 * Source: https://learn.microsoft.com/graph/api/temporaryaccesspassauthenticationmethodconfiguration-get
 */
async function passPolicy(graph: Graph, minutes: number) {
	const page = "Entra admin centre, Protection, Authentication methods, Policies, Temporary Access Pass";
	const kinds = ["authenticationMethodsPolicy", "authenticationMethodConfigurations", "TemporaryAccessPass"];
	const answer = await graph.request({ method: "GET", path: ["policies", ...kinds] });
	if (answer.kind !== "ok") return {};
	const { state, minimumLifetimeInMinutes: least, maximumLifetimeInMinutes: most } = answer.value;
	if (state === "disabled") {
		const message = `This tenant gives out no first sign-in passes. Nothing changed. Switch them on (${page}), or write firstSignIn: password in the profile.`;
		return { code: "no-pass", message };
	}
	if ((typeof least === "number" && minutes < least) || (typeof most === "number" && minutes > most)) {
		const message = `This tenant's passes are good for ${least} to ${most} min, not ${minutes}. Nothing changed. Change lifetime, or the policy (${page}).`;
		return { code: "pass-lifetime", message };
	}
	return {};
}

async function deletePasses(at: Place, made: Change): Promise<Outcome> {
	const path = ["users", at.user, "authentication", "temporaryAccessPassMethods"];
	for (const pass of got(await passesOf(at.graph, at.user))) {
		const answer = await at.graph.request({ method: "DELETE", path: [...path, pass.id] });
		if (answer.kind !== "ok" && !(answer.kind === "refused" && answer.status === 404))
			return outcomeOf(answer, made.id);
	}
	return { kind: "done", applied: [made.id], output: {}, proof: [] };
}
