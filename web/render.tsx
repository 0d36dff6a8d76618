/**
 * Turns a page into an answer: frame, facts of the request, status. For the routes of the pages. Also the redirects after
 * a form, which take what came of it along.
 */
import type { Context } from "hono";
import type { Child } from "hono/jsx";
import type { ConsoleEnvironment } from "./environment.ts";
import type { Flash } from "./flashes.ts";
import { PageContext, type PageFacts } from "./page-context.ts";
import { Frame, type Section } from "./pages/frame.tsx";
import { pathAndQuery, tokenKeyOf } from "./sessions.ts";

export type PageRequest = Context<ConsoleEnvironment>;

export interface Page {
	/** First in the browser's tab, and the heading unless the body brings its own. */
	readonly title: string;
	/** Where it stands in the navigation; absent: a page without one (sign-in, setup). */
	readonly section?: Section;
	readonly body: Child;
	/** Without JavaScript the page asks for itself again after this time: something is under way. */
	readonly refreshSeconds?: number;
}

export type PageStatus = 200 | 400 | 403 | 404 | 405 | 409 | 413 | 429 | 500;

export function show(
	context: PageRequest,
	page: Page,
	status: PageStatus = 200,
): Response | Promise<Response> {
	const facts = factsOf(context);
	const html = (
		<PageContext.Provider value={facts}>
			<Frame {...page} />
		</PageContext.Provider>
	);
	return context.html(`<!doctype html>${String(html)}`, status, { "Cache-Control": "no-store" });
}

/** After a form: see other (RFC 9110 §15.4.4), with what to say there. `path` is one of ours. */
export function goTo(context: PageRequest, path: string, flash?: Flash): Response {
	const { session, desk } = context.var;
	if (flash !== undefined && session !== undefined) desk.flashes.put(session.id, flash);
	return context.redirect(path, 303);
}

function factsOf(context: PageRequest): PageFacts {
	const { session, language, desk } = context.var;
	return {
		language,
		person: session === undefined ? undefined : { name: session.name, role: session.role },
		tokenKey: tokenKeyOf(context),
		boxName: desk.surroundings.boxName(),
		path: pathAndQuery(context.req.url),
		flash: session === undefined ? undefined : desk.flashes.take(session.id),
	};
}
