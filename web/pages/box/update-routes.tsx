/**
 * `/system/update`: takes an update in and has it installed, and shows how it goes. For the owner.
 *
 * As a backup (restore-routes.tsx) the file is read as it comes, once session, role and token are known, and its route stands
 * before the limit for forms. The installation goes on by itself; the page looks at it.
 */
import { Hono, type MiddlewareHandler } from "hono";
import { UserError } from "../../../appliance/errors.ts";
import { attempt } from "../../attempt.ts";
import { bytesOf, readToEnd } from "../../byte-stream.ts";
import type { ConsoleEnvironment } from "../../environment.ts";
import { updateWords } from "../../locales/update.ts";
import { partsOf } from "../../multipart.ts";
import { goTo, type PageRequest, show } from "../../render.tsx";
import { ownersOnly } from "../owners-only.ts";
import { claimFirst } from "../setup/routes.tsx";
import { UpdatePage } from "./update-page.tsx";

/** Where a script does not keep the page true. */
const REFRESH_SECONDS = 10;

/** `guard` lets forms of this box through, without reading them. For where the session is known. */
export function updateUpload(guard: MiddlewareHandler<ConsoleEnvironment>): Hono<ConsoleEnvironment> {
	const routes = new Hono<ConsoleEnvironment>();
	routes.post("/system/update", guard, claimFirst, ownersOnly, async (context) => {
		const tried = await attempt(() => receive(context));
		await readToEnd(context.req.raw);
		if (tried.refused !== undefined) return showUpdate(context, tried.refused);
		const { updates } = context.var.desk.services;
		const begun = await attempt(async () => {
			const news = updates.install({ onlyNewer: false, restart: true })[Symbol.asyncIterator]();
			await news.next();
		});
		if (begun.refused !== undefined) return showUpdate(context, begun.refused);
		return goTo(context, "/system/update");
	});
	return routes;
}

export function updatePages(): Hono<ConsoleEnvironment> {
	const routes = new Hono<ConsoleEnvironment>();
	routes.get("/system/update", (context) => showUpdate(context));
	routes.post("/system/update/seen", async (context) => {
		await context.var.desk.services.updates.acknowledge();
		return goTo(context, "/system/update");
	});
	routes.post("/system/update/back", async (context) => {
		const tried = await attempt(() => context.var.desk.services.updates.goBack());
		if (tried.refused !== undefined) return showUpdate(context, tried.refused);
		return goTo(context, "/system/update");
	});
	return routes;
}

async function receive(context: PageRequest): Promise<void> {
	const { updates } = context.var.desk.services;
	context.env?.bodyMayTakeLong?.();
	for await (const part of partsOf(bytesOf(context.req.raw), context.req.header("content-type"))) {
		if (part.name !== "file") continue;
		if (!part.fileName) break;
		await updates.receive(part.content);
		return;
	}
	const { fileMissing, fileMissingHint } = updateWords[context.var.language];
	throw new UserError("file-missing", fileMissing, fileMissingHint);
}

async function showUpdate(context: PageRequest, refused?: UserError) {
	const state = await context.var.desk.services.updates.state();
	const { title } = updateWords[context.var.language];
	const isUnderWay = state.phase === "installing" || state.phase === "installed";
	const refresh = isUnderWay ? { refreshSeconds: REFRESH_SECONDS } : {};
	const body = <UpdatePage state={state} refused={refused} />;
	return show(context, { title, section: "system", body, ...refresh }, refused ? 400 : 200);
}
