/**
 * The plan an approval would show, without a run: what `sopwith plan` prints. Reads only; must never deliver anything.
 */
import { InputError } from "../base/errors.ts";
import type { Values } from "../base/json.ts";
import type { Clock } from "../base/time.ts";
import { dayAt } from "../base/time.ts";
import type { Client } from "../sop/definitions.ts";
import { checkForm } from "../sop/form.ts";
import type { Sop } from "../sop/sop.ts";
import { decide } from "./decide.ts";
import type { Plan } from "./event.ts";
import { placesOf } from "./path.ts";
import type { Performer } from "./ports.ts";

/** Who asked, where nobody has: the plan of `sopwith plan`. */
export const NOT_ASKED = "nobody";

/** Errors: `InputError` with every problem of the form, or `no-approval` when the SOP guards nothing. */
export async function planOnly(
	parts: { readonly performer: Performer; readonly clock: Clock },
	wanted: { readonly client: Client; readonly sop: Sop; readonly form: Values },
): Promise<Plan> {
	const { client, sop } = wanted;
	const at = parts.clock.now();
	const people = client.roster.people.map(({ id, email }) => ({ id, email }));
	const checked = checkForm(sop.form, wanted.form, { today: dayAt(at, client.values.timezone), people });
	if ("problems" in checked) throw new InputError(checked.problems);
	const approve = [...placesOf(sop).values()].find(({ step }) => step.kind === "approve");
	if (approve?.step.kind !== "approve")
		throw new InputError([
			{
				path: "sop",
				code: "no-approval",
				message: "This procedure asks for no approval, so there is no plan to show.",
			},
		]);
	const request = {
		client: client.id,
		sop: sop.id,
		key: "plan",
		by: NOT_ASKED,
		via: "cli",
		form: checked.values,
	} as const;
	const { run } = decide(sop, undefined, { at, kind: "started", run: "PLANPLANPLAN", request });
	const effect = { kind: "plan", wait: `${approve.id}#0`, range: approve.step.guards } as const;
	return parts.performer.plan(run, sop, effect, AbortSignal.timeout(60_000));
}
