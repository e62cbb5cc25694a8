/**
 * The addresses of the console's pages. Only a POST changes anything, and only from our own pages. Must never serve a page
 * to somebody who is not signed in.
 */
import { type NextFunction, type Request, type RequestHandler, type Response, Router } from "express";
import { tokenOr } from "./by-token.ts";
import { rateCap } from "./guard.ts";
import { showApprovals } from "./page-approvals.ts";
import { amendRun, postUndo, showCancel, showUndo } from "./page-confirm.ts";
import { showDirectory } from "./page-directory.ts";
import { errorBody } from "./page-error.ts";
import { handover } from "./page-handover.ts";
import { postPortal, showPortal } from "./page-portal.ts";
import { postAnswer, postNote, postSteer, showRun, streamRun } from "./page-run.ts";
import { showRuns } from "./page-runs.ts";
import { showSop } from "./page-sop.ts";
import { showSops } from "./page-sops.ts";
import { problemOf } from "./problem.ts";
import { type PageParts, show, type Visit, visitOf } from "./shell.ts";

/** What one person may send by forms in a minute. */
const MOST_POSTS = 240;

/** Builds the pages. Mount at `/`, after the routes that need no sign-in. */
export function createPages(parts: PageParts): Router {
	const pages = Router({ caseSensitive: true });
	const person = ({ res }: Request) => `${res?.locals.actor?.client ?? ""}/${res?.locals.actor?.id ?? ""}`;
	const posts = rateCap({ clock: parts.clock, most: MOST_POSTS, perMs: 60_000, callerOf: person });
	const before = [parts.requireActor];
	const beforePost = [parts.requireActor, parts.sameOrigin, posts];
	const get = (path: string, page: (visit: Visit) => Promise<void>, who: readonly RequestHandler[] = before) =>
		pages.get(path, ...who, (request: Request, response: Response) => page(visitOf(parts, request, response)));
	const post = (path: string, page: (visit: Visit) => Promise<void>) =>
		pages.post(path, beforePost, (request: Request, response: Response) => page(visitOf(parts, request, response)));
	get("/runs", showRuns);
	get("/runs/:id", (visit) => showRun(visit));
	get("/runs/:id/stream", streamRun);
	get("/runs/:id/cancel", showCancel);
	get("/runs/:id/undo", showUndo);
	get("/runs/:id/amend", amendRun);
	get("/approvals", showApprovals);
	get("/sops", showSops);
	get("/sops/:sop", showSop);
	get("/directory/:client", showDirectory, [tokenOr(parts.requireActor, parts)]);
	get("/portal/:client/:sop", showPortal);
	get("/handover/:run/:step", handover);
	post("/runs/:id/answer", postAnswer);
	post("/runs/:id/steer", postSteer);
	post("/runs/:id/note", postNote);
	post("/runs/:id/undo", postUndo);
	post("/runs/:id/amend", amendRun);
	post("/portal/:client/:sop", postPortal);
	post("/handover/:run/:step", handover);
	pages.use((error: unknown, request: Request, response: Response, next: NextFunction) => {
		const { status, title } = problemOf(error);
		const signedIn = response.locals.actor !== undefined;
		if (status >= 500 || response.headersSent || !signedIn) return next(error);
		const visit = visitOf(parts, request, response);
		return show(visit, { title: "Not like this", status, narrow: true, body: errorBody(status, { lead: title }) });
	});
	return pages;
}
