/**
 * What a run is called: after its subject first, so that two runs of one procedure are told apart. Pure. Must never show an
 * id in place of a name.
 */
import { lowerFirst } from "../sop/form-values.ts";

type Named = { readonly subject: string; readonly title: string };

/** "Ada Lovelace, new employee". */
export function runName({ subject, title }: Named): string {
	return isWhole({ subject, title }) ? title : `${subject}, ${lowerFirst(title)}`;
}

/** The same where the sentence goes on: "Ada Lovelace, new employee, has ended". */
export function runNameIn(run: Named): string {
	return isWhole(run) ? run.title : `${runName(run)},`;
}

function isWhole({ subject, title }: Named): boolean {
	return subject === "" || title.startsWith(subject);
}
