/** The log, as a page and as a text to keep or send on. */
import { Hono } from "hono";
import { LOG_LEVELS, type LogFilter } from "../../../appliance/console-services.ts";
import type { ConsoleEnvironment } from "../../environment.ts";
import { logWords } from "../../locales/log.ts";
import { isAtLeast } from "../../page-context.ts";
import { type PageRequest, show } from "../../render.tsx";
import { LogPage, type LogQuery } from "./log-page.tsx";

const PAGE_LINES = 100;

export function logPages(): Hono<ConsoleEnvironment> {
	const routes = new Hono<ConsoleEnvironment>();
	routes.get("/log", (context) => {
		const query = readQuery(context);
		const page = { limit: PAGE_LINES, ...(query.before === undefined ? {} : { before: query.before }) };
		const { entries, older } = context.var.desk.services.news.log(filterOf(query), page);
		const { title } = logWords[context.var.language];
		const body = <LogPage query={query} entries={entries} older={older} />;
		return show(context, { title, section: "log", body, ...(query.isFollowed ? { refreshSeconds: 5 } : {}) });
	});
	routes.get("/log.txt", async (context, next) => {
		// A file leaves the box: not for who may only look.
		if (!isAtLeast(context.var.session?.role, "operator")) return next();
		const text = context.var.desk.services.news.logText(filterOf(readQuery(context)));
		return context.body(text, 200, {
			"Content-Type": "text/plain; charset=utf-8",
			"Content-Disposition": 'attachment; filename="postern-log.txt"',
			"Cache-Control": "no-store",
		});
	});
	return routes;
}

function readQuery(context: PageRequest): LogQuery {
	const before = Number(context.req.query("before"));
	return {
		level: LOG_LEVELS.find((level) => level === context.req.query("level")) ?? "info",
		text: (context.req.query("q") ?? "").trim().slice(0, 200),
		before: Number.isSafeInteger(before) && before > 0 ? before : undefined,
		isFollowed: context.req.query("follow") === "1",
	};
}

function filterOf({ level, text }: LogQuery): LogFilter {
	return { level, ...(text === "" ? {} : { text }) };
}
