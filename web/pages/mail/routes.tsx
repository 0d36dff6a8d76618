/** Mail: the list, one message, its bytes, and what can be done with both. */
import { Hono } from "hono";
import type { QueueAction } from "../../../appliance/services.ts";
import type { ConsoleEnvironment } from "../../environment.ts";
import { Form } from "../../form.ts";
import { mailWords } from "../../locales/mail.ts";
import { goTo, type PageRequest, show } from "../../render.tsx";
import { ownPath } from "../sign-in/routes.tsx";
import { filterOf, type ListQuery, listPath, readQuery } from "./filter.ts";
import { ACTIONS, ConfirmDelete, ListPage } from "./list-page.tsx";
import { MessagePage } from "./message-page.tsx";

const PAGE_ROWS = 50;

export function mailPages(): Hono<ConsoleEnvironment> {
	const routes = new Hono<ConsoleEnvironment>();

	routes.get("/mail", async (context) => {
		const { services } = context.var.desk;
		const query = queryOf(context);
		const page = {
			limit: PAGE_ROWS,
			...(query.before === undefined ? {} : { before: query.before }),
			...(query.before === undefined && query.after !== undefined ? { after: query.after } : {}),
		};
		const [found, queue, devices, paused] = await Promise.all([
			services.mail.search(filterOf(query), page),
			services.queue.counts(),
			services.devices.list(),
			services.mail.paused(),
		]);
		const names = devices.map(({ name }) => name);
		const props = { query, page: found, queue, devices: names, pausedSince: paused?.since ?? null };
		return show(context, { ...place(context), body: <ListPage {...props} />, refreshSeconds: 30 });
	});

	routes.post("/mail/pause", async (context) => {
		await context.var.desk.services.mail.pause();
		return goTo(context, "/mail", { kind: "done", text: words(context).pausedDone });
	});
	routes.post("/mail/resume", async (context) => {
		await context.var.desk.services.mail.resume();
		return goTo(context, "/mail", { kind: "done", text: words(context).resumedDone });
	});

	routes.post("/mail/actions", async (context) => {
		const form = await Form.of(context);
		const query = queryOf(context);
		const wanted = readAction(form.text("do"));
		const ids = [...new Set(form.all("id"))];
		const back = form.optional("back");
		const path = back === undefined ? listPath(query) : ownPath(back);
		if (wanted === undefined || (wanted.scope === "marked" && ids.length === 0)) {
			return goTo(context, path, { kind: "trouble", text: words(context).nothingMarked });
		}
		const { action, scope } = wanted;
		if (action === "delete" && form.text("confirmed") !== "yes") {
			return show(context, {
				...place(context),
				body: <ConfirmDelete query={query} scope={scope} ids={ids} />,
			});
		}
		const { mail } = context.var.desk.services;
		const { changed, skipped } =
			scope === "all"
				? { ...(await mail.actOnAll(action, filterOf(query))), skipped: 0 }
				: await mail.act(action, ids);
		const kind = changed > 0 || skipped === 0 ? "done" : "trouble";
		return goTo(context, path, { kind, text: words(context).done(changed, skipped) });
	});

	routes.get("/mail/:file{.+\\.eml}", async (context) => {
		const id = context.req.param("file").replace(/\.eml$/, "");
		const { fileName, sizeBytes, content } = await context.var.desk.services.mail.download(id);
		return context.body(streamOf(content), 200, {
			"Content-Type": "message/rfc822",
			// Made of a queue id, which needs no quoting.
			"Content-Disposition": `attachment; filename="${fileName}"`,
			"Content-Length": String(sizeBytes),
			"Cache-Control": "no-store",
		});
	});

	routes.get("/mail/:id", async (context) => {
		const mail = await context.var.desk.services.mail.show(context.req.param("id"));
		const title = mail.subject === "" ? `${words(context).message} ${mail.id}` : mail.subject;
		return show(context, { title, section: "mail", body: <MessagePage mail={mail} />, refreshSeconds: 10 });
	});
	return routes;
}

function queryOf(context: PageRequest): ListQuery {
	return readQuery(new URL(context.req.url).searchParams);
}

function words(context: PageRequest) {
	return mailWords[context.var.language];
}

function place(context: PageRequest) {
	return { title: words(context).title, section: "mail" as const };
}

function readAction(
	text: string,
): { readonly scope: "marked" | "all"; readonly action: QueueAction } | undefined {
	const [scope, name] = text.split(":");
	const action = ACTIONS.find((one) => one === name);
	if (action === undefined || (scope !== "marked" && scope !== "all")) return undefined;
	return { scope, action };
}

/** Read as the browser takes it. A message that leaves meanwhile breaks the download off, so that nobody takes half of it for all. */
function streamOf(content: AsyncIterable<Uint8Array>): ReadableStream<Uint8Array> {
	const chunks = content[Symbol.asyncIterator]();
	return new ReadableStream<Uint8Array>({
		async pull(controller) {
			const { done, value } = await chunks.next();
			if (done === true) controller.close();
			else controller.enqueue(value);
		},
		async cancel() {
			await chunks.return?.();
		},
	});
}
