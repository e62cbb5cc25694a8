/**
 * The person a directory action is about, whether there already or promised by an earlier step of a plan. Reads only.
 */
import type { Obstacle, World } from "../../engine/action.ts";
import type { Directory } from "../../engine/remote.ts";
import { isPromised, sayUser, type UserRef } from "../user-ref.ts";
import { type DirectoryUser, findUser } from "./entries.ts";

export type Subject = {
	/** The principal name, where known: the target of changes. */
	readonly name: string;
	readonly user?: DirectoryUser;
	/** An earlier step of this plan makes it. */
	readonly promised: boolean;
};

/** Finds the person. Errors: `RemoteError`. */
export async function subjectOf(directory: Directory, ref: UserRef, world: World): Promise<Subject> {
	const user = await findUser(directory, ref);
	const name = user === undefined || isPromised(ref) ? sayUser(ref) : user.upn || user.samAccountName;
	return { name, promised: world.promised, ...(user === undefined ? {} : { user }) };
}

/** A plan that is only an obstacle. */
type Absence = {
	readonly changes: readonly [];
	readonly promises: Record<string, never>;
	readonly obstacle: Obstacle;
};

/** The obstacle when the person is neither there nor promised. */
export function absence(subject: Subject): Absence | undefined {
	if (subject.user !== undefined || subject.promised) return undefined;
	const message = `There is no account ${subject.name} in the directory. Nothing changed.`;
	return { changes: [], promises: {}, obstacle: { code: "no-such-user", message, choices: [] } };
}
