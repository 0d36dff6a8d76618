/** Mail: the list, one message, its bytes, and what can be done with both. */
import { Hono } from "hono";
import { attempt } from "../../attempt.ts";
import { streamOf } from "../../byte-stream.ts";
import { strangerAddress } from "../../components/device-name.tsx";
import type { ConsoleEnvironment } from "../../environment.ts";
import { mailWords } from "../../locales/mail.ts";
import { messageWords } from "../../locales/message.ts";
import { goTo, type PageRequest, show } from "../../render.tsx";
import { operatorsOnly } from "../owners-only.ts";
import { actOnMail } from "./actions.tsx";
import { filterOf, pageOf, readQuery } from "./filter.ts";
import { ListPage } from "./list-page.tsx";
import { MessagePage, titleOf } from "./message-page.tsx";

const PAGE_ROWS = 50;
const FILES = "/mail/:file{.+\\.eml}";
const NOTHING = { rows: [], older: null, newer: null };

export function mailPages(): Hono<ConsoleEnvironment> {
	const routes = new Hono<ConsoleEnvironment>();
	routes.get("/mail", showList);
	routes.post("/mail/actions", actOnMail);

	routes.post("/mail/pause", async (context) => {
		await context.var.desk.services.mail.pause();
		return goTo(context, "/mail", { kind: "done", text: words(context).pausedDone });
	});
	routes.post("/mail/resume", async (context) => {
		await context.var.desk.services.mail.resume();
		return goTo(context, "/mail", { kind: "done", text: words(context).resumedDone });
	});

	// Who may look at the console may not read letters.
	routes.use(FILES, operatorsOnly);
	routes.get(FILES, async (context) => {
		const id = context.req.param("file").replace(/\.eml$/, "");
		const { fileName, sizeBytes, content } = await context.var.desk.services.mail.download(id);
		return context.body(streamOf(content), 200, {
			"Content-Type": "message/rfc822",
			"Content-Disposition": `attachment; filename="${fileName.replaceAll(/[^\w.-]/g, "_")}"`,
			"Content-Length": String(sizeBytes),
			"Cache-Control": "no-store",
		});
	});

	routes.get("/mail/:id", async (context) => {
		const { mail, devices } = context.var.desk.services;
		const [entry, paused, known] = await Promise.all([
			mail.show(context.req.param("id")),
			mail.paused(),
			devices.list(),
		]);
		const isDeviceGone =
			strangerAddress(entry.device) === undefined && known.every(({ name }) => name !== entry.device);
		const isMoving = entry.state === "incoming" || entry.state === "active";
		return show(context, {
			title: titleOf(entry, messageWords[context.var.language]),
			section: "mail",
			body: <MessagePage mail={entry} isPaused={paused !== null} isDeviceGone={isDeviceGone} />,
			...(isMoving ? { refreshSeconds: 10 } : {}),
		});
	});
	return routes;
}

async function showList(context: PageRequest) {
	const { mail, queue, devices, accounts } = context.var.desk.services;
	const query = readQuery(new URL(context.req.url).searchParams);
	const [found, counts, allDevices, allAccounts, paused] = await Promise.all([
		attempt(() => mail.search(filterOf(query), { ...pageOf(query), limit: PAGE_ROWS })),
		queue.counts(),
		devices.list(),
		accounts.list(),
		mail.paused(),
	]);
	const body = (
		<ListPage
			query={query}
			page={found.done ?? NOTHING}
			refused={found.refused}
			queue={counts}
			devices={allDevices.map(({ name }) => name)}
			accounts={allAccounts.map(({ account }) => account.address)}
			pausedSince={paused?.since ?? null}
		/>
	);
	const status = found.refused === undefined ? 200 : 400;
	return show(context, { title: words(context).title, section: "mail", body }, status);
}

function words(context: PageRequest) {
	return mailWords[context.var.language];
}
