/** The log, as a page and as a text to keep or send on. */
import { Hono } from "hono";
import type { ConsoleEnvironment } from "../../environment.ts";
import { logWords } from "../../locales/log.ts";
import { type PageRequest, show } from "../../render.tsx";
import { operatorsOnly } from "../owners-only.ts";
import { LogPage } from "./log-page.tsx";
import { logFilterOf, readLogQuery } from "./query.ts";

const PAGE_LINES = 50;
/** Without a script. */
const FOLLOW_SECONDS = 5;

export function logPages(): Hono<ConsoleEnvironment> {
	const routes = new Hono<ConsoleEnvironment>();
	routes.get("/log", (context) => {
		const query = queryOf(context);
		const { before, isFollowed } = query;
		const page = { limit: PAGE_LINES, ...(before === undefined ? {} : { before }) };
		const { entries, older } = context.var.desk.services.news.log(logFilterOf(query), page);
		return show(context, {
			title: logWords[context.var.language].title,
			section: "log",
			body: <LogPage query={query} entries={entries} older={older} />,
			...(isFollowed && before === undefined ? { refreshSeconds: FOLLOW_SECONDS } : {}),
		});
	});
	routes.use("/log.txt", operatorsOnly);
	routes.get("/log.txt", (context) =>
		context.body(context.var.desk.services.news.logText(logFilterOf(queryOf(context))), 200, {
			"Content-Type": "text/plain; charset=utf-8",
			"Content-Disposition": 'attachment; filename="postern-log.txt"',
			"Cache-Control": "no-store",
		}),
	);
	return routes;
}

function queryOf(context: PageRequest) {
	return readLogQuery(new URL(context.req.url).searchParams);
}
