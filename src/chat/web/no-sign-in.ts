/**
 * No sign-in: beside Teams nobody may choose who they are, and another way is not part of this release. Pages are shut,
 * programs with a token are not. Must never take anybody for somebody.
 */
import { details, sendProblem } from "../../console/problem.ts";
import type { SignIn } from "./sign-in.ts";

/** Makes it. */
export function createNoSignIn(): SignIn {
	const shut: SignIn["requireActor"] = (_request, response) => {
		const words = "Nobody can sign in here: people meet Sopwith in Teams. Programs come in with a token.";
		sendProblem(response, details(403, "no-sign-in", words));
	};
	return {
		router: (_request, _response, next) => next(),
		requireActor: shut,
		localOnly: shut,
		actorOf: () => undefined,
	};
}
